"""Linear heads: learned weights over hashed features, quantised to a byte each.

A head file is a NumPy archive with `weights` (buckets × outputs, int8), `scale` and
`bias` (one per output), `labels`, and `cuts` (outputs × steps: where a score reaches
the next level; infinite where there is none).
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drafter.errors import ModelError
from drafter.features import Vector

Arrays = Mapping[str, NDArray[Any]]


@contextmanager
def head_file(path: Path) -> Iterator[Arrays]:
    """Open the arrays of a head.

    Raises:
        ModelError: the file is missing, or is no head.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            yield file
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(f"The head '{path}' cannot be loaded: {error}", "Restore models/heads.") from error


@dataclass(frozen=True, slots=True)
class LinearHead:
    """Scores of one or several labels from the features of a text."""

    labels: tuple[str, ...]
    weights: NDArray[np.int8]  # buckets × outputs
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    cuts: NDArray[np.float32]  # outputs × steps, rising

    @classmethod
    def load(cls, path: Path) -> LinearHead:
        """Read a head.

        Raises:
            ModelError: the file is missing or is no head.
        """
        with head_file(path) as file:
            return cls.of(file)

    @classmethod
    def of(cls, file: Arrays) -> LinearHead:
        """Take the head out of an open file."""
        labels = tuple(str(label) for label in file["labels"])
        return cls(labels, np.ascontiguousarray(file["weights"]), file["scale"], file["bias"], file["cuts"])

    def scores(self, vector: Vector) -> NDArray[np.float32]:
        """Return the score of each label."""
        rows = self.weights.take(self._buckets(vector), axis=0).astype(np.float32)
        return (vector.values @ rows) * self.scale + self.bias

    def levels(self, scores: NDArray[np.float32]) -> list[int]:
        """Return how many cuts each score has reached."""
        pairs = zip(scores.tolist(), self.cuts.tolist(), strict=True)
        return [sum(score >= cut for cut in cuts) for score, cuts in pairs]

    def explain(self, words: Mapping[str, int], label: str, most: int = 3) -> list[str]:
        """Return those words (with their hashes) that raise the score of a label most, the weightiest first."""
        column, mask = self.weights[:, self.labels.index(label)], len(self.weights) - 1
        gains = sorted((-int(column[number & mask]), word) for word, number in words.items())
        return [word for gain, word in gains[:most] if gain < 0]

    def _buckets(self, vector: Vector) -> NDArray[np.intp]:
        return (vector.hashes & np.uint32(len(self.weights) - 1)).astype(np.intp)


def probability(score: float) -> float:
    """Turn a score in logits into a probability."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
