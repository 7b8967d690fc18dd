"""A raw internet message to a `Mail`: headers decoded, the customer's text chosen among the parts."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.parser import BytesParser
from email.policy import compat32
from functools import lru_cache

from drafter.decode import MAX_BODY_CHARACTERS, MAX_TEXT_BYTES, clean, decode, field
from drafter.errors import MailError
from drafter.headers import MAX_FIELD, mailbox_labels, parse_address, parse_date
from drafter.html import html_to_text
from drafter.mimetree import AnyPart, ParsedPart, parse
from drafter.records import Mail

MAX_MULTIPARTS = 100
"""More containers than any mail program makes; parsing them takes quadratic time."""

MAX_PARSE_WORK = 5_000_000
"""The parser compares every line with every open boundary: containers times lines is what it costs."""

MAX_BOUNDARIES = 20_000
MAX_PARTS = 200
MAX_DEPTH = 20
MAX_RAW_HEADER = 8_000
MAX_KNOWN_HEADER = 300
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
    try:
        part = parse(raw) or _parsed(raw, source)
        body, was_html, notes = _body(part)
    except (RecursionError, MemoryError) as error:
        raise MailError(f"{source}: nested too deeply to be read", "Forward the text alone.") from error
    values = part.values

    def header(name: str) -> str:
        return header_text(values[name]) if name in values else ""

    name, address = parse_address(header("from"))
    headers = {key: value for key in KEPT_HEADERS if key in values and (value := field(header(key), 1_000))}
    return Mail(
        body.rstrip(),
        source=source,
        subject=field(header("subject"), MAX_FIELD),
        from_name=name,
        from_address=address,
        to=field(header("to"), MAX_FIELD),
        date=parse_date(field(header("date"), 200)),
        message_id=first_id(header("message-id")),
        in_reply_to=first_id(header("in-reply-to")),
        references=tuple(MESSAGE_ID.findall(header("references"))[-MAX_REFERENCES:]),
        headers=headers,
        was_html=was_html,
        notes=notes,
        thread=headers.get("x-gm-thrid", ""),
        labels=mailbox_labels(headers.get("x-gmail-labels", ""), headers.get("x-mozilla-status", "")),
    )


def _parsed(raw: bytes, source: str) -> ParsedPart:
    """Parse a mail that is not well formed with the standard library.

    Raises:
        MailError: its parts are nested beyond all measure.
    """
    containers = len(_CONTAINER.findall(raw))
    work = containers * raw.count(b"\n")
    if containers > MAX_MULTIPARTS or work > MAX_PARSE_WORK or (containers and raw.count(b"\n--") > MAX_BOUNDARIES):
        raise MailError(f"{source}: its parts are nested beyond all measure", "Forward the text alone.")
    if not _CONTAINER.search(raw, 0, MAX_HEAD_BYTES):
        raw = raw[: MAX_HEAD_BYTES + MAX_TEXT_BYTES]  # one part only: no text beyond can come to anything
    return ParsedPart(BytesParser(policy=compat32).parsebytes(raw))


def header_text(raw: str) -> str:
    """Decode the value of a header, whose bytes beyond ASCII are surrogates; it stays raw where that cannot be done."""
    text = _bytes_to_text(raw[:MAX_RAW_HEADER].strip())
    if "=?" not in text:
        return text
    return _decode_known(text) if len(text) < MAX_KNOWN_HEADER else _decode_words(text)


@lru_cache(maxsize=1024)
def _decode_known(text: str) -> str:
    """The same names and subjects come again and again in an export."""
    return _decode_words(text)


def _decode_words(text: str) -> str:
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


def _body(part: AnyPart) -> tuple[str, bool, tuple[str, ...]]:
    """Return the text, whether the customer wrote HTML, and notes."""
    budget = [MAX_PARTS]
    notes: list[str] = []
    text, was_html = _text_of(part, 0, budget, notes)
    if not text.strip():
        text, was_html = _text_of_attached(part, 0, budget, notes)
    if budget[0] < 0:
        notes.append(f"only the first {MAX_PARTS} parts were read")
    text, note = clean(text)
    return text, was_html, (*notes, note)


def _text_of(part: AnyPart, depth: int, budget: list[int], notes: list[str]) -> tuple[str, bool]:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        return "", False
    kind = part.kind
    if part.children:
        if kind.startswith("message/"):
            return "", False
        if kind == "multipart/alternative":
            return _best(part, depth, budget, notes)
        return _joined([_text_of(child, depth + 1, budget, notes) for child in part.children])
    if depth and part.is_attachment:
        return "", False
    if kind in ("text/plain", "text/html", "text/enriched") or (not depth and kind.startswith("multipart/")):
        return _leaf(part, kind, notes)
    return "", False


def _best(part: AnyPart, depth: int, budget: list[int], notes: list[str]) -> tuple[str, bool]:
    """Among alternatives take plain text, unless it is empty; HTML is only read where it is needed."""
    markup = [child for child in part.children if child.kind in ("text/html", "multipart/related")]
    others = [child for child in part.children if child not in markup]
    filled: list[tuple[str, bool]] = []
    for child in (*others, *markup):
        found = _text_of(child, depth + 1, budget, notes)
        if found[0].strip():
            if not found[1]:
                return found[0], bool(markup)
            filled.append(found)
    return filled[0] if filled else ("", False)


def _joined(found: list[tuple[str, bool]]) -> tuple[str, bool]:
    filled = [item for item in found if item[0].strip()]
    return "\n\n".join(text.strip("\n") for text, _ in filled), any(was_html for _, was_html in filled)


def _text_of_attached(message: AnyPart, depth: int, budget: list[int], notes: list[str]) -> tuple[str, bool]:
    """Read a message forwarded as attachment: it counts where the mail has no text of its own."""
    for part in message.children:
        budget[0] -= 1
        if depth > MAX_DEPTH or budget[0] < 0:
            break
        if part.kind == "message/rfc822" and part.children:
            text, was_html = _text_of(part.children[0], depth + 1, budget, notes)
        else:
            text, was_html = _text_of_attached(part, depth + 1, budget, notes)
        if text.strip():
            notes.append("text of the attached message")
            return text, was_html
    return "", False


def _leaf(part: AnyPart, kind: str, notes: list[str]) -> tuple[str, bool]:
    text, note = decode(part.text[:MAX_TEXT_BYTES], part.parameter("charset"))
    notes.extend([note] if note else [])
    if part.defects:
        notes.append("damaged part: " + ", ".join(part.defects))
    if kind == "text/html":
        return html_to_text(text), True
    if part.parameter("format").lower() == "flowed":
        text = _unfold(text[: 2 * MAX_BODY_CHARACTERS], part.parameter("delsp").lower() == "yes")
    return text, False


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
