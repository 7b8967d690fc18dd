"""Exports for tests of the inbox: mails in the short notation of cases/inbox.yaml."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drafter.inbox.index import Entry, Inbox
from drafter.sources.raw import Raw

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FIELDS = ("ticket", "direction", "public", "labels")


def is_own(address: str) -> bool:
    return address.lower().endswith("@wir.example")


def decide(folder: Path, raws: Iterable[Raw], detector: object, tell: Callable[[Inbox], None] = len) -> list[Entry]:
    """Return the entries of an export."""
    with Inbox(folder, is_own, automatic=detector, now=NOW) as inbox:
        for raw in raws:
            inbox.add(raw)
        entries = list(inbox.entries())
        tell(inbox)
    return entries


def exports(case: dict) -> Iterator[Raw]:
    """Make the mails of a case."""
    before = f"{case['export']}:" if "export" in case else ""
    for mail in case["mails"]:
        key = before + mail["key"]
        if "error" in mail:
            yield Raw(key, b"", "eml", mail["error"])
        elif mail.get("record"):
            yield Raw(key, json.dumps(_record(mail)).encode(), "record")
        else:
            yield Raw(key, _message(mail), "eml", "", tuple(mail.get("labels", ())))


def _record(mail: dict) -> dict:
    named = {"from": _address(mail["from"])} if "from" in mail else {}
    kept = {name: mail[name] for name in FIELDS if name in mail}
    date = _date(mail)
    return {"body": _body(mail), "subject": mail.get("subject", ""), **named, **kept} | (
        {"date": date.isoformat() if "day" in mail else mail["date"]} if date else {}
    )


def _message(mail: dict) -> bytes:
    date = _date(mail)
    ids = {"Message-ID": [mail["id"]] if "id" in mail else [], "In-Reply-To": [mail["re"]] if "re" in mail else [],
           "References": mail.get("refs", [])}  # fmt: skip
    lines = [f"{name}: {' '.join(f'<{name}@example.org>' for name in names)}" for name, names in ids.items() if names]
    to = _address(mail["to"]) if "to" in mail else "service@wir.example" if mail["from"] != "us" else ""
    lines += [f"To: {to}"] if to else []
    lines += [f"Date: {date.strftime('%a, %d %b %Y %H:%M:%S +0000')}"] if "day" in mail else []
    lines += [f"Date: {mail['date']}"] if "date" in mail else []
    lines += [f"{name}: {value}" for name, value in mail.get("headers", {}).items()]
    head = [f"From: {_address(mail['from'])}", f"Subject: {mail.get('subject', '')}", *lines]
    return ("\n".join(head) + "\n\n" + _body(mail)).encode()


def _address(name: str) -> str:
    return name if "@" in name else "service@wir.example" if name == "us" else f"{name}@example.org"


def _body(mail: dict) -> str:
    return mail.get("body", f"Guten Tag, das ist die Mail {mail['key']}.")


def _date(mail: dict) -> datetime | None:
    if "day" in mail:
        return datetime(2026, 4, 30, tzinfo=UTC) + timedelta(days=mail["day"])
    return NOW if "date" in mail else None
