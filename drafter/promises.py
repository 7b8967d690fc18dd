"""What a reply promises and until when (advice E3): by the rules of plan.yaml and drafter.toml, not by its words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from drafter.analysis.duedates import DueDates
from drafter.places import Places
from drafter.plan import StepRule
from drafter.policy import Policy, PromiseRule
from drafter.records import Option, Outcome, Paragraph, Promise

OPTION = "option"
_WORD = re.compile(r"\w+")
_GAP = re.compile(r"\[\[[^\]\n]{0,200}\]\]")
_ITEM_WORDS = 4
"""By so many words the line of an option is known again, whatever a person has put into its gap."""

_STANDS = 0.6
"""From this share of its words a paragraph still stands in an edited draft."""


def promises_of(
    policy: Policy, steps: tuple[StepRule, ...], places: Places, outcome: Outcome, today: date
) -> tuple[Promise, ...]:
    """Return what a draft promises that is accepted today; what a person has struck out is not promised."""
    if not (outcome.plan and outcome.draft):
        return ()
    body, rules = outcome.draft.body, {rule.name: rule.promises for rule in steps}
    found = []
    for paragraph in standing(outcome.draft.paragraphs, body):
        for step in paragraph.steps:
            if rule := rules.get(step.name):
                found.append(Promise(step.name, rule.what, _within(rule, policy, today)))
    offered = {option.id: option for option in outcome.plan.options}
    bound = [(rule.promises, offered[rule.id]) for rule in policy.option if rule.promises and rule.id in offered]
    return (*found, *_offered(bound, body, policy, places, today))


def standing(paragraphs: Iterable[Paragraph], body: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a draft that are left in its body after a person edited it."""
    blocks = [_WORD.findall(block.casefold()) for block in re.split(r"\n\s*\n", body)]
    return tuple(p for p in paragraphs if _stands(_WORD.findall(p.text.casefold()), blocks, body))


def offers(body: str, option: Option) -> bool:
    """Tell whether an option still stands in the draft, its gaps filled or not: a person may have struck it out."""
    words = _words(body)
    return all(_words(part) in words for part in _GAP.split(option.text) if _WORD.search(part))


def _stands(words: list[str], blocks: list[list[str]], body: str) -> bool:
    matcher = difflib.SequenceMatcher(None, [], words, autojunk=False)
    for block in blocks:
        matcher.set_seq1(block)
        if sum(match.size for match in matcher.get_matching_blocks()) >= _STANDS * len(words):
            return True
    return False


@lru_cache(maxsize=4)
def _due_dates(places: Places) -> DueDates:
    """Read the word lists once: a run accepts many drafts."""
    return DueDates.load(places)


def _offered(
    bound: list[tuple[PromiseRule, Option]], body: str, policy: Policy, places: Places, today: date
) -> Iterable[Promise]:
    """Yield what the options promise: those whose day is still a gap promise nothing yet."""
    if not bound:
        return
    reader = _due_dates(places)
    for rule, option in bound:
        if not offers(body, option):
            continue
        due = _within(rule, policy, today)
        if rule.due:
            found = reader.find(_line_of(option, body), today, policy.calendar.workdays)
            due = found.day if found else None
        if due:
            yield Promise(OPTION, rule.what, due, option.id)


def _within(rule: PromiseRule, policy: Policy, today: date) -> date | None:
    if rule.within is None:
        return None
    days = rule.within if isinstance(rule.within, int) else int(getattr(policy.deadlines, rule.within))
    return today + timedelta(days=days) if rule.calendar else policy.calendar.workdays.add(today, days)


def _line_of(option: Option, body: str) -> str:
    """Return the line of the body in which an option stands; its gaps count for nothing."""
    start = " ".join(_WORD.findall(_GAP.split(option.text)[0].casefold())[:_ITEM_WORDS])
    lines = (_GAP.sub("", line) for line in body.splitlines())
    return next((line for line in lines if start and start in " ".join(_WORD.findall(line.casefold()))), "")


def _words(text: str) -> str:
    """Return the bare words: spelling of sharp s and quotation marks may differ."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
