"""Find what the customer announces or threatens: lawyer, review, leaving, press, authorities, chargeback, violence.

The patterns stand in `rules/threats.yaml`; here is only where they count: in the
customer's own sentences, outside quotation marks, unless a veto speaks against it.
"""

from __future__ import annotations

from typing import NamedTuple

from drafter.analysis.text import OwnText, Sentence
from drafter.analysis.wordpatterns import PatternSet, Words, read_patterns, words_of
from drafter.data import read_rules
from drafter.places import Places
from drafter.records import THREATS, Threat


class _Rule(NamedTuple):
    kind: str  # a threat, veto, or a sign: announce, anger, quiet
    of: frozenset[str] = frozenset()  # a veto's threats; empty for all
    needs: str = ""  # the signs that must be there


class ThreatDetector:
    """Finds threats by the rules of `threats.yaml`."""

    def __init__(self, rules: dict[str, _Rule], patterns: PatternSet) -> None:
        self._rules = rules
        self.patterns = patterns

    @classmethod
    def load(cls, places: Places) -> ThreatDetector:
        """Read the rules.

        Raises:
            DataError: the rule file is wrong.
        """
        blocks = read_rules(
            places.file("rules", "threats.yaml"), {"id", "kind", "patterns"}, {"hit", "miss", "of", "needs"}
        )
        rules = {
            block["id"]: _Rule(block["kind"], frozenset(block.texts("of")), block.get("needs", ""))
            for block in blocks
            if block["kind"] != "part"
        }
        return cls(rules, read_patterns(blocks))

    def detect(self, text: OwnText) -> list[Threat]:
        """Return the first threat of each kind, in order of appearance."""
        rows = [self._read(sentence) for sentence in text.sentences]
        mood = {rule.kind for row in rows for rule, _ in row.matches}
        found: dict[str, Threat] = {}
        for row in rows:
            signs = _signs(mood, {rule.kind for rule, _ in row.matches})
            for rule, span in row.matches:
                if rule.kind in THREATS and rule.kind not in found and signs[rule.needs]:
                    threat = row.threat(rule.kind, span)
                    if not row.is_vetoed(rule.kind, span) and not text.in_quotation(threat.start):
                        found[rule.kind] = threat
        return sorted(found.values(), key=lambda threat: threat.start)

    def _read(self, sentence: Sentence) -> _Row:
        words = words_of(sentence.text)
        return _Row(sentence, words, [(self._rules[name], span) for name, span in self.patterns.find(words)])


class _Row(NamedTuple):
    """A sentence with all that the patterns found in it; spans count words."""

    sentence: Sentence
    words: Words
    matches: list[tuple[_Rule, tuple[int, int]]]

    def threat(self, kind: str, span: tuple[int, int]) -> Threat:
        """Make the record."""
        start, end = self.words.spans[span[0]][0], self.words.spans[span[1] - 1][1]
        return Threat(kind, self.sentence.start + start, self.sentence.start + end, self.sentence.text[start:end])

    def is_vetoed(self, kind: str, span: tuple[int, int]) -> bool:
        """Tell whether a veto overlaps the match."""
        vetoes = (place for rule, place in self.matches if rule.kind == "veto" and (not rule.of or kind in rule.of))
        return any(first < span[1] and span[0] < last for first, last in vetoes)


def _signs(mail: set[str], sentence: set[str]) -> dict[str, bool]:
    """Tell which needs of rules are met: moods show anywhere in the mail, announcements in the sentence."""
    angry, quiet, announced = "anger" in mail, "quiet" in mail, "announce" in sentence
    return {
        "": True,
        "anger": angry and not quiet,
        "announce": announced,
        "both": angry and announced,
        "no quiet reason": not quiet,
    }
