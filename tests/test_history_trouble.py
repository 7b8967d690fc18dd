"""Trouble with the history: several writers at once, and places that cannot be used get a message and stay as they were."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from conftest import HERE

from drafter.errors import HistoryError
from drafter.history import History
from drafter.history.age import days_before
from drafter.history.connecting import shown_place
from drafter.records import Accepted, Mail, Offer

NOW = datetime(2026, 6, 1, 12)
MAIL = Mail("x", message_id="<1>", from_address="lena@example.org")
REPLY = Accepted(NOW, NOW, "request", "complaint", offers=(Offer("a", True, 5.0),))

WRITER = """
import sys
from datetime import datetime
from drafter.history import History
from drafter.records import Accepted, Mail, Offer, Promise
now, history = datetime(2026, 6, 1), History(sys.argv[1])
for number in range(int(sys.argv[3])):
    for sender in (sys.argv[2], "both"):
        mail = Mail("x", message_id=f"<{number}>", from_address=f"{sender}@example.org", references=("<0>",))
        offers, promises = (Offer("a"), Offer("b", True, 1.0)), (Promise("agreed", sys.argv[2], now.date()),)
        history.accept(mail, Accepted(now, now, "request", "complaint", offers=offers, promises=promises))
    history.settle([history.promises()[0].id])
"""


def write_at_once(url: str, count: int, writers: int = 2) -> None:
    """Let several processes write at the same time, from a history that does not exist yet."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parent), *sys.path])}
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, f"writer{number}", str(count)], env=environment,
                         stderr=subprocess.PIPE, text=True)
        for number in range(writers)
    ]  # fmt: skip
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors


def test_processes_that_write_at_once_lose_nothing_and_count_nothing_twice(history_url: str) -> None:
    write_at_once(history_url, 25)

    kept = History(history_url).replies()
    by_customer = {
        name: [k for k in kept if k.customer == f"{name}@example.org"] for name in ("writer0", "writer1", "both")
    }
    assert {name: len(rows) for name, rows in by_customer.items()} == {"writer0": 25, "writer1": 25, "both": 25}
    assert all(len(k.reply.offers) == 2 for k in kept)
    assert [k.reply.round for k in by_customer["both"]] == list(range(1, 26))
    assert [[len(k.promises) for k in by_customer[f"writer{n}"]] for n in (0, 1)] == [[1] * 25] * 2
    assert len(History(history_url).promises(done=True)) == 75


def test_reading_makes_no_file_and_needs_no_database_library(tmp_path: Path) -> None:
    code = "import sys; from drafter.history import History; from drafter.records import Mail; import drafter.drafting\n" \
           "History(sys.argv[1]).recall(Mail('x')); print('sqlalchemy' in sys.modules)"  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}

    done = subprocess.run([sys.executable, "-c", code, tmp_path / "new" / "h.sqlite"], env=environment,
                          capture_output=True, text=True, check=True)  # fmt: skip

    assert done.stdout.strip() == "False"
    assert not (tmp_path / "new").exists()


def test_the_history_lies_in_the_users_data_folder_for_this_user_alone(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))

    History().accept(MAIL, REPLY)

    path = tmp_path / "xdg" / "drafter" / "history.sqlite"
    assert path.stat().st_mode & 0o077 == 0
    assert History(f"sqlite:///{path}").replies() == History().replies() != []


def test_the_environment_names_a_history_and_none_is_none(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DRAFTER_HISTORY", str(tmp_path / "team.sqlite"))
    History().accept(MAIL, REPLY)

    assert (tmp_path / "team.sqlite").exists()
    assert not History("none").accept(MAIL, REPLY)
    assert History("none").recall(MAIL).replies == ()


def test_a_locked_history_is_waited_for_and_then_refused(tmp_path: Path) -> None:
    history = History(str(tmp_path / "h.sqlite"), patience=0.1)
    history.accept(MAIL, REPLY)

    with closing(sqlite3.connect(tmp_path / "h.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryError, match="Another program is writing") as error:
            history.accept(Mail("y", message_id="<2>", from_address="lena@example.org"), REPLY)
        assert len(history.replies()) == 1  # readers need not wait

    assert error.value.message.startswith(str(tmp_path / "h.sqlite"))


def damage(path: Path, kind: str) -> None:
    """Make a file that is no usable history."""
    if kind == "garbage":
        path.write_bytes(b"no database at all" * 500)
    elif kind == "torn":
        path.write_bytes(path.read_bytes()[:5000])
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript({
                "foreign": "DROP TABLE drafter_promise; DROP TABLE drafter_offer; DROP TABLE drafter_reply; DROP TABLE drafter_meta; CREATE TABLE x (y)",
                "newer": "UPDATE drafter_meta SET value = '99'",
                "unversioned": "DELETE FROM drafter_meta",
                "columnless": "ALTER TABLE drafter_reply RENAME COLUMN stage TO level",
            }[kind])  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "words"),
    [("garbage", "damaged"), ("torn", "damaged"), ("foreign", "another program"), ("newer", "version 99"),
     ("unversioned", "damaged"), ("columnless", "damaged")],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_and_stays_as_it_was(tmp_path: Path, kind: str, words: str) -> None:
    path = tmp_path / "h.sqlite"
    history = History(str(path))
    history.accept(MAIL, REPLY)
    damage(path, kind)
    before = path.read_bytes()

    for work in (lambda: history.recall(MAIL), lambda: history.accept(MAIL, REPLY)):
        with pytest.raises(HistoryError, match=words) as error:
            work()
        assert error.value.remedy

    assert path.read_bytes() == before


def test_what_fails_half_way_leaves_nothing_behind(history_url: str) -> None:
    history = History(history_url)
    history.accept(MAIL, REPLY)

    with pytest.raises(HistoryError):  # the second offer has no cost: the database refuses it
        bad = Accepted(NOW, NOW, "announce", "complaint", offers=(Offer("a"), Offer("b", True, None)))
        history.accept(MAIL, bad)

    assert [kept.reply for kept in history.replies()] == [REPLY]


@pytest.mark.parametrize(
    ("url", "words"),
    [("mysql://root@localhost/x", "SQLite file or a PostgreSQL"), ("nonsense://", "SQLite|address"), ("://", "address"),
     ("postgresql://nobody:secret@127.0.0.1:1/x", "cannot be used"), ("/dev/null/h.sqlite", "File exists"),
     ("/proc/h.sqlite", "No such file|denied")],
)  # fmt: skip
def test_an_unusable_place_is_refused_without_its_password(url: str, words: str) -> None:
    with pytest.raises(HistoryError, match=words) as error:
        History(url, patience=2).accept(MAIL, REPLY)

    assert "secret" not in error.value.message and error.value.remedy


def test_a_password_is_not_shown() -> None:
    assert shown_place("postgresql://a:secret@host/x") == "postgresql://a:***@host/x"


@pytest.mark.parametrize(
    ("age", "then"),
    [("30d", datetime(2026, 3, 1)), ("2w", datetime(2026, 3, 17)), ("1m", datetime(2026, 2, 28)), ("12m", datetime(2025, 3, 31)),
     ("99999y", datetime.min)],
)  # fmt: skip
def test_ages_go_by_the_calendar(age: str, then: datetime) -> None:
    assert days_before(datetime(2026, 3, 31), age) == then


@pytest.mark.parametrize("age", ["", "12", "m", "-3d", "1.5y", "99999999d", "drei Monate"])
def test_what_is_no_age_is_refused(age: str) -> None:
    with pytest.raises(HistoryError, match="is no age"):
        days_before(NOW, age)
