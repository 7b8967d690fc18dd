"""Word families: which notions a word stands for, and rules over notions that stand near each other.

A pattern of a family is a folded word: `wort` as it stands, `wort~` with any ending,
`wort*` its beginning, `*wort` its end (`*wort~` with any ending), `*wort*` anywhere
inside. A rule names notions; it matches where they stand in one sentence.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drafter.data import Block, read_table
from drafter.features import fold
from drafter.memory import Memory

_ENDING_CHARACTERS = 3
_MIN_STEM = 3
_MAX_CACHE = 8_000
_NOTHING: frozenset[str] = frozenset()
ANYTHING = "any"
"""A notion that holds in every text, for rules that say only what must not stand there."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Notions that together mean something; each part is a set of alternatives."""

    id: str
    parts: tuple[frozenset[str], ...]
    within: int = 0  # the most words from one part to the next, in this order; 0: anywhere in the sentence
    unless: frozenset[str] = frozenset()
    labels: Mapping[str, float] = field(default_factory=dict)
    whole: bool = False  # the parts may stand anywhere in the text
    between: frozenset[str] = frozenset()  # notions that must not stand between parts that are `within` reach


Notions = dict[str, list[int]]
"""Where in a sentence each notion stands, counted from the first word of the text."""


class Families:
    """The notions of words, looked up by whole word, beginning, end and middle."""

    def __init__(self, endings: Iterable[str] = ()) -> None:
        self._endings = frozenset(endings) | {""}
        self._whole: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        self._starts: dict[str, set[str]] = {}
        self._ends: dict[str, set[str]] = {}
        self._end_stems: dict[str, set[str]] = {}
        self._middles: dict[str, set[str]] = {}
        self._by_beginning: dict[str, list[str]] = {}  # the middles by their first letters
        self._cache: Memory[str, tuple[str, ...]] = Memory(_MAX_CACHE)

    def read(self, path: Path) -> Families:
        """Add the families of a table with the columns pattern and notion.

        Raises:
            DataError: the table cannot be read, or a row names no notion.
        """
        for row, where in read_table(path, ("pattern", "notion")):
            if not row["notion"]:
                raise where.error("expected a pattern and a notion")
            if row["notion"] == "ending":
                self._endings |= {fold(row["pattern"].removeprefix("-"))}
                continue
            self.add(row["pattern"], row["notion"])
        return self

    def add(self, pattern: str, notion: str) -> None:
        """Add one pattern."""
        starred_front, starred_back, ended = pattern[0] == "*", pattern[-1] == "*", pattern[-1] == "~"
        core = fold(pattern.strip("*~"))
        if starred_front and starred_back:
            store = self._middles
            if core not in store:
                self._by_beginning.setdefault(core[:_MIN_STEM], []).append(core)
        elif starred_front:
            store = self._end_stems if ended else self._ends
        elif starred_back:
            store = self._starts
        else:
            store = self._stems if ended else self._whole
        store.setdefault(core, set()).add(notion)
        self._cache.clear()

    def add_literals(self, rules: Iterable[Rule]) -> None:
        """Make the literal words of rules (`=word`) notions of their own."""
        for rule in rules:
            for name in itertools.chain(*rule.parts, rule.unless, rule.between):
                if name.startswith("="):
                    self.add(name[1:], name)

    def of(self, word: str) -> tuple[str, ...]:
        """Return the notions of a folded word, in a fixed order."""
        found = self._cache.get(word)
        return self._cache.keep(word, self._find(word)) if found is None else found

    def _find(self, word: str) -> tuple[str, ...]:
        found = set(self._whole.get(word, _NOTHING))
        for stem in self._stripped(word):
            found |= self._stems.get(stem, _NOTHING)
            for start in range(len(stem) - _MIN_STEM + 1):
                if stem[start:] in self._end_stems:
                    found |= self._end_stems[stem[start:]]
        for length in range(1, len(word) + 1):
            if word[:length] in self._starts:
                found |= self._starts[word[:length]]
            if word[-length:] in self._ends:
                found |= self._ends[word[-length:]]
        for start in range(len(word) - _MIN_STEM + 1):
            for middle in self._by_beginning.get(word[start : start + _MIN_STEM], ()):
                if word.startswith(middle, start):
                    found |= self._middles[middle]
        return tuple(sorted(found))

    def _stripped(self, word: str) -> list[str]:
        """Return the word without each ending that it may carry."""
        lengths = range(min(_ENDING_CHARACTERS, len(word) - _MIN_STEM) + 1)
        return [word[: len(word) - n] for n in lengths if word[len(word) - n :] in self._endings]


def locate(words: Sequence[str], families: Families) -> list[Notions]:
    """Return where each notion stands, sentence by sentence; a full stop or its like ends a sentence."""
    found: list[Notions] = [{}]
    here = found[0]
    for position, word in enumerate(words):
        for notion in families.of(word):
            if notion in here:
                here[notion].append(position)
            else:
                here[notion] = [position]
        if word[0] in ".!?…":
            here = {}
            found.append(here)
    return [notions for notions in found if notions]


def _in_order(rule: Rule, notions: Notions) -> bool:
    barred = _places(rule.between, notions)
    reached = _places(rule.parts[0], notions)
    for part in rule.parts[1:]:
        reached = {
            place
            for place in _places(part, notions)
            for start in reached
            if 0 < place - start <= rule.within and not any(start < bar < place for bar in barred)
        }
    return bool(reached)


def _places(names: Iterable[str], notions: Notions) -> set[int]:
    return {place for name in names for place in notions.get(name, ())}


class Notes:
    """What the families and rules say about a whole text, as names of features.

    A set of rules is an integer with a bit for each rule. A notion knows for each part the rules that name it there,
    all these sets side by side in one integer; a rule holds where every part has been met.
    """

    def __init__(self, families: Families, rules: Sequence[Rule] = ()) -> None:
        self.families = families
        self.rules = tuple(rules)
        families.add_literals(rules)
        self._whole = sum(1 << place for place, rule in enumerate(rules) if rule.whole)
        self._all = (1 << len(rules)) - 1
        most = max((len(rule.parts) for rule in rules), default=0)
        self._shifts = [part * len(rules) for part in range(most)]
        self._met: dict[str, int] = {}  # the rules that name a notion: for their first part, beside it their second ...
        self._barred: dict[str, int] = {}
        self._void = 0  # the parts that rules do not have
        for place, rule in enumerate(rules):
            for part, shift in enumerate(self._shifts):
                if part >= len(rule.parts):
                    self._void |= 1 << shift + place
                for name in rule.parts[part] if part < len(rule.parts) else ():
                    self._met[name] = self._met.get(name, 0) | 1 << shift + place
            for name in rule.unless:
                self._barred[name] = self._barred.get(name, 0) | 1 << place

    def hits(self, notions: Notions, whole: bool = False) -> list[Rule]:
        """Return the rules that hold in a sentence, or those that hold in a whole text."""
        met, barred, known = self._void, 0, self._met
        for name in notions:
            met |= known.get(name, 0)
        left = self._whole if whole else self._all & ~self._whole
        for shift in self._shifts:
            left &= met >> shift
        if left:
            for name in self._barred.keys() & notions.keys():
                barred |= self._barred[name]
        left &= ~barred
        found = []
        while left:
            rule = self.rules[(left & -left).bit_length() - 1]
            left &= left - 1
            if rule.within == 0 or _in_order(rule, notions):
                found.append(rule)
        return found

    def names(self, sentences: Sequence[Notions]) -> list[str]:
        """Return the names of the notions and of the rules that hold, sentence by sentence."""
        found: list[str] = []
        for notions in sentences:
            found.extend([name for name in notions if name[0] != "="])
            found.extend([f"rule:{rule.id}" for rule in self.hits(notions)])
        if self._whole:
            found.extend([f"rule:{rule.id}" for rule in self.hits(merged(sentences), whole=True)])
        return found


def merged(sentences: Iterable[Notions]) -> Notions:
    """Return the notions of a whole text."""
    everywhere: Notions = {}
    for notions in sentences:
        for name, places in notions.items():
            everywhere.setdefault(name, []).extend(places)
    return everywhere


def anything(notions: Notions) -> Notions:
    """Return the notions of a whole text with one more that holds in every text."""
    return {**notions, ANYTHING: [0]}


def rule_from(block: Block, labels: Mapping[str, float]) -> Rule:
    """Make a rule of a block with the fields id, words, within, unless, whole and between.

    Raises:
        DataError: a part is not a text.
    """
    parts = tuple(frozenset(part.split("|")) for part in block.texts("words"))
    if not parts:
        raise block.where.error("'words' names no notion")
    return Rule(str(block["id"]), parts, int(block.get("within", 0)), frozenset(block.texts("unless")), labels,
                bool(block.get("whole", False)), frozenset(block.texts("between")))  # fmt: skip
