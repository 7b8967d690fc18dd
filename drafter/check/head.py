"""A learned judge of sentences: which fault a sentence of a reply most likely has, beside what the rules find.

One softmax over hashed words, word pairs, letters and the word groups of `check_words.tsv` that a sentence holds.
Trained by `models/scripts/train_replies.py`, which shares `read_sentence`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from drafter.check.patterns import compile_group
from drafter.data import Where
from drafter.features import Vector, extract, fold, tokens
from drafter.heads import LinearHead, head_file
from drafter.lazypattern import Groups, PatternGroup
from drafter.memory import Memory

GOOD = "good"
"""The label of a sentence without a fault."""

_MAX_KEPT = 256


class SentenceReader:
    """Turns a sentence into features: its words and letters, and the word groups that stand in it."""

    def __init__(self, names: Sequence[str], groups: Groups, where: Where) -> None:
        """Take the names of the groups; one that a word list no longer has stays silent."""
        self._names = [f"group:{name}" for name in names if groups.get(name)]
        self._group = PatternGroup(compile_group(name, groups, where) for name in names if groups.get(name))

    def read(self, sentence: str) -> Vector:
        """Return the features of a sentence; always the same ones for the same text."""
        raw = tokens(sentence)
        noted = [self._names[number] for number in self._group.found(sentence)]
        return extract(raw, [fold(token) for token in raw], noted)


class FaultHead:
    """The probability of each fault for a sentence."""

    def __init__(self, head: LinearHead, reader: SentenceReader) -> None:
        self._head = head
        self._reader = reader
        self._kept: Memory[str, Mapping[str, float]] = Memory(_MAX_KEPT)  # rules in a row ask about one

    @classmethod
    def load(cls, path: Path, groups: Groups, where: Where) -> FaultHead:
        """Read the weights.

        Raises:
            ModelError: the file is missing or is no head.
        """
        with head_file(path) as file:
            names = tuple(str(name) for name in file["groups"])
            return cls(LinearHead.of(file), SentenceReader(names, groups, where))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle weights and patterns, not what was read."""
        return FaultHead, (self._head, self._reader)

    @property
    def labels(self) -> tuple[str, ...]:
        """The faults that it knows, and `GOOD`."""
        return self._head.labels

    def probabilities(self, sentence: str) -> Mapping[str, float]:
        """Return the probability of each label, `GOOD` among them; they add up to one."""
        known = self._kept.get(sentence)
        return self._kept.keep(sentence, self._read(sentence)) if known is None else known

    def _read(self, sentence: str) -> Mapping[str, float]:
        scores = self._head.scores(self._reader.read(sentence))
        raised = np.exp(scores - scores.max())
        return dict(zip(self._head.labels, (raised / raised.sum()).tolist(), strict=True))
