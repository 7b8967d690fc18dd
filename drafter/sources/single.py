"""A file that is one mail."""

from __future__ import annotations

from drafter.read import MAX_FILE_BYTES
from drafter.sources.origin import Origin
from drafter.sources.raw import Raw

SUFFIXES = (".eml", ".txt", ".msg")


def read_single(origin: Origin, kind: str = "") -> Raw:
    """Read the file of one mail; what is over the limit is cut. The kind is told by the suffix."""
    kind = kind or origin.suffix.lstrip(".")
    try:
        return Raw(origin.name, origin.head(MAX_FILE_BYTES), kind, labels=origin.labels)
    except OSError as error:
        return Raw(origin.name, b"", kind, str(error.strerror or error))
