"""Train the head that judges the sentences of replies and print its figures in five folds.

Run: python models/scripts/train_replies.py (needs scikit-learn, from the extra "train").
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

MODELS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(MODELS.parent))

import drafter  # noqa: E402
from drafter.check.head import GOOD, SentenceReader  # noqa: E402
from drafter.check.patterns import read_groups  # noqa: E402
from drafter.check.rules import OPTIONAL, REQUIRED  # noqa: E402
from drafter.check.text import ReplyText  # noqa: E402
from drafter.data import Where, read_rules, read_table  # noqa: E402
from drafter.records import Mail  # noqa: E402
from drafter.wishes import Wishes  # noqa: E402

GOLDEN = MODELS.parent / "tests" / "golden"
TONES = ("sachlich", "herzlich", "knapp")
BITS = 15
PENALTY = 1.0
GROUPS = (
    "admit", "agent", "agreed", "apology", "bad", "busy", "certain", "data_noun", "did_wrong", "duty", "exaggerated",
    "fine", "guess", "handled", "happen", "happens", "mistaken", "misuse", "misuse_noun", "next_step", "others", "our",
    "our_goods", "our_staff", "our_tools", "reason", "reason_here", "refuse", "refuse_now", "request", "said",
    "satisfied", "third_party", "told", "trifle", "us", "vague_agent", "vague_time", "we", "whining", "wronged", "you",
    "you_had", "you_have", "your",
)  # fmt: skip


def lines() -> list[tuple[str, str]]:
    """Read pairs of fault and sentence: the corpus, and the examples of the pattern rules."""
    rows = read_table(MODELS / "corpus" / "replies.tsv", ("kind", "text"))
    found = [(row["kind"], row["text"]) for row, _ in rows]
    kinds = {kind for kind, _ in found}
    for rule in read_rules(MODELS / "rules" / "check.yaml", REQUIRED, OPTIONAL):
        if rule["kind"] in kinds and rule.get("type", "existence") == "existence":
            found += [(rule["kind"], _reply(text)) for text in rule.texts("hit")]
            found += [(GOOD, _reply(text)) for text in rule.texts("miss")]
    return found + [(GOOD, sentence) for sentence in own_sentences()]


def own_sentences() -> list[str]:
    """Return the sentences of our own drafts, to which the head must not object: golden ones, and those to our mails.

    The mails are drafted in every tone and form of address, so that the wordings of all tones are among them; what
    stands in one draft alone is mostly the customer's and left out.
    """
    golden = [path.read_text(encoding="utf-8").partition("\nSubject:")[2].partition("\n")[2]
              for path in sorted(GOLDEN.rglob("*.txt"))]  # fmt: skip
    counts = Counter(_sentences(_drafts()))
    return list(dict.fromkeys([*_sentences(golden), *(text for text, count in counts.items() if count > 1)]))


def _sentences(bodies: Iterable[str]) -> Iterator[str]:
    return (piece.flat for body in bodies for piece in ReplyText(body).sentences)


def _drafts() -> Iterator[str]:
    kit = drafter.load(history="none")
    for line in (MODELS / "corpus" / "u1.jsonl").read_text(encoding="utf-8").splitlines():
        mail = Mail(json.loads(line)["text"])
        analysis = kit.analyze(mail)
        ways = (Wishes(tone=tone, register=register) for tone in TONES for register in ("sie", "du"))
        yield from (draft.body for wishes in ways if (draft := kit.draft(mail, wishes, analysis).draft))


def _reply(example: str) -> str:
    return example.rpartition(" => ")[2]


def matrix(reader: SentenceReader, texts: list[str]) -> csr_matrix:
    """Return the features of texts, one row each."""
    vectors = [reader.read(text) for text in texts]
    starts = np.cumsum([0, *(len(vector.hashes) for vector in vectors)])
    columns = np.concatenate([vector.hashes & np.uint32((1 << BITS) - 1) for vector in vectors]).astype(np.int64)
    values = np.concatenate([vector.values for vector in vectors])
    return csr_matrix((values, columns, starts), shape=(len(texts), 1 << BITS))


def rarity(data: csr_matrix) -> np.ndarray:
    """Return the inverse document frequency of each feature."""
    documents = np.asarray((data > 0).sum(axis=0)).ravel()
    return np.log((data.shape[0] + 1) / (documents + 1)) + 1


def fit(data: csr_matrix, labels: np.ndarray) -> tuple[LogisticRegression, np.ndarray]:
    """Fit the model; the second part are its weights with the rarity of the features folded in."""
    rare = rarity(data)
    model = LogisticRegression(C=PENALTY, max_iter=500).fit(data @ diags(rare), labels)
    return model, model.coef_ * rare


def folds(data: csr_matrix, labels: np.ndarray) -> None:
    """Print how well sentences that were not trained on are judged."""
    sure = np.zeros(len(labels))
    best = np.empty(len(labels), labels.dtype)
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(data, labels):
        model, weights = fit(data[train], labels[train])
        scores = data[test] @ weights.T + model.intercept_
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances = raised / raised.sum(axis=1, keepdims=True)
        chances[:, list(model.classes_).index(GOOD)] = 0
        sure[test], best[test] = chances.sum(axis=1), model.classes_[chances.argmax(axis=1)]
    faulty = labels != GOOD
    for threshold in (0.5, 0.6, 0.7, 0.8):
        found = sure >= threshold
        right = (found & faulty).sum()
        kind = (best == labels)[found & faulty].mean()
        print(f"{threshold}: recall {right / faulty.sum():.3f} precision {right / found.sum():.3f} kind {kind:.3f}")


def main() -> None:
    """Train, print, save."""
    words = MODELS / "lexicon" / "check_words.tsv"
    reader = SentenceReader(GROUPS, read_groups(words), Where(words, 1))
    pairs = lines()
    print(dict(Counter(kind for kind, _ in pairs)))
    labels = np.array([kind for kind, _ in pairs])
    data = matrix(reader, [text for _, text in pairs])
    folds(data, labels)
    model, weights = fit(data, labels)
    scale = np.maximum(np.abs(weights).max(axis=1), 1e-9) / 127
    target = MODELS / "heads" / "replies.npz"
    np.savez_compressed(
        target, weights=np.round(weights.T / scale).astype(np.int8), scale=scale.astype(np.float32),
        bias=model.intercept_.astype(np.float32), labels=model.classes_, cuts=np.zeros((len(scale), 0), np.float32),
        groups=np.array(GROUPS),
    )  # fmt: skip
    print(f"{target.name}: {target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
