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
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from drafter.data import Block
from drafter.sieve import Sieve, numbers
from drafter.stretches import StretchReader

_TOKEN = re.compile(r"\w[\w'’´`]{0,60}|[^\w\s]")
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'", "´": "'", "`": "'"})
_TRIPLE = re.compile(r"(.)\1{2,}")
_GAP = {"_": r"(?:[^\W_][^ ]* )", "~": r"(?:[^ .!?]+ )"}
_EDGES = {"^": r"(?<=^ )", "$": r"\Z"}
_WILD = r"[^ ]{0,40}"


@lru_cache(maxsize=8_000)
def fold(word: str) -> str:
    """Return the word in the spelling that patterns are compared in."""
    small = word.lower().translate(_FOLD)
    return _TRIPLE.sub(r"\1", small) if len(small) > 3 else small


class Words:
    """A stretch of text as folded words; where they stand in it is found out when somebody asks."""

    def __init__(self, keys: Sequence[str], text: str, first: int = 0) -> None:
        """Take folded words; `first` is the number of the first of them among the words of the text."""
        self.keys = tuple(keys)
        self._text = text
        self._first = first
        self._asked: tuple[Sieve, int] | None = None

    def possible(self, sieve: Sieve) -> int:
        """Return what a sieve makes possible; several sets of patterns that share one ask in a row."""
        if self._asked is None or self._asked[0] is not sieve:
            self._asked = sieve, sieve.possible(self.vocabulary)
        return self._asked[1]

    @cached_property
    def row(self) -> str:
        """The keys joined by spaces, one before and one after."""
        return f" {' '.join(self.keys)} "

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The different keys."""
        return frozenset(self.keys)

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The places of the words in the text."""
        return [match.span() for match in _TOKEN.finditer(self._text)][self._first : self._first + len(self.keys)]

    @property
    def raw(self) -> list[str]:
        """The words as written."""
        return _TOKEN.findall(self._text)[self._first : self._first + len(self.keys)]

    def renamed(self, keys: Sequence[str]) -> Words:
        """Return the same words under other keys."""
        return Words(keys, self._text, self._first)

    def part(self, first: int, last: int) -> Words:
        """Return the words from number `first` to before `last`."""
        return Words(self.keys[first:last], self._text, self._first + first)

    def range(self, match: re.Match[str]) -> tuple[int, int]:
        """Return the numbers of the first word of a match, which begins with a space, and of the one after the last."""
        first = self.row.count(" ", 0, match.start())
        return first, first + match.group().count(" ") - 1


@lru_cache(maxsize=256)
def words_of(text: str) -> Words:
    """Split a text into folded words; several detectors ask for the same sentences."""
    return Words(_KEYS(text), text)


_KEYS = StretchReader(lambda stretch: map(fold, _TOKEN.findall(stretch)))


class Pattern:
    """One pattern; it is compiled when a text first holds its words, for most texts hold few of them."""

    def __init__(self, source: str, parts: Mapping[str, Sequence[str]]) -> None:
        self.source = source
        self._row = _row(source, parts)
        self.needed = _needed(source, parts)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(" (?:" + self._row + ")")  # a fixed first letter makes the search quick

    def search(self, words: Words) -> tuple[int, int] | None:
        """Return the numbers of the first and behind the last word of the first match."""
        match = self._regex.search(words.row)
        return words.range(match) if match and len(match.group()) > 1 else None


class PatternSet:
    """Many patterns at once: only those are tried that the words of the stretch make possible."""

    _sieve: Sieve
    _first: int  # its first pattern in the sieve

    def __init__(self, patterns: Iterable[tuple[str, Pattern]]) -> None:
        self._patterns = tuple(patterns)
        self._all = (1 << len(self._patterns)) - 1
        unite([self])

    def find(self, words: Words) -> list[tuple[str, tuple[int, int]]]:
        """Return name and place of the first match of each pattern, in the order of the patterns."""
        bits = words.possible(self._sieve) >> self._first & self._all
        possible = [self._patterns[number] for number in numbers(bits)]
        return [(name, span) for name, pattern in possible if (span := pattern.search(words))]


def unite(sets: Iterable[PatternSet]) -> None:
    """Give sets that are asked about the same words one sieve: the words are looked up once for all of them."""
    together = list(sets)
    sieve = Sieve((pattern.needed for each in together for _, pattern in each._patterns), _signs)
    first = 0
    for each in together:
        each._sieve, each._first = sieve, first
        first += len(each._patterns)


@lru_cache(maxsize=256)
def _signs(word: str) -> frozenset[str]:
    """Return what a pattern may ask of a word: the word, its beginnings and its ends."""
    lengths = range(1, len(word) + 1)
    return frozenset([word, *(word[:length] + "*" for length in lengths), *("*" + word[-n:] for n in lengths)])


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
    """Return sets of signs (word, start*, *end), smallest first; without one of each set the pattern cannot match."""
    sets = (_choices(element, parts) for element in source.split() if not _is_gap(element))
    return sorted({frozenset(choice) for choice in sets if choice}, key=lambda choice: (len(choice), sorted(choice)))


def _choices(element: str, parts: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the signs one of which must be there; empty where that cannot be said."""
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
    """Return the signs one of which a row must hold, by its first element that can say so."""
    if row in _EDGES:
        return set()
    if not set(" |") & set(row) and not _is_part(row):
        start, *rest = [fold(piece) for piece in row.split("*")]
        if not rest:
            return {start}
        return {start + "*"} if start else {"*" + rest[-1]} if rest[-1] else set()
    sets = (_choices(element, parts) for element in row.split() if not _is_gap(element))
    return next((choice for choice in sets if choice), set())


def _is_gap(element: str) -> bool:
    return len(element) > 1 and element[0] in _GAP and element[1:].isdigit()


def _is_part(option: str) -> bool:
    return len(option) > 2 and option[0] == "<" and option[-1] == ">"
