"""The reference names all that there is, and the copy in the product is what the data say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import HERE

from drafter.cli import main
from drafter.company import lay_out
from drafter.lint.finding import load_codes
from drafter.lint.samples import load_variables
from drafter.places import Places
from drafter.plan import CONDITIONS, load_steps
from drafter.reference import COMMAND, gather, to_markdown

COPY = HERE.parent / "templates" / "reference.md"
REFERENCE = gather(Places())


def test_the_copy_is_what_the_data_say() -> None:
    assert COPY.read_text(encoding="utf-8") == to_markdown(REFERENCE), f"the data have changed; renew it: {COMMAND}"


def test_nothing_is_left_out() -> None:
    named = {
        key: {row.get("name", row.get("code", row.get("step"))) for row in rows} for key, rows in REFERENCE.items()
    }

    assert named["values"] | named["letter_values"] | named["helpers"] == set(load_variables(Places()))
    assert named["steps"] == {rule.name for rule in load_steps(Places())}
    assert named["conditions"] == set(CONDITIONS)
    assert named["lint_codes"] == set(load_codes(Places()))


@pytest.mark.parametrize("chapter", [key for key, rows in REFERENCE.items() if "meaning" in rows[0]])
def test_everything_is_said_in_words(chapter: str) -> None:
    assert [row for row in REFERENCE[chapter] if not row["meaning"].strip()] == []


def test_every_step_is_worded_and_names_its_advice() -> None:
    assert [
        row["step"] for row in (*REFERENCE["steps"], *REFERENCE["letters"]) if "sachlich" not in row["worded_by"]
    ] == []
    assert all(row["advice"] for row in (*REFERENCE["steps"], *REFERENCE["letters"]))


def test_every_row_has_the_columns_of_its_table() -> None:
    widths: dict[str, set[int]] = {}
    title = ""
    for line in COPY.read_text(encoding="utf-8").splitlines():
        title = line if line.startswith("## ") else title
        if line.startswith("|"):
            widths.setdefault(title, set()).add(line.replace("\\|", "").count("|"))

    assert len(widths) == len(REFERENCE) and all(len(counts) == 1 for counts in widths.values()), widths


def test_a_company_sees_its_own_tone_and_rules(tmp_path: Path) -> None:
    lay_out(tmp_path)
    (tmp_path / "templates" / "warm").mkdir()
    (tmp_path / "templates" / "warm" / "commit_to_act.txt").write_text("Ich kläre das.", encoding="utf-8")
    rule = "- {id: ours, kind: jargon, level: warning, advice: E5, message: m, patterns: [Posten], hit: [Posten], miss: [x]}\n"
    (tmp_path / "rules" / "check.yaml").write_text(rule, encoding="utf-8")

    result = CliRunner().invoke(main, ["templates", "reference", "--format", "json", "--home", str(tmp_path)])

    own = json.loads(result.stdout)
    assert "ours" in {row["code"] for row in own["check_codes"]}
    assert "warm" in next(row for row in own["steps"] if row["step"] == "commit_to_act")["worded_by"]
