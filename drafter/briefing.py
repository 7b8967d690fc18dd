"""The briefing: what the staff member reads beside the draft. Facts first, insults masked (advice C1, D1)."""

from __future__ import annotations

from typing import NamedTuple

from drafter.data import Block, read_rules
from drafter.ladder import AIMED_AT_US
from drafter.masking import mask, mask_words
from drafter.matter import situation_names
from drafter.messages import _, threat_name, told_promise
from drafter.places import Places
from drafter.plan import Case, hold, read_conditions
from drafter.records import EMOTIONS, OWN_ZONES, STAGES, Briefing, Conversation, Facts, Mail

MAX_SHOWN_CHARACTERS = 8_000
MAX_PROMISES = 3
PARTS = ("phone", "care", "team")
LEVELS = ("calm", "mildly disappointed", "clearly annoyed", "angry", "beside himself")


class HintRule(NamedTuple):
    """A line of briefing.yaml."""

    line: str
    part: str
    advice: tuple[str, ...]
    when: tuple[str, ...]


def load_hints(places: Places) -> tuple[HintRule, ...]:
    """Read briefing.yaml.

    Raises:
        DataError: a field, a part or a condition is unknown.
    """
    blocks = read_rules(places.file("templates", "briefing.yaml"), {"line", "part", "advice", "when"}, set())
    return tuple(_hint(block) for block in blocks)


def _hint(block: Block) -> HintRule:
    if block["part"] not in PARTS:
        raise block.where.error(f"unknown part '{block['part']}'", f"Known: {', '.join(PARTS)}.")
    return HintRule(block["line"], block["part"], tuple(block.texts("advice")), read_conditions(block))


def brief(mail: Mail, case: Case, hints: tuple[HintRule, ...]) -> Briefing:
    """Write the briefing in the language of the staff member."""
    parts = {part: tuple(_(h.line) for h in hints if h.part == part and hold(h.when, case)) for part in PARTS}
    return Briefing(_summary(case), _masked(mail, case), _wants(case), parts["phone"], _mood(case), _ladder(case),
                    parts["care"], parts["team"])  # fmt: skip


def _summary(case: Case) -> str:
    analysis = case.analysis
    parts = [", ".join(_(name.replace("_", " ")) for name in situation_names(analysis)) or _("other")]
    if analysis.facts.harm:
        parts.append(_("Somebody may have come to harm."))
    parts += _fact_lines(analysis.facts)
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


def _mood(case: Case) -> str:
    """Name the intensity and the emotions, and say by which words they show."""
    analysis = case.analysis
    felt = sorted((name for name in EMOTIONS if analysis.emotions.get(name)), key=lambda name: -analysis.emotions[name])
    named = ", ".join([_(LEVELS[analysis.intensity.level]), *map(_, felt)])
    reasons = "; ".join(_reason(why) for why in analysis.intensity.why)
    return f"{named} ({_without_insults(reasons, case)})" if reasons else named


def _without_insults(text: str, case: Case) -> str:
    return mask_words(text, (insult.text for insult in case.analysis.insults))


def _reason(why: str) -> str:
    """Translate what a reason says before the customer's words."""
    said, colon, words = why.partition(": ")
    number, _blank, counted = said.partition(" ")
    if number.isdigit():
        pattern = f"{{count}} {counted}"
        return _(pattern).format(count=number)
    return f"{_(said)}{colon}{words}"


def _ladder(case: Case) -> str:
    """Say on which stage of the ladder the reply stands, and which comes next."""
    if case.stage == "none":
        return ""
    following = STAGES[min(STAGES.index(case.stage) + 1, len(STAGES) - 1)]
    return _("Stage: {stage}; if it goes on: {next}").format(stage=_(case.stage), next=_(following))


def _conversation_lines(case: Case) -> list[str]:
    """Say what came before: rounds, how often respect was asked for, what the next stage would be, goodwill."""
    lines = []
    if case.past.rounds:
        lines.append(_("Our replies in this thread without a solution: {count}").format(count=case.past.rounds))
    if case.standing.asked:
        lines.append(_("Respect was asked for: {count} times").format(count=case.standing.asked))
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
    if facts.deadlines:
        lines.append(_("Deadline: {dates}").format(dates="; ".join(facts.deadlines)))
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
    return _without_insults("; ".join(dict.fromkeys(wishes)), case) or _("not said; ask what is needed")
