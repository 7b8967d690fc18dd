"""Train the heads of emotions and hostility and print their figures in five folds.

Usage: python scripts/train_feelings.py [--data FOLDER] [--only emotions|hostility] [--no-folds]

Beside the hashed features they weigh the notions of lexicon/feelings.tsv. Emotions are bent afterwards: scores are
spread evenly, the labels are not, so a regression on the parts of the scores above some steps says what a score means.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.stats import pearsonr
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import precision_recall_fscore_support
from sklearn.model_selection import KFold, StratifiedKFold
from train_heads import MODELS, SEED, Array, Data, Matrix, narrow, quantile_cuts, rarity, run

from drafter.analysis.feelings import NotionCounter, bent
from drafter.features import fold, tokens
from drafter.places import Places
from drafter.records import EMOTIONS

STEPS = np.array([0.15, 0.4, 0.8, 1.3])
BITS = {"emotions": 16, "hostility": 18}
NOTION_PART = 0.3  # how far notions count beside hashed features
MOST_NOTION = 5.0  # standard deviations
PASSAGE, PUBLIC, STATEMENT = 1.0, 0.3, 0.3  # weights of rows in the shipped emotions
OWN_BESIDE_PUBLIC = (0.05, 1.0, 0.6)  # the same where SemEval is measured
HOSTILE_PASSAGE, PASSAGE_BESIDE_TWEETS = 0.5, 0.25  # in the shipped hostility, and where GermEval is measured
OFFENSIVE_TARGETS = {"agent", "company", "staff", "other"}


@dataclass
class Rows:
    """Texts as hashed features (scaled by rarity) and notions (in standard deviations)."""

    hashed: Matrix
    notions: Matrix

    def joined(self) -> Matrix:
        return sp.hstack([self.hashed, self.notions * NOTION_PART]).tocsr()


class Reading:
    """Features of all texts of one head on one scale."""

    def __init__(self, data: Data, head: str, texts: dict[str, Sequence[str]]) -> None:
        self.counter = NotionCounter.load(Places())
        matrices = {name: narrow(data.matrix(some), BITS[head]) for name, some in texts.items()}
        counts = {name: self.count(some) for name, some in texts.items()}
        everything = np.vstack(list(counts.values()))
        self.idf = rarity(*matrices.values())
        self.unit = np.maximum(everything.std(axis=0), 0.02)
        self.caps = everything.mean(axis=0) + MOST_NOTION * self.unit
        self.rows = {
            name: Rows(
                (matrix @ sp.diags(self.idf)).tocsr(), sp.csr_matrix(np.minimum(counts[name], self.caps) / self.unit)
            )
            for name, matrix in matrices.items()
        }

    def count(self, texts: Sequence[str]) -> Array:
        """Return the notions of texts, one row each."""
        return np.array([self.counter.read([fold(token) for token in tokens(text)]) for text in texts], np.float64)

    def save(self, name: str, labels: Sequence[str], weights: Array, bias: Array, cuts: Array, **more: Array) -> None:
        """Write a head whose weights (features × outputs) stand on the joined scale."""
        hashed = weights[: len(self.idf)] * self.idf[:, None]
        notions = weights[len(self.idf) :] * NOTION_PART / self.unit[:, None]
        scale = np.maximum(np.abs(hashed).max(axis=0), 1e-9) / 127
        path = MODELS / "heads" / f"{name}.npz"
        small = {"scale": scale, "bias": bias, "cuts": cuts, "caps": self.caps, "notion_weights": notions, **more}
        small = {key: np.asarray(value, np.float32) for key, value in small.items()}
        np.savez_compressed(path, labels=np.array(labels), weights=np.round(hashed / scale).astype(np.int8),
                            notions=np.array(self.counter.names), **small)  # fmt: skip
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", flush=True)


# ---------------------------------------------------------------- emotions


@dataclass
class Model:
    """A regression and its bend."""

    weights: Array
    bias: Array
    bend: Array
    bend_bias: Array

    def __call__(self, x: Matrix) -> Array:
        return bent(x @ self.weights + self.bias, STEPS) @ self.bend + self.bend_bias


@dataclass
class Source:
    """Labelled texts with the weight that each of them has."""

    x: Matrix
    y: Array
    weight: float


def fit_emotions(main: Source, beside: Sequence[Source]) -> Model:
    """Fit on the main source and others; each source has a mean of its own, the bend is fitted on the main one."""
    weights, bias = linear(main, beside)
    scores = np.zeros(main.y.shape)
    for train, test in KFold(5, shuffle=True, random_state=SEED + 1).split(main.y):
        inner, inner_bias = linear(Source(main.x[train], main.y[train], main.weight), beside)
        scores[test] = main.x[test] @ inner + inner_bias
    model = Ridge(alpha=2.0).fit(bent(scores, STEPS), main.y)
    return Model(weights, bias, model.coef_.T, model.intercept_)


def linear(main: Source, beside: Sequence[Source]) -> tuple[Array, Array]:
    """Fit a ridge regression; a column for each further source takes up the difference of its mean."""
    sources = [main, *beside]
    marks = np.repeat(np.arange(len(sources)), [len(source.y) for source in sources])
    columns = sp.csr_matrix(5.0 * (marks[:, None] == np.arange(1, len(sources))))
    x = sp.hstack([sp.vstack([source.x for source in sources]), columns]).tocsr()
    weight = np.repeat([source.weight for source in sources], [len(source.y) for source in sources])
    model = Ridge(alpha=50.0, solver="sparse_cg", tol=1e-3).fit(x, np.vstack([s.y for s in sources]), weight)
    kept = main.x.shape[1]
    return model.coef_[:, :kept].T, model.intercept_


def train_emotions(data: Data, folds: bool) -> None:
    """Train on passages, public texts and statements; the public figure puts the public file first."""
    statements = read_feelings(MODELS / "corpus" / "feelings.tsv")
    texts = {"own": [c["text"] for c in data.corpus], "public": [row["text"] for row in data.semeval],
             "statements": [text for _, text in statements]}  # fmt: skip
    reading = Reading(data, "emotions", texts)
    own, public, more = (reading.rows[name].joined() for name in texts)
    y = np.array([[float(c["emotions"][e]) for e in EMOTIONS] for c in data.corpus])
    z = np.array([[float(row[e]) for e in EMOTIONS] for row in data.semeval])
    s = np.array([levels for levels, _ in statements], np.float64)
    if folds:
        beside = [Source(own, y, OWN_BESIDE_PUBLIC[0]), Source(more, s, OWN_BESIDE_PUBLIC[2])]
        print_pearson("SemEval", out_of_fold(Source(public, z, OWN_BESIDE_PUBLIC[1]), beside), z)
    main, beside = Source(own, y, PASSAGE), [Source(public, z, PUBLIC), Source(more, s, STATEMENT)]
    scores = out_of_fold(main, beside)
    print_pearson("passages", scores, y)
    cuts = np.array([quantile_cuts(scores[:, i], y[:, i], 3) for i in range(len(EMOTIONS))])
    model = fit_emotions(main, beside)
    reading.save("emotions", EMOTIONS, model.weights, model.bias, cuts,
                 steps=STEPS, bend=model.bend, bend_bias=model.bend_bias)  # fmt: skip


def out_of_fold(main: Source, beside: Sequence[Source]) -> Array:
    """Return the scores that each row of the main source gets from the four folds it is not in."""
    scores = np.zeros(main.y.shape)
    for train, test in KFold(5, shuffle=True, random_state=SEED).split(main.y):
        scores[test] = fit_emotions(Source(main.x[train], main.y[train], main.weight), beside)(main.x[test])
    return scores


def print_pearson(name: str, scores: Array, y: Array) -> None:
    each = [float(pearsonr(scores[:, i], y[:, i])[0]) for i in range(y.shape[1])]
    print(f"emotions, {name}: mean Pearson {np.mean(each):.4f}",
          {e: round(v, 3) for e, v in zip(EMOTIONS, each, strict=True)}, flush=True)  # fmt: skip


def read_feelings(path: Path) -> list[tuple[list[int], str]]:
    """Return the six levels and the text of each statement."""
    rows = [line.rstrip("\n").split("\t") for line in path.open() if not line.startswith("#")]
    return [([int(level) for level in levels], text) for levels, text in rows]


# ---------------------------------------------------------------- hostility


def train_hostility(data: Data, folds: bool) -> None:
    """Train on the tweets of both years and the passages; the figure holds out folds of 2018."""
    (texts18, y18), (texts19, y19) = data.tweets[2018], data.tweets[2019]
    texts = {"own": [c["text"] for c in data.corpus], "2018": texts18, "2019": texts19}
    reading = Reading(data, "hostility", texts)
    own, x18, x19 = (reading.rows[name].joined() for name in texts)
    y = np.array([float(is_offensive(c)) for c in data.corpus])
    public, z = sp.vstack([x18, x19]), np.r_[y18, y19]
    if folds:

        def on_tweets(x: Matrix, some: Array) -> Line:
            return logistic(own, y, sp.vstack([x, x19]), np.r_[some, y19], PASSAGE_BESIDE_TWEETS)[1]

        scores = held_out(x18, y18, on_tweets)
        print(f"hostility, GermEval 2018: F {averaged_f(y18, scores > 0):.4f}", flush=True)
        scores = held_out(own, y, lambda x, some: logistic(x, some, public, z, HOSTILE_PASSAGE)[0])
        print(f"hostility, passages: F {averaged_f(y, scores > 0):.4f}", flush=True)
    fitted = logistic(own, y, public, z, HOSTILE_PASSAGE)[0]
    reading.save("hostility", ["offensive"], fitted.weights[:, None], np.array([fitted.bias]), np.array([[0.0]]))


def is_offensive(passage: dict) -> bool:
    """A passage is offensive if it insults people or a firm in its own words."""
    return any(i["target"] in OFFENSIVE_TARGETS and not i["reported"] for i in passage["insults"])


@dataclass
class Line:
    """A weight for each feature, and where the line stands."""

    weights: Array
    bias: float

    def __call__(self, x: Matrix) -> Array:
        return x @ self.weights + self.bias


def logistic(own: Matrix, y: Array, public: Matrix, z: Array, passage: float) -> tuple[Line, Line]:
    """Fit on passages and tweets; return the line for passages and the one for tweets.

    A passage weighs less than a tweet, so that the tweets' sense of the word prevails; a column takes up that
    passages are offensive more or less often.
    """
    marks = sp.csr_matrix(5.0 * np.r_[np.zeros(len(y)), np.ones(len(z))][:, None])
    weights = np.r_[np.full(len(y), passage), np.ones(len(z))]
    model = LogisticRegression(C=0.2, solver="liblinear", class_weight="balanced", tol=1e-3)
    model.fit(sp.hstack([sp.vstack([own, public]), marks]).tocsr(), np.r_[y, z], sample_weight=weights)
    kept, mark = model.coef_[0, :-1], 5.0 * float(model.coef_[0, -1])
    bias = float(model.intercept_[0])
    return Line(kept, bias), Line(kept, bias + mark)


def held_out(x: Matrix, y: Array, fit: Callable[[Matrix, Array], Line]) -> Array:
    """Return the score of each row from the four folds it is not in."""
    scores = np.zeros(len(y))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=SEED).split(x, y):
        scores[test] = fit(x[train], y[train])(x[test])
    return scores


def averaged_f(y: Array, predicted: Array) -> float:
    """Return F of precision and recall averaged over both classes, as the shared task did."""
    precision, recall, _, _ = precision_recall_fscore_support(y, predicted)
    return float(2 * precision.mean() * recall.mean() / (precision.mean() + recall.mean()))


if __name__ == "__main__":
    run(__doc__, {"emotions": train_emotions, "hostility": train_hostility})
