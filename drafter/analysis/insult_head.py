"""The learned second opinion on insults: linear heads over the grammar answers and the words around.

Each head (keep, target, reported) is a multinomial logistic regression over hashed
features; `models/scripts/train_insults.py` trains them, numpy evaluates them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from drafter.analysis.arcs import climb, role
from drafter.analysis.evidence import Evidence
from drafter.analysis.grammar import Grammar
from drafter.analysis.parsed import Token
from drafter.features import fold

BUCKETS = 1 << 13
_WINDOW = 4
_FAR = 12
_PARTS = ("classes", "weights", "bias", "rules", "rates")


def features(evidence: Evidence, grammar: Grammar) -> list[str]:
    """Name what is known of a candidate, most telling first."""
    return [
        *_grammar_features(evidence),
        *_form_features(evidence),
        *_neighbour_features(evidence),
        *_person_features(evidence, grammar),
    ]


def _grammar_features(e: Evidence) -> list[str]:
    kind = e.candidate.noun
    answers = {
        "said": e.said_of, "call": e.addressed.lower(), "self": bool(e.self_named), "det": e.determiner,
        "owner": e.owner, "app": e.apposition, "kind": kind, "default": e.candidate.default_target,
        "speech": e.speech.kind, "to": e.speech.to, "by": e.speech.by, "passive": e.speech.passive,
        "quoted": e.quoted, "neg": e.negator, "als": e.in_role_phrase, "konj": e.conjunctive,
        "place": e.your_place, "near": e.near, "prev": e.previous, "alone": e.alone, "own": e.own,
        "heap": e.heap.lower(), "employed": e.employed, "disclaimer": bool(e.disclaimer),
        "conditional": e.conditional, "definite": e.definite, "informal": e.informal,
        "like": e.likened, "wie": e.compared, "inv": e.inverted, "late": e.dislocated, "tail": e.tail,
        "consists": e.consists, "cop": e.copular, "deemed": e.deemed,
        "whoever": e.whoever, "verbless": e.verbless, "oblique": bool(e.oblique),
        "plural": e.plural, "topic": next((topic for topic in e.topics if topic), "none"),
        "topic1": e.topics[0] if e.topics else "first",
    }  # fmt: skip
    plain = [f"{name}={value}" for name, value in answers.items() if value]
    crossed = [("said", "kind"), ("call", "kind"), ("det", "owner"), ("speech", "to"), ("speech", "quoted"),
               ("said", "neg"), ("det", "kind"), ("alone", "kind"), ("near", "det"), ("said", "place"),
               ("speech", "said"), ("said", "call"), ("owner", "kind"), ("passive", "speech"), ("own", "said"),
               ("own", "det"), ("neg", "definite"), ("topic", "verbless"), ("topic", "det"), ("topic", "alone"),
               ("plural", "verbless"), ("topic", "said"), ("whoever", "own")]  # fmt: skip
    return plain + [f"{a}={answers[a]}&{b}={answers[b]}" for a, b in crossed if answers[a] or answers[b]]


def _form_features(e: Evidence) -> list[str]:
    text = fold_text(e.candidate.text)
    last = text.split()[-1] if text.split() else text
    return [
        f"base={fold_text(e.candidate.base)}", f"last={last}", f"end3={last[-3:]}", f"end5={last[-5:]}",
        f"start4={last[:4]}", f"words={min(len(e.tokens), 5)}", f"tag={e.head.tag_}", f"sev={e.candidate.severity}",
        f"rule={e.candidate.rule.split(':')[0]}", "path=" + ">".join(path_roles(e.head)),
        *(f"need={need}" for need in e.candidate.needs),
        *(f"in={word}" for word in text.split()),
    ]  # fmt: skip


def _neighbour_features(e: Evidence) -> list[str]:
    doc, first, last = e.head.doc, e.tokens[0].i, e.tokens[-1].i
    names = []
    for step in range(1, _WINDOW + 1):
        left = fold(doc[first - step].text) if first - step >= 0 else "^"
        right = fold(doc[last + step].text) if last + step < len(doc) else "$"
        names += [f"l{step}={left}", f"r{step}={right}", f"l={left}", f"r={right}"]
        names += [f"lt{step}={doc[first - step].tag_}"] if first - step >= 0 else []
    names.append(f"l21={'_'.join(fold(t.text) for t in doc[max(0, first - 2) : first])}")
    names.append(f"r12={'_'.join(fold(t.text) for t in doc[last + 1 : last + 3])}")
    return names


def _person_features(e: Evidence, grammar: Grammar) -> list[str]:
    """Which persons and speech verbs the sentence, and the part before the candidate, speak of."""
    doc, first = e.head.doc, e.tokens[0].i
    names: set[str] = set()
    for token in doc:
        person = grammar.person_of(token, e.informal)
        side = "before" if token.i < first else "after"
        if person and person != "noun":
            names.update((f"p={person}", f"p{side}={person}"))
        if owner := grammar.owner_of(token, e.informal):
            names.add(f"o{side}={owner}")
        if grammar.has(token, "naming", "saying", "insulting"):
            names.add(f"s{side}={fold(token.text)}")
        if abs(token.i - first) <= _FAR and token.is_alpha:
            names.add(f"{side}={fold(token.text)}")
    return sorted(names)


def path_roles(token: Token) -> list[str]:
    """Return the roles on the way up from a token, at most three."""
    return [role(node) or node.dep_ for node, _ in zip((token, *climb(token)), range(3), strict=False)]


def fold_text(text: str) -> str:
    """Fold every word of a text."""
    return " ".join(fold(word) for word in text.split())


def buckets(names: Iterable[str]) -> NDArray[np.int64]:
    """Hash feature names, each once."""
    return np.array(sorted({crc32(name.encode()) % BUCKETS for name in names}), np.int64)


@dataclass(frozen=True, slots=True)
class Head:
    """One decision: its classes and their weights."""

    classes: tuple[str, ...]
    weights: NDArray[np.float32]  # buckets x classes
    bias: NDArray[np.float32]
    trust: dict[str, float] = field(default_factory=dict)  # how often each rule is right where this head was trained

    def scores(self, found: NDArray[np.int64]) -> dict[str, float]:
        """Return the probability of each class."""
        raw = self.weights.take(found, axis=0).sum(axis=0) / math.sqrt(max(len(found), 1)) + self.bias
        powers = np.exp(raw - raw.max())
        return dict(zip(self.classes, (powers / powers.sum()).tolist(), strict=True))


def load_heads(path: Path) -> dict[str, Head]:
    """Read the heads; without the file there are none, and the rules decide alone."""
    if not path.is_file():
        return {}
    with np.load(path) as arrays:
        names = sorted({key.split("/")[0] for key in arrays.files})
        return {name: _head({part: arrays[f"{name}/{part}"] for part in _PARTS if f"{name}/{part}" in arrays.files})
                for name in names}  # fmt: skip


def _head(stored: dict[str, NDArray[Any]]) -> Head:
    rules, rates = (stored[part].tolist() if part in stored else [] for part in ("rules", "rates"))
    classes, weights, bias = (stored[part] for part in ("classes", "weights", "bias"))
    by_bucket = np.ascontiguousarray(weights.T.astype(np.float32))
    return Head(tuple(classes.tolist()), by_bucket, bias.astype(np.float32),
                dict(zip(rules, rates, strict=True)))  # fmt: skip
