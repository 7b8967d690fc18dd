"""A small learned judge of openers: logistic regression over hashed words and word parts of one sentence.

Trained by `models/scripts/train_openers.py`, which shares the features below.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from drafter.errors import DataError

BUCKETS = 1 << 15
_WORD, _PAIR, _SKIP, _GRAM, _SIGN = 1.0, 1.0, 0.7, 0.3, 0.3
_GRAM_SIZES = (3, 4, 5)


class OpenerHead:
    """The probability that a sentence holds an opener."""

    def __init__(self, weights: NDArray[np.float32], bias: float) -> None:
        self._weights = weights
        self._bias = bias

    @classmethod
    def load(cls, path: Path) -> OpenerHead:
        """Read the weights.

        Raises:
            DataError: the file is missing or broken.
        """
        try:
            with np.load(path) as stored:
                return cls(stored["weights"].astype(np.float32), float(stored["bias"]))
        except (OSError, ValueError, KeyError) as error:
            remedy = "Train it: python models/scripts/train_openers.py"
            raise DataError(f"{path}: no weights of the opener head", remedy) from error

    def probability(self, keys: Sequence[str], signs: Sequence[str]) -> float:
        """Return the probability for the folded words of a sentence and what the rules say about it."""
        total = float(self._weights @ features(keys, signs))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, total + self._bias))))


def features(keys: Sequence[str], signs: Sequence[str]) -> NDArray[np.float32]:
    """Return the hashed features of folded words, as a vector of length one over all buckets, and the signs beside it.

    Where two share a bucket the stronger one stays: parts over words apart, whole words and pairs over both.
    """
    edged = ["^", *keys, "$"]
    found = np.zeros(BUCKETS, np.float32)
    found[[_bucket(f"s:{first} {second}") for first, second in zip(edged, edged[2:], strict=False)]] = _SKIP
    found[np.concatenate([_of_parts(key) for key in keys]) if keys else []] = _GRAM
    found[[_bucket(f"w:{key}") for key in keys]] = _WORD
    found[[_bucket(f"b:{first} {second}") for first, second in itertools.pairwise(edged)]] = _PAIR
    found /= np.sqrt(found @ found)
    found[[_bucket(f"r:{sign}") for sign in signs]] = _SIGN
    return found


@lru_cache(maxsize=20_000)
def _of_parts(key: str) -> NDArray[np.intp]:
    edged = f"<{key}>"
    grams = {edged[i : i + size] for size in _GRAM_SIZES for i in range(len(edged) - size + 1)}
    return np.array(sorted({_bucket(f"c:{gram}") for gram in grams}), np.intp)


@lru_cache(maxsize=50_000)
def _bucket(name: str) -> int:
    return crc32(name.encode()) % BUCKETS
