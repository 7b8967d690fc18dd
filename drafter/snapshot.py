"""Keep what was loaded from data files as a file of its own, so that the next start need not build it again.

A snapshot lies in the user's cache folder (XDG_CACHE_HOME is honoured), holds nothing but word lists and rules, and
is dropped as soon as a data file, the code or Python changes. Where the cache cannot be used, nothing is lost but time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from platformdirs import user_cache_path

T = TypeVar("T")

KEPT = 4
"""Snapshots of one name that stay: company folders used in turn must not drop each other's."""


def remember(name: str, folders: Iterable[Path], make: Callable[[], T]) -> T:
    """Return the snapshot of `name` if no file of the folders has changed since, else make it and keep it."""
    path = _place(name, folders)
    if path is None:
        return make()
    with contextlib.suppress(Exception):  # a torn file is as good as none
        return pickle.loads(path.read_bytes())  # type: ignore[no-any-return]
    made = make()
    with contextlib.suppress(Exception):
        _keep(path, name, made)
    return made


def cache_folder() -> Path | None:
    """Return the folder for caches, made for this user alone; None where there can be none."""
    if not hasattr(os, "getuid"):  # without owners a file cannot be trusted
        return None
    folder = user_cache_path("drafter")
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid == os.getuid() and os.access(folder, os.W_OK):
            return folder
    return None


def _place(name: str, folders: Iterable[Path]) -> Path | None:
    cache = cache_folder()
    if cache is None:
        return None
    state_of_files = hashlib.sha256(sys.version.encode())
    for folder in (*folders, Path(__file__).parent):
        for entry in _files(folder):
            with contextlib.suppress(OSError):  # a link to nothing, such as the lock of an editor
                status = entry.stat()
                state_of_files.update(
                    f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode("utf-8", "surrogateescape")
                )
    return cache / f"{name}-{state_of_files.hexdigest()[:24]}.pickle"


def _files(folder: Path) -> Iterable[os.DirEntry[str]]:
    """Yield the files of a folder in a fixed order, compiled ones left out."""
    with contextlib.suppress(OSError):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(Path(entry.path))
            else:
                yield entry


def _keep(path: Path, name: str, made: object) -> None:
    """Write beside and rename, so that no other start reads half a file; the oldest snapshots go."""
    data = pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
        stream.write(data)
    os.replace(stream.name, path)
    snapshots = sorted(path.parent.glob(f"{name}-*.pickle"), key=lambda file: file.stat().st_mtime_ns)
    for old in snapshots[:-KEPT]:
        old.unlink(missing_ok=True)
