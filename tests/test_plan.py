"""Which steps a reply takes, and where a mail stands on the ladder."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from conftest import read_cases

from drafter.briefing import load_hints
from drafter.errors import DrafterError
from drafter.options import choose_options
from drafter.places import Places
from drafter.plan import CONDITIONS, load_steps, make_case, make_plan
from drafter.policy import DeclineRule, OptionRule, Policy, load_policy
from drafter.records import (
    EMOTIONS,
    SITUATIONS,
    Accepted,
    Analysis,
    Conversation,
    Demand,
    Facts,
    Insult,
    Intensity,
    Mail,
    Offer,
    Opener,
    Situation,
    Threat,
)
from drafter.rendering import Renderer
from drafter.wishes import Wishes

CASES = read_cases("plan")


def make_analysis(case: dict) -> Analysis:
    """Build the analysis that a case describes."""
    insults = tuple(Insult(0, 1, text, target, severity, target == "customer", "", "")
                    for text, target, severity in case.get("insults", []))  # fmt: skip
    return Analysis(
        insults=insults,
        opener=Opener(0, 1, "x", "", "") if case.get("opener") else None,
        intensity=Intensity(case["level"] / 4, case["level"]),
        emotions=dict.fromkeys(EMOTIONS, 0) | {"anger": min(case["level"], 3)},
        situations=tuple(Situation(name, 1.0) for name in case["situations"]),
        facts=Facts(
            attempts=case.get("attempts", 0),
            harm=tuple(case.get("harm", [])),
            deadlines=tuple(case.get("deadlines", [])),
            bereaved=tuple(case.get("bereaved", [])),
        ),
        threats=tuple(Threat(kind, 0, 1, "x") for kind in case.get("threats", [])),
        demands=tuple(Demand(kind, 0, 1, "x") for kind in case.get("demands", [])),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_plan_takes_the_steps_that_the_findings_call_for(case: dict) -> None:
    wishes = Wishes(fault=case.get("fault", "unclear"), stage=case.get("wished_stage", ""))
    policy, rules = load_policy(Places()), load_steps(Places())

    plan = make_plan(rules, make_case(policy, make_analysis(case), wishes))

    names = [step.name for step in plan.steps]
    assert set(case["has"]) <= set(names)
    assert not set(case.get("lacks", [])) & set(names)
    assert plan.stage == case.get("stage", plan.stage)
    assert sorted(case.get("order", []), key=names.index) == case.get("order", [])
    assert all(step.advice and step.why for step in plan.steps)


@pytest.mark.parametrize("situation", [name for name in SITUATIONS if name not in ("praise", "question")])
def test_every_situation_has_two_options_and_one_is_goodwill(situation: str) -> None:
    analysis = Analysis(situations=(Situation(situation, 1.0),), intensity=Intensity(0.5, 2))

    options = choose_options(load_policy(Places()), analysis, Wishes())

    assert len(options) >= 2
    assert any(option.goodwill for option in options) or situation == "privacy"


def test_steps_can_be_added_and_dropped() -> None:
    policy, rules = load_policy(Places()), load_steps(Places())
    analysis = Analysis(situations=(Situation("outage", 1.0),), intensity=Intensity(0.5, 2))

    plan = make_plan(rules, make_case(policy, analysis, Wishes(add_steps=("pass_ball",), drop_steps=("offer_call",))))

    names = [step.name for step in plan.steps]
    assert "pass_ball" in names and "offer_call" not in names


@pytest.mark.parametrize(
    "wishes",
    [Wishes(stage="fury"), Wishes(options=("free-beer",)), Wishes(add_steps=("dance",)), Wishes(drop_steps=("dance",))],
)
def test_an_unknown_wish_is_refused_with_what_is_known(wishes: Wishes) -> None:
    with pytest.raises(DrafterError) as error:
        make_plan(load_steps(Places()), make_case(load_policy(Places()), make_analysis(CASES[0]), wishes))

    assert "Known" in error.value.remedy


def test_every_condition_serves_a_step_or_a_hint() -> None:
    rules = (*load_steps(Places()), *load_hints(Places()))
    used = {name.removeprefix("not ") for rule in rules for name in rule.when}

    assert set(CONDITIONS) == used


REFUSING = DeclineRule(id="x", demands=("refund",), reason="{Sie haben|du hast|ihr habt} es schon benutzt")


def test_what_the_policy_declines_is_said_with_its_reason_and_not_offered() -> None:
    policy = load_policy(Places()).model_copy(update={"decline": (REFUSING,)})
    analysis = make_analysis({"situations": ["delivery_late"], "level": 2, "demands": ["refund"]})

    case = make_case(policy, analysis, Wishes(register="du"))
    plan, draft = Renderer(Places(), load_steps(Places())).render(
        Mail("x"), case, make_plan(load_steps(Places()), case)
    )

    assert "decline" in [step.name for step in plan.steps]
    assert "du hast es schon benutzt" in draft.body and "eine Erstattung" in draft.body.replace("Eine", "eine")
    assert not any("erstatten" in option.text for option in plan.options)
    assert "pick_up_demand" not in [step.name for step in plan.steps]


def test_no_is_never_said_without_a_reason() -> None:
    policy, rules = load_policy(Places()), load_steps(Places())
    bare, given = Wishes(add_steps=("decline",)), {"ablehnungsgrund": "die Frist ist {{ vorbei }}"}

    with pytest.raises(DrafterError, match="reason"):
        make_plan(rules, make_case(policy, make_analysis(CASES[0]), bare))
    case = make_case(policy, make_analysis(CASES[0]), replace(bare, values=given))
    _, draft = Renderer(Places(), rules).render(Mail("x"), case, make_plan(rules, case))

    assert "die Frist ist {{ vorbei }}" in draft.body  # what a person writes is no template


def test_who_threatens_violence_is_offered_no_goodwill() -> None:
    analysis = make_analysis({"situations": ["refund_pending"], "level": 4, "threats": ["violence"]})

    options = choose_options(load_policy(Places()), analysis, Wishes())

    assert len(options) >= 2 and not any(option.goodwill for option in options)


@pytest.mark.parametrize(
    ("limits", "mail", "past", "offered"),
    [
        ({"from_level": 3}, {"level": 2}, 0, False),
        ({"from_level": 3}, {"level": 3}, 0, True),
        ({"from_attempts": 2}, {"level": 2, "attempts": 1}, 0, False),
        ({"from_attempts": 2}, {"level": 2, "attempts": 2}, 0, True),
        ({"per_customer": 1}, {"level": 2}, 1, False),
        ({"per_customer": 2}, {"level": 2}, 1, True),
    ],
)
def test_an_option_is_offered_only_under_its_conditions(limits: dict, mail: dict, past: int, offered: bool) -> None:
    policy = load_policy(Places())
    special = OptionRule(id="special", situations=("outage",), text="Etwas Besonderes.", meets=("repair",), **limits)
    analysis = make_analysis({"situations": ["outage"], "demands": ["repair"], **mail})
    day = datetime(2026, 5, 4)
    replies = tuple(Accepted(day, day, "none", "complaint", offers=(Offer("special"),)) for _ in range(past))
    kept = Conversation(day, day, replies)

    options = choose_options(policy.model_copy(update={"option": (special, *policy.option)}), analysis, Wishes(), kept)

    assert ("special" in [option.id for option in options]) is offered


def test_what_can_be_spared_is_left_out_of_a_letter_that_would_get_too_long() -> None:
    policy, rules = load_policy(Places()), load_steps(Places())
    brief = policy.model_copy(update={"style": policy.style.model_copy(update={"max_words": 60})})
    renderer, analysis = Renderer(Places(), rules), make_analysis({"situations": ["outage"], "level": 3})

    def steps_of(policy: Policy, wishes: Wishes) -> list[str]:
        case = make_case(policy, analysis, wishes)
        plan, _ = renderer.render(Mail("x"), case, make_plan(rules, case))
        return [step.name for step in plan.steps]

    assert "offer_call" in steps_of(policy, Wishes())
    assert "offer_call" not in steps_of(brief, Wishes())
    assert "offer_call" in steps_of(brief, Wishes(add_steps=("offer_call",)))


def test_what_is_declined_does_not_come_back_where_goodwill_is_used_up() -> None:
    policy = load_policy(Places())
    stingy = policy.model_copy(update={"goodwill": policy.goodwill.model_copy(update={"per_customer": 0})})
    analysis = make_analysis({"situations": ["delivery_late", "refund_pending", "product_defect"], "level": 2})

    options = choose_options(stingy, analysis, Wishes(), declined={"refund", "repair", "replacement", "delivery"})

    assert not any({"refund", "repair", "replacement", "delivery"} & set(option.meets) for option in options)
