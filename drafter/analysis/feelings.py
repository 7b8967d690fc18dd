"""Heads over what the words of a text speak of, beside its hashed features: emotions and hostility.

A head file is that of a linear head (`heads.py`) with, in addition, `notions` (their names), `caps` and
`notion_weights` (notions × outputs; first the notions as they stand, then the same ones denied), and, where
scores are bent, `steps`, `bend` ((1 + steps) · outputs × outputs) and `bend_bias`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drafter.analysis.families import Families
from drafter.analysis.featurereader import Features
from drafter.data import read_table
from drafter.heads import LinearHead, head_file
from drafter.places import Places

DENIAL = "neg"
DENIED_WORDS = 3
"""So many words after a denial are denied, unless a mark ends it."""
_MARKS = frozenset(".!?,;…")
_SMOOTHING = 5

Floats = NDArray[np.float32]


class NotionCounter:
    """Counts the notions of a text: each as it stands and, apart, where it is denied."""

    def __init__(self, families: Families, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._families = families
        self._places = {name: place for place, name in enumerate(names)}

    @classmethod
    def load(cls, places: Places, names: Sequence[str] = ()) -> NotionCounter:
        """Read lexicon/feelings.tsv; without names, count all its notions.

        Raises:
            DataError: the file breaks its format.
        """
        path = places.file("lexicon", "feelings.tsv")
        if not names:
            names = sorted({row["notion"] for row, _ in read_table(path, ("pattern", "notion"))} - {"ending"})
        return cls(Families().read(path), names)

    def read(self, folded: Sequence[str]) -> Floats:
        """Return how often each notion stands in the words, then how often denied, by the root of the length."""
        counts = np.zeros(2 * len(self.names), np.float32)
        denied_until = -1
        for position, word in enumerate(folded):
            if word[0] in _MARKS:
                denied_until = -1
            offset = len(self.names) if position <= denied_until else 0
            for name in self._families.of(word):
                if name in self._places:  # a company's own list may name notions that no head was trained on
                    counts[self._places[name] + offset] += 1
                if name == DENIAL:
                    denied_until = position + DENIED_WORDS
        return counts / np.float32(np.sqrt(len(folded) + _SMOOTHING))


@dataclass(frozen=True, slots=True)
class Bend:
    """What scores turned out to mean: a regression on them and on their parts above some steps."""

    steps: Floats
    weights: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class FeelingHead:
    """Scores of labels from hashed features and notions, bent by what scores turned out to mean."""

    linear: LinearHead
    notions: tuple[str, ...]
    caps: Floats  # a notion counts no more than this
    notion_weights: Floats
    bend: Bend | None = None

    @classmethod
    def load(cls, path: Path) -> FeelingHead:
        """Read a head.

        Raises:
            ModelError: the file is missing or is no head.
        """
        with head_file(path) as file:
            notions = tuple(str(name) for name in file["notions"])
            bend = Bend(file["steps"], file["bend"], file["bend_bias"]) if "bend" in file else None
            return cls(LinearHead.of(file), notions, file["caps"], file["notion_weights"], bend)

    def scores(self, features: Features, counts: Floats) -> Floats:
        """Return the score of each label; `counts` are those of the head's notions."""
        capped: Floats = np.minimum(counts, self.caps).astype(np.float32)
        scores: Floats = self.linear.scores(features.vector) + capped @ self.notion_weights
        if self.bend is None:
            return scores
        result: Floats = bent(scores, self.bend.steps) @ self.bend.weights + self.bend.bias
        return result


def bent(scores: Floats, steps: Floats) -> Floats:
    """Return scores (outputs in the last place) with, for each step, by how much each exceeds it."""
    scores = np.clip(scores, -0.5, 3.0)
    return np.concatenate([scores, *(np.maximum(scores - step, 0) for step in steps)], axis=-1)
