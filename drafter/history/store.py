"""Read and write accepted replies. Every public call is one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from drafter.history.connecting import Database
from drafter.history.keys import clean_text, customer_key, mail_key, short, thread_ids, when_of
from drafter.history.tables import MAX_WHAT, message, offer, promise, reply
from drafter.records import LASTING, Accepted, Conversation, Mail, Offer, Promise

MAX_REPLIES = 500
"""No more of a customer's replies are looked at, the latest ones: drafting stays fast whatever he sends."""


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise with the customer and the thread, as `promises` lists it; times are UTC."""

    id: int
    customer: str
    thread: str
    promise: Promise
    made: datetime
    done: datetime | None

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        due = self.promise.due.isoformat() if self.promise.due else None
        times = {"made": f"{self.made.isoformat()}Z", "done": f"{self.done.isoformat()}Z" if self.done else None}
        names = {"id": self.id, "customer": self.customer, "thread": self.thread}
        return {**names, **self.promise._asdict(), "due": due, **times}


@dataclass(frozen=True, slots=True)
class Kept:
    """An accepted reply with the customer and the thread, as `history show` prints it."""

    customer: str
    thread: str
    mail: str
    reply: Accepted
    promises: tuple[Promised, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain values; times in ISO form, UTC."""
        values = {"customer": self.customer, "thread": self.thread, "mail": self.mail, **self.reply._asdict()}
        del values["here"], values["read"]
        times = {name: values[name].isoformat() + "Z" for name in ("when", "accepted")}
        offers = [offer._asdict() for offer in self.reply.offers]
        return values | times | {"offers": offers, "promises": [kept.to_json() for kept in self.promises]}


class Store:
    """The history at one place."""

    def __init__(self, place: str, patience: float) -> None:
        self._database = Database(place, patience)

    def recall(self, mail: Mail, now: datetime, run_since: datetime | None) -> Conversation:
        """Return what is known about the sender from before this mail."""
        with self._database.reading() as connection:
            if connection is None:
                return Conversation(when_of(mail, now), now)
            customer = customer_key(mail.from_address)
            own, thread = _own(connection, customer, mail)
            mine = and_(reply.c.customer == customer, _before(own))
            if not customer:  # nobody is known by an empty address: then the thread must speak for itself
                mine = and_(mine, reply.c.thread == thread)
            rows = list(_rows(connection, mine))
            replies = [_accepted(row, offers, thread) for row, offers in rows]
            if run_since and not _answers_us(mail, {row.mail for row, _ in rows}):
                unread = min(run_since, when_of(mail, now))  # an export holds mails that are older than our answers
                replies = [kept._replace(read=kept.accepted < unread) for kept in replies]
            latest = max([now, *(kept.accepted for kept in replies)])  # the clock may have gone back since
            numbers = [row.id for row, _ in rows]
            return Conversation(
                when_of(mail, latest), now, tuple(replies), _spent(connection, now, own), _open(connection, numbers)
            )

    def customers(self) -> set[str]:
        """Return the keys of all customers to whom a reply was accepted."""
        with self._database.reading() as connection:
            return set(connection.scalars(select(reply.c.customer).distinct())) if connection else set()

    def goodwill_spent(self, now: datetime) -> float:
        """Return what goodwill has cost in the month of `now`."""
        with self._database.reading() as connection:
            return _spent(connection, now, own=0) if connection else 0.0

    def accept(self, mail: Mail, accepted: Accepted) -> bool:
        """Write a reply, or write it anew if the mail was answered before."""
        customer = customer_key(mail.from_address)
        with self._database.writing() as connection:
            own, thread = _own(connection, customer, mail)
            values = _values(accepted) | {"round": _round(connection, customer, thread, own)}
            if own:
                connection.execute(update(reply).where(reply.c.id == own).values(values))
                connection.execute(delete(offer).where(offer.c.reply == own))
            else:
                values |= {"customer": customer, "thread": thread, "mail": mail_key(mail)}
            number = own or connection.execute(insert(reply).values(values).returning(reply.c.id)).scalar_one()
            offers = {o.id: {"reply": number, "option": o.id, "goodwill": o.goodwill, "cost": o.cost}
                      for o in accepted.offers}  # fmt: skip
            if offers:
                connection.execute(insert(offer), list(offers.values()))
            _join_thread(connection, customer, thread, mail)
            if not own:
                _settle(connection, customer, thread, accepted.accepted)
            row = {"customer": customer, "thread": thread, "reply": number, "made_at": accepted.accepted}
            _write_promises(connection, row, accepted.promises)
            return not own

    def replies(self, address: str) -> list[Kept]:
        """Return the replies to a customer, or to all, in the order of their acceptance."""
        with self._database.reading() as connection:
            if connection is None:
                return []
            mine = reply.c.customer == customer_key(address) if address else reply.c.id > 0
            promises: defaultdict[int, list[Promised]] = defaultdict(list)
            for row in connection.execute(select(promise).join(reply).where(mine).order_by(promise.c.id)):
                promises[row.reply].append(_promised(row))
            return [
                Kept(row.customer, row.thread, row.mail, _accepted(row, offers, row.thread), tuple(promises[row.id]))
                for row, offers in _rows(connection, mine, limit=None)
            ]

    def promises(self, until: date | None, done: bool) -> list[Promised]:
        """Return the open promises that are due up to a day, or all of them; with those that are done on request."""
        with self._database.reading() as connection:
            if connection is None:
                return []
            wanted = select(promise).order_by(promise.c.due.is_(None), promise.c.due, promise.c.id)
            if until:
                wanted = wanted.where(promise.c.due <= until)
            if not done:
                wanted = wanted.where(promise.c.done_at.is_(None))
            return [_promised(row) for row in connection.execute(wanted)]

    def settle(self, numbers: Collection[int], when: datetime | None) -> list[int]:
        """Mark promises as done, or as open again where `when` is None; returns the ids that do not exist.

        Where one does not exist, nothing is marked.
        """
        with self._database.writing() as connection:
            known = set(connection.scalars(select(promise.c.id).where(promise.c.id.in_(numbers))))
            unknown = [number for number in numbers if number not in known]
            if not unknown:
                connection.execute(update(promise).where(promise.c.id.in_(known)).values(done_at=when))
            return unknown

    def forget(self, address: str) -> int:
        """Delete a customer."""
        customer = customer_key(address)
        if not customer:
            return 0
        return self._delete(
            reply.c.customer == customer, message.c.customer == customer, promise.c.customer == customer
        )

    def purge(self, before: datetime) -> int:
        """Delete what was accepted before a day, and threads of which nothing is left."""
        used = select(reply.c.id).where(reply.c.customer == message.c.customer, reply.c.thread == message.c.thread)
        return self._delete(reply.c.accepted_at < before, ~used.exists(), promise.c.made_at < before)

    def _delete(self, replies: Any, messages: Any, promises: Any) -> int:
        with self._database.writing() as connection:
            gone = select(reply.c.id).where(replies)
            connection.execute(delete(offer).where(offer.c.reply.in_(gone)))
            connection.execute(delete(promise).where(or_(promises, promise.c.reply.in_(gone))))
            count = connection.execute(delete(reply).where(replies)).rowcount
            connection.execute(delete(message).where(messages))
        self._database.shrink()
        return int(count)


def _settle(connection: Connection, customer: str, thread: str, when: datetime) -> None:
    """Mark what earlier replies in the thread have announced as done: this reply brings it, or announces it anew."""
    announced = and_(promise.c.customer == customer, promise.c.thread == thread, promise.c.kind.not_in(LASTING))
    connection.execute(update(promise).where(announced, promise.c.done_at.is_(None)).values(done_at=when))


def _write_promises(connection: Connection, row: dict[str, Any], promises: tuple[Promise, ...]) -> None:
    """Write the promises of a reply; those that it made before stay as they are, those it makes no longer go."""
    found = connection.execute(select(promise).where(promise.c.reply == row["reply"])).all()
    known = {_same(_promised(old).promise): old.id for old in found}
    wanted = {_same(made): made for made in (m._replace(what=clean_text(m.what)[:MAX_WHAT]) for m in promises)}
    gone = [number for key, number in known.items() if key not in wanted]
    connection.execute(delete(promise).where(promise.c.id.in_(gone)))
    new = [row | made._asdict() for key, made in wanted.items() if key not in known]
    if new:
        connection.execute(insert(promise), new)


def _open(connection: Connection, replies: Collection[int]) -> tuple[Promise, ...]:
    """Return the promises of some replies that are not kept yet, the first due first."""
    wanted = select(promise).where(promise.c.reply.in_(replies), promise.c.done_at.is_(None))
    rows = connection.execute(wanted.order_by(promise.c.due.is_(None), promise.c.due, promise.c.id))
    return tuple(_promised(row).promise for row in rows)


def _same(made: Promise) -> Promise:
    """Return by what a promise is known again: what a step announces is due when it was announced first."""
    return made if made.kind in LASTING else made._replace(due=None)


def _promised(row: Row[Any]) -> Promised:
    made = Promise(row.kind, row.what, row.due, row.option)
    return Promised(row.id, row.customer, row.thread, made, row.made_at, row.done_at)


def _own(connection: Connection, customer: str, mail: Mail) -> tuple[int, str]:
    """Return id and thread of the reply to this very mail; id 0 where there is none, with the thread it would be in."""
    found = select(reply.c.id, reply.c.thread).where(reply.c.customer == customer, reply.c.mail == mail_key(mail))
    row = connection.execute(found).first()
    return (row.id, row.thread) if row else (0, _thread(connection, customer, mail))


def _thread(connection: Connection, customer: str, mail: Mail) -> str:
    """Return the thread of a mail: one that knows a message which it follows, else the first message it names."""
    ids = thread_ids(mail)
    known = select(message.c.id, message.c.thread).where(message.c.customer == customer, message.c.id.in_(ids))
    threads = {row.id: row.thread for row in connection.execute(known)}
    return next((threads[name] for name in reversed(ids) if name in threads), ids[0])


def _join_thread(connection: Connection, customer: str, thread: str, mail: Mail) -> None:
    ids = thread_ids(mail)
    joined = select(message.c.id).where(message.c.customer == customer, message.c.id.in_(ids))
    known = set(connection.scalars(joined))
    new = [{"customer": customer, "id": name, "thread": thread} for name in ids if name not in known]
    if new:
        connection.execute(insert(message), new)


def _answers_us(mail: Mail, own_mails: set[str]) -> bool:
    """Tell whether the mail answers a message that is not the customer's own: then it is one of ours."""
    return bool(mail.in_reply_to) and short(mail.in_reply_to) not in own_mails


def _before(own: int) -> ColumnElement[bool]:
    """Say which replies came before the one at hand; all where it is new."""
    return reply.c.id < own if own else reply.c.id > 0


def _round(connection: Connection, customer: str, thread: str, own: int) -> int:
    """Return which reply to a complaint this one is in its thread."""
    earlier = select(func.count()).where(
        reply.c.customer == customer, reply.c.thread == thread, reply.c.frame == "complaint", _before(own)
    )  # fmt: skip
    return int(connection.scalar(earlier) or 0) + 1


def _spent(connection: Connection, now: datetime, own: int) -> float:
    """Sum the goodwill of the month, the reply at hand left out."""
    month = datetime(now.year, now.month, 1)
    total = (
        select(func.sum(offer.c.cost))
        .join(reply, reply.c.id == offer.c.reply)
        .where(offer.c.goodwill, reply.c.accepted_at >= month, reply.c.id != own)
    )
    return float(connection.scalar(total) or 0.0)


def _rows(
    connection: Connection, which: Any, limit: int | None = MAX_REPLIES
) -> Iterable[tuple[Row[Any], list[Offer]]]:
    """Return replies with their offers, in the order of their acceptance."""
    rows = connection.execute(select(reply).where(which).order_by(reply.c.id.desc()).limit(limit)).all()[::-1]
    offers: defaultdict[int, list[Offer]] = defaultdict(list)
    found = select(offer).join(reply, reply.c.id == offer.c.reply).where(which).order_by(offer.c.option)
    for row in connection.execute(found):
        offers[row.reply].append(Offer(row.option, row.goodwill, row.cost))
    return [(row, offers[row.id]) for row in rows]


def _accepted(row: Row[Any], offers: list[Offer], thread: str) -> Accepted:
    return Accepted(
        row.written_at, row.accepted_at, row.stage, row.frame, row.points, (row.mild, row.clear, row.vulgar),
        row.apologised, tuple(offers), row.thread == thread, row.round,
    )  # fmt: skip


def _values(accepted: Accepted) -> dict[str, Any]:
    mild, clear, vulgar = accepted.insults
    return {
        "written_at": accepted.when, "accepted_at": accepted.accepted, "stage": accepted.stage, "frame": accepted.frame,
        "points": accepted.points, "mild": mild, "clear": clear, "vulgar": vulgar, "apologised": accepted.apologised,
    }  # fmt: skip
