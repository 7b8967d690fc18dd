"""Find where the customer is sorry for how he wrote. The patterns stand in `rules/apologies.yaml`.

An apology says so by itself, or it is a word of regret and a deed of his own: in one sentence, or in two that follow
each other. Sentences with a veto, and quoted ones, count for nothing.
"""

from __future__ import annotations

from drafter.analysis.text import OwnText, Sentence
from drafter.analysis.wordpatterns import PatternSet, read_patterns, words_of
from drafter.data import read_rules
from drafter.places import Places
from drafter.records import Apology

KINDS = ("whole", "withdraw", "sorry", "deed", "veto")
MAX_REGRET_TOKENS = 9
"""A longer sentence names itself what he is sorry for, and that is not what the next one tells."""

_QUOTES = '„“”»«"'


class ApologyDetector:
    """Finds an apology by the rules of `apologies.yaml`."""

    def __init__(self, kinds: dict[str, str], patterns: PatternSet) -> None:
        self._kinds = kinds
        self.patterns = patterns

    @classmethod
    def load(cls, places: Places) -> ApologyDetector:
        """Read the rules.

        Raises:
            DataError: the rule file is wrong.
        """
        blocks = read_rules(places.file("rules", "apologies.yaml"), {"id", "kind", "patterns"}, {"hit", "miss"})
        for block in blocks:
            if block["kind"] not in (*KINDS, "part"):
                raise block.where.error(f"unknown kind '{block['kind']}'", f"Known: part, {', '.join(KINDS)}.")
        return cls({block["id"]: block["kind"] for block in blocks}, read_patterns(blocks))

    def detect(self, text: OwnText) -> Apology | None:
        """Return the first apology, with all that is said about it around it."""
        rows = [self._signs(sentence) for sentence in text.sentences]
        found = next((number for number, signs in enumerate(rows) if _alone(signs)), None)
        if found is None:
            found = next((number for number in range(1, len(rows)) if self._in_two(text.sentences, rows, number)), None)
        if found is None:
            return None
        first, last = found, found
        while first and rows[first - 1]:
            first -= 1
        while last + 1 < len(rows) and rows[last + 1]:
            last += 1
        start, end = text.sentences[first].start, text.sentences[last].end
        rule = _alone(rows[found]) or rows[found].get("deed") or rows[found - 1]["deed"]
        return Apology(start, end, text.body[start:end], rule)

    def withdrawn(self, text: OwnText) -> list[tuple[int, int]]:
        """Return the spans of the body in which the customer takes words back."""
        spans = []
        for sentence in text.sentences:
            words = words_of(sentence.text)
            for rule, (first, last) in self.patterns.find(words):
                if self._kinds[rule] == "withdraw":
                    spans.append((sentence.start + words.spans[first][0], sentence.start + words.spans[last - 1][1]))
        return spans

    def _signs(self, sentence: Sentence) -> dict[str, str]:
        """Return the kinds of rules that match with the first rule of each; nothing where one forbids it."""
        signs: dict[str, str] = {}
        for rule, _ in self.patterns.find(words_of(sentence.text)):
            signs.setdefault(self._kinds[rule], rule)
        quoted = any(mark in sentence.text for mark in _QUOTES) and "withdraw" not in signs
        return {} if "veto" in signs or quoted else signs

    def _in_two(self, sentences: list[Sentence], rows: list[dict[str, str]], number: int) -> bool:
        """Tell whether a sentence and the one before are an apology together: a short regret, and a deed."""
        for regret, deed in ((number - 1, number), (number, number - 1)):
            if "sorry" in rows[regret] and "deed" in rows[deed] and len(sentences[regret].words) <= MAX_REGRET_TOKENS:
                return True
        return False


def _alone(signs: dict[str, str]) -> str:
    """Return the rule by which a sentence is an apology by itself, or ""."""
    return signs.get("whole") or signs.get("withdraw") or (signs.get("deed", "") if "sorry" in signs else "")
