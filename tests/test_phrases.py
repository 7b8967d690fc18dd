"""The templates' own words tell which step wrote a sentence, and in which tone."""

from __future__ import annotations

import pytest
from conftest import MAILS

from drafter.check.text import ReplyText
from drafter.phrases import StepFinder, plain_words
from drafter.places import Places
from drafter.read import read_file
from drafter.wishes import Wishes

FINDER = StepFinder.load(Places())


@pytest.mark.parametrize("tone", sorted(FINDER.tones))
@pytest.mark.parametrize("name", ["01_opener_saftladen", "04_agent_insulted", "06_du", "10_praise", "18_mirror"])
def test_sentences_of_a_draft_have_the_steps_that_wrote_them(remembering_kit, name: str, tone: str) -> None:
    draft = remembering_kit.draft(read_file(MAILS / f"{name}.eml"), Wishes(tone=tone)).draft
    said = [
        (plain_words(sentence.flat), {step.name for step in paragraph.steps})
        for paragraph in draft.paragraphs
        for sentence in ReplyText(paragraph.text).sentences
    ]

    found, steps = FINDER.steps_of([words for words, _steps in said])

    assert found == tone
    told = [(step, wrote) for step, (_words, wrote) in zip(steps, said, strict=True) if step]
    assert len(told) >= len(said) / 2
    assert all(step in wrote for step, wrote in told)


def test_known_steps_keep_others_out() -> None:
    words = plain_words("Wann darf ich Sie anrufen? Was wir besprechen, bekommen Sie danach schriftlich.")

    assert FINDER.steps_of([words]) == ("sachlich", ["offer_call"])
    assert FINDER.steps_of([words], among=["mirror", "closing"])[1] == [""]


def test_words_of_nobody_have_no_step_and_no_tone() -> None:
    assert FINDER.steps_of([["xyz", "abc"], []]) == ("", ["", ""])
    assert FINDER.step_of(["xyz", "abc"], "sachlich") == ""


def test_a_company_s_own_tone_and_wording_count(tmp_path) -> None:
    folder = tmp_path / "templates" / "locker"
    folder.mkdir(parents=True)
    (tmp_path / "templates" / "Mein Archiv").mkdir()
    (folder / "offer_call.txt").write_text("{Klingeln Sie|Klingel|Klingelt} einfach mal durch.\n", encoding="utf-8")
    finder = StepFinder.load(Places(tmp_path))

    assert finder.steps_of([plain_words("Klingel einfach mal durch.")]) == ("locker", ["offer_call"])


def test_drafts_older_than_a_new_wording_are_known(tmp_path) -> None:
    folder = tmp_path / "templates" / "sachlich"
    folder.mkdir(parents=True)
    (folder / "offer_call.txt").write_text("Hallo Welt und Mond.\n{% include 'offer_call.txt' %}", encoding="utf-8")
    finder = StepFinder.load(Places(tmp_path))

    for text in ("Hallo Welt und Mond.", "Oft geht es am Telefon schneller."):
        assert finder.steps_of([plain_words(text)]) == ("sachlich", ["offer_call"])
