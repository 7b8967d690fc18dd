"""One mail of an export, unparsed, and how it is parsed: `Raw` travels to worker processes, `read_raw` runs there."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from drafter.errors import MailError
from drafter.read import MAX_FILE_BYTES, read_bytes
from drafter.records import Mail
from drafter.sources.record import json_object, record_mail

RECORD = "record"
"""The kind of a mail that is no internet message but the row of a table or an object of JSON."""


class Raw(NamedTuple):
    """A mail as it stands in an export; with `error` (for people) and without data where it cannot be had.

    `key` names its place and is unique within a source. `kind` is "eml", "txt", "msg" or "record"; the data of a record
    is one JSON object (see record.py). `labels` says what is known from around it: flags of a file, names of folders.
    """

    key: str
    data: bytes
    kind: str
    error: str = ""
    labels: tuple[str, ...] = ()


def read_raw(raw: Raw) -> Mail:
    """Parse one mail of an export.

    Raises:
        MailError: there is no mail to read.
    """
    if raw.error:
        raise MailError(raw.error)
    if raw.kind == RECORD:
        mail = record_mail(json_object(raw.data))
    else:
        mail = read_bytes(raw.data[:MAX_FILE_BYTES], raw.key, raw.kind)
    labels = tuple(dict.fromkeys((*raw.labels, *mail.labels)))
    return replace(mail, source=raw.key, labels=labels)
