"""Places in a mail: known towns, and what stands between a postcode or a branch and the next mark."""

from __future__ import annotations

import re

from drafter.analysis.factwords import FactWords, alternatives
from drafter.data import read_table
from drafter.places import Places

MAX_PLACES = 5
_WORD = re.compile(r"[^\W\d_]+")
_POSTCODE = re.compile(r"(?<![\w.,/-])(?:[A-Z]{1,2}-)?\d{4,5} ([A-ZÄÖÜ][a-zäöüß]{2,30})(?![\w-])")


class Towns:
    """Finds names of places."""

    def __init__(self, towns: dict[str, bool], words: FactWords) -> None:
        lone = [town for town, needs_lead in towns.items() if not needs_lead]
        leads = alternatives(words["place_lead"].exact)
        self._first_words = frozenset(_WORD.findall(town)[0] for town in towns)
        self._lone = re.compile(rf"(?<![\w-])(?:{alternatives(lone)})(?![\w-])")
        self._led = re.compile(rf"(?<![\w-])(?i:{leads}) ({alternatives(towns)})(?![\w-])")

    @classmethod
    def load(cls, places: Places) -> Towns:
        """Read the list of towns.

        Raises:
            DataError: a row is wrong.
        """
        towns = {}
        for row, where in read_table(places.file("lexicon", "towns.tsv"), ("name", "need")):
            if row["need"] not in ("", "lead"):
                raise where.error("need must be empty or 'lead'")
            towns[row["name"]] = row["need"] == "lead"
        return cls(towns, FactWords.load(places))

    def find(self, text: str, skip: set[str]) -> tuple[str, ...]:
        """Return the places in order of appearance."""
        found: dict[str, int] = {}
        known = not self._first_words.isdisjoint(_WORD.findall(text))
        for match in self._lone.finditer(text) if known else ():
            found.setdefault(match.group(), match.start())
        for pattern in (self._led, _POSTCODE) if known else (_POSTCODE,):
            for match in pattern.finditer(text):
                found.setdefault(match.group(1), match.start(1))
        ordered = sorted(found, key=lambda name: found[name])
        return tuple(name for name in ordered if name.lower() not in skip)[:MAX_PLACES]
