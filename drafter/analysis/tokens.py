"""Split a text into the tokens of a spaCy tokenizer, without a Doc: stretches between spaces are remembered."""

from __future__ import annotations

import re
from typing import NamedTuple

from spacy.language import Language

from drafter.memory import Memory

_MAX_KNOWN, _MAX_STRETCH = 8_000, 60
_SPLIT_OFF, _MAX_SIGN = ",!?;", 3
"""These marks are no part of the word before, unless both are an emoticon."""

_STRETCH = re.compile(r" +|[^ ]+")


class Tokens(NamedTuple):
    """The tokens of a text in parallel rows."""

    words: list[str]
    starts: list[int]
    spaced: list[bool]  # whether a space follows


class Splitter:
    """Gives the tokens that `nlp.make_doc` would give, for texts whose only white space are spaces.

    Only where emoticons are cut apart by spaces, spaCy may split one more of them.
    """

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._known: Memory[str, tuple[tuple[str, int], ...]] = Memory(_MAX_KNOWN, _MAX_STRETCH)
        # spaCy's own tokenizer looks at one stretch at a time, unless a rule of it spans several
        rules = getattr(nlp.tokenizer, "rules", None)
        self._rules = frozenset(rules or ())
        self._by_stretch = rules is not None and not any(" " in rule.strip() for rule in rules)

    def split(self, text: str) -> Tokens:
        """Return the tokens of a text."""
        if not self._by_stretch:
            doc = self._nlp.make_doc(text)
            return Tokens([t.text for t in doc], [t.idx for t in doc], [bool(t.whitespace_) for t in doc])
        words: list[str] = []
        starts: list[int] = []
        spaced: list[bool] = []
        place = 0
        for stretch in _STRETCH.findall(text):
            if stretch[0] != " ":
                for word, start in self._known.get(stretch) or self._learn(stretch):
                    words.append(word)
                    starts.append(place + start)
                    spaced.append(False)
            elif extra := len(stretch) - bool(words):  # one space belongs to the word before
                words.append(" " * extra)
                starts.append(place + len(stretch) - extra)
                spaced.append(False)
                if len(words) > 1:
                    spaced[-2] = True
            else:
                spaced[-1] = True
            place += len(stretch)
        return Tokens(words, starts, spaced)

    def _learn(self, stretch: str) -> tuple[tuple[str, int], ...]:
        word = stretch[:-1]
        if stretch.isalpha() and stretch not in self._rules:
            found: tuple[tuple[str, int], ...] = ((stretch, 0),)
        elif self._ends_plainly(stretch):
            found = ((word, 0), (stretch[-1], len(word)))
        else:
            found = tuple([(token.text, token.idx) for token in self._nlp.make_doc(stretch)])
        return self._known.keep(stretch, found)

    def _ends_plainly(self, stretch: str) -> bool:
        """Tell whether a stretch is a word and a mark, as spaCy's German rules split them off."""
        word, mark = stretch[:-1], stretch[-1]
        if len(word) <= _MAX_SIGN or not word.isalpha() or not self._rules.isdisjoint((stretch, word)):
            return False
        return mark in _SPLIT_OFF or (mark == "." and word[-1].islower())
