"""The lint says of every seeded fault what it is and where, runs nothing, and has nothing to say about ours."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import read_cases

from drafter.cli import main
from drafter.company import lay_out
from drafter.lint import lint, load_codes
from drafter.lint.spelling import spelling_missing
from drafter.places import Places

CODES = load_codes(Places())
SPELLING = "T026"
no_dictionary = pytest.mark.skipif(bool(spelling_missing(Places())) and not os.environ.get("DRAFTER_TEST_SPELLING"),
                                   reason="no German dictionary is installed")  # fmt: skip
EXAMPLES = [
    pytest.param(code, text, kind, id=f"{code.id}-{kind}", marks=[no_dictionary] if code.id == SPELLING else [])
    for code in CODES.values() for kind in ("hit", "miss") for text in getattr(code, kind)
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    lay_out(tmp_path)
    return tmp_path


def put(home: Path, name: str, content: str | bytes) -> Path:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def test_the_shipped_templates_are_clean_in_every_tone_and_register() -> None:
    assert lint(Places()) == []


def test_a_fresh_company_folder_is_clean(home: Path) -> None:
    assert lint(Places(home)) == []


@pytest.mark.parametrize(("code", "text", "kind"), EXAMPLES)
def test_a_code_is_found_in_its_hits_and_not_in_its_misses(home: Path, code, text: str, kind: str) -> None:
    put(home, "templates/sachlich/commit_to_act.txt", text)

    assert (code.id in {finding.code for finding in lint(Places(home))}) is (kind == "hit")


@pytest.mark.parametrize(
    "case", [*read_cases("template_faults"), *read_cases("rule_faults")], ids=lambda case: case["name"]
)
def test_a_seeded_fault_has_its_own_finding(home: Path, case: dict, capfd: pytest.CaptureFixture[str]) -> None:
    for name, content in case["files"].items():
        put(home, name, bytes.fromhex(content["hex"]) if isinstance(content, dict) else content)

    result = CliRunner().invoke(main, ["templates", "lint", str(home)], env={"DRAFTER_LANG": "en"})

    assert result.exception is None or isinstance(result.exception, SystemExit)
    lines = [line.removeprefix(f"{home.resolve()}/") for line in result.stdout.splitlines()]
    found = next((line for line in lines if line.startswith(case["finds"])), lines)
    assert isinstance(found, str), found
    assert case["says"] in found
    assert len(lines) <= case.get("at_most", 1), lines
    assert result.exit_code == case.get("exit", 1)
    assert not (home / "ran").exists() and "RAN" not in "".join(capfd.readouterr())


def test_formats_and_exit_codes(home: Path) -> None:
    def run(*args: object):
        return CliRunner().invoke(main, ["templates", "lint", *map(str, args)], env={"DRAFTER_LANG": "en"})

    put(home, "templates/sachlich/spare.txt", "Das kläre ich.")
    warned = run(home, "--format", "json")
    put(home, "templates/sachlich/goal.txt", "{{ a,\n }} %0A::error::{{ produkt }}")
    failed = run(home, "--format", "github")

    rows = json.loads(warned.stdout)
    assert [(row["code"], row["level"], row["line"]) for row in rows] == [("T007", "warning", 1)]
    assert (warned.exit_code, failed.exit_code, run(home / "nowhere").exit_code) == (0, 1, 2)
    assert any(line.startswith("::error file=") and "goal.txt,line=" in line for line in failed.stdout.splitlines())
    assert all(line.startswith("::") for line in failed.stdout.splitlines())


def test_only_what_a_company_has_written_is_looked_at(home: Path) -> None:
    put(home, "templates/herzlich/goal.txt", "{{ produkt }}")

    assert {Path(finding.file).parent.name for finding in lint(Places(home))} == {"herzlich"}
