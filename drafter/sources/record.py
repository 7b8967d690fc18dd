"""Mails that are objects of JSON.

The common record, to which every table and helpdesk export is brought; all fields may be missing but `body` or `html`:

    id, subject, from ("Name <address>"), from_name, from_address, to, date (ISO), message_id, in_reply_to,
    references (list), thread, ticket, direction ("customer" | "agent" | "system"), public (bool), labels (list),
    body, html, body_is_html
"""

from __future__ import annotations

import json
from typing import Any

from drafter.decode import clean, field
from drafter.errors import MailError
from drafter.headers import MAX_FIELD, parse_address, parse_date
from drafter.html import html_to_text
from drafter.read import finish
from drafter.records import Mail

MAX_ITEMS = 100
"""References and labels beyond this are left out."""


def read_record(value: object) -> Mail:
    """Read a mail from a JSON object `{"id", "body"[, "subject", "from"]}`; the body stays as given.

    Raises:
        MailError: it is no object, or `body` is no text.
    """
    if not isinstance(value, dict) or not isinstance(value.get("body"), str):
        raise MailError("not an object with a text field 'body'")
    text = {name: " ".join(str(value.get(name) or "").split())[:500] for name in ("id", "subject", "from")}
    name, address = parse_address(text["from"])
    mail = Mail(value["body"], id=text["id"], subject=text["subject"], from_name=name, from_address=address)
    return finish(mail)


def json_mail(line: bytes) -> Mail:
    """Read a mail from one line of JSON.

    Raises:
        MailError: it is not JSON, or not a mail.
    """
    return read_record(json_object(line))


def json_object(data: bytes) -> object:
    """Read one value of JSON.

    Raises:
        MailError: it is not JSON.
    """
    try:
        return json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise MailError(f"not a JSON object: {error}") from error


def record_mail(record: object) -> Mail:
    """Read a mail from a common record; its text is cleaned, and HTML converted, as in a mail.

    Raises:
        MailError: it is no object, or holds no text.
    """
    if not isinstance(record, dict):
        raise MailError("not a JSON object")
    body, was_html, note = _text(record)
    name, address = parse_address(text_field(record, "from"))
    return finish(
        Mail(
            body,
            id=text_field(record, "id"),
            subject=text_field(record, "subject"),
            from_name=text_field(record, "from_name") or name,
            from_address=text_field(record, "from_address") or address,
            to=text_field(record, "to"),
            date=parse_date(text_field(record, "date")),
            message_id=text_field(record, "message_id"),
            in_reply_to=text_field(record, "in_reply_to"),
            references=list_field(record, "references"),
            thread=text_field(record, "thread"),
            ticket=text_field(record, "ticket"),
            direction=text_field(record, "direction"),
            labels=list_field(record, "labels"),
            was_html=was_html,
            notes=(note,),
        )
    )


def _text(record: dict[str, Any]) -> tuple[str, bool, str]:
    """Return the text, whether it was HTML, and a note on what was repaired."""
    body, html = record.get("body"), record.get("html")
    if not isinstance(body, str) and not isinstance(html, str):
        raise MailError("no text in it: neither 'body' nor 'html'")
    if isinstance(body, str) and body.strip() and not record.get("body_is_html"):
        text, note = clean(body)
        return text.rstrip(), False, note
    markup = html if isinstance(html, str) and html.strip() else body if isinstance(body, str) else ""
    text, note = clean(html_to_text(markup))
    return text.rstrip(), bool(markup.strip()), note


def text_field(record: dict[str, Any], name: str) -> str:
    """Return a field as one bounded line; whatever is no text or number counts as missing."""
    value = record.get(name)
    return field(str(value), MAX_FIELD) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def list_field(record: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return a field as bounded lines; whatever is no text counts as missing."""
    value = record.get(name)
    items = value[:MAX_ITEMS] if isinstance(value, list) else []
    return tuple(line for item in items if isinstance(item, str) and (line := field(item, MAX_FIELD)))
