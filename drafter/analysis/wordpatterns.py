"""Word patterns: what the rule files may say about a stretch of words.

A pattern is a row of elements separated by spaces:

    word        that word, whatever its case; umlauts and their spellings with e are alike
    wor*, *ort  a word that begins or ends so
    a|b         one of several
    <part>      one of the patterns that the rule file calls "part"
    _3          up to three words, no punctuation
    ~3          up to three words or commas, no end of sentence

Patterns become regular expressions over the folded words joined by spaces; every
repetition is bounded, so the time stays linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"\w[\w'’´`]{0,60}|[^\w\s]")
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'", "´": "'", "`": "'"})
_TRIPLE = re.compile(r"(.)\1{2,}")
_GAP = {"_": r"(?:[^\W_][^ ]* )", "~": r"(?:[^ .!?]+ )"}
_WILD = r"[^ ]{0,40}"


def fold(word: str) -> str:
    """Return the word in the spelling that patterns are compared in."""
    small = word.lower().translate(_FOLD)
    return _TRIPLE.sub(r"\1", small) if len(small) > 3 else small


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of text as folded words with their places in it."""

    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    row: str  # the keys joined by spaces, one before and one after
    starts: Mapping[int, int]  # place in `row` to number of the word
    vocabulary: frozenset[str]

    def range(self, match: re.Match[str]) -> tuple[int, int]:
        """Return the numbers of the first word of a match and of the one after the last."""
        first = self.starts[match.start()]
        return first, first + match.group().count(" ")


def words_of(text: str, refold: Callable[[list[str], list[str]], list[str]] | None = None) -> Words:
    """Split a text into folded words; `refold` may rename keys, given the raw words and the keys."""
    found = [(match.group(), match.span()) for match in _TOKEN.finditer(text)]
    raw = [word for word, _ in found]
    keys = [fold(word) for word in raw]
    keys = refold(raw, keys) if refold else keys
    starts, place = {}, 1
    for number, key in enumerate(keys):
        starts[place] = number
        place += len(key) + 1
    return Words(tuple(keys), tuple(span for _, span in found), f" {' '.join(keys)} ", starts, frozenset(keys))


class Pattern:
    """One compiled pattern."""

    def __init__(self, source: str, parts: Mapping[str, Sequence[str]]) -> None:
        self.source = source
        self._regex = re.compile(r"(?<= )" + _row(source, parts))
        self._needed = _needed(source, parts)

    def search(self, words: Words, start: int = 0) -> tuple[int, int] | None:
        """Return the numbers of the first and behind the last word of the first match from word `start` on."""
        if any(words.vocabulary.isdisjoint(choice) for choice in self._needed):
            return None
        place = next((p for p, number in words.starts.items() if number == start), None) if start else 0
        match = self._regex.search(words.row, place) if place is not None else None
        return words.range(match) if match and match.group() else None


def _row(source: str, parts: Mapping[str, Sequence[str]], depth: int = 0) -> str:
    if depth > 6:
        raise ValueError(f"parts refer to each other: {source}")
    return "".join(_element(element, parts, depth) for element in source.split())


def _element(element: str, parts: Mapping[str, Sequence[str]], depth: int) -> str:
    if _is_gap(element):
        return f"{_GAP[element[0]]}{{0,{element[1:]}}}?"
    options = [_option(option, parts, depth) for option in element.split("|") if option]
    return "(?:" + "|".join(options) + ")"


def _option(option: str, parts: Mapping[str, Sequence[str]], depth: int) -> str:
    if not _is_part(option):
        return _WILD.join(re.escape(fold(piece)) for piece in option.split("*")) + " "
    inner = parts.get(option[1:-1])
    if not inner:
        raise ValueError(f"no part is called {option}")
    return "|".join(_row(row, parts, depth + 1) for row in inner)


def _needed(source: str, parts: Mapping[str, Sequence[str]]) -> list[frozenset[str]]:
    """Return sets of words; without a word of each set the pattern cannot match."""
    sets = (_choices(element, parts) for element in source.split() if not _is_gap(element))
    return [frozenset(choice) for choice in sets if choice]


def _choices(element: str, parts: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the words one of which must stand there; empty where that cannot be said."""
    found: set[str] = set()
    for option in element.split("|"):
        rows = parts[option[1:-1]] if _is_part(option) else [option]
        for row in rows:
            certain = _certain(row, parts)
            if not certain:
                return set()
            found |= certain
    return found


def _certain(row: str, parts: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the words one of which a row must hold, by its first element that can say so."""
    if not set(" |") & set(row) and not _is_part(row):
        return set() if "*" in row else {fold(row)}
    sets = (_choices(element, parts) for element in row.split() if not _is_gap(element))
    return next((choice for choice in sets if choice), set())


def _is_gap(element: str) -> bool:
    return len(element) > 1 and element[0] in _GAP and element[1:].isdigit()


def _is_part(option: str) -> bool:
    return len(option) > 2 and option[0] == "<" and option[-1] == ">"
