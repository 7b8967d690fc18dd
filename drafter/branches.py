"""The branches of templates, and which of them were taken: a probe that is put into templates only when asked for.

A branch is an arm of `{% if %}` (the missing else too) or of `a if b else c`, the body or the else of a `{% for %}`, a
wording between lines ===, or one of the forms in `{Sie|du|ihr}`. The probe writes a tag `{% reach n %}` into the source
at the beginning of each, and leaves the whitespace as it is; inline arms are wrapped in the parsed template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.visitor import NodeTransformer

from drafter.messages import _
from drafter.sandbox import ADDRESS, CLOSERS, Environment
from drafter.wording import FORMS

_PIECE = re.compile(rf"\{{[{{%#]|^===[ \t]*(?:\n|\Z)|{ADDRESS.pattern}", re.MULTILINE)
_TAG = re.compile(r"\{%[-+]?\s*(?P<word>\w+)")
_STRING = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_INLINE_IF = re.compile(r"(?<![.\w])if\b")
_RAW_END = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_REACHED = "_reached_"
FORM = "form"


class Branch(NamedTuple):
    """A branch of a template and where it begins; `text` is the tag or the form that opens it."""

    file: Path
    line: int
    column: int
    kind: str  # wording, if, elif, else, no else, for, inline if, inline else, form
    text: str

    @property
    def label(self) -> str:
        """How it is called where it is told that nothing reaches it."""
        if self.kind == "wording":
            return _("this wording")
        names = {"no else": _("the case that none of the conditions holds, after"), "inline if": _("the first case of"),
                 "inline else": _("the else of")}  # fmt: skip
        return f"{names[self.kind]} {self.text}" if self.kind in names else self.text


class Probe:
    """Finds the branches of templates, marks those that are taken."""

    def __init__(self) -> None:
        self.branches: list[Branch] = []
        self.form = FORMS[0]
        self._taken: set[int] = set()
        self._forms: set[int] = set()  # the first of three numbers for each {Sie|du|ihr}
        self._sources: dict[str, str] = {}
        self._inline: dict[str, list[int]] = {}
        self._spans: dict[str, range] = {}

    def source(self, source: str, filename: str) -> str:
        """Return a template with the probe in it; the branches of a file are counted once."""
        if filename not in self._sources:
            first = len(self.branches)
            self._sources[filename] = _Instrument(self, source, filename).result()
            self._spans[filename] = range(first, len(self.branches))
        return self._sources[filename]

    def add(self, branch: Branch) -> int:
        """Take a branch in and return its number."""
        self.branches.append(branch)
        return len(self.branches) - 1

    def add_inline(self, filename: str, number: int) -> None:
        """Take in the first arm of an inline if; the second has the next number."""
        self._inline.setdefault(filename, []).append(number)

    def add_form(self, number: int) -> None:
        """Take in the first of the forms of a {Sie|du|ihr}; the others have the next numbers."""
        self._forms.add(number)

    def reach(self, number: int, value: Any = "") -> Any:
        """Mark a branch as taken; templates call it."""
        self._taken.add(number + FORMS.index(self.form) if number in self._forms else number)
        return value

    def inline(self, filename: str) -> list[int]:
        """Return the numbers of the inline ifs of a file in their order."""
        return self._inline.get(filename, [])

    def of(self, filename: str) -> list[Branch]:
        """Return the branches of a file."""
        return [self.branches[number] for number in self._spans.get(filename, ())]

    def missed(self, filename: str) -> list[Branch]:
        """Return the branches of a file that nothing has reached."""
        return [self.branches[n] for n in self._spans.get(filename, ()) if n not in self._taken]

    def is_done(self, filename: str) -> bool:
        """Tell whether all branches of a file were taken."""
        return self._taken.issuperset(self._spans.get(filename, ()))


class ProbedEnvironment(Environment):
    """The sandbox, with a probe in its templates."""

    def __init__(self, probe: Probe, **options: Any) -> None:
        super().__init__(**options)
        self.add_extension(_Reach)
        self.globals[_REACHED] = probe.reach
        self._probe = probe

    def parse(self, source: str, name: str | None = None, filename: str | None = None) -> nodes.Template:
        """Parse a template; its inline ifs say which arm they take."""
        tree = super().parse(source, name, filename)
        wrapped: nodes.Template = _Inline(self._probe.inline(filename or "")).visit(tree)
        return wrapped


class _Instrument:
    """Goes through a source once and collects what is to be put in where."""

    def __init__(self, probe: Probe, source: str, filename: str) -> None:
        self._probe, self._source, self._path = probe, source, Path(filename)
        self._parts: list[str] = []
        self._place = 0
        self._open: list[tuple[str, int, bool]] = []  # block, its place, whether it has an else

    def result(self) -> str:
        beginning = self._tag(self._branch(0, "wording", ""), "-%}")
        for start, end in self._pieces():
            piece = self._source[start:end]
            if piece.startswith("==="):
                self._put(end, self._tag(self._branch(end, "wording", ""), "-%}"))
            elif piece.startswith("{%"):
                self._block(start, end, piece)
            elif piece.startswith("{{"):
                self._inline(start, piece)
            elif not piece.startswith("{#"):
                self._address(start, piece)
        return beginning + "".join(self._parts) + self._source[self._place :]

    def _pieces(self) -> Iterator[tuple[int, int]]:
        place = 0
        while match := _PIECE.search(self._source, place):
            place = match.end()
            if closer := CLOSERS.get(match[0]):
                place = self._source.find(closer, place) + len(closer)
                if place < match.end():  # never closed: the template says so when it is compiled
                    return
            yield match.start(), place
            tag = _TAG.match(self._source, match.start())
            if tag and tag["word"] == "raw" and (end := _RAW_END.search(self._source, place)):
                place = end.end()

    def _block(self, start: int, end: int, piece: str) -> None:
        tag = _TAG.match(piece)
        word = tag["word"] if tag else ""
        if word in ("if", "for"):
            self._open.append((word, start, False))
        if word in ("if", "elif", "set", "include"):
            self._inline(start, piece, skipped=tag.end() if tag else 0)
        if word in ("if", "elif", "else", "for"):
            self._put(end, self._tag(self._branch(start, word, piece), piece[-3:] if piece[-3] in "-+" else "%}"))
        if word == "else" and self._open:
            block, place, _ = self._open.pop()
            self._open.append((block, place, True))
        elif word in ("endif", "endfor") and self._open:
            block, place, has_else = self._open.pop()
            if block == "if" and not has_else:
                opened = self._source[place : self._source.find("%}", place) + 2]
                number = self._branch(place, "no else", opened)
                self._put(start, f"{piece[:3].rstrip()} else %}}" + self._tag(number, "%}"))

    def _inline(self, start: int, piece: str, skipped: int = 0) -> None:
        text = _STRING.sub(lambda match: " " * len(match[0]), piece)
        for match in _INLINE_IF.finditer(text, skipped):
            first = self._branch(start + match.start(), "inline if", piece)
            self._branch(start + match.start(), "inline else", piece)
            self._probe.add_inline(str(self._path), first)

    def _address(self, start: int, piece: str) -> None:
        forms = piece[1:-1].split("|")
        numbers = [self._branch(start, FORM, forms[min(n, len(forms) - 1)]) for n in range(len(FORMS))]
        self._probe.add_form(numbers[0])
        self._put(start, self._tag(numbers[0], "%}"))

    def _branch(self, place: int, kind: str, text: str) -> int:
        before = self._source[:place]
        line, column = before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1
        return self._probe.add(Branch(self._path, line, column, kind, text))

    def _put(self, place: int, text: str) -> None:
        self._parts += [self._source[self._place : place], text]
        self._place = place

    def _tag(self, number: int, end: str) -> str:
        return f"{{% reach {number} {end}"


class _Reach(Extension):
    """`{% reach n %}`: what the probe writes into a source."""

    tags = frozenset(("reach",))  # type: ignore[assignment]

    def parse(self, parser: Parser) -> nodes.Node:
        """Read the number; nothing is written."""
        line = next(parser.stream).lineno
        return nodes.Output([_call(parser.parse_expression(), line)], lineno=line)


class _Inline(NodeTransformer):
    """Wraps the arms of inline ifs, in the order in which they stand."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = iter(numbers)

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:  # noqa: N802 - Jinja's name
        node.expr1 = self.visit(node.expr1)
        number = next(self._numbers, None)
        node.test = self.visit(node.test)
        node.expr2 = self.visit(node.expr2) if node.expr2 else nodes.Const("", lineno=node.lineno)
        if number is not None:
            node.expr1 = _call(nodes.Const(number), node.lineno, node.expr1)
            node.expr2 = _call(nodes.Const(number + 1), node.lineno, node.expr2)
        return node


def _call(number: nodes.Expr, line: int, *values: nodes.Expr) -> nodes.Call:
    return nodes.Call(nodes.Name(_REACHED, "load"), [number, *values], [], None, None, lineno=line)
