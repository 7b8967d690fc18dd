"""The small pattern language of the check rules, turned into regular expressions that cannot run away.

    {group}   any of the words that `check_words.tsv` lists under that name
    <3>       up to three words in between, no comma or colon among them; <<3>> lets those pass
    word*     the word with any ending
    a space   white space, ` ?` perhaps none; ß also matches ss; everything else is an ordinary regular expression

Unbounded repetition (`+`, `{2,}`) is refused, so that matching stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from drafter.data import Where, read_table
from drafter.lazypattern import Groups, LazyPattern, choices

_PARTS = re.compile(
    r"\\.|\{(?P<group>[a-z_]+)\}|<<(?P<wide>\d{1,2})>>|<(?P<gap>\d{1,2})>"
    r"|(?P<star>\*)|(?P<maybe> \?)|(?P<space> )|(?P<sz>ß)"
)
_WORDY = re.compile(r"(?:\(\?:|\(\?-i:){0,4}[^\W_]")
_UNBOUNDED = re.compile(r"(?<!\\)\+|\{\d*,\}")


def read_groups(path: Path) -> dict[str, tuple[str, ...]]:
    """Read the word groups: name, words divided by `|`; several rows of one name add up.

    Raises:
        DataError: the table breaks its format.
    """
    groups: dict[str, tuple[str, ...]] = {}
    for row, where in read_table(path, ("group", "words")):
        words = tuple(word.strip() for word in row["words"].split("|") if word.strip())
        if not words:
            raise where.error(f"group '{row['group']}' has no words")
        groups[row["group"]] = groups.get(row["group"], ()) + words
    return groups


def compile_all(sources: Iterable[str], groups: Groups, where: Where, case: bool = False) -> LazyPattern | None:
    """Join several patterns into one that never begins or ends inside a word; None where there are none.

    Raises:
        DataError: a pattern repeats without bound or names an unknown group; at its first use: it is no
            regular expression.
    """
    parts = [(choice, _bordered(_translate(choice, groups, where))) for source in sources for choice in choices(source)]
    return LazyPattern(parts, 0 if case else re.IGNORECASE, where, groups) if parts else None


def compile_group(name: str, groups: Groups, where: Where) -> LazyPattern:
    """Compile the words of a group one by one: a text that holds few of them is quickly asked for those.

    Raises:
        DataError: as for `compile_all`.
    """
    whole = _translate(f"{{{name}}}", groups, where)
    parts = [(word, _bordered(_translate(word, groups, where), whole)) for word in choices("|".join(groups[name]))]
    return LazyPattern(parts, re.IGNORECASE, where, groups)


def _bordered(part: str, like: str = "") -> str:
    """Let a pattern begin and end with words; `like` is the pattern of which it is a part."""
    head = r"(?<!\w)(?=\w)" if _WORDY.match(like or part) else r"(?:(?<!\w)|(?=\W))"
    return rf"{head}(?:{part})(?:(?!\w)|(?<=\W))"


def _translate(source: str, groups: Groups, where: Where, depth: int = 0) -> str:
    if _UNBOUNDED.search(source):
        raise where.error(f"'{source}' repeats without bound", "Write {1,9} instead of +.")

    def part(match: re.Match[str]) -> str:
        if name := match["group"]:
            if name not in groups or depth > 3:
                raise where.error(f"unknown group {{{name}}} in '{source}'")
            return "(?:" + "|".join(_translate(word, groups, where, depth + 1) for word in groups[name]) + ")"
        if match["gap"] or match["wide"]:
            word = r"[^\s,;:]{1,40}" if match["gap"] else r"\S{1,40}"
            return rf"(?:{word} {{1,3}}){{0,{match['gap'] or match['wide']}}}?"
        if match["star"]:
            return r"\w{0,30}"
        if match["maybe"]:
            return " {0,3}"
        if match["space"]:
            return " {1,3}"
        return "(?:ß|ss)" if match["sz"] else match[0]

    return _PARTS.sub(part, source)
