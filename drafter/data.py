"""Turn data files into records, or say with file and line what is wrong with them.

Two formats only: tab-separated word lists (`read_table`) and YAML rules
(`read_rules`). Rules carry their own examples: `hit` texts must match, `miss` texts
must not; the tests run them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from drafter.errors import DataError

_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""How the files of office programs begin, new and old, and texts in UTF-16."""

MAX_RULES = 2_000_000
"""Characters of a file of rules; the longest of ours has a tenth of it."""

_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
)
MAX_NODES = 20_000
"""Values of one rule, aliases followed; the longest of ours has some hundred."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Where(NamedTuple):
    """A place in a data file, printed as file:line; a tuple, because every row of every table makes one."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}"

    def error(self, problem: str, remedy: str = "") -> DataError:
        """Make the error that names this place."""
        return DataError(f"{self.path}:{self.line}: {problem}", remedy)


@dataclass(frozen=True, slots=True)
class Block:
    """One rule as it stands in a YAML list, with its place."""

    fields: dict[str, Any]
    where: Where

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field or the default."""
        return self.fields.get(name, default)

    def texts(self, name: str) -> list[str]:
        """Return a field that is a list of texts, a single text, or missing.

        Raises:
            DataError: it is something else.
        """
        value = self.fields.get(name, [])
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.where.error(f"'{name}' must be a text or a list of texts")
        return items


def read_text(path: Path) -> str:
    """Read a UTF-8 file.

    Raises:
        DataError: it is missing, unreadable or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, error.object, error.start) from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error


def _unreadable(path: Path, data: bytes, start: int) -> DataError:
    """Say what a file is that is not UTF-8, and where it stops being it."""
    if data.startswith(_OFFICE):
        remedy = "Save it from there as plain text, in UTF-8."
        return DataError(f"{path}:1: a file of an office program, not a text", remedy)
    if data.startswith(_UTF16) or data[:200].count(0) > len(data[:200]) // 3:
        return DataError(f"{path}:1: UTF-16, not UTF-8", "Save the file as UTF-8.")
    line = data[:start].count(b"\n") + 1
    return DataError(f"{path}:{line}: not UTF-8", "Save the file as UTF-8.")


def read_table(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[dict[str, str], Where]]:
    """Yield the rows of a tab-separated list; lines that begin with # are remarks.

    Trailing columns may be left out and are then empty.

    Raises:
        DataError: a row has too many columns or an empty first one.
    """
    wanted = len(columns)
    filler = [""] * wanted
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if line.startswith("#") or not line or line.isspace():
            continue
        where = Where(path, number)
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) > wanted or not cells[0]:
            raise where.error(f"expected the columns {', '.join(columns)}; found {len(cells)}")
        yield dict(zip(columns, cells + filler, strict=False)), where


def read_rules(path: Path, required: set[str], optional: set[str]) -> list[Block]:
    """Read a YAML file that holds one list of mappings.

    Raises:
        DataError: not YAML, not a list of mappings, an unknown or a missing field, or an id twice.
    """
    text = read_text(path)
    if len(text) > MAX_RULES:
        raise DataError(f"{path}:1: longer than {MAX_RULES} characters", "Take out what is not needed.")
    try:
        root = yaml.compose(text, Loader=_Loader)
    except RecursionError as error:
        raise DataError(f"{path}:1: nested too deeply") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise DataError(f"{path}:{line}: {getattr(error, 'problem', None) or error}") from error
    if root is None:
        raise DataError(f"{path}:1: the file is empty", "Delete it, or write a rule.")
    if not isinstance(root, yaml.SequenceNode):
        raise DataError(f"{path}:1: expected a list of rules, each beginning with '- '")
    blocks = [_read_block(path, node, required, optional) for node in root.value]
    _refuse_twins(blocks)
    return blocks


def _read_block(path: Path, node: yaml.Node, required: set[str], optional: set[str]) -> Block:
    where = Where(path, node.start_mark.line + 1)
    if not isinstance(node, yaml.MappingNode):
        raise where.error("a rule must be a mapping of fields")
    fields = _Builder(path).build(node)
    if unknown := set(fields) - required - optional:
        known = ", ".join(sorted(required | optional))
        raise where.error(f"unknown field {', '.join(sorted(map(str, unknown)))} (known: {known})")
    if missing := required - set(fields):
        raise where.error(f"missing field {', '.join(sorted(missing))}")
    return Block(fields, where)


class _Builder:
    """Turns nodes into plain values: the parsed tree is walked here to keep the line marks at hand.

    Aliases can make a short file endless, so nodes are counted, and one inside of itself is refused.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._open, self._built = path, set[int](), 0

    def build(self, node: yaml.Node) -> Any:
        self._built += 1
        if id(node) in self._open or self._built > MAX_NODES:
            raise self._error(node, "an alias makes this endless")
        if node.tag not in _PLAIN_TAGS:
            raise self._error(node, f"the tag '{node.tag}' is not for data files")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._open.add(id(node))
        value = self._mapping(node) if isinstance(node, yaml.MappingNode) else [self.build(n) for n in node.value]
        self._open.discard(id(node))
        return value

    def _mapping(self, node: yaml.MappingNode) -> dict[Any, Any]:
        fields: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error(key_node, "the name of a field must be a word")
            key = self.build(key_node)
            if key in fields:
                raise self._error(key_node, f"field '{key}' stands twice")
            fields[key] = self.build(value_node)
        return fields

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            match node.tag.rsplit(":", 1)[-1]:
                case "int":
                    return int(node.value)
                case "float":
                    return float(node.value)
                case "bool":
                    return node.value.lower() in ("true", "yes", "on")
                case "null":
                    return None
        except ValueError as error:
            raise self._error(node, f"'{node.value[:40]}' is no plain number; put a text in quotes") from error
        return node.value

    def _error(self, node: yaml.Node, problem: str) -> DataError:
        return Where(self._path, node.start_mark.line + 1).error(problem)


def _refuse_twins(blocks: list[Block]) -> None:
    seen: dict[str, Where] = {}
    for block in blocks:
        name = block.get("id")
        if name in seen and name is not None:
            raise block.where.error(f"id '{name}' is taken already (line {seen[name].line})")
        seen[name] = block.where
