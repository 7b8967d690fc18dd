"""Check reply texts that people wrote: one text, or JSON lines for many."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from drafter.check import Spot
from drafter.drafting import Kit
from drafter.errors import MailError
from drafter.records import Mail


def check_reply(kit: Kit, reply: str, mail: Mail | None = None, register: str = "") -> list[Spot]:
    """Return what is wrong with a reply; with the mail that it answers, its facts and insults count too."""
    insults = tuple(insult.text for insult in kit.analyze(mail).insults) if mail else ()
    return kit.spots(reply, mail, register, insults)


def check_lines(kit: Kit, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Check lines of {"id", "reply"[, "mail", "register"]} in order; a bad line gives {"id", "error"}."""
    for line in lines:
        if line.strip():
            try:
                yield _check_line(kit, line)
            except MailError as error:
                yield {"id": None, "error": error.message}


def _check_line(kit: Kit, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise MailError(f"not a JSON object: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("reply"), str):
        raise MailError("not an object with a text field 'reply'")
    mail = Mail(row["mail"]) if isinstance(row.get("mail"), str) and row["mail"] else None
    register = row.get("register") if row.get("register") in ("sie", "du", "ihr") else ""
    return {"id": row.get("id"), "findings": [s.to_json() for s in check_reply(kit, row["reply"], mail, register)]}
