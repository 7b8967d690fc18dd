"""Tell from the words around whether an ambiguous noun ("Drachen", "Flasche") means a person or the thing itself."""

from __future__ import annotations

from functools import cached_property

from drafter.analysis.phrases import Classes
from drafter.analysis.word_keys import Word

_ACTION_WITHIN = 7
"""So many words behind its subject a verb may stand in a clause of ordinary length."""

_LITERAL_WITHIN = 15
_MIN_ADJECTIVE = 5


class WordContext:
    """The words of one zone, asked for what shows a person, the thing itself, or affection."""

    def __init__(self, words: list[Word], classes: Classes) -> None:
        self.words = words
        self.classes = classes

    def member(self, i: int, name: str) -> bool:
        """Whether word i belongs to a class."""
        return 0 <= i < len(self.words) and self.words[i].key in self.classes[name]

    def acts_like_a_person(self, i: int, first: int) -> bool:
        """ "Der Drachen an Ihrer Anmeldung", "der Pfosten hat gesagt", "einer von den Gorillas"."""
        if self._one_of(first) or self._at_work(i):
            return True
        return self.member(first - 1, "determiner") and self._does_something(i)

    def is_literal(self, i: int, first: int) -> bool:
        """Whether a comparison or the words near speak of the animal or thing itself."""
        if any(self.member(k, "comparing") for k in range(first - 3, first)):
            return True
        if self.member(first - 2, "local") and self.member(first - 1, "definite"):
            return True
        near = range(i - _LITERAL_WITHIN, i + _LITERAL_WITHIN)
        return any(self.member(k, "literal") for k in near)

    def adjectival(self, i: int) -> bool:
        """Whether an inflected adjective stands at i, an article before it: "ein rechter ...", "so eine lahme ..."."""
        word = self.words[i]
        if not word.text[:1].islower() or len(word.key) < _MIN_ADJECTIVE or self.member(i, "function"):
            return False
        articled = self.member(i - 1, "introducing") or self.member(i - 1, "such")
        return articled and word.key.endswith(self._endings)

    @cached_property
    def affectionate(self) -> bool:
        """Whether the whole zone is full of joy: a heart and a word of praise, or praise in every sentence."""
        joy = sum(self.member(i, "joy") for i in range(len(self.words)))
        hearts = sum(sign in self.classes["hearts"] for word in self.words for sign in word.gap)
        return joy + 2 * hearts >= 3 and joy > 0 and not any(self.member(i, "sorrow") for i in range(len(self.words)))

    @cached_property
    def _endings(self) -> tuple[str, ...]:
        return tuple(self.classes["adjective_endings"])

    def _one_of(self, first: int) -> bool:
        """ "einer von den ...", "keiner dieser ..."."""
        if self.member(first - 1, "possessing") and self.member(first - 2, "one"):
            return True
        return self.member(first - 3, "one") and self.member(first - 2, "of") and self.member(first - 1, "determiner")

    def _at_work(self, i: int) -> bool:
        """A place of work follows: "an der Kasse", "am anderen Ende der Leitung", "vom Kundendienst"."""
        if not self.member(i + 1, "place_preposition") or not self.words[i + 1].joined:
            return False
        return any(self.member(k, "workplace") for k in range(i + 2, i + 5))

    def _does_something(self, i: int) -> bool:
        """A verb that takes a human subject follows in the same sentence."""
        for k in range(i + 1, min(i + 1 + _ACTION_WITHIN, len(self.words))):
            if self.words[k].opens:
                return False
            if self.member(k, "action"):
                return True
        return False
