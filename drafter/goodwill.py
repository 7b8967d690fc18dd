"""Whether goodwill is left for a customer: once within a period, and within the budget of a month (advice C5)."""

from __future__ import annotations

from datetime import datetime

from drafter.messages import _
from drafter.months import shifted
from drafter.policy import OptionRule, Policy
from drafter.records import Accepted, Conversation


def refusal(option: OptionRule, policy: Policy, past: Conversation) -> str:
    """Return why a goodwill option is not offered, or "" where it may be."""
    limits = policy.goodwill
    given = [reply for reply in past.replies if _gave(reply) and _within(reply.accepted, past.now, limits.months)]
    if len(given) >= limits.per_customer:
        return _already_given(given, limits.months)
    if limits.month_total and past.goodwill_spent + option.cost > limits.month_total:
        return _("No goodwill: the budget of this month is used up ({spent} of {total}).").format(
            spent=f"{past.goodwill_spent:g}", total=f"{limits.month_total:g}"
        )
    return ""


def offered_before(option: OptionRule, past: Conversation, months: int) -> int:
    """Return how many accepted replies to the customer offered an option within so many months."""
    recent = (reply for reply in past.replies if _within(reply.accepted, past.now, months))
    return sum(any(offer.id == option.id for offer in reply.offers) for reply in recent)


def _already_given(given: list[Accepted], months: int) -> str:
    if not given:
        return _("No goodwill: the policy allows none.")
    return _("No goodwill: the customer was offered it on {date}; once more after {months} months.").format(
        date=given[-1].accepted.date().isoformat(), months=months
    )


def _gave(reply: Accepted) -> bool:
    return any(offer.goodwill for offer in reply.offers)


def _within(then: datetime, now: datetime | None, months: int) -> bool:
    """Tell whether less than so many months have passed; if the clock went back, none have."""
    return now is None or now < shifted(then, months)
