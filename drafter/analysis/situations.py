"""What happened: a learned head over all situations, told the rules that hold; of short mails it wants evidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from drafter.analysis.families import Notes, anything, merged
from drafter.analysis.featurereader import FeatureReader, Features, prose, read_situation_rules, words_in
from drafter.analysis.text import OwnText
from drafter.heads import LinearHead
from drafter.places import Places, shipped
from drafter.records import Situation

_RULE = "rule:"
_MOST = 3
_MOST_HITS = 2
_LAST = "other"
_MAX_SUBJECT = 200
_FEW_WORDS = 25
"""A mail of so few words gives the head little to go by but function words; rules/short_mails.yaml corrects it."""


@dataclass(frozen=True)
class SituationReader:
    """Names the situations of a mail, the most important first."""

    features: FeatureReader
    head: LinearHead
    short: Notes

    @classmethod
    def load(cls, places: Places) -> SituationReader:
        """Read the head and the rules.

        Raises:
            DataError: a data file breaks its format.
            ModelError: the head is missing.
        """
        features = FeatureReader.load(places)
        short = Notes(features.families, read_situation_rules(places.file("rules", "short_mails.yaml")))
        return cls(features, LinearHead.load(shipped("models") / "heads" / "situations.npz"), short)

    def read(self, text: OwnText, subject: str = "") -> tuple[Situation, ...]:
        """Return the situations of a mail; there is always one. The subject often names the matter best."""
        return self.read_prose(prose(text), subject)

    def read_prose(self, text: str, subject: str = "") -> tuple[Situation, ...]:
        """Return the same for a bare text."""
        if not text.strip() and not subject.strip():
            return (Situation(_LAST, 0.0),)
        scores = self.scores(self.features.joined(subject[:_MAX_SUBJECT], text))
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        beside = ranked[1:_MOST] if ranked[0][0] != _LAST else ()
        kept = [ranked[0], *(item for item in beside if item[0] != _LAST and item[1] >= self._cuts[item[0]])]
        return tuple(Situation(name, round(min(1.0, max(0.0, score)), 4)) for name, score in kept)

    def scores(self, features: Features) -> dict[str, float]:
        """Return the score of every situation: the head's, and what the rules add."""
        scores = dict(zip(self.head.labels, self.head.scores(features.vector).tolist(), strict=True))
        hits = Counter(name for name in features.noted if name.startswith(_RULE))
        for name in sorted(hits, key=self._order.__getitem__) if hits else ():
            for situation, weight in self.features.rules[self._order[name]].labels.items():
                scores[situation] += weight * min(hits[name], _MOST_HITS)
        if words_in(features.raw) <= _FEW_WORDS:
            for rule in self.short.hits(anything(merged(features.sentences))):
                for situation, weight in rule.labels.items():
                    scores[situation] += weight
        return scores

    @cached_property
    def _cuts(self) -> dict[str, float]:
        return dict(zip(self.head.labels, self.head.cuts[:, 0].tolist(), strict=True))

    @cached_property
    def _order(self) -> dict[str, int]:
        """The places of the rules by the names that they are noted under."""
        return {_RULE + rule.id: place for place, rule in enumerate(self.features.rules)}
