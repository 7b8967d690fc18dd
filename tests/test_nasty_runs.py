"""Mails that are out to break a run: every one counted with a reason, none stops it, nothing of them gets anywhere."""

from __future__ import annotations

import csv
import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from conftest import read_cases
from runs import lines_of, run_over

CASES = {case["id"]: case for case in read_cases("nasty_runs")}
HEADERS = {"x-unsent", "subject", "from", "to", "in-reply-to", "references", "mime-version", "content-type",
           "content-transfer-encoding"}  # fmt: skip


def raw(case: dict) -> bytes:
    """Write a case as bytes."""
    text = re.sub(r"\{([^{}*]+)\*(\d+)\}", lambda times: times[1] * int(times[2]), case["mail"])
    return text.encode("latin-1" if case.get("latin") else "utf-8")


@pytest.fixture(scope="module")
def inbox(kit, tmp_path_factory) -> Path:
    """One run over all of them."""
    folder = tmp_path_factory.mktemp("nasty")
    (folder / "in").mkdir()
    for name, case in CASES.items():
        (folder / "in" / f"{name}.eml").write_bytes(raw(case))
    counts = run_over(kit, folder / "in", folder / "out")
    assert counts.total() == len(CASES)
    return folder


@pytest.fixture(scope="module")
def lines(inbox: Path) -> dict[str, dict]:
    """The lines of the report by the name of the case."""
    return {line["source"].removesuffix(".eml"): line for line in lines_of(inbox / "out")}


@pytest.mark.parametrize("name", CASES)
def test_every_mail_is_counted_once_with_what_became_of_it(lines, name: str) -> None:
    case, line = CASES[name], lines[name]

    assert line["status"] in case["status"], line["why"]
    assert line["reason"] == case.get("reason", line["reason"])
    assert bool(line["reason"]) == (line["status"] in ("skipped", "failed"))
    assert line["why"] or line["status"] == "ready"


def test_each_is_counted_exactly_once(inbox: Path, lines) -> None:
    assert sorted(lines) == sorted(CASES) and len(lines_of(inbox / "out")) == len(CASES)


def test_nothing_is_written_outside_of_the_output_folder(inbox: Path) -> None:
    assert {path.name for path in inbox.iterdir()} == {"in", "out"}
    assert {path.stem for path in (inbox / "in").iterdir()} == set(CASES)
    assert {path.name for path in (inbox / "out").iterdir()} <= {
        ".lock", "drafts", "report.jsonl", "report.html", "report.csv"}  # fmt: skip


def test_no_draft_carries_a_header_that_a_customer_wrote(inbox: Path) -> None:
    for path in (inbox / "out" / "drafts").iterdir():
        draft = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert {name.lower() for name in draft} <= HEADERS, path.name
        assert len(draft.keys()) == len(set(draft.keys())) and not draft.defects
        assert str(draft["Subject"]).count("\n") == 0 and "boss" not in str(draft["To"])


def test_what_customers_wrote_stays_text_on_the_page_and_in_the_table(inbox: Path) -> None:
    page = (inbox / "out" / "report.html").read_text(encoding="utf-8")
    with (inbox / "out" / "report.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream, delimiter=";") for cell in row]

    assert page.count("<script") == 1 and "onerror=alert" not in page.replace("&lt;img src=x onerror=alert", "")
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_templates_of_a_customer_are_text(lines) -> None:
    line = lines["template-in-mail"]

    assert "49" not in line["draft"]["body"] and "__globals__" not in line["draft"]["body"]
    assert line["draft"]["subject"].endswith("{{ 7*7 }}")
