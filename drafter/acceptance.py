"""What the history keeps of a draft once a person has accepted it."""

from __future__ import annotations

from datetime import datetime

from drafter.history.keys import when_of
from drafter.ladder import against_us, points_of
from drafter.matter import apologised, frame_of
from drafter.policy import Policy
from drafter.promises import offers
from drafter.records import Accepted, Offer, Outcome, Promise


def accepted_reply(
    policy: Policy, outcome: Outcome, now: datetime, promises: tuple[Promise, ...] = ()
) -> Accepted | None:
    """Return what is to be kept; None where there is no draft."""
    if not (outcome.mail and outcome.analysis and outcome.plan and outcome.draft):
        return None
    insults = against_us(outcome.analysis)
    mild, clear, vulgar = (sum(insult.severity == severity for insult in insults) for severity in (1, 2, 3))
    costs = {option.id: option.cost for option in policy.option}
    body = outcome.draft.body
    return Accepted(
        when_of(outcome.mail, now),
        now,
        outcome.plan.stage,
        frame_of(outcome.analysis),
        points_of(insults, policy.tolerance),
        (mild, clear, vulgar),
        apologised(outcome.analysis),
        offers=tuple(
            Offer(option.id, option.goodwill, costs.get(option.id, 0.0) if option.goodwill else 0.0)
            for option in outcome.plan.options
            if offers(body, option)
        ),
        promises=promises,
    )
