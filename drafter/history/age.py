"""Ages as people write them: 30d, 8w, 12m, 2y."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from drafter.errors import HistoryError
from drafter.messages import _
from drafter.months import shifted

_AGE = re.compile(r"(\d{1,5})\s?([dwmy])")


def days_before(now: datetime, age: str) -> datetime:
    """Return the time that lies so long before now; months and years by the calendar.

    Raises:
        HistoryError: the age is not written as a number and d, w, m or y.
    """
    match = _AGE.fullmatch(age.strip().lower())
    if not match:
        raise HistoryError(
            _("'{value}' is no age.").format(value=age), _("Write days, weeks, months or years: 30d, 8w, 12m, 2y.")
        )
    number, unit = int(match[1]), match[2]
    if unit in "dw":
        days = number * (7 if unit == "w" else 1)
        return now - timedelta(days=min(days, (now.date() - date.min).days))
    return shifted(now, -number * (12 if unit == "y" else 1))
