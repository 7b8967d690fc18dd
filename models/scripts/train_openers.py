"""Train the head that judges openers and print its figures in five folds.

Run: python models/scripts/train_openers.py (needs scikit-learn, from the extra "train").
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import spacy
import yaml
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from drafter.analysis.openerhead import BUCKETS, features
from drafter.analysis.openers import folded_sentences
from drafter.analysis.pipeline import Pipeline
from drafter.analysis.text import OwnText
from drafter.places import Places
from drafter.records import Zone

MODELS = Path(__file__).resolve().parents[1]
CASES = MODELS.parent / "tests" / "cases" / "openers.yaml"
PENALTY = 60.0


def passages() -> list[dict]:
    """Read the labelled passages, and the test cases: they hold the rarer forms and what only looks like one."""
    files = sorted((MODELS / "corpus").glob("*.jsonl"))
    found = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return found + yaml.safe_load(CASES.read_text(encoding="utf-8"))


def examples(items: list[dict]) -> tuple[list[dict[int, float]], np.ndarray, np.ndarray]:
    """Return features, label and number of the passage for each sentence."""
    pipeline = Pipeline(spacy.blank("de"))
    rows: list[dict[int, float]] = []
    labels: list[bool] = []
    groups: list[int] = []
    for number, item in enumerate(items):
        text = OwnText(item["text"], [Zone("body", 0, len(item["text"]))], pipeline)
        start = item["text"].find(item["opener"]) if item["opener"] else -1
        end = start + len(item["opener"] or "")
        for sentence, words in folded_sentences(text, Places()):
            shared = min(sentence.end, end) - max(sentence.start, start)
            shorter = min(end - start, sentence.end - sentence.start)
            rows.append(features(words.keys))
            labels.append(start >= 0 and shared > 0.5 * shorter)
            groups.append(number)
    return rows, np.array(labels), np.array(groups)


def matrix(rows: list[dict[int, float]]) -> csr_matrix:
    """Make the sparse matrix of feature rows."""
    lines = [number for number, row in enumerate(rows) for _ in row]
    columns = [bucket for row in rows for bucket in row]
    values = [value for row in rows for value in row.values()]
    return csr_matrix((values, (lines, columns)), shape=(len(rows), BUCKETS))


def fit(data: csr_matrix, labels: np.ndarray) -> LogisticRegression:
    """Fit the model."""
    return LogisticRegression(C=PENALTY, solver="liblinear").fit(data, labels)


def main() -> None:
    """Train, print, save."""
    rows, labels, groups = examples(passages())
    data = matrix(rows)
    scores = np.zeros(len(labels))
    for train, test in GroupKFold(5).split(data, labels, groups):
        scores[test] = fit(data[train], labels[train]).predict_proba(data[test])[:, 1]
    for threshold in (0.3, 0.4, 0.5):
        found = scores > threshold
        right = int((found & labels).sum())
        print(f"threshold {threshold}: sentence F1 {2 * right / (found.sum() + labels.sum()):.3f}")
    model = fit(data, labels)
    target = MODELS / "heads" / "openers.npz"
    np.savez_compressed(target, weights=model.coef_[0].astype(np.float16), bias=np.float32(model.intercept_[0]))
    print(f"{target.name}: {target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
