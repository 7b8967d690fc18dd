"""Word patterns: what the rule files may say about a stretch of words.

A pattern is a row of elements separated by spaces:

    word        that word, whatever its case; umlauts and their spellings with e are alike
    wor*, *ort  a word that begins or ends so
    a|b         one of several
    <part>      one of the patterns that the rule file calls "part"
    _3          up to three words, no punctuation
    ~3          up to three words or commas, no end of sentence
    ^, $        the beginning and the end of the stretch (also as one of several: ,|.|$)

Patterns become regular expressions over the folded words joined by spaces; every
repetition is bounded, so the time stays linear in the length of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from drafter.data import Block

_TOKEN = re.compile(r"\w[\w'’´`]{0,60}|[^\w\s]")
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'", "´": "'", "`": "'"})
_TRIPLE = re.compile(r"(.)\1{2,}")
_GAP = {"_": r"(?:[^\W_][^ ]* )", "~": r"(?:[^ .!?]+ )"}
_STEM = 3
_EDGES = {"^": r"(?<=^ )", "$": r"\Z"}
_WILD = r"[^ ]{0,40}"


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return the word in the spelling that patterns are compared in."""
    small = word.lower().translate(_FOLD)
    return _TRIPLE.sub(r"\1", small) if len(small) > 3 else small


class Words(NamedTuple):
    """A stretch of text as folded words with their places in it."""

    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    row: str  # the keys joined by spaces, one before and one after
    vocabulary: frozenset[str]
    signs: frozenset[str]  # the vocabulary and its stems: what a pattern asks for before it is tried

    @classmethod
    def of(cls, keys: Sequence[str], spans: Sequence[tuple[int, int]]) -> Words:
        """Join folded words to a row."""
        vocabulary = frozenset(keys)
        signs = vocabulary.union([key[:_STEM] + "*" for key in vocabulary])
        return cls(tuple(keys), tuple(spans), f" {' '.join(keys)} ", vocabulary, signs)

    def part(self, first: int, last: int) -> Words:
        """Return the words from number `first` to before `last`."""
        return Words.of(self.keys[first:last], self.spans[first:last])

    def range(self, match: re.Match[str]) -> tuple[int, int]:
        """Return the numbers of the first word of a match and of the one after the last."""
        first = self.row.count(" ", 0, match.start()) - 1
        return first, first + match.group().count(" ")


def words_of(text: str, refold: Callable[[list[str], list[str]], list[str]] | None = None) -> Words:
    """Split a text into folded words; `refold` may rename keys, given the raw words and the keys."""
    words = _plain_words(text)
    if refold is None:
        return words
    raw = [text[start:end] for start, end in words.spans]
    keys = refold(raw, list(words.keys))
    return words if tuple(keys) == words.keys else Words.of(keys, words.spans)


@lru_cache(maxsize=256)
def _plain_words(text: str) -> Words:
    """Split a text into folded words; several detectors ask for the same sentences."""
    spans = [match.span() for match in _TOKEN.finditer(text)]
    return Words.of([fold(text[start:end]) for start, end in spans], spans)


class Pattern:
    """One pattern; it is compiled when a text first holds its words, for most texts hold few of them."""

    def __init__(self, source: str, parts: Mapping[str, Sequence[str]]) -> None:
        self.source = source
        self._row = _row(source, parts)
        self.needed = _needed(source, parts)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(r"(?<= )" + self._row)

    def search(self, words: Words) -> tuple[int, int] | None:
        """Return the numbers of the first and behind the last word of the first match."""
        for choice in self.needed:
            if words.signs.isdisjoint(choice):
                return None
        match = self._regex.search(words.row)
        return words.range(match) if match and match.group() else None


class PatternSet:
    """Many patterns at once: only those are tried that a word of the stretch makes possible.

    A pattern is looked up by that set of its words which the fewest patterns share: such words are rare in texts too.
    """

    def __init__(self, patterns: Iterable[tuple[str, Pattern]]) -> None:
        self._patterns = tuple(patterns)
        self._by_sign: dict[str, list[int]] = {}
        self._always: list[int] = []
        shared = Counter(sign for _, pattern in self._patterns for choice in pattern.needed for sign in choice)
        for number, (_, pattern) in enumerate(self._patterns):
            self._register(number, pattern.needed, shared)
        self._signs = frozenset(self._by_sign)

    def _register(self, number: int, needed: list[frozenset[str]], shared: Counter[str]) -> None:
        if not needed:
            self._always.append(number)
            return
        for sign in min(needed, key=lambda choice: sum(shared[sign] for sign in choice)):
            self._by_sign.setdefault(sign, []).append(number)

    def find(self, words: Words) -> list[tuple[str, tuple[int, int]]]:
        """Return name and place of the first match of each pattern, in the order of the patterns."""
        possible = set(self._always)
        for sign in self._signs.intersection(words.signs):
            possible.update(self._by_sign[sign])
        found = []
        for number in sorted(possible):
            name, pattern = self._patterns[number]
            span = pattern.search(words)
            if span:
                found.append((name, span))
        return found


def read_patterns(blocks: Iterable[Block], kinds: Collection[str] = ()) -> PatternSet:
    """Compile the patterns of rule blocks under their ids; blocks of kind "part" only lend their words.

    Raises:
        DataError: a pattern names a part that is missing, or parts refer to each other.
    """
    blocks = list(blocks)
    parts = {block["id"]: block.texts("patterns") for block in blocks if block.get("kind") == "part"}
    patterns: list[tuple[str, Pattern]] = []
    for block in blocks:
        if block.get("kind") == "part" or (kinds and block["kind"] not in kinds):
            continue
        try:
            patterns.extend((block["id"], Pattern(source, parts)) for source in block.texts("patterns"))
        except ValueError as error:
            raise block.where.error(str(error)) from error
    return PatternSet(patterns)


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
    if option in _EDGES:
        return _EDGES[option]
    if not _is_part(option):
        return _WILD.join(re.escape(fold(piece)) for piece in option.split("*")) + " "
    inner = parts.get(option[1:-1])
    if not inner:
        raise ValueError(f"no part is called {option}")
    return "|".join(_row(row, parts, depth + 1) for row in inner)


def _needed(source: str, parts: Mapping[str, Sequence[str]]) -> list[frozenset[str]]:
    """Return sets of words or stems (stem*), smallest first; without one of each set the pattern cannot match."""
    sets = (_choices(element, parts) for element in source.split() if not _is_gap(element))
    return sorted({frozenset(choice) for choice in sets if choice}, key=lambda choice: (len(choice), sorted(choice)))


def _stem(word: str) -> str:
    return word[:_STEM] + "*"


def _choices(element: str, parts: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the words or stems one of which must stand there; empty where that cannot be said."""
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
    if row in _EDGES:
        return set()
    if not set(" |") & set(row) and not _is_part(row):
        stem = fold(row.split("*")[0])
        if "*" in row:
            return {_stem(stem)} if len(stem) >= _STEM else set()
        return {stem}
    sets = (_choices(element, parts) for element in row.split() if not _is_gap(element))
    return next((choice for choice in sets if choice), set())


def _is_gap(element: str) -> bool:
    return len(element) > 1 and element[0] in _GAP and element[1:].isdigit()


def _is_part(option: str) -> bool:
    return len(option) > 2 and option[0] == "<" and option[-1] == ">"
