"""Score the analysis against labelled mails (format: gold/GUIDELINES.md), overall and on a blind part.

A span counts as found when it overlaps a labelled span; each label and each finding is matched at most once.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drafter.errors import DrafterError, MailError
from drafter.records import Analysis
from drafter.sources import read_record

PERSONS = ("agent", "staff")


@dataclass(slots=True)
class Tally:
    """True positives, false positives, false negatives."""

    hits: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, found: int, labelled: int, hits: int) -> None:
        """Count one mail."""
        self.hits += hits
        self.extra += found - hits
        self.missed += labelled - hits

    def to_json(self) -> dict[str, float]:
        """Return precision, recall and F1; 1.0 where there was nothing to find and nothing found."""
        precision = self.hits / (self.hits + self.extra) if self.hits + self.extra else 1.0
        recall = self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


@dataclass(slots=True)
class Score:
    """The figures of a set of mails."""

    mails: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    rates: dict[str, list[bool]] = field(default_factory=dict)
    intensities: list[tuple[float, int]] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def tally(self, name: str) -> Tally:
        """Return the tally of a name, made at its first use."""
        return self.tallies.setdefault(name, Tally())

    def rate(self, name: str, right: bool) -> None:
        """Count one decision."""
        self.rates.setdefault(name, []).append(right)

    def to_json(self) -> dict[str, Any]:
        """Return all figures."""
        figures: dict[str, Any] = {"mails": self.mails}
        figures |= {name: tally.to_json() for name, tally in self.tallies.items()}
        figures |= {name: round(sum(rights) / len(rights), 4) for name, rights in self.rates.items()}
        figures["intensity_spearman"] = round(spearman(self.intensities), 4)
        return figures


def read_gold(path: Path) -> list[dict[str, Any]]:
    """Read labelled mails.

    Raises:
        DrafterError: the file is missing or a line is not a labelled mail.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DrafterError(f"{path}: {error}", "Name a JSONL file in UTF-8.") from error
    gold = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            read_record(row), row["insults"], row["facts"]["order_numbers"]
        except (ValueError, KeyError, TypeError, MailError) as error:
            raise DrafterError(f"{path}:{number}: not a labelled mail: {error}") from error
        gold.append(row)
    return gold


def is_blind(mail_id: str, divisor: int) -> bool:
    """Tell whether an item belongs to the blind part: its number divides by `divisor`."""
    digits = re.findall(r"\d+", mail_id)
    return bool(digits) and int(digits[-1]) % divisor == 0


def evaluate(gold: Iterable[dict[str, Any]], analyze: Callable[[Any], Analysis]) -> Score:
    """Analyse every labelled mail and count."""
    score = Score()
    for row in gold:
        score.mails += 1
        _count(score, row, analyze(read_record(row)))
    return score


def score_parts(
    gold: Sequence[dict[str, Any]], analyze: Callable[[Any], Analysis], blind: int | None
) -> dict[str, Score]:
    """Score all mails, and with a divisor the blind part and the rest apart."""
    parts = {"all": gold}
    if blind:
        parts["blind"] = [row for row in gold if is_blind(row["id"], blind)]
        parts["rest"] = [row for row in gold if not is_blind(row["id"], blind)]
    return {name: evaluate(rows, analyze) for name, rows in parts.items()}


def figures_table(parts: dict[str, Score]) -> list[str]:
    """Write the figures as lines, a column for each part; for spans and sets the F1."""
    figures = {name: part.to_json() for name, part in parts.items()}
    lines = [f"{'':24}" + "".join(f"{name:>8}" for name in figures)]
    for key in next(iter(figures.values())):
        values = [part[key]["f1"] if isinstance(part[key], dict) else part[key] for part in figures.values()]
        lines.append(f"{key:24}" + "".join(f"{value:8.3f}" if key != "mails" else f"{value:8}" for value in values))
    return lines


def _count(score: Score, row: dict[str, Any], analysis: Analysis) -> None:
    name, facts = row["id"], row["facts"]
    _count_insults(score, row, analysis)
    found = analysis.opener.text if analysis.opener else None
    hit = bool(found and row["opener"] and _overlap(row["body"], row["opener"], analysis))
    score.tally("opener").add(bool(found), bool(row["opener"]), hit)
    if bool(found) != bool(row["opener"]) or (found and not hit):
        score.misses.append(f"{name} opener: labelled {row['opener']!r}, found {found!r}")
    level = analysis.intensity.level
    score.rate("intensity_within_one", abs(level - row["intensity"]) <= 1)
    score.rate("intensity_exact", level == row["intensity"])
    score.intensities.append((analysis.intensity.score, row["intensity"]))
    if abs(level - row["intensity"]) > 1:
        score.misses.append(f"{name} intensity: labelled {row['intensity']}, found {level}")
    _count_value(score, name, "register", analysis.register, row["address"])
    first = analysis.situations[0].name if analysis.situations else ""
    _count_value(score, name, "first_situation", first, row["situations"][0])
    _count_set(score, name, "situations", [s.name for s in analysis.situations], row["situations"])
    _count_set(score, name, "threats", [t.kind for t in analysis.threats], row["threats"])
    for kind in ("order_numbers", "amounts", "dates"):
        _count_set(score, name, kind, getattr(analysis.facts, kind), facts[kind])
    _count_value(score, name, "customer_name", analysis.facts.customer_name, facts["customer_name"])


def _count_insults(score: Score, row: dict[str, Any], analysis: Analysis) -> None:
    labelled = _located(row["body"], row["insults"])
    pairs, used = [], set()
    for label, start, end in labelled:
        match = next((i for i in analysis.insults if i not in used and i.start < end and i.end > start), None)
        if match is None:
            score.misses.append(f"{row['id']} insult missed: {label['text']!r} ({label['target']})")
            continue
        used.add(match)
        pairs.append((match, label))
    for insult in analysis.insults:
        if insult not in used:
            score.misses.append(f"{row['id']} insult extra: {insult.text!r} ({insult.target}, {insult.rule})")
    score.tally("insult_spans").add(len(analysis.insults), len(labelled), len(pairs))
    for insult, label in pairs:
        score.rate("target", insult.target == label["target"])
        score.rate("reported", insult.reported == label["reported"])
        score.rate("severity", insult.severity == label["severity"])
        if insult.target != label["target"] or insult.reported != label["reported"]:
            told = f"{insult.target}{' reported' if insult.reported else ''}"
            score.misses.append(f"{row['id']} target of {label['text']!r}: labelled {label['target']}"
                                f"{' reported' if label['reported'] else ''}, found {told}")  # fmt: skip
    wanted = any(label["target"] in PERSONS and not label["reported"] for label in row["insults"])
    found = any(insult.target in PERSONS and not insult.reported for insult in analysis.insults)
    score.tally("person_insulted").add(found, wanted, found and wanted)


def _located(body: str, labels: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], int, int]]:
    """Find the labelled substrings in order of appearance."""
    located, position = [], 0
    for label in labels:
        start = body.find(label["text"], position)
        start = body.find(label["text"]) if start < 0 else start
        located.append((label, start, start + len(label["text"])))
        position = start + len(label["text"])
    return located


def _overlap(body: str, labelled: str, analysis: Analysis) -> bool:
    assert analysis.opener
    start = body.find(labelled)
    return analysis.opener.start < start + len(labelled) and analysis.opener.end > start


def _count_value(score: Score, name: str, kind: str, found: Any, labelled: Any) -> None:
    score.rate(kind, found == labelled)
    if found != labelled:
        score.misses.append(f"{name} {kind}: labelled {labelled!r}, found {found!r}")


def _count_set(score: Score, name: str, kind: str, found: Sequence[str], labelled: Sequence[str]) -> None:
    hits = set(found) & set(labelled)
    score.tally(kind).add(len(set(found)), len(set(labelled)), len(hits))
    if kind != "situations" and set(found) != set(labelled):
        score.misses.append(f"{name} {kind}: labelled {sorted(labelled)}, found {sorted(found)}")


def spearman(pairs: Sequence[tuple[float, float]]) -> float:
    """Return Spearman's rank correlation, ties given their mean rank (0.0 where it is undefined)."""
    if len(pairs) < 2:
        return 0.0
    left, right = (_ranks([pair[side] for pair in pairs]) for side in (0, 1))
    mean = (len(pairs) + 1) / 2
    covariance = sum((a - mean) * (b - mean) for a, b in zip(left, right, strict=True))
    spread = (sum((a - mean) ** 2 for a in left) * sum((b - mean) ** 2 for b in right)) ** 0.5
    return covariance / spread if spread else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    """Rank from 1; ties share their mean rank."""
    ordered = sorted(values)
    return [(bisect_left(ordered, value) + bisect_right(ordered, value) + 1) / 2 for value in values]
