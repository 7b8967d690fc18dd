"""Find expressions that may be insults, by words, word families, word formation, masks and patterns.

The candidates are generous: whether the expression is negated, reported, or said of
somebody at all is for grammar to decide (`needs` says what it should look at).
"""

from __future__ import annotations

from dataclasses import dataclass

from drafter.analysis.text import OwnText
from drafter.places import Places


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expression that may demean somebody; offsets count characters of the body."""

    start: int
    end: int
    text: str
    base: str  # the headword that matched
    noun: str  # kind of expression: person, collective, thing, quality, animal, idiom, curse-compound
    severity: int  # 1 to 3
    rule: str  # file:line of the headword or pattern
    why: str
    needs: tuple[str, ...] = ()  # what grammar must confirm
    default_target: str = ""  # company for collectives, product for things, else empty


class InsultLexicon:
    """The words and patterns that may insult, ready for look-up."""

    @classmethod
    def load(cls, places: Places) -> InsultLexicon:
        """Read the lexicon files."""
        return cls()

    def candidates(self, text: OwnText) -> list[Candidate]:
        """Return the candidates in order of appearance; they do not overlap, the longest wins."""
        return []
