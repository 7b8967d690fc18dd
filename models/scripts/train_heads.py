"""Train the linear heads of intensity and situations and print their figures in five folds.

Usage: python scripts/train_heads.py [--data FOLDER] [--only NAME ...] [--no-folds]

The corpus of complaint passages stands in models/corpus; the public files (GermEval 2018 and 2019, SemEval-2025
task 11) in FOLDER. Needs scikit-learn and SciPy; the heads need NumPy alone.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from passages import CORPUS, read_lines, read_passages
from scipy.stats import spearmanr
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

MODELS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(MODELS.parent))

from drafter.analysis.featurereader import FeatureReader  # noqa: E402
from drafter.analysis.moodrules import MoodRules  # noqa: E402
from drafter.places import Places  # noqa: E402
from drafter.records import SITUATIONS, Insult  # noqa: E402

Matrix = sp.csr_matrix
Array = NDArray[np.float64]
WIDE = 20  # bits of the hashes before they are masked for a head
SEED = 0
MARGINS = 1.0  # the part of the margins in the score of a situation
SECOND_SITUATION = 0.5  # how much a situation counts that is not the first one
SHORT_MAIL = 0.1  # the weight of a mail of a few words beside a passage


@dataclass
class Data:
    """Everything that is trained on, as texts with labels and one matrix each."""

    reader: FeatureReader
    corpus: list[dict]
    semeval: list[dict]
    tweets: dict[int, tuple[list[str], Array]]

    def matrix(self, texts: Sequence[str], subjects: Sequence[str] = ()) -> Matrix:
        """Return the features of texts, one row each, read with their subjects if there are some."""
        indices, values, starts = [], [], [0]
        for subject, text in itertools.zip_longest(subjects, texts, fillvalue=""):
            vector = self.reader.joined(subject, text).vector
            indices.append((vector.hashes & np.uint32((1 << WIDE) - 1)).astype(np.int64))
            values.append(vector.values)
            starts.append(starts[-1] + len(vector.hashes))
        shape = (len(texts), 1 << WIDE)
        return sp.csr_matrix((np.concatenate(values), np.concatenate(indices), starts), shape=shape)


def load(data: Path) -> Data:
    """Read the corpus and the public files."""
    corpus = read_passages()
    semeval = list(csv.DictReader((data / "semeval2025-task11-deu-train.csv").open()))
    tweets = {year: read_tweets(data / f"germeval{year}-train.tsv") for year in (2018, 2019)}
    return Data(FeatureReader.load(Places()), corpus, semeval, tweets)


def read_tweets(path: Path) -> tuple[list[str], Array]:
    """Return the tweets of a GermEval file and whether each is offensive."""
    rows = [line.rstrip("\n").split("\t") for line in path.open()]
    return [row[0].replace("|LBR|", "\n") for row in rows], np.array([float(row[1] == "OFFENSE") for row in rows])


def narrow(matrix: Matrix, bits: int) -> Matrix:
    """Mask the hashes to fewer buckets."""
    coo = matrix.tocoo()
    return sp.csr_matrix((coo.data, (coo.row, coo.col & ((1 << bits) - 1))), shape=(matrix.shape[0], 1 << bits))


def rarity(*matrices: Matrix) -> Array:
    """Return the inverse document frequency of each bucket; it is folded into the weights."""
    seen = sum(np.asarray((m > 0).sum(axis=0)).ravel() for m in matrices)
    return np.log((sum(m.shape[0] for m in matrices) + 1) / (seen + 1)) + 1


def save(name: str, labels: Sequence[str], weights: Array, bias: Array, cuts: Array) -> None:
    """Quantise weights (buckets × outputs) to a byte each and write the head."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    path = MODELS / "heads" / f"{name}.npz"
    np.savez_compressed(
        path, labels=np.array(labels), weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32), bias=bias.astype(np.float32), cuts=cuts.astype(np.float32),
    )  # fmt: skip
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", flush=True)


def ridge(alpha: float) -> Ridge:
    return Ridge(alpha=alpha, solver="sparse_cg", tol=1e-4)


def out_of_fold(x: Matrix, y: Array, fit: Callable[[Matrix, Array], Callable[[Matrix], Array]]) -> Array:
    """Return the scores that each row gets from the four folds it is not in."""
    scores = np.zeros(y.shape)
    for train, test in KFold(5, shuffle=True, random_state=SEED).split(x):
        scores[test] = fit(x[train], y[train])(x[test])
    return scores


def plain_ridge(alpha: float) -> Callable[[Matrix, Array], Callable[[Matrix], Array]]:
    """Return a function that fits a ridge regression and returns its prediction."""
    return lambda x, y: ridge(alpha).fit(x, y).predict


def quantile_cuts(scores: Array, levels: Array, most: int) -> Array:
    """Return the cuts that give each level as often as the labels do."""
    cuts = [
        np.quantile(scores, np.mean(levels < step)) if np.any(levels >= step) else np.inf for step in range(1, most + 1)
    ]
    return np.array(cuts)


# ---------------------------------------------------------------- intensity


def train_intensity(data: Data, folds: bool) -> None:
    """Train the intensity head; the cuts hold for head and rules together."""
    x = narrow(data.matrix([c["text"] for c in data.corpus]), 16)
    idf = rarity(x)
    x = x @ sp.diags(idf)
    y = np.array([float(c["intensity"]) for c in data.corpus])
    added = mood_totals(data)
    scores = out_of_fold(x, y, plain_ridge(10)) + added
    cuts = best_cuts(scores, y)
    if folds:
        levels = bounded(data, (scores[:, None] >= cuts).sum(axis=1))
        print(
            f"intensity: Spearman {spearmanr(scores, y)[0]:.3f} (head alone {spearmanr(scores - added, y)[0]:.3f}),"
            f" within one {np.mean(np.abs(levels - y) <= 1):.3f}, exact {np.mean(levels == y):.3f}"
        )
    model = ridge(10).fit(x, y)
    save("intensity", ["intensity"], (model.coef_ * idf)[:, None], np.array([model.intercept_]), cuts[None, :])


def mood_totals(data: Data) -> Array:
    """Return what the rules of mood add to each passage, with the labelled insults."""
    rules = MoodRules.load(Places(), data.reader.families)
    return np.array([rules.total(rules.apply(data.reader.read(c["text"]), insults(c))) for c in data.corpus])


def bounded(data: Data, levels: Array) -> Array:
    """Keep the levels within what the rules say is the least and the most."""
    rules = MoodRules.load(Places(), data.reader.families)
    kept = []
    for passage, level in zip(data.corpus, levels.tolist(), strict=True):
        named = insults(passage)
        found = rules.apply(data.reader.read(passage["text"]), named)
        kept.append(rules.bounded(level, found, any(not insult.reported for insult in named)))
    return np.array(kept)


def insults(passage: dict) -> list[Insult]:
    """Return the labelled insults as records."""
    return [Insult(0, 0, i["text"], i["target"], i["severity"], i["reported"], "", "") for i in passage["insults"]]


def best_cuts(scores: Array, y: Array) -> Array:
    """Return the cuts between levels with the smallest error, a miss by two or more counting five times."""
    cuts = np.array([0.5, 1.5, 2.5, 3.5])

    def loss(candidate: Array) -> float:
        off = np.abs((scores[:, None] >= candidate).sum(axis=1) - y)
        return float(np.mean(off + 4 * (off > 1)))

    for _ in range(4):
        for i in range(len(cuts)):
            options = [
                np.concatenate([cuts[:i], [value], cuts[i + 1 :]]) for value in cuts[i] + np.arange(-0.4, 0.41, 0.05)
            ]
            cuts = min(options, key=loss)
    return np.sort(cuts)


# ---------------------------------------------------------------- situations


def train_situations(data: Data, folds: bool) -> None:
    """Train on passages, mails and statements; the cut decides whether a situation is named beside the first."""
    mails = data.corpus + read_lines([CORPUS / "situations.jsonl"])
    x = narrow(data.matrix([c["text"] for c in mails], [c.get("subject", "") for c in mails]), 16)
    statements, short = (read_statements(CORPUS / name) for name in ("situations.tsv", "short_mails.tsv"))
    more = narrow(data.matrix([text for _, text in statements + short]), 16)
    idf = rarity(x, more[: len(statements)])
    x, more = x @ sp.diags(idf), more @ sp.diags(idf)
    y = np.array([[importance(c, s) for s in SITUATIONS] for c in mails])
    z = np.array([[float(s == name) for s in SITUATIONS] for name, _ in statements + short])

    def model(rows: Matrix, targets: Array) -> tuple[Array, Array]:
        sample = np.r_[np.ones(len(targets) + len(statements)), np.full(len(short), SHORT_MAIL)]
        return situation_model(sp.vstack([rows, more]).tocsr(), np.vstack([targets, z]), sample)

    def fit(rows: Matrix, targets: Array) -> Callable[[Matrix], Array]:
        weights, bias = model(rows, targets)
        return lambda new: np.asarray(new @ weights + bias)

    scores = out_of_fold(x, y, fit)
    if folds:
        first = np.array([SITUATIONS.index(c["situations"][0]) for c in mails])
        best = scores.argmax(axis=1)
        named = np.mean(y[np.arange(len(y)), best] > 0)
        everyday = np.array([c["id"][0] in "uv" for c in mails])
        print(
            f"situations: first right {np.mean((best == first)[~everyday]):.3f} of the passages,"
            f" {np.mean((best == first)[everyday]):.3f} of the everyday mails; one of them {named:.3f} of all"
        )
    cuts = np.array([np.quantile(scores[:, i], 1 - np.mean(y[:, i] > 0)) for i in range(len(SITUATIONS))])
    weights, bias = model(x, y)
    save("situations", SITUATIONS, weights * idf[:, None], bias, cuts[:, None])


def situation_model(x: Matrix, y: Array, sample: Array) -> tuple[Array, Array]:
    """Add a regression (how important is it) and margins (which is the first): each alone is a little worse."""
    regression = ridge(10).fit(x, y, sample)
    margins = LinearSVC(C=0.05, random_state=SEED).fit(x, y.argmax(axis=1), sample)
    weights = regression.coef_ + MARGINS * margins.coef_
    return weights.T, regression.intercept_ + MARGINS * (margins.intercept_ + 1)


def read_statements(path: Path) -> list[tuple[str, str]]:
    """Return situation and text of each statement; one that lacks a mark at its end gets a full stop."""
    rows = [line.rstrip("\n").split("\t") for line in path.open() if not line.startswith("#")]
    return [(name, text if text[-1] in ".?!" else f"{text}.") for name, text in rows]


def importance(passage: dict, situation: str) -> float:
    if situation not in passage["situations"]:
        return 0.0
    return 1.0 if passage["situations"][0] == situation else SECOND_SITUATION


def run(about: str | None, trainers: dict[str, Callable[[Data, bool], None]]) -> None:
    """Read the arguments of a training script and train what they name."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=MODELS / ".." / ".." / "shared" / "data")
    parser.add_argument("--only", nargs="*", choices=list(trainers), default=list(trainers))
    parser.add_argument("--no-folds", action="store_true", help="train only, without the figures")
    options = parser.parse_args()
    data = load(options.data)
    for name in options.only:
        trainers[name](data, not options.no_folds)


if __name__ == "__main__":
    run(__doc__, {"intensity": train_intensity, "situations": train_situations})
