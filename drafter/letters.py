"""Letters that answer no complaint: from what a staff member tells to a draft. Their steps stand in letters.yaml."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from drafter.acceptance import accepted_reply
from drafter.data import read_rules
from drafter.drafting import Kit
from drafter.messages import _
from drafter.notes import Doubt
from drafter.places import Places
from drafter.plan import Case, make_case, status_of
from drafter.policy import Policy
from drafter.records import Analysis, Conversation, Draft, Facts, Finding, Mail, Outcome, Plan, Promise, Situation, Step
from drafter.rendering import NOTHING, reply_form
from drafter.wishes import Wishes

MAX_GIVEN = 20_000
_PLAIN_NUMBER = "other"


@dataclass(frozen=True)
class Letter:
    """What a letter says.

    Attributes:
        kind: confirm or notice; names the steps in letters.yaml and the template of the subject.
        mail: the mail of the customer it goes to, or one without text that names him.
        name: how the customer is called where the mail does not say it, or says it otherwise.
        number: of the matter, with or without its label.
        product: what it is about; empty: as the mail says.
        situation: for which the policy's solutions are offered; empty: none.
        met: kinds of demand that the letter meets by itself; solutions that meet them are left out.
        values: what the templates get.
        given: all that the staff member told; its days and figures are covered.
        doubts: what a person should look at.
        key: what makes it this letter among those to the customer; the same letter is remembered once.
        promises: what it promises.
    """

    kind: str
    mail: Mail
    name: str = ""
    number: str = ""
    product: str = ""
    situation: str = ""
    met: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    key: str = ""
    promises: tuple[Promise, ...] = ()


def addressed(mail: Mail | None, name: str, address: str) -> Mail:
    """Return the mail that a letter answers, or one without text that names whom it goes to."""
    if mail is None:
        return Mail("", source="-", from_name=name, from_address=address)
    return mail if mail.from_address else replace(mail, from_address=address)


def write(kit: Kit, letter: Letter, wishes: Wishes) -> Outcome:
    """Word and check a letter.

    Raises:
        DrafterError: a wish, the policy, a template or the history is wrong.
    """
    analysis = analysis_of(kit, letter)
    case = letter_case(kit.policy, letter, analysis, wishes, kit.history.recall(letter.mail))
    plan = Plan("none", load_letters(kit.places)[letter.kind])
    plan, draft = kit.renderer(wishes.tone).render(
        letter.mail, case, plan, NOTHING, values_of(letter), subject_of(letter.kind)
    )
    findings = _findings(kit, letter, case, draft)
    faulty = any(finding.level == "error" for finding in findings)
    status, why = status_of(plan, [_("The check found errors in the draft.")] if faulty else [])
    return Outcome(letter.mail.id, letter.mail.source, status, why, letter.mail, analysis, plan, draft, findings)


def letter_case(policy: Policy, letter: Letter, analysis: Analysis, wishes: Wishes, past: Conversation) -> Case:
    """Gather what a letter is worded by; of the solutions stay those that the letter does not bring by itself."""
    case = make_case(policy, analysis, replace(wishes, stage="none"), past)
    fit = (option for option in case.options if letter.situation and not letter.met & set(option.meets))
    return case._replace(options=tuple(fit))


def subject_of(kind: str) -> str:
    """Return the name of the template that words the subject of a kind of letters."""
    return f"{kind}_subject"


def accept(kit: Kit, letter: Letter, outcome: Outcome) -> bool:
    """Remember that a letter was accepted: what it promises and which solutions it offers.

    Returns:
        Whether that is new: the same letter counts once, as it stands now.

    Raises:
        HistoryError: the history cannot be written; then it is as it was.
    """
    reply = accepted_reply(kit.policy, outcome, kit.history.clock(), letter.promises)
    if not reply:
        return False
    mail = letter.mail
    parts = (letter.kind, mail.message_id, mail.from_address, letter.name or mail.from_name, letter.key)
    name = f"<{letter.kind}-{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'replace')).hexdigest()[:24]}>"
    thread = tuple(number for number in (*mail.references, mail.message_id) if number)
    own = replace(mail, message_id=name, in_reply_to=mail.message_id, references=thread, date=None)
    return kit.history.accept(own, reply._replace(frame=letter.kind))


def load_letters(places: Places) -> dict[str, tuple[Step, ...]]:
    """Read letters.yaml: the steps of each letter in their order.

    Raises:
        DataError: a field is unknown or missing.
    """
    found: dict[str, tuple[Step, ...]] = {}
    path = places.file("templates", "letters.yaml")
    for block in read_rules(path, {"letter", "step", "advice", "because"}, set()):
        step = Step(block["step"], tuple(block.texts("advice")), block["because"])
        found[block["letter"]] = (*found.get(block["letter"], ()), step)
    return found


def analysis_of(kit: Kit, letter: Letter) -> Analysis:
    """Take whom the letter goes to from the mail, and nothing of its mood: the letter does not answer it."""
    found = kit.analyze(letter.mail)
    facts = found.facts
    if letter.name:
        named = kit.analyze(Mail("", from_name=letter.name)).facts
        facts = replace(facts, salutation=named.salutation, first_name=named.first_name)
    if letter.number:
        facts = replace(facts, order_numbers=(letter.number,), order_number_kinds=(_PLAIN_NUMBER,))
    facts = replace(_spare(facts), products=(letter.product,) if letter.product else facts.products)
    situations = (Situation(letter.situation, 1.0),) if letter.situation else ()
    return Analysis(id=letter.mail.id, register=found.register, facts=facts, situations=situations)


def _spare(facts: Facts) -> Facts:
    return replace(facts, waiting="", attempts=0, harm=())


def values_of(letter: Letter) -> dict[str, Any]:
    """Return what the templates get beside the mail.

    A number with its own label stays as it was given; one without gets a label from the templates' words.
    """
    number = f" ({letter.number})" if " " in letter.number else ""
    return ({"reference": number, "named": number, "about": number} if number else {}) | dict(letter.values)


def _findings(kit: Kit, letter: Letter, case: Case, draft: Draft) -> tuple[Finding, ...]:
    mail, wishes = letter.mail, case.wishes
    options = tuple(option.text for option in case.options)
    given = (mail.subject, draft.subject, *letter.given, *wishes.values.values(), *options, mail.body)
    spots = kit.spots(draft.body, None, reply_form(case), (), tuple(text[:MAX_GIVEN] for text in given))
    found = [spot.to_finding(draft.body) for spot in spots]
    return tuple([_finding(doubt, draft.body) for doubt in letter.doubts] + found)


def _finding(doubt: Doubt, body: str) -> Finding:
    """Put a doubt at the place of its words in the letter."""
    before, found, _after = body.partition(doubt.words)
    before = before if found else ""
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Finding(
        doubt.code, "warning", before.count("\n") + 1, column, doubt.message, "", doubt.code.partition("-")[0]
    )
