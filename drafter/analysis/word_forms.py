"""Inflect headwords: from "Hohlkopf" to every key under which it may stand in a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from drafter.data import read_table

_COLUMNS = ("class", "ending", "cut", "endings", "remark")
_LAST_VOWEL = re.compile(r"(au|(?<![ae])u(?!e)|(?<!e)a(?!e)|o(?!e))(?=[^aeiou]*$)")
_SPELLED = re.compile(r"(?<![aeq])([aou])e(?=[^aeiou])")
_CHANGES = "~"
"""Before an ending with this mark the vowel may change."""

_NONE = "-"
"""Stands for no ending."""


class Paradigm(NamedTuple):
    """The endings that a class of words takes after a stem that ends in `ending`."""

    word_class: str
    ending: str
    cut: int
    endings: tuple[str, ...]


class Inflection:
    """The endings of nouns and adjectives."""

    def __init__(self, paradigms: list[Paradigm]) -> None:
        self._paradigms = paradigms

    @classmethod
    def load(cls, path: Path) -> Inflection:
        """Read the table of endings; the first row of a class that fits a stem serves."""
        rows = [Paradigm(row["class"], row["ending"], int(row["cut"] or 0), tuple(row["endings"].split()))
                for row, _ in read_table(path, _COLUMNS)]  # fmt: skip
        return cls(rows)

    def forms(self, key: str, word_class: str) -> Iterator[str]:
        """Yield the key and all its inflected keys, umlauts included and left out."""
        yield key
        row = next((p for p in self._paradigms if p.word_class == word_class and key.endswith(p.ending)), None)
        if row is None:
            return
        stem = key[: len(key) - row.cut]
        changed = umlauted(stem)
        for ending in row.endings:
            bare = ending.lstrip(_CHANGES).replace(_NONE, "")
            yield stem + bare
            if changed != stem and ending.startswith(_CHANGES):
                yield changed + bare


@lru_cache(maxsize=4096)
def umlauted(stem: str) -> str:
    """Change the last vowel: hohlkopf to hohlkoepf; the stem itself where it cannot change."""
    return _LAST_VOWEL.sub(lambda match: "aeu" if match.group() == "au" else match.group() + "e", stem, count=1)


def without_umlauts(key: str) -> str:
    """Return the key as people without umlaut keys type it: lugner for luegner."""
    return _SPELLED.sub(r"\1", key) if "ae" in key or "oe" in key or "ue" in key else key
