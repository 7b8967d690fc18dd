"""The small pattern language of the check rules, turned into regular expressions that cannot run away.

    {group}   any of the words that `check_words.tsv` lists under that name
    <3>       up to three words in between, no comma or colon among them; <<3>> lets those pass
    word*     the word with any ending
    a space   white space, ` ?` perhaps none; ß also matches ss; everything else is an ordinary regular expression

Unbounded repetition (`+`, `{2,}`) is refused, so that matching stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from drafter.check.needles import Needles, choices, needles
from drafter.data import Where, read_table

Groups = Mapping[str, tuple[str, ...]]

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


class LazyPattern:
    """Several patterns as one; each is compiled when a text first holds its needles, and most texts never do.

    Needles are sets of letter runs; every match of the pattern must hold one run of each set.
    """

    def __init__(self, parts: Iterable[tuple[Needles, str]], flags: int, where: Where) -> None:
        self._parts = tuple(parts)
        self._flags = flags
        self._where = where
        self._compiled: dict[int, re.Pattern[str]] = {}

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the first match from `start`; of two at one place that of the earlier pattern."""
        matches = (regex.search(text, start) for regex in self._possible(text))
        return min((match for match in matches if match), key=lambda match: match.start(), default=None)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match at `start`."""
        return next((match for regex in self._possible(text) if (match := regex.match(text, start))), None)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the match of the whole text."""
        return next((match for regex in self._possible(text) if (match := regex.fullmatch(text))), None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return all matches from left to right that do not overlap."""
        end = 0
        found = (match for regex in self._possible(text) for match in regex.finditer(text))
        for match in sorted(found, key=lambda match: match.start()):
            if match.start() >= end:
                yield match
                end = match.end()

    def findall(self, text: str) -> list[str]:
        """Return the texts of all matches."""
        return [match.group() for match in self.finditer(text)]

    def compile(self) -> None:
        """Compile every part now, so that a wrong one shows itself.

        Raises:
            DataError: a part is no regular expression.
        """
        for number in range(len(self._parts)):
            self._compile(number)

    def _possible(self, text: str) -> Iterator[re.Pattern[str]]:
        lower = text.lower()
        for number, (needed, _) in enumerate(self._parts):
            if all(any(run in lower for run in choice) for choice in needed):
                yield self._compiled.get(number) or self._compile(number)

    def _compile(self, number: int) -> re.Pattern[str]:
        try:
            regex = self._compiled[number] = re.compile(self._parts[number][1], self._flags)
        except re.error as error:
            raise self._where.error(f"not a pattern: {error}") from error
        return regex


def compile_all(sources: Iterable[str], groups: Groups, where: Where, case: bool = False) -> LazyPattern | None:
    """Join several patterns into one that never begins or ends inside a word; None where there are none.

    Raises:
        DataError: a pattern repeats without bound or names an unknown group; at its first use: it is no
            regular expression.
    """
    parts = [
        (needles(choice, groups), _bordered(_translate(choice, groups, where)))
        for source in sources
        for choice in choices(source)
    ]
    return LazyPattern(parts, 0 if case else re.IGNORECASE, where) if parts else None


def _bordered(part: str) -> str:
    head = r"(?<!\w)(?=\w)" if _WORDY.match(part) else r"(?:(?<!\w)|(?=\W))"
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
