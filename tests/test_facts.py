"""The facts of a mail: each case names what a text holds; nothing found is anything but the customer's own words."""

from __future__ import annotations

from datetime import datetime

import pytest
import spacy
from conftest import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.analysis.factpatterns import FactPatterns
from drafter.analysis.facts import FactReader
from drafter.analysis.pipeline import Pipeline
from drafter.analysis.text import OwnText
from drafter.places import Places
from drafter.records import Facts, Mail, Zone

PIPELINE = Pipeline(spacy.blank("de"))
READER = FactReader.load(Places())
PATTERNS = FactPatterns.load(Places())
DATE = datetime(2026, 5, 10, 9, 0)


def facts_of(body: str, subject: str = "", zones: tuple[Zone, ...] | None = None, sender: str = "") -> Facts:
    text = OwnText(body, zones or (Zone("body", 0, len(body)),), PIPELINE)
    return READER.read(text, Mail(body, subject=subject, date=DATE, from_address=sender))


def plain(value: object) -> object:
    """Tuples as YAML writes them."""
    return [plain(item) for item in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", read_cases("facts"), ids=lambda case: case["text"][:40] or "empty")
def test_case_finds_what_it_names(case: dict) -> None:
    facts = facts_of(case["text"], case.get("subject", ""))
    expected = {name: value for name, value in case.items() if name not in ("text", "subject")}
    assert {name: plain(getattr(facts, name)) for name in expected} == expected


def test_quoted_history_is_not_read() -> None:
    body = "Danke.\n> Rechnung 4711 über 15,00 € vom 3. Mai\n"
    facts = facts_of(body, zones=(Zone("body", 0, 7), Zone("quote", 7, len(body))))
    assert not (facts.order_numbers or facts.amounts or facts.dates)


def test_swiss_address_means_swiss_spelling() -> None:
    assert facts_of("Guten Tag", sender="a@example.ch").swiss
    assert not facts_of("Guten Tag", sender="a@example.de").swiss


@pytest.mark.parametrize("rule", PATTERNS.rules, ids=lambda rule: rule.id)
def test_rule_keeps_its_examples(rule) -> None:
    assert rule.hit and rule.miss
    assert [text for text in rule.hit if not PATTERNS.fires(rule, text)] == []
    assert [text for text in rule.miss if PATTERNS.fires(rule, text)] == []


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.sampled_from("0123456789 .,-/#€ABNr. zwölfEuroamMärzMaiTel:+\n'’–äß\x00\u202e"), max_size=120)
    | st.text()
)
def test_any_text_gives_only_its_own_words(body: str) -> None:
    facts = facts_of(body)
    found = (*facts.order_numbers, *facts.amounts, *facts.dates, *facts.products, *facts.places, *facts.phone_numbers)
    assert all(text in body for text in found)
    assert len(facts.dates) == len(facts.dates_iso) and len(facts.order_numbers) == len(facts.order_number_kinds)
