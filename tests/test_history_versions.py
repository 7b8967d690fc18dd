"""A history of an older version is lifted whole or not at all, a newer one is refused."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from conftest import CASES
from sqlalchemy import create_engine, inspect, make_url

from drafter.errors import HistoryError
from drafter.history import History, schema
from drafter.history.tables import VERSION
from drafter.records import Accepted, Mail, Offer

NOW = datetime(2026, 6, 1)
MAIL = Mail("x", message_id="<05>", from_address="m.reuter@example.net", references=("<04@example.net>",))
OLD = Accepted(
    datetime(2026, 5, 7, 6, 30), datetime(2026, 5, 7, 7), "request", "complaint", 3.0, (1, 1, 0),
    offers=(Offer("billing-goodwill", True, 10.0), Offer("correct-bill")),
)  # fmt: skip


@pytest.fixture
def old_history(history_url: str) -> History:
    """A history of version 1."""
    script = (CASES / "history_v1.sql").read_text(encoding="utf-8")
    if "://" in history_url:
        import psycopg

        with psycopg.connect(history_url, autocommit=True) as connection:
            connection.execute(script.replace("ID_COLUMN", "SERIAL PRIMARY KEY").replace("DATETIME", "TIMESTAMP"))
    else:
        Path(history_url).parent.mkdir(parents=True)
        with closing(sqlite3.connect(history_url)) as connection:
            connection.executescript(script.replace("ID_COLUMN", "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"))
    return History(history_url, clock=lambda: NOW)


def shape(url: str) -> dict[str, set]:
    """Return tables with their columns and indexes."""
    plain = make_url(url).set(drivername="postgresql+psycopg") if "://" in url else f"sqlite:///{url}"
    engine = create_engine(plain)
    try:
        found = inspect(engine)
        return {
            name: {column["name"] for column in found.get_columns(name)} | {i["name"] for i in found.get_indexes(name)}
            for name in found.get_table_names()
        }
    finally:
        engine.dispose()


def test_an_older_history_is_lifted_and_loses_nothing(old_history: History, tmp_path: Path) -> None:
    assert old_history.recall(MAIL).replies == (OLD,)

    new = History(str(tmp_path / "fresh.sqlite"))
    new.accept(MAIL, OLD)
    lifted = shape(old_history.url)
    assert {name: lifted[name] >= parts for name, parts in shape(new.url).items()} == dict.fromkeys(lifted, True)


def test_a_lifted_history_goes_on(old_history: History) -> None:
    assert old_history.accept(MAIL, OLD)

    assert [kept.reply.round for kept in old_history.replies()] == [1, 2]


def test_several_may_lift_it_at_once(old_history: History) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: old_history.recall(MAIL).replies, range(8)))

    assert results == [(OLD,)] * 8


def test_lifting_that_fails_leaves_the_old_history_as_it_was(
    old_history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(connection) -> None:
        schema.promise.create(connection)
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", {2: half})
        with pytest.raises(HistoryError):
            old_history.recall(MAIL)

    assert "drafter_promise" not in shape(old_history.url)
    assert old_history.recall(MAIL).replies == (OLD,)


def test_every_version_can_be_lifted() -> None:
    assert set(schema.MIGRATIONS) == set(range(2, VERSION + 1))


def test_a_newer_history_is_refused(old_history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    old_history.recall(MAIL)
    monkeypatch.setattr(schema, "VERSION", VERSION - 1)

    for work in (lambda: old_history.recall(MAIL), lambda: old_history.accept(MAIL, OLD)):
        with pytest.raises(HistoryError, match=f"version {VERSION}; this drafter knows up to {VERSION - 1}"):
            work()
