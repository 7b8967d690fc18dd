"""The check of a reply text against the advice: data rules first, then the few coded checks.

    Checker.load(places).check(reply, CheckContext(mail=...))  →  list of findings
    Checker.load(places).spots(reply, context)                  →  the same with offsets

`spot.py` has the records, `rules.py` the data rules, `coded.py` the list of coded checks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from drafter.check.coded import CODED, GAP, REPEATED_INSULT, Case
from drafter.check.head import FaultHead
from drafter.check.marks import MarkReader
from drafter.check.patterns import compile_all, read_groups
from drafter.check.rules import LEARNED, LEVELS, Rule, read_check_rules
from drafter.check.sentences import SentenceReader
from drafter.check.spot import CheckContext, Spot
from drafter.check.text import ReplyText
from drafter.check.words import CodedWords
from drafter.data import Where
from drafter.lazypattern import LazyPattern
from drafter.places import Places
from drafter.records import Finding

__all__ = ["GAP", "REPEATED_INSULT", "CheckContext", "Checker", "Spot"]

RULES = "check.yaml"
"""The file of the data rules, in the rules folder of the company or of the product."""

WORDS = "check_words.tsv"
FILES = frozenset((RULES, WORDS))
"""What the check alone reads."""


@dataclass(frozen=True)
class Checker:
    """Checks reply texts; loading costs once, checking is cheap, and what is known of a sentence is remembered."""

    rules: tuple[Rule, ...]
    words: CodedWords
    abbreviations: frozenset[str] = frozenset()
    greeting: LazyPattern | None = None

    @classmethod
    def load(cls, places: Places) -> Checker:
        """Read rules and word lists; a company's `rules/check.yaml` adds to the shipped one, replaces by id, and
        switches off.

        Raises:
            DataError: a file breaks its format.
        """

        def table(name: str) -> Path:
            return places.file("lexicon", name)

        groups = read_groups(table(WORDS))
        where = Where(table(WORDS), 1)
        head = FaultHead.load(places.file("heads", "replies.npz"), groups, where)
        rules: dict[str, Rule] = {}
        for folder in reversed(places.folders("rules")):
            if (folder / RULES).is_file():
                rules = read_check_rules(folder / RULES, groups, table, head, rules)
        greeting = compile_all(["{greeting}"], groups, where)
        words = CodedWords.load(groups, where, table)
        return cls(tuple(rules.values()), words, frozenset(groups.get("abbreviations", ())), greeting)

    @cached_property
    def _sentences(self) -> SentenceReader:
        return SentenceReader(self.rules)

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(rule.id for rule in self.rules)

    @cached_property
    def _marks(self) -> MarkReader:
        return MarkReader(self.words, [rule.words for rule in self.rules])

    def __getstate__(self) -> dict[str, object]:
        """Keep what prepares the reading of sentences too: making it again would cost every start."""
        return self.__dict__ | {"_sentences": self._sentences}

    def check(self, reply: str, context: CheckContext | None = None) -> list[Finding]:
        """Return what is wrong with a reply, in the order of the text."""
        return [spot.to_finding(reply) for spot in self.spots(reply, context)]

    def spots(self, reply: str, context: CheckContext | None = None) -> list[Spot]:
        """Return the findings with their offsets, in the order of the text; one a kind and place."""
        held_against = context or CheckContext()
        text = ReplyText(reply, self.abbreviations, self.greeting)
        marks = self._marks.read(text.text)
        text.beginnings = marks.listed
        seen = self._sentences.read(text.sentences)
        sure: list[Spot] = []
        learned: list[Spot] = []
        for number, rule in enumerate(self.rules):
            if number in seen or not rule.of_sentences:
                found = learned if rule.type == LEARNED else sure
                found.extend(rule.find(text, held_against, seen.get(number, ())))
        doubts = _beside(sure, learned, text)
        case = Case(text, held_against, self.words, marks, [*sure, *doubts])
        coded = [spot for check in CODED for spot in check(case) if spot.code in self._codes]
        return _without_twins([*sure, *coded, *_beside(coded, doubts, text)])


def _beside(sure: Iterable[Spot], learned: Iterable[Spot], text: ReplyText) -> list[Spot]:
    """Return the learned spots in whose sentences nothing else was found."""
    settled = {text.index_at(spot.start) for spot in sure if spot.start < spot.end}
    return [spot for spot in learned if text.index_at(spot.start) not in settled]


def _without_twins(spots: Iterable[Spot]) -> list[Spot]:
    """Drop a spot that overlaps an earlier one of the same kind; of two at one place the graver stays."""
    kept: list[Spot] = []
    reach: dict[str, int] = {}
    for spot in sorted(spots, key=lambda spot: (spot.start, -spot.end, LEVELS.index(spot.level), spot.code)):
        if spot.start < spot.end and spot.start < reach.get(spot.kind, 0):
            continue
        reach[spot.kind] = max(reach.get(spot.kind, 0), spot.end)
        kept.append(spot)
    return kept
