"""Numbers, amounts, dates and times of a text, brought to one form so that two texts can be compared.

Words for numbers, months and units come from `check_numbers.tsv`; the code knows digits and signs only.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from drafter.data import read_table
from drafter.lazypattern import Needles, needles

_DIGITS = r"\d{1,3}(?:[.'’ ]\d{3}){1,3}(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,2})?(?!\d)"
_ITEM = re.compile(r"(?m)^[ \t]{0,8}\(?\d{1,2}[.)](?=[ \t])")
_IDENTIFIER = re.compile(r"(?<![\w.,])(?=[\w/-]{0,20}\d)[A-Z0-9]{1,12}(?:[-/][A-Z0-9]{1,12}){1,4}(?!\w)")
_JOINT = re.compile(r"[A-Z0-9][-/][A-Z0-9]")
_PHONE = re.compile(r"(?<!\d)(?:\+\d{2}[ -]?|0)\d{1,5}(?:[ /-]{1,3}\d{1,8}){1,6}(?!\d)")
_DATE = re.compile(r"(?<![\d.])(\d{1,2})\.[ ]?(\d{1,2})\.(?:[ ]?(\d{4}|\d{2}))?(?!\d)")
_ISO = re.compile(r"(?<!\d)\d{4}-(\d{2})-(\d{2})(?!\d)")
_NUMBER = re.compile(rf"(?<![\d.,])(?:{_DIGITS})(?P<stop>\.(?=\s[a-zäöü]))?")
_RUN = re.compile(r"\d+")
_TOKEN = re.compile(r"\w+")
_ODD = "ſıİ\u212a"
"""Letters that a pattern takes for an s, an i or a k, and lower case does not."""

_UNITS = ("money", "percent", "unit", "clock")
_MAX_PAIRS = 40


class Fact(NamedTuple):
    """A figure with its kind (money, percent, date, day, clock, a unit of time, weekday, relative, plain) and value."""

    kind: str
    value: str
    start: int
    end: int

    def moved(self, by: int) -> Fact:
        """Return the same figure so many characters further on."""
        return Fact(self.kind, self.value, self.start + by, self.end + by)


@dataclass(frozen=True)
class NumberWords:
    """The word list, compiled."""

    rows: tuple[tuple[str, str, str], ...]

    @classmethod
    def load(cls, path: Path) -> NumberWords:
        """Read the list.

        Raises:
            DataError: it breaks its format.
        """
        table = read_table(path, ("kind", "word", "value"))
        return cls(tuple((row["kind"], row["word"], row["value"]) for row, _ in table))

    def of(self, kind: str) -> Mapping[str, str]:
        """Return word and value of one kind, words in lower case."""
        return self._by_kind.get(kind, {})

    @cached_property
    def _by_kind(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for kind, word, value in self.rows:
            found.setdefault(kind, {})[word.lower()] = value
        return found

    @cached_property
    def units(self) -> dict[str, str]:
        """What can follow a number, in lower case, with its kind."""
        return {word: value for kind in _UNITS for word, value in self.of(kind).items()}

    def either(self, *kinds: str) -> str:
        """Return a pattern for any word of the kinds, the longest first."""
        words = [word for kind, word, _ in self.rows if kind in kinds]
        return "|".join(sorted(words, key=len, reverse=True))

    @cached_property
    def quantity(self) -> re.Pattern[str]:
        """A number and perhaps a range, with a unit."""
        number = rf"(?P<number>{_DIGITS}|\b(?:{self.either('number')})\b)"
        units = self.either(*_UNITS)
        return re.compile(rf"(?<![\w]){number}(?:,-+|,–)?[ \xa0-]?(?P<unit>(?:{units})(?!\w))", re.IGNORECASE)

    @cached_property
    def money_first(self) -> re.Pattern[str]:
        """A currency before its number."""
        return re.compile(rf"(?<!\w)(?:{self.either('money')})[ \xa0]?(?P<number>{_DIGITS})", re.IGNORECASE)

    @cached_property
    def day_month(self) -> re.Pattern[str]:
        """The day of a month by its name."""
        months = self.either("month")
        return re.compile(rf"(?<![\d.])(?P<day>\d{{1,2}})\.?[ ]{{1,3}}(?P<month>{months})(?!\w)", re.IGNORECASE)

    @cached_property
    def weekday(self) -> re.Pattern[str]:
        """The name of a day, with parts of the day at its end."""
        return re.compile(rf"(?<!\w)(?P<weekday>{self.either('weekday')})(?:s|[a-zäöü]{{3,12}})?(?!\w)", re.IGNORECASE)

    @cached_property
    def relative(self) -> list[tuple[re.Pattern[str], str, Needles]]:
        """Days named from today, with what a text must hold for them."""
        rows = [(word, value) for kind, word, value in self.rows if kind == "relative"]
        return [
            (re.compile(rf"(?<!\w){word}(?!\w)".replace(" ", r"\s{1,3}"), re.IGNORECASE), value, needles(word, {}))
            for word, value in rows
        ]

    @cached_property
    def days(self) -> Needles:
        """What a text must hold for the name of a day to stand in it."""
        return needles(f"(?:{self.either('weekday')})", {})

    @cached_property
    def money(self) -> tuple[str, ...]:
        """What a text must hold, in lower case, for a currency to stand in it."""
        return tuple(word.replace("\\", "") for word in self.of("money"))

    @cached_property
    def counted(self) -> re.Pattern[str]:
        """Nouns whose number is a count of the text itself, such as options."""
        return re.compile(rf"(?:{self.either('counted')})\w{{0,3}}", re.IGNORECASE)


def find_facts(text: str, words: NumberWords, bare: bool = False) -> list[Fact]:
    """Return the figures of a text in order; numbers of list items are none; `bare` counts words without a unit too."""
    seen = _Text(text, words)
    taken = [False] * (len(text) + 1)
    for match in _ITEM.finditer(text) if seen.runs else ():
        _take(taken, match.span())
    found: list[Fact] = []
    for kind, value, span in itertools.chain(_fixed(seen), _dates(seen, words), _quantities(seen, words), _plain(seen)):
        if not any(taken[span[0] : span[1]]):
            _take(taken, span)
            found.append(Fact(kind, value, *span))
    found.extend(_days(seen, words))
    if bare:
        found.extend(Fact("plain", words.of("number")[m[0].lower()], *m.span()) for m in seen.numerals)
    return sorted(found, key=lambda fact: fact.start)


class _Text:
    """A text with the places at which a figure can begin: patterns are tried there alone."""

    def __init__(self, text: str, words: NumberWords) -> None:
        self.text = text
        self.low = text.lower()
        self.odd = not text.isascii() and any(map(text.__contains__, _ODD))
        self.runs = [match.start() for match in _RUN.finditer(text)]
        """Where digits begin."""
        known = words.of("number")
        spoken = not known.keys().isdisjoint(_TOKEN.findall(self.low))
        self.numerals = [m for m in _TOKEN.finditer(text) if m[0].lower() in known] if spoken else []
        """The numbers that are written as words."""

    def may_hold(self, needed: Needles) -> bool:
        """Whether the text has a run of letters of every choice."""
        low = self.low
        return self.odd or all(any(map(low.__contains__, choice)) for choice in needed)

    def matches(self, pattern: re.Pattern[str], places: Iterable[int]) -> Iterator[re.Match[str]]:
        """Yield what the pattern finds from these places on, which rise; no two overlap."""
        end = 0
        for place in places:
            if place >= end and (match := pattern.match(self.text, place)):
                yield match
                end = match.end()


def is_covered(fact: Fact, source: Iterable[Fact], derived: frozenset[str] = frozenset()) -> bool:
    """Whether the source has the same figure; numbers without a unit match any kind."""
    for other in source:
        if fact.value != other.value:
            continue
        if fact.kind == other.kind or "plain" in (fact.kind, other.kind) or {fact.kind, other.kind} == {"date", "day"}:
            return True
    if fact.kind == "date":
        return any(other.kind == "day" and other.value == fact.value.split(".")[0] for other in source)
    return fact.kind == "money" and fact.value in derived


def derived_amounts(source: Iterable[Fact]) -> frozenset[str]:
    """Return sums and differences of two amounts, and small multiples of one."""
    amounts = sorted(
        {float(fact.value) for fact in source if fact.kind in ("money", "plain") and _is_number(fact.value)}
    )[:_MAX_PAIRS]
    pairs = itertools.combinations(amounts, 2)
    sums = {value for one, two in pairs for value in (one + two, two - one)}
    return frozenset(f"{value:g}" for value in sums | {amount * times for amount in amounts for times in (2, 3)})


def _take(taken: list[bool], span: tuple[int, int]) -> None:
    taken[span[0] : span[1]] = [True] * (span[1] - span[0])


def _fixed(seen: _Text) -> Iterable[tuple[str, str, tuple[int, int]]]:
    for match in seen.matches(_ISO, seen.runs):
        yield "date", f"{int(match[2])}.{int(match[1])}", match.span()
    abroad = (place - (seen.text[place - 1 : place] == "+") for place in seen.runs)
    for match in seen.matches(_PHONE, abroad):
        yield "phone", re.sub(r"\D", "", match[0]), match.span()
    for match in _IDENTIFIER.finditer(seen.text) if seen.runs and _JOINT.search(seen.text) else ():
        yield "plain", re.sub(r"\W", "", match[0]).lower(), match.span()


def _dates(seen: _Text, words: NumberWords) -> Iterable[tuple[str, str, tuple[int, int]]]:
    months = words.of("month")
    for match in seen.matches(words.day_month, seen.runs):
        yield "date", f"{int(match['day'])}.{months[match['month'].lower()]}", match.span()
    for match in seen.matches(_DATE, seen.runs):
        if 1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12:
            yield "date", f"{int(match[1])}.{int(match[2])}", match.span()


def _quantities(seen: _Text, words: NumberWords) -> Iterable[tuple[str, str, tuple[int, int]]]:
    numbers = words.of("number")
    places = sorted([*seen.runs, *(match.start() for match in seen.numerals)])
    for match in seen.matches(words.quantity, places):
        unit = words.units.get(match["unit"].lower(), "money")
        value = numbers.get(match["number"].lower()) or _value(match["number"])
        yield unit, value, match.span()
    for match in words.money_first.finditer(seen.text) if seen.runs and seen.may_hold((words.money,)) else ():
        yield "money", _value(match["number"]), match.span()


def _plain(seen: _Text) -> Iterable[tuple[str, str, tuple[int, int]]]:
    for match in seen.matches(_NUMBER, seen.runs):
        yield ("day" if match["stop"] else "plain"), _value(match[0].rstrip(".")), match.span()


def _days(seen: _Text, words: NumberWords) -> Iterable[Fact]:
    for match in words.weekday.finditer(seen.text) if seen.may_hold(words.days) else ():
        yield Fact("weekday", words.of("weekday")[match["weekday"].lower()], *match.span())
    for pattern, value, needed in words.relative:
        for match in pattern.finditer(seen.text) if seen.may_hold(needed) else ():
            yield Fact("relative", value, *match.span())


def _value(number: str) -> str:
    """Write a German number plainly: 1.480,00 becomes 1480."""
    digits = re.sub(r"[.'’ ](?=\d{3}(?!\d))", "", number.strip()).replace(",", ".")
    return f"{float(digits):.12g}" if _is_number(digits) else digits


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
