"""Notes of a call: who does what until when is read, and nothing that is written gets lost."""

from __future__ import annotations

import re
from datetime import date

import pytest
from conftest import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.notes import Days, NoteReader
from drafter.places import Places
from drafter.workdays import Workdays

TODAY = date(2026, 6, 1)
DAYS = Days(TODAY, Workdays("DE", "BY"))
READER = NoteReader.load(Places())


@pytest.mark.parametrize("case", read_cases("notes"), ids=lambda case: case["name"])
def test_notes_are_read(case: dict) -> None:
    notes = READER.read(case["text"], DAYS)

    assert [[item.text, item.who, item.due] for item in notes.items] == case["items"]
    call = case.get("call", {"name": "", "number": "", "day": None})
    assert {"name": notes.name, "number": notes.number, "day": notes.day} == call
    assert (list(notes.next), list(notes.left_out)) == (case.get("next", []), case.get("left_out", []))
    assert [doubt.code for doubt in notes.doubts] == case.get("doubts", [])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.sampled_from("wir: Kunde bis 5.6. Ftag\n-€{}%"), max_size=60), max_size=6))
def test_no_word_is_lost(lines: list[str]) -> None:
    text = "\n".join(f"- x {line}" for line in lines)

    notes = READER.read(text, DAYS)

    kept = " ".join([*(item.text for item in notes.items), *notes.next, *notes.left_out])
    assert all(word in kept for word in re.findall(r"[€%]|\bKunde\w+|\bFtag\b", text))


@pytest.mark.parametrize(
    ("text", "day"),
    [("28.5.", date(2026, 5, 28)), ("gestern", date(2026, 5, 31)), ("heute", TODAY), ("2026-06-01", TODAY), ("5.6.2026", None),
     ("irgendwann", None)],
)  # fmt: skip
def test_a_call_lies_in_the_past(text: str, day: date | None) -> None:
    assert READER.call_day(text, TODAY) == day


def test_a_day_that_is_given_goes_before_the_one_in_the_notes() -> None:
    notes = READER.read("Telefonat am 28.5.\n- Rückruf bis Freitag", DAYS._replace(call=date(2026, 5, 18)))

    assert (notes.day, notes.items[0].due) == (date(2026, 5, 18), date(2026, 5, 22))
    assert [doubt.code for doubt in notes.doubts] == ["E2-past"]  # seen from today


def test_long_notes_are_bounded() -> None:
    many, long = READER.read("- Punkt\n" * 100, DAYS), READER.read("- " + "abc" * 500, DAYS)

    assert (len(many.items), len(many.left_out)) == (40, 60)
    assert [len(text) for text in (long.items[0].text, *long.left_out)] == [500, 1000]
