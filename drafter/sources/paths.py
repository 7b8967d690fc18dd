"""Paths into JSON, as data files write them: `from.0.email`, `to[role=cc].handle`, `tags.*.name`, `a + b`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

MAX_FOUND = 200
"""Values of a list beyond this are left out."""

_STEP = re.compile(r"([^.\[\]=]*)\[([^=\]]+)=([^\]]*)\]")


def at_path(value: Any, path: str) -> Any:
    """Return what stands at a path, None where nothing does; a list where it goes through `*` or a condition."""
    if " + " in path:
        parts = (at_path(value, part) for part in path.split(" + "))
        return " ".join(part for part in parts if isinstance(part, str) and part.strip()) or None
    return _walk(value, _steps(path))


def _walk(value: Any, steps: tuple[Any, ...]) -> Any:
    for number, step in enumerate(steps):
        if isinstance(step, tuple):
            return [_walk(item, steps[number + 1 :]) for item in _chosen(value, *step)]
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _chosen(value: Any, name: str, key: str, wanted: str) -> list[Any]:
    value = value.get(name) if isinstance(value, dict) and name else value
    items = value[:MAX_FOUND] if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict) and str(item.get(key)) == wanted] if key else items


@lru_cache(maxsize=2_000)
def _steps(path: str) -> tuple[Any, ...]:
    """Split a path; a step is a name, or a triple of name, key and wanted value for a choice of a list."""
    steps: list[Any] = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        steps.append(match.groups() if match else ("", "", "") if part == "*" else part)
    return tuple(steps)
