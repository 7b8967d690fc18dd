"""What people changed in a draft is named by its kind and step; any two texts can be compared."""

from __future__ import annotations

import pytest
from conftest import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.alignment import changed_blocks, link, out_of_order, similarity
from drafter.compare import KINDS, Comparison, Letter, Reader, compare
from drafter.places import Places

READER = Reader.load(Places())
CASES = read_cases("compare")
PIECES = [
    "Guten Tag Frau Kolb,",
    " Sie ",
    " du ",
    " bis Freitag. ",
    "[[Tag ergänzen]]",
    "\n\n",
    "\n1. ",
    " 50 € ",
    "sehr",
]
TEXTS = st.one_of(st.text(max_size=400), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


def compared(case: dict) -> Comparison:
    draft = sent = CASES["letters"][case.get("draft", "bed")]
    for old, new in case.get("edit", {}).items():
        assert old in sent
        sent = sent.replace(old, new)
    return compare(Letter(draft), Letter(case.get("sent", sent)), READER)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_a_change_has_its_kinds(case: dict) -> None:
    found = compared(case)

    assert list(found.kinds) == case["kinds"]
    steps = {step.step: list(step.kinds) for step in found.steps if step.kinds}
    assert {name: steps.get(name, []) for name in case.get("steps", {})} == case.get("steps", {})
    assert case.get("near") not in found.kinds


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_shows_both_sides(kind: str) -> None:
    assert any(kind in case["kinds"] for case in CASES["cases"])
    assert any(kind == case.get("near") for case in CASES["cases"])


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_the_same_text_is_unchanged(text: str) -> None:
    found = compare(Letter(text), Letter(text), READER)

    assert (found.similarity, found.kinds) == (1, ())
    assert all(step.similarity == 1 and not step.kinds for step in found.steps)


@settings(max_examples=120, deadline=None)
@given(TEXTS, TEXTS)
def test_any_two_texts_are_as_alike_from_both_sides(one: str, other: str) -> None:
    there, back = compare(Letter(one), Letter(other), READER), compare(Letter(other), Letter(one), READER)

    assert 0 <= there.similarity == back.similarity <= 1
    assert set(there.kinds) <= set(KINDS)


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_blocks_turn_the_one_text_into_the_other(one: list[str], other: list[str]) -> None:
    made = list(one)
    for block in reversed(changed_blocks(one, other)):
        made[block.start : block.end] = other[block.other_start : block.other_end]

    assert made == other
    assert similarity(one, other) == similarity(other, one)


@given(st.lists(st.integers(0, 9), max_size=12))
def test_what_is_out_of_order_leaves_the_rest_rising(numbers: list[int]) -> None:
    rest = [number for place, number in enumerate(numbers) if place not in out_of_order(numbers)]

    assert rest == sorted(rest)


def test_a_sentence_joined_to_another_is_linked_to_it() -> None:
    one, other = ("ich", "rufe", "sie", "morgen", "an"), ("das", "buch", "kommt", "per", "post")

    assert link([one, other], [(*other, "und", *one)]) == [(0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("text", "other"),
    [("a" * 200_000, "b " * 100_000), ("Sie. " * 40_000, "Du. " * 40_000), ("1. a\n" * 20_000, "2. b\n" * 20_000),
     ("die da. " * 20_000, "da die. " * 20_000), ("[[" * 20_000, "[[a]]" * 10_000)],
    ids=["word", "sentences", "items", "alike", "gaps"],
)  # fmt: skip
def test_huge_texts_end(text: str, other: str) -> None:
    assert compare(Letter(text), Letter(other), READER).cut


def test_replacements_hold_no_personal_data() -> None:
    sent = CASES["letters"]["bed"].replace(
        "Oft geht es am Telefon schneller.",
        "Frau Scholl, Herr Dr. Kowalski ruft Sie unter 0911 123456 an, Lena Voss schreibt an lena@example.org.",
    )
    found = compare(Letter(CASES["letters"]["bed"]), Letter(sent), READER)

    shown = " ".join(text for step in found.steps for pair in step.replacements for text in pair)
    assert "[name]" in shown and "[number]" in shown and "[address]" in shown
    for private in ("Scholl", "Kowalski", "0911", "123456", "Lena", "Voss", "example"):
        assert private not in shown
