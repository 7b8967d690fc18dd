"""A folder with one .eml for each draft."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from drafter.errors import DeliveryError
from drafter.messages import _

_PART = ".part"


class DraftFolder:
    """Puts every draft into a file of its own; one that cannot be written whole is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begun: dict[Path, Path] = {}  # drafts under the names that they have until they are safe on the disk

    def __enter__(self) -> Self:
        """Make the folder, and clear away what an interrupted run left unfinished.

        Raises:
            DeliveryError: it cannot be made.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for left in self._folder.glob(f".*{_PART}"):
                left.unlink()
        except OSError as error:
            raise _cannot(self._folder, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()

    def flush(self) -> None:
        """Give the drafts their names once they are on the disk.

        Raises:
            DeliveryError: they cannot be written.
        """
        try:
            for part in self._begun.values():
                _sync(part)
            for path, part in self._begun.items():
                part.rename(path)
        except OSError as error:
            self._drop()
            raise _cannot(self._folder, error) from error
        self._begun.clear()
        with contextlib.suppress(OSError):  # Windows cannot, and need not
            _sync(self._folder)

    def _drop(self) -> None:
        for part in self._begun.values():
            with contextlib.suppress(OSError):
                part.unlink()
        self._begun.clear()

    def put(self, key: str, eml: bytes) -> bool:
        """Write a draft; beside another that has its name, for that may have been edited or answer another mail.

        Raises:
            DeliveryError: it cannot be written.
        """
        name = draft_name(key)
        twin = f"{name.removesuffix('.eml')}-{hashlib.blake2b(eml, digest_size=4).hexdigest()}.eml"
        try:
            for path in (self._folder / name, self._folder / twin):
                there = self._begun.get(path, path)
                if not there.exists():
                    self._begun[path] = _written(path, eml)
                    return True
                if there.read_bytes() == eml:
                    return False
        except OSError as error:
            raise _cannot(self._folder / name, error) from error
        return False


def draft_name(key: str) -> str:
    """Return the file name of a draft: readable, safe, and another one for every key."""
    safe = re.sub(r"[^\w.-]+", "_", key.removesuffix(".eml"), flags=re.ASCII).strip("._")[:100] or "mail"
    return f"{safe}-{zlib.crc32(key.encode('utf-8', 'surrogatepass')):08x}.eml"


def _written(path: Path, data: bytes) -> Path:
    """Write under another name first, so that the file is whole from the moment it has its own."""
    part = path.with_name(f".{path.name}{_PART}")
    try:
        part.write_bytes(data)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    return part


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot(path: Path, error: OSError) -> DeliveryError:
    return DeliveryError(f"{path}: {error.strerror or error}", _("Name a folder that can be written and has room."))
