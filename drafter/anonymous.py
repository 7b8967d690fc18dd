"""Personal data made unreadable in examples: names, numbers, addresses. On doubt a word is masked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import NamedTuple

from drafter.analysis.names import NameWords
from drafter.places import Places

NAME, NUMBER, ADDRESS = "[name]", "[number]", "[address]"
MAX_SHOWN = 160
"""Longer examples are cut."""

_ADDRESS = re.compile(r"[^\s<>()]{1,64}@[^\s<>()]{1,255}|(?:https?://|www\.)\S{1,500}", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\w)(?=[\w/.,:-]{0,40}\d)[+(]?\w[\w/.,:-]{0,60}\w(?!\w)|\d+")
_GAP = re.compile(r"\[\[[^\]\n]{0,200}\]\]")
_WORD = re.compile(r"\w+")
_ADDRESSED = ("female", "male", "family", "title")


class Anonymiser(NamedTuple):
    """Masks by the name lists of the analysis."""

    words: NameWords
    common: frozenset[str]  # words of our own templates, small: names only after a form of address

    @classmethod
    def load(cls, places: Places, common: frozenset[str]) -> Anonymiser:
        """Read the name lists.

        Raises:
            DataError: a list breaks its format.
        """
        names = NameWords.load(places)
        greetings = (word.casefold() for text in names.greeting.values() for word in _WORD.findall(text))
        return cls(names, common | frozenset(greetings))

    def names(self, greetings: Iterable[str], others: Iterable[str]) -> frozenset[str]:
        """Return the words, small, that are names by where they stand: salutations, signatures, headers."""
        found = {word for text in greetings for word in self._addressed(text)}
        for text in (*greetings, *others):
            words = (word.casefold() for word in _WORD.findall(text[:1_000]) if word[:1].isupper())
            found |= {word for word in words if word not in self.common and not self._kind(word)}
        return frozenset(found)

    def mask(self, text: str, names: frozenset[str]) -> str:
        """Return a text of bounded length with masks for addresses, numbers and names; gaps stay."""
        text = text[: 4 * MAX_SHOWN]
        kept = [match[0] for match in _GAP.finditer(text)]
        pieces = [self._masked(piece, names) for piece in _GAP.split(text)]
        whole = "".join(piece + gap for piece, gap in zip(pieces, [*kept, ""], strict=True))
        return whole if len(whole) <= MAX_SHOWN else whole[: MAX_SHOWN - 1] + "…"

    def _masked(self, text: str, names: frozenset[str]) -> str:
        text = _NUMBER.sub(NUMBER, _ADDRESS.sub(ADDRESS, text))
        hidden = names | frozenset(self._addressed(text)) | frozenset(self._first_names(text))
        return _WORD.sub(lambda match: NAME if self._is_name(match[0], hidden) else match[0], text)

    @staticmethod
    def _is_name(word: str, names: frozenset[str]) -> bool:
        return word[:1].isupper() and word.casefold() in names

    def _addressed(self, text: str) -> Iterable[str]:
        """Yield the capitalised words after a form of address."""
        after = False
        for word in _WORD.findall(text):
            if self._kind(word):
                after = True
            elif after and (word[:1].isupper() or self.words.is_kind("particle", word)):
                if word[:1].isupper():
                    yield word.casefold()
            else:
                after = False

    def _first_names(self, text: str) -> Iterable[str]:
        """Yield known first names and the capitalised word behind each."""
        words = _WORD.findall(text)
        for word, following in itertools.zip_longest(words, words[1:], fillvalue=""):
            if word[:1].isupper() and word.casefold() not in self.common and self.words.knows(word):
                yield word.casefold()
                if following[:1].isupper() and following.casefold() not in self.common:
                    yield following.casefold()

    def _kind(self, word: str) -> bool:
        """Whether it is a form of address, perhaps bent."""
        return any(self.words.is_kind(kind, form) for kind in _ADDRESSED for form in (word, word.removesuffix("n")))
