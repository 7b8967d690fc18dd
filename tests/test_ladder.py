"""The ladder as a pure function of the conversation; the cases stand in cases/ladder.yaml."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from conftest import read_cases
from hypothesis import given
from hypothesis import strategies as st

from drafter.goodwill import refusal
from drafter.ladder import due_stage, standing
from drafter.options import choose_options
from drafter.places import Places
from drafter.plan import load_steps, make_case, make_plan
from drafter.policy import Goodwill, Tolerance, load_policy
from drafter.records import (
    SITUATIONS,
    STAGES,
    Accepted,
    Analysis,
    Apology,
    Conversation,
    Insult,
    Intensity,
    Offer,
    Situation,
)
from drafter.wishes import Wishes

START = datetime(2026, 1, 1)
POLICY, STEPS = load_policy(Places()), load_steps(Places())
CASES = read_cases("ladder")


def reply(day: float, stage: str, points: float = 2.0, **fields) -> Accepted:
    when = START + timedelta(days=day)
    values = {"points": points, "apologised": stage == "apology"} | fields
    return Accepted(when, when, "none" if stage == "apology" else stage, "complaint", **values)


def past(replies: list[Accepted], day: float | None = None, **fields) -> Conversation:
    when = START + timedelta(days=day) if day is not None else max([r.when for r in replies], default=START)
    return Conversation(when, when, tuple(replies), **fields)


def insulting(*insults: tuple[str, int], **fields) -> Analysis:
    found = tuple(Insult(0, 1, "x", target, severity, False, "", "") for target, severity in insults)
    return Analysis(insults=found, situations=(Situation("outage", 1.0),), intensity=Intensity(0.5, 2), **fields)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_stage_follows_from_the_conversation(case: dict) -> None:
    before = past([reply(*entry) for entry in case["before"]], case.get("day"))

    assert due_stage(insulting(*map(tuple, case["insults"])), Tolerance(), before) == case["stage"]


def test_how_often_respect_was_asked_for_is_counted_since_the_last_apology() -> None:
    entries = [reply(0, "request"), reply(1, "apology"), reply(2, "request"), reply(3, "mirror"), reply(4, "announce")]

    assert standing(past(entries), Tolerance()).asked == 2


@given(
    st.lists(st.tuples(st.floats(-500, 500), st.sampled_from([*STAGES, "apology"])), max_size=12), st.floats(-500, 500)
)
def test_any_history_gives_a_stage_at_most_one_above_the_highest(entries: list, day: float) -> None:
    replies = [reply(*entry) for entry in entries]

    stage = due_stage(insulting(("agent", 2)), Tolerance(), past(replies, day))

    highest = max((STAGES.index(r.stage) for r in replies), default=0)
    assert STAGES.index(stage) <= max(STAGES.index("request"), highest + 1)


@pytest.mark.parametrize(
    ("tolerance", "stage"),
    [(Tolerance(overlook_mails=0), "request"), (Tolerance(request_from=0.5), "request"), (Tolerance(weight_company=0), "overlook")],
)  # fmt: skip
def test_the_policy_sets_what_is_overlooked(tolerance: Tolerance, stage: str) -> None:
    assert due_stage(insulting(("company", 1)), tolerance, Conversation()) == stage


def test_the_end_needs_a_yes_and_a_stage_named_is_one() -> None:
    before = past([reply(0, "announce")])
    cases = [make_case(POLICY, insulting(("agent", 3)), wishes, before)
             for wishes in (Wishes(), Wishes(confirm_end=True), Wishes(stage="end"), Wishes(stage="overlook"))]  # fmt: skip

    assert [(case.stage, case.end_is_due) for case in cases] == [
        ("announce", True),
        ("end", False),
        ("end", False),
        ("overlook", False),
    ]


def test_an_apology_is_thanked_for_unless_insults_go_on() -> None:
    apology = Apology(0, 1, "x", "")
    steps = [make_plan(STEPS, make_case(POLICY, insulting(*insults, apology=apology), Wishes())).steps
             for insults in ([], [("agent", 2)])]  # fmt: skip

    assert steps[0][0].name == "thank_apology"
    assert "thank_apology" not in [step.name for step in steps[1]]


def names(analysis: Analysis, before: Conversation) -> list[str]:
    return [step.name for step in make_plan(STEPS, make_case(POLICY, analysis, Wishes(), before)).steps]


def test_after_rounds_without_solution_a_heated_mail_gets_a_pause_and_no_further_list() -> None:
    three = [reply(day, "none") for day in range(3)]
    thanked = [*three[:2], reply(2, "none")._replace(frame="praise"), three[2]]
    elsewhere = [entry._replace(here=False) for entry in three]

    paused = names(insulting(), past(three))
    assert "pause" in paused
    assert not {"offer_options", "offer_call", "fix_in_writing", "pass_ball"} & set(paused)
    for before in (three[:2], thanked, elsewhere):
        assert "pause" not in names(insulting(), past(before))


def goodwill_of(before: Conversation, **limits) -> bool:
    policy = POLICY.model_copy(update={"goodwill": Goodwill(**limits)})
    return any(option.goodwill for option in choose_options(policy, insulting(), Wishes(), before))


def test_goodwill_is_offered_once_within_the_period() -> None:
    given_once = [reply(0, "none", offers=(Offer("x", True, 10.0),)), reply(1, "none", offers=(Offer("owed"),))]

    assert goodwill_of(past(given_once[1:])) and goodwill_of(past(given_once, 400))
    assert not goodwill_of(past(given_once, 360)) and not goodwill_of(past(given_once, -50))
    assert goodwill_of(past(given_once), per_customer=2)
    assert not goodwill_of(past([]), per_customer=0)


def test_without_goodwill_there_are_still_two_options_wherever_something_can_be_solved() -> None:
    before = past([reply(0, "none", offers=(Offer("x", True, 10.0),))], 30)
    for name in SITUATIONS[:-3]:
        options = choose_options(POLICY, Analysis(situations=(Situation(name, 1.0),)), Wishes(), before)
        assert len(options) >= 2 and not any(option.goodwill for option in options), name


def test_goodwill_keeps_within_the_budget_of_the_month() -> None:
    assert goodwill_of(past([], goodwill_spent=70.0), month_total=100.0)
    assert not goodwill_of(past([], goodwill_spent=71.0), month_total=100.0)


def test_where_no_goodwill_is_left_the_note_says_why() -> None:
    given_once = past([reply(0, "none", offers=(Offer("x", True, 10.0),))], 30)

    case = make_case(POLICY, insulting(), Wishes(), given_once)

    assert case.options and "2026-01-01" in case.goodwill_note
    assert make_case(POLICY, insulting(), Wishes(), past([])).goodwill_note == ""
    assert refusal(next(o for o in POLICY.option if o.goodwill), POLICY, Conversation()) == ""
