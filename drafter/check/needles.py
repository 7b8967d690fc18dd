"""Needles: runs of letters that a text must hold for a pattern to match, read off the pattern itself.

Looking for letters costs next to nothing, so that most patterns are neither compiled nor tried for most texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

Choice = tuple[str, ...]
"""Runs one of which must be there."""

Needles = tuple[Choice, ...]
"""Choices each of which must be met; none where nothing is certain."""

_ELEMENT = re.compile(
    r"(?P<group>\{[a-z_]+\})|(?P<open>\((?:\?[:=!<]*[=!:]?|\?-i:)?)|(?P<letters>[a-zA-ZäöüÄÖÜ]+)"
    r"|\\.|\[[^\]]*\]|.",
    re.DOTALL,
)
_MAYBE = re.compile(r"\?|\{0|\*")


def choices(source: str) -> list[str]:
    """Split a pattern at the `|` that stand outside all brackets."""
    depth, parts = 0, [""]
    for match in _ELEMENT.finditer(source):
        sign = match.group()
        depth += bool(match["open"]) - (sign == ")")
        if sign == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def needles(source: str, groups: Mapping[str, tuple[str, ...]]) -> Needles:
    """Return the needles of a pattern without a top-level choice; `groups` are the words behind {names}."""
    found: list[Choice] = []
    place = 0
    while match := _ELEMENT.match(source, place):
        place = match.end()
        if match["open"]:
            inside, place = source[match.end() : _closing(source, place)], _closing(source, place) + 1
            if match["open"] in ("(", "(?:", "(?-i:") and not _MAYBE.match(source, place):
                found.append(_any_of(tuple(choices(inside)), groups))
        elif match["group"] and not _MAYBE.match(source, place):
            found.append(_group_choice(match["group"][1:-1], groups))
        elif run := match["letters"]:
            certain = run[:-1] if _MAYBE.match(source, place) and source[place] != "*" else run
            found.append((certain.lower(),) if len(certain) > 1 else ())
    return tuple(choice for choice in found if choice)


def _any_of(alternatives: tuple[str, ...], groups: Mapping[str, tuple[str, ...]]) -> Choice:
    """Return one run per alternative; nothing where an alternative has none."""
    best = [_best(needles(alternative, groups)) for alternative in alternatives]
    return tuple(dict.fromkeys(run for choice in best for run in choice)) if all(best) else ()


def _best(found: Needles) -> Choice:
    """Return the choice that is met most rarely: the one whose shortest run is longest."""
    return max(found, key=lambda choice: min(map(len, choice)), default=())


def _group_choice(name: str, groups: Mapping[str, tuple[str, ...]]) -> Choice:
    return _of_words(groups.get(name, ()), _frozen(groups))


def _frozen(groups: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(groups.items())


@cache
def _of_words(words: tuple[str, ...], groups: tuple[tuple[str, tuple[str, ...]], ...]) -> Choice:
    return _any_of(words, dict(groups)) if words else ()


def _closing(source: str, start: int) -> int:
    """Return the place of the bracket that closes the one before `start`."""
    depth = 1
    for match in _ELEMENT.finditer(source, start):
        depth += bool(match["open"]) - (match.group() == ")")
        if not depth:
            return match.start()
    return len(source)
