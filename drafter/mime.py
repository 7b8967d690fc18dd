"""A raw internet message to a `Mail`: headers decoded, the customer's text chosen among the parts."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from drafter.decode import MAX_BODY_CHARACTERS, MAX_TEXT_BYTES, clean, decode, field
from drafter.errors import MailError
from drafter.headers import MAX_FIELD, mailbox_labels, parse_address, parse_date
from drafter.html import html_to_text
from drafter.records import Mail

MAX_MULTIPARTS = 100
"""More containers than any mail program makes; parsing them takes quadratic time."""

MAX_PARSE_WORK = 5_000_000
"""The parser compares every line with every open boundary: containers times lines is what it costs."""

MAX_BOUNDARIES = 20_000
MAX_PARTS = 200
MAX_DEPTH = 20
MAX_RAW_HEADER = 8_000
MAX_HEAD_BYTES = 256 * 1024
MAX_REFERENCES = 100

KEPT_HEADERS = (
    "auto-submitted", "content-language", "list-id", "list-unsubscribe", "list-unsubscribe-post", "precedence",
    "reply-to", "return-path", "x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-csa-complaints",
    "x-gm-thrid", "x-gmail-labels", "x-mozilla-status",
)  # fmt: skip
"""What later stages ask for: is it automatic, a newsletter, our own mail; whom to answer."""

_CONTAINER = re.compile(rb"multipart/|message/rfc822", re.IGNORECASE)
MESSAGE_ID = re.compile(r"<[^<>\s]{1,498}>")
_SIGNATURE_MARK = re.compile(r"-- ?")


def read_mime(raw: bytes, source: str) -> Mail:
    """Parse a raw message.

    Raises:
        MailError: its parts are nested beyond all measure.
    """
    containers = len(_CONTAINER.findall(raw))
    work = containers * raw.count(b"\n")
    if containers > MAX_MULTIPARTS or work > MAX_PARSE_WORK or (containers and raw.count(b"\n--") > MAX_BOUNDARIES):
        raise MailError(f"{source}: its parts are nested beyond all measure", "Forward the text alone.")
    if not _CONTAINER.search(raw, 0, MAX_HEAD_BYTES):
        raw = raw[: MAX_HEAD_BYTES + MAX_TEXT_BYTES]  # one part only: no text beyond can come to anything
    try:
        message = BytesParser(policy=compat32).parsebytes(raw)
        body, was_html, notes = _body(message)
    except (RecursionError, MemoryError) as error:
        raise MailError(f"{source}: nested too deeply to be read", "Forward the text alone.") from error
    name, address = parse_address(_header(message, "from"))
    headers = {key: value for key in KEPT_HEADERS if (value := field(_header(message, key), 1_000))}
    return Mail(
        body.rstrip(),
        source=source,
        subject=field(_header(message, "subject"), MAX_FIELD),
        from_name=name,
        from_address=address,
        to=field(_header(message, "to"), MAX_FIELD),
        date=parse_date(field(_header(message, "date"), 200)),
        message_id=first_id(_header(message, "message-id")),
        in_reply_to=first_id(_header(message, "in-reply-to")),
        references=tuple(MESSAGE_ID.findall(_header(message, "references"))[-MAX_REFERENCES:]),
        headers=headers,
        was_html=was_html,
        notes=notes,
        thread=headers.get("x-gm-thrid", ""),
        labels=mailbox_labels(headers.get("x-gmail-labels", ""), headers.get("x-mozilla-status", "")),
    )


def _header(message: Message, name: str) -> str:
    """Return a header decoded, "" where there is none; raw where it cannot be decoded."""
    found = (value for key, value in message.raw_items() if key.lower() == name)
    return header_text(str(next(found, "")))


def header_text(raw: str) -> str:
    """Decode the value of a header, whose bytes beyond ASCII are surrogates; it stays raw where that cannot be done."""
    text = _bytes_to_text(raw[:MAX_RAW_HEADER].strip())
    if "=?" not in text:
        return text
    try:
        chunks = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(chunk if isinstance(chunk, str) else decode(chunk, charset)[0] for chunk, charset in chunks)


def _bytes_to_text(raw: str) -> str:
    """Decode 8-bit characters that stand in a header against the rules."""
    if raw.isascii():
        return raw
    return decode(raw.encode("utf-8", "surrogateescape"))[0] if _only_escapes(raw) else raw


def _only_escapes(raw: str) -> bool:
    return not any("\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" for char in raw)


def first_id(value: str) -> str:
    """Return the first message id in a header; the whole value where none is well formed."""
    match = MESSAGE_ID.search(value)
    return field(match[0] if match else value, MAX_FIELD)


def _body(message: Message) -> tuple[str, bool, tuple[str, ...]]:
    """Return the text, whether it came from HTML, and notes."""
    budget = [MAX_PARTS]
    notes: list[str] = []
    text, was_html = _text_of(message, 0, budget, notes)
    if not text.strip():
        text, was_html = _text_of_attached(message, 0, budget, notes)
    if budget[0] < 0:
        notes.append(f"only the first {MAX_PARTS} parts were read")
    text, note = clean(text)
    return text, was_html, (*notes, note)


def _text_of(part: Message, depth: int, budget: list[int], notes: list[str]) -> tuple[str, bool]:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        return "", False
    kind = part.get_content_type()
    if children := _children(part):
        if part.get_content_maintype() == "message":
            return "", False
        found = [_text_of(child, depth + 1, budget, notes) for child in children]
        return _best(found) if kind == "multipart/alternative" else _joined(found)
    if depth and _is_attachment(part):
        return "", False
    if kind in ("text/plain", "text/html", "text/enriched") or (not depth and kind.startswith("multipart/")):
        return _leaf(part, kind, notes)
    return "", False


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _best(found: list[tuple[str, bool]]) -> tuple[str, bool]:
    """Among alternatives take plain text, unless it is empty."""
    filled = [item for item in found if item[0].strip()]
    plain = [item for item in filled if not item[1]]
    return (plain or filled or [("", False)])[0]


def _joined(found: list[tuple[str, bool]]) -> tuple[str, bool]:
    filled = [item for item in found if item[0].strip()]
    return "\n\n".join(text.strip("\n") for text, _ in filled), any(was_html for _, was_html in filled)


def _text_of_attached(message: Message, depth: int, budget: list[int], notes: list[str]) -> tuple[str, bool]:
    """Read a message forwarded as attachment: it counts where the mail has no text of its own."""
    for part in _children(message):
        budget[0] -= 1
        if depth > MAX_DEPTH or budget[0] < 0:
            break
        attached = _children(part) if part.get_content_type() == "message/rfc822" else []
        if attached:
            text, was_html = _text_of(attached[0], depth + 1, budget, notes)
        else:
            text, was_html = _text_of_attached(part, depth + 1, budget, notes)
        if text.strip():
            notes.append("text of the attached message")
            return text, was_html
    return "", False


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _leaf(part: Message, kind: str, notes: list[str]) -> tuple[str, bool]:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    text, note = decode(raw[:MAX_TEXT_BYTES], _charset(part))
    notes.extend([note] if note else [])
    if part.defects:
        notes.append("damaged part: " + ", ".join(sorted({type(defect).__name__ for defect in part.defects})))
    if kind == "text/html":
        return html_to_text(text), True
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _unfold(text[: 2 * MAX_BODY_CHARACTERS], str(part.get_param("delsp", "")).lower() == "yes")
    return text, False


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError, TypeError, AttributeError):
        return None


def _unfold(text: str, delete_space: bool) -> str:
    """Join the lines of format=flowed (RFC 3676): a line that ends in a space goes on, at the same quote depth."""
    lines: list[list[str]] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        is_mark = bool(_SIGNATURE_MARK.fullmatch(content))
        flows = content.endswith(" ") and not is_mark
        piece = content[:-1] if flows and delete_space else content
        if depth == open_depth and not is_mark:
            lines[-1].append(piece)
        else:
            lines.append([">" * depth + " " * bool(depth), piece])
        open_depth = depth if flows else -1
    return "\n".join("".join(pieces) for pieces in lines)
