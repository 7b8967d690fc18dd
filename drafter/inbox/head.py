"""The headers of a mail alone, quickly: what tells to which conversation it belongs and whether somebody wrote it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from drafter.decode import field
from drafter.errors import MailError
from drafter.headers import MAX_FIELD, addresses, mailbox_labels, parse_address, parse_date
from drafter.mime import KEPT_HEADERS, MAX_HEAD_BYTES, MAX_RAW_HEADER, MAX_REFERENCES, MESSAGE_ID, first_id, header_text
from drafter.read import looks_like_mail
from drafter.records import Mail
from drafter.sources.raw import RECORD, Raw, read_raw
from drafter.sources.record import json_object, list_field, text_field

MARKS = (*KEPT_HEADERS, "x-status", "x-unsent")
"""Headers that tell what kind of mail it is."""

_MARKS = frozenset(MARKS)
MAX_LABELS = 100
_NAMES = (
    "from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", *MARKS,
)  # fmt: skip
_ENVELOPE = re.compile(rb"\s{0,50}>?From [^\n]{0,300}\n")
_BLOCK = re.compile(rb"(?:(?:[!-9;-~]+:|[ \t])[^\n]*(?:\n|\Z))*+")
_ANY_NAME = "|".join(map(re.escape, _NAMES)).encode()
_FIELD = re.compile(rb"^(" + _ANY_NAME + rb"):([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.IGNORECASE | re.MULTILINE)
_LONE_RETURN = re.compile(rb"\r\n?")
_SPACE = b" \t\r\n"
_BOUNDARY_LINE = re.compile(rb"\n--[^\n]*")
_BOUNDARY_NAME = re.compile(rb"[Bb]oundary=[^;\n]{1,200}")


class Head(NamedTuple):
    """The headers of a mail that conversations are made of; texts are bounded lines."""

    key: str
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None  # aware
    from_address: str = ""
    from_name: str = ""
    to: str = ""
    ticket: str = ""
    direction: str = ""  # customer, agent, system, or "" where the export does not say
    labels: tuple[str, ...] = ()
    marks: Mapping[str, str] = {}
    fingerprint: str = ""  # digest of the body without white space
    thread: str = ""  # the conversation, where the export names it
    recipients: tuple[str, ...] = ()  # addresses of To and Cc
    public: bool = True  # False for a note among colleagues
    empty: bool = False  # nothing but white space below the headers


def head_of(raw: Raw) -> Head:
    """Read the headers of a mail; whatever cannot be read is missing.

    Only mails without headers and .msg files are parsed as a whole.
    """
    if raw.error:
        return Head(raw.key)
    if raw.kind == RECORD:
        return _of_record(raw)
    block, end = header_block(raw.data)
    if not block or raw.kind == "msg" or (raw.kind == "txt" and not looks_like_mail(raw.data)):
        return _of_parsed(raw)
    found: dict[str, bytes] = {}
    for name, value in _FIELD.findall(block):
        found.setdefault(name.decode().lower(), value)
    return _of_fields(raw, {name: _decoded(value) for name, value in found.items()}, end)


def _start(data: bytes) -> int:
    """Return where the headers begin: behind a byte order mark and the line of an mbox."""
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    envelope = _ENVELOPE.match(data, start)
    return envelope.end() if envelope else start


def header_block(data: bytes) -> tuple[bytes, int]:
    """Return the header lines, with plain line ends, and where the body begins."""
    start = _start(data)
    while data[start : start + 1] in (b"\r", b"\n"):
        start += 1
    limit = start + MAX_HEAD_BYTES
    blanks = [place for mark in (b"\n\n", b"\n\r\n") if (place := data.find(mark, start, limit)) >= 0]
    end = min(blanks) + 1 if blanks else min(limit, len(data))
    block = data[start:end]
    if b"\r" in block:
        block = _LONE_RETURN.sub(b"\n", block)
    match = _BLOCK.match(block)
    return match[0] if match else b"", end


def _decoded(value: bytes) -> str:
    text = value[: 2 * MAX_RAW_HEADER].decode("ascii", "surrogateescape")
    if text.isascii() and "=?" not in text:
        return text[:MAX_RAW_HEADER].strip()  # as most are
    return header_text(text)


def _of_fields(raw: Raw, found: dict[str, str], end: int) -> Head:
    def line(name: str, limit: int = MAX_FIELD) -> str:
        return field(found[name], limit) if name in found else ""

    name, address = parse_address(found.get("from", ""))
    return Head(
        raw.key,
        message_id=first_id(found.get("message-id", "")),
        in_reply_to=first_id(found.get("in-reply-to", "")),
        references=tuple(MESSAGE_ID.findall(found.get("references", ""))[-MAX_REFERENCES:]),
        subject=line("subject"),
        date=aware(parse_date(line("date", 200))) if "date" in found else None,
        from_address=address,
        from_name=name,
        to=line("to"),
        labels=_labels(raw, mailbox_labels(line("x-gmail-labels", 1_000), line("x-mozilla-status"))),
        marks={name: value for name in found if name in _MARKS and (value := line(name, 1_000))},
        fingerprint=_digest(_without_boundaries(raw.data[end:])),
        thread=line("x-gm-thrid", 40),
        recipients=addresses(found.get("to", "") + "," + found.get("cc", "")),
        empty=not raw.data[end:].strip(),
    )


def _of_record(raw: Raw) -> Head:
    try:
        record = json_object(raw.data)
    except MailError:
        record = None
    if not isinstance(record, dict):
        return Head(raw.key, fingerprint=_digest(raw.data))
    name, address = parse_address(text_field(record, "from"))
    to = text_field(record, "to")
    body = _body(record)
    return Head(
        raw.key,
        message_id=first_id(text_field(record, "message_id")),
        in_reply_to=first_id(text_field(record, "in_reply_to")),
        references=tuple(map(first_id, list_field(record, "references"))),
        subject=text_field(record, "subject"),
        date=aware(parse_date(text_field(record, "date"))),
        from_address=text_field(record, "from_address") or address,
        from_name=text_field(record, "from_name") or name,
        to=to,
        ticket=text_field(record, "ticket"),
        direction=text_field(record, "direction"),
        labels=_labels(raw, list_field(record, "labels")),
        fingerprint=_digest(body.encode("utf-8", "replace")),
        thread=text_field(record, "thread"),
        recipients=addresses(to),
        public=record.get("public") is not False,
        empty=not body.strip(),
    )


def _body(record: dict[str, Any]) -> str:
    texts = [value for name in ("body", "html") if isinstance(value := record.get(name), str)]
    return next((text for text in texts if text.strip()), "")


def _of_parsed(raw: Raw) -> Head:
    """Read a mail without a block of headers as a whole: pasted text, .msg."""
    try:
        mail = read_raw(raw)
    except MailError:
        return Head(raw.key, labels=raw.labels, fingerprint=_digest(raw.data), empty=not raw.data.strip())
    return _of_mail(raw, mail)


def _of_mail(raw: Raw, mail: Mail) -> Head:
    return Head(
        raw.key,
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        subject=mail.subject,
        date=aware(mail.date),
        from_address=mail.from_address,
        from_name=mail.from_name,
        to=mail.to,
        ticket=mail.ticket,
        direction=mail.direction,
        labels=_labels(raw, mail.labels),
        marks=mail.headers,
        thread=mail.thread,
        fingerprint=_digest(mail.body.encode("utf-8", "replace")),
        recipients=addresses(mail.to),
        empty=not mail.body.strip(),
    )


def _labels(raw: Raw, more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(islice((*raw.labels, *more), MAX_LABELS)))


def _without_boundaries(body: bytes) -> bytes:
    """Leave out the lines between the parts of a mail: some programs write them anew with every export."""
    if b"--" not in body:
        return body
    return _BOUNDARY_NAME.sub(b"", _BOUNDARY_LINE.sub(b"\n", b"\n" + body))


def _digest(body: bytes) -> str:
    """Return the same for bodies that differ in white space alone, as copies in several exports do."""
    return hashlib.blake2b(body.translate(None, _SPACE), digest_size=16).hexdigest()


def aware(date: datetime | None) -> datetime | None:
    """Return a date with its zone, UTC where it has none; None for one that no clock can show in UTC."""
    if date is None:
        return None
    try:
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        date.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return date
