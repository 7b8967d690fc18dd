"""How the customer addresses the reader; the cases stand in cases/register.yaml."""

from __future__ import annotations

import pytest
import spacy
from conftest import read_cases

from drafter.analysis.pipeline import Pipeline
from drafter.analysis.register import RegisterDetector
from drafter.analysis.text import OwnText
from drafter.places import Places
from drafter.records import Zone


@pytest.fixture(scope="module")
def detector() -> RegisterDetector:
    return RegisterDetector.load(Places())


@pytest.mark.parametrize("case", read_cases("register"), ids=lambda case: case["text"][:60] or "empty")
def test_register(case: dict, detector: RegisterDetector) -> None:
    text = OwnText(case["text"], [Zone("body", 0, len(case["text"]))], Pipeline(spacy.blank("de")))

    assert detector.detect(text, case.get("quoted", "")) == case["register"]


@pytest.mark.parametrize("text", ["ihr " * 20_000, "Sie" * 50_000, '"' * 10_000, "\x00\u202e"])
def test_hostile_text_gives_an_answer(text: str, detector: RegisterDetector) -> None:
    assert detector.of(text) in ("sie", "du", "ihr", "none")
