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
from drafter.lint import lint
from drafter.places import Places

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


@pytest.mark.parametrize("register", ["sie", "du", "ihr"])
@pytest.mark.parametrize(
    "case", [case for case in CASES if "nothing" not in case["name"]], ids=lambda case: case["name"]
)
def test_a_letter_is_fit_to_be_sent_in_every_wording(drafter, case: dict, register: str) -> None:
    bodies = set()
    for number in range(4):  # the wording goes by the customer
        command = ["--register", register, "--customer", f"kunde{number}@example.org", "--format", "json"]
        line = json.loads(drafter(*case["command"], *command, stdin=case.get("notes", "")).stdout)
        bodies.add(line["draft"]["body"])
        codes = {finding["code"] for finding in line["findings"]} - {"GAP", "E2-free-day", "E2-past"}
        assert not codes, (codes, line["draft"]["body"])
        assert not {"{", "|", "None"} & set(line["draft"]["body"])
    assert len(bodies) > 1 or "--to" in case["command"]


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
        (["notice", "--old", "5.6.", "--new", "5.6."], "", "2026-06-05, is no later than the old one"),
        (["notice", "--new", "28.5."], "", "2026-05-28, is over already"),
        (["notice", "--new", "neulich"], "", "is no day"),
        (["notice", "--situation", "war"], "", "war"),
    ],
)
def test_bad_input_gets_a_message_and_exit_status_2(drafter, arguments, stdin, words) -> None:
    result = drafter(*arguments, stdin=stdin)

    assert result.exit_code == 2, result.output
    assert words in result.stderr and "Traceback" not in result.output


def test_copy_puts_the_letter_on_the_clipboard(drafter, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = []
    monkeypatch.setattr("drafter.clipboard.copy_to_clipboard", lambda text: not copied.append(text))

    result = drafter("confirm", "--copy", stdin="- Rückruf bis Freitag")

    assert copied[0] in result.stdout and "1. Rückruf bis Freitag, 5. Juni 2026" in copied[0]


SIGNS = "{{ 7*7 }} {% raw %} {Sie|du}"


@pytest.mark.parametrize(
    "command",
    [
        ["confirm", "--agreed", SIGNS],
        ["notice", "--reason", SIGNS],
        ["notice", "--alternative", SIGNS],
        ["notice", "--what", SIGNS],
    ],
)
def test_template_signs_that_are_told_are_never_run(drafter, command: list[str]) -> None:
    assert SIGNS in drafter(*command).stdout


def test_no_reason_is_claimed_and_the_policy_offers_the_ways(drafter) -> None:
    line = json.loads(drafter("notice", "--old", "5.6.", "--new", "12.6.", "--format", "json").stdout)

    assert "Grund" not in line["draft"]["body"]
    assert [option["id"] for option in line["plan"]["options"]] == ["withdraw", "alternative-model"]
    assert line["findings"] == [] and line["status"] == "ready"


@pytest.mark.parametrize(
    ("new", "codes"), [("12.6.", []), ("14.6.", ["E2-free-day"]), ("3.10.", ["E2-free-day"]), ("", ["GAP", "GAP"])]
)
def test_a_new_date_on_a_free_day_is_told(drafter, new: str, codes: list[str]) -> None:
    line = json.loads(drafter("notice", "--old", "5.6.", *(["--new", new] if new else []), "--format", "json").stdout)

    assert [finding["code"] for finding in line["findings"]] == codes


def test_the_templates_of_letters_hold_no_fault() -> None:
    assert not lint(Places())
