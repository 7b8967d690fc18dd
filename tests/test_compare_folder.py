"""Pairs are found in folders and exports, what cannot be read costs its pair, and the ranking names what is rewritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import read_cases

from drafter.cli import main
from drafter.rewrites import Row

DRAFT = read_cases("compare")["letters"]["bed"]
CALL = "Oft geht es am Telefon schneller. Wann darf ich Sie anrufen?"
OWN = "Rufen Sie mich an, wann es Ihnen passt."
SENT = DRAFT.replace(CALL, OWN)
STEPS = [{"name": name} for name in ("acknowledge_emotion", "name_matter", "quote_opener", "offer_options", "offer_call",
                                     "fix_in_writing")]  # fmt: skip


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


def ranking(*arguments: object) -> dict:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def write(folder: Path, texts: dict[str, str | bytes]) -> Path:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def eml(text: str, number: str = "", answers: str = "") -> str:
    heads = f"Message-ID: <{number}@shop.example>\n" if number else "X-Unsent: 1\n"
    heads += f"In-Reply-To: <{answers}@example.org>\n" if answers else ""
    return f"{heads}Subject: AW: Bett\nContent-Type: text/plain; charset=utf-8\n\n{text}\n> So ein Saftladen!\n"


def outcome(number: str = "1") -> dict:
    return {"id": f"{number}@example.org", "plan": {"steps": STEPS}, "draft": {"subject": "AW: Bett", "body": DRAFT}}


FOLDERS = {
    "tags": {"a.draft.txt": DRAFT, "a.sent.txt": SENT},
    "tags of several forms": {"in/a.draft.json": json.dumps(outcome()), "in/a.sent.eml": eml(SENT, "9")},
    "folders": {"drafts/a.txt": DRAFT, "sent/a.txt": SENT},
    "ids": {
        "one.eml": eml(DRAFT, answers="1"),
        "two.eml": eml(SENT, "9", answers="1"),
        "x.eml": eml("Nein.", "3", "4"),
    },
    "ids in folders": {"drafts/a.eml": eml(DRAFT, "7"), "sent/b.eml": eml(SENT, "7", answers="1")},
}


@pytest.mark.parametrize("name", FOLDERS)
def test_pairs_are_found(tmp_path: Path, name: str) -> None:
    found = ranking("--folder", write(tmp_path, FOLDERS[name]))

    assert found["letters"] == 1
    first = found["steps"][0]
    assert (first["step"], first["tone"], first["rate"]) == ("offer_call", "sachlich", 1)
    assert all(step["rate"] == 0 for step in found["steps"][1:])


def test_drafts_of_a_report_are_found_among_what_was_sent(tmp_path: Path) -> None:
    lines = [outcome("1"), outcome("2"), {"id": "3@example.org", "draft": None}]
    write(tmp_path, {"report.jsonl": "\n".join(map(json.dumps, lines)),
                     "sent.mbox": f"From x Mon May  4 09:12:00 2026\n{eml(SENT, '9', answers='1')}"})  # fmt: skip
    result = run("--report", tmp_path / "report.jsonl", "--sent", tmp_path / "sent.mbox")

    assert result.exit_code == 0
    assert "Letters: 1," in result.stdout and "offer_call" in result.stdout
    assert "Drafts without a sent letter: 1 (2@example.org)" in result.stderr


def test_the_most_rewritten_step_comes_first_with_its_most_frequent_replacement(tmp_path: Path) -> None:
    texts = {}
    for number in range(4):
        texts[f"{number}.draft.txt"] = DRAFT
        texts[f"{number}.sent.txt"] = DRAFT.replace("kann ich gut verstehen", "tut mir leid") if number else SENT
    found = ranking("--folder", write(tmp_path, texts))

    first, second = found["steps"][:2]
    assert (first["step"], first["letters"], first["rewritten"]) == ("acknowledge_emotion", 4, 3)
    assert first["examples"][0] == {"old": "kann ich gut verstehen", "new": "tut mir leid", "letters": 3}
    assert (second["step"], second["rewritten"]) == ("offer_call", 1)


def test_few_letters_count_less_and_untouched_steps_come_last() -> None:
    rows = [Row("sachlich", "often", 9, 6), Row("sachlich", "once", 1, 1), Row("sachlich", "never", 1, 0)]

    assert [row.step for row in sorted(rows, key=lambda row: -row.weight)] == ["often", "once", "never"]


def test_a_word_that_only_one_letter_has_is_masked(tmp_path: Path) -> None:
    sent = DRAFT.replace("Oft geht es am Telefon schneller.", "Unser Fahrer Kowalski ruft an.")
    found = ranking("--folder", write(tmp_path, {"a.draft.txt": DRAFT, "a.sent.txt": sent}))

    assert "Kowalski" not in json.dumps(found) and "[word]" in json.dumps(found)


def test_what_cannot_be_read_costs_its_pair(tmp_path: Path) -> None:
    good = {"a.draft.txt": DRAFT, "a.sent.txt": SENT}
    bad = {"b.draft.txt": DRAFT, "b.sent.txt": b"\x00\x01\x02" * 99, "c.draft.json": "{", "c.sent.txt": SENT,
           "f\udcff.draft.txt": "", "f\udcff.sent.txt": SENT, "d.draft.txt": " \n", "d.sent.txt": SENT, "e.draft.json": "[]", "e.sent.txt": SENT}  # fmt: skip
    result = run("--folder", write(tmp_path, good | bad))

    assert result.exit_code == 1
    assert "Letters: 1," in result.stdout
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "b.sent.txt", "c.draft.json", "d.draft.txt", "e.draft.json", "f?.draft.txt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "arguments", "message"),
    [
        ({}, ["--folder", "."], "There is no pair"),
        ({"a.draft.txt": DRAFT, "b.sent.txt": SENT}, ["--folder", "."], "There is no pair"),
        ({}, ["--folder", "missing"], "no such folder"),
        ({}, ["a.txt", "b.txt"], "No such file"),
        ({"a.txt": DRAFT, "b.txt": ""}, ["a.txt", "b.txt"], "b.txt: is empty"),
        ({"a.txt": b"\x00" * 99, "b.txt": SENT}, ["a.txt", "b.txt"], "binary"),
        ({"a.json": "7", "b.txt": SENT}, ["a.json", "b.txt"], "a.json: no draft in it"),
        ({"a.json": "{" * 99_000, "b.txt": SENT}, ["a.json", "b.txt"], "a.json: not a JSON object"),
        ({"a.txt": DRAFT}, ["a.txt"], "Name DRAFT and SENT"),
        ({"a.txt": DRAFT}, ["a.txt", "a.txt", "--folder", "."], "Name DRAFT and SENT"),
        ({"report.jsonl": "{"}, ["--report", "report.jsonl"], "Name DRAFT and SENT"),
        ({"report.jsonl": "{", "s.mbox": "From x\nA: b\n\nx"}, ["--report", "report.jsonl", "--sent", "s.mbox"], "no pair"),
        ({"s.mbox": "From x\nA: b\n\nx"}, ["--report", "report.jsonl", "--sent", "s.mbox"], "No such file"),
        ({"report.jsonl": "{}"}, ["--report", "report.jsonl", "--sent", "s.mbox"], "no such file"),
    ],
)  # fmt: skip
def test_wrong_use_is_named(tmp_path: Path, monkeypatch, files: dict, arguments: list[str], message: str) -> None:
    monkeypatch.chdir(write(tmp_path, files))
    result = run(*arguments)

    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_two_letters_give_similarity_and_changes(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DRAFTER_LANG", "de")
    write(
        tmp_path,
        {"a.txt": DRAFT, "b.txt": DRAFT.replace("[[Liefertermin ergänzen]]", "5. Juni").replace("Guten Tag", "Liebe")},
    )
    result = run(tmp_path / "a.txt", tmp_path / "b.txt")

    assert result.exit_code == 0
    assert "Änderungen: Anrede, Lücke gefüllt" in result.stdout
