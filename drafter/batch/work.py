"""What is done with one mail of a run, wherever it is done: a function of the kit, the mail and the customer's past.

Nothing is written here and no history is read, so the same task gives the same result in this process, in another one
or on another machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from drafter.deliver import to_eml
from drafter.drafting import Kit
from drafter.errors import DrafterError, MailError
from drafter.headers import parse_address
from drafter.inbox.head import Head
from drafter.inbox.index import Entry
from drafter.masking import mask_words
from drafter.messages import _
from drafter.outbox.folder import draft_name
from drafter.records import Accepted, Analysis, Conversation, Mail, Outcome
from drafter.sources import read_raw
from drafter.wishes import Wishes

DRAFTS = "drafts"
ACCEPTABLE = ("ready", "needs-fill")
"""Drafts that a run may accept; what a person must decide first is accepted one by one."""

MAX_EARLIER = 5
"""So many earlier mails that a draft stands for are named in its briefing; the report lists all."""


class Task(NamedTuple):
    """A mail of the inbox with what the history knows about its sender."""

    entry: Entry
    past: Conversation | None = None
    folder: str = ""  # in which its draft will be a file


class Read(NamedTuple):
    """A mail that was read and analysed, or why it could not be."""

    mail: Mail | None
    analysis: Analysis | None = None
    error: str = ""


class Done(NamedTuple):
    """What became of a mail: all that is to be written, as bytes and plain records."""

    key: str
    status: str
    line: str  # of report.jsonl, without its end
    eml: bytes = b""
    remember: tuple[Mail, Accepted] | None = None  # for the history


def draft_all(kit: Kit, wishes: Wishes, tasks: Sequence[Task]) -> list[Done]:
    """Read, analyse and draft some mails; a broken one costs itself only.

    Raises:
        DrafterError: a wish, the policy or a template is wrong, for every mail.
    """
    return [finish(kit, wishes, task, read) for task, read in zip(tasks, analyse_all(kit, tasks), strict=True)]


def analyse_all(kit: Kit, tasks: Sequence[Task]) -> list[Read]:
    """Read and analyse some mails together, for a smaller part of the cost."""
    read = [_read(task.entry) if is_read(task.entry) else Read(None) for task in tasks]
    mails = [one.mail for one in read if one.mail]
    try:
        analyses = iter(list(kit.analyze_many(mails)))
    except Exception:  # one of them is more than the analysis can take: find out which
        return [_analysed(kit, one) for one in read]
    return [one._replace(analysis=next(analyses)) if one.mail else one for one in read]


def finish(kit: Kit, wishes: Wishes, task: Task, read: Read, accept: bool = False) -> Done:
    """Draft the reply to a mail that was analysed, or take up the reply that we sent already.

    Args:
        accept: the draft is to be remembered, unless a person must decide first.

    Raises:
        DrafterError: a wish, the policy or a template is wrong, for every mail.
    """
    entry = task.entry
    if read.mail is None or read.analysis is None:
        return done(task, _failed(entry, read.error))
    try:
        outcome = _with_earlier(kit.draft(read.mail, wishes, read.analysis, task.past), entry)
        if entry.reply and outcome.draft:
            return _answered(kit, task, outcome, read_raw(entry.reply))
        eml = to_eml(outcome.mail, outcome.draft, kit.policy) if outcome.draft and outcome.mail else b""
        made = done(task, outcome, eml, _masked_subject(kit, entry, outcome))
    except MailError as error:
        return done(task, _failed(entry, error.message))
    except DrafterError:
        raise
    except Exception as error:  # a mail that nobody thought of must not end the run
        return done(task, _failed(entry, _unexpected(error)))
    if accept and outcome.status in ACCEPTABLE and outcome.mail and (reply := kit.accepted(outcome)):
        return made._replace(remember=(outcome.mail, reply))
    return made


def done(task: Task, outcome: Outcome, eml: bytes = b"", masked: str = "") -> Done:
    """Make the line of the report: the outcome with what the whole inbox knows about the mail.

    Args:
        masked: the subject as it may be shown.
    """
    entry = task.entry
    line = outcome.to_json() | {"source": entry.raw.key, "reason": outcome.reason} | _about(entry, task.past)
    line["mail"]["masked_subject"] = masked
    line["file"] = f"{task.folder}/{draft_name(entry.raw.key)}" if eml and task.folder else ""
    text = json.dumps(line, ensure_ascii=False)
    return Done(entry.raw.key, outcome.status, text, eml)


def is_read(entry: Entry) -> bool:
    """Tell whether a mail is read at all: to be answered, or because our answer to it tells something."""
    return entry.decision == "answer" or entry.reply is not None


def skipped(entry: Entry) -> Done:
    """Make the line of a mail that needs no reading."""
    status = "failed" if entry.decision == "failed" else "skipped"
    return done(Task(entry), _without_draft(entry, status, entry.why, entry.reason))


def identity(head: Head) -> str:
    """Return by what a mail is known again in another export of the same inbox, whatever its place there."""
    parts = (head.message_id, head.fingerprint, head.from_address, str(head.date or ""))
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _read(entry: Entry) -> Read:
    customer = entry.customer  # of a web form that a robot has sent he is not who From names
    try:
        mail = replace(read_raw(entry.raw), source=entry.raw.key, thread=entry.thread)
    except MailError as error:
        return Read(None, error=error.message)
    except Exception as error:
        return Read(None, error=_unexpected(error))
    return Read(_from_customer(mail, customer) if customer.lower() != mail.from_address.lower() else mail)


def _from_customer(mail: Mail, customer: str) -> Mail:
    """Put the customer into the mail of a robot, whose name is not his, nor where it wants answers sent to."""
    if not customer:
        return mail
    name, address = parse_address(mail.headers.get("reply-to", ""))
    if address.lower() == customer.lower():
        return replace(mail, from_address=customer, from_name=name)
    headers = {key: value for key, value in mail.headers.items() if key != "reply-to"}
    return replace(mail, from_address=customer, from_name="", headers=headers)


def _analysed(kit: Kit, read: Read) -> Read:
    try:
        return read._replace(analysis=kit.analyze(read.mail)) if read.mail else read
    except Exception as error:
        return read._replace(error=_unexpected(error))


def _masked_subject(kit: Kit, entry: Entry, outcome: Outcome) -> str:
    """Mask what is an insult by itself, and what the mail uses as one."""
    subject = entry.head.subject
    known = [insult.text for insult in outcome.analysis.insults] if outcome.analysis else []
    return mask_words(subject, [*known, *kit.analyzer.insults_in(subject)])


def _with_earlier(outcome: Outcome, entry: Entry) -> Outcome:
    """Say in the briefing which earlier mails wait for the same reply: the draft was made from the last one alone."""
    if not (entry.stands_for and outcome.briefing):
        return outcome
    first = entry.since.date().isoformat() if entry.since else _("no date")
    keys = "; ".join(entry.stands_for[:MAX_EARLIER]) + ("; …" if len(entry.stands_for) > MAX_EARLIER else "")
    told = _(
        "It stands for earlier mails too, which nobody has answered: {count}, the first of {day}. Read them: {keys}."
    )
    summary = f"{outcome.briefing.summary} {told.format(count=len(entry.stands_for), day=first, keys=keys)}"
    return replace(outcome, briefing=replace(outcome.briefing, summary=summary))


def _answered(kit: Kit, task: Task, outcome: Outcome, reply: Mail) -> Done:
    """Let our reply in the export count as accepted, by what it says; no draft is written any more."""
    accepted = kit.sent_reply(outcome, reply)
    made = done(task, replace(outcome, status="skipped", why=task.entry.why, reason=task.entry.reason, plan=None,
                              draft=None, findings=()))  # fmt: skip
    return made._replace(remember=(outcome.mail, accepted) if accepted and outcome.mail else None)


def _failed(entry: Entry, problem: str) -> Outcome:
    return _without_draft(entry, "failed", problem, "unreadable")


def _without_draft(entry: Entry, status: str, why: str, reason: str) -> Outcome:
    return Outcome(entry.head.message_id.strip("<>"), entry.raw.key, status, why, reason=reason)


def _unexpected(error: Exception) -> str:
    return _("Unexpected problem ({kind}); please report it.").format(kind=type(error).__name__)


def _about(entry: Entry, past: Conversation | None) -> dict[str, Any]:
    head = entry.head
    replies = past.replies if past else ()
    promises = past.promises if past else ()
    return {
        "mail": {
            "subject": head.subject, "from": entry.customer or head.from_address,
            "name": "" if entry.is_through_form else head.from_name,
            "date": head.date.isoformat() if head.date else None,
            "message_id": head.message_id, "thread": entry.thread, "ticket": head.ticket, "identity": identity(head),
        },
        "conversation": {
            "rounds": past.rounds if past else 0,
            "asked": sum(reply.stage == "request" for reply in replies),
            "stage": replies[-1].stage if replies else "none",
            "promises": [{"kind": made.kind, "what": made.what, "due": made.due.isoformat() if made.due else None}
                         for made in promises],
            "since": entry.since.isoformat() if entry.since else None,
            "unanswered": entry.unanswered,
            "stands_for": list(entry.stands_for),
        },
    }  # fmt: skip
