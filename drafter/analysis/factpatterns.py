"""Patterns over sentences: how long the customer waited, how often he tried, what date he sets (rules/facts.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from drafter.analysis.dates import spellings
from drafter.analysis.factwords import FactWords, NumberWords, alternatives
from drafter.data import Block, read_rules
from drafter.lazypattern import LazyPattern, PatternGroup, lazy
from drafter.places import Places

_FIELDS = ("waiting", "attempts", "deadline", "bereaved")
_WORD = re.compile(r"[^\W\d_][\w'’-]{0,40}")
MAX_SENTENCE_CHARACTERS = 600
"""Patterns read no further into a sentence."""


class FactRule(NamedTuple):
    """One pattern; see the head of rules/facts.yaml."""

    id: str
    field: str
    pattern: LazyPattern
    never: LazyPattern | None
    needs: str
    weight: int
    value: int
    hit: tuple[str, ...]
    miss: tuple[str, ...]


class Told(NamedTuple):
    """What sentences tell; texts as written."""

    waiting: str
    attempts: int  # how often the customer says he tried, 0 where he does not say
    deadlines: tuple[str, ...]  # until when he wants something, each once
    bereaved: tuple[str, ...]  # the words that tell of a death among those near to him, each once


_Match = tuple[FactRule, re.Match[str]]


class FactPatterns:
    """The rules of facts.yaml, ready to read sentences."""

    def __init__(self, rules: list[FactRule], words: FactWords, numbers: NumberWords) -> None:
        self.rules = rules
        self._words = words
        self._numbers = numbers
        self._group = PatternGroup(rule.pattern for rule in rules)

    @classmethod
    def load(cls, places: Places) -> FactPatterns:
        """Read the rules.

        Raises:
            DataError: a rule is wrong.
        """
        words = FactWords.load(places)
        blocks = read_rules(places.file("rules", "facts.yaml"), {"id", "field", "pattern", "hit", "miss"},
                            {"weight", "needs", "never", "value"})  # fmt: skip
        return cls([_rule(block, words) for block in blocks], words, NumberWords.load(places))

    def read(self, sentences: Iterable[str]) -> Told:
        """Return what the sentences of a mail tell."""
        found = self._matches(sentences)
        return Told(
            self._waiting(found["waiting"]),
            self._attempts(found["attempts"]),
            _spans(found["deadline"]),
            _spans(found["bereaved"]),
        )

    def _waiting(self, matches: list[_Match]) -> str:
        """The surest rule wins, then the longest time."""
        found: list[tuple[int, int, str]] = []
        for rule, match in matches:
            if (days := self._days(match)) is not None:
                found.append((rule.weight, days, match.group("span")))
        return max(found, key=lambda item: item[:2])[2] if found else ""

    def _attempts(self, matches: list[_Match]) -> int:
        counts = [self._count(rule, match) for rule, match in matches]
        return max((count for count in counts if count is not None and 2 <= count <= 99), default=0)

    def fires(self, rule: FactRule, sentence: str) -> bool:
        """Whether one rule finds something in a sentence: for the tests of its examples."""
        for candidate, match in self._matches([sentence])[rule.field]:
            if candidate.id == rule.id:
                value = self._count(rule, match) if rule.field == "attempts" else self._days(match)
                return value is not None and (rule.field != "attempts" or value >= 2)
        return False

    def _matches(self, sentences: Iterable[str]) -> dict[str, list[_Match]]:
        """Return the matches of the rules by field."""
        found: dict[str, list[_Match]] = {name: [] for name in _FIELDS}
        for text in [sentence[:MAX_SENTENCE_CHARACTERS] for sentence in sentences]:
            for rule in [self.rules[number] for number in self._group.possible(text)]:
                matches = list(rule.pattern.finditer(text))
                if matches and self._allows(rule, text):
                    found[rule.field] += [(rule, match) for match in matches]
        return found

    def _allows(self, rule: FactRule, text: str) -> bool:
        if rule.never and rule.never.search(text):
            return False
        return not rule.needs or any(word in self._words[rule.needs] for word in _WORD.findall(text))

    def _days(self, match: re.Match[str]) -> int | None:
        """The days in a span; None where the word before the unit is no number."""
        groups = match.groupdict()
        if "n" not in groups:
            return 0
        count = self._numbers.cardinal(groups["n"] or "")
        if not count:
            return None
        unit = (groups["span"] or "").split()[-1]
        return count * int(self._words["duration"].get(unit) or 0)

    def _count(self, rule: FactRule, match: re.Match[str]) -> int | None:
        groups = match.groupdict()
        if "o" in groups:
            return self._numbers.ordinal(groups["o"] or "")
        if "t" in groups:
            return self._numbers.times(groups["t"] or "")
        return self._numbers.cardinal(groups["n"] or "") if "n" in groups else rule.value


def _spans(matches: list[_Match]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(match["span"].split()) for _, match in matches))


def _rule(block: Block, words: FactWords) -> FactRule:
    if block["field"] not in _FIELDS:
        raise block.where.error(f"field must be one of {', '.join(_FIELDS)}")
    never = block.get("never")
    return FactRule(
        id=block["id"],
        field=block["field"],
        pattern=_compile(block, block["pattern"], words),
        never=_compile(block, never, words) if never else None,
        needs=block.get("needs", ""),
        weight=int(block.get("weight", 1)),
        value=int(block.get("value", 0)),
        hit=tuple(block.texts("hit")),
        miss=tuple(block.texts("miss")),
    )


def _compile(block: Block, pattern: str, words: FactWords) -> LazyPattern:
    units = [word for word, days in words["duration"].exact.items() if 1 <= int(days) < 365]
    lists = {"unit": units, "month": words["month"].spellings(), "weekday": words["weekday"].spellings()}
    for name, entries in lists.items():
        pattern = pattern.replace("{" + name + "}", f"(?:{alternatives(spellings(entries))})\\b" if name == "unit"
                                  else f"(?:{alternatives(spellings(entries))})")  # fmt: skip
    return lazy(pattern, block.where)
