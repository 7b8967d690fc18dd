"""Months by the calendar: how policies and people count longer times."""

from __future__ import annotations

import calendar
from datetime import MAXYEAR, MINYEAR, datetime


def shifted(when: datetime, months: int) -> datetime:
    """Return the time so many months later, or earlier if they are negative; a day that the month lacks is its last.

    Beyond the calendar it is the last or first time that there is.
    """
    year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return (datetime.min if year < MINYEAR else datetime.max).replace(tzinfo=when.tzinfo)
    day = min(when.day, calendar.monthrange(year, month + 1)[1])
    return when.replace(year=year, month=month + 1, day=day)
