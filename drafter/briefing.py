"""The briefing: what the staff member reads beside the draft. Facts first, insults masked (advice C1, D1)."""

from __future__ import annotations

from drafter.ladder import AIMED_AT_US
from drafter.masking import mask
from drafter.messages import _, threat_name, told_promise
from drafter.plan import Case, situation_names
from drafter.records import OWN_ZONES, STAGES, Briefing, Conversation, Facts, Mail, Plan

MAX_SHOWN_CHARACTERS = 8_000
MAX_PROMISES = 3
LEVELS = ("calm", "mildly disappointed", "clearly annoyed", "angry", "beside himself")


def brief(mail: Mail, case: Case, plan: Plan) -> Briefing:
    """Write the briefing in the language of the staff member."""
    return Briefing(_summary(case), _masked(mail, case), _wants(case), tuple(_phone(case, plan)))


def _summary(case: Case) -> str:
    analysis = case.analysis
    parts = [", ".join(_(name.replace("_", " ")) for name in situation_names(analysis)) or _("other")]
    if analysis.facts.harm:
        parts.append(_("Somebody may have come to harm."))
    parts += _fact_lines(analysis.facts)
    parts.append(_("Mood: {mood}").format(mood=_(LEVELS[analysis.intensity.level])))
    if analysis.opener:
        parts.append(_("The customer says himself that you are not to blame."))
    if aimed := [i for i in analysis.insults if i.target in AIMED_AT_US]:
        targets = ", ".join(dict.fromkeys(_(insult.target) for insult in aimed))
        parts.append(_("Insults: {count}, aimed at: {targets}").format(count=len(aimed), targets=targets))
    parts += _conversation_lines(case)
    if analysis.threats:
        kinds = ", ".join(dict.fromkeys(threat_name(threat.kind) for threat in analysis.threats))
        parts.append(_("Threats: {kinds}").format(kinds=kinds))
    return ". ".join(part.rstrip(".") for part in parts) + "."


def _conversation_lines(case: Case) -> list[str]:
    """Say what came before: rounds, how often respect was asked for, what the next stage would be, goodwill."""
    lines = []
    if case.past.rounds:
        lines.append(_("Our replies in this thread without a solution: {count}").format(count=case.past.rounds))
    if case.standing.asked:
        lines.append(_("Respect was asked for: {count} times").format(count=case.standing.asked))
    if case.stage in STAGES[2:-1]:
        following = STAGES[STAGES.index(case.stage) + 1]
        lines.append(_("Stage: {stage}; if it goes on: {next}").format(stage=case.stage, next=following))
    if case.analysis.apology:
        lines.append(_("The customer says that he is sorry for how he wrote."))
    lines += _promise_lines(case.past)
    return lines + ([case.goodwill_note] if case.goodwill_note else [])


def _promise_lines(past: Conversation) -> list[str]:
    """Name what was promised to the customer and is still open, the most pressing first (advice E3)."""
    lines = []
    for promise in past.promises[:MAX_PROMISES]:
        day = promise.due.isoformat() if promise.due else _("no date")
        over = promise.due and past.now and promise.due < past.now.date()
        text = _("Promised and overdue: {what} ({day})") if over else _("Promised: {what} ({day})")
        lines.append(text.format(what=told_promise(promise).rstrip("."), day=day))
    return lines


def _fact_lines(facts: Facts) -> list[str]:
    lines = []
    if facts.customer_name:
        lines.append(_("Customer: {name}").format(name=facts.customer_name))
    if facts.products:
        lines.append(_("Product: {names}").format(names=", ".join(facts.products[:3])))
    if facts.order_numbers:
        lines.append(_("Numbers: {numbers}").format(numbers=", ".join(facts.order_numbers)))
    if facts.amounts:
        lines.append(_("Amounts: {amounts}").format(amounts=", ".join(facts.amounts)))
    if facts.dates:
        lines.append(_("Dates: {dates}").format(dates=", ".join(facts.dates)))
    if facts.waiting:
        lines.append(_("Waiting: {time}").format(time=facts.waiting))
    return lines


def _masked(mail: Mail, case: Case) -> str:
    own = [zone for zone in case.analysis.zones if zone.kind in OWN_ZONES]
    masked = mask(mail.body, [(insult.start, insult.end) for insult in case.analysis.insults])
    text = "\n\n".join(part for zone in own if (part := masked[zone.start : zone.end].strip()))
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[:MAX_SHOWN_CHARACTERS].rstrip() + " …"


def _wants(case: Case) -> str:
    wishes = [" ".join(demand.text.split()) for demand in case.analysis.demands]
    return "; ".join(dict.fromkeys(wishes)) or _("not said; ask what is needed")


def _phone(case: Case, plan: Plan) -> list[str]:
    """Write lines for the phone (advice A1, A6, A7, B2, D3)."""
    if case.frame != "complaint":
        return []
    lines = []
    if case.analysis.intensity.level >= 2:
        lines.append(_("Let the customer finish; name the anger before you speak of the matter."))
    if plan.stage in ("request", "mirror", "announce", "end"):
        lines.append(_("Ask for a respectful tone once, kindly; then come back to the matter."))
    if plan.options:
        lines.append(_("Offer the options by number and let the customer choose."))
    else:
        lines.append(_("Ask: what do you propose?"))
    lines.append(_("If it is deadlocked, ask to call back tomorrow morning, or hand over to a colleague."))
    lines.append(_("Afterwards, send what was agreed in writing."))
    return lines
