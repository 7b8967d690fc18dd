"""What a template may do: write the values given to it, choose, go through lists, include templates. Nothing else.

Jinja's sandbox keeps templates away from Python, and bounds `range`. It bounds neither nested loops nor templates that
include themselves nor texts that double, so these are counted here: whatever stands in a template, rendering it ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, nodes, pass_context
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from drafter.messages import _, near

MAX_SOURCE = 50_000
MAX_OUTPUT = 60_000
"""Characters of a template, and of what it writes."""

MAX_STEPS = 10_000
MAX_INCLUDES = 100
"""Turns of loops, and templates included, in rendering one template."""

MAX_DEPTH = 8
MAX_LEVEL = 120
MAX_NUMBER = 10**12
TOO_DEEP = "an expression is nested too deeply"
FILTERS = frozenset([
    "abs", "capitalize", "count", "d", "default", "first", "int", "join", "last", "length", "list", "lower", "max",
    "min", "round", "sort", "trim", "unique", "upper",
])  # fmt: skip
TESTS = frozenset([
    "boolean", "defined", "divisibleby", "eq", "even", "false", "ge", "gt", "in", "le", "lt", "mapping", "ne", "none",
    "number", "odd", "sequence", "string", "true", "undefined",
])  # fmt: skip
_NODES: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.Include, nodes.Name,
    nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.Getattr, nodes.Getitem,
    nodes.Slice, nodes.Call, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Concat, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg,
    nodes.Pos,
)  # fmt: skip
_BUILTINS = frozenset(
    ["range", "lipsum", "dict", "cycler", "joiner", "namespace", "self", "caller", "super", "varargs", "kwargs"]
)
ADDRESS = re.compile(r"(?<![{%#])\{(?![{%#])([^{}|\n]*(?:\|[^{}|\n]*){1,2})\}")
"""{Sie|du|ihr}"""

_VARIANT = re.compile(r"^===[ \t]*$", re.MULTILINE)
CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_OPENER = re.compile(r"\{[{%#]")
_BRACE = re.compile(r"[{}][^{}\n]{0,40}[}]?")
_HELPER = "_is_helper"
_OF_JINJA = {"_loop_vars", "_block_vars"}
"""What Jinja hands over with a call, for functions that ask for it."""

_spent: ContextVar[int] = ContextVar("spent", default=0)


class Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which templates read the given values, and can neither run long nor fill the memory."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(undefined=_Missing, trim_blocks=True, lstrip_blocks=True, finalize=_writable,
                         autoescape=False,  # plain text: mail bodies, never HTML
                         extensions=[_Wordings], **options)  # fmt: skip
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.filters |= {"join": _join, "counted": _counted, "concatenated": _concatenated}
        self.tests = {name: self.tests[name] for name in TESTS}

    def compile(self, source: Any, name: Any = None, filename: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Compile a template that does nothing forbidden, with its loops counted.

        Raises:
            TemplateSyntaxError: it is wrong or does something that is not for templates; with its line.
        """
        try:
            tree = self.parse(source, name, filename) if isinstance(source, str) else source
            for line, problem in forbidden(tree):
                raise TemplateSyntaxError(problem, line, name, filename)
            return super().compile(_Counting().visit(tree), name, filename, *args, **kwargs)
        except (RecursionError, MemoryError, SyntaxError) as error:
            raise TemplateSyntaxError(_(TOO_DEEP), 1, name, filename) from error

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse what a short line could blow up: repeated and formatted texts, powers, endless numbers."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _concatenated([left, right])
        if operator == "**" or not all(isinstance(side, int | float | Undefined) for side in (left, right)):
            message = _("'{name}' is for numbers") if operator != "**" else _("'{name}' is not for templates")
            raise ValueError(message.format(name=operator))
        result = super().call_binop(context, operator, left, right)
        if abs(result) > MAX_NUMBER:
            raise ValueError(_("a number is larger than any letter needs"))
        return result

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a helper; that it is one need not be found out as for anything else, and letters call them by dozens."""
        if callable(obj) and getattr(obj, _HELPER, None) is obj and not kwargs.keys() - _OF_JINJA:
            return obj(*args)
        return super().call(context, obj, *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow fields of mappings and the loop variable; methods and everything else are refused."""
        return type(obj).__name__ == "LoopContext" and not attr.startswith("_")

    def join_path(self, template: str, parent: str) -> str:
        """Count the templates that a template includes: Jinja asks here for each."""
        spend(MAX_STEPS // MAX_INCLUDES)
        return super().join_path(template, parent)


def start_counting() -> None:
    """Give the template that is rendered next all its steps."""
    _spent.set(0)


def spend(steps: int) -> None:
    """Count steps of the template that is rendered.

    Raises:
        ValueError: it takes more than a letter needs.
    """
    spent = _spent.get() + steps
    _spent.set(spent)
    if spent > MAX_STEPS:
        raise ValueError(_("loops or includes without end: more steps than a letter needs"))


def joined(pieces: Iterable[str]) -> str:
    """Join what a template writes.

    Raises:
        ValueError: it is more than a letter can hold.
    """
    found, length = [], 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_OUTPUT:
            raise ValueError(_("the template writes more than a letter can hold"))
        found.append(piece)
    return "".join(found)


def prepare_source(source: str, name: str) -> str:
    """Turn `{Sie|du|ihr}` and `===` into Jinja; line numbers stay.

    Raises:
        TemplateSyntaxError: braces are left that mean nothing, or the template is too long; with the line.
    """
    if len(source) > MAX_SOURCE:
        message = _("the template is longer than {count} characters").format(count=MAX_SOURCE)
        raise TemplateSyntaxError(message, 1, name)
    forms = masked(source, address=False)
    for match in ADDRESS.finditer(forms):
        if "\0" in match[0]:
            text, line = source[match.start() : match.end()], source.count("\n", 0, match.start()) + 1
            raise TemplateSyntaxError(
                _("'{text}': forms of address hold nothing but words").format(text=text), line, name
            )
    if stray := _BRACE.search(_without_forms(forms)):
        line = source.count("\n", 0, stray.start()) + 1
        text = source[stray.start() : stray.end()]
        neither = _("'{text}' is neither {{Sie|du|ihr}} nor a value {{{{ name }}}}")
        raise TemplateSyntaxError(neither.format(text=text), line, name)
    source = ADDRESS.sub(lambda match: "{{ you(" + ", ".join(map(repr, match[1].split("|"))) + ") }}", source)
    variants = _VARIANT.split(source)
    if len(variants) == 1:
        return source
    opening = f"{{%- set chosen = variant({name!r}, {len(variants)}, turn) -%}}"
    return opening + "".join(f"{{%- wording {i} -%}}{text}{{%- endwording -%}}" for i, text in enumerate(variants))


def masked(source: str, address: bool = True) -> str:
    """Blank out what is Jinja, and `{Sie|du|ihr}`, with characters of no meaning; places and lines stay."""
    parts: list[str] = []
    place = 0
    while opener := _OPENER.search(source, place):
        end = source.find(CLOSERS[opener[0]], opener.end())
        if end < 0:  # Jinja says it better
            return "".join(parts) + _blank(source[place:])
        parts += [source[place : opener.start()], _blank(source[opener.start() : end + 2])]
        place = end + 2
    text = "".join(parts) + source[place:]
    return _without_forms(text) if address else text


def _without_forms(text: str) -> str:
    return ADDRESS.sub(lambda match: _blank(match[0]), text)


def forbidden(tree: nodes.Node, depth: int = 0, level: int = 0) -> Iterator[tuple[int, str]]:
    """Yield line and problem of whatever is not for templates; `depth` counts blocks, `level` all that is nested."""
    is_block = isinstance(tree, nodes.If | nodes.For)
    problem = _(TOO_DEEP) if level > MAX_LEVEL else _problem(tree)
    if not problem and is_block and depth > MAX_DEPTH:
        problem = _("more than {count} blocks inside of each other").format(count=MAX_DEPTH)
    if problem:
        yield tree.lineno or next((child.lineno for child in tree.iter_child_nodes() if child.lineno), 1), problem
        return
    branches = tree.elif_ if isinstance(tree, nodes.If) else []
    for child in tree.iter_child_nodes():
        yield from forbidden(child, depth + (is_block and child not in branches), level + 1)


def guarded(name: str, helper: Callable[..., Any]) -> Callable[..., Any]:
    """Make a helper say how it was called where it cannot work with what it was given."""

    def call(*values: Any) -> Any:
        try:
            return helper(*values)
        except (TypeError, KeyError, IndexError, AttributeError) as error:
            given = ", ".join(repr(value)[:60] for value in values)
            message = _("the helper '{name}' cannot work with ({given})").format(name=name, given=given)
            raise ValueError(message) from error

    setattr(call, _HELPER, call)  # nothing else can refer to itself so
    return call


def _problem(node: nodes.Node) -> str:
    match node:
        case nodes.For(recursive=True):
            return _("a loop must not call itself")
        case nodes.Name(name=name, ctx="load") if name in _BUILTINS:
            ranged = "; " + _("a loop goes through a given list") if name == "range" else ""
            return _("'{name}' is not for templates").format(name=name) + ranged
        case nodes.Call() if not isinstance(node.node, nodes.Name):
            if isinstance(node.node, nodes.Getattr):
                return _("only the helpers can be called, not '{name}'").format(name=node.node.attr)
            return _("only the helpers can be called")
        case nodes.Call() if node.dyn_args or node.dyn_kwargs:
            return _("stars in a call are not for templates")
        case nodes.Getattr(attr=attr) if attr.startswith("_"):
            return _("'{name}' is not for templates").format(name=attr)
        case nodes.Filter(name=name) if name not in FILTERS:
            return _("no filter '{name}'").format(name=name) + _nearest(name, FILTERS)
        case nodes.Test(name=name) if name not in TESTS:
            return _("no test '{name}'").format(name=name) + _nearest(name, TESTS)
        case nodes.Const(value=int() as value) if abs(value) > MAX_NUMBER:
            return _("a number is larger than any letter needs")
    if isinstance(node, _NODES):
        return ""
    name = _WRITTEN.get(type(node).__name__, type(node).__name__.lower())
    return _("'{name}' is not for templates").format(name=name)


def _nearest(name: str, known: frozenset[str]) -> str:
    return near(name, known) or f" ({', '.join(sorted(known))})"


_WRITTEN = {"FromImport": "import", "CallBlock": "call", "FilterBlock": "filter", "AssignBlock": "set without =",
            "NSRef": "set with a dot", "Pow": "**", "Scope": "autoescape"}  # fmt: skip


class _Wordings(Extension):
    """`{% wording n %}`: what a line === becomes; a tag of its own, so that no block reaches over the line."""

    tags = frozenset(("wording",))  # type: ignore[assignment]

    def parse(self, parser: Parser) -> nodes.Node:
        """Read one wording; it is written when it is the chosen one."""
        line = next(parser.stream).lineno
        number = parser.parse_expression()
        try:
            body = parser.parse_statements(("name:endwording",), drop_needle=True)
        except TemplateSyntaxError as error:
            if "endwording" not in str(error.message):
                raise
            message = _("a block begins on one side of === and ends on the other, or never")
            raise TemplateSyntaxError(message, error.lineno, error.name, error.filename) from error
        test = nodes.Compare(nodes.Name("chosen", "load"), [nodes.Operand("eq", number)])
        return nodes.If(test, body, [], [], lineno=line)


class _Counting(NodeTransformer):
    """Counts the turns of loops and the length of joined texts."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja's name
        node = self.generic_visit(node)  # type: ignore[assignment]
        node.iter = nodes.Filter(node.iter, "counted", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja's name
        node = self.generic_visit(node)  # type: ignore[assignment]
        return nodes.Filter(nodes.List(node.nodes), "concatenated", [], [], None, None, lineno=node.lineno)


class _Missing(StrictUndefined):
    """A field that a record does not have, with the nearest one that it has."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if isinstance(self._undefined_obj, Mapping) and isinstance(self._undefined_name, str):
            return _("no field '{name}'").format(name=self._undefined_name) + near(
                self._undefined_name, map(str, self._undefined_obj)
            )
        return super()._undefined_message


def _writable(value: Any) -> Any:
    """Let texts and numbers into a letter, and nothing else."""
    if isinstance(value, str | Undefined) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if callable(value):
        raise ValueError(_("a helper without brackets is nothing to write; only texts and numbers are"))
    message = _("a {kind} is nothing to write; only texts and numbers are")
    raise ValueError(message.format(kind=type(value).__name__))


@pass_context  # else Jinja would count a list that stands in the template only once
def _counted(context: Any, value: Any) -> list[Any]:
    if isinstance(value, str):
        raise ValueError(_("a loop goes through a list, not through a text"))
    items = list(value)
    spend(len(items))
    return items


def _concatenated(values: Iterable[Any]) -> str:
    return joined(str(_writable(value)) for value in values)


def _join(values: Iterable[Any], between: str = "") -> str:
    return _concatenated(piece for value in values for piece in (between, value)).removeprefix(between)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", "\0", text)
