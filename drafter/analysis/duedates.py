"""Days until which something will be done, as people write them in notes: bis 5.6., am Freitag, in drei Tagen."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from drafter.analysis.dates import DateMention, Dates
from drafter.analysis.factwords import NumberWords, alternatives
from drafter.data import read_table
from drafter.months import shifted
from drafter.places import Places
from drafter.workdays import Workdays

MAX_CHARACTERS = 2_000
"""A longer text is no note; what stands behind it is not read."""

_AHEAD = timedelta(days=120)
"""A day without year is the one closest to so many days ahead: about three months back, nine months ahead."""

_FRIDAY = 4


class Due(NamedTuple):
    """A day in a text and the words that name it.

    `lead` is the word before them that makes it a due day, `span` says that they count from today and need the day
    beside them; `weekday` is the day of the week that was written beside a date, -1 for none.
    """

    start: int
    end: int
    day: date
    lead: str = ""
    span: bool = False
    weekday: int = -1


class DueDates:
    """Reads due days; the words come from due_words.tsv, dates and numbers from the lists of the analysis."""

    def __init__(self, words: dict[str, dict[str, str]], dates: Dates, numbers: NumberWords) -> None:
        self._words, self._dates, self._numbers = words, dates, numbers
        days, short = alternatives(words["weekday"]), alternatives(words["short_weekday"])
        named = rf"(?<!\w)(?:({days})|({short})\.?)"
        self.plain_lead = next(iter(words["plain_lead"]))
        self._weekday = re.compile(rf"{named}(?![\w-])", re.I)
        self._beside = re.compile(rf"{named}[,.]{{0,2}}\s{{0,2}}(?:den\s)?\Z", re.I)
        first = alternatives(word.capitalize() for word in words["day"])
        self._day = re.compile(rf"(?:(?<![\w-])(?:{alternatives(words['day'])})|\A(?:{first}))(?![\w-])")
        self._ends = re.compile(rf"(?<!\w)({alternatives(words['end'])})(?!\w)", re.I)
        self._span = re.compile(
            rf"(?<!\w)(?:{alternatives(words['span'])})\s((?:(?:{alternatives(words['between'])})\s){{0,2}})"
            rf"(\w{{1,20}})\s({alternatives(words['unit'])})(?!\w)",
            re.I,
        )
        leads = alternatives([*words["lead"], *words["other"]])
        self._lead = re.compile(rf"(?<!\w)({leads})\s{{1,3}}\Z", re.I)

    @classmethod
    def load(cls, places: Places) -> DueDates:
        """Read the word lists.

        Raises:
            DataError: a row is wrong.
        """
        words: dict[str, dict[str, str]] = {}
        for row, _ in read_table(places.file("lexicon", "due_words.tsv"), ("kind", "word", "value")):
            words.setdefault(row["kind"], {})[row["word"].lower()] = row["value"]
        return cls(words, Dates.load(places), NumberWords.load(places))

    def find(self, text: str, today: date, workdays: Workdays) -> Due | None:
        """Return the last due day that the text names, one with a lead word before others; None where there is none."""
        text = text[:MAX_CHARACTERS]
        found = sorted(self._all(text, today, workdays), key=lambda due: (bool(due.lead), due.start))
        return found[-1] if found else None

    def read(self, text: str, today: date, workdays: Workdays) -> Due | None:
        """Return the day that a text is as a whole: 5.6., Freitag, bis morgen; None where it is more or no day."""
        text = text.strip()
        fitting = [due for due in self._all(text[:MAX_CHARACTERS], today, workdays) if due.end == len(text)]
        return next((due for due in fitting if text[: due.start].strip().lower() in ("", due.lead)), None)

    def _all(self, text: str, today: date, workdays: Workdays) -> Iterator[Due]:
        taken: list[tuple[int, int]] = []
        for finder in (self._named_dates, self._spans, self._weekdays, self._days):
            for due in finder(text, today, workdays):
                if not any(due.start < end and start < due.end for start, end in taken):
                    taken.append((due.start, due.end))
                    yield due

    def _named_dates(self, text: str, today: date, workdays: Workdays) -> Iterator[Due]:
        for mention in self._dates.find(text, today + _AHEAD):
            if not mention.iso:
                continue
            start, weekday = self._weekday_beside(text, mention)
            due = self._led(text, start, mention.end, date.fromisoformat(mention.iso))
            before, after = text[: due.start].rstrip(), text[due.end :].strip(" \t).,;!")
            alone = not after or before[-1:] in ("", "(", ":", "–", "-")
            whole = not (text[: due.start] + text[due.end :]).strip()
            if due.lead not in self._words["other"] and (due.lead or whole or (alone and due.day >= today)):
                yield due._replace(weekday=weekday)

    def _spans(self, text: str, today: date, workdays: Workdays) -> Iterator[Due]:
        for match in self._span.finditer(text):
            count = self._numbers.cardinal(match[2])
            if count is not None and count <= 999:
                day = _later(today, count, self._words["unit"][match[3].lower()], workdays)
                yield Due(match.start(), match.end(), day, match[0].split()[0].lower(), span=True)
        for match in self._ends.finditer(text):
            kind, _, further = self._words["end"][match[1].lower()].partition("+")
            due = self._led(text, match.start(), match.end(), _end_of(kind, today, int(further or 0)))
            if due.lead not in self._words["other"]:
                yield due._replace(span=True)

    def _weekdays(self, text: str, today: date, workdays: Workdays) -> Iterator[Due]:
        for mention in self._dates.relative(text, today):
            if mention.iso > today.isoformat() and self._weekday.search(mention.text):
                yield self._led(text, mention.start, mention.end, date.fromisoformat(mention.iso))
        for match in self._weekday.finditer(text):
            number = self._words["weekday"].get(match[0].lower())
            name = number if number is not None else self._words["short_weekday"][match[2].lower()]
            distance = (int(name) - today.weekday()) % 7 or 7
            due = self._led(text, match.start(), match.end(), today + timedelta(days=distance))
            if due.lead not in self._words["other"] and (match[1] or due.lead):
                yield due

    def _days(self, text: str, today: date, workdays: Workdays) -> Iterator[Due]:
        for match in self._day.finditer(text):
            shift = int(self._words["day"][match[0].lower()])
            due = self._led(text, match.start(), match.end(), today + timedelta(days=shift))
            if due.lead not in self._words["other"]:
                yield due

    def _weekday_beside(self, text: str, mention: DateMention) -> tuple[int, int]:
        """Return where a date begins with the day of the week before it, and the number of that day."""
        match = self._beside.search(text, max(0, mention.start - 20), mention.start)
        if not match:
            return mention.start, -1
        number = self._words["weekday"].get((match[1] or "").lower()) or self._words["short_weekday"].get(
            (match[2] or "").lower()
        )
        return match.start(), int(number or 0)

    def _led(self, text: str, start: int, end: int, day: date) -> Due:
        match = self._lead.search(text, max(0, start - 20), start)
        return Due(start, end, day, match[1].lower() if match else "")


def _later(today: date, count: int, unit: str, workdays: Workdays) -> date:
    """Return the day that lies so many units later."""
    if unit == "wd":
        return workdays.add(today, count)
    if unit == "m":
        return shifted(datetime.combine(today, time()), count).date()
    return today + timedelta(days=count * (7 if unit == "w" else 1))


def _end_of(kind: str, today: date, further: int) -> date:
    """Return the Friday of a week, or the last day of a month; a week that is over is the next one."""
    if kind == "week":
        return today + timedelta(days=(_FRIDAY - today.weekday()) % 7 + 7 * further)
    then = shifted(datetime.combine(today.replace(day=1), time()), further).date()
    return then.replace(day=calendar.monthrange(then.year, then.month)[1])
