"""One mail of an export, unparsed, and how it is parsed: `Raw` travels to worker processes, `read_raw` runs there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, NamedTuple

from drafter.errors import MailError
from drafter.read import MAX_FILE_BYTES, read_bytes
from drafter.records import Mail
from drafter.sources.record import json_object, record_mail

RECORD = "record"
"""The kind of a mail that is no internet message but the row of a table or an object of JSON."""


class Raw(NamedTuple):
    """A mail as it stands in an export; with `error` (for people) and without data where it cannot be had.

    `key` names its place and is unique within a source. `kind` is "eml", "txt", "msg" or "record"; the data of a record
    is one JSON object (see record.py). `labels` says what is known from around it: the names of the folders that
    hold it, and flags of its file as "trashed", "draft", "replied". What its own header says is not among them: see
    headers.mailbox_labels, which adds "deleted" for what waits to be compacted in Thunderbird.
    """

    key: str
    data: bytes
    kind: str
    error: str = ""
    labels: tuple[str, ...] = ()


def record_raw(key: str, record: dict[str, Any], labels: tuple[str, ...] = ()) -> Raw:
    """Pack a common record."""
    return Raw(key, json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"), RECORD, "", labels)


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
    if mail.source == raw.key and not raw.labels and len(raw.data) < MAX_FILE_BYTES:
        return mail
    cut = f"only the first {MAX_FILE_BYTES // 1024 // 1024} MB were read"
    notes = mail.notes if len(raw.data) < MAX_FILE_BYTES else (*mail.notes, cut)
    return replace(mail, source=raw.key, labels=tuple(dict.fromkeys((*raw.labels, *mail.labels))), notes=notes)
