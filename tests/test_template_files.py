"""Template writers see what there is, copy what they want to change, and see how it differs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from drafter.cli import main
from drafter.company import lay_out
from drafter.places import Places, shipped
from drafter.template_files import in_force, tones, unused, wanted

TONES = ("sachlich", "herzlich", "knapp")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: object):
    return CliRunner().invoke(main, ["templates", *map(str, args)], env={"DRAFTER_LANG": "en"})


def rows(*args: str) -> dict[str, dict]:
    return {row["name"]: row for row in json.loads(run("list", "--format", "json", *args).stdout)}


@pytest.mark.parametrize("tone", TONES)
def test_every_shipped_template_is_used_and_every_step_has_one(tone: str) -> None:
    places = Places()
    templates = in_force(places, tone)

    assert unused(templates, wanted(places), tone) == []
    assert [name for name in wanted(places) if name not in templates] == []


def test_the_list_says_advice_variables_and_who_includes_whom(home: Path) -> None:
    found = rows("--tone", "sachlich")

    assert found["note_deadline"]["advice"] == ["E2", "E7"] and found["note_deadline"]["variables"] == ["deadline"]
    assert found["name_matter"]["includes"] == ["matter/*"] and found["name_matter"]["asked_by"] == "plan.yaml"
    assert found["matter/outage"]["included_by"] == ["name_matter"]
    assert {row["origin"] for row in found.values()} == {"shipped"}


def test_a_copy_replaces_ours_and_the_list_says_so(home: Path) -> None:
    assert run("copy", "goal").exit_code == 0
    (home / "templates" / "sachlich" / "golden.txt").write_text("nie", encoding="utf-8")

    found, text = rows("--tone", "sachlich"), run("list", "--tone", "sachlich").stdout

    assert found["goal"]["replaces"].endswith("goal.txt") and found["goal"]["origin"] == "company"
    assert not found["golden"]["used"] and "used by no step" in text and "yours, replaces ours" in text
    assert "exists already" in run("copy", "goal").stderr


def test_show_prints_the_source_and_says_where_it_stands(home: Path) -> None:
    result = run("show", "commit_to_act.txt", "--tone", "knapp")

    source = (shipped("templates") / "knapp" / "commit_to_act.txt").read_text(encoding="utf-8")
    assert result.stdout == source
    assert result.stderr.rstrip().endswith("commit_to_act.txt: shipped")
    assert json.loads(run("show", "goal", "--format", "json").stdout)["tone"] == "sachlich"


def test_a_new_tone_is_a_copy_that_sounds_the_same(home: Path) -> None:
    result = run("new", "warm", "--from", "herzlich")

    assert result.exit_code == 0 and "--tone warm" in result.stderr
    assert tones(Places(home)) == ["sachlich", "herzlich", "knapp", "warm"]
    warm, model = in_force(Places(home), "warm"), in_force(Places(home), "herzlich")
    assert {name: template.source for name, template in warm.items()} == {
        name: template.source for name, template in model.items()
    }


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["new", "knapp", "--from", "herzlich"], "The tone 'knapp' exists already."),
        (["new", "Wärmer", "--from", "herzlich"], "is no name for a tone"),
        (["new", "../out", "--from", "herzlich"], "is no name for a tone"),
        (["new", "warm", "--from", "herzlig"], "Unknown tone 'herzlig'"),
        (["show", "commit_too_act"], "Unknown template 'commit_too_act', did you mean 'commit_to_act'?"),
        (["show", "../drafter"], "Unknown template '../drafter'"),
        (["copy", "goals"], "did you mean 'goal'?"),
        (["copy", "goal", "--tone", "../x"], "Unknown tone '../x'"),
        (["diff", "gaol"], "did you mean 'goal'?"),
        (["list", "--tone", "warm"], "Unknown tone 'warm'"),
    ],
)
def test_what_cannot_be_is_refused_and_writes_nothing(home: Path, args: list[str], says: str) -> None:
    before = sorted(home.rglob("*"))

    result = run(*args)

    assert result.exit_code == 2 and says in result.stderr and "Remedy: " in result.stderr
    assert sorted(home.rglob("*")) == before


def test_nothing_is_made_without_a_company_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    for args in (["new", "warm", "--from", "herzlich"], ["copy", "goal"]):
        result = run(*args)
        assert result.exit_code == 2 and "Remedy: Make one with: drafter init" in result.stderr


def test_the_diff_shows_what_was_changed_and_nothing_else(home: Path) -> None:
    run("copy", "goal")
    run("copy", "commit_to_act")
    target = home / "templates" / "sachlich" / "goal.txt"
    target.write_text(target.read_text(encoding="utf-8") + "Neu.\n", encoding="utf-8")

    result = run("diff", "--exit-code")

    lines = [line for line in result.stdout.splitlines() if line[:1] in "+-"]
    assert lines == ["--- shipped/sachlich/goal.txt", "+++ company/sachlich/goal.txt", "+Neu."]
    assert (result.exit_code, run("diff").exit_code, run("diff", "commit_to_act", "--exit-code").exit_code) == (1, 0, 0)
    assert "No differences." in run("diff", "--tone", "knapp").stderr


def test_a_new_tone_is_compared_with_the_one_that_it_was_copied_from(home: Path) -> None:
    run("new", "warm", "--from", "herzlich")
    with (home / "templates/warm/commit_to_act.txt").open("a", encoding="utf-8") as stream:
        stream.write("===\nich kläre das.\n")

    lines = run("diff").stdout.splitlines()

    assert [line for line in lines if line.startswith("---")] == ["--- shipped/herzlich/commit_to_act.txt"]
    assert [line for line in lines if line.startswith("+")][1:] == ["+===", "+ich kläre das."]
