"""What stands between the blank lines of a reply, found out once a stretch: what templates say comes again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from drafter.check.insults import own_insults_in
from drafter.check.numbers import Fact, find_facts
from drafter.check.signature import closing_lines
from drafter.check.wordlist import WordList
from drafter.check.words import CodedWords
from drafter.memory import Memory

_BETWEEN = "\n\n"
_GAP = re.compile(r"\[\[[^\[\]\n]{0,200}\]\]")
DOUBLED = re.compile(r"(?<![\w-])(\w{1,40})(\s{1,3})(\1)(?![\w-])", re.IGNORECASE)
_SPACES = re.compile(r"(?<=\S)(?<![.:] )[ \xa0]{2,20}(?=\S)")
_SPACE_BEFORE = re.compile(r"(?<=\w)[ \xa0]{1,5}(?=[,;.!?](?:\s|$))")
_CAPITALS = re.compile(r"(?<![\w/&.-])[A-ZÄÖÜ]{2,5}(?:-\w{1,30}){0,2}(?![\w/&])")
_WORD = re.compile(r"\w+")
_MAX_KNOWN, _MAX_LENGTH = 3_000, 1_500
"""So many stretches are remembered, none of them longer: some 4 MB."""

Span = tuple[int, int]


class Marks(NamedTuple):
    """Places in a text, in order; none of them reaches over a blank line, nor depends on what stands beyond one."""

    gaps: tuple[Span, ...] = ()  # that a person must fill
    doubled: tuple[Span, ...] = ()  # words written twice
    spaces: tuple[Span, ...] = ()  # two and more
    spaces_before: tuple[Span, ...] = ()  # before a comma or stop
    capitals: tuple[Span, ...] = ()
    closings: tuple[Span, ...] = ()  # lines that are a closing formula
    insults: tuple[Span, ...] = ()  # nouns that are never anything else
    listed: tuple[Span, ...] = ()  # words at which an entry of a word list may begin
    facts: tuple[Fact, ...] = ()


class MarkReader:
    """Reads texts stretch by stretch."""

    def __init__(self, words: CodedWords, lists: Sequence[WordList]) -> None:
        """Take the word lists of the coded checks and of the rules."""
        self._words = words
        self._lists = [words for words in lists if words]
        self._known: Memory[str, Marks] = Memory(_MAX_KNOWN, _MAX_LENGTH)

    def read(self, text: str) -> Marks:
        """Return the marks of a whole text."""
        stretches = text.split(_BETWEEN)
        if any(_runs_on(one, other) for one, other in itertools.pairwise(stretches)):
            return self._find(text)
        found: tuple[list[Any], ...] = tuple([] for _ in Marks._fields)
        start = 0
        for stretch in stretches:
            for row, marks in zip(found, self._of(stretch), strict=True):
                if marks:
                    row += [_moved(mark, start) for mark in marks]
            start += len(stretch) + len(_BETWEEN)
        return Marks(*map(tuple, found))

    def _of(self, stretch: str) -> Marks:
        known = self._known.get(stretch)
        return self._known.keep(stretch, self._find(stretch)) if known is None else known

    def _find(self, text: str) -> Marks:
        return Marks(
            gaps=_spans(_GAP, text),
            doubled=_spans(DOUBLED, text),
            spaces=_spans(_SPACES, text),
            spaces_before=_spans(_SPACE_BEFORE, text),
            capitals=_spans(_CAPITALS, text),
            closings=tuple(closing_lines(text, self._words.signoff)),
            insults=tuple(own_insults_in(text, self._words.insults)),
            listed=tuple(self._listed(text)),
            facts=tuple(find_facts(text, self._words.numbers)),
        )

    def _listed(self, text: str) -> Iterator[Span]:
        for match in _WORD.finditer(text):
            if any(words.beginning(match.group()) for words in self._lists):
                yield match.span()


def _moved(mark: Any, by: int) -> Span | Fact:
    return mark.moved(by) if isinstance(mark, Fact) else (mark[0] + by, mark[1] + by)


def _spans(pattern: re.Pattern[str], text: str) -> tuple[Span, ...]:
    return tuple(match.span() for match in pattern.finditer(text))


def _runs_on(one: str, other: str) -> bool:
    """Whether words beside a blank line might belong together: "next" before it and "week" behind it."""
    return _is_wordy(one.rstrip()[-1:]) and _is_wordy(other.lstrip()[:1])


def _is_wordy(sign: str) -> bool:
    return sign.isalnum() or sign == "_"
