"""A small learned judge of openers: logistic regression over hashed words and word parts of one sentence.

Trained by `models/scripts/train_openers.py`, which shares the features below.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from drafter.errors import DataError

BUCKETS = 1 << 15
_SKIP, _GRAM, _WORD, _PAIR = range(4)
_KIND_BITS, _KINDS = 2, 3
_STRENGTHS = np.array([0.7, 0.3, 1.0, 1.0], np.float32)
"""What a word apart, a part, a word and a pair count."""

_SIGN = 0.3
_TRUE = np.ones(1, bool)
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
        places, values = features(keys, signs)
        total = float(self._weights.take(places) @ values)
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, total + self._bias))))


def features(keys: Sequence[str], signs: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the hashed features of folded words, as a vector of length one, and the signs beside it.

    They are given as buckets, each once, and values. Where two features share a bucket the stronger one stays: parts
    over words apart, whole words and pairs over both.
    """
    forms = [_EDGE, *map(_form, keys), _END]
    single = [_key(crc32(second.written, first.lead_apart), _SKIP) for first, second in zip(forms, forms[2:])]  # noqa: B905
    single += [_key(crc32(second.written, first.lead), _PAIR) for first, second in itertools.pairwise(forms)]
    single += [form.word for form in forms[1:-1]]
    found = np.concatenate([np.array(single, np.intp), *(form.parts for form in forms[1:-1])])
    found.sort()
    places = found >> _KIND_BITS
    last = np.flatnonzero(np.concatenate([places[1:] != places[:-1], _TRUE]))
    places, values = places[last], _STRENGTHS[found[last] & _KINDS]
    values /= math.sqrt(values @ values)
    if not signs:
        return places, values
    said = np.array(sorted(set(map(_sign, signs))), np.intp)
    taken = np.minimum(places.searchsorted(said), len(places) - 1)
    values[taken[places[taken] == said]] = 0
    return np.concatenate([places, said]), np.concatenate([values, np.full(len(said), _SIGN, np.float32)])


class _Form(NamedTuple):
    """What a folded word adds to the features of a sentence, as keys or beginnings of hashes."""

    word: int
    parts: NDArray[np.intp]
    lead: int  # of a pair
    lead_apart: int  # of two words with one between them
    written: bytes


@lru_cache(maxsize=8_000)
def _form(key: str) -> _Form:
    edged = f"<{key}>"
    grams = {edged[i : i + size] for size in _GRAM_SIZES for i in range(len(edged) - size + 1)}
    parts = np.array(sorted({_key(crc32(f"c:{gram}".encode()), _GRAM) for gram in grams}), np.intp)
    word = _key(crc32(f"w:{key}".encode()), _WORD)
    return _Form(word, parts, crc32(f"b:{key} ".encode()), crc32(f"s:{key} ".encode()), key.encode())


def _key(number: int, kind: int) -> int:
    """Return the bucket of a hash, the kind of feature in the lowest bits: sorting puts stronger ones last."""
    return number % BUCKETS << _KIND_BITS | kind


@lru_cache(maxsize=5_000)
def _sign(name: str) -> int:
    return crc32(f"r:{name}".encode()) % BUCKETS


_EDGE, _END = _form("^"), _form("$")
