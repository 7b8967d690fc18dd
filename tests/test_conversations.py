"""Whole conversations: every draft is accepted, and the next one knows of it; `pytest --update-golden` rewrites."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from conftest import HERE
from runs import lines_of, run_over
from test_golden import show

from drafter.drafting import Kit
from drafter.history import History
from drafter.read import read_file
from drafter.records import Outcome
from drafter.wishes import Wishes

FOLDER = HERE / "conversations"
GOLDEN = HERE / "golden" / "conversations"
CONFIRMED = {"ladder/6-last": Wishes(confirm_end=True)}
STAGES = {
    "ladder": ["none", "overlook", "request", "mirror", "announce", "end"],
    "calming": ["request", "none", "overlook", "none"],
    "apology": ["request", "mirror", "none", "overlook"],
    "parallel": ["request", "none", "mirror", "overlook", "announce", "none"],
}


def converse(kit: Kit, name: str, tmp_path: Path, accept: bool = True) -> dict[str, Outcome]:
    """Draft a reply to every mail in order, two hours after it came; each is accepted before the next."""
    outcomes = {}
    for path in sorted((FOLDER / name).glob("*.eml")):
        key, mail = f"{name}/{path.stem}", read_file(path)
        now = mail.date.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=2)
        kit = replace(kit, history=History(str(tmp_path / f"{name}.sqlite"), clock=lambda now=now: now))
        outcomes[key] = kit.draft(mail, CONFIRMED.get(key, Wishes()))
        if accept:
            kit.accept(outcomes[key])
    return outcomes


@pytest.mark.parametrize("name", STAGES)
def test_a_conversation_takes_its_stages(kit, name: str, tmp_path: Path) -> None:
    assert [outcome.plan.stage for outcome in converse(kit, name, tmp_path).values()] == STAGES[name]


@pytest.mark.skipif("DRAFTER_TEST_MODEL" in os.environ, reason="golden drafts are made with the bundled pipeline")
@pytest.mark.parametrize("name", STAGES)
def test_a_conversation_gives_its_golden_drafts(kit, name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    for key, outcome in converse(kit, name, tmp_path).items():
        golden = GOLDEN / f"{key}.txt"
        if request.config.getoption("--update-golden"):
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(show(outcome), encoding="utf-8")
        assert show(outcome) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STAGES)
def test_drafts_of_a_conversation_have_no_error_and_repeat_no_insult(kit, name: str, tmp_path: Path) -> None:
    for key, outcome in converse(kit, name, tmp_path).items():
        assert not [finding for finding in outcome.findings if finding.level == "error"], key


def test_drafts_that_nobody_accepted_climb_nothing(kit, tmp_path: Path) -> None:
    outcomes = converse(kit, "ladder", tmp_path, accept=False)

    assert {outcome.plan.stage for outcome in outcomes.values()} <= {"none", "overlook", "request", "mirror"}


def stages_of_runs(kit: Kit, folder: Path, tmp_path: Path) -> list[str]:
    """Return the stages that runs take which accept their drafts: one run a day, each with the mail of that day."""
    kit, stages = replace(kit, history=History(str(tmp_path / "h.sqlite"))), []
    for path in sorted(folder.glob("*.eml")):
        run_over(kit, path, tmp_path / path.stem, accept=True)
        stages += [line["plan"]["stage"] for line in lines_of(tmp_path / path.stem)]
    return stages


def test_a_run_climbs_where_mails_answer_ours_and_leaves_the_last_stages_to_a_person(kit, tmp_path: Path) -> None:
    assert stages_of_runs(kit, FOLDER / "ladder", tmp_path) == [
        "none",
        "overlook",
        "request",
        "mirror",
        "announce",
        "announce",
    ]


def test_mails_that_crossed_our_replies_do_not_climb_by_them(kit, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for path in (FOLDER / "ladder").glob("*.eml"):  # as if nobody had answered in between
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (tmp_path / "in" / path.name).write_text("".join(li for li in lines if "<r-" not in li), encoding="utf-8")

    run_over(kit, tmp_path / "in", tmp_path / "out", accept=True)

    stages = [line["plan"]["stage"] for line in lines_of(tmp_path / "out") if line["plan"]]
    assert len(stages) == 1 and stages[0] in ("none", "overlook", "request", "mirror")


def test_old_mails_accepted_one_by_one_climb(kit, tmp_path: Path) -> None:
    kit = replace(kit, history=History(str(tmp_path / "h.sqlite")))
    stages = []
    for path in sorted((FOLDER / "ladder").glob("*.eml")):
        outcome = kit.draft(read_file(path), Wishes(confirm_end=True))
        kit.accept(outcome)
        stages.append(outcome.plan.stage)

    assert stages == STAGES["ladder"]


def test_without_a_yes_the_end_stays_an_announcement_and_says_so(kit, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("test_conversations.CONFIRMED", {})

    last = list(converse(kit, "ladder", tmp_path).values())[-1]

    assert (last.plan.stage, last.status) == ("announce", "review")
    assert "--confirm-end" in last.why


def test_goodwill_is_offered_once_in_a_conversation(kit, tmp_path: Path) -> None:
    outcomes = list(converse(kit, "calming", tmp_path).values())

    assert [sum(option.goodwill for option in outcome.plan.options) for outcome in outcomes] == [1, 0, 0, 0]
    assert "No goodwill" in outcomes[1].briefing.summary


def test_a_mail_that_only_apologises_gets_thanks_and_no_list(kit) -> None:
    outcome = kit.draft(
        "Guten Tag,\n\nbitte entschuldigen Sie meine letzte Mail, ich war ausfallend. Es tut mir leid.\n\nDirk Hansen\n"
    )

    assert [step.name for step in outcome.plan.steps] == ["thank_apology", "meet_request"]


def test_words_that_are_taken_back_are_no_insult_and_others_are(kit) -> None:
    back = kit.draft(
        "Hallo,\n\nden Idioten nehme ich zurück, das war nicht fair von mir. Wo bleibt mein Paket?\n\nDirk Hansen\n"
    )
    again = kit.draft(
        "Hallo,\n\nes tut mir leid, dass ich so grob war. Sie sind aber ein Vollidiot! Wo bleibt mein Paket?\n\nDirk Hansen\n"
    )

    assert back.plan.stage == "none" and back.plan.steps[0].name == "thank_apology"
    assert again.plan.stage == "request" and "thank_apology" not in [step.name for step in again.plan.steps]
