"""Train and judge the heads that decide on insult candidates: keep, target, reported.

    python models/scripts/train_insults.py [--gold FILE] [--blind N] [--write]

Five folds over the corpus, each mail judged by heads that never saw it; with --gold the
mails of a gold file, judged by heads trained on the whole corpus. --write stores those.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np
from passages import read_lines, read_passages
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from drafter.analysis.evidence import EvidenceReader
from drafter.analysis.insult_head import BUCKETS, Head, buckets
from drafter.analysis.insult_rules import Phrases
from drafter.analysis.insults import UNKNOWN_RULE, InsultDetector, Judgement, decide
from drafter.analysis.lexicon import Candidate, InsultLexicon
from drafter.analysis.pipeline import load_pipeline
from drafter.analysis.text import OwnText
from drafter.places import Places, shipped
from drafter.records import Zone
from drafter.zones import ZoneFinder

FOLDS = 5
STRENGTH = {"keep": 3.0, "target": 10.0, "reported": 10.0}
FEW = 4
"""So many cases a rule must have before its own rate weighs more than the common one."""
OURS = ("agent", "staff")


@dataclass(frozen=True, slots=True)
class Item:
    """A candidate as the rules judged it, beside what the label says."""

    mail: str
    judgement: Judgement
    names: list[str]
    label: dict | None  # the insult it matches
    exact: bool
    oracle: bool = False  # a labelled span that the lexicon missed: for target and reported only


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail with its candidates."""

    id: str
    labels: list[dict]
    items: list[Item]


def main() -> None:
    """Run the steps named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--blind", type=int, default=4)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--pipeline")
    options = parser.parse_args()
    reader = Reader(options.pipeline)
    passages = read_passages()
    corpus = [reader.read(row, row["text"], False) for row in passages]
    print_scores("corpus, rules", corpus, lambda item: item.judgement)
    learned = folded(corpus)
    print_scores("corpus, learned (5 folds)", corpus, learned)
    if options.misses:
        print_rules(corpus, learned)
    print_scores("corpus, target alone learned", corpus, folded(corpus, ("target",)))
    heads = train(corpus)
    if options.gold:
        judge_gold(options, reader, heads)
    if options.write:
        write(heads, shipped("models") / "heads" / "insults.npz")


def judge_gold(options: argparse.Namespace, reader: Reader, heads: dict[str, Head]) -> None:
    """Print the figures of the gold mails; misses only of those that are not blind."""
    mails = [reader.read(row, row["body"], True) for row in read_lines([options.gold])]
    blind = [mail for mail in mails if int(mail.id.split("-")[-1]) % options.blind == 0]
    rest = [mail for mail in mails if mail not in blind]
    for name, part in (("rest of gold", rest), ("blind gold", blind)):
        print_scores(f"{name}, rules", part, lambda item: item.judgement)
        print_scores(f"{name}, learned", part, lambda item: decide(item.judgement, heads, item.names))
    if options.misses:
        print_misses(rest, lambda item: decide(item.judgement, heads, item.names))


class Reader:
    """Reads labelled mails into items."""

    def __init__(self, pipeline: str | None) -> None:
        places = Places()
        self.pipeline = load_pipeline(pipeline, places.pipeline)
        lexicon, reader = InsultLexicon.load(places), EvidenceReader.load(places)
        self.detector = InsultDetector(lexicon, reader, Phrases.load(places), {})
        self.zones = ZoneFinder.load(places)

    def read(self, row: dict, body: str, has_zones: bool) -> Mail:
        """Find the candidates and let the rules judge them."""
        zones = self.zones.find(body) if has_zones else (Zone("body", 0, len(body)),)
        text = OwnText(body, zones, self.pipeline)
        labels = list(located(row, body))
        candidates = self.detector.lexicon.candidates(text)
        missed = [label for label in labels if not any(overlaps(c, label) for c in candidates)]
        made = [oracle(body, label) for label in missed]
        items = []
        for evidence in self.detector.reader.read(text, [*candidates, *made]):
            judgement = self.detector.by_rules(text, evidence)
            candidate = evidence.candidate
            label = next((label for label in labels if overlaps(candidate, label)), None)
            exact = label is not None and (label["start"], label["end"]) == (candidate.start, candidate.end)
            items.append(Item(row["id"], judgement, self.detector.names(judgement), label, exact, candidate in made))
        return Mail(row["id"], labels, items)


def located(row: dict, body: str) -> Iterable[dict]:
    """Yield the labels with their places; they stand in order of appearance."""
    place = 0
    for label in row["insults"]:
        start = body.find(label["text"], place)
        start = start if start >= 0 else body.find(label["text"])
        place = start + 1
        yield {**label, "start": start, "end": start + len(label["text"])}


def overlaps(candidate: Candidate, label: dict) -> bool:
    """Tell whether candidate and label share a character."""
    return candidate.start < label["end"] and label["start"] < candidate.end


def oracle(body: str, label: dict) -> Candidate:
    """Make the candidate that the lexicon should have found."""
    text = body[label["start"] : label["end"]]
    return Candidate(label["start"], label["end"], text, text.lower(), "", label["severity"], "", "")


def train(mails: list[Mail], only: tuple[str, ...] = ("keep", "target", "reported")) -> dict[str, Head]:
    """Train the heads on the items of the mails."""
    items = [item for mail in mails for item in mail.items]
    labelled = [item for item in items if item.label]
    found = [item for item in items if not item.oracle]
    tasks: dict[str, tuple[list[Item], list[str]]] = {
        "keep": (found, [str(item.label is not None) for item in found]),
        "target": (labelled, [item.label["target"] for item in labelled if item.label]),
        "reported": (labelled, [str(item.label["reported"]) for item in labelled if item.label]),
    }
    heads = {name: fit(*tasks[name], STRENGTH[name]) for name in only}
    return heads | {"target": replace(heads["target"], trust=trust(labelled))} if "target" in heads else heads


def trust(items: list[Item]) -> dict[str, float]:
    """Return how often each target rule is right; a rare rule is drawn to the rate of an unknown one."""
    seen, right = Counter(), Counter()
    for item in items:
        target = item.judgement.target
        seen[target.rule] += 1
        right[target.rule] += item.label is not None and target.value == item.label["target"]
    return {name: (right[name] + UNKNOWN_RULE * FEW) / (count + FEW) for name, count in sorted(seen.items())}


def fit(items: list[Item], classes: list[str], strength: float) -> Head:
    """Fit one head; two classes become two rows, so that all heads are read alike."""
    rows_ = [buckets(item.names) for item in items]
    ends = np.cumsum([0] + [len(row) for row in rows_])
    data = np.concatenate([np.full(len(row), 1 / np.sqrt(len(row))) for row in rows_])
    matrix = csr_matrix((data, np.concatenate(rows_), ends), shape=(len(rows_), BUCKETS))
    model = LogisticRegression(C=strength, max_iter=400).fit(matrix, classes)
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return Head(tuple(model.classes_.tolist()), np.ascontiguousarray(weights.T, np.float32), bias.astype(np.float32))


def folded(mails: list[Mail], only: tuple[str, ...] = ("keep", "target", "reported")) -> Callable[[Item], Judgement]:
    """Return a judge that asks, for each mail, the heads that never saw it."""
    heads = {}
    for fold in range(FOLDS):
        heads[fold] = train([mail for mail in mails if fold_of(mail.id) != fold], only)
    return lambda item: decide(item.judgement, heads[fold_of(item.mail)], item.names)


def fold_of(name: str) -> int:
    """Return the fold of a mail."""
    return crc32(name.encode()) % FOLDS


def print_scores(title: str, mails: list[Mail], judge: Callable[[Item], Judgement]) -> None:
    """Print spans, target, reported, and whether a person of ours is insulted."""
    count: Counter[str] = Counter()
    for mail in mails:
        judged = [(item, judge(item)) for item in mail.items if not item.oracle]
        kept = [(item, judgement) for item, judgement in judged if judgement.drop is None]
        matched = [(item, judgement) for item, judgement in kept if item.label]
        hit = {id(item.label) for item, _ in matched}
        count["found"] += len(kept)
        count["right"] += len(matched)
        count["exact"] += sum(item.exact for item, _ in kept)
        count["labels"] += len(mail.labels)
        count["hit"] += len(hit)
        count["target"] += sum(j.target.value == item.label["target"] for item, j in matched if item.label)
        told = [(j.reported is not None) == item.label["reported"] for item, j in matched if item.label]
        count["reported"] += sum(told)
        says = any(j.target.value in OURS and j.reported is None for _, j in kept)
        true = any(label["target"] in OURS and not label["reported"] for label in mail.labels)
        count["both"] += says and true
        count["says"] += says
        count["true"] += true
    precision, recall = ratio(count, "right", "found"), ratio(count, "hit", "labels")
    exact_p, exact_r = ratio(count, "exact", "found"), ratio(count, "exact", "labels")
    print(f"{title:32} spans P {precision:.3f} R {recall:.3f} F1 {mean(precision, recall):.3f} "
          f"(exact {mean(exact_p, exact_r):.3f})  target {ratio(count, 'target', 'right'):.3f}  "
          f"reported {ratio(count, 'reported', 'right'):.3f}  "
          f"person of ours {mean(ratio(count, 'both', 'says'), ratio(count, 'both', 'true')):.3f}")  # fmt: skip


def print_rules(mails: list[Mail], judge: Callable[[Item], Judgement]) -> None:
    """Print, for every target rule, how often it and the verdict with the heads are right."""
    count: dict[str, Counter[str]] = {}
    for item in (item for mail in mails for item in mail.items):
        if item.label is None:
            continue
        row = count.setdefault(item.judgement.target.rule, Counter())
        row["all"] += 1
        row["rule"] += item.judgement.target.value == item.label["target"]
        row["both"] += judge(item).target.value == item.label["target"]
    for name, row in count.items():
        print(f"    {name:24} {row['all']:4} rule {row['rule']:4} both {row['both']:4}")


def print_misses(mails: list[Mail], judge: Callable[[Item], Judgement]) -> None:
    """Print what was judged wrong."""
    for mail in mails:
        for item in mail.items:
            verdict = judge(item)
            evidence = item.judgement.evidence
            shown = f"{mail.id} '{evidence.candidate.text}' [{verdict.target.rule}] {evidence.sentence.text[:160]!r}"
            if item.oracle:
                print("NOT FOUND", shown)
            elif item.label is None and verdict.drop is None:
                print("NO INSULT", shown)
            elif item.label is not None and verdict.drop is not None:
                print("DROPPED  ", verdict.drop.why, shown)
            elif item.label is not None and verdict.target.value != item.label["target"]:
                print(f"TARGET {item.label['target']} not {verdict.target.value}", shown)
            elif item.label is not None and (verdict.reported is not None) != item.label["reported"]:
                print(f"REPORTED {item.label['reported']}", shown)


def ratio(count: Counter[str], part: str, whole: str) -> float:
    """Divide two counts."""
    return count[part] / count[whole] if count[whole] else 0.0


def mean(a: float, b: float) -> float:
    """Return the harmonic mean."""
    return 2 * a * b / (a + b) if a + b else 0.0


def write(heads: dict[str, Head], path: Path) -> None:
    """Store the heads in half precision; small weights become zero so that the file packs well."""
    arrays = {}
    for name, head in heads.items():
        small = np.abs(head.weights) < 0.02
        weights = np.where(small, 0, head.weights).T.astype(np.float16)  # as a row for each class
        stored = replace(head, weights=weights)
        arrays.update({f"{name}/classes": np.array(stored.classes), f"{name}/weights": weights,
                       f"{name}/bias": stored.bias})  # fmt: skip
        if head.trust:
            arrays[f"{name}/rules"] = np.array(list(head.trust))
            arrays[f"{name}/rates"] = np.array(list(head.trust.values()), np.float32)
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **arrays)
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
