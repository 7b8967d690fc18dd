"""Regular expressions that cost nothing until a text holds the letters they need.

Needles are runs of letters that a text must hold for a pattern to match; they are read off the pattern itself.
Looking for letters is cheap, so that most patterns are neither compiled nor tried for most texts: rule files may be
rich without making the program slow to start.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial, reduce
from operator import or_
from typing import NamedTuple

from drafter.data import Where
from drafter.memory import Memory
from drafter.sieve import Sieve, numbers

Choice = tuple[str, ...]
"""Runs one of which must be there."""

Needles = tuple[Choice, ...]
"""Choices each of which must be met; none where nothing is certain."""

Groups = Mapping[str, tuple[str, ...]]
"""The words behind {names} in a pattern."""

_ELEMENT = re.compile(
    r"(?P<group>\{[a-z_]+\})|(?P<open>\((?:\?P<\w+>|\?[:=!<]*[=!:]?|\?-i:)?)|(?P<letters>[a-zA-ZäöüÄÖÜ]+)"
    r"|\\.|\[[^\]]*\]|.",
    re.DOTALL,
)
_SIGN = re.compile(r"\\[^\w\s]|[%#@_\"„“€&!=~/]")
_GROUP = re.compile(r"\((?:\?:|\?-i:|\?P<\w+>)?")
_MAYBE = re.compile(r"\?|\{0|\*")
_WORD = re.compile(r"[a-zäöü]+")
_MAX_STRETCHES, _MAX_STRETCH = 8_000, 60
_MAX_TEXTS, _MAX_LISTS = 64, 2_000


def choices(source: str) -> list[str]:
    """Split a pattern at the `|` that stand outside all brackets."""
    depth, parts = 0, [""]
    for match in _ELEMENT.finditer(source):
        sign = match.group()
        depth += bool(match["open"]) - (sign == ")")
        if sign == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def needles(source: str, groups: Groups) -> Needles:
    """Return the needles of a pattern without a top-level choice; `groups` are the words behind {names}."""
    found: list[Choice] = []
    place = 0
    while match := _ELEMENT.match(source, place):
        place = match.end()
        if match["open"]:
            inside, place = source[match.end() : _closing(source, place)], _closing(source, place) + 1
            if _GROUP.fullmatch(match["open"]) and not _MAYBE.match(source, place):
                found.append(_any_of(tuple(choices(inside)), groups))
        elif match["group"] and not _MAYBE.match(source, place):
            found.append(_group_choice(match["group"][1:-1], groups))
        elif run := match["letters"]:
            certain = run[:-1] if _MAYBE.match(source, place) and source[place] != "*" else run
            found.append((certain.lower(),) if len(certain) > 1 else ())
    return tuple(choice for choice in found if choice)


def sign(source: str) -> str:
    """Return a sign, no letter, that a pattern without a top-level choice cannot do without; "" where none is sure."""
    place = 0
    while match := _ELEMENT.match(source, place):
        place, element = match.end(), match.group()
        if match["open"]:
            place = _closing(source, place) + 1
        elif not _MAYBE.match(source, place) and _SIGN.fullmatch(element):
            return element[-1]
    return ""


def _any_of(alternatives: tuple[str, ...], groups: Groups) -> Choice:
    """Return one run per alternative; nothing where an alternative has none."""
    best = [_best(needles(alternative, groups)) for alternative in alternatives]
    return tuple(dict.fromkeys(run for choice in best for run in choice)) if all(best) else ()


def _best(found: Needles) -> Choice:
    """Return the choice that is met most rarely: the one whose shortest run is longest."""
    return max(found, key=lambda choice: min(map(len, choice)), default=())


def _group_choice(name: str, groups: Groups) -> Choice:
    return _of_words(groups.get(name, ()), _frozen(groups))


def _frozen(groups: Groups) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(groups.items())


@cache
def _of_words(words: tuple[str, ...], groups: tuple[tuple[str, tuple[str, ...]], ...]) -> Choice:
    return _any_of(words, dict(groups)) if words else ()


def _closing(source: str, start: int) -> int:
    """Return the place of the bracket that closes the one before `start`."""
    depth = 1
    for match in _ELEMENT.finditer(source, start):
        depth += bool(match["open"]) - (match.group() == ")")
        if not depth:
            return match.start()
    return len(source)


class _Runs:
    """All runs that patterns ask for, a bit each; a text is the set of the bits that it holds.

    Runs are letters only, so that they lie between spaces: what such a stretch holds is found out once.
    """

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}
        self._lengths: dict[str, set[int]] = {}  # by the first two letters
        self._stretches: Memory[str, int] = Memory(_MAX_STRETCHES, _MAX_STRETCH)
        self._texts: Memory[str, int] = Memory(_MAX_TEXTS)

    def add(self, runs: Iterable[str]) -> None:
        """Take in runs; what is known of stretches and texts is void where one of them is new."""
        before = len(self._bits)
        for run in runs:
            if run not in self._bits:
                self._bits[run] = 1 << len(self._bits)
                _note_lengths([run], self._lengths)
        if len(self._bits) > before:
            self._stretches.clear()
            self._texts.clear()

    def mask(self, choice: Choice) -> int:
        """Return the bits of the runs of a choice."""
        return reduce(or_, [self._bits[run] for run in choice], 0)

    def of(self, text: str) -> int:
        """Return the bits of the runs that a text holds; several patterns in a row ask for the same text."""
        found = self._texts.get(text)
        if found is None:
            found = 0
            known = self._stretches
            for stretch in text.split():
                bits = known.get(stretch)
                found |= self._of_stretch(stretch) if bits is None else bits
            self._texts.keep(text, found)
        return found

    def _of_stretch(self, stretch: str) -> int:
        found = reduce(or_, [self._bits.get(run, 0) for run in _runs_in(stretch, self._lengths)], 0)
        return self._stretches.keep(stretch, found)


_RUNS = _Runs()
_WAITING: list[LazyPattern] = []
"""Patterns whose runs have no bits yet: all get them at once, when the first pattern is tried."""


class _Masks(NamedTuple):
    """What each of several patterns needs: a bit of each of its masks. Only those are looked at of whose rarest choice
    a text holds a run."""

    always: tuple[int, ...]  # the numbers of the patterns that need no letters
    runs: int  # all bits of `by_run`
    by_run: dict[int, list[tuple[int, tuple[int, ...]]]]  # by place of a bit of the rarest choice
    only: tuple[int, ...] | None  # the masks of a pattern that is alone

    @classmethod
    def of(cls, needed: Sequence[Needles]) -> _Masks:
        always: list[int] = []
        runs = 0
        by_run: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
        rows = [tuple(map(_RUNS.mask, row)) for row in needed]
        for number, (row, masks) in enumerate(zip(needed, rows, strict=True)):
            if not row:
                always.append(number)
            for run in _best(row):
                bit = _RUNS.mask((run,))
                runs |= bit
                by_run.setdefault(bit.bit_length(), []).append((number, masks))
        return cls(tuple(always), runs, by_run, rows[0] if len(rows) == 1 else None)

    def possible(self, found: int) -> Sequence[int]:
        """Return the numbers of the patterns that the runs of a text make possible, in order."""
        if self.only is not None:
            return (0,) if _met(self.only, found) else ()
        held = found & self.runs
        if not held:
            return self.always
        numbers_of = {*self.always}
        while held:
            place = held.bit_length()
            held ^= 1 << place - 1
            for number, masks in self.by_run[place]:
                if _met(masks, found):
                    numbers_of.add(number)
        return sorted(numbers_of)


class LazyPattern:
    """Several patterns as one; each is compiled when a text first holds its needles."""

    def __init__(
        self, parts: Iterable[tuple[str, str]], flags: int, where: Where, groups: Groups | None = None
    ) -> None:
        """Take pairs of the pattern as written, for its needles, and as it is to be compiled."""
        self._parts = tuple(parts)
        self._flags = flags
        self._where = where
        self._groups = groups or {}
        self._compiled: dict[int, re.Pattern[str]] = {}
        _WAITING.append(self)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle needles and sources, not what was compiled: that would be compiled again at once."""
        return _restore, (self._parts, self._flags, self._where, self._needles)

    @cached_property
    def _needles(self) -> list[Needles]:
        return [_needles_of_choices(written, self._groups) for written, _ in self._parts]

    @cached_property
    def _masks(self) -> _Masks:
        """What each pattern needs, as bits."""
        waiting = [_WAITING.pop() for _ in range(len(_WAITING))]
        _RUNS.add(run for pattern in waiting for needed in pattern._needles for choice in needed for run in choice)
        return _Masks.of(self._needles)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the first match from `start`; of two at one place that of the earlier pattern."""
        first, possible = None, self._possible(text)
        if len(possible) == 1:
            return possible[0].search(text, start)
        for regex in possible:
            match = regex.search(text, start)
            if match and (first is None or match.start() < first.start()):
                first = match
        return first

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match at `start`."""
        return next((match for regex in self._possible(text) if (match := regex.match(text, start))), None)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the match of the whole text."""
        return next((match for regex in self._possible(text) if (match := regex.fullmatch(text))), None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return all matches from left to right that do not overlap."""
        possible = self._possible(text)
        return possible[0].finditer(text) if len(possible) == 1 else _apart(text, possible)

    def findall(self, text: str) -> list[str]:
        """Return the texts of all matches."""
        return [match.group() for match in self.finditer(text)]

    def holds(self, number: int, text: str) -> bool:
        """Whether the pattern of a number stands in a text."""
        return (self._compiled.get(number) or self._regex(number)).search(text) is not None

    def compile(self) -> None:
        """Compile all patterns now, for tests.

        Raises:
            DataError: a pattern is no regular expression.
        """
        for number in range(len(self._parts)):
            self._regex(number)

    def _possible(self, text: str) -> list[re.Pattern[str]]:
        masks, found = self._masks, _RUNS.of(text)  # in this order: the masks may bring in new runs
        signs = self._signs
        return [
            self._compiled.get(number) or self._regex(number)
            for number in masks.possible(found)
            if number not in signs or signs[number] in text
        ]

    @cached_property
    def _signs(self) -> dict[int, str]:
        """What patterns without needles need instead."""
        bare = [number for number, needed in enumerate(self._needles) if not needed and not self._flags & re.VERBOSE]
        found = {number: sign(self._parts[number][0]) for number in bare if len(choices(self._parts[number][0])) == 1}
        return {number: needed for number, needed in found.items() if needed}

    def _regex(self, number: int) -> re.Pattern[str]:
        try:
            regex = self._compiled[number] = re.compile(self._parts[number][1], self._flags)
        except re.error as error:
            raise self._where.error(f"not a regular expression: {error}") from error
        return regex


def _apart(text: str, regexes: list[re.Pattern[str]]) -> Iterator[re.Match[str]]:
    """Yield the matches of several patterns from left to right that do not overlap."""
    end = 0
    found = [match for regex in regexes for match in regex.finditer(text)]
    for match in sorted(found, key=lambda match: match.start()):
        if match.start() >= end:
            yield match
            end = match.end()


class PatternGroup:
    """Patterns that are asked about the same texts: those that cannot match cost next to nothing."""

    def __init__(self, patterns: Iterable[LazyPattern]) -> None:
        self._patterns = tuple(patterns)
        parts = [
            (owner, number, needed)
            for owner, pattern in enumerate(self._patterns)
            for number, needed in enumerate(pattern._needles)
        ]
        self._places = [(owner, number) for owner, number, _ in parts]
        lengths: dict[str, set[int]] = {}
        _note_lengths((run for *_, needed in parts for choice in needed for run in choice), lengths)
        self._lists: Memory[int, tuple[int, ...]] = Memory(_MAX_LISTS)  # by the bits of the parts
        self._sieve = Sieve([needed for *_, needed in parts], partial(_runs_in, lengths=lengths))

    def possible(self, text: str) -> tuple[int, ...]:
        """Return the numbers of the patterns that may match a text, or part of it."""
        bits = self._sieve.possible(text.split())
        found = self._lists.get(bits)
        if found is None:
            found = tuple(dict.fromkeys([self._places[part][0] for part in numbers(bits)]))
            self._lists.keep(bits, found)
        return found

    def found(self, text: str) -> list[int]:
        """Return the numbers of the patterns that stand in a text."""
        owners: dict[int, None] = {}
        for part in numbers(self._sieve.possible(text.split())):
            owner, number = self._places[part]
            if owner not in owners and self._patterns[owner].holds(number, text):
                owners[owner] = None
        return list(owners)


def _runs_in(stretch: str, lengths: Mapping[str, Collection[int]]) -> Iterator[str]:
    """Yield the runs of letters in a stretch that may be needles, by the lengths that their first two letters have."""
    for word in _WORD.findall(stretch.lower()):
        for start in range(len(word) - 1):
            for length in lengths.get(word[start : start + 2], ()):
                yield word[start : start + length]


def _note_lengths(runs: Iterable[str], lengths: dict[str, set[int]]) -> None:
    for run in runs:
        lengths.setdefault(run[:2], set()).add(len(run))


def lazy(source: str, where: Where, flags: int = re.IGNORECASE) -> LazyPattern:
    """Make a lazy pattern of one regular expression; its groups stay as they are."""
    return LazyPattern([(source, source)], flags, where)


def _restore(parts: tuple[tuple[str, str], ...], flags: int, where: Where, needed: list[Needles]) -> LazyPattern:
    pattern = LazyPattern(parts, flags, where)
    pattern.__dict__["_needles"] = needed  # the cached property, filled
    return pattern


def _met(needed: tuple[int, ...], found: int) -> bool:
    """Tell whether a text holds a run of every choice: a plain loop, for this is the hottest place of all."""
    for mask in needed:  # noqa: SIM110
        if not found & mask:
            return False
    return True


def _needles_of_choices(written: str, groups: Groups) -> Needles:
    parts = choices(written)
    if len(parts) == 1:
        return needles(written, groups)
    choice = _any_of(tuple(parts), groups)
    return (choice,) if choice else ()
