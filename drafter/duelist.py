"""The list of promises that are due: how pressing each is, and as a calendar (advice E3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from typing import Any

from drafter.history.store import Promised
from drafter.messages import _, told_promise
from drafter.workdays import Workdays

STATES = ("overdue", "today", "soon", "later", "no date", "done")
_PRODUCT = "-//drafter//promises//DE"


def state_of(kept: Promised, today: date, soon: date) -> str:
    """Tell how pressing a promise is; soon is what is due up to that day."""
    due = kept.promise.due
    if kept.done:
        return "done"
    if due is None:
        return "no date"
    if due <= today:
        return "overdue" if due < today else "today"
    return "soon" if due <= soon else "later"


def soon_day(today: date, remind_days: int, workdays: Workdays) -> date:
    """Return the last day that is soon."""
    return workdays.add(today, remind_days) if remind_days else today


def to_json(kept: Promised, state: str) -> dict[str, Any]:
    """Return plain values."""
    return {**kept.to_json(), "state": state}


def to_ics(promises: Iterable[Promised], remind_days: int, workdays: Workdays) -> bytes:
    """Write promises that have a day as a calendar; each is a whole day that blocks nothing, with a reminder."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for kept in promises:
        if kept.promise.due:
            calendar.add_component(_event(kept, kept.promise.due, remind_days, workdays))
    return bytes(calendar.to_ical())


def _event(kept: Promised, due: date, remind_days: int, workdays: Workdays) -> Any:
    from icalendar import Event

    event, made = Event(), kept.made.replace(tzinfo=UTC)
    customer = kept.customer or _("unknown customer")
    event.add("uid", _uid(kept))
    event.add("dtstamp", made)
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    summary = f"{told_promise(kept.promise)} – {customer}"
    event.add("summary", summary)
    about = _("Promised on {day}, no. {id}. Thread: {thread}. When it is kept: drafter promises done {id}")
    event.add("description", about.format(day=kept.made.date().isoformat(), id=kept.id, thread=kept.thread))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")
    event.add("categories", ["drafter"])
    event.add_component(_alarm(_days_before(due, remind_days, workdays), summary))
    return event


def _alarm(days: int, summary: str) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(hours=9) - timedelta(days=days))  # at nine in the morning
    return alarm


def _days_before(due: date, remind_days: int, workdays: Workdays) -> int:
    """Return how many days of the calendar before a day the reminder comes, counted in working days."""
    days = 0
    while remind_days and days < 400:
        days += 1
        remind_days -= workdays.is_workday(due - timedelta(days=days))
    return days


def _uid(kept: Promised) -> str:
    """Return a name that stays the same in every export of this history."""
    parts = f"{kept.id}/{kept.customer}/{kept.thread}/{kept.made.isoformat()}"
    return f"{hashlib.sha256(parts.encode()).hexdigest()[:32]}@drafter"
