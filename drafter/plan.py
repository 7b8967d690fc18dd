"""Decide which steps the reply takes: conditions over a case, an ordered list in templates/plan.yaml.

A new step is one block in plan.yaml and one template; a new condition is one entry of CONDITIONS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from pydantic import ValidationError

from drafter.data import Block, read_rules
from drafter.errors import DrafterError
from drafter.ladder import ASKING, Standing, against_us, due_stage, standing
from drafter.matter import (
    LOST_TRUST,
    apologised,
    frame_of,
    is_heated,
    is_misunderstood,
    is_unsaid,
    is_violent,
    matter_of,
    situation_names,
)
from drafter.messages import _, known_names
from drafter.options import NEW, choose_options, goodwill_note
from drafter.places import Places
from drafter.policy import DeclineRule, OptionRule, Policy, PromiseRule
from drafter.records import STAGES, Analysis, Conversation, Demand, Plan, Step
from drafter.wishes import Wishes

DECLINE = "decline"
REASON = "ablehnungsgrund"
"""The step that says no, and the value without which it is not taken (advice E6)."""

LAST_STAGES = ("announce", "end")


class Case(NamedTuple):
    """All that a condition may look at."""

    analysis: Analysis
    policy: Policy
    wishes: Wishes
    frame: str  # praise, question, request or complaint
    stage: str
    options: tuple[OptionRule, ...]
    past: Conversation
    standing: Standing
    end_is_due: bool = False  # and nobody has said yes to it
    goodwill_note: str = ""  # why no goodwill is offered where an option would fit
    declines: tuple[DeclineRule, ...] = ()  # what the customer wants and does not get, with the reason


class StepRule(NamedTuple):
    """A block of plan.yaml."""

    name: str
    advice: tuple[str, ...]
    when: tuple[str, ...]
    because: str
    join: bool
    promises: PromiseRule | None = None
    spare: bool = False  # left out where the letter would get longer than the policy wants


class Condition(NamedTuple):
    """What plan.yaml and briefing.yaml may ask about a case, in words and as code."""

    meaning: str
    holds: Callable[[Case], bool]


CONDITIONS: dict[str, Condition] = {
    "praise": Condition(
        "the mail praises and complains of nothing",
        lambda case: case.frame == "praise",
    ),
    "question": Condition(
        "the mail only asks something",
        lambda case: case.frame == "question",
    ),
    "request": Condition(
        "the mail calmly asks for something to be done",
        lambda case: case.frame == "request",
    ),
    "complaint": Condition(
        "the mail complains; always so once the ladder asks for respect or beyond",
        lambda case: case.frame == "complaint",
    ),
    "emotional": Condition(
        "the customer is at least mildly disappointed (level 1)",
        lambda case: case.analysis.intensity.level >= 1,
    ),
    "heated": Condition(
        "the customer is annoyed or more (level 2), or what happened may be a misunderstanding",
        lambda case: is_heated(case.analysis),
    ),
    "paused": Condition(
        "several accepted replies in the thread have brought no solution, and the mail is heated",
        lambda case: _paused(case.policy, case.analysis, case.past),
    ),
    "apologised": Condition(
        "the customer is sorry for how he wrote",
        lambda case: apologised(case.analysis),
    ),
    "opener": Condition(
        "the customer says himself that the reader is not to blame, and the ladder is not at its last stages",
        lambda case: case.analysis.opener is not None and case.stage not in LAST_STAGES,
    ),
    "bereaved": Condition(
        "somebody near to the customer has died",
        lambda case: bool(case.analysis.facts.bereaved),
    ),
    "harmed": Condition(
        "somebody may have come to harm",
        lambda case: bool(case.analysis.facts.harm),
    ),
    "fault_ours": Condition(
        "the fault is ours, by --fault ours",
        lambda case: case.wishes.fault == "ours",
    ),
    "customer_insulted": Condition(
        "the customer reports that he was insulted",
        lambda case: any(i.target == "customer" for i in case.analysis.insults),
    ),
    "ladder_speaks": Condition(
        "the ladder asks for respect, mirrors, announces the end or ends",
        lambda case: _ladder_speaks(case),
    ),
    "ladder_last": Condition(
        "the ladder announces the end or ends",
        lambda case: case.stage in LAST_STAGES,
    ),
    "stage_request": Condition(
        "the ladder asks for respect",
        lambda case: case.stage == "request",
    ),
    "stage_mirror": Condition(
        "the ladder gives the customer's own words back",
        lambda case: case.stage == "mirror",
    ),
    "stage_announce": Condition(
        "the ladder announces the end of the exchange",
        lambda case: case.stage == "announce",
    ),
    "stage_end": Condition(
        "the ladder ends the exchange",
        lambda case: case.stage == "end",
    ),
    "misunderstood": Condition(
        "what happened is a misunderstanding, as the likeliest or for sure",
        lambda case: is_misunderstood(case.analysis),
    ),
    "unsaid": Condition(
        "the mail is short and does not say what happened",
        lambda case: is_unsaid(case.analysis),
    ),
    "asks_status": Condition(
        "the ladder announces the end or ends; the state of things is then still owed",
        lambda case: case.stage in LAST_STAGES,
    ),
    "demands_open": Condition(
        "the customer wants something that no option meets and no question holds",
        lambda case: bool(unmet_demands(case)),
    ),
    "questions": Condition(
        "the mail asks questions",
        lambda case: bool(case.analysis.questions),
    ),
    "options": Condition(
        "the policy has options that fit",
        lambda case: bool(case.options),
    ),
    "no_options": Condition(
        "the policy has no option that fits",
        lambda case: not case.options,
    ),
    "call_offered": Condition(
        "the policy offers calls, and the customer does not refuse them",
        lambda case: case.policy.phone.offer_call and not _refuses_calls(case.analysis),
    ),
    "insulted": Condition(
        "insults hit the reader, a colleague or the company",
        lambda case: bool(against_us(case.analysis)),
    ),
    "violent": Condition(
        "violence is threatened",
        lambda case: is_violent(case.analysis),
    ),
    "deadline": Condition(
        "the customer sets a deadline",
        lambda case: bool(case.analysis.facts.deadlines),
    ),
    "declined": Condition(
        "the customer wants something that the policy says no to",
        lambda case: bool(case.declines),
    ),
    "distrustful": Condition(
        "the matter is distrust or a broken promise",
        lambda case: _distrustful(case),
    ),
    "trust_talk": Condition(
        "the matter is distrust or a broken promise, and the ladder does not speak",
        lambda case: _distrustful(case) and not _ladder_speaks(case),
    ),
}


def load_steps(places: Places) -> tuple[StepRule, ...]:
    """Read plan.yaml.

    Raises:
        DataError: a field or a condition is unknown.
    """
    blocks = read_rules(
        places.file("templates", "plan.yaml"), {"step", "advice", "when", "because"}, {"join", "promises", "spare"}
    )
    return tuple(_step_rule(block) for block in blocks)


def _step_rule(block: Block) -> StepRule:
    when = read_conditions(block)
    advice, join = tuple(block.texts("advice")), bool(block.get("join"))
    return StepRule(block["step"], advice, when, block["because"], join, _promise_rule(block), bool(block.get("spare")))


def _promise_rule(block: Block) -> PromiseRule | None:
    try:
        return PromiseRule.model_validate(block["promises"]) if block.get("promises") else None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, ("promises", *first["loc"])))
        raise block.where.error(f"{place}: {first['msg']}") from error


def read_conditions(block: Block) -> tuple[str, ...]:
    """Read the field `when` of a block.

    Raises:
        DataError: a condition is unknown.
    """
    when = tuple(block.texts("when"))
    for name in when:
        if name.removeprefix("not ") not in CONDITIONS:
            raise block.where.error(f"unknown condition '{name}'", f"Known: {', '.join(CONDITIONS)}.")
    return when


def unmet_demands(case: Case) -> tuple[Demand, ...]:
    """Return the demands that no option meets and no question holds already."""
    met = {kind for option in case.options for kind in option.meets}
    declined = {kind for rule in case.declines for kind in rule.demands}
    asked = [(question.start, question.end) for question in case.analysis.questions]
    return tuple(
        demand
        for demand in case.analysis.demands
        if demand.kind not in met | declined
        and not any(demand.start < end and demand.end > start for start, end in asked)
    )


def _paused(policy: Policy, analysis: Analysis, past: Conversation) -> bool:
    """Tell whether another list of solutions would only go round in circles."""
    rounds = policy.deadlock.pause_after_rounds
    return bool(rounds) and past.rounds >= rounds and is_heated(analysis)


def make_case(policy: Policy, analysis: Analysis, wishes: Wishes, past: Conversation = NEW) -> Case:
    """Gather what the conditions look at.

    Raises:
        DrafterError: a wish names an unknown stage or option.
    """
    if wishes.stage and wishes.stage not in STAGES:
        raise DrafterError(_("Unknown stage '{name}'.").format(name=wishes.stage), known_names(STAGES))
    stage = wishes.stage or due_stage(analysis, policy.tolerance, past)
    end_is_due = stage == "end" and not (wishes.stage or wishes.confirm_end)
    stage = "announce" if end_is_due else stage
    frame = "complaint" if stage in (*ASKING, *LAST_STAGES) else frame_of(analysis)
    case = Case(analysis, policy, wishes, frame, stage, (), past, standing(past, policy.tolerance), end_is_due)
    if frame != "complaint" or (_paused(policy, analysis, past) and not wishes.options):
        return case
    declines = _declines(policy, analysis, wishes)
    options = choose_options(policy, analysis, wishes, past, {kind for rule in declines for kind in rule.demands})
    note = goodwill_note(policy, analysis, wishes, past)
    return case._replace(options=options, goodwill_note=note, declines=declines)


def _declines(policy: Policy, analysis: Analysis, wishes: Wishes) -> tuple[DeclineRule, ...]:
    """Return the rules of the policy that say no to something the customer asks for."""
    wanted, names = {demand.kind for demand in analysis.demands}, set(situation_names(analysis))
    return tuple(
        rule
        for rule in policy.decline
        if wanted & set(rule.demands)
        and wishes.fault in rule.fault
        and (not rule.situations or names & set(rule.situations))
    )


def make_plan(rules: tuple[StepRule, ...], case: Case) -> Plan:
    """Choose the steps; options and gaps are worded later.

    Raises:
        DrafterError: a wish names an unknown step, or something is declined without a reason.
    """
    known = {rule.name for rule in rules}
    for name in (*case.wishes.add_steps, *case.wishes.drop_steps):
        if name not in known:
            raise DrafterError(_("Unknown step '{name}'.").format(name=name), known_names(sorted(known)))
    steps = tuple(_steps(rules, case))
    if any(step.name == DECLINE for step in steps) and not (
        case.declines or case.wishes.values.get(REASON, "").strip()
    ):
        message = _("A no needs its reason.")
        raise DrafterError(message, _('Give it with --set {key}="...", or drop the step.').format(key=REASON))
    return Plan(case.stage, steps)


def _steps(rules: tuple[StepRule, ...], case: Case) -> list[Step]:
    steps = []
    for rule in rules:
        if rule.name in case.wishes.drop_steps:
            continue
        if rule.name in case.wishes.add_steps:
            steps.append(Step(rule.name, rule.advice, "Added on request."))
        elif hold(rule.when, case):
            steps.append(Step(rule.name, rule.advice, rule.because))
    return steps


def _distrustful(case: Case) -> bool:
    return matter_of(case.analysis) in LOST_TRUST


def _ladder_speaks(case: Case) -> bool:
    return case.stage in (*ASKING, *LAST_STAGES)


def _refuses_calls(analysis: Analysis) -> bool:
    return any(demand.kind == "no_call" for demand in analysis.demands)


def status_of(plan: Plan, reasons: Sequence[str]) -> tuple[str, str]:
    """Return what a person has to do with a letter, and why: decide for these reasons, fill its gaps, or send it."""
    if reasons:
        return "review", " ".join(reasons)
    if plan.gaps:
        return "needs-fill", _("Gaps to fill: {gaps}.").format(gaps=", ".join(plan.gaps))
    return "ready", ""


def hold(names: Iterable[str], case: Case) -> bool:
    """Tell whether all conditions hold; "not x" negates."""
    for name in names:
        condition, wanted = _condition(name)
        if condition(case) is not wanted:
            return False
    return True


@cache
def _condition(name: str) -> tuple[Callable[[Case], bool], bool]:
    return CONDITIONS[name.removeprefix("not ")].holds, not name.startswith("not ")
