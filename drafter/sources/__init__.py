"""Open an export and yield its mails one by one, unparsed: `read_source` → Raw → `read_raw` → Mail.

One module a format: mbox.py, folder.py, lines.py (JSON lines). raw.py parses what they yield, record.py
reads mails that are objects of JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from drafter.errors import MailError, SourceError
from drafter.records import Mail
from drafter.sources.folder import MAIL_SUFFIXES, read_folder, read_one
from drafter.sources.lines import read_lines
from drafter.sources.mbox import MAX_LINE_BYTES, looks_like_mbox, read_mbox
from drafter.sources.raw import Raw, read_raw
from drafter.sources.record import json_mail, read_record

__all__ = ["MAX_LINE_BYTES", "Raw", "json_mail", "read_mails", "read_raw", "read_record", "read_source"]

NO_MAPPING: Mapping[str, str] = {}


def read_source(spec: str | Path, mapping: Mapping[str, str] = NO_MAPPING) -> Iterator[Raw]:
    """Return the mails of an export in order; memory does not grow with its size.

    The source is looked at here and now, the mails are read as they are asked for.

    Raises:
        SourceError: the source is missing, unreadable or of no known kind; it is raised by the call itself.
    """
    path = Path(spec)
    if path.is_dir():
        return read_folder(path)
    if not path.is_file():
        raise SourceError(f"{path}: no such file or folder")
    try:
        return _read_file(path)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


def read_mails(spec: str | Path, mapping: Mapping[str, str] = NO_MAPPING) -> Iterator[tuple[str, Mail | MailError]]:
    """Yield the key of every mail of an export with the mail, or with why it cannot be read.

    Raises:
        SourceError: as read_source.
    """
    for raw in read_source(spec, mapping):
        yield raw.key, _mail_or_error(raw)


def _mail_or_error(raw: Raw) -> Mail | MailError:
    try:
        return read_raw(raw)
    except MailError as error:
        return error


def _read_file(path: Path) -> Iterator[Raw]:
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return read_lines(path, path.name)
    if path.suffix.lower() in MAIL_SUFFIXES:
        return iter([read_one(path, path.name)])
    if looks_like_mbox(path):
        return read_mbox(path, path.name)
    raise SourceError(f"{path}: not an mbox, .eml, .txt or .jsonl file", "Export the mails in one of these forms.")
