"""Where the bytes of an export come from: a file, or the member of an archive. Readers need not know which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from drafter.messages import _
from drafter.sources.raw import Raw


class Origin(NamedTuple):
    """Bytes that can be read from the beginning more than once; the keys of mails in them begin with `name`."""

    name: str
    open: Callable[[], BinaryIO]
    labels: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """The suffix of the name with its dot, in small letters."""
        return Path(self.name).suffix.lower()

    def head(self, size: int) -> bytes:
        """Return the first bytes.

        Raises:
            OSError: they cannot be read.
        """
        with self.open() as stream:
            return stream.read(size)


def file_origin(path: Path, name: str, labels: tuple[str, ...] = ()) -> Origin:
    """Return a file as an origin."""
    return Origin(name, lambda: path.open("rb"), labels)


def guarded(origin: Origin, mails: Iterator[Raw]) -> Iterator[Raw]:
    """Yield the mails; where the bytes cannot be read any further, say so as one more mail that cannot be had."""
    try:
        yield from mails
    except OSError as error:
        reason = _("cannot be read from here on: {problem}").format(problem=error.strerror or error)
        yield Raw(f"{origin.name}:rest", b"", "eml", reason)
