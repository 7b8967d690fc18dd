"""Mails of an mbox, one by one; memory does not grow with its size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from drafter.read import MAX_FILE_BYTES
from drafter.sources.raw import Raw

MAX_LINE_BYTES = 25 * 1024 * 1024
_HEADER_LINE = re.compile(rb"[!-9;-~]{1,100}:|>?From ")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def looks_like_mbox(path: Path) -> bool:
    """Tell whether a file begins as an mbox does."""
    with path.open("rb") as stream:
        return stream.read(8).removeprefix(b"\xef\xbb\xbf").startswith(b"From ")


def read_mbox(path: Path, name: str) -> Iterator[Raw]:
    """Yield the mails of an mbox; `name` begins their keys."""
    for number, data in enumerate(_split(path), 1):
        yield Raw(f"{name}:{number}", data, "eml")


def _split(path: Path) -> Iterator[bytes]:
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
            elif size < MAX_FILE_BYTES:
                held.append(line)
                size += len(line)
            after_blank = not line.strip()
            line = following
        if held:
            yield _ESCAPED_FROM.sub(rb"\1", b"".join(held))
