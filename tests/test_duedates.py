"""Due days in notes: which words name them, and which only look like it."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.analysis.duedates import DueDates
from drafter.places import Places
from drafter.workdays import Workdays

TODAY = date(2026, 6, 1)
BAVARIA = Workdays("DE", "BY")


@pytest.fixture(scope="module")
def due_dates() -> DueDates:
    return DueDates.load(Places())


@pytest.mark.parametrize("case", read_cases("duedates"), ids=lambda case: case["text"])
def test_a_due_day_is_found_by_its_words(due_dates: DueDates, case: dict) -> None:
    due = due_dates.find(case["text"], TODAY, BAVARIA)

    assert (due and due.day) == case["due"]
    if due:
        assert (case["text"][due.start : due.end], due.lead) == (case["words"], case["lead"])


@pytest.mark.parametrize(
    ("text", "day"),
    [("5.6.", date(2026, 6, 5)), (" bis Freitag ", date(2026, 6, 5)), ("morgen", date(2026, 6, 2)), ("2026-06-05", date(2026, 6, 5)), ("28.5.", date(2026, 5, 28)),
     ("in 2 Werktagen", date(2026, 6, 3)), ("5.6. und mehr", None), ("irgendwann", None), ("", None), ("Techniker 5.6.", None)],
)  # fmt: skip
def test_a_day_alone_is_read_as_a_whole(due_dates: DueDates, text: str, day: date | None) -> None:
    due = due_dates.read(text, TODAY, BAVARIA)

    assert (due and due.day) == day


def test_the_day_of_the_week_beside_a_date_is_told(due_dates: DueDates) -> None:
    right, wrong = (due_dates.find(f"am {name}, den 5. Juni", TODAY, BAVARIA) for name in ("Freitag", "Montag"))

    assert (right.weekday, right.day.weekday()) == (4, 4)
    assert (wrong.weekday, wrong.day.weekday()) == (0, 4)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("bis am 5.6 Fr.eitag in14ageMo\n:-–€€x"), max_size=80), st.dates())
def test_nothing_that_is_written_breaks_it(text: str, today: date) -> None:
    due = DUE.find(text, min(today, date(9000, 1, 1)), BAVARIA)

    assert due is None or text[due.start : due.end]


DUE = DueDates.load(Places())
