"""Insults are found, judged and told from what only looks like one (cases/insults.yaml)."""

from __future__ import annotations

import pytest
from conftest import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.analysis.insult_rules import Phrases
from drafter.analysis.insults import InsultDetector
from drafter.analysis.pipeline import load_pipeline
from drafter.analysis.text import OwnText
from drafter.data import read_rules
from drafter.places import Places
from drafter.zones import ZoneFinder

PLACES = Places()
RULES = read_rules(PLACES.file("rules", "insults.yaml"), {"id", "kind", "patterns"}, {"hit", "miss"})


@pytest.fixture(scope="module")
def read():
    """Return a function from a mail to its insults."""
    pipeline = load_pipeline(None, PLACES.pipeline)
    detector, zones = InsultDetector.load(PLACES), ZoneFinder.load(PLACES)
    return lambda mail: detector.detect(OwnText(mail, zones.find(mail), pipeline))


@pytest.mark.parametrize("case", read_cases("insults"), ids=lambda case: f"{case['kind']}: {case['mail'][:50]}")
def test_insults_are_judged(read, case: dict) -> None:
    """Text, target and reported are as the case says; what is none stays silent."""
    found = [f"{i.text} > {i.target}{', reported' if i.reported else ''}" for i in read(case["mail"])]
    assert found == case["finds"]


def test_findings_say_why(read) -> None:
    """A finding names its rule and the grammar behind the target, and stands where it says."""
    (insult,) = read("Ich warte seit Mai. Sie sind unfähig.")
    assert "Ich warte seit Mai. Sie sind unfähig."[insult.start : insult.end] == insult.text
    assert insult.rule and "'Sie'" in insult.why and "agent" in insult.why


@pytest.mark.parametrize("block", [b for b in RULES if b["kind"] != "part"], ids=lambda block: block["id"])
def test_phrases_hit_and_miss(block) -> None:
    """Each phrase rule matches its hits and none of its misses."""
    phrases = Phrases.load(PLACES)
    assert all(phrases.find(block["kind"], text) for text in block.texts("hit"))
    assert not any(phrases.find(block["kind"], text) for text in block.texts("miss"))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_survived(read, text: str) -> None:
    """No text makes the detector fail, and every span lies in it."""
    assert all(text[i.start : i.end] == i.text for i in read(text))
