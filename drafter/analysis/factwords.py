"""The words by which facts are read: labels, months, money, time, and numbers written as words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial

from drafter.data import read_table
from drafter.memory import Memory
from drafter.places import Places

_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'", "`": "'", "´": "'"})


_MAX_KNOWN = 5_000
_LONGEST_ENTRY = 24


@lru_cache(maxsize=8_000)
def fold(word: str) -> str:
    """Write a word in the form under which it is looked up: small, umlauts spelled out."""
    return word.lower().translate(_FOLD)


@dataclass(slots=True)
class WordSet:
    """Words with values; an entry may be a whole word, a beginning (abc*), an end (*abc) or a part (*abc*)."""

    exact: dict[str, str] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    _known: Memory[str, str | None] = field(default_factory=partial(Memory, _MAX_KNOWN), repr=False)

    def add(self, entry: str, value: str) -> None:
        """Add an entry with its stars."""
        word = fold(entry.strip("*"))
        left, right = entry.startswith("*"), entry.endswith("*")
        target = self.parts if left and right else self.ends if left else self.starts if right else self.exact
        target.setdefault(word, value)

    def get(self, word: str) -> str | None:
        """Return the value of a word, None where no entry fits; the longest entry wins."""
        if word in self._known:
            return self._known[word]
        return self._known.keep(word, self._look_up(fold(word)))

    def _look_up(self, folded: str) -> str | None:
        if folded in self.exact:
            return self.exact[folded]
        if folded.rstrip(".") in self.exact:
            return self.exact[folded.rstrip(".")]
        for length in range(min(len(folded), _LONGEST_ENTRY), 1, -1):
            if (value := self.starts.get(folded[:length])) is not None:
                return value
            if (value := self.ends.get(folded[-length:])) is not None:
                return value
        return next((value for part, value in self.parts.items() if part in folded), None)

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def spellings(self) -> list[str]:
        """Return the whole-word entries, longest first."""
        return sorted(self.exact, key=lambda word: (-len(word), word))


_EMPTY = WordSet()


class FactWords:
    """The sets of `fact_words.tsv` by kind."""

    def __init__(self, sets: dict[str, WordSet]) -> None:
        self._sets = sets

    @classmethod
    def load(cls, places: Places) -> FactWords:
        """Read the list.

        Raises:
            DataError: a row is wrong.
        """
        sets: dict[str, WordSet] = {}
        for row, _ in read_table(places.file("lexicon", "fact_words.tsv"), ("kind", "word", "value")):
            sets.setdefault(row["kind"], WordSet()).add(row["word"], row["value"])
        return cls(sets)

    def __getitem__(self, kind: str) -> WordSet:
        return self._sets.get(kind, _EMPTY)


class NumberWords:
    """Numbers written as words or digits, as German builds them."""

    def __init__(self, cardinals: dict[str, int], ordinals: dict[str, int], times: tuple[str, ...]) -> None:
        self._cardinals = cardinals
        self._ordinals = ordinals
        self._times = times

    @classmethod
    def load(cls, places: Places) -> NumberWords:
        """Read the list and form all numbers below a thousand.

        Raises:
            DataError: a row is wrong.
        """
        roles: dict[str, list[tuple[str, int]]] = {}
        for row, where in read_table(places.file("lexicon", "numbers.tsv"), ("word", "role", "value")):
            if not row["value"].isdigit():
                raise where.error(f"the value of '{row['word']}' must be a number")
            roles.setdefault(row["role"], []).append((fold(row["word"]), int(row["value"])))
        cardinals = _below_thousand(roles)
        ordinals = _ordinals(roles, cardinals)
        cardinals.update(roles.get("single", []))
        return cls(cardinals, ordinals, tuple(word for word, _ in roles.get("times", [])))

    def cardinal(self, word: str) -> int | None:
        """Return the number that a word or a run of digits says."""
        return int(word) if _is_count(word) else self._cardinals.get(fold(word))

    def ordinal(self, word: str) -> int | None:
        """Return the number of an ordinal: "dritten", "3.", "2ten"."""
        folded = fold(word).rstrip(".")
        if _is_count(folded):
            return int(folded)
        digits = folded.rstrip("abcdefghijklmnopqrstuvwxyz")
        if _is_count(digits) and len(folded) - len(digits) <= 4:
            return int(digits)
        return self._ordinals.get(folded)

    def times(self, word: str) -> int | None:
        """Return the number in a word for repetition: "zweimal", "3x"."""
        folded = fold(word)
        for ending in self._times:
            if folded.endswith(ending) and (stem := folded[: -len(ending)].rstrip("-")):
                return self.cardinal(stem)
        return None


def _is_count(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 4


def _below_thousand(roles: dict[str, list[tuple[str, int]]]) -> dict[str, int]:
    """Form the numbers up to 999 from units, tens and hundreds."""
    units, tens = roles.get("unit", []), roles.get("ten", [])
    numbers = dict(units + roles.get("low", []) + tens)
    for glue, _ in roles.get("glue", []):
        numbers.update({unit + glue + ten: u + t for unit, u in units for ten, t in tens})
    small = dict(numbers)
    for word, hundred in roles.get("hundred", []):
        for lead, factor in [("", 1), *units, *roles.get("low", [])]:
            numbers[lead + word] = factor * hundred
            numbers.update({lead + word + rest: factor * hundred + value for rest, value in small.items()})
    for word, thousand in roles.get("thousand", []):
        numbers.update({lead + word: max(1, value) * thousand for lead, value in [("", 1), *small.items()]})
    return numbers


def _ordinals(roles: dict[str, list[tuple[str, int]]], cardinals: dict[str, int]) -> dict[str, int]:
    """Form the ordinals up to 99 in all endings."""
    stems = dict(roles.get("ordinal", []))
    for word, value in cardinals.items():
        if value < 100:
            suffixes = roles.get("ordinal_low" if value < 20 else "ordinal_high", [])
            stems.update({word + suffix: value for suffix, _ in suffixes})
    return {stem + ending: value for stem, value in stems.items() for ending, _ in roles.get("ending", [])}


def alternatives(words: Iterable[str]) -> str:
    """Make the body of a regular expression that matches any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
