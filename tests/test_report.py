"""The report of a run: what to answer first and why, safe to open in a browser and in a spreadsheet."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import browser
from hypothesis import given
from hypothesis import strategies as st
from runs import Silent

from drafter.batch import Order, run
from drafter.errors import DataError
from drafter.places import Places
from drafter.report import write_reports
from drafter.report.priority import load_priorities, priority
from drafter.report.write import cell

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NASTY = '<script>document.title="taken"</script><img src=x onerror="document.title=1"> =HYPERLINK("http://example.org")'
MAILS = {
    "calm": ("31 May 2026", "Guten Tag,\n\nmir fehlt noch die Rechnung. Können Sie sie mir schicken?\n\nPia Lang"),
    "late": ("10 May 2026", "Guten Tag,\n\nseit drei Wochen warte ich auf mein Bett. Wann kommt es?\n\nJan Beck"),
    "angry": ("31 May 2026", "Ihr Vollidioten!! Seit Wochen warte ich auf mein Bett, jetzt geht das zum Anwalt!!!"),
    "nasty": ("31 May 2026", f"Guten Tag,\n\nmein Bett ist kaputt. {NASTY}\n\nMit freundlichen Grüßen\nJan Beck"),
}


@pytest.fixture(scope="module")
def out(kit, tmp_path_factory) -> Path:
    """A run over a few mails, with its reports as of NOW."""
    folder = tmp_path_factory.mktemp("run")
    for name, (day, body) in MAILS.items():
        head = f"From: {name} <{name}@example.org>\nSubject: =1+1 {name} <b>\nDate: {day} 08:00:00 +0000\nMessage-ID: <{name}@x>\n"
        (folder / f"{name}.eml").write_text(
            f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}\n", encoding="utf-8"
        )
    (folder / "broken.eml").write_bytes(b"\x00\x01\x02")
    run(kit, Order((str(folder),), folder / "out"), Silent())
    write_reports(folder / "out", NOW)
    return folder / "out"


def table(out: Path) -> list[dict[str, str]]:
    with (out / "report.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def test_the_most_urgent_mail_comes_first_and_says_why(out: Path) -> None:
    rows = table(out)

    assert [row["Customer"] for row in rows][:2] == ["angry", "late"]
    assert (
        "threatens with a lawyer" in rows[0]["Reasons"] and "days of waiting for our answer: 22" in rows[1]["Reasons"]
    )
    assert [int(row["Score"]) for row in rows] == sorted((int(row["Score"]) for row in rows), reverse=True)


def test_the_table_opens_in_a_spreadsheet_and_calculates_nothing(out: Path) -> None:
    raw = (out / "report.csv").read_bytes()

    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw
    assert all(row["Subject"].startswith("'=1+1") for row in table(out))


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    made = cell(text)

    assert not made.startswith(("=", "+", "-", "@", "\t", "\r", "\n", " ")) and "\x00" not in made


def test_insults_are_masked_and_every_mail_is_counted(out: Path) -> None:
    html = (out / "report.html").read_text(encoding="utf-8")

    assert "Vollidioten" not in html and "V··········" in html
    lines = [json.loads(line) for line in (out / "report.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == len(MAILS) + 1 and sum(line["status"] == "failed" for line in lines) == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_needs_no_network_runs_no_foreign_script_and_fits_its_window(out: Path, width: int) -> None:
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": width, "height": 900})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((out / "report.html").as_uri())

        assert len(asked) == 1 and page.title() == "What to answer first"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.fill("input[name=words]", "lawyer")
        assert page.locator(".mail:visible").count() == 1 and page.text_content("#shown") == "1"


def test_the_same_run_gives_the_same_report(out: Path) -> None:
    before = [(out / name).read_bytes() for name in ("report.html", "report.csv")]

    write_reports(out, NOW)

    assert [(out / name).read_bytes() for name in ("report.html", "report.csv")] == before


def test_a_reason_counts_up_to_its_limit(out: Path) -> None:
    line = json.loads((out / "report.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    rules = [rule for rule in load_priorities(Places()) if rule.measure == "waiting_days"]

    far = priority(rules, line | {"conversation": line["conversation"] | {"since": "2020-01-01T00:00:00+00:00"}}, NOW)

    assert far.score == rules[0].most


@pytest.mark.parametrize("fault", ["{id: a, measure: nonsense, points: 1, most: 1, because: x}",
                                   "{id: a, measure: level, points: many, most: 1, because: x}",
                                   "{id: a, measure: level, points: 1, most: 1, because: 'x {m}'}"])  # fmt: skip
def test_a_wrong_rule_is_named_with_its_line(tmp_path: Path, fault: str) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "priority.yaml").write_text(f"\n- {fault}\n")

    with pytest.raises(DataError, match=r"priority\.yaml:2: "):
        load_priorities(Places(tmp_path))
