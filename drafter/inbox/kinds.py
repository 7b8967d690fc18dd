"""Who wrote a mail of an export, and why nobody waits for an answer to it: from headers, labels and the folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from drafter.analysis.mailkind import MailKindDetector
from drafter.errors import MailError
from drafter.headers import parse_address
from drafter.inbox.head import Head
from drafter.inbox.rules import PLACES, InboxRules
from drafter.records import Mail
from drafter.sources.raw import RECORD, Raw, read_raw

AUTOMATIC = {"bounce": "bounce", "newsletter": "newsletter"}
"""Reasons of auto_replies.yaml that are told apart; all others are automatic replies."""

_STATUS = {"D": "trash", "T": "draft", "A": "answered"}
"""Flags of X-Status, as programs write them into an mbox."""

_SOURCE = re.compile(r"\A\d{1,4}:")  # at the beginning: which of several sources
_CONTAINED = re.compile(r":\d+$")
_SUFFIX = re.compile(r"\.(?:mbox|mbx|mbs|sbd|zip|txt)(?=/|$)", re.IGNORECASE)


class Kind(NamedTuple):
    """What a mail is in its conversation."""

    role: str  # "customer", "own", or "" for a mail that has no part in any conversation
    reason: str = ""  # why it is not answered, whatever the conversation says
    customer: str = ""  # the address of the one who waits
    to: tuple[str, ...] = ()  # of an own mail: who got it, our own people left out
    counts: bool = True  # of an own mail: it can be an answer
    answered: bool = False  # the mail program says that somebody has answered it


class KindJudge:
    """Judges heads by inbox.yaml and auto_replies.yaml."""

    def __init__(self, rules: InboxRules, automatic: MailKindDetector, is_own: Callable[[str], bool]) -> None:
        self._rules = rules
        self._automatic = automatic
        self._is_own = lru_cache(maxsize=4096)(is_own)

    def judge(self, head: Head, raw: Raw) -> Kind:
        """Return what a mail is; its text is read only where a web form must say who the customer is."""
        said = self._places(head, raw)
        if away := next((place for place in PLACES[:4] if place in said), ""):
            return Kind("", away)
        if not head.public:
            return Kind("", "internal")
        if head.direction == "system":
            return Kind("", "auto_reply")
        if self._is_ours(head, "sent" in said):
            return self._own_form(head, raw, "sent" in said) or self._own(head)
        return self._customer(head, raw)._replace(answered="answered" in said)

    def automatic(self, mail: Mail) -> str:
        """Return why nobody waits for an answer to a mail that was read as a whole, as a reason of ours."""
        found = self._automatic.auto_reply(mail)
        return AUTOMATIC.get(found, "auto_reply") if found else ""

    def _places(self, head: Head, raw: Raw) -> set[str]:
        said = self._rules.place((*head.labels, _folders(head.key)))
        if raw.kind == RECORD:
            return said - {
                "chat",
                "sent",
                "answered",
            }  # as tags they mean something else
        said |= {_STATUS[flag] for flag in head.marks.get("x-status", "") if flag in _STATUS}
        return said | ({"draft"} if head.marks.get("x-unsent") == "1" else set())

    def _is_ours(self, head: Head, sent: bool) -> bool:
        if head.direction in ("agent", "customer"):
            return head.direction == "agent"
        return (sent or self._is_own(head.from_address)) and not self._through_us(head)

    def _through_us(self, head: Head) -> str:
        """Return the customer whose mail a form or a group of ours hands on under our address."""
        customer = parse_address(head.marks.get("reply-to", ""))[1]
        if not customer or self._is_own(customer) or not all(map(self._is_own, head.recipients)):
            return ""
        return customer

    def _own_form(self, head: Head, raw: Raw, sent: bool) -> Kind | None:
        """Find the customer in a mail that a form on our own page has sent us under an address of ours."""
        if sent or head.direction or head.in_reply_to or head.references or self._rules.is_forward(head.subject):
            return None
        if not self._rules.robot(head.from_address) and not self._automatic.is_no_reply(head.from_address):
            return None
        if not head.recipients or not all(map(self._is_own, head.recipients)):
            return None
        customer = self._in_text(head, raw)
        return Kind("customer", customer=customer) if customer else None

    def _own(self, head: Head) -> Kind:
        reason = self.automatic(_mail(head))
        if reason == "bounce":
            return Kind("", reason)
        to = tuple(address for address in head.recipients if not self._is_own(address))
        counts = not reason and not self._automatic.is_no_reply(head.from_address) and bool(to or not head.recipients)
        known = head.direction == "agent" or self._is_own(head.from_address)
        return Kind("own", "own" if known else "sent", to=to, counts=counts)

    def _customer(self, head: Head, raw: Raw) -> Kind:
        if reason := self.automatic(_mail(head)):
            return self._form(head, raw) if reason == "auto_reply" else Kind("", reason)
        if self._is_foreign_list(head):
            return Kind("", "list")
        if self._automatic.is_no_reply(head.from_address):
            return self._form(head, raw, "no_reply")
        customer = head.from_address
        if not head.direction and self._is_own(customer):
            customer = self._through_us(head)
        return Kind("", "empty") if head.empty else Kind("customer", customer=customer)

    def _form(self, head: Head, raw: Raw, otherwise: str = "auto_reply") -> Kind:
        """Find the customer behind a no-reply address; without one the mail is put aside."""
        if not self._automatic.is_no_reply(head.from_address):
            return Kind("", otherwise)
        customer = self._automatic.form_sender(head.from_address, head.marks.get("reply-to", ""))
        if not customer or self._is_own(customer):
            customer = self._in_text(head, raw)
        return Kind("customer", customer=customer) if customer else Kind("", otherwise)

    def _in_text(self, head: Head, raw: Raw) -> str:
        try:
            mail = read_raw(raw)
        except MailError:
            return ""
        address = self._automatic.form_sender(head.from_address, self._rules.form_address(mail.body))
        return "" if not address or self._is_own(address) or self._only_said(mail) else address

    def _only_said(self, mail: Mail) -> bool:
        """Tell whether the text itself, without its sender, shows a mail as automatic."""
        return bool(self._automatic.auto_reply(Mail(mail.body, subject=mail.subject)))

    def _is_foreign_list(self, head: Head) -> bool:
        """Tell a mailing list from a mailbox of ours that is run as a group."""
        name = head.marks.get("list-id", "")
        if not name or not head.recipients or any(map(self._is_own, head.recipients)):
            return False
        return not self._is_own(name.rpartition("<")[2].strip("> ").replace(".", "@", 1))


def _mail(head: Head) -> Mail:
    return Mail("", subject=head.subject, from_address=head.from_address, headers=dict(head.marks))


def _folders(key: str) -> str:
    """Return the folders in the key of a mail; a mailbox file counts as one, the file of a single mail does not."""
    path, _, name = _SOURCE.sub("", key).rpartition("/")
    box = _CONTAINED.sub("", name)
    return _SUFFIX.sub("", f"{path}/{box}" if box != name else path)
