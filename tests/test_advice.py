"""Every id of the advice acts where the catalogue says that it does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from drafter.advice import load_advice
from drafter.cli import main
from drafter.errors import DataError
from drafter.places import Places

ALL = [
    f"{letter}{number}" for letter, most in zip("ABCDE", (7, 7, 8, 5, 9), strict=True) for number in range(1, most + 1)
]
CATALOGUE = load_advice(Places())


def test_the_catalogue_is_whole_and_in_order() -> None:
    assert [advice.id for advice in CATALOGUE] == ALL


@pytest.mark.parametrize("advice", CATALOGUE, ids=lambda advice: advice.id)
def test_an_id_acts_in_each_of_its_kinds(advice) -> None:
    assert advice.kinds and not advice.idle


@pytest.mark.parametrize("command", sorted({name for advice in CATALOGUE for name in advice.acts.get("feature", ())}))
def test_a_command_that_serves_an_id_exists(command: str) -> None:
    words = command.removeprefix("drafter ").split()

    found = CliRunner().invoke(main, [*(word for word in words if not word.startswith("-")), "--help"])

    assert found.exit_code == 0
    assert all(re.search(rf"{word}\b", found.output) for word in words if word.startswith("-"))


def test_the_list_is_printed_and_an_unknown_id_refused() -> None:
    whole = CliRunner().invoke(main, ["advice", "--format", "json"])
    one = CliRunner().invoke(main, ["advice", "b3"])
    wrong = CliRunner().invoke(main, ["advice", "Z1"])

    assert [entry["id"] for entry in json.loads(whole.output)] == ALL
    assert "quote_opener" in one.output and one.output.startswith("B3")
    assert wrong.exit_code == 2 and "Z1" in wrong.output


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("kinds: [X], text: t", "unknown kind"),
        ("kinds: [P], text: t, policy: [style.colour]", "unknown policy key"),
        ("kinds: [S], text: t", "follows unknown advice"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_its_place(tmp_path: Path, line: str, problem: str) -> None:
    shipped = Places().file("templates", "advice.yaml").read_text(encoding="utf-8").splitlines()
    broken = [row for row in shipped if not row.startswith(("- {advice: A1,", "- {advice: A7,"))]
    first = "A1" if problem != "follows unknown advice" else "F1"
    (tmp_path / "templates").mkdir()
    rows = [
        f"- {{advice: {first}, article: 1, {line}}}",
        *(r for r in shipped if r.startswith("- {advice: A7,")),
        *broken,
    ]
    (tmp_path / "templates" / "advice.yaml").write_text("\n".join(rows), encoding="utf-8")

    with pytest.raises(DataError, match=rf"advice\.yaml:\d+: .*{problem}"):
        load_advice(Places(tmp_path))
