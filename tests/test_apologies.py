"""Where a customer is sorry for how he wrote; the cases stand in cases/apologies.yaml."""

from __future__ import annotations

import json

import pytest
import spacy
from conftest import HERE, read_cases

from drafter.analysis.apologies import ApologyDetector
from drafter.analysis.pipeline import Pipeline
from drafter.analysis.text import OwnText
from drafter.analysis.wordpatterns import read_patterns, words_of
from drafter.data import read_rules
from drafter.places import Places
from drafter.records import Zone

BLOCKS = read_rules(Places().file("rules", "apologies.yaml"), {"id", "kind", "patterns"}, {"hit", "miss"})
PATTERNS = read_patterns(BLOCKS)
EXAMPLES = [
    (block["id"], text, name == "hit") for block in BLOCKS for name in ("hit", "miss") for text in block.texts(name)
]
BLANK = Pipeline(spacy.blank("de"))


@pytest.fixture(scope="module")
def detector() -> ApologyDetector:
    return ApologyDetector.load(Places())


def own(text: str) -> OwnText:
    return OwnText(text, [Zone("body", 0, len(text))], BLANK)


@pytest.mark.parametrize("case", read_cases("apologies"), ids=lambda case: case["text"][:60] or "empty")
def test_apologies(case: dict, detector: ApologyDetector) -> None:
    found = detector.detect(own(case["text"]))

    assert bool(found) == case["apology"]
    assert not found or case["text"][found.start : found.end] == found.text


@pytest.mark.parametrize(("rule", "text", "hits"), EXAMPLES)
def test_rule_examples(rule: str, text: str, hits: bool) -> None:
    assert (rule in {name for name, _ in PATTERNS.find(words_of(text))}) == hits


def test_every_rule_has_examples() -> None:
    assert [
        block["id"] for block in BLOCKS if block["kind"] != "part" and not (block.texts("hit") and block.texts("miss"))
    ] == []


def test_complaints_are_hardly_ever_taken_for_apologies(detector: ApologyDetector) -> None:
    rows = [
        json.loads(line)
        for name in ("dev", "fresh")
        for line in (HERE / "gold" / f"{name}.jsonl").open(encoding="utf-8")
    ]

    found = [row["id"] for row in rows if detector.detect(own(row["body"]))]

    assert len(found) <= 0.01 * len(rows)


@pytest.mark.parametrize("text", ["tut mir leid " * 5_000, "ich " * 20_000, "!" * 10_000, "\x00\u202e"])
def test_hostile_text_gives_an_answer(text: str, detector: ApologyDetector) -> None:
    assert detector.detect(own(text)) is None
