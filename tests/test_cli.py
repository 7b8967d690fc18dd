"""The command line as a user meets it: results on stdout, the rest on stderr, exit codes 0, 1, 2, never a traceback."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import MAILS

from drafter import drafting
from drafter.cli import main
from drafter.history import History

LATE = "Guten Tag,\n\nseit drei Wochen warte ich auf mein Bett (Auftrag 77-1043).\n\nBrigitte Scholl\n"


@pytest.fixture
def drafter(kit, monkeypatch: pytest.MonkeyPatch):
    """Run a command with the kit that is loaded already."""
    monkeypatch.setattr(
        drafting, "load", lambda home=None, model=None, history="": replace(kit, history=History(history))
    )

    def run(*arguments: str, stdin: str | bytes = "") -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)

    return run


def test_draft_prints_briefing_and_draft_from_a_paste(drafter) -> None:
    result = drafter("draft", stdin=LATE)

    assert result.exit_code == 0
    assert "== Briefing" in result.stdout and "== Draft" in result.stdout
    assert "seit drei Wochen auf Ihr Bett" in result.stdout


def test_explain_names_the_advice_of_every_paragraph(drafter) -> None:
    result = drafter("draft", MAILS / "01_opener_saftladen.eml", "--explain")

    assert "quote_opener (B3, A2):" in result.stdout
    assert "offer_options (D2, A5, C5):" in result.stdout


def test_draft_json_has_the_fields_of_the_contract(drafter) -> None:
    result = drafter("draft", MAILS / "01_opener_saftladen.eml", "--format", "json")

    line = json.loads(result.stdout)
    assert set(line) == {"id", "source", "status", "why", "analysis", "plan", "draft", "findings", "briefing"}
    assert set(line["plan"]) == {"stage", "steps", "options", "gaps"}
    assert set(line["briefing"]) == {"summary", "masked_text", "wants", "phone", "mood", "ladder", "care", "team"}
    assert "Saftladen" not in line["briefing"]["masked_text"]


def test_draft_eml_is_an_unsent_reply_in_the_thread(drafter) -> None:
    from email import message_from_bytes
    from email.policy import default

    result = drafter("draft", MAILS / "09_quoted_history.eml", "--format", "eml")

    message = message_from_bytes(result.stdout_bytes, policy=default)
    assert message["X-Unsent"] == "1"
    assert message["In-Reply-To"] == "<09@example.org>"
    assert message["References"] == "<y14@example.org> <k15@service.example.com> <09@example.org>"
    assert message["Subject"] == "AW: Erstattung Zugticket"
    assert "> Sehr geehrte Frau Keller," in message.get_content()


def test_set_fills_a_gap_and_the_draft_is_ready(drafter) -> None:
    result = drafter("draft", "--set", "liefertermin=5. Juni", "--format", "json", stdin=LATE)

    line = json.loads(result.stdout)
    assert line["status"] == "ready"
    assert "5. Juni" in line["draft"]["body"]


def test_edit_checks_what_comes_back(drafter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.edit", lambda text, **_: text + "\nWir zahlen Ihnen 500 €.\n")

    result = drafter("draft", "--edit", stdin=LATE)

    assert "15:18 E1-figure" in result.stdout.split("== Findings")[1]


def test_analyze_json_has_the_fields_of_the_contract(drafter) -> None:
    result = drafter("analyze", "--format", "json", stdin="Ihr Saftladen!")

    assert set(json.loads(result.stdout)) == {
        "id", "register", "language", "insults", "opener", "apology", "intensity", "emotions", "hostility", "situations",
        "threats", "facts", "demands", "questions", "zones", "auto_reply",
    }  # fmt: skip


def test_analyze_jsonl_answers_every_line_in_order(drafter) -> None:
    lines = ['{"id": "a", "body": "Sie Idiot!"}', "not json", '{"id": "c"}', "", '{"id": "d", "body": ""}']

    result = drafter("analyze", "--format", "jsonl", stdin="\n".join(lines))

    got = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in got] == ["a", None, None, "d"]
    assert "error" in got[1] and "error" in got[2]
    assert result.exit_code == 1
    insult = got[0]["insults"][0]
    assert "Sie Idiot!"[insult["start"] : insult["end"]] == insult["text"] == "Idiot"


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "words"),
    [
        (["draft", "no-such-file.eml"], "", 2, "no-such-file.eml"),
        (["draft"], b"\x00\x01\x02\x7fELF" * 200, 2, "binary"),
        (["draft"], "", 1, "empty"),
        (["draft", "--tone", "wild"], LATE, 2, "Unknown tone"),
        (["draft", "--stage", "fury"], LATE, 2, "Unknown stage"),
        (["draft", "--option", "beer"], LATE, 2, "No option"),
        (["draft", "--step", "dance"], LATE, 2, "must begin"),
        (["draft", "--set", "x"], LATE, 2, "KEY=VALUE"),
        (["batch", "no-such-folder", "--out", "out"], "", 2, "no such file"),
        (["analyze", "no-such-file", "--format", "jsonl"], "", 2, "no-such-file"),
    ],
)
def test_bad_input_gets_a_message_and_its_exit_code(
    drafter, arguments, stdin, code, words, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = drafter(*arguments, stdin=stdin)

    assert result.exit_code == code, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "body",
    ["{{ 7*7 }} {% raise %} Sie Idioten", "A" * 300_000, "😡" * 500, "\u202e\u200bIhr\u2066 Deppen", "!" * 10_000,
     "The parcel never arrived and I am very angry about this.", "\x1b[31mrot\x07", "Betreff: x\r\nBcc: a@b.c\r\n\r\nHallo"],
)  # fmt: skip
def test_hostile_text_gives_a_draft_or_a_reason(drafter, body: str) -> None:
    result = drafter("draft", "--format", "json", stdin=body)

    line = json.loads(result.stdout)
    assert line["status"] in ("ready", "needs-fill", "review", "skipped")
    assert "49" not in (line["draft"] or {"body": ""})["body"]
    assert "Traceback" not in result.output


def test_header_injection_ends_in_one_header(drafter) -> None:
    raw = (
        "From: a@example.org\r\nSubject: =?utf-8?q?Rechnung=0D=0ABcc:_x=40example.org?=\r\n\r\nWo bleibt mein Geld?\r\n"
    )

    result = drafter("draft", "--format", "eml", stdin=raw)

    head = result.stdout.split("\n\n")[0].replace("\r", "")
    assert not [line for line in head.splitlines() if line.lower().startswith("bcc")]


@pytest.mark.parametrize(
    "command",
    [["draft"], ["analyze"], ["batch"], ["check"], ["evaluate"], ["init"], ["templates", "lint"],
     ["templates", "list"], ["templates", "show"], ["templates", "copy"], ["templates", "new"], ["templates", "diff"],
     ["history", "show"], ["history", "forget"], ["history", "purge"]],
)  # fmt: skip
def test_every_command_has_help_with_an_example(drafter, command: list[str]) -> None:
    result = drafter(*command, "-h")

    assert result.exit_code == 0
    assert "Example:" in result.output and "drafter " + " ".join(command) in result.output


def test_templates_lint_passes_on_the_shipped_ones(drafter) -> None:
    assert drafter("templates", "lint").exit_code == 0


def test_errors_speak_german_where_wished(drafter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAFTER_LANG", "de")

    result = drafter("draft", "--tone", "wild", stdin=LATE)

    assert "Fehler: Unbekannter Ton „wild“" in result.stderr and "Abhilfe: Bekannt: " in result.stderr


def test_check_names_place_code_and_advice(drafter, tmp_path: Path) -> None:
    reply = tmp_path / "reply.txt"
    reply.write_text("Guten Tag,\n\nSie Idiot sind selbst schuld.\n", encoding="utf-8")

    result = drafter("check", reply)

    assert result.exit_code == 1
    assert f"{reply}:3:" in result.stdout and "(C2)" in result.stdout


def test_check_compares_with_the_mail(drafter, tmp_path: Path) -> None:
    (tmp_path / "mail.txt").write_text(LATE, encoding="utf-8")
    good, bad = "Ihr Auftrag 77-1043 liegt vor mir. ", "Sie bekommen 300 € bis zum 4. Juni."

    result = drafter("check", "--mail", tmp_path / "mail.txt", "--format", "json", stdin=good + bad)

    assert {finding["text"] for finding in json.loads(result.stdout) if finding["code"] == "E1-figure"} == {
        "300 €",
        "4. Juni",
    }


def test_check_jsonl_answers_every_line(drafter) -> None:
    lines = ['{"id": 1, "reply": "Gern."}', "{", '{"id": 3, "reply": "Sie Idiot!", "mail": null, "register": "sie"}']

    result = drafter("check", "--format", "jsonl", stdin="\n".join(lines))

    got = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in got] == [1, None, 3]
    assert set(got[2]["findings"][0]) == {
        "kind",
        "code",
        "level",
        "start",
        "end",
        "text",
        "message",
        "suggestion",
        "advice",
    }


def test_only_an_accepted_draft_is_remembered(drafter) -> None:
    drafter("draft", MAILS / "04_agent_insulted.eml")
    before = drafter("history", "show", "--format", "json")
    accepted = drafter("draft", MAILS / "04_agent_insulted.eml", "--accept")
    again = drafter("draft", MAILS / "04_agent_insulted.eml", "--accept")

    (kept,) = json.loads(drafter("history", "show", "M.Reuter+x@example.net", "--format", "json").stdout)
    assert before.stdout == "[]\n" and "Accepted." in accepted.stderr and "counts once" in again.stderr
    assert (kept["stage"], sum(kept["insults"]), kept["round"]) == ("request", 2, 1)
    assert {"id": "billing-goodwill", "goodwill": True, "cost": 10.0} in kept["offers"]
    assert "m.reuter@example.net" in drafter("history", "show").stdout


def test_a_history_forgets_and_purges(drafter) -> None:
    for name in ("04_agent_insulted", "18_mirror"):
        drafter("draft", MAILS / f"{name}.eml", "--accept")

    assert "1 replies" in drafter("history", "forget", "lueck@example.net").stderr
    assert "0 replies" in drafter("history", "purge", "--older-than", "1d").stderr
    assert "1 replies" in drafter("history", "purge", "--older-than", "0d").stderr
    assert "Nothing is remembered" in drafter("history", "show").stderr
    assert drafter("history", "purge", "--older-than", "soon").exit_code == 2


def test_a_pasted_mail_can_be_given_its_customer(drafter) -> None:
    unknown = drafter("draft", "--accept", stdin=LATE)
    drafter("draft", "--accept", "--customer", "scholl@example.org", stdin=LATE)

    assert "--customer" in unknown.stderr
    assert "scholl@example.org" in drafter("history", "show", "scholl@example.org").stdout


def test_an_edited_draft_remembers_only_what_it_still_offers(drafter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "click.edit", lambda text, **_: "\n".join(line for line in text.splitlines() if "Kulanz" not in line)
    )

    drafter("draft", MAILS / "01_opener_saftladen.eml", "--edit", "--accept")

    (kept,) = json.loads(drafter("history", "show", "--format", "json").stdout)
    assert [offer["goodwill"] for offer in kept["offers"]] == [False, False]


def test_a_history_that_cannot_be_used_ends_with_a_remedy(drafter, tmp_path: Path) -> None:
    (tmp_path / "h.sqlite").write_bytes(b"garbage " * 1000)

    for command in (["draft"], ["draft", "--accept"], ["history", "show"]):
        result = drafter(*command, "--history", tmp_path / "h.sqlite", stdin=LATE)
        assert result.exit_code == 2 and "damaged" in result.stderr and "Remedy" in result.stderr
    assert drafter("draft", "--history", "none", stdin=LATE).exit_code == 0


def test_check_names_the_line_of_a_broken_json_line(drafter) -> None:
    lines = [
        '{"id": 1, "reply": "Gern.", "faults": []}',
        '{"id": 2, "reply": 7}',
        '{"id": 3, "reply": "", "mail": [1]}',
    ]

    result = drafter("check", "--format", "jsonl", stdin="\n".join(lines))

    got = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [(row["id"], row.get("line")) for row in got] == [(1, None), (2, 2), (3, 3)]
    assert "-:2: " in result.stderr and "faults" in result.stderr


def test_check_mends_to_stdout_or_in_place(drafter, tmp_path: Path) -> None:
    reply = tmp_path / "reply.txt"
    reply.write_bytes(b"Ich habe das  eskaliert.\r\n")

    printed = drafter("check", reply, "--fix")
    drafter("check", reply, "--fix", "--in-place")

    assert printed.stdout == "Ich habe das an die Leitung weitergegeben.\n"
    assert reply.read_bytes() == b"Ich habe das an die Leitung weitergegeben.\r\n"


def test_check_lists_every_code_with_an_example(drafter) -> None:
    rows = json.loads(drafter("check", "--list", "--format", "json").stdout)

    assert len(rows) >= 30 and all(row["code"] and row["advice"] and row["message"] and row["example"] for row in rows)


@pytest.mark.parametrize(
    ("raw", "said"), [(b"\x89PNG\r\n\x1a\n\x00\x00", "binary"), (b"x" * 2_000_001, "larger"), (None, "No such file")]
)
def test_check_refuses_what_is_no_reply(drafter, tmp_path: Path, raw: bytes | None, said: str) -> None:
    reply = tmp_path / "reply.txt"
    if raw is not None:
        reply.write_bytes(raw)

    result = drafter("check", reply)

    assert result.exit_code == 2 and said in result.stderr


@pytest.mark.parametrize("options", [["--in-place"], ["--fix", "--in-place"], ["--fix", "--format", "json"]])
def test_check_refuses_options_that_do_not_go_together(drafter, options: list[str]) -> None:
    assert drafter("check", *options, stdin="Gern.").exit_code == 2


def test_check_reads_other_encodings_and_an_empty_reply(drafter, tmp_path: Path) -> None:
    reply = tmp_path / "reply.txt"
    reply.write_bytes("Ich melde mich über über Nacht.".encode("cp1252"))

    assert "X1-doubled-word" in drafter("check", reply).stdout
    assert "X1-empty-reply" in drafter("check", stdin="").stdout
