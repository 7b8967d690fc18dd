"""What the customer wants, with kind and span, and which questions wait for an answer."""

from __future__ import annotations

import pytest
import spacy
from conftest import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.analysis.demands import DemandReader
from drafter.analysis.pipeline import Pipeline
from drafter.analysis.text import OwnText
from drafter.places import Places
from drafter.records import Zone

PIPELINE = Pipeline(spacy.blank("de"))
READER = DemandReader.load(Places())
FINDERS = [
    rule for rule in (*READER.rules, *READER.question_rules) if rule.part in ("want", "rhetorical", "open", "form")
]


def own(body: str, kind: str = "body") -> OwnText:
    return OwnText(body, (Zone(kind, 0, len(body)),), PIPELINE)


@pytest.mark.parametrize("case", read_cases("demands"), ids=lambda case: case["text"][:40] or "empty")
def test_case_finds_demands_and_questions(case: dict) -> None:
    text = own(case["text"])
    if "demands" in case:
        found = [[d.kind, d.text, *(["proposal"] if d.proposal else [])] for d in READER.read(text)]
        assert found == case["demands"]
    if "questions" in case:
        assert [question.text for question in READER.questions(text)] == case["questions"]


def test_quoted_history_asks_nothing() -> None:
    text = own("Bitte rufen Sie mich an. Wann kommt es?", kind="quote")
    assert READER.read(text) == () and READER.questions(text) == ()


@pytest.mark.parametrize("rule", FINDERS, ids=lambda rule: rule.id)
def test_rule_keeps_its_examples(rule) -> None:
    assert rule.hit and rule.miss
    assert [text for text in rule.hit if not rule.finds(text)] == []
    assert [text for text in rule.miss if rule.finds(text)] == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200) | st.text(st.sampled_from("bitte Sie ich will Geld?!.,:\n-zurück "), max_size=200))
def test_any_text_gives_spans_of_itself(body: str) -> None:
    text = own(body)
    for found in (*READER.read(text), *READER.questions(text)):
        assert body[found.start : found.end] == found.text and found.text.strip()
