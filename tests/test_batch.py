"""A run over an export: every mail exactly once, a broken one costs that one, a second run goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import MAILS

from drafter.batch import draft_name, run
from drafter.errors import SourceError
from drafter.sources import read_mails, read_source
from drafter.wishes import Wishes

GOOD = "Guten Tag,\n\nseit drei Wochen warte ich auf mein Bett.\n\nBrigitte Scholl\n"


def make_mbox(path: Path, bodies: list[str]) -> Path:
    """Write an mbox as mail programs do, prose lines that begin with From left unescaped."""
    parts = [f"From x Mon May  4 09:12:00 2026\nFrom: a{n}@example.org\nSubject: s{n}\n\n{body}\n"
             for n, body in enumerate(bodies)]  # fmt: skip
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def report(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "report.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_folder_of_mails_gives_one_line_and_draft_each(kit, tmp_path: Path) -> None:
    counts = run(kit, [MAILS], tmp_path, Wishes(), lambda status: None)

    lines = report(tmp_path)
    shipped = [path for path in MAILS.rglob("*") if path.suffix in (".eml", ".txt", ".msg")]
    assert len(lines) == len({line["source"] for line in lines}) == len(shipped) == sum(counts.values())
    drafted = [line for line in lines if line["draft"]]
    assert len(list((tmp_path / "drafts").iterdir())) == len(drafted)
    assert all(line["why"] for line in lines if line["status"] in ("skipped", "failed", "review"))


def test_an_mbox_is_split_at_its_mails_and_not_at_prose(tmp_path: Path) -> None:
    bodies = [GOOD, "Zitat:\n\nFrom here on it got worse.\n", ">From mir\n"]

    mails = [mail for _, mail in read_mails(make_mbox(tmp_path / "box.mbox", bodies))]

    assert [mail.subject for mail in mails] == ["s0", "s1", "s2"]
    assert "From here on" in mails[1].body and mails[2].body.startswith("From mir")


def test_a_byte_order_mark_does_not_cost_the_first_mail(tmp_path: Path) -> None:
    box = make_mbox(tmp_path / "box", [GOOD, GOOD])
    box.write_bytes(b"\xef\xbb\xbf" + box.read_bytes())

    assert len(list(read_source(box))) == 2


def test_broken_lines_are_counted_and_the_run_goes_on(kit, tmp_path: Path) -> None:
    source = tmp_path / "mails.jsonl"
    source.write_text(
        '{"id": "a", "body": "' + GOOD.replace("\n", "\\n") + '"}\n{broken\n[1]\n{"id": "d", "body": "Hallo?"}\n'
    )

    counts = run(kit, [source], tmp_path / "out", Wishes(), lambda status: None)

    lines = report(tmp_path / "out")
    assert [line["source"] for line in lines] == [f"mails.jsonl:{n}" for n in (1, 2, 3, 4)]
    assert [line["status"] == "failed" for line in lines] == [False, True, True, False]
    assert counts["failed"] == 2


def test_a_second_run_adds_nothing_and_a_torn_line_is_written_again(kit, tmp_path: Path) -> None:
    box, out = make_mbox(tmp_path / "box", [GOOD, GOOD + "x"]), tmp_path / "out"
    run(kit, [box], out, Wishes(), lambda status: None)
    whole = (out / "report.jsonl").read_bytes()
    (out / "report.jsonl").write_bytes(whole[:-20])

    again = run(kit, [box], out, Wishes(), lambda status: None)
    third = run(kit, [box], out, Wishes(), lambda status: None)

    assert again["done before"] == 1 and third["done before"] == 2
    assert (out / "report.jsonl").read_bytes() == whole


def test_a_run_accepts_what_no_person_has_to_decide_first(kit, tmp_path: Path) -> None:
    counts = run(kit, [MAILS], tmp_path, Wishes(), lambda status: None, accept=True)

    assert len(kit.history.replies()) == counts["ready"] + counts["needs-fill"]
    assert counts["review"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.eml", "a_b.eml", "ä ö.eml", "", "..", "x" * 500])
def test_a_draft_is_named_safely_and_uniquely(name: str) -> None:
    made = draft_name(name)

    assert "/" not in made and not made.startswith(".") and len(made) < 130
    assert made != draft_name(name + "x")


def test_an_unusable_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"\x00\x01")
    for source in (tmp_path / "missing", tmp_path / "x.bin", tmp_path):
        (tmp_path / "x.eml").unlink(missing_ok=True)
        with pytest.raises(SourceError):
            list(read_source(source))
