"""The ladder of answers to disrespect: where a conversation stands, and which stage the next reply takes.

    none → overlook → request → mirror → announce → end

Pure functions of what was found in the mail, what the policy tolerates, and what was accepted before (advice B1 to B7).
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from drafter.policy import Tolerance
from drafter.records import STAGES, Accepted, Analysis, Conversation, Insult

AIMED_AT_US = ("agent", "staff", "company")
PERSONS = ("agent", "staff")
ASKING = ("request", "mirror")
"""Stages in which the reply asks for respect."""

QUOTABLE_SEVERITY = 1
"""Only belittling words may be given back to the customer, never clear or vulgar insults (advice B4)."""

VULGAR = 3


class Standing(NamedTuple):
    """Where a conversation stands on the ladder before the mail at hand."""

    stage: str = "none"
    asked: int = 0  # how often respect was asked for
    slips: int = 0  # insulting mails that were overlooked
    points: float = 0.0  # what the insults in them weighed
    last: datetime | None = None  # the latest insulting mail


def against_us(analysis: Analysis) -> tuple[Insult, ...]:
    """Return the insults that climb the ladder: aimed at us, and not merely reported."""
    return tuple(i for i in analysis.insults if i.target in AIMED_AT_US and not i.reported)


def quotable(insults: tuple[Insult, ...]) -> tuple[Insult, ...]:
    """Return the insults that may be repeated to the customer, if all of them are mild."""
    fit = tuple(insult for insult in insults if insult.severity <= QUOTABLE_SEVERITY and insult.target == "agent")
    return fit if len(fit) == len(insults) else ()


def points_of(insults: tuple[Insult, ...], tolerance: Tolerance) -> float:
    """Weigh insults by severity and by whom they hit."""
    weights = {"agent": tolerance.weight_agent, "staff": tolerance.weight_staff, "company": tolerance.weight_company}
    severities = {1: tolerance.points_mild, 2: tolerance.points_clear, 3: tolerance.points_vulgar}
    return sum(severities[insult.severity] * weights[insult.target] for insult in insults)


def due_stage(analysis: Analysis, tolerance: Tolerance, past: Conversation) -> str:
    """Return the stage that the reply has to take, before anybody confirmed an end."""
    insults = against_us(analysis)
    if not insults:
        return "none"
    alone = _stage_alone(insults, tolerance)
    points = points_of(insults, tolerance)
    before = standing(past, tolerance)
    if _rank(before.stage) < _rank("request"):
        tired = before.points + points >= tolerance.request_from or before.slips >= tolerance.overlook_mails
        return "request" if tired and alone == "overlook" else alone
    if points < tolerance.climb_from:
        return "overlook"
    following = STAGES[min(_rank(before.stage) + 1, len(STAGES) - 1)]
    return max(alone, following, key=_rank)


def standing(past: Conversation, tolerance: Tolerance) -> Standing:
    """Go through the replies he can have read: stages climb, an apology and good conduct bring them down."""
    now = Standing()
    for reply in past.read:
        if reply.apologised:
            now = Standing()
        elif reply.stage != "none":
            now = _after(_calmed(now, reply.when, tolerance), reply)
    return _calmed(now, past.when, tolerance)


def _stage_alone(insults: tuple[Insult, ...], tolerance: Tolerance) -> str:
    """Place a single mail on the ladder: at most `mirror`, the rest needs a history."""
    points = points_of(insults, tolerance)
    vulgar = any(insult.severity == VULGAR and insult.target in PERSONS for insult in insults)
    if points < tolerance.request_from and not (vulgar and tolerance.vulgar_asks):
        return "overlook"
    return "mirror" if points >= tolerance.mirror_from and quotable(insults) else "request"


def _after(before: Standing, reply: Accepted) -> Standing:
    last = max(before.last or reply.when, reply.when)  # clocks may go back
    if reply.stage == "overlook":
        stage = max(before.stage, "overlook", key=_rank)
        return Standing(stage, before.asked, before.slips + 1, before.points + reply.points, last)
    asked = before.asked + (reply.stage in ASKING)
    return Standing(reply.stage, asked, before.slips, before.points, last)


def _calmed(before: Standing, when: datetime | None, tolerance: Tolerance) -> Standing:
    """Take one stage back for every period without an insult; a clock that went back takes none."""
    if not (tolerance.calm_days and before.last and when):
        return before
    periods = max(0, (when - before.last).days) // tolerance.calm_days
    left = _rank(before.stage) - periods
    if left < _rank("overlook"):
        return Standing()
    stage = STAGES[left]
    spent = stage == "overlook" and periods > 0
    return Standing(stage, before.asked, 0 if spent else before.slips, 0.0 if spent else before.points, before.last)


def _rank(stage: str) -> int:
    return STAGES.index(stage)
