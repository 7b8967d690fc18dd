"""Render templates with sample values in every register, and hold what they write against the rules of the check.

The values are those of variables.yaml: the sample and `also`. Every two variables that a template uses meet in all
their values, so that a branch that asks for two things is written too; each wording is taken in turn.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from jinja2 import nodes

from drafter.check import CheckContext, Checker, Spot
from drafter.data import read_rules
from drafter.errors import TemplateError
from drafter.lint.finding import Fault
from drafter.messages import _
from drafter.places import Places
from drafter.records import Mail
from drafter.regional import Variant
from drafter.rendering import Renderer
from drafter.sandbox import Environment, prepare_source
from drafter.template_files import TemplateFile, used
from drafter.wording import FORMS

MAX_WORDS = 120
"""More words in one step are too many."""

MAX_RENDERINGS = 1_000
"""Of one template in one form of address."""
_SILENT_KINDS = frozenset(("gap", "unanswered", "no_choice", "wordy"))
_SILENT_CODES = frozenset(("E1-figure", "X1-signature", "X1-empty-reply"))
"""What only a whole letter can be asked, and what the sample values bring with them."""

_MENTIONS = "mentions"


class Variable(NamedTuple):
    """A name that templates may use, with the values that it is tried with."""

    id: str
    kind: str
    values: tuple[Any, ...]
    meaning: str = ""


def load_variables(places: Places) -> dict[str, Variable]:
    """Read variables.yaml; what a company says of a name replaces what we say of it.

    Raises:
        DataError: a field is unknown or missing.
    """
    paths = dict.fromkeys(known.file("templates", "variables.yaml") for known in (Places(), places))
    blocks = [block for path in paths for block in read_rules(path, {"id", "kind", "sample", "meaning"}, {"also"})]
    return {
        block["id"]: Variable(block["id"], block["kind"], (block["sample"], *block.get("also", [])), block["meaning"])
        for block in blocks
    }


class Samples:
    """Renders the templates of one tone with sample values."""

    def __init__(self, places: Places, tone: str, variables: Mapping[str, Variable], checker: Checker) -> None:
        self._renderer = Renderer(places, (), tone)
        self._variables, self._checker = variables, checker
        self._rules = frozenset(rule.id for rule in checker.rules if rule.type == "learned")

    def faults(self, template: TemplateFile, includes: list[TemplateFile]) -> Iterator[Fault]:
        """Yield what rendering a template shows: errors, broken rules, too many words; each once."""
        seen: set[str] = set()
        read: set[tuple[str, str]] = set()
        for form in FORMS:
            for context in itertools.islice(self._contexts(template, includes, form), MAX_RENDERINGS):
                try:
                    text = self._renderer.templates.render(template.name, context)
                except TemplateError as error:
                    yield Fault("T023", fields={"problem": error.message})
                    return  # the others would fail alike
                if (form, text) in read:
                    continue
                read.add((form, text))
                for fault in self._about(text, form):
                    key = fault.code + str(fault.fields.get("code", ""))
                    if key not in seen:
                        seen.add(key)
                        yield fault

    def _about(self, text: str, form: str) -> Iterator[Fault]:
        count = len(text.split())
        if count > MAX_WORDS:
            yield Fault("T022", fields={"count": count, "limit": MAX_WORDS})
        for spot in self._checker.spots(text, CheckContext(register=form)):
            if spot.kind in _SILENT_KINDS or spot.code in _SILENT_CODES or spot.code in self._rules:
                continue
            if spot.level != "suggestion":
                fields = {"message": _(spot.message), "code": spot.code, "text": _words_of(spot, text)}
                yield Fault("T021", fields=fields)

    def _contexts(self, template: TemplateFile, includes: list[TemplateFile], form: str) -> Iterator[dict[str, Any]]:
        """Yield the values for a template: every pair of its variables in all values, for every wording."""
        files = [template, *includes]
        names = sorted({name for file in files for name in used(file.source, file.name)[0]} & set(self._variables))
        helpers = self._helpers(form)
        choices: dict[str, tuple[Any, ...]] = {
            name: self._variables[name].values for name in names if self._variables[name].kind != "helper"
        }
        if _MENTIONS in names:
            choices[_MENTIONS] = tuple(_mentions(stem) for stem in ("", *_stems(files)))
        base = {name: variable.values[0] for name, variable in self._variables.items() if variable.kind != "helper"}
        wordings = max(file.source.count("\n===") + 1 for file in files)
        for values in _pairwise(choices):
            for turn in range(wordings):
                yield {**base, **helpers, **values, "turn": turn}

    def _helpers(self, form: str) -> dict[str, Any]:
        helpers = self._renderer.sample_helpers(Mail(""), form, Variant("DE", "EUR"))
        return {**helpers, "variant": lambda _name, count, turn: turn % count}


def _words_of(spot: Spot, text: str) -> str:
    """Return what a spot is about; blanks with the words around them."""
    beside = 0 if spot.text.strip() else 12
    return text[max(0, spot.start - beside) : spot.end + beside].strip("\n")[:80]


def _pairwise(choices: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Yield assignments in which every two names meet in all their values; the others keep their first."""
    names = [name for name in choices if len(choices[name]) > 1]
    if len(names) < 2:
        yield from ({name: value} for name in choices for value in choices[name])
        yield {}
        return
    for one, other in itertools.combinations(names, 2):
        for left, right in itertools.product(choices[one], choices[other]):
            yield {one: left, other: right}


def _mentions(stem: str) -> Callable[[str], bool]:
    return lambda asked: asked == stem


def _stems(files: list[TemplateFile]) -> list[str]:
    """Return what the templates ask the helper `mentions` for."""
    found: dict[str, None] = {}
    for file in files:
        tree = Environment().parse(prepare_source(file.source, file.name))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == _MENTIONS:
                found.update((str(part.value), None) for part in call.args if isinstance(part, nodes.Const))
    return list(found)
