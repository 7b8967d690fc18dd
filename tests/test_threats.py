"""What the customer announces or threatens; the cases stand in cases/threats.yaml."""

from __future__ import annotations

import pytest
import spacy
from conftest import read_cases

from drafter.analysis.pipeline import Pipeline
from drafter.analysis.text import OwnText
from drafter.analysis.threats import ThreatDetector
from drafter.analysis.wordpatterns import read_patterns, words_of
from drafter.data import read_rules
from drafter.places import Places
from drafter.records import THREATS, Zone

OPTIONAL = {"hit", "miss", "of", "needs"}
BLOCKS = read_rules(Places().file("rules", "threats.yaml"), {"id", "kind", "patterns"}, OPTIONAL)
PATTERNS = read_patterns(BLOCKS)
EXAMPLES = [
    (block["id"], text, name == "hit") for block in BLOCKS for name in ("hit", "miss") for text in block.texts(name)
]


@pytest.fixture(scope="module")
def detector() -> ThreatDetector:
    return ThreatDetector.load(Places())


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return Pipeline(spacy.blank("de"))


def own(text: str, pipeline: Pipeline) -> OwnText:
    return OwnText(text, [Zone("body", 0, len(text))], pipeline)


@pytest.mark.parametrize("case", read_cases("threats"), ids=lambda case: case["text"][:60] or "empty")
def test_threats(case: dict, detector: ThreatDetector, pipeline: Pipeline) -> None:
    found = detector.detect(own(case["text"], pipeline))

    assert {threat.kind for threat in found} == set(case["threats"])
    assert all(case["text"][threat.start : threat.end] == threat.text for threat in found)


@pytest.mark.parametrize(("rule", "text", "hits"), EXAMPLES)
def test_rule_examples(rule: str, text: str, hits: bool, detector: ThreatDetector, pipeline: Pipeline) -> None:
    """A rule that needs a sign may match without it: then the detector must stay silent."""
    kind = next(block["kind"] for block in BLOCKS if block["id"] == rule)
    if kind in THREATS:
        assert (kind in {threat.kind for threat in detector.detect(own(text, pipeline))}) == hits
    else:
        assert (rule in {name for name, _ in PATTERNS.find(words_of(text))}) == hits


@pytest.mark.parametrize("text", ["Anwalt " * 10_000, "wenn ich nie wieder " * 3_000, "!" * 10_000, "\x00\u202e"])
def test_hostile_text_gives_an_answer(text: str, detector: ThreatDetector, pipeline: Pipeline) -> None:
    assert len(detector.detect(own(text, pipeline))) <= len(THREATS)
