"""Mails in a folder and the folders in it: single files, mboxes of Thunderbird, Maildirs, tables.

Links are not followed, whether they lead out of the folder, round in a circle or to a mail that stands there anyway.
Hidden files and folders are passed over, but for the subfolders of a Maildir.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from drafter.errors import SourceError
from drafter.messages import _
from drafter.sources.mbox import SUFFIXES as MBOX_SUFFIXES
from drafter.sources.mbox import looks_like_mbox
from drafter.sources.origin import Origin, file_origin
from drafter.sources.raw import Raw
from drafter.sources.single import SUFFIXES as MAIL_SUFFIXES
from drafter.sources.single import read_single

Reader = Callable[[Origin], Iterator[Raw]]

_FLAGS = re.compile(r"[:;!,-]2,([A-Za-z]{0,30})$")
_FLAG_LABELS = {"T": "trashed", "D": "draft", "R": "replied"}
RUN_MARKS = frozenset(("report.jsonl", ".lock"))
RUN_FILES = frozenset(("report.jsonl", "report.csv", "report.html", "drafts", "drafts.mbox"))
"""What a run writes into its folder: no mails of an inbox, wherever the folder lies."""

_THUNDERBIRD_FOLDER = ".sbd"


def read_folder(root: Path, read: Reader, suffixes: frozenset[str]) -> Iterator[Raw]:
    """Return the mails of a folder, file by file in the order of their names.

    Args:
        read: reads a file that may hold many mails.
        suffixes: those of such files.

    Raises:
        SourceError: there is no mail in it.
    """
    mails = _folder(root, "", (), read, suffixes)
    first = next(mails, None)
    if first is None:
        raise SourceError(_("{path}: no mail in it").format(path=root), _("Name the folder that holds the mails."))
    return chain([first], mails)


def _folder(path: Path, prefix: str, labels: tuple[str, ...], read: Reader, suffixes: frozenset[str]) -> Iterator[Raw]:
    try:
        with os.scandir(path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield Raw(prefix or f"{path.name}/", b"", "eml", str(error.strerror or error))
        return
    names = {entry.name for entry in entries}
    if names >= RUN_MARKS:
        entries = [entry for entry in entries if entry.name not in RUN_FILES]
    is_maildir = {"cur", "new"} <= names and "tmp" in names
    for entry in entries:
        key = prefix + _shown(entry.name)
        if entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            if is_maildir and entry.name in ("cur", "new", "tmp"):
                yield from _maildir(Path(entry.path), f"{key}/", labels) if entry.name != "tmp" else ()
            elif not entry.name.startswith(".") or is_maildir:
                yield from _folder(Path(entry.path), f"{key}/", labels + _labels(entry.name), read, suffixes)
        elif entry.is_file(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _file(Path(entry.path), key, labels, f"{entry.name}.msf" in names, read, suffixes)


def _file(
    path: Path, key: str, labels: tuple[str, ...], indexed: bool, read: Reader, suffixes: frozenset[str]
) -> Iterator[Raw]:
    """Read one file of a folder; what is no mail is passed over."""
    suffix = path.suffix.lower()
    origin = file_origin(path, key, labels)
    if suffix in MAIL_SUFFIXES and not indexed:
        yield read_single(origin)
    elif suffix in suffixes and suffix not in MBOX_SUFFIXES:
        yield from read(origin)
    elif (indexed or not suffix or suffix in MBOX_SUFFIXES) and _is_mbox(origin):
        yield from read(origin._replace(labels=labels + _labels(path.stem if suffix in MBOX_SUFFIXES else path.name)))


def _is_mbox(origin: Origin) -> bool:
    try:
        return looks_like_mbox(origin.head(64))
    except OSError:
        return origin.suffix in MBOX_SUFFIXES  # the reader will say why


def _maildir(path: Path, prefix: str, labels: tuple[str, ...]) -> Iterator[Raw]:
    try:
        names = sorted(entry.name for entry in os.scandir(path) if entry.is_file(follow_symlinks=False))
    except OSError as error:
        yield Raw(prefix, b"", "eml", str(error.strerror or error))
        return
    for name in names:
        if not name.startswith("."):
            yield read_single(file_origin(path / name, prefix + _shown(name), labels + _flags(name)), "eml")


def _flags(name: str) -> tuple[str, ...]:
    match = _FLAGS.search(name)
    return tuple(label for flag, label in _FLAG_LABELS.items() if match and flag in match[1])


def _labels(name: str) -> tuple[str, ...]:
    """Return the labels that a folder's name makes: `.INBOX.Sent` of a Maildir holds two."""
    name = _shown(name).removesuffix(_THUNDERBIRD_FOLDER)
    parts = name[1:].split(".") if name.startswith(".") else [name]
    return tuple(part for part in parts if part)


def _shown(name: str) -> str:
    """Return a name as text for one line: bytes that are none of UTF-8 and control characters are written out."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
