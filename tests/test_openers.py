"""The opener is found where the customer grants that the reader is not to blame; the cases stand in cases/openers.yaml."""

from __future__ import annotations

import pytest
import spacy
from conftest import read_cases

from drafter.analysis.openers import OpenerDetector
from drafter.analysis.pipeline import Pipeline
from drafter.analysis.text import OwnText
from drafter.analysis.wordpatterns import read_patterns, words_of
from drafter.data import read_rules
from drafter.places import Places
from drafter.records import Zone

BLOCKS = read_rules(Places().file("rules", "openers.yaml"), {"id", "kind", "patterns"}, {"hit", "miss"})
PATTERNS = read_patterns(BLOCKS)
EXAMPLES = [
    (block["id"], text, name == "hit") for block in BLOCKS for name in ("hit", "miss") for text in block.texts(name)
]


@pytest.fixture(scope="module")
def detector() -> OpenerDetector:
    return OpenerDetector.load(Places())


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(spacy.blank("de"))


def own(text: str, pipeline: Pipeline) -> OwnText:
    return OwnText(text, [Zone("body", 0, len(text))], pipeline)


@pytest.mark.parametrize("case", read_cases("openers"), ids=lambda case: case["text"][:60])
def test_opener(case: dict, detector: OpenerDetector, pipeline: Pipeline) -> None:
    found = detector.detect(own(case["text"], pipeline))

    assert (found is None) == (case["opener"] is None), found
    if found:
        assert case["opener"] in found.text
        assert case["text"][found.start : found.end] == found.text


@pytest.mark.parametrize(("rule", "text", "hits"), EXAMPLES)
def test_rule_examples(rule: str, text: str, hits: bool) -> None:
    assert (rule in {name for name, _ in PATTERNS.find(words_of(text))}) == hits


@pytest.mark.parametrize(
    "text", ["!" * 10_000, "Sie können " * 5_000, "nichts " * 5_000, "\u202e\x00\ufeff", "a" * 200_000]
)
def test_hostile_text_gives_an_answer(text: str, detector: OpenerDetector, pipeline: Pipeline) -> None:
    detector.detect(own(text, pipeline))
