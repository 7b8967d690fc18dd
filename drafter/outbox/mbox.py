"""One mbox that holds all drafts, to be opened by a mail program."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from drafter.errors import DeliveryError
from drafter.messages import _
from drafter.outbox import marker

LENGTH = "X-Drafter-Length"
"""How many bytes of a draft follow this header: tells whether the last one is whole."""

_FROM = b"From drafter@localhost Thu Jan  1 00:00:00 1970\n"
_FROM_LINE = re.compile(rb"^(>*From )", re.MULTILINE)
_HEAD = re.compile(rf"{marker.NAME}: [0-9a-f]{{32}}\n{LENGTH}: (\d{{1,10}})\n".encode())
_MARK = f"{marker.NAME}: ".encode()
_MAX_HEAD = 100  # no marker with its length is longer
_CHUNK = 1024 * 1024
_MAX_LINE = 64 * 1024


class DraftMbox:
    """Appends drafts to an mbox; what an interrupted run left of its last draft is cut off at opening."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1
        self._seen: set[bytes] = set()

    def __enter__(self) -> Self:
        """Open the mbox, mend its end, and look which drafts it holds.

        Raises:
            DeliveryError: it cannot be read or written, or is no mbox.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(0o600)
            self._mend()
        except OSError as error:
            raise self._cannot(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def put(self, key: str, eml: bytes) -> bool:
        """Append a draft.

        Raises:
            DeliveryError: it cannot be written; the mbox is as it was.
        """
        mark = marker.digest(key).encode()
        if mark in self._seen:
            return False
        before = os.lseek(self._handle, 0, os.SEEK_END)
        try:
            self._append(_record(mark, eml))
        except OSError as error:
            os.ftruncate(self._handle, before)
            raise self._cannot(error) from error
        self._seen.add(mark)
        return True

    def flush(self) -> None:
        """Wait until what was appended is on the disk.

        Raises:
            DeliveryError: it cannot be written.
        """
        try:
            os.fsync(self._handle)
        except OSError as error:
            raise self._cannot(error) from error

    def _mend(self) -> None:
        with self._path.open("rb") as file:
            begin = file.read(5)
            if begin != b"From "[: len(begin)]:
                raise DeliveryError(f"{self._path}: " + _("is no mbox"), _("Move it away or name another folder."))
            length = _whole_length(file)
            file.seek(max(0, length - 2))
            end = file.read(min(length, 2))
        self._handle = os.open(self._path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        os.ftruncate(self._handle, length)
        if length and end != b"\n\n":  # another program left no empty line before the next message
            os.lseek(self._handle, 0, os.SEEK_END)
            self._append(b"\n" if end[-1:] == b"\n" else b"\n\n")
        with self._path.open("rb") as file:
            self._seen = set(_marks(file))

    def _append(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._handle, data) :]

    def _cannot(self, error: OSError) -> DeliveryError:
        return DeliveryError(
            f"{self._path}: {error.strerror or error}", _("Name a folder that can be written and has room.")
        )


def _record(mark: bytes, eml: bytes) -> bytes:
    rest = _FROM_LINE.sub(rb">\1", eml.replace(b"\r\n", b"\n")) + b"\n"
    return _FROM + _MARK + mark + f"\n{LENGTH}: {len(rest)}\n".encode() + rest


def _whole_length(file: BinaryIO) -> int:
    """Return up to where the file is whole: cut are a last draft of ours and a first line of ours that are not."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - len(_FROM) - 1))
    tail = file.read().rpartition(b"\n\n")[2]
    if tail and tail != _FROM and _FROM.startswith(tail):
        return size - len(tail)
    start = _last_start(file, size)
    if start is None:
        return size
    file.seek(start + len(_FROM))
    head = _HEAD.match(text := file.read(_MAX_HEAD))
    if not head:  # changed by another program, unless the file ends within it
        return start if len(text) < _MAX_HEAD else size
    return start if start + len(_FROM) + head.end() + int(head[1]) > size else size


def _last_start(file: BinaryIO, size: int) -> int | None:
    """Return where the last draft begins, looking from the end."""
    after = b""
    for start in range((size - 1) // _CHUNK * _CHUNK, -1, -_CHUNK) if size else ():
        file.seek(start)
        block = file.read(min(_CHUNK, size - start)) + after[: len(_FROM)]
        if (found := block.rfind(b"\n" + _FROM)) >= 0:
            return start + found + 1
        if start == 0 and block.startswith(_FROM):
            return 0
        after = block
    return None


def _marks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the markers in the heads of the messages."""
    file.seek(0)
    in_head, after_blank = False, True
    while line := file.readline(_MAX_LINE):
        if after_blank and line.startswith(b"From "):
            in_head = True
        elif in_head and line.startswith(_MARK):
            yield line[len(_MARK) :].strip()
        after_blank = line in (b"\n", b"\r\n")
        in_head = in_head and not after_blank
