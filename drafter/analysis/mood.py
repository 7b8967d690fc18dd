"""How strong which emotion is, and how likely the text is offensive: learned heads and counted marks, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drafter.analysis.featurereader import FeatureReader, Features, prose
from drafter.analysis.feelings import FeelingHead, NotionCounter
from drafter.analysis.moodrules import Evidence, MoodRules
from drafter.analysis.text import OwnText
from drafter.features import word_hash
from drafter.heads import LinearHead, probability
from drafter.places import Places, shipped
from drafter.records import EMOTIONS, Insult, Intensity

_MOST_REASONS = 5
_MOST_WORDS = 2
_TOP_LEVEL = 4
_TELLING = 6
"""Function words are short; they carry weight but tell a reader nothing."""


@dataclass(frozen=True)
class MoodReader:
    """Reads intensity, emotions and hostility."""

    features: FeatureReader
    rules: MoodRules
    notions: NotionCounter
    intensity: LinearHead
    emotions: FeelingHead
    hostility: FeelingHead

    @classmethod
    def load(cls, places: Places) -> MoodReader:
        """Read heads, families and rules.

        Raises:
            DataError: a data file breaks its format.
            ModelError: a head is missing.
        """
        features = FeatureReader.load(places)
        rules = MoodRules.load(places, features.families)
        folder = shipped("models") / "heads"
        emotions, hostility = (FeelingHead.load(folder / f"{name}.npz") for name in ("emotions", "hostility"))
        notions = NotionCounter.load(places, emotions.notions)
        return cls(features, rules, notions, LinearHead.load(folder / "intensity.npz"), emotions, hostility)

    def read(self, text: OwnText, insults: Sequence[Insult]) -> tuple[Intensity, dict[str, int], float]:
        """Return intensity, the six emotions (0 to 3) and the probability that the text is offensive."""
        return self.read_prose(prose(text), insults)

    def read_prose(self, text: str, insults: Sequence[Insult] = ()) -> tuple[Intensity, dict[str, int], float]:
        """Return the same for a bare text."""
        if not text.strip():
            return Intensity(0.0, 0), dict.fromkeys(EMOTIONS, 0), 0.0
        features = self.features.read(text)
        found = self.rules.apply(features, insults)
        intensity = self._intensity(features, found, any(not insult.reported for insult in insults))
        counts = self.notions.read(features.folded)
        hostility = probability(float(self.hostility.scores(features, counts)[0]))
        scores = self.emotions.scores(features, counts)
        return intensity, self._emotions(scores, found, intensity), round(hostility, 4)

    def _intensity(self, features: Features, found: dict[str, Evidence], insulted: bool) -> Intensity:
        raw = float(self.intensity.scores(features.vector)[0]) + self.rules.total(found)
        cuts = self.intensity.cuts[0].tolist()
        level = self.rules.bounded(sum(raw >= cut for cut in cuts), found, insulted)
        if level:
            raw = max(raw, cuts[level - 1])
        if level < len(cuts):
            raw = min(raw, cuts[level])
        score = min(1.0, max(0.0, raw / _TOP_LEVEL))
        return Intensity(round(score, 4), level, self._why(features, found) if level else ())

    def _why(self, features: Features, found: dict[str, Evidence]) -> tuple[str, ...]:
        reasons = self.rules.reasons(found, _MOST_REASONS)
        if len(reasons) < _MOST_REASONS:
            words = {word: word_hash(word) for word in features.folded if len(word) >= _TELLING and word.isalpha()}
            told = self.intensity.explain(words, self.intensity.labels[0], _MOST_WORDS)
            reasons += [f"wording: '{word}'" for word in told]
        return tuple(reasons[:_MOST_REASONS])

    def _emotions(
        self, scores: NDArray[np.float32], found: dict[str, Evidence], intensity: Intensity
    ) -> dict[str, int]:
        levels = self.emotions.linear.levels(scores)
        emotions = dict(zip(self.emotions.linear.labels, levels, strict=True))
        return self.rules.adjust(emotions, found, intensity.level)
