"""The records that the stages hand on: frozen, plain, free of spaCy and Jinja objects.

    read → Mail → zones → analyze → Analysis → plan → Plan → render → Draft → check → Finding → Outcome

Offsets count characters of `Mail.body`, end exclusive.
"""

from __future__ import annotations

from collections.abc import Hashable
from copy import deepcopy
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

TARGETS: tuple[str, ...] = ("agent", "company", "staff", "product", "customer", "self", "other")
STAGES: tuple[str, ...] = ("none", "overlook", "request", "mirror", "announce", "end")
EMOTIONS: tuple[str, ...] = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
THREATS: tuple[str, ...] = (
    "lawyer", "review", "cancel", "press", "consumer_protection", "chargeback", "violence",
)  # fmt: skip
DEMANDS: tuple[str, ...] = (
    "refund", "delivery", "repair", "replacement", "callback", "explanation", "apology", "discount", "compensation",
    "cancellation", "correction", "confirmation", "answer", "appointment", "no_call", "other",
)  # fmt: skip
SITUATIONS: tuple[str, ...] = (
    "delivery_late", "delivery_missing", "goods_damaged", "product_defect", "wrong_item", "billing_error",
    "refund_pending", "cancellation", "no_response", "staff_conduct", "appointment_missed", "work_quality",
    "broken_promise", "misunderstanding", "price_dispute", "outage", "privacy", "distrust", "praise",
    "question", "other",
)  # fmt: skip
ZONE_KINDS: tuple[str, ...] = (
    "greeting", "body", "signoff", "postscript", "quote", "forward", "footer", "disclaimer",
)  # fmt: skip
OWN_ZONES: tuple[str, ...] = ("greeting", "body", "signoff", "postscript")
"""The zones that the customer wrote in this mail; only these are analysed."""


@cache
def _fields(kind: Hashable) -> tuple[str, ...] | None:
    return tuple(field.name for field in fields(kind)) if isinstance(kind, type) and is_dataclass(kind) else None


def plain(value: Any) -> Any:
    """Return a record as a dictionary, with all that is in it; as `dataclasses.asdict`, which copies every text."""
    kind: Any = type(value)
    if kind is str or value is None or kind is int or kind is float or kind is bool:
        return value
    if kind is tuple:
        return tuple([plain(item) for item in value])
    if kind is dict:
        return {key: plain(item) for key, item in value.items()}
    names = _fields(kind)
    return deepcopy(value) if names is None else {name: plain(getattr(value, name)) for name in names}


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as read; never changed."""

    body: str
    id: str = ""
    source: str = ""  # file name, or "-" for standard input
    subject: str = ""
    from_name: str = ""
    from_address: str = ""
    to: str = ""
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)  # lower-case names; the few that later stages need
    was_html: bool = False  # the customer wrote HTML, with or without plain text beside it
    notes: tuple[str, ...] = ()  # what had to be repaired while reading
    thread: str = ""  # the conversation, where an export names it
    ticket: str = ""  # the helpdesk's number for it
    direction: str = ""  # who wrote it, where an export says so: customer, agent or system
    labels: tuple[str, ...] = ()  # folders, labels and flags, as the export names them


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the body; the zones of a mail cover it without gap or overlap."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Insult:
    """An expression that demeans a person or an organisation."""

    start: int
    end: int
    text: str
    target: str
    severity: int  # 1 belittling, 2 clear, 3 vulgar or hateful
    reported: bool  # the customer only tells that it was said
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Apology:
    """Where the customer says that he is sorry for how he wrote."""

    start: int
    end: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Opener:
    """The clause in which the customer grants that the reader is not to blame."""

    start: int
    end: int
    text: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Intensity:
    """How strong the negative emotion is."""

    score: float  # 0 to 1
    level: int  # 0 none to 4 beside himself
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What happened, by the names in SITUATIONS; score from 0 to 1."""

    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Threat:
    """What the customer announces to do, by the names in THREATS."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Demand:
    """What the customer wants or proposes himself."""

    kind: str  # refund, delivery, repair, replacement, callback, explanation, apology, discount, cancellation, other
    start: int
    end: int
    text: str
    proposal: bool = False  # put as an offer or alternative of his own


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits for an answer; rhetorical ones are left out."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the customer states; texts as he wrote them."""

    order_numbers: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    dates_iso: tuple[str, ...] = ()  # beside `dates`; "" where it cannot be resolved
    customer_name: str | None = None  # surname-bearing signature
    first_name: str = ""
    surname: str = ""
    title: str = ""  # Dr., Prof. Dr.
    gender: str = ""  # "f" or "m" only where certain
    salutation: str = "Guten Tag"  # without comma: "Guten Tag Frau Kolb"
    products: tuple[str, ...] = ()  # "Bett", "Router": nouns as written
    waiting: str = ""  # "drei Wochen", as written
    attempts: int = 0  # how often the customer says he tried
    deadlines: tuple[str, ...] = ()  # until when he wants an answer or a deed, as written: "bis Freitag, 12 Uhr"
    places: tuple[str, ...] = ()
    phone_numbers: tuple[str, ...] = ()
    swiss: bool = False  # writes ss for ß
    bereaved: tuple[str, ...] = ()  # words that tell of a death among those near to him, as written
    harm: tuple[str, ...] = ()  # words that tell of injury or illness, as written
    order_number_kinds: tuple[str, ...] = ()  # beside `order_numbers`: order, customer, invoice, contract, ticket, ...
    subject_numbers: tuple[str, ...] = ()  # those of `order_numbers` that stand in the subject line
    relative_dates: tuple[tuple[str, str], ...] = ()  # ("gestern", ISO date or "")
    several: bool = False  # a couple or a family signs


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that was found in one mail."""

    id: str = ""
    register: str = "none"
    language: str = "de"
    insults: tuple[Insult, ...] = ()
    opener: Opener | None = None
    apology: Apology | None = None
    intensity: Intensity = Intensity(0.0, 0)
    emotions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(EMOTIONS, 0))
    hostility: float = 0.0
    situations: tuple[Situation, ...] = ()
    threats: tuple[Threat, ...] = ()
    facts: Facts = Facts()
    demands: tuple[Demand, ...] = ()
    questions: tuple[Question, ...] = ()
    zones: tuple[Zone, ...] = ()
    auto_reply: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the contract's JSON object."""
        found: dict[str, Any] = plain(self)
        return found


class Quotable(NamedTuple):
    """Words of the customer that are fit to stand in a reply; empty where there are none."""

    topic: str = ""  # the subject line
    sentence: str = ""  # a calm statement of what happened


@dataclass(frozen=True, slots=True)
class Step:
    """One move of the reply: the template that words it, the advice it follows, and why it is there."""

    name: str
    advice: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Option:
    """A solution to choose from."""

    id: str
    text: str
    goodwill: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What the reply will do, before any word of it is written."""

    stage: str = "none"
    steps: tuple[Step, ...] = ()
    options: tuple[Option, ...] = ()
    gaps: tuple[str, ...] = ()


class Offer(NamedTuple):
    """A solution that an accepted reply offered."""

    id: str
    goodwill: bool = False
    cost: float = 0.0


class Promise(NamedTuple):
    """What an accepted reply or letter promises (advice E3); `what` is a text of ours, never of the customer."""

    kind: str  # the step that promises it, or one of LASTING
    what: str
    due: date | None = None
    option: str = ""


LASTING: tuple[str, ...] = ("option", "agreed", "notice")
"""Promises that only their keeping settles; what a step announces, the next reply in the thread brings."""


class Accepted(NamedTuple):
    """A reply that was accepted, as the history keeps it: no text of any mail."""

    when: datetime  # of the mail that it answers, never later than its acceptance; UTC without zone, as all times here
    accepted: datetime
    stage: str
    frame: str  # praise, question, request or complaint
    points: float = 0.0  # what the insults of the mail weighed
    insults: tuple[int, int, int] = (0, 0, 0)  # how many of severity 1, 2, 3
    apologised: bool = False
    offers: tuple[Offer, ...] = ()
    here: bool = True  # in the thread of the mail at hand
    round: int = 1  # which reply to a complaint it was in its thread
    read: bool = True  # he can have read it when he wrote the mail at hand
    promises: tuple[Promise, ...] = ()


class Conversation(NamedTuple):
    """What the history knows about the customer when a mail of his is answered."""

    when: datetime | None = None  # of the mail at hand, UTC
    now: datetime | None = None
    replies: tuple[Accepted, ...] = ()  # to this customer, in the order of their acceptance
    goodwill_spent: float = 0.0  # to all customers, in the month of `now`
    promises: tuple[Promise, ...] = ()  # to this customer, still open, the most pressing first

    @property
    def read(self) -> tuple[Accepted, ...]:
        """The replies that he can have read when he wrote: mails that crossed our answers have not ignored them."""
        return tuple(reply for reply in self.replies if reply.read)

    @property
    def rounds(self) -> int:
        """How many of our replies in this thread have brought no solution: those since he was last content."""
        count = 0
        for reply in self.read:
            if reply.here:
                count = count + 1 if reply.frame == "complaint" else 0 if reply.frame == "praise" else count
        return count


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the draft and the steps that wrote it."""

    text: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The reply as text; `paragraphs` lets the body be explained."""

    subject: str
    body: str
    paragraphs: tuple[Paragraph, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check says about a place in a text; line and column count from 1."""

    code: str
    level: str
    line: int
    column: int
    message: str
    suggestion: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What the staff member reads beside the draft."""

    summary: str = ""
    masked_text: str = ""
    wants: str = ""
    phone: tuple[str, ...] = ()
    mood: str = ""  # how strong which emotion is, and why
    ladder: str = ""  # stage and what comes next
    care: tuple[str, ...] = ()  # for the staff member himself
    team: tuple[str, ...] = ()  # whom else it concerns


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that happened to one mail: the line of report.jsonl."""

    id: str
    source: str
    status: str
    why: str
    mail: Mail | None = None
    analysis: Analysis | None = None
    plan: Plan | None = None
    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()
    briefing: Briefing | None = None
    reason: str = ""  # a code for why it is skipped or failed

    def to_json(self) -> dict[str, Any]:
        """Return the contract's JSON object; the draft goes without its paragraphs."""
        draft = {"subject": self.draft.subject, "body": self.draft.body} if self.draft else None
        return {
            "id": self.id,
            "source": self.source,
            "status": self.status,
            "why": self.why,
            "analysis": self.analysis.to_json() if self.analysis else None,
            "plan": plain(self.plan) if self.plan else None,
            "draft": draft,
            "findings": [plain(finding) for finding in self.findings],
            "briefing": plain(self.briefing) if self.briefing else None,
        }
