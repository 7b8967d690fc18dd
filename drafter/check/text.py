"""The reply as the check reads it: sentences and paragraphs with offsets, cheap and without grammar."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from drafter.lazypattern import LazyPattern

MAX_CHARACTERS = 40_000
"""The check reads no further: time must stay bounded."""

MAX_SENTENCE = 1_000
"""A longer stretch without a stop is cut, so that every pattern sees a bounded text."""

ENDS = (".", "!", "?", "…", ":", ";")
CLOSERS = "\"'“”»«)]’"
_END = re.compile(rf"[.!?…]{{1,5}}[{re.escape(CLOSERS)}]{{0,3}}(?=\s|$)")
_BLANK = re.compile(r"\n[^\S\n]{0,20}\n\s{0,50}")
_BULLET = re.compile(r"[^\S\n]{0,8}(?:[-*•–—]|\d{1,2}[.)])[^\S\n]{1,4}")
_ABBREVIATION = re.compile(r"(?:(?<![\w.])(?:\w\.\s?){1,3}|(?<!\w)(?P<word>\w{1,10})\.)$")
_WORD = re.compile(r"\w+")
_SHORT_LINE = 60
_NEWLINE = re.compile(r"\n")
_WHITE = re.compile(r"\s")
_OTHER_WHITE = re.compile(r"[^\S ]")


class Piece(NamedTuple):
    """A sentence: `flat` is its text with every white space as a plain space, same length."""

    start: int
    end: int
    flat: str
    paragraph: int

    @property
    def is_question(self) -> bool:
        """Whether it ends with a question mark."""
        return self.flat.rstrip(CLOSERS + " ").endswith("?")


class ReplyText:
    """A text cut into paragraphs and sentences; offsets count characters of `text`."""

    def __init__(
        self, text: str, abbreviations: frozenset[str] = frozenset(), greeting: LazyPattern | None = None
    ) -> None:
        self.text = text[:MAX_CHARACTERS]
        self.flat = self.text.replace("\n", " ")
        if _OTHER_WHITE.search(self.flat):
            self.flat = _WHITE.sub(" ", self.flat)
        self._abbreviations = abbreviations
        opening = greeting.match(self.text.lstrip()) if greeting else None
        self.greeting_end = opening.end() + len(self.text) - len(self.text.lstrip()) if opening else 0

    @cached_property
    def paragraphs(self) -> list[tuple[int, int]]:
        """The stretches between blank lines."""
        starts = [0] + [match.end() for match in _BLANK.finditer(self.text)]
        ends = [match.start() for match in _BLANK.finditer(self.text)] + [len(self.text)]
        return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]

    @cached_property
    def sentences(self) -> list[Piece]:
        """All sentences in order; lines of a list and lines closed by a stop or colon count as ends too."""
        found: list[Piece] = []
        for number, (start, end) in enumerate(self.paragraphs):
            for first, last in self._split(start, end):
                piece = self.text[first:last]
                lead = len(piece) - len(piece.lstrip())
                first, last = first + lead, first + len(piece.rstrip())
                if first < last:
                    found.append(Piece(first, last, self.flat[first:last], number))
        return found

    @cached_property
    def starts(self) -> frozenset[int]:
        """Offsets at which a capital says nothing: starts of sentences and lines, after colons and opening quotes."""
        marks = {piece.start for piece in self.sentences} - {self._body_start}
        after = re.finditer(r"[:\n„\"»(–—*•.!?…][ \t]{0,3}[„\"»(]?(?=\w)", self.text)
        lists = (match.end() for match in re.finditer(r"(?m)^[ \t]{0,8}\d{1,2}[.)][ \t]{1,4}", self.text))
        return frozenset(marks | {match.end() for match in after} | set(lists))

    @property
    def _body_start(self) -> int:
        """Where the text goes on after a greeting on the same line: a capital there does say something."""
        rest = self.text[self.greeting_end :]
        same_line = self.greeting_end and "\n" not in rest[: len(rest) - len(rest.lstrip())]
        return self.greeting_end + len(rest) - len(rest.lstrip()) if same_line else -1

    @cached_property
    def words(self) -> list[re.Match[str]]:
        """Every word with its place."""
        return list(_WORD.finditer(self.text))

    @cached_property
    def stripped_words(self) -> str:
        """All words as `strip_word` writes them, with spaces between."""
        return strip_word(" ".join(_WORD.findall(self.text)))

    @cached_property
    def beginnings(self) -> Sequence[tuple[int, int]]:
        """The words at which an entry of a word list may begin: every word, where nothing more is known."""
        return [match.span() for match in self.words]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [piece.start for piece in self.sentences]

    def index_at(self, offset: int) -> int:
        """Return the number of the sentence that holds the offset (0 where there is none)."""
        return max(0, bisect_right(self._sentence_starts, offset) - 1)

    def sentence_at(self, offset: int) -> Piece | None:
        """Return the sentence that holds the offset."""
        return self.sentences[self.index_at(offset)] if self.sentences else None

    def _split(self, start: int, end: int) -> list[tuple[int, int]]:
        cuts = {start, end} | ({self.greeting_end} if start < self.greeting_end < end else set())
        for match in _END.finditer(self.text, start, end):
            if self._is_end(match, end):
                cuts.add(match.end())
        for match in _NEWLINE.finditer(self.text, start, end):
            if self._line_ends(match.start(), start, end):
                cuts.add(match.end())
        edges = sorted(cuts)
        for first, last in list(itertools.pairwise(edges)):
            cuts.update(range(first + MAX_SENTENCE, last, MAX_SENTENCE))
        return list(itertools.pairwise(sorted(cuts)))

    def _is_end(self, match: re.Match[str], limit: int) -> bool:
        """A stop ends a sentence unless an abbreviation, a number or a lower-case word says otherwise."""
        following = self.text[match.end() : match.end() + 4].lstrip(CLOSERS + "„ \t\n")
        if match.end() >= limit or not following:
            return True
        if following[0].islower():
            return False
        if match.group().rstrip(CLOSERS) != ".":
            return True
        before = self.text[max(0, match.start() - 14) : match.start() + 1]
        if re.search(r"(?<!\d)\d{1,2}\.$", before) and re.match(r"\s[^\W\d]", self.text[match.end() : limit][:2]):
            return False
        short = _ABBREVIATION.search(before)
        return not (short and (short["word"] is None or short["word"].lower() in self._abbreviations))

    def _line_ends(self, newline: int, start: int, end: int) -> bool:
        before = self.text[max(start, newline - 3) : newline].rstrip()
        following = self.text[newline + 1 : min(end, newline + 20)]
        if before[-1:] in (",", ";"):
            return newline - start < _SHORT_LINE  # a greeting, or the first item of a list
        return before[-1:] in (":", ".", "!", "?", "…") or _BULLET.match(following) is not None


def strip_word(word: str) -> str:
    """Lower-case a word and write umlauts and ß plainly, so that related words begin alike."""
    return word.lower().translate(_PLAIN)


_PLAIN = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
