"""The notice of a delay before a deadline is missed, with a new date and alternatives (advice E2)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from drafter.errors import DrafterError
from drafter.letters import Letter
from drafter.messages import _
from drafter.notes import PAST_DAY, Doubt, day_doubts, sentence, spelled
from drafter.records import Mail, Promise
from drafter.workdays import Workdays

KIND = "notice"
MET = frozenset({"appointment"})
"""What the new date itself meets: options that offer nothing else are left out."""


class Delay(NamedTuple):
    """What is known of a delay; nothing else is claimed."""

    what: str = ""
    number: str = ""
    old: date | None = None
    new: date | None = None
    reason: str = ""
    alternatives: tuple[str, ...] = ()  # instead of the options of the policy
    situation: str = "delivery_late"


def delay_notice(delay: Delay, mail: Mail, name: str, today: date, workdays: Workdays) -> Letter:
    """Make the letter of a delay.

    Raises:
        DrafterError: the new date is over, or no later than the old one.
    """
    _refuse_impossible(delay, today)
    old, new = (spelled(day, workdays.country) if day else "" for day in (delay.old, delay.new))
    doubts = day_doubts(delay.new, new, today, workdays) if delay.new else []
    late = delay.old is not None and delay.old < today
    if late and delay.old:
        message = _("{day} is over already: the customer should have known before.")
        doubts.append(Doubt(PAST_DAY, old, message.format(day=delay.old.isoformat())))
    values: dict[str, Any] = {
        "old": old, "new": new, "late": late, "reason": sentence(_line(delay.reason)),
        "alternatives": [sentence(_line(text)) for text in delay.alternatives],
    }  # fmt: skip
    given = (old, new, delay.what, delay.number, values["reason"], *values["alternatives"])
    return Letter(
        KIND, mail, name, delay.number, _line(delay.what), "" if delay.alternatives else delay.situation, MET,
        values, given, tuple(doubts), " ".join((delay.what, delay.number, str(delay.old))),
        (Promise(KIND, " ".join((_line(delay.what), delay.number)).strip(), delay.new),) if delay.new else (),
    )  # fmt: skip


def _refuse_impossible(delay: Delay, today: date) -> None:
    remedy = _("Name a later day with --new.")
    if delay.new and delay.new < today:
        raise DrafterError(_("The new date, {day}, is over already.").format(day=delay.new.isoformat()), remedy)
    if delay.new and delay.old and delay.new <= delay.old:
        message = _("The new date, {new}, is no later than the old one, {old}.")
        raise DrafterError(message.format(new=delay.new.isoformat(), old=delay.old.isoformat()), remedy)


def _line(text: str) -> str:
    return " ".join(text.split())[:500]
