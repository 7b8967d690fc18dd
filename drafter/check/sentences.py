"""What rules see in sentences, found out once a sentence: what templates say comes again in every letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drafter.check.rules import Rule, Sight
from drafter.check.text import Piece
from drafter.lazypattern import PatternGroup
from drafter.memory import Memory

_MAX_KNOWN, _MAX_LENGTH = 5_000, 400
"""So many sentences are remembered, none of them longer: some 2 MB."""

Seen = tuple[tuple[int, Sight], ...]
"""What is seen in one sentence, with the numbers of the rules that see it."""


class SentenceReader:
    """Asks all rules that judge a sentence by itself about sentences."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        patterns = [(number, pattern) for number, rule in enumerate(rules) for pattern in rule.openings or ()]
        self._owners = [number for number, _ in patterns]
        self._group = PatternGroup(pattern for _, pattern in patterns)
        self._always = [number for number, rule in enumerate(rules) if rule.openings is None]
        self._known: Memory[str, Seen] = Memory(_MAX_KNOWN, _MAX_LENGTH)

    def read(self, sentences: Sequence[Piece]) -> Mapping[int, list[tuple[int, Sight]]]:
        """Return what each rule sees in the sentences, by the number of the rule."""
        seen: dict[int, list[tuple[int, Sight]]] = {}
        for place, piece in enumerate(sentences):
            known = self._known.get(piece.flat)
            for number, sight in self._learn(piece.flat) if known is None else known:
                seen.setdefault(number, []).append((place, sight))
        return seen

    def _learn(self, flat: str) -> Seen:
        likely = {self._owners[number] for number in self._group.possible(flat)}
        sights = ((number, self._rules[number].see(flat)) for number in sorted([*likely, *self._always]))
        return self._known.keep(flat, tuple((number, sight) for number, sight in sights if sight))
