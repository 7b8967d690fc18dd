"""The blocks and values of a template by their places, and its text as each branch leaves it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_PATHS = 12
"""So many branches of a block are read; no block of ours has more than nine."""

_TAG = re.compile(r"\{(?P<sign>[{%#])[-+]? *(?P<name>\w*).*?[}%#]\}", re.DOTALL)
_KINDS = {"if": "if", "elif": "elif", "else": "else", "endif": "endif", "include": "include"}
_BRANCHES = ("elif", "else")


class Tag(NamedTuple):
    """A block, a value or a remark."""

    start: int
    end: int
    kind: str  # value, if, elif, else, endif, include or other


class Path(NamedTuple):
    """The text of a template when one branch of each block is taken, with the place of each of its characters."""

    text: str
    places: list[int]


def tags_of(source: str) -> list[Tag]:
    """Return all that is Jinja, in order."""
    return [Tag(match.start(), match.end(), _kind(match)) for match in _TAG.finditer(source)]


def paths_of(source: str, text: str) -> Iterator[Path]:
    """Yield the text by branches: the first of every block, then every second, ...; the last of those that have fewer.

    `text` is the source with its Jinja blanked out, character by character; a value and an include leave their blanks.
    """
    tags = tags_of(source)
    last_of = _last_branches(tags)
    most = max(last_of.values(), default=0) + 1
    for number in range(min(most, MAX_PATHS)):
        places: list[int] = []
        place = 0
        open_at: list[tuple[int, int]] = []  # for each open block: the branch in which we are, the one that is taken
        for tag in [*tags, Tag(len(text), len(text), "other")]:
            if all(branch == taken for branch, taken in open_at):
                places += range(place, tag.end if tag.kind in ("value", "include") else tag.start)
            place = tag.end
            if tag.kind == "if":
                open_at.append((0, min(number, last_of[tag.start])))
            elif tag.kind in _BRANCHES and open_at:
                branch, taken = open_at.pop()
                open_at.append((branch + 1, taken))
            elif tag.kind == "endif" and open_at:
                open_at.pop()
        yield Path("".join(text[place] for place in places), places)


def _kind(match: re.Match[str]) -> str:
    if match["sign"] == "{":
        return "value"
    return _KINDS.get(match["name"], "other") if match["sign"] == "%" else "other"


def _last_branches(tags: list[Tag]) -> dict[int, int]:
    """Return the number of the last branch by the place of its block; without an else, nothing is one more branch."""
    last_of: dict[int, int] = {}
    open_ifs: list[int] = []
    for tag in tags:
        if tag.kind == "if":
            open_ifs.append(tag.start)
            last_of[tag.start] = 1
        elif tag.kind == "elif" and open_ifs:
            last_of[open_ifs[-1]] += 1
        elif tag.kind == "endif" and open_ifs:
            open_ifs.pop()
    return last_of
