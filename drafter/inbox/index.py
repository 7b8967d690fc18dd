"""The inbox: mails go in as an export yields them and come out in the order of time, each with what is to be done."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from drafter.analysis.mailkind import MailKindDetector
from drafter.errors import MailError
from drafter.history.keys import customer_key
from drafter.inbox.head import Head, head_of
from drafter.inbox.keep import kept
from drafter.inbox.kinds import Kind, KindJudge
from drafter.inbox.opening import opening
from drafter.inbox.reasons import why
from drafter.inbox.rules import InboxRules, load_rules
from drafter.inbox.store import Store, digest
from drafter.inbox.threads import settle
from drafter.places import Places
from drafter.records import OWN_ZONES, Mail
from drafter.sources.raw import Raw, read_raw
from drafter.zones import ZoneFinder

FIRST_YEAR = 1990
SOON = timedelta(days=7)
"""Clocks go wrong by days; a date further ahead is none."""

MAX_KEY = 400
_NUMBER = re.compile(r"\d{1,12}")


class Entry(NamedTuple):
    """A mail of the export and what is to be done with it."""

    raw: Raw
    head: Head
    thread: str
    decision: str  # answer, answered, skip, failed
    reason: str = ""
    why: str = ""  # for people
    reply: Raw | None = None  # of an answered mail: our first reply after it, where the export holds it
    since: datetime | None = None  # of a mail to answer: when the first that waits with it was written
    unanswered: int = 0  # of a mail to answer: how many of the customer wait in the thread
    stands_for: tuple[str, ...] = ()  # of a mail to answer: the keys of the earlier ones, oldest first
    customer: str = ""  # the address of who waits: that of the form's text or Reply-To where From is nobody's

    @property
    def is_through_form(self) -> bool:
        """Tell whether From names a form or a group, not the customer."""
        return bool(self.customer and self.customer != self.head.from_address)


class Inbox:
    """An index of the mails of an export, in a private file that goes with it.

    A mail counts as undated where its date is missing, before 1990 or more than a week ahead; it stays beside the mail
    that was added before it.
    """

    def __init__(
        self,
        folder: Path,
        is_own: Callable[[str], bool],
        places: Places = Places(),  # noqa: B008 - frozen
        automatic: MailKindDetector | None = None,
        now: datetime | None = None,
    ) -> None:
        """Make the file in a folder; what a run that was cut off left there is removed.

        Args:
            is_own: tells an address of ours.
            automatic: the detector of a loaded kit; None loads one.

        Raises:
            SourceError: the folder cannot be written.
            DataError: a rule is wrong.
        """
        self._rules: InboxRules = load_rules(places)
        self._judge = KindJudge(self._rules, automatic or MailKindDetector.load(places), is_own)
        self._places = places
        self._latest = (now or datetime.now(UTC)) + SOON
        self._count = 0
        self._last: float | None = None
        self._is_settled = False
        self._store = Store(folder)

    def __enter__(self) -> Inbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the file."""
        self._store.close()

    def __len__(self) -> int:
        return self._count

    @property
    def clashes(self) -> int:
        """How many message ids are borne by different mails."""
        return self._store.clashes()

    def add(self, raw: Raw) -> None:
        """Take in a mail.

        Raises:
            SourceError: the index cannot be written.
        """
        head = head_of(raw)
        if not self._is_believed(head.date):
            head = head._replace(date=None)
        kind = Kind("", "unreadable") if raw.error else self._judge.judge(head, raw)
        with self._store.guarded():
            self._insert(raw, head, kind)

    def entries(self) -> Iterator[Entry]:
        """Yield all mails in the order of time; none can be added any more.

        Raises:
            SourceError: the index cannot be read.
        """
        with self._store.guarded():
            if not self._is_settled:
                self._store.place_undated()
                settle(self._store, self._check)
                self._is_settled = True
            for row in self._store.decided():
                yield self._entry(row)

    def _is_believed(self, date: datetime | None) -> bool:
        return date is not None and date.year >= FIRST_YEAR and date <= self._latest

    def _insert(self, raw: Raw, head: Head, kind: Kind) -> None:
        self._count += 1
        number, key = self._count, head.key[:MAX_KEY]
        at = head.date.timestamp() if head.date else None
        rank = 0 if at is not None else -1 if self._last is None else 1
        self._last = at if at is not None else self._last
        name = digest("id", head.message_id) if head.message_id else None
        node = name if name is not None else digest("key", str(number))
        twin = _twin(head, number)
        person = _person(kind.customer)
        people = [_person(address) for address in kind.to]
        bare = self._rules.bare(head.subject)
        about = person or (people[0] if people else "")
        ticket, links = self._links(head, about)
        if kind.role:
            self._store.join(node, links)
        if name is not None:
            self._store.note_name(name, twin)
        parent = head.in_reply_to or (head.references[-1] if head.references else "")
        label = f"#{ticket}" if ticket else head.message_id or head.key
        self._store.insert(
            (
                number, head.key, label, _dump(head), node, name, at if at is not None else self._last, rank,
                _natural(key) if rank == 0 else f"{number:012d}", int(head.date is not None), kind.role, kind.reason,
                kind.customer, person, "\n".join(people),
                int(kind.counts), int(kind.answered), digest("id", parent) if parent else None,
                int(self._rules.is_forward(head.subject)),
                digest("subject", about, bare) if bare and about and kind.role else None, twin,
            ),
            (number, kept(raw), raw.kind, raw.error, "\n".join(raw.labels)),
        )  # fmt: skip

    def _links(self, head: Head, about: str) -> tuple[str, list[int]]:
        """Return the ticket and the names of all that the mail belongs to."""
        links = [digest("id", name) for name in (*head.references, head.in_reply_to) if name]
        links += [digest("thread", head.thread)] if head.thread else []
        ticket, is_sure = (head.ticket.lstrip("# ").upper(), True) if head.ticket else self._rules.ticket(head.subject)
        if ticket and (is_sure or about):
            links.append(digest("ticket", ticket) if is_sure else digest("ticket", ticket, about))
        return ticket if is_sure else "", links

    def _check(self, number: int) -> str:
        """Read a mail as a whole: an automatic one answers nothing, and stands for no other."""
        raw, address, role = self._store.raw(number)
        if role == "own":
            text = opening(raw)
            if text is not None and not self._judge.automatic(Mail(text)):
                return ""
        try:
            mail = read_raw(raw)
        except MailError:
            return "unreadable" if role == "customer" else ""
        if role == "customer":
            return self._judge.automatic(replace(mail, from_address=address)) if mail.body.strip() else "empty"
        return self._judge.automatic(mail) and self._judge.automatic(self._own_words(mail))

    def _own_words(self, mail: Mail) -> Mail:
        """Leave out what a mail quotes: an answer may quote an automatic one."""
        own = [zone for zone in self._zones.find(mail) if zone.kind in OWN_ZONES]
        return replace(mail, body="\n".join(mail.body[zone.start : zone.end] for zone in own))

    @cached_property
    def _zones(self) -> ZoneFinder:
        return ZoneFinder.load(self._places)

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        number, raw, head, thread, decision, reason, role, counts, reply, instead, since, unanswered, address = row
        head = _load(head)
        answer = self._store.raw(reply)[0] if reply is not None else None
        other = self._store.key(instead) if instead is not None else answer.key if answer else ""
        forward = role == "own" and self._rules.is_forward(head.subject)
        text = raw.error or why(reason, other, forward, role == "own" and not counts)
        first = _load(self._store.head(since)).date if since is not None else None
        others = tuple(self._store.stands_for(number)) if unanswered > 1 else ()
        return Entry(raw, head, thread, decision, reason, text, answer, first, unanswered, others, address)


@lru_cache(maxsize=4096)
def _person(address: str) -> str:
    """Return by what a customer is known; an address that many write from stands for itself."""
    return customer_key(address) or address.lower()


def _twin(head: Head, number: int) -> int:
    """Return by what copies of a mail are known; one that shows neither sender nor date has none."""
    if head.message_id and head.fingerprint:
        return digest("twin", head.message_id, head.fingerprint)
    if head.fingerprint and (head.from_address or head.date):
        date = head.date.astimezone(UTC).isoformat() if head.date else ""
        return digest("copy", head.fingerprint, head.from_address.lower(), date)
    return digest("only", str(number))


def _natural(key: str) -> str:
    """Return a key by which keys sort as people count: 9 before 10."""
    return _NUMBER.sub(lambda match: f"{int(match[0]):012d}", key)


def _dump(head: Head) -> str:
    date = head.date.isoformat() if head.date else None
    return json.dumps([*head[:5], date, *head[6:12], dict(head.marks), *head[13:]])


def _load(text: str) -> Head:
    fields = json.loads(text)
    fields[3], fields[11], fields[15] = tuple(fields[3]), tuple(fields[11]), tuple(fields[15])
    fields[5] = datetime.fromisoformat(fields[5]) if fields[5] else None
    return Head(*fields)
