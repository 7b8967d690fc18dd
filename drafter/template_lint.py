"""Check templates without a mail: syntax, unknown variables, steps without a template, option texts."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from jinja2 import TemplateSyntaxError, meta

from drafter.data import read_rules, read_text
from drafter.errors import DataError
from drafter.letters import load_letters
from drafter.places import Places
from drafter.plan import load_steps
from drafter.policy import load_policy
from drafter.sandbox import Environment, prepare_source
from drafter.templates import BASE_TONE, SUFFIX

_ENVIRONMENT = Environment()  # parses, never renders


@dataclass(frozen=True, slots=True)
class TemplateFinding:
    """A fault of a template, at a file and line."""

    file: str
    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.code} {self.message}"


def lint(places: Places) -> list[TemplateFinding]:
    """Check all templates in force, the company's and ours.

    Raises:
        DrafterError: plan.yaml, variables.yaml or drafter.toml is wrong.
    """
    known = known_variables(places)
    findings: list[TemplateFinding] = []
    for root in places.folders("templates"):
        for path in sorted(root.rglob("*" + SUFFIX)):
            findings += lint_file(path, known)
    policy = load_policy(places)
    for option in policy.option:
        findings += _lint_source(option.text, f"{places.policy}: option {option.id}", known)
    for no in policy.decline:
        findings += _lint_source(no.reason, f"{places.policy}: decline {no.id}", known)
    return findings + _missing_steps(places)


def known_variables(places: Places) -> frozenset[str]:
    """Return the names that templates may use."""
    path = places.file("templates", "variables.yaml")
    return frozenset(block["id"] for block in read_rules(path, {"id", "kind", "sample", "meaning"}, set()))


def lint_file(path: Path, known: frozenset[str]) -> list[TemplateFinding]:
    """Check one template file."""
    try:
        return _lint_source(read_text(path), str(path), known)
    except DataError as error:
        return [TemplateFinding(str(path), 1, 1, "T001", error.message)]


def _lint_source(source: str, name: str, known: frozenset[str]) -> list[TemplateFinding]:
    if not source.strip():
        return [TemplateFinding(name, 1, 1, "T002", "the template is empty")]
    try:
        tree = _ENVIRONMENT.parse(prepare_source(source, name), name)
    except TemplateSyntaxError as error:
        return [TemplateFinding(name, error.lineno, 1, "T003", error.message or "syntax error")]
    return [
        _unknown(variable, source, name, known) for variable in sorted(meta.find_undeclared_variables(tree) - known)
    ]


def _unknown(variable: str, source: str, name: str, known: frozenset[str]) -> TemplateFinding:
    near = difflib.get_close_matches(variable, known, 1)
    hint = f", did you mean '{near[0]}'?" if near else ""
    lines = source.splitlines()
    line = next((number for number, text in enumerate(lines, 1) if variable in text), 1)
    column = (lines[line - 1].find(variable) if lines else 0) + 1
    return TemplateFinding(name, line, max(column, 1), "T004", f"unknown variable '{variable}'{hint}")


def _missing_steps(places: Places) -> list[TemplateFinding]:
    steps = {"plan.yaml": [rule.name for rule in load_steps(places)]}
    steps["letters.yaml"] = [step.name for letter in load_letters(places).values() for step in letter]
    return [
        TemplateFinding(str(places.file("templates", file)), 1, 1, "T005", f"step '{name}' has no template")
        for file, names in steps.items()
        for name in names
        if not places.file("templates", f"{BASE_TONE}/{name}{SUFFIX}").is_file()
    ]
