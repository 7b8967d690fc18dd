"""Mails of an mbox, one by one; memory does not grow with its size.

Writers agree on nothing but the "From " line: they escape it in texts or not, name the sender or not, count bytes
in Content-Length or lie there. So a line separates mails by its own look and by what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from drafter.read import MAX_FILE_BYTES
from drafter.sources.origin import Origin
from drafter.sources.raw import Raw

SUFFIXES = (".mbox", ".mbx")

_BOM = b"\xef\xbb\xbf"
_BLANK = b"\n\n"
_CHUNK = 1024 * 1024
_MAX_SEPARATOR = 300
_LOOK_AHEAD = 1_000
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,100}:|>?From ")
_SURE_HEADER = re.compile(
    rb"(?:x-[!-9;-~]{1,100}|received|return-path|delivered-to|message-id|mime-version|content-type|date|from|to|subject"
    rb"|status|reply-to|sender|authentication-results|arc-seal|dkim-signature):",
    re.IGNORECASE,
)
_DATED = re.compile(rb"From (?:- |.{0,200}\d\d?:\d\d.{0,40}\b\d{4}\s*$)", re.DOTALL)
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def looks_like_mbox(head: bytes) -> bool:
    """Tell by its first bytes whether a file is an mbox."""
    return head[:64].removeprefix(_BOM).lstrip(b"\r\n").startswith(b"From ")


def read_mbox(origin: Origin) -> Iterator[Raw]:
    """Yield the mails of an mbox; an empty one has none."""
    with origin.open() as stream:
        for number, data in enumerate(_split(stream), 1):
            yield Raw(f"{origin.name}:{number}", data, "eml", labels=origin.labels)


def _split(stream: BinaryIO) -> Iterator[bytes]:
    """Split at the separators; the escape of `>From ` is taken back; a mail over the limit is cut.

    Bytes are searched in large pieces: two before the place that the search has come to, and some hundreds behind
    every candidate, stay at hand.
    """
    mail = _Growing()
    chunk = stream.read(_CHUNK)
    buffer = _BLANK + chunk.removeprefix(_BOM)
    start = len(_BLANK)  # what stands before is no part of the mail, or is taken already
    search = start - 1  # the end of the line before
    ended = not chunk
    while True:
        at = buffer.find(b"\nFrom ", search)
        if at >= 0 and (ended or at + _LOOK_AHEAD <= len(buffer)):
            search = at + 1
            if end := _separator(buffer, at):
                mail.take(buffer[start : at + 1])
                yield from mail.finished()
                start, search = end, end - 1
            continue
        if ended:
            mail.take(buffer[start:])
            yield from mail.finished()
            return
        search = at if at >= 0 else max(search, len(buffer) - len(b"\nFrom"))
        mail.take(buffer[start:search])
        start = max(start, search)
        chunk = stream.read(_CHUNK)
        ended = not chunk
        kept = max(0, search - len(_BLANK))
        buffer, start, search = buffer[kept:] + chunk, start - kept, search - kept


def _separator(buffer: bytes, at: int) -> int:
    """Return where the line of a separator ends that begins behind `at`, 0 where it is prose."""
    end = buffer.find(b"\n", at + 1, at + 1 + _MAX_SEPARATOR) + 1
    if not end:
        return 0
    after_blank = buffer[at - 1 : at] == b"\n" or buffer[at - 2 : at] == b"\n\r"
    return end if _separates(buffer[at + 1 : end], buffer[end : end + 200], after_blank) else 0


def _separates(line: bytes, following: bytes, after_blank: bool) -> bool:
    """Tell a separator from prose: by a date in it and a header below; on doubt one of them has to be sure."""
    if _DATED.match(line):
        return bool((_HEADER_LINE if after_blank else _SURE_HEADER).match(following))
    return after_blank and bool(_SURE_HEADER.match(following))


class _Growing:
    """A mail while its pieces are found; what is over the limit is left out."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def take(self, piece: bytes) -> None:
        if piece and self._size < MAX_FILE_BYTES:
            self._pieces.append(piece[: MAX_FILE_BYTES - self._size])
            self._size += len(piece)

    def finished(self) -> Iterator[bytes]:
        """Yield the mail, if there is one, and begin the next."""
        data = b"".join(self._pieces).lstrip(b"\r\n")
        self._pieces, self._size = [], 0
        if data.strip():
            yield _ESCAPED_FROM.sub(rb"\1", data) if b"\n>" in data or data.startswith(b">") else data
