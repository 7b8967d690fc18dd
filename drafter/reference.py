"""The reference for template writers: all names that templates, plan, rules and policy know, gathered from the data.

    gather(places)  →  a JSON object, one list a chapter
    to_markdown(reference)  →  the text of templates/reference.md

Nothing is described here: each meaning stands beside what it describes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from drafter.check import Checker
from drafter.data import read_text
from drafter.letters import load_letters
from drafter.lint.finding import load_codes
from drafter.lint.samples import load_variables
from drafter.places import POLICY_NAME, Places, shipped
from drafter.plan import CONDITIONS, load_steps
from drafter.policy import Policy
from drafter.sandbox import FILTERS, TESTS
from drafter.template_files import in_force, included_by, tones
from drafter.templates import BASE_TONE

COMMAND = "drafter templates reference > templates/reference.md"
"""How the copy in the product is renewed."""

Row = dict[str, Any]

_KEY = re.compile(r"(?:# )?(?P<key>\w+) = (?:\"[^\"]*\"|\[[^\]]*\]|[^#\s]+) *(?:# *(?P<meaning>.*))?$")
_GOES_ON = re.compile(r"#? {8,}# *(?P<meaning>.*)$")
_TABLE = re.compile(r"(?:# )?\[{1,2}(?P<name>\w+)\]{1,2}")
_CHAPTERS: dict[str, tuple[str, str]] = {
    "values": ("Values", "`{{ name }}` writes one, `{% if name %}` asks for it. Samples are what the lint tries."),
    "letter_values": ("Values of letters only", "For the templates of `drafter confirm` and `drafter notice`."),
    "helpers": ("Helpers", "Called in `{{ }}` and `{% if %}`; two of them have a notation of their own."),
    "filters": ("Filters and tests", "Jinja's own, no others: `{{ product|upper }}`, `{% if options is defined %}`."),
    "steps": ("Steps", "In the order of `plan.yaml`; a step is taken when all its conditions hold."),
    "letters": ("Steps of letters", "In the order of `letters.yaml`."),
    "parts": ("Included templates", "Templates that others include; `{% include 'goal.txt' %}`."),
    "conditions": ("Conditions", "For `when` in `plan.yaml` and `briefing.yaml`; `not ` before one negates it."),
    "lint_codes": ("Codes of the template lint", "What `drafter templates lint` finds; a finding fills in {names}."),
    "check_codes": ("Codes of the check", "What `drafter check` finds, with an example: `drafter check --list`."),
    "policy": ("Keys of the policy", "`drafter.toml`; a key that is missing keeps the shipped value."),
}


def gather(places: Places) -> dict[str, list[Row]]:
    """Return what is known, by chapter.

    Raises:
        DrafterError: a data file is wrong.
    """
    variables = load_variables(places).values()
    rows = [{"name": v.id, "kind": v.kind, "sample": v.values[0], "others": list(v.values[1:]), "meaning": v.meaning}
            for v in variables]  # fmt: skip
    wordings = {tone: in_force(places, tone) for tone in tones(places)}

    def worded_by(name: str) -> list[str]:
        return [tone for tone, files in wordings.items() if name in files and files[name].tone == tone]

    return {
        "values": [_without(row, "kind") for row in rows if row["kind"] == "value"],
        "letter_values": [_without(row, "kind") for row in rows if row["kind"] == "letter"],
        "helpers": [_without(row, "kind", "others") for row in rows if row["kind"] == "helper"],
        "filters": [{"kind": "filters", "names": sorted(FILTERS)}, {"kind": "tests", "names": sorted(TESTS)}],
        "steps": [_step(rule.name, rule.advice, rule.because, worded_by) | _plan_fields(rule)
                  for rule in load_steps(places)],
        "letters": [{"letter": letter} | _step(step.name, step.advice, step.why, worded_by)
                    for letter, steps in load_letters(places).items() for step in steps],
        "parts": _parts(wordings, worded_by),
        "conditions": [{"name": name, "meaning": condition.meaning} for name, condition in CONDITIONS.items()],
        "lint_codes": [{"code": code.id, "level": code.level, "meaning": code.meaning, "message": code.message}
                       for code in load_codes(places).values()],
        "check_codes": _check_codes(places),
        "policy": _policy(),
    }  # fmt: skip


def to_markdown(reference: Mapping[str, list[Row]]) -> str:
    """Return the reference as a page of tables."""
    lines = ["# Reference for template writers", "", f"Written by `{COMMAND}`; not to be edited.", ""]
    lines += [f"- [{_CHAPTERS[key][0]}](#{_CHAPTERS[key][0].lower().replace(' ', '-')})" for key in reference]
    for key, rows in reference.items():
        title, about = _CHAPTERS[key]
        lines += ["", f"## {title}", "", about, ""]
        lines += _table(rows)
    return "\n".join(lines) + "\n"


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _step(name: str, advice: Iterable[str], because: str, worded_by: Any) -> Row:
    return {"step": name, "advice": list(advice), "because": because, "worded_by": worded_by(name)}


def _plan_fields(rule: Any) -> Row:
    marks = [mark for mark, holds in (("join", rule.join), ("spare", rule.spare)) if holds]
    return {"when": list(rule.when), "promises": rule.promises.what if rule.promises else "", "marks": marks}


def _parts(wordings: Mapping[str, Mapping[str, Any]], worded_by: Any) -> list[Row]:
    """Return the templates that others include, with who does so in any tone."""
    users: dict[str, dict[str, None]] = {}
    for files in wordings.values():
        for name, others in included_by(files).items():
            users.setdefault(name, {}).update(dict.fromkeys(others))
    base = wordings[BASE_TONE]
    return [{"template": name, "included_by": list(others), "about": base[name].note if name in base else "",
             "worded_by": worded_by(name)} for name, others in sorted(users.items())]  # fmt: skip


def _check_codes(places: Places) -> list[Row]:
    rules = sorted(Checker.load(places).rules, key=lambda rule: (rule.kind, rule.id))
    return [{"code": rule.id, "kind": rule.kind, "level": rule.level, "advice": rule.advice, "message": rule.message}
            for rule in rules]  # fmt: skip


def _policy() -> list[Row]:
    """Return the keys of the shipped policy by table, with what the file says about each."""
    said = _said_in(read_text(shipped("templates") / POLICY_NAME))
    rows: list[Row] = []
    for table, field in Policy.model_fields.items():
        model = _model_of(field.annotation)
        if model is None:
            default = field.default
            rows.append({"key": table, "default": default, "meaning": said.get(table, "")})
            continue
        for name, inner in model.model_fields.items():
            key = f"{table}.{inner.alias or name}"
            default = "" if inner.is_required() else inner.default
            rows.append({"key": key, "default": default, "meaning": said.get(key, "")})
    return rows


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """Return the table behind a field: of its own, or of the lists [[option]] and [[decline]]."""
    candidates = (annotation, *get_args(annotation))
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)


def _said_in(source: str) -> dict[str, str]:
    """Return the remarks behind the keys of a policy file, by table and key."""
    said: dict[str, str] = {}
    table, last = "", ""
    for line in source.splitlines():
        if header := _TABLE.fullmatch(line.strip()):
            table, last = header["name"] + ".", ""
        elif found := _KEY.match(line):
            last = table + found["key"]
            said.setdefault(last, found["meaning"] or "")
        elif last and (more := _GOES_ON.match(line)):
            said[last] = f"{said[last]} {more['meaning']}".strip()
    return said


def _table(rows: list[Row]) -> list[str]:
    if not rows:
        return ["None."]
    heads = list(rows[0])
    lines = ["| " + " | ".join(head.replace("_", " ") for head in heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(_cell(head, row[head]) for head in heads) + " |" for row in rows]


_CODE = {"name", "names", "sample", "others", "step", "template", "code", "key", "default", "when", "included_by"}
"""Columns whose values are written as they are typed."""


def _cell(head: str, value: Any) -> str:
    items = value if isinstance(value, list) and head != "sample" else [value]
    texts = [_plain(item) for item in items]
    if head == "message":  # of a lint code, where {{ stands for {
        texts = [text.replace("{{", "{").replace("}}", "}") for text in texts]
    if head in _CODE:
        texts = [f"`{text}`" if text else _empty(head) for text in texts]
    return ", ".join(texts).replace("|", "\\|")


def _empty(head: str) -> str:
    return '`""`' if head in ("sample", "others") else ""


def _plain(value: Any) -> str:
    """Write a value as a template or a policy would: lists in brackets, true and false in small letters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_plain(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(item)}" for key, item in value.items()) + "}"
    return "" if value is None else str(value)
