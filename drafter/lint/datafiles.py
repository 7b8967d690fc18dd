"""The data files beside the templates: the policy, the plan, the rules of the check and their examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from drafter.briefing import load_hints
from drafter.check import CheckContext, Checker
from drafter.check.rules import Rule
from drafter.check.text import ReplyText
from drafter.errors import DrafterError, VersionError
from drafter.letters import load_letters
from drafter.lint.finding import Fault
from drafter.lint.spelling import own_words
from drafter.places import Places
from drafter.plan import load_steps
from drafter.policy import load_policy
from drafter.wording import Words

RULES = "check.yaml"
_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+): (?P<problem>.*)", re.DOTALL)
_PATTERNS = ("pattern", "first", "unless", "unless_near", "unless_reply", "unless_mail")


@lru_cache(maxsize=1)
def _shipped_checker() -> Checker:
    return Checker.load(Places())


def load_checker(places: Places) -> Checker:
    """Load the check; ours once for all company folders without rules and word lists of their own.

    Raises:
        DataError: a rule or a list breaks its format.
    """
    return Checker.load(places) if places.has_own_rules else _shipped_checker()


def data_faults(places: Places) -> Iterator[tuple[str, Fault]]:
    """Yield file and fault of what cannot be loaded, and of check rules whose examples show the contrary."""
    loaders: tuple[Callable[[Places], Any], ...] = (
        load_policy,
        load_steps,
        load_letters,
        load_hints,
        Words.load,
        own_words,
    )
    for load in loaders:
        try:
            load(places)
        except VersionError:  # the folder speaks of things that nobody here knows
            raise
        except DrafterError as error:
            yield _placed(error, "T019")
    try:
        checker = load_checker(places)
    except DrafterError as error:
        yield _placed(error, "T019")
        return
    own = places.home / "rules" / RULES if places.home else None
    if own and own.is_file():
        yield from _own_rules(checker, own)


def _own_rules(checker: Checker, path: Path) -> Iterator[tuple[str, Fault]]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    for rule in checker.rules:
        line = next((n for n, text in enumerate(lines, 1) if re.match(rf"- id: *{re.escape(rule.id)}\s*$", text)), 0)
        if not line:
            continue
        try:
            for problem in _examples(checker, rule):
                yield str(path), Fault("T020", line, 1, {"name": rule.id, "problem": problem})
        except DrafterError as error:
            yield _placed(error, "T019")


def _examples(checker: Checker, rule: Rule) -> Iterator[str]:
    """Yield which examples of a rule show the contrary of what they should."""
    for name in _PATTERNS:
        if pattern := getattr(rule, name):
            pattern.compile()
    if not rule.hit or not rule.miss:
        yield "has no example under " + ("'hit'" if not rule.hit else "'miss'")
    for wanted, texts in ((True, rule.hit), (False, rule.miss)):
        for text in texts:
            mail, arrow, reply = text.partition(" => ")
            context = CheckContext(mail=mail if arrow else "")
            spots = rule.find(ReplyText(reply if arrow else mail, checker.abbreviations, checker.greeting), context)
            if any(spots) is not wanted:
                yield f"{'misses its hit' if wanted else 'finds its miss'}: {text[:80]}"


def _placed(error: DrafterError, code: str) -> tuple[str, Fault]:
    """Put an error of a data file at its place."""
    remedy = f" ({error.remedy})" if error.remedy else ""
    match = _PLACE.fullmatch(error.message)
    if match:
        return match["file"], Fault(code, int(match["line"]), 1, {"problem": match["problem"] + remedy})
    file, _colon, problem = error.message.partition(": ")
    return file, Fault(code, fields={"problem": (problem or error.message) + remedy})
