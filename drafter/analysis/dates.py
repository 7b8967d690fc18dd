"""Dates as the customer wrote them, resolved against the day of the mail."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from drafter.analysis.factwords import FactWords, NumberWords, alternatives, fold
from drafter.data import Where
from drafter.lazypattern import lazy
from drafter.places import Places

_NUMERIC = re.compile(r"(?<![\w.,/])(\d{1,2})\.\s?(\d{1,2})\.(?:\s?((?:19|20)\d\d)(?!\d)|(\d\d)(?!\d|[,.:]\d))?(?!\d)")
_OPEN = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,6})\s(\d{1,2})\.(\d{1,2})(?![\d.,:€]|\s?[^\W\d_]{1,3}(?![^\W\d_]))")
_ISO = re.compile(r"(?<![\w-])((?:19|20)\d\d)-(\d\d)-(\d\d)(?![\w-])")
_SLASH = re.compile(r"(?<![\w/-])(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?![\w/-])")

_DIGIT = re.compile(r"\d")
_AHEAD = 1.5


class DateMention(NamedTuple):
    """A date in the text; `iso` is empty where it cannot be resolved."""

    start: int
    end: int
    text: str
    iso: str


class Dates:
    """Reads dates; the names of the months come from the word list."""

    def __init__(self, words: FactWords, numbers: NumberWords) -> None:
        self._words = words
        self._numbers = numbers
        months = alternatives(spellings(words["month"].spellings()))
        where = Where(Path("fact_words.tsv"), 1)
        self._named = lazy(
            rf"(?<![\w.,])(\d{{1,2}}\.|\d{{1,2}}(?:ten|er|sten)?|[^\W\d_]{{5,20}})\s?(?<=[.\s])({months})(?![^\W\d_])\.?"
            rf"(?:\s?((?:19|20)\d\d)(?!\d))?",
            where,
        )
        weekdays = alternatives(spellings(words["weekday"].spellings()))
        shifts = alternatives(spellings([*words["last"].exact, *words["next"].exact]))
        self._weekday = lazy(rf"(?<![^\W\d_])({shifts})\s({weekdays})(?![^\W\d_])", where)
        days = alternatives(spellings(words["relative"].spellings()))
        self._relative = lazy(rf"(?<![\w-])({days})(?![\w-])", where)

    @classmethod
    def load(cls, places: Places) -> Dates:
        """Read the word lists.

        Raises:
            DataError: a row is wrong.
        """
        return cls(FactWords.load(places), NumberWords.load(places))

    def find(self, text: str, today: date | None) -> list[DateMention]:
        """Find the dates that name day and month, in order of appearance."""
        found = [*self._numeric(text, today), *self._with_month(text, today)]
        kept: list[DateMention] = []
        for mention in sorted(found, key=lambda m: (m.start, -m.end)):
            if not kept or mention.start >= kept[-1].end:
                kept.append(mention)
        return kept

    def relative(self, text: str, today: date | None) -> list[DateMention]:
        """Find days told from today ("gestern", "letzten Dienstag"); `iso` needs the day of the mail."""
        found: list[DateMention] = []
        for match in self._weekday.finditer(text):
            past = match.group(1) in self._words["last"]
            day = _weekday(today, int(self._words["weekday"].get(match.group(2)) or 0), past) if today else None
            found.append(_mention(text, match.start(), match.end(), day))
        for match in self._relative.finditer(text):
            if match.group(1)[:1].isupper() and match.start() and text[match.start() - 1] not in "\n":
                continue  # a capital inside the sentence: the noun, not the day after
            shift = timedelta(days=int(self._words["relative"].get(match.group(1)) or 0))
            found.append(_mention(text, match.start(), match.end(), today + shift if today else None))
        return sorted(found, key=lambda mention: mention.start)

    def _numeric(self, text: str, today: date | None) -> list[DateMention]:
        found: list[DateMention] = []
        if not _DIGIT.search(text):
            return found
        for match in _NUMERIC.finditer(text):
            day, month, year, short = match.groups()
            self._add(found, text, match.span(), day, month, year or (f"20{short}" if short else None), today)
        for match in _OPEN.finditer(text):
            if match.group(1) in self._words["date_lead"]:
                self._add(found, text, (match.start(2), match.end()), match.group(2), match.group(3), None, today)
        for pattern, order in ((_ISO, (3, 2, 1)), (_SLASH, (1, 2, 3))):
            for match in pattern.finditer(text):
                day, month, year = (match.group(index) for index in order)
                self._add(found, text, match.span(), day, month, year, today)
        return found

    def _with_month(self, text: str, today: date | None) -> list[DateMention]:
        found: list[DateMention] = []
        for match in self._named.finditer(text):
            day, month, year = match.groups()
            number = self._numbers.ordinal(day)
            end = match.end()
            if not year and text[end - 1] == "." and not self._is_short(month):
                end -= 1  # the full stop of the sentence, not of an abbreviation
            if number and (day[0].isdigit() or day[-1] in "nre"):
                value = self._words["month"].get(month) or "0"
                self._add(found, text, (match.start(), end), str(number), value, year, today)
        return found

    def _is_short(self, month: str) -> bool:
        """Whether a month is abbreviated: another spelling of it goes on."""
        key, months = fold(month), self._words["month"].exact
        return any(name != key and name.startswith(key) and months[name] == months.get(key) for name in months)

    def _add(
        self,
        found: list[DateMention],
        text: str,
        span: tuple[int, int],
        day: str,
        month: str,
        year: str | None,
        today: date | None,
    ) -> None:
        if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
            return
        start, end = span
        found.append(_mention(text, start, end, _resolve(int(day), int(month), int(year) if year else None, today)))


def _mention(text: str, start: int, end: int, day: date | None) -> DateMention:
    return DateMention(start, end, text[start:end], day.isoformat() if day else "")


def _resolve(day: int, month: int, year: int | None, today: date | None) -> date | None:
    """Choose the year that brings the date closest to the day of the mail."""
    years = [year] if year else [today.year + shift for shift in (-1, 0, 1)] if today else []
    days = [found for candidate in years if (found := _date(candidate, month, day))]
    return min(days, key=lambda found: _distance(found, today)) if days and today else next(iter(days), None)


def _distance(day: date, today: date) -> float:
    """Days between the two; what lies ahead counts half as much again, for complaints look back."""
    days = (day - today).days
    return days * _AHEAD if days > 0 else -days


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(today: date, weekday: int, past: bool) -> date:
    """The last or the next day of that name, never today itself."""
    distance = (today.weekday() - weekday) % 7 or 7
    return today - timedelta(days=distance) if past else today + timedelta(days=7 - distance % 7)


def spellings(words: list[str]) -> list[str]:
    """Add the umlauts again that folding has spelled out."""
    pairs = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"))
    found = set(words)
    for plain, umlaut in pairs:
        found |= {word.replace(plain, umlaut) for word in found}
    return sorted(found)
