"""Run an inbox export: one draft per mail, one line per mail in report.jsonl; a broken mail costs that mail only."""

from __future__ import annotations

import gc
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from drafter.analysis import BATCH, batches
from drafter.deliver import to_eml
from drafter.drafting import Kit, failed
from drafter.errors import MailError, SourceError
from drafter.messages import _
from drafter.records import Analysis, Mail, Outcome
from drafter.sent import Pairs
from drafter.sources import NO_MAPPING, read_mails
from drafter.wishes import Wishes

REPORT = "report.jsonl"
DRAFTS = "drafts"
ACCEPTABLE = ("ready", "needs-fill")
"""Drafts that a run may accept; what a person must decide first is accepted one by one."""


def run(
    kit: Kit,
    sources: Iterable[Path],
    out: Path,
    wishes: Wishes,
    tick: Callable[[str], None],
    accept: bool = False,
    mapping: Mapping[str, str] = NO_MAPPING,
) -> Counter[str]:
    """Draft every mail of the sources that the report does not hold yet.

    Args:
        tick: called with the status after each mail.
        accept: remember the drafts, unless a person must decide first.
        mapping: the columns of tables that hold fields of the mails.

    Returns:
        How many mails have which status, those of an earlier run counted as "done before".

    Raises:
        SourceError: a source or the output folder cannot be used.
        HistoryError: the history cannot be used; the mails before are done.
    """
    gc.freeze()  # rules and words stay as they are: no collection of garbage need look through them again
    counts: Counter[str] = Counter()
    opened = [
        read_mails(source, mapping) for source in sources
    ]  # what cannot be opened is said before anything is written
    report = _prepare(out)
    kit = replace(kit, history=kit.history.for_run())
    done = _reported(report)
    pairs = Pairs()
    with report.open("a", encoding="utf-8") as lines:
        for source in opened:
            for key, mail, analysis in _analysed(kit, source, done):
                if key in done:
                    counts["done before"] += 1
                    continue
                outcome = _draft(kit, key, mail, wishes, analysis)
                outcome = _note_sent(kit, pairs, outcome)
                _write_draft(kit, outcome, out)
                if accept and outcome.status in ACCEPTABLE:
                    kit.accept(outcome)  # before the line: a run that is cut off here accepts again, which counts once
                lines.write(json.dumps(outcome.to_json() | {"source": key}, ensure_ascii=False) + "\n")
                lines.flush()
                done.add(key)
                counts[outcome.status] += 1
                tick(outcome.status)
    return counts


def _analysed(
    kit: Kit, read: Iterable[tuple[str, Mail | MailError]], done: set[str]
) -> Iterator[tuple[str, Mail | MailError, Analysis | None]]:
    """Yield the mails with their analyses, which are made some at a time; none where there is nothing to do."""
    for batch in batches(read, BATCH):
        wanted = [isinstance(mail, Mail) and key not in done for key, mail in batch]
        mails = [mail for (_key, mail), want in zip(batch, wanted, strict=True) if isinstance(mail, Mail) and want]
        analyses = kit.analyze_many(mails)
        for (key, mail), want in zip(batch, wanted, strict=True):
            yield key, mail, next(analyses) if want else None


def _draft(kit: Kit, key: str, mail: Mail | MailError, wishes: Wishes, analysis: Analysis | None) -> Outcome:
    if isinstance(mail, MailError):
        return failed("", key, mail)
    try:
        return kit.draft(mail, wishes, analysis)
    except MailError as error:
        return failed(mail.id, key, error)


def _note_sent(kit: Kit, pairs: Pairs, outcome: Outcome) -> Outcome:
    """Let a reply of ours that the export holds count as accepted, whichever of the two mails comes first."""
    if outcome.mail is None:
        return outcome
    if outcome.draft:
        reply = pairs.add_mail(outcome)
        if reply:
            kit.accept_sent(outcome, reply)
    elif kit.is_own(outcome.mail) and (answered := pairs.add_reply(outcome.mail)):
        kit.accept_sent(answered, outcome.mail)
        return replace(outcome, why=f"{outcome.why} {_('It counts as our accepted answer.')}")
    return outcome


def _write_draft(kit: Kit, outcome: Outcome, out: Path) -> None:
    if outcome.draft and outcome.mail:
        path = out / DRAFTS / draft_name(outcome.mail.source)
        path.write_bytes(to_eml(outcome.mail, outcome.draft, kit.policy))


def draft_name(key: str) -> str:
    """Return the file name of a draft: readable, safe, and another one for every key."""
    safe = re.sub(r"[^\w.-]+", "_", key.removesuffix(".eml"), flags=re.ASCII).strip("._")[:100] or "mail"
    return f"{safe}-{zlib.crc32(key.encode()):08x}.eml"


def _prepare(out: Path) -> Path:
    try:
        (out / DRAFTS).mkdir(parents=True, exist_ok=True)
        report = out / REPORT
        report.touch()
    except OSError as error:
        raise SourceError(f"{out}: {error.strerror}", "Name a folder that can be written.") from error
    return report


def _reported(report: Path) -> set[str]:
    """Return the keys of an earlier run and cut off a line that it left unfinished."""
    keys, good = set(), 0
    with report.open("rb") as stream:
        for line in stream:
            try:
                keys.add(json.loads(line)["source"])
            except (ValueError, KeyError, TypeError):
                break
            good += len(line)
    with report.open("rb+") as stream:
        stream.truncate(good)
    return keys
