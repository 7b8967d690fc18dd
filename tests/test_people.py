"""Name and salutation: the signature as written, the form of address only where the gender is certain."""

from __future__ import annotations

import re

import pytest
import spacy
from conftest import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.analysis.people import Person, PersonReader
from drafter.analysis.pipeline import Pipeline
from drafter.analysis.text import OwnText
from drafter.data import read_table
from drafter.places import Places
from drafter.records import Mail, Zone

PIPELINE = Pipeline(spacy.blank("de"))
READER = PersonReader.load(Places())
HARMLESS = re.compile(r"[\w'’.\- ]*")


def person_of(body: str, sender: str = "") -> Person:
    return READER.read(OwnText(body, (Zone("body", 0, len(body)),), PIPELINE), Mail(body, from_name=sender))


@pytest.mark.parametrize("case", read_cases("people"), ids=lambda case: f"{case['from'][:20]}|{case['text'][-25:]}")
def test_case_gives_name_and_salutation(case: dict) -> None:
    person = person_of(case["text"], case["from"])
    assert (person.customer_name, person.salutation) == (case["name"], case["salutation"])
    assert person.name.first == case.get("first", person.name.first)
    assert person.name.gender == case.get("gender", person.name.gender)


def test_first_names_are_many_and_each_stands_once() -> None:
    names = [row["name"] for row, _ in read_table(Places().file("lexicon", "first_names.tsv"), ("name", "gender"))]
    assert len(names) >= 900 and len(set(names)) == len(names)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_sender_gives_a_harmless_salutation(body: str, sender: str) -> None:
    person = person_of(body + "\nGruß\n" + body[:30], sender)
    assert HARMLESS.fullmatch(person.salutation) and len(person.salutation) <= 120
    assert person.customer_name is None or person.customer_name in f"{body}\nGruß\n{body[:30]}"
