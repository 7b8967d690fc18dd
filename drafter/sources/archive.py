"""Mails in a zip archive: never unpacked to disk, and never more bytes than a text of that size could become.

The names of its members serve as keys alone: none of them is ever a path.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from drafter.decode import field
from drafter.errors import SourceError
from drafter.messages import _
from drafter.sources.mbox import SUFFIXES as MBOX_SUFFIXES
from drafter.sources.origin import Origin
from drafter.sources.raw import Raw
from drafter.sources.single import SUFFIXES as MAIL_SUFFIXES
from drafter.sources.single import read_single

MAX_MEMBERS = 500_000
MAX_RATIO = 200
"""Text of mails is packed to a fifth, repeated lines to a hundredth; what grows more is a bomb."""

FREE_BYTES = 1024 * 1024
"""As many bytes a member may have, however well it is packed."""

ARCHIVES = frozenset((".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst"))
_HIDDEN = ("__MACOSX",)
_ENCRYPTED = 0x1


class _DamageError(OSError):
    """A member cannot be read, or not any further; the text says why."""


class _Budget:
    """How many bytes may still come out of an archive; members that overlap cannot make more of them."""

    def __init__(self, size: int) -> None:
        self.left = MAX_RATIO * size + FREE_BYTES


class _Member(io.RawIOBase):
    """The bytes of a member; raises OSError alone, also where it has more of them than is good."""

    def __init__(self, stream: BinaryIO, allowed: int, budget: _Budget) -> None:
        self._stream, self._allowed, self._budget = stream, allowed, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except _BROKEN as error:
            raise _DamageError(_("damaged in the archive: {problem}").format(problem=field(str(error), 100))) from error
        self._allowed -= len(data)
        self._budget.left -= len(data)
        if self._allowed < 0 or self._budget.left < 0:
            raise _DamageError(_("grows beyond all measure when unpacked (a zip bomb)"))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Unique:
    """Names members apart that are called the same: a.eml, a~2.eml."""

    def __init__(self) -> None:
        self._taken, self._times = set[str](), Counter[str]()

    def name(self, wanted: str) -> str:
        name, (stem, dot, suffix) = wanted, wanted.rpartition(".")
        while name in self._taken:
            self._times[wanted] += 1
            name = f"{stem}~{self._times[wanted] + 1}{dot}{suffix}"
        self._taken.add(name)
        return name


_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError)


def read_archive(path: Path, read: Callable[[Origin], Iterator[Raw]], suffixes: frozenset[str]) -> Iterator[Raw]:
    """Return the mails of an archive, member by member.

    Args:
        read: reads a member that may hold many mails.
        suffixes: those of such members.

    Raises:
        SourceError: it is damaged as a whole, or holds no mail.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (*_BROKEN, MemoryError) as error:
        problem = field(str(error), 100)
        raise SourceError(
            _("{path}: not a readable zip archive: {problem}").format(path=path, problem=problem)
        ) from error
    members = [info for info in archive.infolist() if _wanted(info, suffixes)]
    if not members or len(members) > MAX_MEMBERS:
        archive.close()
        raise SourceError(_("{path}: {count} mails in it").format(path=path, count=len(members)),
                          _("Name an archive of .eml, .mbox, .json or .csv files."))  # fmt: skip
    return _members(archive, members, path, read)


def _members(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], path: Path, read: Callable[[Origin], Iterator[Raw]]
) -> Iterator[Raw]:
    budget, unique = _Budget(path.stat().st_size), _Unique()
    with archive:
        for info in members:
            name = unique.name(f"{path.name}/{_shown(info.filename)}")
            if problem := _problem(info):
                yield Raw(name, b"", "eml", problem)
                continue
            origin = Origin(name, _opener(archive, info, budget), _labels(info.filename))
            suffix = Path(info.filename).suffix.lower()
            if suffix in MAIL_SUFFIXES:
                yield read_single(origin, suffix[1:])
            else:
                yield from read(origin)


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        try:
            stream = archive.open(info)
        except _BROKEN as error:
            raise _DamageError(_("damaged in the archive: {problem}").format(problem=field(str(error), 100))) from error
        allowed = FREE_BYTES + MAX_RATIO * info.compress_size
        return io.BufferedReader(_Member(stream, allowed, budget), 64 * 1024)  # type: ignore[arg-type]

    return open_member


def _wanted(info: zipfile.ZipInfo, suffixes: frozenset[str]) -> bool:
    parts = _parts(info.filename)
    if not parts or info.is_dir() or parts[0] in _HIDDEN or any(part.startswith(".") for part in parts):
        return False
    suffix = Path(parts[-1]).suffix.lower()
    return suffix in MAIL_SUFFIXES or suffix in MBOX_SUFFIXES or suffix in suffixes or suffix in ARCHIVES


def _problem(info: zipfile.ZipInfo) -> str:
    """Say why a member is not even opened."""
    if Path(info.filename).suffix.lower() in ARCHIVES:
        return _("an archive in an archive is not opened")
    if info.file_size > FREE_BYTES + MAX_RATIO * info.compress_size:
        return _("grows beyond all measure when unpacked (a zip bomb)")
    return _("encrypted: unpack the archive with its password first") if info.flag_bits & _ENCRYPTED else ""


def _parts(name: str) -> list[str]:
    """Split the name of a member; what would lead elsewhere on a disk is left out."""
    parts = field(name, 1_000).replace("\\", "/").split("/")
    return [part for part in parts if part.strip(" .")]


def _shown(name: str) -> str:
    return "/".join(_parts(name))[-300:]


def _labels(name: str) -> tuple[str, ...]:
    parts = _parts(name)
    stem = Path(parts[-1]).stem if Path(parts[-1]).suffix.lower() in MBOX_SUFFIXES else ""
    return tuple(filter(None, (*parts[:-1], stem)))
