"""A small language for patterns over words, so that one line covers many sentences.

    [nicht|nimmer ganz|richtig dicht]       words with alternatives; the brackets mark the span
    [zu dumm*] _{0,4} zum|um                * any ending (or beginning), _ any word, {0,4} up to four
    <copula> kein? [Kirchenlicht]           <class> a class of words, ? optional
    ^ [Pfeifen] $                           ^ and $ begin and end of a sentence

Case and umlaut spelling do not matter. Nothing but a written-out ^ or $ crosses the end of a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from drafter.analysis.word_keys import Word, fold

Classes = Mapping[str, frozenset[str]]

_ELEMENT = re.compile(r"\[|\]|[^\s\[\]]+")
_GAP = re.compile(r"_(?:\{(\d),(\d)\})?$")
_WORD = r"[^ .]+ "


class Line:
    """Words in a row, written as one string of keys in which sentence ends are full stops."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self._starts: list[int] = []
        self.places: dict[str, list[int]] = {}  # where each key begins
        pieces: list[str] = []
        length = 0
        for word in words:
            piece = ". " if word.opens else ""
            start = length + len(piece)
            self._starts.append(start)
            self.places.setdefault(word.key, []).append(start)
            piece += word.key + " "
            pieces.append(piece)
            length += len(piece)
        self.text = "".join(pieces) + ". "

    def index(self, place: int) -> int:
        """Return the number of the word at a place of the string."""
        return bisect_right(self._starts, place) - 1


@dataclass
class Pattern:
    """One pattern; it is compiled when its rarest word turns up for the first time."""

    source: str
    classes: Classes

    @cached_property
    def anchors(self) -> tuple[str, ...]:
        """Words one of which must stand in the text; empty if there are none."""
        elements = _ELEMENT.findall(self.source)
        options = [tuple(map(fold, element.split("|"))) for element in elements if not _loose(element)]
        return max(options, key=lambda option: min(map(len, option)), default=())

    @cached_property
    def openers(self) -> frozenset[str]:
        """The words with which a match can begin; empty where it can begin with any word."""
        words: set[str] = set()
        for element in _ELEMENT.findall(self.source):
            if element in "[]^":
                continue
            alternatives = element.removesuffix("?").split("|")
            if any(sign in element for sign in "_*$"):
                return frozenset()
            for word in alternatives:
                words |= self.classes[word.strip("<>")] if word.startswith("<") else {fold(word)}
            if not element.endswith("?"):
                return frozenset(words)
        return frozenset()

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern as a regular expression over the string of a Line."""
        parts = [self._compiled(element) for element in _ELEMENT.findall(self.source)]
        return re.compile(r"(?:(?<= )|\A)" + "".join(parts))

    def spans(self, line: Line) -> Iterator[tuple[int, int]]:
        """Yield the marked words of every match: first and last number."""
        group = 1 if "[" in self.source else 0
        for match in self._matches(line):
            start, end = match.span(group)
            if end > start:
                yield line.index(start), line.index(end - 1)

    def _matches(self, line: Line) -> Iterator[re.Match[str]]:
        if not self.openers:
            yield from self.regex.finditer(line.text)
            return
        for word in self.openers & line.places.keys():
            for place in line.places[word]:
                if match := self.regex.match(line.text, place):
                    yield match

    def _compiled(self, element: str) -> str:
        if element in "[]":
            return "(" if element == "[" else ")"
        if element in "^$":
            return r"(?<=\. )" if element == "^" else r"(?=\. )"
        if gap := _GAP.match(element):
            return f"(?:{_WORD}){{{gap[1]},{gap[2]}}}?" if gap[1] else _WORD
        body = "|".join(sorted(self._alternatives(element.removesuffix("?")), key=len, reverse=True))
        return f"(?:(?:{body}) )" + ("?" if element.endswith("?") else "")

    def _alternatives(self, element: str) -> Iterator[str]:
        for word in element.split("|"):
            if word.startswith("<"):
                yield from map(re.escape, self.classes[word.strip("<>")])
            else:
                any_start, any_end = word.startswith("*"), word.endswith("*")
                yield ("[^ .]*" if any_start else "") + re.escape(fold(word)) + ("[^ .]*" if any_end else "")


def _loose(element: str) -> bool:
    """Whether an element can match without any of its words standing there."""
    return element in "[]^$" or element.endswith("?") or any(sign in element for sign in "_<*")


class PatternBook:
    """Patterns by the words without which they cannot match."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._by_word: dict[str, list[Pattern]] = defaultdict(list)
        self._always: list[Pattern] = []
        for pattern in patterns:
            for word in pattern.anchors:
                self._by_word[word].append(pattern)
            if not pattern.anchors:
                self._always.append(pattern)

    def matches(self, line: Line) -> Iterator[tuple[Pattern, int, int]]:
        """Yield every match: the pattern, first and last word."""
        found = {id(p): p for key in line.places for p in self._by_word.get(key, ())}
        for pattern in (*found.values(), *self._always):
            for first, last in pattern.spans(line):
                yield pattern, first, last


def compile_all(sources: Iterable[str], classes: Classes) -> list[Pattern]:
    """Make patterns of their sources.

    Raises:
        KeyError: a pattern names a class that does not exist.
    """
    patterns = [Pattern(source, classes) for source in sources]
    for pattern in patterns:
        for name in re.findall(r"<(\w+)>", pattern.source):
            _ = classes[name]
    return patterns
