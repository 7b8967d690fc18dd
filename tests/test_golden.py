"""Every shipped mail gives the same whole draft; `pytest --update-golden` rewrites, the diff is read in review."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from conftest import HERE, MAILS

from drafter.read import read_file
from drafter.wishes import Wishes

NAMES = sorted(path.stem for path in MAILS.glob("*.eml"))
WISHES = {"03_third_insult": Wishes(stage="announce"), "14_product_insult": Wishes(fault="ours")}
MAX_WORDS = 220


def show(outcome) -> str:
    """Write what a reviewer reads: status, stage, steps, draft."""
    lines = [f"status: {outcome.status} {outcome.why}".rstrip()]
    if outcome.draft is None:
        return "\n".join(lines) + "\n"
    lines.append(f"stage: {outcome.plan.stage}")
    lines.append("steps: " + ", ".join(f"{step.name} ({' '.join(step.advice)})" for step in outcome.plan.steps))
    lines += [f"finding: {finding.code} {finding.message}" for finding in outcome.findings]
    return "\n".join([*lines, "", f"Subject: {outcome.draft.subject}", "", outcome.draft.body])


@pytest.mark.skipif("DRAFTER_TEST_MODEL" in os.environ, reason="golden drafts are made with the bundled pipeline")
@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_mail_gives_its_golden_draft(kit, name: str, request: pytest.FixtureRequest) -> None:
    golden: Path = HERE / "golden" / f"{name}.txt"

    got = show(kit.draft(read_file(MAILS / f"{name}.eml"), WISHES.get(name, Wishes())))

    if request.config.getoption("--update-golden"):
        golden.write_text(got, encoding="utf-8")
    assert got == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_draft_is_short_and_repeats_no_insult(kit, name: str) -> None:
    outcome = kit.draft(read_file(MAILS / f"{name}.eml"), WISHES.get(name, Wishes()))
    if outcome.draft is None:
        return

    assert len(re.findall(r"\w+", outcome.draft.body)) <= MAX_WORDS
    assert not [finding for finding in outcome.findings if finding.level == "error"]
