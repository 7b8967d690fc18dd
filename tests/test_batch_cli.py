"""`drafter batch` as a team lead meets it: what it says and shows, how it ends, and what it leaves behind."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from runs import complaints, lines_of, message, run_over, write_box

import drafter
from drafter.batch.pools import KitSpec, Processes
from drafter.cli import main
from drafter.cli_batch import speed_and_rest

WAITING = [
    message(1, "Lena Voß <lena@example.org>", "Guten Tag,\n\ndie Platte vom Tisch hat einen Riss.\n\nLena Voß"),
    message(2, "Lena Voß <lena@example.org>", "Guten Tag,\n\nwas ist mit dem Tisch?\n\nLena Voß", answers=1),
    message(9, "Lena Voß <lena@example.org>", "Antwortet hier niemand?\n\nLena Voß", answers=2),
]


@pytest.fixture
def batch(kit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Runs the command over mails of tmp_path, without loading the kit anew."""
    monkeypatch.setattr("drafter.cli_batch.load_kit", lambda *_: kit)
    monkeypatch.chdir(tmp_path)
    write_box(tmp_path / "box.mbox", complaints(5))
    (tmp_path / "table.csv").write_text("Betreff,Text\nBett,Wo bleibt mein Bett?\n", encoding="utf-8")
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()

    def call(*arguments: str, out: str = "out") -> Result:
        result = CliRunner().invoke(main, ["batch", *arguments, "--out", out, "--workers", "1"])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return call


@pytest.mark.parametrize(("arguments", "out", "said"), [
    (["none.mbox"], "out", "no such file"),
    (["box.mbox", "none.mbox"], "out", "no such file"),
    (["empty"], "out", "no mail in it"),
    (["table.csv", "--map", "body=Nachricht"], "out", "no column 'Nachricht'"),
    (["table.csv", "--map", "bodi=Text"], "out", "bodi"),
    (["box.mbox", "--drafts", "pdf"], "out", "no place for drafts: pdf"),
    (["box.mbox", "--since", "gestern"], "out", "neither a day nor an age"),
    (["box.mbox", "--limit", "-1"], "out", "-1"),
    (["box.mbox"], "file", "is a file"),
    (["box.mbox"], "file/out", "Not a directory"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_status_2_and_nothing_is_left_behind(batch, arguments, out, said) -> None:
    result = batch(*arguments, out=out)

    assert result.exit_code == 2 and said in result.stderr and result.stdout == ""
    assert not Path("out").exists()


def test_a_broken_mail_gives_status_1_and_a_folder_of_an_earlier_run_is_kept_by_a_wrong_command(batch) -> None:
    Path("mails").mkdir()
    Path("mails/a.eml").write_bytes(b"\x00\x01\x02")
    assert batch("mails").exit_code == 1

    assert batch("none.mbox").exit_code == batch("box.mbox", "--no-resume").exit_code == 2
    assert len(lines_of(Path("out"))) == 1


@pytest.mark.parametrize(("since", "left"), [
    ("99999y", 0), ("99999w", 0), ("2026-05-04", 0), ("4.5.2026", 0), ("5.5.2026", 5), ("2030-01-01", 5),
])  # fmt: skip
def test_days_and_ages_say_what_is_left_alone(batch, since: str, left: int) -> None:
    said = batch("box.mbox", "--since", since, "--dry-run").stdout

    assert ("left for later" in said) == bool(left) and said.split()[0] == "5"


def test_a_dry_run_tells_what_the_run_then_does(batch) -> None:
    twin = complaints(5)[3].replace("Kunde 3", "Kunde  3")
    write_box(Path("box.mbox"), [*complaints(5), twin])

    first = batch("box.mbox", "--dry-run", "--limit", "2").stdout.splitlines()
    assert [line.split(maxsplit=1) for line in first] == [
        ["2", "to be answered"], ["1", "skipped: duplicate"], ["3", "left for later"],
    ]  # fmt: skip
    assert not Path("out").exists()
    assert "left: 3, needs-fill: 2, skipped: 1" in batch("box.mbox", "--limit", "2").stderr
    second = batch("box.mbox", "--dry-run").stdout.splitlines()
    assert [line.split(maxsplit=1) for line in second] == [["3", "to be answered"], ["3", "done before"]]
    assert "done before: 3, needs-fill: 3" in batch("box.mbox").stderr


def test_without_a_terminal_nothing_but_the_summary_is_told(batch) -> None:
    result = batch("box.mbox")

    assert result.stderr == "5 mails. needs-fill: 5\n" and result.stdout == f"{Path('out/report.html')}\n"


@pytest.mark.parametrize("out", ["mails", "mails/out"])
def test_a_run_over_a_folder_that_holds_its_own_drafts_does_not_read_them(batch, out: str) -> None:
    Path("mails").mkdir()
    Path("box.mbox").rename("mails/box.mbox")

    assert "5 mails. needs-fill: 5" in batch("mails", out=out).stderr
    assert "5 mails. done before: 5" in batch("mails", out=out).stderr
    assert "5 mails. needs-fill: 5" in batch("mails", out="mails/other").stderr


@pytest.mark.parametrize(("stop", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_reports_what_is_done_and_goes_on(batch, monkeypatch, stop: int, status: int) -> None:
    monkeypatch.setattr(sys.modules["drafter.batch.run"], "CHUNK", 1)
    tick = "drafter.cli_batch._RunProgress.tick"
    monkeypatch.setattr(tick, lambda *_: os.kill(os.getpid(), stop) if len(lines_of(Path("out"))) == 2 else None)

    result = batch("box.mbox")

    assert result.exit_code == status and "goes on where it stopped" in result.stderr
    assert len(table()) == 2
    monkeypatch.setattr(tick, lambda *_: None)
    assert "done before: 2, needs-fill: 3" in batch("box.mbox").stderr and len(table()) == 5


BUSY = """
import os, time
from drafter.batch.pools import KitSpec, Processes
with Processes(KitSpec(), 1) as pool:
    pool._pool.submit(time.sleep, 60)
    print(*pool._pool._processes, flush=True)
    time.sleep(1)
    os.kill(os.getpid(), 9)
"""


def test_workers_end_with_a_run_that_is_killed() -> None:
    run = subprocess.run([sys.executable, "-c", BUSY], capture_output=True, text=True, timeout=100)

    (worker,) = map(int, run.stdout.split())
    for _ in range(500):
        if not _is_alive(worker):
            break
        time.sleep(0.1)
    assert not _is_alive(worker)


def test_a_run_that_is_stopped_waits_for_no_worker() -> None:
    with pytest.raises(KeyboardInterrupt), Processes(KitSpec(), 1) as pool:
        slow = pool._pool.submit(time.sleep, 600)
        raise KeyboardInterrupt
    assert slow.done()


def _is_alive(process: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet fetched by its parent does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("state", "told"), [
    ((0, 100, 5.0), ("", "")), ((48, 96, 0.0), ("", "")), ((50, 200, 2.0), ("25/s", "0:00:06")), ((50, None, 2.0), ("25/s", "")),
])  # fmt: skip
def test_progress_tells_the_rate_since_the_beginning_and_the_rest(state: tuple, told: tuple) -> None:
    assert speed_and_rest(*state) == told


def test_a_reply_that_stands_for_earlier_mails_says_so(kit, tmp_path: Path) -> None:
    run_over(kit, write_box(tmp_path / "box.mbox", WAITING), tmp_path / "out")

    (line,) = [line for line in lines_of(tmp_path / "out") if line["draft"]]
    told = (
        "earlier mails too, which nobody has answered: 2, the first of 2026-05-01. Read them: box.mbox:1; box.mbox:2."
    )
    assert told in line["briefing"]["summary"]
    assert told in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    (row,) = table(tmp_path / "out")
    assert row["Earlier"] == "box.mbox:1, box.mbox:2" and row["Unanswered"] == "3"


def test_no_insult_stands_unmasked_in_a_report_even_if_only_subject_or_file_name_hold_it(kit, tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    head = "From: Lena <lena@example.org>\nSubject: Ihr Vollidioten!\nContent-Type: text/plain; charset=utf-8\n\n"
    (tmp_path / "mails" / "Saftladen.eml").write_text(head + "Wo bleibt mein Bett, Sie Saftladen?\n", encoding="utf-8")
    run_over(kit, tmp_path / "mails", tmp_path / "out")

    (row,) = table(tmp_path / "out")
    assert row["Subject"] == "Ihr V··········!" and row["Source"] == "S········.eml"
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Vollidioten" not in html and "Saftladen" not in html.replace(f'href="{row["File"]}"', "")


def test_replies_in_a_ticket_count_as_rounds_without_any_message_id(tmp_path: Path) -> None:
    kit = drafter.load(history=str(tmp_path / "history.sqlite"))
    comments = [
        {"id": n, "author_id": 7 if n % 2 == 0 else 1, "created_at": f"2026-05-0{n + 1}T09:00:00Z", "public": True,
         "plain_body": "Das ist ärgerlich, mein Bett fehlt noch immer!" if n % 2 == 0 else "Wir kümmern uns darum."}
        for n in range(5)
    ]  # fmt: skip
    ticket = {"id": 4, "subject": "Bett", "requester": {"id": 7, "email": "lena@example.org"}, "comments": comments}
    (tmp_path / "tickets.json").write_text(json.dumps([ticket]), encoding="utf-8")

    run_over(replace(kit), tmp_path / "tickets.json", tmp_path / "out")

    (line,) = [line for line in lines_of(tmp_path / "out") if line["draft"]]
    assert line["conversation"]["rounds"] == 2


def table(out: Path = Path("out")) -> list[dict[str, str]]:
    """Return report.csv."""
    with (out / "report.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))
