"""Findings of the template lint, and the codes that they have: models/rules/template_lint.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from drafter.data import read_rules
from drafter.messages import _
from drafter.places import Places

CODES = "template_lint.yaml"


class Code(NamedTuple):
    """A kind of fault."""

    id: str
    level: str
    message: str
    meaning: str
    hit: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()


class TemplateFinding(NamedTuple):
    """A fault of a template, at a file, line and column."""

    file: str
    line: int
    column: int
    code: str
    level: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.code} {self.message}"

    def annotation(self) -> str:
        """Return the line by which a build at GitHub shows the finding beside the code."""
        level = "error" if self.level == "error" else "warning"
        text = self.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        file = self.file.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
        return f"::{level} file={file},line={self.line},col={self.column},title={self.code}::{text}"


class Fault(NamedTuple):
    """A fault as a check finds it, before it has its message."""

    code: str
    line: int = 1
    column: int = 1
    fields: Mapping[str, Any] = {}


def load_codes(places: Places) -> dict[str, Code]:
    """Read all codes by their ids.

    Raises:
        DataError: a field is missing.
    """
    path = places.file("rules", CODES)
    blocks = read_rules(path, {"id", "level", "message", "meaning"}, {"hit", "miss"})
    return {
        block["id"]: Code(block["id"], block["level"], block["message"], block["meaning"],
                          tuple(block.texts("hit")), tuple(block.texts("miss")))
        for block in blocks
    }  # fmt: skip


def worded(faults: Iterable[Fault], path: Path | str, codes: Mapping[str, Code]) -> list[TemplateFinding]:
    """Give the faults of a file their messages."""
    return [
        TemplateFinding(str(path), fault.line, fault.column, fault.code, codes[fault.code].level,
                        _(codes[fault.code].message).format(**fault.fields))
        for fault in faults
    ]  # fmt: skip


def place_of(source: str, text: str, line: int = 0) -> tuple[int, int]:
    """Return line and column of a text, at or after a line; of the line's beginning where it does not stand there."""
    start = 0
    for _number in range(max(line, 1) - 1):
        start = source.find("\n", start) + 1
    found = source.find(text, start) if text else -1
    if found < 0 or (line and "\n" in source[start:found]):
        return max(line, 1), 1
    return source.count("\n", 0, found) + 1, found - (source.rfind("\n", 0, found) + 1) + 1


def place_in(source: str, start: int) -> tuple[int, int]:
    """Return line and column of an offset."""
    return source.count("\n", 0, start) + 1, start - (source.rfind("\n", 0, start) + 1) + 1
