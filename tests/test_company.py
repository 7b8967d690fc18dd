"""The company folder: laid out once, found from below, and a clear word where it is not whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import read_cases

from drafter.cli import main
from drafter.company import lay_out
from drafter.errors import DrafterError
from drafter.places import Places, find_places
from drafter.policy import load_policy


def run(*args: object):
    return CliRunner().invoke(main, [str(arg) for arg in args], env={"DRAFTER_LANG": "en"})


def build(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def test_init_lays_out_a_folder_that_says_what_ours_says(tmp_path: Path) -> None:
    home = tmp_path / "firma"

    assert run("init", home).exit_code == 0
    assert {str(path.relative_to(home)) for path in home.rglob("*.*")} == {
        "drafter.toml", os.path.join("templates", "README.md"), os.path.join("rules", "README.md"),
    }  # fmt: skip
    assert load_policy(Places(home)) == load_policy(Places())


def test_a_second_init_writes_only_what_is_missing(tmp_path: Path) -> None:
    lay_out(tmp_path)
    (tmp_path / "drafter.toml").write_text("# mine\n", encoding="utf-8")
    (tmp_path / "rules" / "README.md").unlink()

    result = run("init", tmp_path)

    assert result.exit_code == 0 and result.stdout.split() == [str(tmp_path / "rules" / "README.md")]
    assert "drafter.toml exists already and stays as it is" in result.stderr
    assert (tmp_path / "drafter.toml").read_text(encoding="utf-8") == "# mine\n"


@pytest.mark.parametrize("place", ["file", "file/below", "with_file"])
def test_init_where_nothing_can_be_written_is_refused(tmp_path: Path, place: str) -> None:
    build(tmp_path, {"file": "x", "with_file/templates": "x"})

    result = run("init", tmp_path / place)

    assert result.exit_code == 2 and "Remedy: Name" in result.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser writes everywhere")
def test_a_read_only_folder_is_refused_by_init_and_good_for_drafting(tmp_path: Path) -> None:
    lay_out(tmp_path / "whole")
    (tmp_path / "empty").mkdir()
    for path in (*(tmp_path / "whole").rglob("*"), tmp_path / "whole", tmp_path / "empty"):
        path.chmod(0o555 if path.is_dir() else 0o444)

    assert load_policy(find_places(tmp_path / "whole"))
    assert lay_out(tmp_path / "whole").written == ()
    with pytest.raises(DrafterError, match="Permission denied"):
        lay_out(tmp_path / "empty")


def test_the_folder_is_found_by_name_by_variable_and_from_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path / "a")
    lay_out(tmp_path / "b")
    below = tmp_path / "a" / "templates" / "sachlich"
    below.mkdir()
    monkeypatch.chdir(below)

    assert find_places().home == tmp_path / "a"
    monkeypatch.setenv("DRAFTER_HOME", str(tmp_path / "b"))
    assert find_places().home == tmp_path / "b"
    assert find_places(tmp_path / "a").home == tmp_path / "a"


LINT_FINDS = ("a version that is no number", "a key of its own that is unknown")
"""Faults inside of a whole folder: the lint goes on and reports them as findings."""


@pytest.mark.parametrize("case", read_cases("company_faults"), ids=lambda case: case["name"])
def test_a_folder_that_is_not_whole_is_named_with_the_remedy(
    tmp_path: Path, case: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, case["files"])
    monkeypatch.chdir(tmp_path)

    named, found = run("templates", "show", "goal", "--home", tmp_path), run("templates", "show", "goal")
    linted = run("templates", "lint", tmp_path)

    if case["name"] not in LINT_FINDS:
        assert linted.exit_code == 2 and linted.output == named.output
    for result in (named, found):
        assert result.exit_code == 2 and not isinstance(result.exception, DrafterError)
        assert case["says"] in result.stderr and "Remedy: " + case["remedy"] in result.stderr
        assert "Traceback" not in result.output


def test_a_link_to_nothing_in_the_rules_stops_nothing(tmp_path: Path) -> None:
    from drafter.snapshot import remember

    lay_out(tmp_path)
    (tmp_path / "rules" / ".#check.yaml").symlink_to(tmp_path / "nowhere")

    assert remember("test", [tmp_path / "rules"], lambda: "made") == "made"


def test_the_lint_leaves_a_newer_folder_alone(tmp_path: Path) -> None:
    build(tmp_path, {"drafter.toml": "version = 2\n"})

    assert run("templates", "lint", tmp_path).exit_code == 2


def test_the_lint_reads_a_read_only_folder_and_writes_nothing(tmp_path: Path) -> None:
    lay_out(tmp_path)
    build(tmp_path, {"templates/sachlich/commit_to_act.txt": "{# advice: A2 #}\nIch kläre {{ produkt }}.\n"})
    paths = [tmp_path, *tmp_path.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        result = run("templates", "lint", tmp_path)
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)

    assert result.exit_code == 1 and "T004 unknown variable 'produkt'" in result.stdout
    assert [tmp_path, *tmp_path.rglob("*")] == paths
