"""Mails of one to three sentences (cases/short_mails.yaml): what they are about, how they sound, what the draft does."""

from collections.abc import Iterator

import pytest
from conftest import read_cases

from drafter.drafting import Kit
from drafter.read import read_paste

CASES = read_cases("short_mails")
SHARE = 0.7
"""So many of the unseen mails are right in everything."""


def faults(kit: Kit, case: dict) -> Iterator[str]:
    """Yield what a short mail and its draft get wrong."""
    outcome = kit.draft(read_paste(case["text"]))
    analysis, steps = outcome.analysis, [step.name for step in outcome.plan.steps]
    names = [situation.name for situation in analysis.situations]
    if names[0] not in case.get("first", names):
        yield f"situations {names}"
    if "other" in names and len(names) > 1:
        yield f"other is said beside something: {names}"
    least, most = case["level"]
    if not least <= analysis.intensity.level <= most:
        yield f"level {analysis.intensity.level}"
    yield from (f"no {name}" for name in case.get("some", []) if not analysis.emotions[name])
    yield from (f"{name} {analysis.emotions[name]}" for name in case.get("none", []) if analysis.emotions[name])
    if case.get("step", steps[0] if steps else "") not in steps or set(case.get("never", [])) & set(steps):
        yield f"steps {steps}"


@pytest.mark.parametrize("case", CASES["seen"], ids=lambda case: case["text"][:40])
def test_a_short_mail_is_read_and_answered_sensibly(remembering_kit, case):
    assert not list(faults(remembering_kit, case))


def test_most_unseen_short_mails_are_right(remembering_kit):
    right = [not list(faults(remembering_kit, case)) for case in CASES["unseen"]]
    assert sum(right) >= SHARE * len(right)
