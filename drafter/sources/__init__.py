"""Open an export and yield its mails one by one, unparsed: `read_source` → Raw → `read_raw` → Mail.

folder.py   folders of mails, Maildirs, profiles of Thunderbird   ┐
archive.py  zip archives                                          ├ find files and members
single.py   .eml, .txt, .msg                                      ┐
mbox.py     mbox                                                  │
table.py    CSV, TSV                                              ├ read one of them
objects.py  JSON, JSON lines                                      ┘
exports.py  what the fields of tables and objects mean, by models/rules/exports.yaml

Mailboxes on a server are read by drafter/imap/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drafter.errors import MailError, SourceError
from drafter.messages import _
from drafter.records import Mail
from drafter.sources import archive, mbox, objects, single, table
from drafter.sources.folder import read_folder
from drafter.sources.mapping import NO_MAPPING, check_fields, parse_mapping
from drafter.sources.origin import Origin, file_origin, guarded
from drafter.sources.raw import RECORD, Raw, read_raw, record_raw
from drafter.sources.record import json_mail, read_record

if TYPE_CHECKING:
    from drafter.imap import ImapSettings

__all__ = [
    "MAX_LINE_BYTES",
    "NO_MAPPING",
    "RECORD",
    "Raw",
    "is_mailbox",
    "json_mail",
    "parse_mapping",
    "read_mails",
    "read_raw",
    "read_record",
    "read_source",
    "record_raw",
]

MAX_LINE_BYTES = objects.MAX_OBJECT_BYTES

MANY = frozenset((*mbox.SUFFIXES, *table.SUFFIXES, *objects.SUFFIXES))
"""Suffixes of files that hold many mails."""

_ZIP = b"PK\x03\x04"


def read_source(
    spec: str | Path, mapping: Mapping[str, str] = NO_MAPPING, settings: ImapSettings | None = None
) -> Iterator[Raw]:
    """Return the mails of an export or of a mailbox in order; memory does not grow with its size.

    The source is looked at here and now, the mails are read as they are asked for.

    Args:
        spec: a file or folder, or the URL of a mailbox on a server.
        mapping: fields of the common record, and the columns of a table that hold them (`--map`).
        settings: how servers are spoken to; None reads it from the environment.

    Raises:
        SourceError: the source is missing, unreadable or of no known kind, or the mapping does not fit; it is raised by
            the call itself.
    """
    check_fields(mapping)
    if is_mailbox(spec):
        from drafter.imap import read_imap

        return read_imap(str(spec), settings)
    path = Path(spec)
    try:
        if path.is_dir():
            return read_folder(path, partial(_read_inner, mapping=mapping), MANY)
        if not path.is_file():
            raise SourceError(_("{path}: no such file or folder").format(path=path))
        return _read_file(path, mapping)
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: {getattr(error, 'strerror', None) or error}", _("Check the path.")) from error


def read_mails(spec: str | Path, mapping: Mapping[str, str] = NO_MAPPING) -> Iterator[tuple[str, Mail | MailError]]:
    """Return the key of every mail of an export with the mail, or with why it cannot be read.

    Raises:
        SourceError: as read_source.
    """
    return ((raw.key, _mail_or_error(raw)) for raw in read_source(spec, mapping))


def is_mailbox(spec: str | Path) -> bool:
    """Tell whether a source is the URL of a mailbox; as a path it has lost one of its slashes."""
    return re.match(r"imaps?:/", str(spec), re.IGNORECASE) is not None


def _mail_or_error(raw: Raw) -> Mail | MailError:
    try:
        return read_raw(raw)
    except MailError as error:
        return error


def _read_file(path: Path, mapping: Mapping[str, str]) -> Iterator[Raw]:
    origin = file_origin(path, path.name)
    head = origin.head(4_096)
    if origin.suffix in single.SUFFIXES:
        return iter([single.read_single(origin)])
    if head.startswith(_ZIP) and origin.suffix not in _remedies():
        return archive.read_archive(path, partial(_read_inner, mapping=mapping), MANY)
    mails = _read_many(origin, head, mapping)
    if mails is None:
        raise _unknown(path)
    return mails


def _read_many(origin: Origin, head: bytes, mapping: Mapping[str, str]) -> Iterator[Raw] | None:
    """Read bytes that may hold many mails, by the suffix and else by their look; None where they are of no known kind.

    Raises:
        SourceError: they are of a known kind, and yet nothing in them is a mail.
        OSError: they cannot be read.
    """
    if origin.suffix in table.SUFFIXES:
        mails = table.read_table(origin, mapping)
    elif origin.suffix in objects.SUFFIXES:
        mails = objects.read_objects(origin, mapping)
    elif mbox.looks_like_mbox(head) or (not head and origin.suffix in ("", *mbox.SUFFIXES)):
        mails = mbox.read_mbox(origin)
    elif origin.suffix not in _remedies() and head.lstrip()[:1] in (b"{", b"["):
        mails = objects.read_objects(origin, mapping)
    else:
        return None
    return guarded(origin, mails)


def _read_inner(origin: Origin, mapping: Mapping[str, str]) -> Iterator[Raw]:
    """Read a file of a folder or the member of an archive: what is wrong with it costs it alone."""
    try:
        mails = _read_many(origin, origin.head(4_096), mapping)
    except SourceError as error:
        reason = error.message.removeprefix(f"{origin.name}: ")
        yield Raw(origin.name, b"", RECORD, f"{reason}. {error.remedy}".strip(), origin.labels)
    except OSError as error:
        yield Raw(origin.name, b"", "eml", str(error.strerror or error), origin.labels)
    else:
        yield from mails if mails is not None else [Raw(origin.name, b"", "eml", _("not an mbox"), origin.labels)]


def _unknown(path: Path) -> SourceError:
    remedy = _remedies().get(path.suffix.lower()) or _(
        "What is read: mbox, Maildir, folders and .zip of .eml, .txt, .msg; .csv, .tsv, .json, .jsonl."
    )
    return SourceError(_("{path}: not an export that can be read").format(path=path), remedy)


def _remedies() -> dict[str, str]:
    """Return what to do with files that hold mails in forms that are not read, by their suffix."""
    outlook = _("Convert it with `readpst -e -o mails FILE` (Debian's package pst-utils) and name the folder mails.")
    packed = _("Unpack it and name the folder, or pack it as .zip.")
    sheet = _("Save the sheet as CSV (UTF-8) and name that.")
    return {
        ".pst": outlook,
        ".ost": outlook,
        ".olm": _("In Outlook for Mac drag the mail folder onto the desktop: that makes an .mbox, which can be read."),
        ".dbx": _("Import it into Thunderbird, and name the mbox in its profile."),
        **dict.fromkeys((".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst"), packed),
        **dict.fromkeys((".xlsx", ".xls", ".ods"), sheet),
        ".xml": _("Export the tickets as JSON or CSV."),
    }
