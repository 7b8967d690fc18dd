"""Wait for files to be saved, by looking at them again and again.

Looking costs some milliseconds for the few hundred files at hand and sees what is saved on network drives too, of which
the system tells nobody; the libraries that listen to the system look the same way there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

SUFFIXES = (".txt", ".toml", ".yaml", ".tsv", ".html", ".npz", ".eml", ".msg")
"""What the program reads; copies and locks of editors end otherwise, or begin with a dot."""

INTERVAL = 0.2
"""Seconds between two looks."""

SETTLED = 0.05
"""So many seconds without another change: the editor has written all it has to write."""

MAX_FILES = 20_000

State = dict[str, tuple[int, int, int]]


def saved(places: Iterable[Path], seen: State) -> Iterator[frozenset[Path]]:
    """Yield after each save which files of the folders (or files) changed, came or went since `seen`; without end."""
    watched = tuple(places)
    while True:
        time.sleep(INTERVAL)
        now = state_of(watched)
        while now != seen and now != (again := _later(watched)):
            now = again
        if changed := {path for path in seen.keys() | now.keys() if seen.get(path) != now.get(path)}:
            seen = now
            yield frozenset(map(Path, changed))


def _later(places: tuple[Path, ...]) -> State:
    time.sleep(SETTLED)
    return state_of(places)


def state_of(places: Iterable[Path]) -> State:
    """Return time, size and number of every file that counts; what cannot be read is not there."""
    found: State = {}
    for path in _files(places):
        try:
            status = os.stat(path)
        except OSError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
        if len(found) >= MAX_FILES:
            break
    return found


def _files(places: Iterable[Path]) -> Iterator[str]:
    for place in places:
        if place.is_dir():
            for folder, _, names in os.walk(place):
                yield from (os.path.join(folder, name) for name in names if _counts(name))
        else:
            yield str(place)


def _counts(name: str) -> bool:
    return not name.startswith((".", "~")) and name.lower().endswith(SUFFIXES)
