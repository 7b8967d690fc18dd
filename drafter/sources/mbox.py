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

MAX_LINE_BYTES = 1024 * 1024
"""Longer lines are read in pieces."""

SUFFIXES = (".mbox", ".mbx")

_BOM = b"\xef\xbb\xbf"
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
    """Split at the separators; the escape of `>From ` is taken back; a mail over the limit is cut."""
    held: list[bytes] = []
    size, after_blank, begins = 0, True, True
    line = stream.readline(MAX_LINE_BYTES).removeprefix(_BOM)
    while line:
        following = stream.readline(MAX_LINE_BYTES)
        if begins and line.startswith(b"From ") and _separates(line, following, after_blank):
            if size:
                yield _unescaped(held)
            held, size = [], 0
        elif size < MAX_FILE_BYTES and (size or line.strip()):
            held.append(line)
            size += len(line)
        after_blank = not line.strip()
        begins = line.endswith(b"\n")
        line = following
    if size:
        yield _unescaped(held)


def _separates(line: bytes, following: bytes, after_blank: bool) -> bool:
    """Tell a separator from prose: by a date in it and a header below; on doubt one of them has to be sure."""
    if _DATED.match(line[:300]):
        return bool((_HEADER_LINE if after_blank else _SURE_HEADER).match(following[:200]))
    return after_blank and bool(_SURE_HEADER.match(following[:200]))


def _unescaped(held: list[bytes]) -> bytes:
    data = b"".join(held)[:MAX_FILE_BYTES]
    return _ESCAPED_FROM.sub(rb"\1", data) if b"\n>" in data or data.startswith(b">") else data
