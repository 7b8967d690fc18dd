"""Working days: Monday to Friday, but public holidays and the days off of the company."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

COUNTRIES: tuple[str, ...] = ("DE", "AT", "CH")
_ONE_DAY = timedelta(days=1)
_DAY_OFF = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?")
_LEAP_YEAR = 2024


@dataclass(frozen=True)
class Workdays:
    """On which days a company works.

    Attributes:
        country: DE, AT or CH.
        state: federal state or canton by code or name; empty: what holds in the whole country.
        days_off: further free days, each year (24.12.) or once (24.12.2026).
        saturdays: whether Saturdays are worked.
    """

    country: str = "DE"
    state: str = ""
    days_off: tuple[str, ...] = ()
    saturdays: bool = False

    def is_workday(self, day: date) -> bool:
        """Tell whether the company works on that day."""
        return day.weekday() < (6 if self.saturdays else 5) and not self.day_off(day)

    def day_off(self, day: date) -> str:
        """Return the German name of the public holiday, the company's day off as written, or ""; weekends are none."""
        name: str | None = _public(self.country, self.state).get(day)
        return name or self._own.get((day.day, day.month, 0), "") or self._own.get((day.day, day.month, day.year), "")

    def add(self, day: date, count: int) -> date:
        """Return the day that lies so many working days later.

        A count of 0 is the day itself where it is worked, else the next that is; the calendar ends with its last day.

        Raises:
            ValueError: the count is negative.
        """
        if count < 0:
            raise ValueError("working days are counted forwards only")
        left = count
        while left or not self.is_workday(day):
            if day == date.max:
                break
            day += _ONE_DAY
            left -= left > 0 and self.is_workday(day)
        return day

    @cached_property
    def _own(self) -> dict[tuple[int, int, int], str]:
        return {read_day_off(text): text for text in self.days_off}


def read_day_off(text: str) -> tuple[int, int, int]:
    """Return day, month and year (0: every year) of 24.12. or 24.12.2026.

    Raises:
        ValueError: it is no such day.
    """
    match = _DAY_OFF.fullmatch(text.strip())
    if not match:
        raise ValueError(f"'{text}' is no day; write 24.12. for every year, 24.12.2026 for one")
    day, month, year = int(match[1]), int(match[2]), int(match[3] or 0)
    try:
        date(year or _LEAP_YEAR, month, day)
    except ValueError:
        raise ValueError(f"'{text}' is on no calendar") from None
    return day, month, year


def known_state(country: str, state: str) -> str:
    """Return the code of a federal state or canton.

    Raises:
        ValueError: the country has none of that name; the message lists those it has.
    """
    if not state:
        return ""
    kind = type(_public(country, ""))
    names: dict[str, str] = {name.lower(): code for name, code in kind.subdivisions_aliases.items()}
    names |= {code.lower(): code for code in kind.subdivisions}
    if state.lower() not in names:
        longest = {code: max((n for n, c in kind.subdivisions_aliases.items() if c == code), key=len, default=code)
                   for code in kind.subdivisions}  # fmt: skip
        known = ", ".join(name if code == name else f"{code} ({name})" for code, name in longest.items())
        raise ValueError(f"'{state}' is no state of {country} (known: {known})")
    return names[state.lower()]


@lru_cache(maxsize=64)
def _public(country: str, state: str) -> HolidayBase:
    import holidays  # takes its time, and most commands count no days

    return holidays.country_holidays(country, subdiv=known_state(country, state) or None, language="de")
