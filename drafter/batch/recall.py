"""What a run recalls of each customer: the history is asked for those alone whom it knows."""

from __future__ import annotations

from dataclasses import replace

from drafter.history import History
from drafter.history.keys import customer_key, when_of
from drafter.inbox.index import Entry
from drafter.records import Accepted, Conversation, Mail
from drafter.sources import read_raw


class Recall:
    """Reads and writes the history of one run, in the order of its mails.

    Raises:
        HistoryError: the history cannot be read.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._customers = history.customers()
        self._now = history.clock()
        self._spent: float | None = None  # goodwill of the month; asked for once it is needed

    def __call__(self, entry: Entry) -> Conversation:
        """Return what is known about the sender of a mail."""
        mail = _mail_of(entry)
        if customer_key(mail.from_address) in self._customers:
            past = self._history.recall(mail)
        else:
            spent = 0.0 if entry.reply else self._goodwill_spent()
            past = Conversation(when_of(mail, self._now), self._now, goodwill_spent=spent)
        # What was offered in an answer that is sent depends on what it says, not on what is left of the budget.
        return past._replace(goodwill_spent=0.0) if entry.reply else past

    def _goodwill_spent(self) -> float:
        if self._spent is None:
            self._spent = self._history.goodwill_spent()
        return self._spent

    def accept(self, mail: Mail, reply: Accepted) -> None:
        """Remember a reply."""
        self._history.accept(mail, reply)
        self._customers.add(customer_key(mail.from_address))
        self._spent = None


def _mail_of(entry: Entry) -> Mail:
    """Return as much of a mail as the history knows it by: its headers, or all of it where it has no id."""
    head = entry.head
    if not head.message_id:
        try:
            return replace(read_raw(entry.raw), from_address=entry.customer, thread=entry.thread)
        except Exception:  # it fails once more where it is drafted, and is counted there
            pass
    return Mail("", subject=head.subject, from_address=entry.customer or head.from_address, date=head.date,
                message_id=head.message_id, in_reply_to=head.in_reply_to, references=head.references,
                thread=entry.thread)  # fmt: skip
