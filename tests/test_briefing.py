"""What the staff member reads beside the draft: facts first, insults masked, mood and why, what to say on the phone."""

from __future__ import annotations

from pathlib import Path

import pytest

import drafter
from drafter.briefing import load_hints
from drafter.errors import DataError
from drafter.places import Places

HERE = Path(__file__).parent
KIT = drafter.load(history="none")


def briefing(text: str):
    """Draft a pasted mail and return its briefing."""
    return KIT.draft(text).briefing


def test_no_part_of_the_briefing_shows_an_insult(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAFTER_LANG", "en")
    found = briefing(
        "Seit zwei Wochen warte ich auf mein Bett!\nSchickt mir endlich das Bett, ihr Vollidioten!\nO. Kern"
    )

    shown = " ".join([found.summary, found.masked_text, found.wants, found.mood, *found.care, *found.team])
    assert "V···" in found.masked_text
    assert "idiot" not in shown.lower()


def test_the_mood_says_by_which_words_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAFTER_LANG", "de")
    found = briefing("Das ist eine Unverschämtheit!!! Seit drei Wochen warte ich auf meine Lieferung.\nO. Kern")

    assert "Ärger" in found.mood and "Unverschämtheit" in found.mood and "wording" not in found.mood


@pytest.mark.parametrize(
    ("text", "part", "said"),
    [
        ("Ihr seid Versager und Idioten, wo bleibt mein Bett?\nO. Kern", "care", "masked"),
        ("Wo bleibt mein Bett? Sonst komme ich vorbei und schlage alles kurz und klein.\nO. Kern", "team", "threat"),
        ("Ich warte auf mein Bett. Liefern Sie bitte bis zum 3. Mai.\nO. Kern", "team", "date"),
        (
            "Ich weiß, Sie können nichts dafür, aber ich warte seit Wochen auf mein Bett!\nO. Kern",
            "phone",
            "not to blame",
        ),
    ],
)
def test_hints_stand_where_they_are_due(monkeypatch: pytest.MonkeyPatch, text: str, part: str, said: str) -> None:
    monkeypatch.setenv("DRAFTER_LANG", "en")

    assert any(said in line for line in getattr(briefing(text), part))
    assert not any(said in line for line in getattr(briefing("Ich warte auf mein Bett.\nO. Kern"), part))


def test_the_stage_and_what_comes_next_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAFTER_LANG", "en")

    assert "mirror" in briefing("Sie sind ein Idiot und ein Versager! Wo bleibt mein Bett?\nO. Kern").ladder


@pytest.mark.parametrize("fault", ["part: phones", "when: [rainy]"])
def test_a_wrong_line_is_refused_with_its_place(tmp_path: Path, fault: str) -> None:
    field = fault.split(":")[0]
    lines = {"part": "part: phone", "when": "when: [complaint]"} | {field: fault}
    (tmp_path / "templates").mkdir()
    text = f"- line: Breathe.\n  {lines['part']}\n  advice: [D1]\n  {lines['when']}\n"
    (tmp_path / "templates" / "briefing.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match=r"briefing\.yaml:1: unknown"):
        load_hints(Places(tmp_path))
