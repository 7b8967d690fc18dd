"""The run itself: index the inbox, recall the history in order, hand out the work, write results in order."""

from __future__ import annotations

import gc
import itertools
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

from drafter.analysis import batches
from drafter.batch.journal import Journal, unwritable
from drafter.batch.pools import Cluster, Inline, KitSpec, Pool, Processes, packed
from drafter.batch.recall import Recall
from drafter.batch.work import DRAFTS, Done, Read, Task, analyse_all, draft_all, finish, is_read, skipped
from drafter.drafting import Kit
from drafter.inbox.index import Entry, Inbox
from drafter.outbox import Outbox, open_outbox
from drafter.records import Conversation
from drafter.report import write_reports
from drafter.sources import Raw, read_source
from drafter.wishes import Wishes

if TYPE_CHECKING:
    from drafter.imap import ImapSettings

CHUNK = 48
"""Mails of one task: enough for the parser to work on many sentences at once, few enough to be redone."""

FILES = "eml"

MAILS_PER_WORKER = 400
"""With fewer mails a worker process costs more, to load its kit, than it brings."""


class Watcher(Protocol):
    """Is told how a run goes on."""

    def found(self, count: int) -> None:
        """So many mails were found in the sources up to now."""

    def begin(self, total: int) -> None:
        """All sources are read."""

    def tick(self, status: str) -> None:
        """One mail is done, or was done before."""

    def warn(self, text: str) -> None:
        """Something that a person should know, such as a server that changes drafts."""


@dataclass(frozen=True)
class Order:
    """What a run is asked to do."""

    sources: tuple[str, ...]
    out: Path
    wishes: Wishes = field(default_factory=Wishes)
    accept: bool = False  # remember the drafts, unless a person must decide first
    workers: int = 0  # 0: as many as the machine has and the mails are worth
    scheduler: str = ""  # address of a Dask scheduler
    limit: int = 0  # at most so many drafts; 0: all
    since: datetime | None = None  # older mails are left alone; with time zone
    mapping: dict[str, str] = field(default_factory=dict)  # fields of a CSV or JSON export
    drafts: str = FILES  # where drafts go: "eml", "mbox", or an IMAP address
    model: str = ""
    resume: bool = True  # else the folder must hold no earlier run
    imap: ImapSettings | None = None  # how mail servers are spoken to; None: as the environment says


def run(kit: Kit, order: Order, watch: Watcher) -> Counter[str]:
    """Draft a reply to every mail of the sources that waits for one, and write a line for each mail.

    First the mails that we answered already feed the history, then the others are drafted, both in the order of time.

    Returns:
        How many mails have which status; "done before" in an earlier run, "left" by --since and --limit.

    Raises:
        SourceError: a source, the output folder or the cluster cannot be used; what was done until then is kept.
        HistoryError: the history cannot be used; what was done until then is kept.
    """
    opened = _opened(order)  # what cannot be opened is said before anything is written
    with Journal(order.out, order.resume) as journal, _inbox(kit, order.out) as inbox:
        total = _index(inbox, order, opened, watch)
        gc.freeze()  # rules and words stay as they are: no collection of garbage need look through them again
        kit = replace(kit, history=kit.history.for_run())
        with (
            open_outbox(order.drafts, order.out, watch.warn, order.imap) as outbox,
            open_pool(kit, order, total) as pool,
        ):
            desk = _Desk(kit, order, journal, outbox, pool, watch)
            try:
                desk.settle(_entries(inbox, waiting=False))
                desk.answer(_entries(inbox, waiting=True))
            except KeyboardInterrupt:  # what is done is reported all the same
                _report(kit, order.out)
                raise
        _report(kit, order.out)
    return desk.counts + Counter(left=total - desk.counts.total())


def survey(kit: Kit, order: Order, watch: Watcher) -> Counter[tuple[str, str]]:
    """Count what a run would do, by decision and reason, without writing anything to its folder."""
    journal = Journal(order.out)
    journal.read()
    with TemporaryDirectory(prefix="drafter-") as folder, _inbox(kit, Path(folder)) as inbox:
        _index(inbox, order, _opened(order), watch)
        entries = itertools.chain(_entries(inbox, waiting=False), _entries(inbox, waiting=True))  # as a run takes them
        fates = Counter(_fate(entry, journal, order.since) for entry in entries)
    if order.limit and (late := fates["answer", ""] - order.limit) > 0:
        fates += Counter({("left", ""): late, ("answer", ""): -late})
    return fates


def _entries(inbox: Inbox, waiting: bool) -> Iterator[Entry]:
    """Yield the mails that wait for an answer, or all others."""
    return (entry for entry in inbox.entries() if (entry.decision == "answer") is waiting)


def open_pool(kit: Kit, order: Order, total: int) -> Pool:
    """Start the workers that a run of `total` mails is worth.

    Raises:
        SourceError: the scheduler does not answer.
    """
    home = kit.places.home
    if order.scheduler:
        return Cluster(order.scheduler, KitSpec(model=order.model, packed=packed(home)))
    workers = order.workers or min(os.cpu_count() or 1, max(1, total // MAILS_PER_WORKER))
    return Processes(KitSpec(str(home or ""), order.model), workers) if workers > 1 else Inline(kit)


def _inbox(kit: Kit, folder: Path) -> Inbox:
    return Inbox(
        folder, kit.policy.company.owns, kit.places, kit.analyzer.detect.kinds, kit.history.clock().replace(tzinfo=UTC)
    )


def _opened(order: Order) -> list[Iterator[Raw]]:
    return [read_source(source, order.mapping, order.imap) for source in order.sources]


def _index(inbox: Inbox, order: Order, opened: list[Iterator[Raw]], watch: Watcher) -> int:
    """Put the mails of all sources into the index; returns how many they are."""
    count = 0
    names = Counter(Path(source).name for source in order.sources)
    for number, (source, mails) in enumerate(zip(order.sources, opened, strict=True), 1):
        several = names[Path(source).name] > 1  # of the same name, so that their keys would be the same
        for raw in mails:
            inbox.add(raw._replace(key=f"{number}:{raw.key}") if several else raw)
            count += 1
            watch.found(count)
    watch.begin(count)
    return count


def _report(kit: Kit, out: Path) -> None:
    try:
        write_reports(out, kit.history.clock().replace(tzinfo=UTC), kit.places)
    except OSError as error:
        raise unwritable(out, error) from error


def _fate(entry: Entry, journal: Journal, since: datetime | None) -> tuple[str, str]:
    if journal.take(entry.head):
        return "done before", ""
    return ("left", "") if _is_old(entry, since) else (entry.decision, entry.reason)


def _is_old(entry: Entry, since: datetime | None) -> bool:
    """Tell whether --since leaves a mail out; what we answered still teaches the history."""
    return bool(since and entry.decision != "answered" and entry.head.date and entry.head.date < since)


def _without_text(entry: Entry) -> Entry:
    """Spare the way to the workers what they do not read."""
    return entry._replace(raw=entry.raw._replace(data=b""))


class _Desk:
    """Does the entries of an inbox: what is recalled and written happens here, one after the other."""

    def __init__(self, kit: Kit, order: Order, journal: Journal, outbox: Outbox, pool: Pool, watch: Watcher) -> None:
        self.counts: Counter[str] = Counter()
        self._kit, self._order, self._journal, self._outbox = kit, order, journal, outbox
        self._pool, self._watch = pool, watch
        self._recall = Recall(kit.history)

    def settle(self, entries: Iterable[Entry]) -> None:
        """Write the lines of mails that wait for no answer; what we answered already goes into the history."""
        self._in_order(self._open(entries))

    def answer(self, entries: Iterable[Entry]) -> None:
        """Draft the replies."""
        wanted = itertools.islice(self._open(entries), self._order.limit or None)
        if self._order.accept:
            self._in_order(wanted)
        else:
            self._side_by_side(wanted)

    def _open(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield what no earlier run has done and --since does not leave out."""
        for entry in entries:
            fate, _ = _fate(entry, self._journal, self._order.since)
            if fate == "done before":
                self._count(fate)
            elif fate != "left":
                yield entry

    def _side_by_side(self, entries: Iterable[Entry]) -> None:
        """Let the workers do all of it: no mail of the run changes what is known for another."""
        tasks = (self._task(entry, self._recall(entry)) for entry in entries)
        for _, results in self._flow(draft_all, batches(tasks, CHUNK), self._order.wishes):
            self._write(results)

    def _in_order(self, entries: Iterable[Entry]) -> None:
        """Let the workers analyse; decide and remember here, for each mail may change what is known for the next."""
        tasks = (Task(entry if is_read(entry) else _without_text(entry)) for entry in entries)
        for chunk, read in self._flow(analyse_all, batches(tasks, CHUNK)):
            self._write([self._decide(task, one) for task, one in zip(chunk, read, strict=True)])

    def _decide(self, task: Task, read: Read) -> Done:
        entry = task.entry
        if not is_read(entry):
            return skipped(entry)
        done = finish(self._kit, self._order.wishes, self._task(entry, self._recall(entry)), read, self._order.accept)
        if done.remember:  # before the line: a run that is cut off here remembers again, which counts once
            self._recall.accept(*done.remember)
        return done

    def _task(self, entry: Entry, past: Conversation) -> Task:
        return Task(entry, past, DRAFTS if self._order.drafts == FILES else "")

    def _flow(
        self, function: Callable[..., Any], chunks: Iterable[list[Task]], *arguments: Any
    ) -> Iterator[tuple[list[Task], Any]]:
        """Hand chunks to the workers, some at a time, and yield them with their results in order."""
        waiting: deque[tuple[list[Task], Callable[[], Any]]] = deque()
        for chunk in chunks:
            waiting.append((chunk, self._pool.submit(function, *arguments, chunk)))
            if len(waiting) >= self._pool.width:
                done, result = waiting.popleft()
                yield done, result()
        for done, result in waiting:
            yield done, result()

    def _write(self, results: Iterable[Done]) -> None:
        """Write drafts, then their lines: what has a line is whole."""
        results = list(results)
        for done in results:
            if done.eml:
                self._outbox.put(done.key, done.eml)
        self._outbox.flush()
        self._journal.write(results)
        for done in results:
            self._count(done.status)

    def _count(self, status: str) -> None:
        self.counts[status] += 1
        self._watch.tick(status)
