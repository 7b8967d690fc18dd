"""The index on disk: a private SQLite file in the output folder, and the sets of names that belong together."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from drafter.errors import SourceError
from drafter.messages import _
from drafter.sources.raw import Raw

NAME = ".inbox-index.sqlite"
"""One name for all runs: what a run that was cut off left behind, the next one clears away."""

_SCHEMA = """
CREATE TABLE mails (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, label TEXT NOT NULL, head TEXT NOT NULL, node INTEGER NOT NULL,
    name INTEGER,
    at REAL, rank INTEGER NOT NULL, place TEXT NOT NULL, dated INTEGER NOT NULL,
    role TEXT NOT NULL, reason TEXT NOT NULL, address TEXT NOT NULL, customer TEXT NOT NULL,
    recipients TEXT NOT NULL, counts INTEGER NOT NULL, answered INTEGER NOT NULL,
    parent INTEGER, forward INTEGER NOT NULL, subject INTEGER, twin INTEGER NOT NULL);
CREATE INDEX by_time ON mails (at, rank, place, id);
CREATE INDEX by_twin ON mails (twin, role = '', at, rank, place, id);
CREATE INDEX by_subject ON mails (subject, at, id) WHERE subject IS NOT NULL;
CREATE TABLE raws (
    id INTEGER PRIMARY KEY, data BLOB NOT NULL, kind TEXT NOT NULL, error TEXT NOT NULL, labels TEXT NOT NULL);
CREATE TABLE copies (mail INTEGER PRIMARY KEY, original INTEGER NOT NULL);
CREATE TABLE sets (name INTEGER PRIMARY KEY, parent INTEGER NOT NULL);
CREATE TABLE names (name INTEGER PRIMARY KEY, twin INTEGER NOT NULL, several INTEGER NOT NULL);
CREATE TABLE members (root INTEGER, place INTEGER, mail INTEGER, PRIMARY KEY (root, place)) WITHOUT ROWID;
CREATE TABLE customers (root INTEGER, customer TEXT, PRIMARY KEY (root, customer)) WITHOUT ROWID;
CREATE TABLE replies (name INTEGER, place INTEGER, mail INTEGER, PRIMARY KEY (name, place)) WITHOUT ROWID;
CREATE TABLE threads (root INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE decisions (
    mail INTEGER PRIMARY KEY, root INTEGER NOT NULL, decision TEXT NOT NULL, reason TEXT NOT NULL,
    reply INTEGER, instead INTEGER, since INTEGER, unanswered INTEGER NOT NULL);
CREATE INDEX by_instead ON decisions (instead, mail) WHERE instead IS NOT NULL;
"""
_SETTINGS = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-8000;"


def digest(*parts: str) -> int:
    """Return a number that stands for texts: SQLite keeps numbers of 64 bits best."""
    whole = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest(), "big", signed=True)


class Store:
    """The open file; one process uses it."""

    def __init__(self, folder: Path) -> None:
        """Make the file anew.

        Raises:
            SourceError: the folder cannot be written.
        """
        self._path = folder / NAME
        try:
            self._remove()
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError as error:
            raise SourceError(f"{self._path}: {error.strerror}", _("Name a folder that can be written.")) from error
        with self.guarded():
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            self._connection.executescript(_SETTINGS + _SCHEMA + "BEGIN;")
        self.run = self._connection.execute

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn errors of the database, a full disk above all, into one for people."""
        try:
            yield
        except sqlite3.Error as error:
            message = _("{path}: the index of the inbox cannot be kept: {problem}")
            text = message.format(path=self._path, problem=error)
            raise SourceError(text, _("Look whether the disk is full, or name another folder.")) from error

    def close(self) -> None:
        """Remove the file."""
        with suppress(sqlite3.Error):
            self._connection.close()
        with suppress(OSError):
            self._remove()

    def _remove(self) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def root(self, name: int) -> int:
        """Return by which name the set of a name goes; paths are halved on the way."""
        parent = self._parent(name)
        while parent is not None:
            above = self._parent(parent)
            if above is None:
                return parent
            self.run("UPDATE sets SET parent = ? WHERE name = ?", (above, name))
            name, parent = above, self._parent(above)
        return name

    def _parent(self, name: int) -> int | None:
        """Return the name above a name; one that stands for itself has no row."""
        row = self.run("SELECT parent FROM sets WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def join(self, name: int, others: Iterable[int]) -> None:
        """Make one set of the sets of names; the least name leads, so that the order does not matter."""
        root = None
        for other in others:
            root = self.root(name) if root is None else root
            found = self.root(other)
            if found != root:
                low, high = sorted((root, found))
                self.run("INSERT INTO sets VALUES (?, ?)", (high, low))
                root = low

    def insert(self, mail: tuple[Any, ...], raw: tuple[Any, ...]) -> None:
        """Add a row of `mails` and one of `raws`."""
        self.run(f"INSERT INTO mails VALUES ({','.join('?' * len(mail))})", mail)
        self.run("INSERT INTO raws VALUES (?, ?, ?, ?, ?)", raw)

    def note_name(self, name: int, twin: int) -> None:
        """Note who bears a message id."""
        self.run(
            "INSERT INTO names VALUES (?, ?, 0)"
            " ON CONFLICT (name) DO UPDATE SET several = several OR twin <> excluded.twin",
            (name, twin),
        )

    def is_ambiguous(self, name: int) -> bool:
        """Tell whether different mails bear a message id."""
        row = self.run("SELECT several FROM names WHERE name = ?", (name,)).fetchone()
        return bool(row and row[0])

    def clashes(self) -> int:
        """Count the message ids that different mails bear."""
        return int(self.run("SELECT count(*) FROM names WHERE several").fetchone()[0])

    def place_undated(self) -> None:
        """Put the undated mails at the beginning of the export before the first that has a date."""
        self.run(
            "UPDATE mails SET at = coalesce((SELECT at FROM mails WHERE dated ORDER BY id LIMIT 1), 0) WHERE at IS NULL"
        )

    def decide(
        self,
        mail: int,
        root: int,
        decision: str,
        reason: str = "",
        reply: int | None = None,
        instead: int | None = None,
        since: int | None = None,
        unanswered: int = 0,
    ) -> None:
        """Note what is to be done with a mail."""
        row = (mail, root, decision, reason, reply, instead, since, unanswered)
        self.run("INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def writes_in(self, root: int, customer: str) -> bool:
        """Tell whether a customer writes in a thread."""
        row = self.run("SELECT 1 FROM customers WHERE root = ? AND customer = ?", (root, customer)).fetchone()
        return row is not None

    def decided(self) -> Iterator[tuple[Any, ...]]:
        """Yield number, mail, head, thread and decision of all mails in the order of time."""
        for number, key, data, kind, error, labels, *rest in self.run(
            "SELECT id, key, data, kind, error, labels, head, threads.name, decision, decisions.reason, role, counts,"
            " reply, instead, since, unanswered, address FROM mails JOIN raws USING (id)"
            " JOIN decisions ON decisions.mail = id JOIN threads USING (root) ORDER BY at, rank, place, id"
        ):
            yield number, _raw(key, data, kind, error, labels), *rest

    def raw(self, mail: int) -> tuple[Raw, str, str]:
        """Return a mail as it was added, the address of its customer and its role."""
        key, data, kind, error, labels, address, role = self.run(
            "SELECT key, data, kind, error, labels, address, role FROM raws JOIN mails USING (id) WHERE id = ?", (mail,)
        ).fetchone()
        return _raw(key, data, kind, error, labels), address, role

    def head(self, mail: int) -> str:
        """Return the head of a mail as it was written down."""
        return str(self.run("SELECT head FROM mails WHERE id = ?", (mail,)).fetchone()[0])

    def key(self, mail: int) -> str:
        """Return the key of a mail."""
        return str(self.run("SELECT key FROM mails WHERE id = ?", (mail,)).fetchone()[0])

    def stands_for(self, mail: int) -> Iterator[str]:
        """Yield the keys of the mails that a mail is answered for, oldest first."""
        rows = self.run(
            "SELECT key FROM decisions JOIN mails ON mail = id WHERE instead = ? ORDER BY at, rank, place, id", (mail,)
        )
        return (key for (key,) in rows)


def _raw(key: str, data: bytes, kind: str, error: str, labels: str) -> Raw:
    return Raw(key, data, kind, error, tuple(filter(None, labels.split("\n"))))
