"""A run over an export: every mail exactly once, a broken one costs that one, a second run goes on."""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import time
from email import message_from_bytes
from pathlib import Path

import pytest
from conftest import MAILS
from runs import Silent, complaints, lines_of, message, run_over, write_box

import drafter
from drafter.batch import Order, run, survey
from drafter.batch.journal import Journal
from drafter.errors import SourceError
from drafter.history import History

KILLS = 20


def whole(out: Path) -> dict[str, bytes]:
    """Return report.jsonl and all drafts."""
    return {path.relative_to(out).as_posix(): path.read_bytes()
            for path in [out / "report.jsonl", *(out / "drafts").glob("*")]}  # fmt: skip


def test_a_folder_of_mails_gives_one_line_and_draft_each(kit, tmp_path: Path) -> None:
    counts = run_over(kit, MAILS, tmp_path)

    lines = lines_of(tmp_path)
    shipped = [path for path in MAILS.rglob("*") if path.suffix in (".eml", ".txt", ".msg")]
    assert len(lines) == len({line["source"] for line in lines}) == len(shipped) == counts.total()
    drafted = [line for line in lines if line["draft"]]
    assert sorted(path.name for path in (tmp_path / "drafts").iterdir()) == sorted(
        Path(d["file"]).name for d in drafted
    )
    assert all(line["why"] and line["reason"] for line in lines if line["status"] in ("skipped", "failed"))
    assert (tmp_path / "report.html").exists() and (tmp_path / "report.csv").exists()


def test_broken_lines_are_counted_and_the_run_goes_on(kit, tmp_path: Path) -> None:
    source = tmp_path / "mails.jsonl"
    source.write_text(
        '{"id": "a", "body": "Wo bleibt mein Bett?"}\n{broken\n[1]\n{"id": "d", "body": "Hallo, mein Bett?"}\n'
    )

    counts = run_over(kit, source, tmp_path / "out")

    states = {line["source"]: line["status"] == "failed" for line in lines_of(tmp_path / "out")}
    assert states == {f"mails.jsonl:{n}": n in (2, 3) for n in (1, 2, 3, 4)}
    assert counts["failed"] == 2


def test_a_mail_that_nobody_thought_of_costs_itself_only(kit, tmp_path: Path, monkeypatch) -> None:
    box = write_box(tmp_path / "box", complaints(5))
    analyze_many = type(kit).analyze_many

    def fails(self, mails):
        mails = list(mails)
        if any("Nummer 3" in getattr(mail, "body", "") for mail in mails):
            raise ZeroDivisionError
        return analyze_many(self, mails)

    monkeypatch.setattr(type(kit), "analyze_many", fails)
    counts = run_over(kit, box, tmp_path / "out")

    assert counts["failed"] == 1 and counts.total() == 5


def test_a_second_run_adds_nothing_and_a_torn_line_is_written_again(kit, tmp_path: Path) -> None:
    box, out = write_box(tmp_path / "box", complaints(3)), tmp_path / "out"
    run_over(kit, box, out)
    before = whole(out)
    (out / "report.jsonl").write_bytes(before["report.jsonl"][:-20])

    again, third = run_over(kit, box, out), run_over(kit, box, out)

    assert again["done before"] == 2 and third["done before"] == 3
    assert whole(out) == before


def test_an_export_made_anew_with_more_mails_drafts_the_new_ones_alone(kit, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run_over(kit, write_box(tmp_path / "box", complaints(3)[1:]), out)

    counts = run_over(kit, write_box(tmp_path / "box", complaints(3)), out)

    assert counts["done before"] == 2 and len(lines_of(out)) == 3


def test_runs_that_are_killed_lose_nothing_and_double_nothing(kit, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys.modules["drafter.batch.run"], "CHUNK", 2)  # so that kills fall between many writes
    box, dice = write_box(tmp_path / "box", complaints(40)), random.Random(5)
    begin = time.perf_counter()
    run_over(kit, box, tmp_path / "whole")
    seconds = time.perf_counter() - begin

    for kill in range(KILLS):
        _killed_after(dice.uniform(0, seconds), kit, box, tmp_path / f"out{kill % 4}")

    for number in range(4):
        counts = run_over(kit, box, tmp_path / f"out{number}")
        assert counts.total() == 40 and not list((tmp_path / f"out{number}").rglob("*.part"))
        assert whole(tmp_path / f"out{number}") == whole(tmp_path / "whole")


def _killed_after(seconds: float, kit, box: Path, out: Path) -> None:
    """Begin a run in a process of its own and end it as a power cut would."""
    child = os.fork()
    if child == 0:
        try:
            run_over(kit, box, out)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_a_full_disk_ends_the_run_with_a_message_and_it_goes_on_afterwards(kit, tmp_path: Path) -> None:
    box, out = write_box(tmp_path / "box", complaints(120)), tmp_path / "out"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, before[1]))
    try:
        with pytest.raises(SourceError, match=r"report\.jsonl|File too large|out"):
            run_over(kit, box, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert run_over(kit, box, out).total() == 120 and len(lines_of(out)) == 120


def test_two_runs_may_not_write_one_folder(kit, tmp_path: Path) -> None:
    with Journal(tmp_path / "out"), pytest.raises(SourceError, match="another run"):
        run_over(kit, MAILS, tmp_path / "out")


def test_the_result_does_not_depend_on_the_number_of_workers(kit, tmp_path: Path) -> None:
    box = write_box(tmp_path / "box", complaints(60))
    model = os.environ.get("DRAFTER_TEST_MODEL", "")

    for workers in (1, 2):
        run_over(kit, box, tmp_path / str(workers), workers=workers, model=model)

    assert whole(tmp_path / "1") == whole(tmp_path / "2")


def test_a_cluster_of_two_workers_gives_the_same_result(kit, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    box = write_box(tmp_path / "box", complaints(60))
    model = os.environ.get("DRAFTER_TEST_MODEL", "")

    run_over(kit, box, tmp_path / "alone")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        run_over(kit, box, tmp_path / "cluster", scheduler=cluster.scheduler_address, model=model)

    assert whole(tmp_path / "alone") == whole(tmp_path / "cluster")


def test_a_scheduler_that_does_not_answer_is_said(kit, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("drafter.batch.pools.CONNECT_SECONDS", 1)

    with pytest.raises(SourceError, match="no scheduler answers"):
        run_over(kit, write_box(tmp_path / "box", complaints(1)), tmp_path / "out", scheduler="tcp://127.0.0.1:9")


def test_limit_and_since_leave_mails_for_later_and_the_counts_add_up(kit, tmp_path: Path) -> None:
    box, out = write_box(tmp_path / "box", complaints(5)), tmp_path / "out"

    first = run_over(kit, box, out, limit=2)
    second = run_over(kit, box, out)

    assert first["left"] == 3 and first.total() == 5
    assert second["done before"] == 2 and second.total() == 5 and len(lines_of(out)) == 5


def test_a_mail_that_the_mail_program_has_marked_as_answered_gets_no_draft(kit, tmp_path: Path) -> None:
    mails = [mail.replace("Subject:", "X-Mozilla-Status: 0003\nSubject:") for mail in complaints(2)]

    counts = run_over(kit, write_box(tmp_path / "box", mails), tmp_path / "out")

    assert counts["skipped"] == 2 and not list((tmp_path / "out" / "drafts").iterdir())
    assert {line["reason"] for line in lines_of(tmp_path / "out")} == {"answered"}


def test_a_dry_run_writes_nothing(kit, tmp_path: Path) -> None:
    box = write_box(tmp_path / "box", complaints(3))

    counts = survey(kit, Order((str(box),), tmp_path / "out"), Silent())

    assert counts == {("answer", ""): 3} and not (tmp_path / "out").exists()


def test_no_resume_wants_a_folder_without_a_run(kit, tmp_path: Path) -> None:
    box = write_box(tmp_path / "box", complaints(1))
    run_over(kit, box, tmp_path / "out")

    with pytest.raises(SourceError, match="earlier run"):
        run_over(kit, box, tmp_path / "out", resume=False)


def test_a_run_accepts_what_no_person_has_to_decide_first(tmp_path: Path) -> None:
    kit = drafter.load(history=str(tmp_path / "history.sqlite"))
    mails = [*complaints(3), message(9, "x@example.org", "Ihr Idioten, mein Anwalt meldet sich!")]

    counts = run_over(kit, write_box(tmp_path / "box", mails), tmp_path / "out", accept=True)

    assert len(History(str(tmp_path / "history.sqlite")).replies()) == counts["ready"] + counts["needs-fill"] == 3
    assert counts["review"] == 1


def test_sources_of_the_same_name_are_told_apart(kit, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        write_box(tmp_path / name / "box", complaints(2, f"mein Bett {name} {{n}} ist kaputt.") if name == "a" else
                  [message(3, "z@example.org", "Wo bleibt mein Tisch?")])  # fmt: skip

    run(kit, Order((str(tmp_path / "a" / "box"), str(tmp_path / "b" / "box")), tmp_path / "out"), Silent())

    assert sorted(line["source"] for line in lines_of(tmp_path / "out")) == ["1:box:1", "1:box:2", "2:box:1"]


@pytest.mark.parametrize("missing", ["no.mbox", "folder/box"])
def test_a_missing_source_is_said_before_anything_is_written(kit, tmp_path: Path, missing: str) -> None:
    with pytest.raises(SourceError):
        run_over(kit, tmp_path / missing, tmp_path / "out")

    assert not list(tmp_path.rglob("*.eml")) and not (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize(
    ("reply_to", "to"),
    [
        ("", "lena@example.org"),
        ("noreply@shop.example", "lena@example.org"),
        ("Lena Kolb <lena@example.org>", "Lena Kolb <lena@example.org>"),
    ],
)
def test_the_mail_of_a_form_is_answered_to_the_customer(kit, tmp_path: Path, reply_to: str, to: str) -> None:
    head = f"From: Kontaktformular <noreply@formular.example>\nReply-To: {reply_to}\nSubject: Lampe\nMessage-ID: <1@formular.example>\n"
    (tmp_path / "a.eml").write_text(
        f"{head}\nName: Lena Kolb\nE-Mail: lena@example.org\nNachricht: Die Lampe flackert seit Wochen.\n",
        encoding="utf-8",
    )
    run_over(kit, tmp_path / "a.eml", tmp_path / "out")
    (draft,) = (tmp_path / "out" / "drafts").iterdir()
    assert message_from_bytes(draft.read_bytes())["To"] == to
