"""Conversations: which mails belong together, which are answered, and which one mail of a customer is to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from drafter.inbox.store import Store

SAME_SUBJECT_SECONDS = 60 * 86_400
"""Mails of one customer with the same subject belong together where no longer silence lies between them."""

SKEW_SECONDS = 3 * 86_400
"""A reply that names the mail it answers may be older than that mail by so much: clocks go wrong."""

Reply = tuple[int, int]
"""Place of a reply in the order of time, and its number."""

Check = Callable[[int], str]
"""Reads a mail as a whole; returns the reason why it is no part of a conversation, or ""."""


@dataclass(slots=True)
class _Waiting:
    """A customer's last unanswered mail; `first` is the earliest of the `count` that wait with it."""

    mail: int
    first: int
    count: int = 1
    is_checked: bool = False


@dataclass(slots=True)
class _Replies:
    """The earliest replies of ours behind a place in a thread, which is walked from its end."""

    to: dict[str, Reply] = field(default_factory=dict)  # customer → reply that went to him
    all: Reply | None = None  # went to nobody of the thread, as helpdesks leave recipients out
    any: Reply | None = None

    def to_customer(self, customer: str) -> list[Reply]:
        """Return those that may answer a customer; of one whose address is unknown any may."""
        found = [self.to.get(customer), self.all] if customer else [self.any]
        return [reply for reply in found if reply]


def settle(store: Store, check: Check) -> None:
    """Decide on every mail of the index."""
    _find_copies(store)
    _join_subjects(store)
    _gather(store)
    walk = _Walk(store, check)
    rows = store.run(
        "SELECT root, members.place, id, role, reason, customer, recipients, counts, answered, name, forward, dated,"
        " at, label, original FROM members CROSS JOIN mails ON id = members.mail LEFT JOIN copies ON copies.mail = id"
        " ORDER BY root DESC, members.place DESC"
    )
    for root, thread in groupby(rows, key=itemgetter(0)):
        walk.walk(root, (_Row(*row[1:]) for row in thread))


def _find_copies(store: Store) -> None:
    """The first of the copies stays, one that lies in the inbox before one in the trash."""
    for (twin,) in store.run("SELECT twin FROM mails GROUP BY twin HAVING count(*) > 1"):
        rows = store.run("SELECT id FROM mails WHERE twin = ? ORDER BY role = '', at, rank, place, id", (twin,))
        (original,) = next(rows)
        for (mail,) in rows:
            store.run("INSERT INTO copies VALUES (?, ?)", (mail, original))


def _join_subjects(store: Store) -> None:
    last = (None, 0.0, 0)
    for subject, at, node in store.run(
        "SELECT subject, at, node FROM mails WHERE subject IS NOT NULL AND id NOT IN (SELECT mail FROM copies)"
        " ORDER BY subject, at, id"
    ):
        if subject == last[0] and at - last[1] <= SAME_SUBJECT_SECONDS:
            store.join(node, [last[2]])
        last = (subject, at, node)


def _gather(store: Store) -> None:
    """Number the mails in the order of time and gather them by thread."""
    rows = store.run(
        "SELECT id, node, role, customer, parent, counts, forward, original"
        " FROM mails LEFT JOIN copies ON copies.mail = id ORDER BY at, rank, place, id"
    )
    for place, (mail, node, role, customer, parent, counts, forward, original) in enumerate(rows):
        root = store.root(node)
        store.run("INSERT INTO members VALUES (?, ?, ?)", (root, place, mail))
        if original is not None:
            continue
        if role == "customer":
            store.run("INSERT OR IGNORE INTO customers VALUES (?, ?)", (root, customer))
        elif role == "own" and counts and parent is not None and not forward:
            store.run("INSERT INTO replies VALUES (?, ?, ?)", (parent, place, mail))


class _Row(NamedTuple):
    """A mail in its thread."""

    place: int
    mail: int
    role: str
    reason: str
    customer: str
    recipients: str
    counts: int
    answered: int
    name: int | None
    forward: int
    dated: int
    at: float
    label: str
    original: int | None


class _Walk:
    """Goes through threads from their ends, so that what answers a mail is known when the mail comes."""

    def __init__(self, store: Store, check: Check) -> None:
        self._store = store
        self._check = check

    def walk(self, root: int, thread: Iterable[_Row]) -> None:
        """Decide on the mails of a thread, the last one first."""
        self._root, self._replies, self._waiting = root, _Replies(), dict[str, _Waiting]()
        name = ""
        for row in thread:
            self._one(row)
            name = row.label if row.label[:1] == "#" or name[:1] != "#" else name
        for last in self._waiting.values():
            self._decide(last.mail, "answer", since=last.first, unanswered=last.count)
        self._store.run("INSERT INTO threads VALUES (?, ?)", (root, name))

    def _decide(self, mail: int, decision: str, reason: str = "", **more: int) -> None:
        self._store.decide(mail, self._root, decision, reason, **more)

    def _drop(self, mail: int, reason: str) -> None:
        self._decide(mail, "failed" if reason == "unreadable" else "skip", reason)

    def _one(self, row: _Row) -> None:
        if row.original is not None:
            self._decide(row.mail, "skip", "duplicate", instead=row.original)
        elif row.role == "customer":
            self._customer(row)
        else:
            self._drop(row.mail, row.reason)
            if row.role == "own" and row.counts:
                self._note_reply(row)

    def _note_reply(self, row: _Row) -> None:
        known = self._known(row.recipients)
        if (row.forward and not known) or self._check(row.mail):
            return
        reply = (row.place, row.mail)
        self._replies.any = reply
        self._replies.to.update(dict.fromkeys(known, reply))
        if not known:
            self._replies.all = reply

    def _known(self, recipients: str) -> list[str]:
        """Return those recipients who write in the thread."""
        names = filter(None, recipients.split("\n"))
        return [name for name in names if self._store.writes_in(self._root, name)]

    def _customer(self, row: _Row) -> None:
        found = [*self._replies.to_customer(row.customer), *self._named(row)]
        last = self._waiting.get(row.customer)
        if found:
            self._decide(row.mail, "answered", "answered", reply=min(found)[1])
        elif row.answered:
            self._decide(row.mail, "answered", "answered")
        elif last is None or self._drops_out(last):
            self._waiting[row.customer] = _Waiting(row.mail, row.mail)
        else:
            last.first, last.count = row.mail, last.count + 1
            self._decide(row.mail, "skip", "superseded", instead=last.mail)

    def _named(self, row: _Row) -> list[Reply]:
        """Return a reply that names the mail though its date says that it came before."""
        if row.name is None or self._store.is_ambiguous(row.name):
            return []
        for place, mail, at, dated, recipients in self._store.run(
            "SELECT replies.place, id, at, dated, recipients FROM replies JOIN mails ON id = mail"
            " WHERE replies.name = ? AND replies.place < ? ORDER BY replies.place DESC LIMIT 5",
            (row.name, row.place),
        ):
            near = not (dated and row.dated) or row.at - at <= SKEW_SECONDS
            known = self._known(recipients)
            if near and (row.customer in known or not known) and not self._check(mail):
                return [(place, mail)]
        return []

    def _drops_out(self, last: _Waiting) -> bool:
        """Read a mail that would stand for earlier ones: an automatic or empty one must not."""
        if last.is_checked:
            return False
        last.is_checked = True
        if reason := self._check(last.mail):
            self._drop(last.mail, reason)
        return bool(reason)
