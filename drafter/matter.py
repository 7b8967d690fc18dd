"""What a mail is about, and what kind of answer it wants: pure questions to the analysis."""

from __future__ import annotations

from drafter.ladder import against_us
from drafter.records import Analysis

CALM_SITUATIONS = ("praise", "question")
REDRESS = ("refund", "replacement", "repair", "compensation", "discount")
"""Demands of somebody to whom something has gone wrong, however much he asks beside."""

CALM_REQUESTS = ("cancellation", "other")
"""Situations in which a calm mail is no complaint but something to be done."""

LOST_TRUST = ("distrust", "broken_promise")
_FEW_CHARACTERS = 120
SURE = 1.0
"""Scores of situations from which the draft says that it happened: nine of ten such first situations are right."""


def situation_names(analysis: Analysis) -> list[str]:
    """Return the names of the situations, most important first."""
    return [situation.name for situation in analysis.situations]


def sure_situations(analysis: Analysis) -> list[str]:
    """Return those that are sure enough for the draft to say that they happened."""
    return [situation.name for situation in analysis.situations if situation.score >= SURE]


def matter_of(analysis: Analysis) -> str:
    """Return the situation by which a complaint is named; praise and questions beside it do not count."""
    return next((name for name in situation_names(analysis) if name not in CALM_SITUATIONS), "other")


def frame_of(analysis: Analysis) -> str:
    """Tell what kind of answer the mail wants: praise, question, request or complaint."""
    first = (situation_names(analysis) or ["other"])[0]
    level = analysis.intensity.level
    if apologised(analysis) and not analysis.situations:  # he writes for nothing else
        return "request"
    unharmed = not (analysis.facts.harm or analysis.threats)  # who may have come to harm does not write to praise
    only_praise = first == "praise" and len(analysis.situations) == 1 and not analysis.demands and unharmed
    if against_us(analysis) or (
        level > 1 and not (only_praise and level == 2)
    ):  # who is moved by joy sounds strong too
        return "complaint"
    if first == "praise" and unharmed and (level == 0 or len(analysis.situations) == 1):
        return "praise"
    if first == "question" and not (level and any(demand.kind in REDRESS for demand in analysis.demands)):
        return "question"
    pressing = analysis.threats or analysis.facts.attempts or analysis.facts.waiting
    asks = level == 0 or (bool(analysis.demands) and not pressing)
    return "request" if asks and first in CALM_REQUESTS else "complaint"


def is_unsaid(analysis: Analysis) -> bool:
    """Tell whether a short mail says how the customer feels and not what happened: no situation, no fact, no wish."""
    facts = analysis.facts
    named = facts.order_numbers or facts.amounts or facts.products or facts.waiting or facts.harm or facts.bereaved
    written = sum(zone.end - zone.start for zone in analysis.zones if zone.kind in ("body", "postscript", "signoff"))
    return situation_names(analysis) == ["other"] and not named and not analysis.demands and written <= _FEW_CHARACTERS


def apologised(analysis: Analysis) -> bool:
    """Tell whether the customer is sorry for how he wrote; who insults in the same mail is not."""
    return analysis.apology is not None and not against_us(analysis)


def is_misunderstood(analysis: Analysis) -> bool:
    """Tell whether to ask what was expected; to assume a misunderstanding does no harm (advice C1)."""
    names = situation_names(analysis)
    return names[:1] == ["misunderstanding"] or "misunderstanding" in sure_situations(analysis)[:2]


def is_violent(analysis: Analysis) -> bool:
    """Tell whether the customer threatens to hurt somebody: nothing is offered for that."""
    return any(threat.kind == "violence" for threat in analysis.threats)


def is_heated(analysis: Analysis) -> bool:
    return analysis.intensity.level >= 2 or "misunderstanding" in situation_names(analysis)
