"""Open an inbox export and yield its mails one by one: mbox, a folder of .eml, JSON lines, a single mail."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from drafter.errors import MailError, SourceError
from drafter.read import finish, parse_address, read_bytes, read_file
from drafter.records import Mail

MAX_MESSAGE_BYTES = 25 * 1024 * 1024
MAX_LINE_BYTES = 25 * 1024 * 1024
_MAIL_SUFFIXES = (".eml", ".txt", ".msg")
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,100}:|>?From ")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class Item(NamedTuple):
    """A mail of an export, or why it cannot be read; `key` names its place in the export."""

    key: str
    mail: Mail | None = None
    error: MailError | None = None


def read_source(path: Path) -> Iterator[Item]:
    """Yield all mails of a source in order; memory does not grow with its size.

    Raises:
        SourceError: the source is missing or of no known kind.
    """
    if path.is_dir():
        yield from _folder(path)
    elif not path.is_file():
        raise SourceError(f"{path}: no such file or folder")
    elif path.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _json_lines(path)
    elif path.suffix.lower() in _MAIL_SUFFIXES:
        yield _one(path.name, path)
    elif _looks_like_mbox(path):
        yield from _mbox(path)
    else:
        raise SourceError(f"{path}: not an mbox, .eml, .txt or .jsonl file", "Export the mails in one of these forms.")


def read_record(value: object) -> Mail:
    """Read a mail from a JSON object `{"id", "body"[, "subject", "from"]}`; the body stays as given.

    Raises:
        MailError: it is no object, or `body` is no text.
    """
    if not isinstance(value, dict) or not isinstance(value.get("body"), str):
        raise MailError("not an object with a text field 'body'")
    text = {name: " ".join(str(value.get(name) or "").split())[:500] for name in ("id", "subject", "from")}
    name, address = parse_address(text["from"])
    mail = Mail(value["body"], id=text["id"], subject=text["subject"], from_name=name, from_address=address)
    return finish(mail)


def _folder(path: Path) -> Iterator[Item]:
    files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in _MAIL_SUFFIXES)
    if not files:
        raise SourceError(f"{path}: no .eml file in it", "Name the folder that holds the mails.")
    for file in files:
        yield _one(file.relative_to(path).as_posix(), file)


def _one(key: str, path: Path) -> Item:
    try:
        return Item(key, replace(read_file(path), source=key))
    except MailError as error:
        return Item(key, error=error)


def _json_lines(path: Path) -> Iterator[Item]:
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES):
            number += 1
            if line.strip():
                yield _json_item(f"{path.name}:{number}", line)


def json_mail(line: bytes) -> Mail:
    """Read a mail from one line of JSON.

    Raises:
        MailError: it is not JSON, or not a mail.
    """
    try:
        return read_record(json.loads(line.decode("utf-8-sig", "replace")))
    except (ValueError, RecursionError) as error:
        raise MailError(f"not a JSON object: {error}") from error


def _json_item(key: str, line: bytes) -> Item:
    try:
        return Item(key, replace(json_mail(line), source=key))
    except MailError as error:
        return Item(key, error=error)


def _looks_like_mbox(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(8).removeprefix(b"\xef\xbb\xbf").startswith(b"From ")


def _mbox(path: Path) -> Iterator[Item]:
    for number, raw in enumerate(_split_mbox(path), 1):
        key = f"{path.name}:{number}"
        try:
            yield Item(key, replace(read_bytes(raw, source=key, kind="eml"), source=key))
        except MailError as error:
            yield Item(key, error=error)


def _split_mbox(path: Path) -> Iterator[bytes]:
    """Split at "From " lines that follow an empty line and precede a header line, as Thunderbird does.

    Prose that begins with "From " is thereby kept; `>From ` is unescaped; a message over the limit is cut.
    """
    with path.open("rb") as stream:
        held: list[bytes] = []
        size, after_blank = 0, True
        line = stream.readline(MAX_LINE_BYTES).removeprefix(b"\xef\xbb\xbf")
        while line:
            following = stream.readline(MAX_LINE_BYTES)
            if after_blank and line.startswith(b"From ") and _HEADER_LINE.match(following):
                if held:
                    yield _ESCAPED_FROM.sub(rb"\1", b"".join(held))
                held, size = [], 0
            elif size < MAX_MESSAGE_BYTES:
                held.append(line)
                size += len(line)
            after_blank = not line.strip()
            line = following
        if held:
            yield _ESCAPED_FROM.sub(rb"\1", b"".join(held))
