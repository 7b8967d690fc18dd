"""What of a mail is kept until its turn comes: all that its text is read from, not what is attached to it."""

from __future__ import annotations

import json
import re

from drafter.decode import MAX_BODY_CHARACTERS, MAX_TEXT_BYTES
from drafter.errors import MailError
from drafter.mime import MAX_HEAD_BYTES
from drafter.sources.raw import RECORD, Raw
from drafter.sources.record import json_object

SMALL = 128 * 1024
"""A mail up to this size is kept as it is."""

SMALL_PART = 8 * 1024
MAX_KEPT = MAX_HEAD_BYTES + MAX_TEXT_BYTES
"""More bytes are not looked at for the text of a mail with one part either (see mime.py)."""

PART_HEAD = re.compile(
    rb"\n--[^\n]{1,200}\n((?:[!-9;-~]{1,70}:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,50}){1,30})\r?\n"
)
_BASE64 = re.compile(rb"^content-transfer-encoding:\s*base64", re.IGNORECASE | re.MULTILINE)
_HAS_TEXT = re.compile(rb"^content-type:\s*(?:text|multipart|message)/", re.IGNORECASE | re.MULTILINE)


def kept(raw: Raw) -> bytes:
    """Return the bytes that a mail is read from later: its attachments emptied, what is beyond reading cut."""
    if len(raw.data) <= SMALL or raw.kind == "msg":
        return raw.data
    if raw.kind == RECORD:
        return _short_record(raw.data)
    return _without_attachments(raw.data)[:MAX_KEPT]


def _without_attachments(data: bytes) -> bytes:
    pieces, done = [], 0
    for part in PART_HEAD.finditer(data):
        if part.start() < done or not _BASE64.search(part[1]) or _HAS_TEXT.search(part[1]):
            continue
        end = data.find(b"\n--", part.end() - 1)
        end = len(data) if end < 0 else end
        if end - part.end() > SMALL_PART:
            pieces.append(data[done : part.end()])
            done = end
    return b"".join((*pieces, data[done:]))


def _short_record(data: bytes) -> bytes:
    if len(data) <= MAX_KEPT:
        return data
    try:
        record = json_object(data)
    except MailError:
        return data[:MAX_KEPT]
    if not isinstance(record, dict):
        return b"null"
    cut = {name: value[:MAX_BODY_CHARACTERS] if isinstance(value, str) else value for name, value in record.items()}
    return json.dumps(cut).encode()
