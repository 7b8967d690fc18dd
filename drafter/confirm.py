"""The written confirmation of a call (advice D3): notes become a list of who does what until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from drafter.letters import Letter
from drafter.notes import Item, Notes, sentence, spelled
from drafter.records import Mail, Promise
from drafter.workdays import Workdays

KIND = "confirm"
AGREED = "agreed"
US, CUSTOMER = "us", "customer"


def confirmation(notes: Notes, mail: Mail, workdays: Workdays) -> Letter:
    """Make the letter of what notes say; nothing is added to them."""
    call_day = spelled(notes.day, workdays.country) if notes.day else ""
    values: dict[str, Any] = {
        "call_day": call_day,
        "agreed": [_agreed(item, workdays) for item in notes.items],
        "following": " ".join(map(sentence, notes.next)),
        **_first(notes.items, workdays),
    }
    told = [text for item in values["agreed"] for text in (item["text"], item["until"])]
    given = (call_day, notes.number, *told, *notes.next, values["first_day"])
    ours = (item for item in notes.items if item.who == US or (item.due and item.who != CUSTOMER))
    promises = tuple(Promise(AGREED, item.text, item.due) for item in ours)
    return Letter(
        KIND, mail, notes.name, notes.number, values=values, given=given, doubts=notes.doubts,
        key=notes.day.isoformat() if notes.day else "", promises=promises,
    )  # fmt: skip


def _agreed(item: Item, workdays: Workdays) -> dict[str, Any]:
    """Return what the template needs; who does something until an unknown day leaves a gap."""
    return {
        "text": item.text,
        "by": item.who if item.labelled else "",
        "until": spelled(item.due, workdays.country) if item.due and item.apart else "",
        "open": bool(item.who) and item.due is None,
    }


def _first(items: tuple[Item, ...], workdays: Workdays) -> dict[str, Any]:
    """Name the point that is due first where there is a choice of several."""
    dated: list[tuple[date, int]] = sorted((item.due, number) for number, item in enumerate(items, 1) if item.due)
    if len(dated) < 2 or dated[0][0] == dated[1][0]:
        return {"first_day": "", "first_point": 0}
    return {"first_day": spelled(dated[0][0], workdays.country), "first_point": dated[0][1]}
