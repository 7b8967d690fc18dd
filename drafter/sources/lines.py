"""Mails that are lines of JSON, each a common record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from drafter.sources.mbox import MAX_LINE_BYTES
from drafter.sources.raw import RECORD, Raw


def read_lines(path: Path, name: str) -> Iterator[Raw]:
    """Yield the objects of a file of JSON lines; `name` begins their keys."""
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES):
            number += 1
            if line.strip():
                yield Raw(f"{name}:{number}", line.removeprefix(b"\xef\xbb\xbf").strip(), RECORD)
