"""Train the head that judges openers and print its figures in five folds.

Run: python models/scripts/train_openers.py (needs scikit-learn, from the extra "train").
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import spacy
import yaml
from passages import CORPUS, read_passages
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from drafter.analysis.openerhead import BUCKETS, features
from drafter.analysis.openers import OpenerDetector
from drafter.analysis.pipeline import Pipeline
from drafter.analysis.text import OwnText
from drafter.places import Places
from drafter.records import Zone

MODELS = Path(__file__).resolve().parents[1]
CASES = MODELS.parent / "tests" / "cases" / "openers.yaml"
PENALTY = 30.0
WEIGHT_OF_LINES = 0.5  # the lines of openers.tsv grant more freely than everyday mails do


def passages() -> list[dict]:
    """Read the labelled passages, the openers beside them, and the test cases: they hold the rarer forms."""
    found = read_passages()
    for line in (CORPUS / "openers.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            opener, text = line.split("\t")
            found.append({"text": text, "opener": opener or None, "weight": WEIGHT_OF_LINES})
    return found + yaml.safe_load(CASES.read_text(encoding="utf-8"))


def examples(items: list[dict]) -> tuple[list[csr_matrix], np.ndarray, np.ndarray, np.ndarray]:
    """Return features, label, number of the passage and weight for each sentence that may hold an opener."""
    pipeline = Pipeline(spacy.blank("de"))
    detector = OpenerDetector.untrained(Places())
    rows: list[csr_matrix] = []
    labels: list[bool] = []
    groups: list[int] = []
    for number, item in enumerate(items):
        text = OwnText(item["text"], [Zone("body", 0, len(item["text"]))], pipeline)
        start = item["text"].find(item["opener"]) if item["opener"] else -1
        end = start + len(item["opener"] or "")
        for candidate in detector.candidates(text):
            sentence = candidate.sentence
            shared = min(sentence.end, end) - max(sentence.start, start)
            shorter = min(end - start, sentence.end - sentence.start)
            places, values = features(candidate.words.keys, candidate.signs)
            rows.append(csr_matrix((values, places, [0, len(places)]), (1, BUCKETS)))
            labels.append(start >= 0 and shared > 0.5 * shorter)
            groups.append(number)
    weights = np.array([items[number].get("weight", 1.0) for number in groups])
    return rows, np.array(labels), np.array(groups), weights


def fit(data: csr_matrix, labels: np.ndarray, weights: np.ndarray) -> LogisticRegression:
    """Fit the model."""
    return LogisticRegression(C=PENALTY, solver="liblinear").fit(data, labels, sample_weight=weights)


def main() -> None:
    """Train, print, save."""
    rows, labels, groups, weights = examples(passages())
    data = vstack(rows, format="csr")
    scores = np.zeros(len(labels))
    for train, test in GroupKFold(5).split(data, labels, groups):
        scores[test] = fit(data[train], labels[train], weights[train]).predict_proba(data[test])[:, 1]
    for threshold in (0.3, 0.4, 0.5, 0.7):
        found = scores > threshold
        right = int((found & labels).sum())
        print(f"threshold {threshold}: sentence F1 {2 * right / (found.sum() + labels.sum()):.3f}")
    model = fit(data, labels, weights)
    target = MODELS / "heads" / "openers.npz"
    np.savez_compressed(target, weights=model.coef_[0].astype(np.float16), bias=np.float32(model.intercept_[0]))
    print(f"{target.name}: {target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
