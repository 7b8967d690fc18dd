"""Working days by known dates of German states, Austria and Switzerland."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from conftest import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.workdays import COUNTRIES, Workdays, known_state

CASES = read_cases("workdays")


def calendar_of(case: dict) -> Workdays:
    return Workdays(case["country"], case["state"], tuple(case.get("days_off", ())), case.get("saturdays", False))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_working_days_are_counted_past_what_is_free(case: dict) -> None:
    assert calendar_of(case).add(case["from"], case["add"]) == case["to"]


@pytest.mark.parametrize("case", [case for case in CASES if "holidays" in case], ids=lambda case: case["why"])
def test_holidays_have_their_names(case: dict) -> None:
    days = calendar_of(case)

    assert {day: days.day_off(day) or None for day in case["holidays"]} == case["holidays"]


@settings(max_examples=60, deadline=None)
@given(st.dates(date(1995, 1, 1), date(2095, 1, 1)), st.integers(1, 60), st.integers(0, 60), st.sampled_from(COUNTRIES))
def test_days_add_up_and_end_on_a_workday(day: date, first: int, second: int, country: str) -> None:
    days = Workdays(country)
    end = days.add(day, first)

    assert days.is_workday(end)
    assert end - day >= timedelta(days=first)
    assert days.add(end, second) == days.add(day, first + second)


def test_no_days_are_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        Workdays().add(date(2026, 6, 1), -1)


def test_every_state_has_a_code_and_a_name() -> None:
    assert known_state("DE", "bayern") == known_state("DE", "by") == "BY"
    assert known_state("AT", "Wien") == known_state("AT", "9")
    with pytest.raises(ValueError, match=r"known: .*ZH \(Zürich\)"):
        known_state("CH", "Tessin-Nord")
