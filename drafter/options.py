"""Which solutions a reply offers: those of the policy that fit, what is asked for first, one of them goodwill."""

from __future__ import annotations

from collections.abc import Set

from drafter.errors import DrafterError
from drafter.goodwill import offered_before, refusal
from drafter.matter import is_violent, matter_of, situation_names
from drafter.messages import _, known_names
from drafter.policy import OptionRule, Policy
from drafter.records import Analysis, Conversation
from drafter.wishes import Wishes

MIN_OPTIONS, MAX_OPTIONS = 2, 3
SIDE_MATTER = 0.6
"""A further situation counts for the options from this share of the first one's score."""

NEW = Conversation()
"""Nothing is known of the customer."""


def choose_options(
    policy: Policy, analysis: Analysis, wishes: Wishes, past: Conversation = NEW, declined: Set[str] = frozenset()
) -> tuple[OptionRule, ...]:
    """Pick at most MAX_OPTIONS solutions for the first situations, the last of them goodwill where there is one left.

    Args:
        declined: kinds of demand that we say no to; nothing that meets them is offered.

    Raises:
        DrafterError: the user named an option that the policy does not have.
    """
    known = {option.id: option for option in policy.option}
    if wishes.options:
        if unknown := [name for name in wishes.options if name not in known]:
            raise DrafterError(_("No option '{name}' in the policy.").format(name=unknown[0]), known_names(known))
        return tuple(known[name] for name in wishes.options)

    def fitting(situations: list[str]) -> list[OptionRule]:
        found = _fitting(policy, analysis, wishes, situations)
        return [o for o in found if not declined & set(o.meets) and _allowed(o, policy, analysis, past)]

    main = fitting(_main_situations(analysis))
    obliging = [option for option in main if option.goodwill]
    goodwill = [option for option in obliging if not _refusal(option, policy, analysis, past)][:1]
    owed = [option for option in main if not option.goodwill]
    if len(owed) < MIN_OPTIONS and obliging and not goodwill:  # there is something to choose without goodwill too
        others = fitting([*situation_names(analysis), "other"])
        owed += [option for option in others if not option.goodwill and option not in owed][: MIN_OPTIONS - len(owed)]
    chosen = (*owed[: MAX_OPTIONS - len(goodwill)], *goodwill)
    return chosen if len(chosen) >= MIN_OPTIONS else ()


def _allowed(option: OptionRule, policy: Policy, analysis: Analysis, past: Conversation) -> bool:
    """Tell whether the conditions of an option hold: how angry, how often tried, how often offered already."""
    if analysis.intensity.level < option.from_level or analysis.facts.attempts < option.from_attempts:
        return False
    return not option.per_customer or offered_before(option, past, policy.goodwill.months) < option.per_customer


def _fitting(policy: Policy, analysis: Analysis, wishes: Wishes, situations: list[str]) -> list[OptionRule]:
    """Return the options for some situations; what the customer asks for comes first."""
    found: dict[str, OptionRule] = {}
    for name in situations:
        for option in policy.option:
            if name in option.situations and wishes.fault in option.fault and option.id not in found:
                found[option.id] = option
    wanted = {demand.kind for demand in analysis.demands}
    return sorted(found.values(), key=lambda option: not wanted & set(option.meets))  # stable


def goodwill_note(policy: Policy, analysis: Analysis, wishes: Wishes, past: Conversation) -> str:
    """Say why no goodwill is offered although an option would fit."""
    fitting = _fitting(policy, analysis, wishes, _main_situations(analysis))
    reasons = [_refusal(option, policy, analysis, past) for option in fitting if option.goodwill]
    return reasons[0] if reasons and all(reasons) and not wishes.options else ""


def _refusal(option: OptionRule, policy: Policy, analysis: Analysis, past: Conversation) -> str:
    """Return why goodwill is not offered, or ""; a threat must not pay off."""
    return _("No goodwill: the customer threatens violence.") if is_violent(analysis) else refusal(option, policy, past)


def _main_situations(analysis: Analysis) -> list[str]:
    threshold = SIDE_MATTER * analysis.situations[0].score if analysis.situations else 0
    names = [situation.name for situation in analysis.situations if situation.score >= threshold]
    return ["other"] if analysis.facts.harm else [matter_of(analysis), *names]
