"""Open the database: one engine a place and process, transactions that never wait for each other forever."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from drafter.errors import HistoryError
from drafter.history import file_of
from drafter.history.schema import lift, version_of
from drafter.history.tables import VERSION
from drafter.messages import _

_LOCK_NUMBER = 0x64726166  # any number, the same for all who write to these tables on a server
_WRITES = "drafter_writes"


class Database:
    """A place with its engine; every block of work is one transaction."""

    def __init__(self, place: str, patience: float) -> None:
        self.place = place
        self._patience = patience
        self._file = file_of(place)

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """Give a connection to tables of this version; None where there are no tables yet."""
        with self._told():
            with self._engine().begin() as connection:
                found = version_of(connection)
                if found == VERSION:
                    yield connection
                    return
            if found == 0:
                yield None
                return
            with self._writable() as connection:  # older tables are lifted, then read
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose work is kept as a whole or not at all; tables are made where there are none."""
        with self._told():
            if self._file:
                self._make_file(self._file)
            with self._writable() as connection:
                yield connection

    def shrink(self) -> None:
        """Let nothing of what was deleted remain in a file."""
        if self._file:
            with self._told(), self._engine().connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _writable(self) -> Iterator[Connection]:
        with self._engine().connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SET LOCAL lock_timeout = {int(self._patience * 1000)}"))
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})"))
                lift(connection)
                yield connection

    def _engine(self) -> Engine:
        return _engine(self.place, self._patience, os.getpid())

    def _make_file(self, path: Path) -> None:
        """Make the file for this user alone, and let readers and a writer work at the same time."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        except OSError as error:
            raise HistoryError(f"{path}: {error.strerror}", _("Name another file for the history.")) from error
        if path.stat().st_size == 0:
            _write_ahead(path, self._patience)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database says into a message with a remedy."""
        try:
            yield
        except HistoryError as error:
            shown = shown_place(self.place)
            whole = error.message if error.message.startswith(shown) else f"{shown}: {error.message}"
            raise HistoryError(whole, error.remedy) from error
        except (SQLAlchemyError, sqlite3.Error) as error:
            message, remedy = _explained(error)
            raise HistoryError(f"{shown_place(self.place)}: {message}", remedy) from error


def shown_place(place: str) -> str:
    """Return a place as it may be shown: without password."""
    if "://" not in place:
        return place
    try:
        return make_url(place).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return place.partition("://")[0] + "://…"


@lru_cache(maxsize=8)
def _engine(place: str, patience: float, process: int) -> Engine:
    """Make the engine; every process its own, because connections do not survive a fork."""
    path = file_of(place)
    if path is not None:
        address = path.absolute().as_uri() + "?mode=rw"  # only _make_file makes a file
        engine = create_engine(
            "sqlite://",
            poolclass=NullPool,
            creator=lambda: sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None),
        )
        event.listen(engine, "connect", _prepare_file)
        event.listen(engine, "begin", _begin)
        return engine
    try:
        url = make_url(place)
        if url.get_backend_name() != "postgresql":
            raise HistoryError(
                _("A history is an SQLite file or a PostgreSQL database."),
                _("Name a file, sqlite:///FILE or postgresql://USER@HOST/DATABASE."),
            )
        timeout = {"connect_timeout": max(2, int(patience))}
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args=timeout)
    except (ArgumentError, NoSuchModuleError) as error:
        raise HistoryError(
            _("This is no address of a database."), _("Name a file or postgresql://USER@HOST/DATABASE.")
        ) from error
    except ModuleNotFoundError as error:
        raise HistoryError(
            _("PostgreSQL needs a driver."), _("Install it with: pip install 'drafter[postgresql]'")
        ) from error


def _prepare_file(connection: sqlite3.Connection, record: Any) -> None:
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    """A writer takes its turn at once: a reader that wants to write later could wait for another one forever."""
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(path: Path, patience: float) -> None:
    """Switch a new file to write-ahead logging; SQLite does not wait here when another process does the same."""
    give_up = time.monotonic() + patience
    while True:
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        finally:
            connection.close()


def _explained(error: Exception) -> tuple[str, str]:
    """Say what is wrong with the history and what can be done."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    said = " ".join(str(cause).split())
    if any(word in said for word in ("locked", "lock timeout", "busy")):
        return _("Another program is writing to the history."), _("Wait for it to end and try again.")
    if any(word in said for word in ("not a database", "malformed", "disk image", "no such column", "no such table")):
        return (
            _("The history is damaged, or it is no history."),
            _("Restore the file from a backup, or move it away; --history none drafts without it."),
        )
    return (
        _("The history cannot be used: {reason}").format(reason=said[:300]),
        _("Name another one with --history; --history none drafts without it."),
    )
