"""Check reply texts that people wrote: one text, or JSON lines for many."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from drafter.check import Spot
from drafter.decode import clean, decode, is_binary
from drafter.drafting import Kit
from drafter.errors import MailError
from drafter.read import looks_like_mail, read_bytes
from drafter.records import Mail

MAX_REPLY_BYTES = 2_000_000
REGISTERS = ("sie", "du", "ihr")
_KEYS = {"id", "reply", "mail", "register"}


class ReplyFile(NamedTuple):
    """A reply as read; only plain text of a file can be written back."""

    text: str
    source: str
    is_plain: bool
    newline: str = "\n"

    def write(self, text: str) -> None:
        """Write a changed text back, as UTF-8 and with the line ends of the file.

        Raises:
            MailError: it is no plain text, or the file cannot be written.
        """
        if not self.is_plain:
            raise MailError(f"{self.source}: is a mail with headers, only plain text is written back", "Print it.")
        try:
            if text != self.text:
                Path(self.source).write_bytes(text.replace("\n", self.newline).encode("utf-8", "replace"))
        except OSError as error:
            raise MailError(f"{self.source}: {error.strerror}") from error


def read_reply(file: str) -> ReplyFile:
    """Read a reply as it stands, so that lines and columns are those of the file; of a mail only its body.

    Raises:
        MailError: it cannot be read, is no text or too large.
    """
    try:
        raw = sys.stdin.buffer.read(MAX_REPLY_BYTES + 1) if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise MailError(f"{file}: {error.strerror}") from error
    if len(raw) > MAX_REPLY_BYTES:
        raise MailError(f"{file}: larger than {MAX_REPLY_BYTES // 1_000_000} MB", "Cut it to the reply itself.")
    if looks_like_mail(raw):
        return ReplyFile(read_bytes(raw, file).body, file, False)
    if is_binary(raw):
        raise MailError(f"{file}: is a binary file, no text in it", "Save the reply as plain text.")
    text = clean(decode(raw)[0])[0]
    return ReplyFile(text, file, True, "\r\n" if b"\r\n" in raw else "\n")


def check_reply(kit: Kit, reply: str, mail: Mail | None = None, register: str = "") -> list[Spot]:
    """Return what is wrong with a reply; with the mail that it answers, its facts and insults count too."""
    insults = tuple(insult.text for insult in kit.analyze(mail).insults) if mail else ()
    return kit.spots(reply, mail, register, insults)


def check_lines(kit: Kit, lines: Iterable[bytes], ignored: set[str] | None = None) -> Iterator[dict[str, Any]]:
    """Check lines of {"id", "reply"[, "mail", "register"]} in order; a bad line gives {"id", "line", "error"}.

    Keys that are not known go into `ignored`.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row: dict[str, Any] = {}
        try:
            row = _read_row(line)
            if ignored is not None:
                ignored.update(str(key) for key in row.keys() - _KEYS)
            yield _check_row(kit, row)
        except MailError as error:
            yield {"id": row.get("id"), "line": number, "error": error.message}


def _read_row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(decode(line)[0])
    except (ValueError, RecursionError) as error:
        raise MailError(f"not a JSON object: {error}") from error
    if not isinstance(row, dict):
        raise MailError("not a JSON object")
    return row


def _check_row(kit: Kit, row: dict[str, Any]) -> dict[str, Any]:
    reply, mail, register = row.get("reply"), row.get("mail"), row.get("register")
    if not isinstance(reply, str):
        raise MailError("no text field 'reply'")
    if mail is not None and not isinstance(mail, str):
        raise MailError("'mail' is no text")
    if register and register not in REGISTERS:
        raise MailError(f"'register' must be one of {', '.join(REGISTERS)}")
    spots = check_reply(kit, reply, Mail(mail) if mail else None, register or "")
    return {"id": row.get("id"), "findings": [spot.to_json() for spot in spots]}
