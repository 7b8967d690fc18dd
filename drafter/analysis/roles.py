"""Tell from a noun whom it names: staff, company, product, somebody else, or the customer's own people."""

from __future__ import annotations

from functools import lru_cache

from drafter.data import read_table
from drafter.places import Places

_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_ENDINGS = ("", "innen", "ern", "en", "es", "in", "er", "n", "e", "s")
_SHORTEST_PART = 4
"""A shorter noun counts only as a whole word: too many other words end in it."""


def fold(word: str) -> str:
    """Write a word without capitals and umlauts."""
    return word.lower().translate(_FOLD)


class Roles:
    """The nouns of `models/lexicon/roles.tsv`; compounds count as their last part."""

    def __init__(self, classes: dict[str, str]) -> None:
        self._classes = classes
        self.role_of = lru_cache(maxsize=8_000)(self._role_of)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the table; the memory of words stays behind."""
        return Roles, (self._classes,)

    @classmethod
    def load(cls, places: Places) -> Roles:
        """Read the table."""
        rows = read_table(places.file("lexicon", "roles.tsv"), ("class", "nouns"))
        return cls({noun: row["class"] for row, _ in rows for noun in row["nouns"].split()})

    def _role_of(self, word: str) -> str:
        """Return the class of a noun in any form, or nothing."""
        key = fold(word)[:60]
        stems = [key[: len(key) - len(end)] if end else key for end in _ENDINGS if key.endswith(end)]
        for stem in stems:
            if stem in self._classes:
                return self._classes[stem]
        parts = ((stem[i:], len(stem) - i) for stem in stems for i in range(1, len(stem) - _SHORTEST_PART + 1))
        known = [(length, self._classes[part]) for part, length in parts if part in self._classes]
        return max(known, default=(0, ""))[1]
