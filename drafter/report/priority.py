"""How urgent a mail is: points by the rules of priority.yaml over a line of report.jsonl, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from drafter.data import read_rules
from drafter.ladder import AIMED_AT_US
from drafter.messages import _
from drafter.places import Places
from drafter.records import STAGES

_FIELD = re.compile(r"\{[^{}]*\}?|\}")

Line = dict[str, Any]
"""A line of report.jsonl."""

WEIGHTS = (0, 1, 2, 4)
"""What an insult weighs by its severity."""


class PriorityRule(NamedTuple):
    """A block of priority.yaml."""

    id: str
    measure: str
    points: float
    most: float
    because: str


class Priority(NamedTuple):
    """The points of a mail, and for what: the weightiest reason first."""

    score: float
    reasons: tuple[str, ...]


def load_priorities(places: Places) -> tuple[PriorityRule, ...]:
    """Read priority.yaml.

    Raises:
        DataError: a field or a measure is unknown.
    """
    rules = []
    fields = {"id", "measure", "points", "most", "because"}
    for block in read_rules(places.file("rules", "priority.yaml"), fields, set()):
        if block["measure"] not in MEASURES:
            raise block.where.error(f"unknown measure '{block['measure']}'", f"Known: {', '.join(MEASURES)}.")
        if not all(isinstance(block[name], int | float) for name in ("points", "most")):
            raise block.where.error("'points' and 'most' are numbers")
        if not (isinstance(block["because"], str) and set(_FIELD.findall(block["because"])) <= {"{n}", "{stage}"}):
            raise block.where.error("'because' is a text; all it can name is {n} and {stage}")
        rules.append(PriorityRule(*(block[name] for name in ("id", "measure", "points", "most", "because"))))
    return tuple(rules)


def priority(rules: Iterable[PriorityRule], line: Line, now: datetime) -> Priority:
    """Add up the points of a drafted mail.

    Args:
        now: with time zone; waiting and promises are counted up to it.
    """
    found = []
    for rule in rules:
        value = MEASURES[rule.measure](line, now)
        if value > 0:
            points = min(rule.most, rule.points * value)
            stage = line["plan"]["stage"] if line["plan"] else "none"
            found.append((-points, _(rule.because).format(n=value, stage=_(stage))))
    found.sort(key=lambda reason: reason[0])
    return Priority(-sum(points for points, _text in found), tuple(text for _points, text in found))


def waiting_days(line: Line, now: datetime) -> int:
    """Return for how many days the customer has waited for our answer; 0 where no date is known."""
    since = line["conversation"]["since"] or line["mail"]["date"]
    if not since:
        return 0
    begun = datetime.fromisoformat(since)
    return max(0, (now - (begun if begun.tzinfo else begun.replace(tzinfo=now.tzinfo))).days)


def _threats(*kinds: str) -> Callable[[Line, datetime], int]:
    return lambda line, now: len({threat["kind"] for threat in line["analysis"]["threats"]} & set(kinds))


def _insult_weight(line: Line, now: datetime) -> int:
    insults = line["analysis"]["insults"]
    return sum(WEIGHTS[i["severity"]] for i in insults if i["target"] in AIMED_AT_US and not i["reported"])


def _promises_due(line: Line, now: datetime) -> int:
    days = (promise["due"] for promise in line["conversation"]["promises"])
    return sum(bool(day) and date.fromisoformat(day) <= now.date() for day in days)


MEASURES: dict[str, Callable[[Line, datetime], int]] = {
    "harm": lambda line, now: int(bool(line["analysis"]["facts"]["harm"])),
    "bereaved": lambda line, now: int(bool(line["analysis"]["facts"]["bereaved"])),
    "threat:violence": _threats("violence"),
    "threat:lawyer": _threats("lawyer"),
    "threats_public": _threats("review", "press", "consumer_protection"),
    "threats_money": _threats("cancel", "chargeback"),
    "level": lambda line, now: line["analysis"]["intensity"]["level"],
    "insult_weight": _insult_weight,
    "stage": lambda line, now: max(0, STAGES.index(line["plan"]["stage"]) - 1) if line["plan"] else 0,
    "waiting_days": waiting_days,
    "unanswered_more": lambda line, now: max(0, line["conversation"]["unanswered"] - 1),
    "rounds": lambda line, now: line["conversation"]["rounds"],
    "promises_due": _promises_due,
    "deadlines": lambda line, now: int(bool(line["analysis"]["facts"]["deadlines"])),
    "attempts": lambda line, now: line["analysis"]["facts"]["attempts"],
}
"""What points can be given for."""
