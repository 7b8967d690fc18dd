"""The things and services a mail is about: nouns by their last part, the most central one first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drafter.analysis.factwords import FactWords, fold
from drafter.data import read_table
from drafter.memory import Memory
from drafter.places import Places

MAX_PRODUCTS = 4
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|-(?=[^\W\d_])){1,50}")
_ENDINGS = ("", "s", "es", "e", "n", "en", "er", "ern")
_KINDS = {"goods": 3.0, "service": 2.0, "matter": 0.5, "none": 0.0}
_MAX_HEAD = 24
_MAX_KNOWN = 5_000


@dataclass(slots=True)
class _Noun:
    text: str
    first: int
    points: float


class Products:
    """Knows the heads of product nouns and weighs where they stand."""

    def __init__(self, heads: dict[str, tuple[str, bool]], words: FactWords) -> None:
        self._heads = heads
        self._words = words
        self._known: Memory[str, str] = Memory(_MAX_KNOWN)

    @classmethod
    def load(cls, places: Places) -> Products:
        """Read the list.

        Raises:
            DataError: a row is wrong.
        """
        heads: dict[str, tuple[str, bool]] = {}
        for row, where in read_table(places.file("lexicon", "products.tsv"), ("head", "kind", "match")):
            if row["kind"] not in _KINDS or row["match"] not in ("", "whole"):
                raise where.error(f"kind must be one of {', '.join(_KINDS)}; match empty or 'whole'")
            heads.setdefault(fold(row["head"]), (row["kind"], row["match"] == "whole"))
        return cls(heads, FactWords.load(places))

    def find(self, sentences: list[str], subject: str, skip: set[str]) -> tuple[str, ...]:
        """Return the product nouns as written, most central first."""
        nouns: dict[str, _Noun] = {}
        small = not any(word[:1].isupper() for sentence in sentences for word in sentence.split()[1:])
        in_subject = {fold(word) for word in _WORD.findall(subject)}
        for sentence in (*sentences, subject):
            self._weigh(sentence, nouns, skip, small, in_subject)
        ranked = sorted(nouns.values(), key=lambda noun: (-noun.points, noun.first))
        return tuple(noun.text for noun in ranked if noun.points >= 2)[:MAX_PRODUCTS]

    def _weigh(self, sentence: str, nouns: dict[str, _Noun], skip: set[str], small: bool, subject: set[str]) -> None:
        matches = list(_WORD.finditer(sentence))
        bought: bool | None = None
        loud = sentence.isupper()
        for index, match in enumerate(matches):
            word = match.group()
            if not (small or word[0].isupper()):
                continue
            key = fold(word)
            kind = self.kind(word) if key not in skip else ""
            if not kind or kind == "none" or ((small or loud) and key not in self._heads):
                continue
            near = [other.group() for other in matches[max(0, index - 2) : index]]
            if bought is None:
                bought = any(other.group() in self._words["bought"] for other in matches)
            points = _KINDS[kind] + 2.0 * bought + self._by_neighbours(near) + 2.0 * (key in subject)
            if not near and not loud and len(matches) > 1:
                points -= 0.5
            noun = nouns.setdefault(key, _Noun(word, len(nouns), 0.0))
            noun.points = max(noun.points, points) + (0.5 if noun.points else 0.0)

    def _by_neighbours(self, near: list[str]) -> float:
        """Weigh the word before and the one before that: "meine Bank" is the thing, "im Depot" where it lies."""
        if not near:
            return 0.0
        article = near[-1] in self._words["determiner"]
        in_place = near[-1] in self._words["place"] or (article and near[0] in self._words["place"])
        return float(article) + (near[-1] in self._words["own"]) - 2.0 * in_place

    def kind(self, word: str) -> str:
        """Return the kind of a noun by its longest known last part, an empty text for others."""
        key = fold(word)
        known = self._known.get(key)
        return self._known.keep(key, self._look_up(key)) if known is None else known

    def _look_up(self, key: str) -> str:
        for ending in _ENDINGS:
            if ending and not key.endswith(ending):
                continue
            stem = key[: len(key) - len(ending)] if ending else key
            for length in range(min(len(stem), _MAX_HEAD), 2, -1):
                found = self._heads.get(stem[-length:])
                if found and (length == len(stem) or not found[1]) and _fits(stem, length):
                    return found[0]
        return ""


def _fits(stem: str, length: int) -> bool:
    """A first part of a compound has three letters or more, and a short head needs a longer one."""
    rest = len(stem) - length
    return rest == 0 or (rest >= 3 and length >= 4)
