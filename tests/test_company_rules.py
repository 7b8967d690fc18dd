"""A company adds check rules to ours, replaces them by id, and switches them off."""

from __future__ import annotations

from pathlib import Path

import pytest

from drafter.check import CheckContext, Checker
from drafter.company import lay_out
from drafter.errors import DataError
from drafter.places import Places

OURS = "- {id: our-word, kind: jargon, level: warning, advice: E5, message: Say Paket., patterns: [Sendungseinheit], hit: [Die Sendungseinheit.], miss: [Das Paket.]}\n"
REPLY = (
    "Guten Tag,\n\ndas kann schon mal passieren, die Sendungseinheit kommt am [[Tag ergänzen]].\n\nFreundliche Grüße"
)


def codes(home: Path, rules: str) -> set[str]:
    lay_out(home)
    (home / "rules" / "check.yaml").write_text(rules, encoding="utf-8")
    return {finding.code for finding in Checker.load(Places(home)).check(REPLY, CheckContext())}


def test_a_rule_is_added_to_ours(tmp_path: Path) -> None:
    assert {"our-word", "A4-happens", "GAP"} <= codes(tmp_path, OURS)


def test_a_rule_of_the_same_id_replaces_ours(tmp_path: Path) -> None:
    found = codes(tmp_path, OURS.replace("our-word", "A4-happens"))

    assert "A4-happens" in found and "our-word" not in found


@pytest.mark.parametrize("code", ["A4-happens", "GAP"])
def test_a_rule_of_ours_is_switched_off_whether_data_or_code_finds_it(tmp_path: Path, code: str) -> None:
    assert {"A4-happens", "GAP"} - codes(tmp_path, f"- {{id: {code}, disabled: true}}\n") == {code}


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        (
            "# first\n- {id: A4-hapens, disabled: true}\n",
            "check.yaml:2: no rule 'A4-hapens' to switch off, did you mean 'A4-happens'?",
        ),
        ("- {id: A4-happens, disabled: false}\n", "check.yaml:1: a rule that is disabled says only its id"),
        (
            "- {id: A4-happens, disabled: true, level: error}\n",
            "check.yaml:1: a rule that is disabled says only its id",
        ),
        ("- {id: ours, level: error}\n", "check.yaml:1: missing field advice, hit, kind, message, miss"),
    ],
)
def test_a_wrong_switch_is_refused_with_its_place(tmp_path: Path, rules: str, problem: str) -> None:
    with pytest.raises(DataError) as error:
        codes(tmp_path, rules)

    assert problem in error.value.message
