"""Mails that are files of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from drafter.errors import SourceError
from drafter.read import MAX_FILE_BYTES
from drafter.sources.raw import Raw

MAIL_SUFFIXES = (".eml", ".txt", ".msg")


def read_folder(path: Path) -> Iterator[Raw]:
    """Return the mails of a folder, sorted by name.

    Raises:
        SourceError: there is none in it.
    """
    files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in MAIL_SUFFIXES)
    if not files:
        raise SourceError(f"{path}: no .eml file in it", "Name the folder that holds the mails.")
    return (read_one(file, file.relative_to(path).as_posix()) for file in files)


def read_one(path: Path, key: str) -> Raw:
    """Read the file of one mail; what is over the limit is cut."""
    kind = path.suffix.lower().lstrip(".")
    try:
        with path.open("rb") as stream:
            return Raw(key, stream.read(MAX_FILE_BYTES), kind)
    except OSError as error:
        return Raw(key, b"", kind, str(error.strerror or error))
