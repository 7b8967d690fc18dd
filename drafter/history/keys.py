"""By what a customer, a mail and a thread are known again."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from drafter.data import read_table
from drafter.places import shipped
from drafter.records import Mail

MAX_KEY = 255
MAX_THREAD_IDS = 50
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True)
class _Addresses:
    """The table mail_addresses.tsv."""

    aliases: dict[str, str]
    dots: frozenset[str]
    shared: frozenset[str]


def customer_key(address: str) -> str:
    """Return by what a customer is known: his address without case, +tag and alias domain.

    Empty where nobody can be told apart: no address, or one that many write from.
    """
    local, at, domain = clean(unicodedata.normalize("NFKC", address)).casefold().rpartition("@")
    known = _addresses()
    domain = _ascii(domain.strip("."))
    local = local.split("+")[0] or local
    if not (local and at and domain) or local in known.shared:
        return ""
    domain = known.aliases.get(domain, domain)
    local = local.replace(".", "") if domain in known.dots else local
    return short(f"{local}@{domain}")


def mail_key(mail: Mail) -> str:
    """Return by what a mail is known: its message id, else a digest of all that makes it this mail."""
    if mail.message_id:
        return short(mail.message_id)
    parts = (mail.from_address, mail.subject, str(mail.date or ""), mail.body)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def thread_ids(mail: Mail) -> tuple[str, ...]:
    """Return the message ids that the mail follows, oldest first, its own, and its conversation where that is named."""
    named = f"thread:{mail.thread}" if mail.thread else ""
    ids = (*mail.references[:MAX_THREAD_IDS], mail.in_reply_to, mail_key(mail), named)
    return tuple(dict.fromkeys(short(name) for name in ids if name))


def when_of(mail: Mail, now: datetime) -> datetime:
    """Return when a mail was written, UTC; a date that is missing, impossible or to come is now."""
    try:
        date = mail.date
        written = date.astimezone(UTC).replace(tzinfo=None) if date and date.tzinfo else date
    except (OverflowError, ValueError):
        return now
    return min(written or now, now)


def clean(text: str) -> str:
    """Drop what no database takes: control characters, white space, halves of surrogate pairs."""
    return _CONTROL.sub("", text).encode("utf-8", "ignore").decode()


def clean_text(text: str) -> str:
    """Make one line of a text, without what no database takes."""
    return " ".join(_CONTROL.sub(" ", text).encode("utf-8", "ignore").decode().split())


def short(text: str) -> str:
    """Return a text that fits its column; a longer one by its digest."""
    text = clean(text)
    return text if len(text) <= MAX_KEY else hashlib.sha256(text.encode()).hexdigest()


def _ascii(domain: str) -> str:
    """Write a domain as the network does."""
    try:
        return domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        return domain


@cache
def _addresses() -> _Addresses:
    aliases, kinds = {}, dict[str, set[str]]()
    path = shipped("models") / "lexicon" / "mail_addresses.tsv"
    for row, where in read_table(path, ("kind", "value", "same_as")):
        if row["kind"] not in ("alias", "dots", "shared"):
            raise where.error(f"unknown kind '{row['kind']}' (alias, dots, shared)")
        kinds.setdefault(row["kind"], set()).add(row["value"])
        aliases[row["value"]] = row["same_as"]
    return _Addresses(
        {name: aliases[name] for name in kinds.get("alias", ())},
        frozenset(kinds.get("dots", ())),
        frozenset(kinds.get("shared", ())),
    )
