"""Word lists of the check: words to avoid with a suggestion each, found by the word at which they begin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from drafter.data import Where, read_table
from drafter.lazypattern import LazyPattern
from drafter.memory import Memory

Entry = tuple[LazyPattern, str]
"""The pattern of a listed word with its endings, and what to say instead."""

_FIRST_LETTERS = re.compile(r"\w{1,3}")
_RUN = re.compile(r"\w+")
_LETTERS_ONLY = re.compile(r"[^a-zäöü*]", re.IGNORECASE)
_LIKE_I = str.maketrans({"ı": "i", "İ": "i"})  # what a pattern takes for an i, and casefold does not
_MAX_KNOWN, _MAX_WORD = 8_000, 60
"""So many words are remembered, none of them longer: a letter may hold anything."""


class WordList:
    """The entries of a list by their beginnings; which of them can begin with a word is found out once a word."""

    def __init__(self, words: Iterable[tuple[str, LazyPattern, str]] = ()) -> None:
        """Take words with pattern and suggestion."""
        self._by_key: dict[str, list[tuple[str, Entry]]] = {}
        for word, pattern, plain in words:
            run = _RUN.match(word)
            self._by_key.setdefault(_key(word), []).append((_folded(run[0]) if run else "", (pattern, plain)))
        self._known: Memory[str, tuple[Entry, ...]] = Memory(_MAX_KNOWN, _MAX_WORD)

    @classmethod
    def read(cls, path: Path) -> WordList:
        """Read a table of words and suggestions.

        Raises:
            DataError: it breaks its format.
        """
        rows = read_table(path, ("word", "plain"))
        return cls((row["word"], _pattern(row["word"], where), row["plain"]) for row, where in rows)

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def beginning(self, word: str) -> tuple[Entry, ...]:
        """Return the entries that may match from this word on, in the order of the list."""
        known = self._known.get(word)
        return self._learn(word) if known is None else known

    def _learn(self, word: str) -> tuple[Entry, ...]:
        folded = _folded(word)
        found = tuple(entry for run, entry in self._by_key.get(_key(word), ()) if folded.startswith(run))
        return self._known.keep(word, found)


def _key(word: str) -> str:
    """The first three letters of the first word."""
    first = _FIRST_LETTERS.search(word)
    return first.group().lower() if first else ""


def _folded(word: str) -> str:
    return word.translate(_LIKE_I).casefold()


def _pattern(word: str, where: Where) -> LazyPattern:
    """A listed word with its endings and a second part after a hyphen; a star at its end lets compounds pass."""
    tail = "" if word.endswith("*") else r"(?:e[nrs]?|n|s|se[ns]?|nen)?"
    body = re.escape(word).replace("ß", "(?:ß|ss)").replace(r"\ ", r"[\s-]{1,3}").replace(r"\*", r"\w{0,30}")
    regex = rf"{body}{tail}(?:-\w{{1,30}}){{0,2}}(?!\w)"
    return LazyPattern([(_LETTERS_ONLY.sub(".", word), regex)], re.IGNORECASE, where)
