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
        pieces: list[str] = []
        length = 0
        for word in words:
            piece = ". " if word.opens else ""
            self._starts.append(length + len(piece))
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
        """Literals one of which must stand in the text; empty if there is no good one."""
        options = [self._literals(e) for e in _ELEMENT.findall(self.source) if e not in "[]^$" and not _loose(e)]
        return max((o for o in options if o), key=lambda o: min(map(len, o)), default=())

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern as a regular expression over the string of a Line."""
        parts = [self._compiled(element) for element in _ELEMENT.findall(self.source)]
        return re.compile(r"(?:(?<= )|\A)" + "".join(parts))

    def spans(self, line: Line) -> Iterator[tuple[int, int]]:
        """Yield the marked words of every match: first and last number."""
        if self.anchors and not any(anchor in line.text for anchor in self.anchors):
            return
        group = 1 if "[" in self.source else 0
        for match in self.regex.finditer(line.text):
            start, end = match.span(group)
            if end > start:
                yield line.index(start + 2 * line.text.startswith(". ", start)), line.index(end - 1)

    def _literals(self, element: str) -> tuple[str, ...]:
        if element.startswith("<"):
            return ()
        return tuple(fold(word.strip("*")) for word in element.split("|"))

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
    return bool(_GAP.match(element)) or element.endswith("?") or "<" in element


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
