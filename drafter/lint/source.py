"""What can be said of a template by reading it: syntax, names, includes, remarks, HTML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jinja2 import TemplateSyntaxError, meta, nodes

from drafter.lint.finding import Fault, place_in, place_of
from drafter.lint.register import Address
from drafter.messages import _, near
from drafter.sandbox import TOO_DEEP, Environment, forbidden, masked, prepare_source
from drafter.syntax import open_block, plain_problem, sign_of
from drafter.template_files import TemplateFile, includes

EXAMPLE = "{# advice: A1 -- why it stands there #}"
_ENVIRONMENT = Environment()
_HTML = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,20}(?:\s[^<>\n]{0,200})?/?>|<!--|&(?:[a-zA-Z]{2,20}|#\d{1,6});")
_SEPARATOR = re.compile(r"^===[ \t]*$", re.MULTILINE)
_LOOKALIKE = re.compile(r"^[ \t]*={2,10}[ \t]*$|[｛｜｝]+", re.MULTILINE)
_REMARK = re.compile(r"\{#.*?(?:#\}|\Z)", re.DOTALL)
_OWN_NAMES = {"chosen"}


class Known(NamedTuple):
    """What a template is held against."""

    variables: frozenset[str]
    advice: frozenset[str]
    steps: frozenset[str]  # the templates that need to name their advice
    templates: Mapping[str, TemplateFile]  # that it may include
    address: Address


def source_faults(source: str, name: str, known: Known, is_file: bool = True) -> Iterator[Fault]:
    """Yield what is wrong with a template; where its syntax is, nothing else is said."""
    source = source.removeprefix("\ufeff")
    if empty := _empty(source):
        yield Fault("T002", empty)
        return
    try:
        tree = _ENVIRONMENT.parse(prepare_source(source, name), name)
    except TemplateSyntaxError as error:
        yield _syntax_fault(source, str(error.message), error.lineno)
        return
    except (RecursionError, ValueError) as error:
        yield Fault("T003", 1, 1, {"problem": str(error) or _(TOO_DEEP)})
        return
    refused = list(_refused(tree, source))
    yield from refused or _names(tree, source, known)
    if any(fault.fields["problem"] == _(TOO_DEEP) for fault in refused):  # nothing else can walk it
        return
    yield from _includes(tree, source, name, known)
    yield from known.address.faults(source)
    yield from _characters(source)
    if is_file and name in known.steps:
        yield from _advice(source, known)


def _syntax_fault(source: str, message: str, line: int) -> Fault:
    start = open_block(source, message)
    sign = sign_of(message) or _named_in(message)
    place = place_in(source, start) if start >= 0 else place_of(source, sign, line)
    return Fault("T003", *place, {"problem": plain_problem(message)})


def _empty(source: str) -> int:
    """Return the line of a wording that says nothing, or 0."""
    place = 0
    for wording in _SEPARATOR.split(source):
        if not _REMARK.sub("", wording).strip():
            return source.count("\n", 0, place) + 1 + (place > 0)
        place += len(wording) + len("===")
    return 0


def _refused(tree: nodes.Template, source: str) -> Iterator[Fault]:
    for line, problem in forbidden(tree):
        yield Fault("T024", *place_of(source, _named_in(problem), line), {"problem": problem})


def _named_in(problem: str) -> str:
    quoted = re.search(r"'([^']+)'", problem)
    return quoted[1] if quoted else ""


def _names(tree: nodes.Template, source: str, known: Known) -> Iterator[Fault]:
    for name in sorted(meta.find_undeclared_variables(tree) - known.variables):
        line = next((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), 1)
        yield Fault("T004", *place_of(source, name, line), {"name": name, "near": near(name, known.variables)})
    read = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    for assign in tree.find_all(nodes.Assign):
        target = assign.target
        if isinstance(target, nodes.Name) and target.name not in read | _OWN_NAMES:
            yield Fault("T008", *place_of(source, target.name, assign.lineno), {"name": target.name})


def _includes(tree: nodes.Template, source: str, name: str, known: Known) -> Iterator[Fault]:
    first = {included: line for line, included in reversed(list(includes(tree)))}
    for included, line in first.items():
        place = place_of(source, included, line)
        if "*" not in included and included not in known.templates:
            yield Fault("T006", *place, {"name": included, "near": near(included, known.templates)})
        elif path := _way_back(included, name, known):
            yield Fault("T014", *place, {"path": " > ".join((name, *path))})


def _way_back(start: str, goal: str, known: Known) -> tuple[str, ...]:
    """Return the includes that lead from one template to another; empty where none do."""
    waiting: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path[-1] == goal:
            return path
        if path[-1] in seen or path[-1] not in known.templates:
            continue
        seen.add(path[-1])
        try:
            tree = _ENVIRONMENT.parse(prepare_source(known.templates[path[-1]].source, path[-1]))
            waiting += [(*path, name) for _line, name in includes(tree)]
        except (TemplateSyntaxError, RecursionError, ValueError):
            continue
    return ()


def _characters(source: str) -> Iterator[Fault]:
    text = masked(source)
    for match in _HTML.finditer(text):
        yield Fault("T015", *place_of(source, match[0]), {"text": match[0][:40]})
    for number, line in enumerate(source.split("\n"), 1):
        for column, sign in enumerate(line, 1):
            if unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cn") and sign not in "\r\t\u00ad":
                label = unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
                yield Fault("T025", number, column, {"name": label})
                break
    for match in _LOOKALIKE.finditer(source):
        meant = "===" if "=" in match[0] else unicodedata.normalize("NFKC", match[0])
        if match[0].rstrip() != meant:
            yield Fault("T029", *place_in(source, match.start()), {"text": match[0].strip(" \t"), "meant": meant})


def _advice(source: str, known: Known) -> Iterator[Fault]:
    head = TemplateFile.advice_of(source)
    if not head:
        yield Fault("T009", 1, 1, {"example": EXAMPLE})
    for name in head:
        if name not in known.advice:
            yield Fault("T010", *place_of(source, name), {"name": name})
