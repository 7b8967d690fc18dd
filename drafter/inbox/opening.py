"""The first words of a mail without parsing it: enough to see whether a program wrote it."""

from __future__ import annotations

import binascii
import re

from drafter.decode import clean, decode
from drafter.inbox.head import header_block
from drafter.inbox.keep import PART_HEAD
from drafter.sources.raw import Raw

MAX_BYTES = 8_000
MAX_SEARCHED = 100_000
_TYPE = re.compile(rb"^content-type:\s{0,9}([\w/-]{1,60})", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(rb"charset=\"?([\w.:-]{1,40})", re.IGNORECASE)
_ENCODING = re.compile(rb"^content-transfer-encoding:[ \t]*([\w-]{1,20})", re.IGNORECASE | re.MULTILINE)


def opening(raw: Raw) -> str | None:
    """Return the first words of a mail's plain text; None where only parsing finds them."""
    if raw.kind != "eml":
        return None
    head, end = header_block(raw.data)
    kind = _TYPE.search(head)
    if kind and kind[1].lower().startswith(b"multipart/"):
        part = PART_HEAD.search(raw.data, max(end - 1, 0), end + MAX_SEARCHED)
        if not part:
            return None
        head, end = part[1], part.end()
        kind = _TYPE.search(head)
    if kind and kind[1].lower() != b"text/plain":
        return None
    return _decoded(head, raw.data[end : end + MAX_BYTES])


def _decoded(head: bytes, body: bytes) -> str | None:
    encoding = _ENCODING.search(head)
    name = encoding[1].lower() if encoding else b""
    if name == b"base64":
        return None
    if name == b"quoted-printable":
        body = binascii.a2b_qp(body)
    charset = _CHARSET.search(head)
    text = decode(body, charset[1].decode() if charset else None)[0]
    return clean(text)[0]
