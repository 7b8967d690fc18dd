"""Drafts for all labelled mails hold what every draft must hold, whatever the mail."""

from __future__ import annotations

import json
import re

import pytest
from conftest import HERE

from drafter.sources import read_record
from drafter.wishes import Wishes

ROWS = [
    json.loads(line) for name in ("dev", "fresh") for line in (HERE / "gold" / f"{name}.jsonl").open(encoding="utf-8")
]
MAX_WORDS = 220


@pytest.fixture(scope="module")
def outcomes(remembering_kit):
    return [
        remembering_kit.draft(read_record(row), Wishes(register=("auto", "sie", "du")[number % 3]))
        for number, row in enumerate(ROWS)
    ]


def test_no_draft_has_an_error_or_is_too_long(outcomes) -> None:
    faults = [
        (outcome.id, finding.code, finding.message)
        for outcome in outcomes
        for finding in outcome.findings
        if finding.level == "error"
    ]
    long = [o.id for o in outcomes if o.draft and len(re.findall(r"\w+", o.draft.body)) > MAX_WORDS]

    assert (faults, long) == ([], [])


def test_every_draft_is_whole_and_every_status_says_why(outcomes) -> None:
    for outcome in outcomes:
        assert outcome.status == "ready" or outcome.why, outcome.id
        if outcome.draft:
            assert not re.search(r"[{}<>]|\bNone\b|  |Frau/Herr", outcome.draft.body), outcome.id
            assert outcome.plan.steps and all(step.advice for step in outcome.plan.steps), outcome.id


def test_a_complaint_gets_a_choice_or_the_ball(outcomes) -> None:
    for outcome in outcomes:
        steps = {step.name for step in outcome.plan.steps} if outcome.plan else set()
        if "name_matter" in steps:
            assert len(outcome.plan.options) >= 2 or "pass_ball" in steps, outcome.id


def test_bodies_differ_beyond_names_and_numbers(outcomes) -> None:
    bodies = [re.sub(r"\d[\d.,'’-]*|^Guten Tag.*$|^Hallo.*$|„[^“]*“|«[^»]*»", "", o.draft.body, flags=re.MULTILINE)
              for o in outcomes if o.draft]  # fmt: skip

    assert len(set(bodies)) >= 0.75 * len(bodies)
