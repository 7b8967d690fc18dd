"""The samples are sound, their drafts too, and what is wrong with a company's or a user's own is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from drafter.company import lay_out
from drafter.errors import DataError, MailError
from drafter.places import Places
from drafter.plan import load_steps, make_case, make_plan
from drafter.policy import altered, load_policy
from drafter.readings import sample_readings
from drafter.records import EMOTIONS, SITUATIONS, STAGES, THREATS
from drafter.samples import draft_letter_sample, draft_sample, load_letter_samples, load_mail_samples, load_samples

SAMPLES = load_samples(Places())
LETTERS = load_letter_samples(Places())
BLOCK = "- id: {id}\n  shows: A thing.\n  text: |\n    Guten Tag, wo bleibt mein Bett?\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    lay_out(tmp_path / "home")
    (tmp_path / "home" / "templates" / "samples").mkdir()
    return tmp_path / "home"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_a_sample_gets_a_draft_without_error(remembering_kit, sample) -> None:
    outcome = draft_sample(remembering_kit, sample)

    assert outcome.draft
    assert not [finding for finding in outcome.findings if finding.level == "error"]


@pytest.mark.parametrize("sample", LETTERS, ids=lambda sample: sample.id)
def test_a_letter_sample_gets_a_letter_without_error(kit, sample) -> None:
    outcome = draft_letter_sample(kit, sample, register="du")

    assert outcome.draft
    assert not [finding for finding in outcome.findings if finding.level == "error"]


def test_together_they_cover_all_that_a_reply_depends_on() -> None:
    places, found = Places(), sample_readings(Places())
    analyses = [found[sample.id].analysis for sample in SAMPLES]
    cases = [make_case(altered(load_policy(places), s.policy), found[s.id].analysis, s.wishes, s.past) for s in SAMPLES]
    plans = [make_plan(load_steps(places), case) for case in cases]

    assert len([sample for sample in SAMPLES if 30 <= len(sample.mail.body.split()) <= 120]) >= 50
    assert {step.name for plan in plans for step in plan.steps} == {rule.name for rule in load_steps(places)}
    assert {case.stage for case in cases} == set(STAGES)
    assert {case.frame for case in cases} == {"praise", "question", "request", "complaint"}
    assert {case.policy.calendar.country for case in cases} == {"DE", "AT", "CH"}
    assert {analysis.register for analysis in analyses} == {"sie", "du", "ihr", "none"}
    assert {analysis.intensity.level for analysis in analyses} == set(range(5))
    assert {name for analysis in analyses for name, strength in analysis.emotions.items() if strength} == set(EMOTIONS)
    assert {situation.name for analysis in analyses for situation in analysis.situations} == set(SITUATIONS)
    assert {threat.kind for analysis in analyses for threat in analysis.threats} == set(THREATS)


def test_a_sample_is_drafted_in_each_form_of_address(remembering_kit) -> None:
    sample = next(sample for sample in SAMPLES if sample.id == "bett-saftladen")
    bodies = [draft_sample(remembering_kit, sample, register=form).draft.body for form in ("sie", "du", "ihr")]

    assert all(word in body.split() for word, body in zip(("Sie", "du", "ihr"), bodies, strict=True))


def test_the_past_of_a_sample_stands_for_the_history(kit) -> None:
    sample = next(sample for sample in SAMPLES if sample.past.replies and sample.wishes.confirm_end)

    assert draft_sample(kit, sample).plan.stage == "end"
    assert draft_sample(kit, sample._replace(past=sample.past._replace(replies=()))).plan.stage != "end"


def test_a_company_adds_samples_and_replaces_ours_file_by_file(home: Path) -> None:
    (home / "templates/samples/letters.yaml").write_text(BLOCK.format(id="own"), encoding="utf-8")
    (home / "templates/samples/more.yaml").write_text(BLOCK.format(id="more"), encoding="utf-8")

    assert [sample.id for sample in load_samples(Places(home))] == ["own", "more", *(s.id for s in SAMPLES)]
    assert load_letter_samples(Places(home)) == ()


def test_a_sample_replaces_ours_of_its_id_and_twins_of_a_folder_are_told(home: Path) -> None:
    (home / "templates/samples/more.yaml").write_text(BLOCK.format(id=SAMPLES[0].id), encoding="utf-8")
    assert [s.mail.body for s in load_samples(Places(home)) if s.id == SAMPLES[0].id] == [
        "Guten Tag, wo bleibt mein Bett?"
    ]

    (home / "templates/samples/twin.yaml").write_text(BLOCK.format(id=SAMPLES[0].id), encoding="utf-8")
    with pytest.raises(DataError, match="is taken already"):
        load_samples(Places(home))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- id: a\n  shows: b\n", "needs a text"),
        ("- id: a\n  text: b\n", "missing field shows"),
        (BLOCK.format(id="a") + "  wishes: {fault: nobody}\n", "fault 'nobody'"),
        (BLOCK.format(id="a") + "  wishes: {falt: ours}\n", "wishes.falt"),
        (BLOCK.format(id="a") + "  past: [{stage: shouting}]\n", "past.0.stage"),
        (BLOCK.format(id="a") + "  policy: {phone: {colour: red}}\n", "phone.colour"),
        (BLOCK.format(id="a") + "  policy: {option: [{id: a}]}\n", "option.0.situations"),
        (BLOCK.format(id="a") + "  date: yesterday\n", "date"),
    ],
)
def test_a_wrong_block_is_told_with_file_and_line(home: Path, text: str, says: str) -> None:
    path = home / "templates/samples/more.yaml"
    path.write_text("# own\n" + text, encoding="utf-8")

    with pytest.raises(DataError) as error:
        load_samples(Places(home))

    assert error.value.message.startswith(f"{path}:2: ") and says in error.value.message


def test_a_folder_of_mails_becomes_samples_and_broken_mails_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Guten Tag,\n\nwo bleibt mein Bett?\n", encoding="utf-8")
    (tmp_path / "b.eml").write_bytes(b"\x00\x01\x02" * 400)
    (tmp_path / "c.EML").write_bytes(b"From: a@example.org\nSubject: Bett\n\nWo?\n")
    (tmp_path / "d.pdf").write_bytes(b"%PDF")
    (tmp_path / "e.txt").mkdir()

    samples, told = load_mail_samples(tmp_path)

    assert [(sample.id, bool(sample.mail.body)) for sample in samples] == [("a.txt", True), ("c.EML", True)]
    assert len(told) == 2 and "b.eml" in told[0] and "e.txt" in told[1]
    with pytest.raises(MailError):
        load_mail_samples(tmp_path / "nowhere")
