"""Read one mail: .eml, .txt, pasted text or .msg to a `Mail`, whatever state it is in.

    read_file, read_bytes, read_paste → Mail, or MailError where there is no text to read

Headers are taken from the standard library's oldest policy and decoded here: the newer ones
raise on malformed addresses and message ids.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from drafter.decode import MAX_BODY_CHARACTERS, MAX_TEXT_BYTES, clean, decode, field, is_binary
from drafter.errors import MailError
from drafter.headers import LABEL, MAX_FIELD, header_labels, parse_address, parse_date
from drafter.html import html_to_text
from drafter.records import Mail

MAX_FILE_BYTES = 25 * 1024 * 1024
"""A larger file is an archive or a mistake, not a mail."""

MAX_PASTED_HEADER_LINES = 15

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENVELOPE = re.compile(rb"\A\s{0,50}>?From [^\n]{0,300}\n")
_HEADER_LINE = re.compile(rb"([!-9;-~]{1,70}):(?:[ \t\r\n]|$|(?=\S))")
_SURE_NAMES = frozenset(
    (b"received", b"message-id", b"mime-version", b"return-path", b"delivered-to", b"content-type",
     b"content-transfer-encoding", b"dkim-signature", b"x-mailer", b"x-mozilla-status", b"in-reply-to", b"references")
)  # fmt: skip
_LIKELY_NAMES = frozenset((b"from", b"to", b"subject", b"date", b"cc", b"reply-to", b"sender"))


def read_file(path: str | Path) -> Mail:
    """Read a mail from a file; the suffix tells the kind, else its look.

    Raises:
        MailError: no such file, unreadable, too large, or no text in it.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise MailError(f"{path}: is a folder, not a mail", "Use `drafter batch` for a folder of mails.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _too_large(str(path))
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise MailError(f"{path}: {getattr(error, 'strerror', None) or error}", "Check the path.") from error
    kind = path.suffix.lower().lstrip(".")
    return read_bytes(raw, path.name, kind if kind in ("eml", "txt", "msg") else None)


def read_bytes(raw: bytes, source: str = "-", kind: str | None = None) -> Mail:
    """Read a mail from bytes; `kind` is "eml", "txt", "msg" or None to go by the look.

    Raises:
        MailError: too large, binary, or beyond parsing.
    """
    if len(raw) > MAX_FILE_BYTES:
        raise _too_large(source)
    if kind == "msg" or raw.startswith(_OLE):
        return _read_msg(raw, source)
    if raw[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") or raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raw = decode(raw)[0].encode("utf-8", "replace")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if looks_like_mail(raw):
        return _read_mime(raw, source)
    if is_binary(raw):
        raise MailError(f"{source}: is a binary file, no mail text in it", "Save the mail as .eml or as plain text.")
    if kind == "eml" and _HEADER_LINE.match(raw):
        return _read_mime(raw, source)
    text, note = decode(raw[:MAX_TEXT_BYTES])
    return _read_text(text, source, (note,))


def read_paste(text: str) -> Mail:
    """Read pasted text: the bare body, a body below header lines, or a whole raw mail.

    Raises:
        MailError: too large or binary.
    """
    return read_bytes(text.encode("utf-8", "surrogateescape" if _escaped(text) else "replace"))


def looks_like_mail(raw: bytes) -> bool:
    """Tell whether bytes begin with a header block: only header lines up to the first blank line."""
    head = _ENVELOPE.sub(b"", raw[:65_536].lstrip(b"\r\n")).replace(b"\r\n", b"\n")
    block, blank, _ = head.partition(b"\n\n")
    names = set()
    for line in block.split(b"\n"):
        match = _HEADER_LINE.match(line)
        if match:
            names.add(match[1].lower())
        elif not (names and line[:1] in (b" ", b"\t")):
            return False
    sure = len(names & _SURE_NAMES)
    return bool(blank or sure) and (sure > 0 or len(names & _LIKELY_NAMES) > 1)


def finish(mail: Mail) -> Mail:
    """Bound the body, drop empty notes and give a mail without id a stable one."""
    notes = [note for note in mail.notes if note]
    body = mail.body
    if len(body) > MAX_BODY_CHARACTERS:
        body = body[:MAX_BODY_CHARACTERS]
        notes.append(f"text cut after {MAX_BODY_CHARACTERS:,} characters")
    name = mail.id or mail.message_id.strip("<>") or _fingerprint(mail, body)
    return replace(mail, body=body, id=name, notes=tuple(dict.fromkeys(notes)))


def _too_large(source: str) -> MailError:
    limit = MAX_FILE_BYTES // 1024 // 1024
    return MailError(f"{source}: larger than {limit} MB", "Save the mail without its attachments.")


def _escaped(text: str) -> bool:
    """Tell whether standard input handed undecodable bytes through as surrogates."""
    return any("\udc80" <= char <= "\udcff" for char in text) and not any("\ud800" <= char < "\udc80" for char in text)


def _fingerprint(mail: Mail, body: str) -> str:
    parts = "\0".join((mail.from_address, mail.subject, str(mail.date or ""), body))
    return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:16]


def _read_mime(raw: bytes, source: str) -> Mail:
    from drafter.mime import read_mime  # the email package costs more than reading a pasted mail

    raw = _ENVELOPE.sub(b"", raw.lstrip(b"\r\n"), count=1)
    return finish(read_mime(raw, source))


def _read_text(text: str, source: str, notes: tuple[str, ...] = ()) -> Mail:
    if text.lstrip()[:200].lower().startswith(("<!doctype html", "<html", "<body")):
        text, note = clean(html_to_text(text))
        return finish(Mail(text.rstrip(), source=source, was_html=True, notes=(*notes, note)))
    text, note = clean(text)
    fields, body = _split_pasted_headers(text)
    name, address = parse_address(fields.get("from", ""))
    mail = Mail(
        body.rstrip(),
        source=source,
        subject=field(fields.get("subject", ""), MAX_FIELD),
        from_name=name,
        from_address=address,
        to=field(fields.get("to", ""), MAX_FIELD),
        date=parse_date(fields["date"]) if "date" in fields else None,
        notes=(*notes, note),
    )
    return finish(mail)


def _split_pasted_headers(text: str) -> tuple[dict[str, str], str]:
    """Take header lines off the top, where they are certain: a subject or an address among them."""
    fields: dict[str, str] = {}
    rest = text.lstrip("\n \t")
    for _ in range(MAX_PASTED_HEADER_LINES):
        line, _, after = rest.partition("\n")
        match = LABEL.match(line[:2_000])
        kind = header_labels().get(match[1].lower()) if match else None
        if not match or not kind:
            break
        fields.setdefault(kind, (match[2] or "").strip())
        rest = after
    certain = fields.get("subject") or any("@" in value for value in fields.values())
    return (fields, rest.lstrip("\n")) if certain else ({}, text)


def _read_msg(raw: bytes, source: str) -> Mail:
    try:
        import extract_msg  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        remedy = 'Install it: pip install "drafter[msg]". Or save the mail as .eml or as text.'
        raise MailError(f"{source}: reading .msg needs the package extract-msg", remedy) from error
    try:
        message = extract_msg.openMsg(raw)
        return finish(_from_msg(message, source))
    except Exception as error:  # the package raises many kinds on broken files
        problem = field(str(error), 200) or type(error).__name__
        raise MailError(f"{source}: unreadable .msg file: {problem}", "Save the mail as .eml or as text.") from error


def _from_msg(message: object, source: str) -> Mail:
    def text(name: str) -> str:
        value = getattr(message, name, None)
        return value if isinstance(value, str) else ""

    html = getattr(message, "htmlBody", None)
    plain = text("body").strip()
    body = plain or (html_to_text(decode(html)[0]) if isinstance(html, bytes) else "")
    body, note = clean(body)
    name, address = parse_address(text("sender"))
    date = getattr(message, "date", None)
    return Mail(
        body.rstrip(),
        source=source,
        subject=field(text("subject"), MAX_FIELD),
        from_name=name,
        from_address=address,
        to=field(text("to"), MAX_FIELD),
        date=date if isinstance(date, datetime) else None,
        message_id=field(text("messageId"), MAX_FIELD),
        in_reply_to=field(text("inReplyTo"), MAX_FIELD),
        was_html=not plain and bool(body),
        notes=(note,),
    )
