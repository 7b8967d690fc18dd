"""Letters from what a staff member tells: golden texts in Sie, du and ihr; `pytest --update-golden` rewrites them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime

import pytest
from click.testing import CliRunner, Result
from conftest import HERE, MAILS, read_cases

from drafter import drafting
from drafter.cli import main
from drafter.history import History
from drafter.places import Places
from drafter.template_lint import lint

NOW = datetime(2026, 6, 1, 12)
CASES = read_cases("letters")


@pytest.fixture
def drafter(kit, monkeypatch: pytest.MonkeyPatch):
    """Run a command on 1 June 2026 with the kit that is loaded already."""

    def load(home=None, model=None, history: str = ""):
        return replace(kit, history=History(history, clock=lambda: NOW))

    monkeypatch.setattr(drafting, "load", load)
    monkeypatch.chdir(HERE.parent)

    def run(*arguments: str, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)

    return run


@pytest.mark.skipif("DRAFTER_TEST_MODEL" in os.environ, reason="golden letters are made with the bundled pipeline")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_letter_is_its_golden_text(drafter, case: dict, request: pytest.FixtureRequest) -> None:
    golden = HERE / "golden" / "letters" / f"{case['name']}.txt"

    result = drafter(*case["command"], stdin=case.get("notes", ""))
    got = f"exit: {result.exit_code}\n{result.stderr}\n{result.stdout}"

    if request.config.getoption("--update-golden"):
        golden.write_text(got, encoding="utf-8")
    assert got == golden.read_text(encoding="utf-8")


def test_json_names_what_was_agreed(drafter) -> None:
    result = drafter(
        "confirm", "--name", "Frau Scholl", "--format", "json", stdin="- wir: Gutschrift 20 € bis Freitag\n"
    )

    line = json.loads(result.stdout)
    assert line["agreed"] == [{"text": "Gutschrift 20 € bis Freitag, 5. Juni 2026", "who": "us", "due": "2026-06-05"}]
    assert line["status"] == "ready" and line["plan"]["gaps"] == []


def test_eml_answers_in_the_thread(drafter) -> None:
    from email import message_from_bytes
    from email.policy import default

    result = drafter("confirm", "--to", MAILS / "06_du.eml", "--format", "eml", stdin="- Rückruf bis Freitag")

    message = message_from_bytes(result.stdout_bytes, policy=default)
    assert (message["X-Unsent"], message["In-Reply-To"]) == ("1", "<06@example.com>")
    assert "Rückruf bis Freitag, 5. Juni 2026" in message.get_content()


def test_a_gap_is_filled_with_a_value(drafter) -> None:
    result = drafter("confirm", "--set", "termin zu punkt 1=12. Juni", stdin="- wir: Ersatz")

    assert "1. Wir: Ersatz – bis 12. Juni\n" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["confirm", "no-such-file.txt"], "", "no-such-file.txt"),
        (["confirm", "."], "", "directory"),
        (["confirm"], b"\x00\x01\x02\x7fELF" * 200, "binary"),
        (["confirm", "--date", "5.6.2030"], "", "no day of the past"),
        (["confirm", "--agreed", "x", "--due", "bald"], "", "is no day"),
        (["confirm", "--by", "wir"], "", "belongs behind"),
        (["confirm", "--tone", "wild"], "- x", "Unknown tone"),
        (["confirm", "--to", "no-such.eml"], "- x", "no-such.eml"),
    ],
)
def test_bad_input_gets_a_message_and_exit_status_2(drafter, arguments, stdin, words) -> None:
    result = drafter(*arguments, stdin=stdin)

    assert result.exit_code == 2, result.output
    assert words in result.stderr and "Traceback" not in result.output


def test_template_signs_in_notes_are_never_run(drafter) -> None:
    result = drafter("confirm", stdin="- {{ 7*7 }} {% raw %} {Sie|du}\n")

    assert "{{ 7*7 }} {% raw %} {Sie|du}" in result.stdout


def test_the_templates_of_letters_hold_no_fault() -> None:
    assert not lint(Places())
