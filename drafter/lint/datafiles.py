"""The data files beside the templates: the policy, the plan, the rules of the check and their examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from drafter.advice import load_advice
from drafter.analysis import Detectors
from drafter.briefing import load_hints
from drafter.check import CheckContext, Checker
from drafter.check.rules import OFF, OPTIONAL, REQUIRED, Rule
from drafter.check.text import ReplyText
from drafter.data import read_rules, read_text
from drafter.errors import DrafterError, VersionError
from drafter.letters import load_letters
from drafter.lint.agreement import Agreement
from drafter.lint.finding import Fault
from drafter.lint.samples import load_variables
from drafter.lint.spelling import own_words
from drafter.places import Places
from drafter.plan import load_steps
from drafter.policy import load_policy
from drafter.samples import load_samples
from drafter.wording import Words
from drafter.zones import ZoneFinder

RULES = "check.yaml"
_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+): (?P<problem>.*)", re.DOTALL)
_WITH_ADVICE = ("templates/plan.yaml", "templates/letters.yaml", "templates/briefing.yaml", f"rules/{RULES}")
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
    for load in _loaders(places):
        try:
            load(places)
        except VersionError:  # the folder speaks of things that nobody here knows
            raise
        except DrafterError as error:
            yield placed(error, "T019")
    try:
        checker = load_checker(places)
    except DrafterError as error:
        yield placed(error, "T019")
        return
    own = places.home / "rules" / RULES if places.home else None
    if own and own.is_file():
        yield from _own_rules(checker, own)


def _loaders(places: Places) -> Iterator[Callable[[Places], Any]]:
    """Yield what reads the data files; what only own rules and word lists of the analysis can break costs its time."""
    yield from (load_policy, load_steps, load_letters, load_hints, load_variables, load_samples, Words.load, own_words)
    own = {
        path.name for name in ("rules", "lexicon") for folder in places.folders(name)[:-1] for path in folder.iterdir()
    }
    if any(name.endswith((".yaml", ".tsv")) and name != RULES for name in own):
        yield from (Agreement.load, Detectors.load, ZoneFinder.load)
    if places.home and (places.home / "templates" / "advice.yaml").is_file():
        yield load_advice


def _own_rules(checker: Checker, path: Path) -> Iterator[tuple[str, Fault]]:
    rules = {rule.id: rule for rule in checker.rules}
    for block in read_rules(path, {"id"}, REQUIRED | OPTIONAL | {OFF}):
        rule = rules.get(block["id"])
        if rule is None:
            continue
        try:
            for problem in _examples(checker, rule):
                yield str(path), Fault("T020", block.where.line, 1, {"name": rule.id, "problem": problem})
        except DrafterError as error:
            yield placed(error, "T019")


def unknown_advice(places: Places, known: Iterable[str]) -> Iterator[tuple[str, Fault]]:
    """Yield where a company's plan, letters, briefing or rules follow advice that there is none of."""
    files = [places.home / name for name in _WITH_ADVICE] if places.home else []
    for path in (path for path in files if path.is_file()):
        for node in _advice_nodes(yaml.compose(read_text(path), Loader=yaml.SafeLoader)):
            if node.value not in known:
                mark = node.start_mark
                fields = {"name": node.value}
                yield str(path), Fault("T010", mark.line + 1, mark.column + 1, fields)


def _advice_nodes(root: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Yield the ids that the blocks of a list name under `advice`."""
    for block in root.value if isinstance(root, yaml.SequenceNode) else []:
        for key, value in block.value if isinstance(block, yaml.MappingNode) else []:
            if key.value == "advice":
                items = value.value if isinstance(value, yaml.SequenceNode) else [value]
                yield from (item for item in items if isinstance(item, yaml.ScalarNode))


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


def placed(error: DrafterError, code: str) -> tuple[str, Fault]:
    """Put an error of a data file or a template at its place."""
    remedy = f" ({error.remedy})" if error.remedy else ""
    match = _PLACE.fullmatch(error.message)
    if match:
        return match["file"], Fault(code, int(match["line"]), 1, {"problem": match["problem"] + remedy})
    file, _colon, problem = error.message.partition(": ")
    return file, Fault(code, fields={"problem": (problem or error.message) + remedy})
