"""What makes a mail sound stronger or milder beside its words: marks, capitals, repetition, notions, insults."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from drafter.analysis.families import Families, Notes, Notions, Rule, anything, merged, rule_from
from drafter.analysis.featurereader import Features, words_in
from drafter.data import Block, read_rules, read_table
from drafter.features import fold
from drafter.places import Places
from drafter.records import EMOTIONS, Insult

_MIN_CAPITALS = 4
_MIN_REPEATED = 4
_LOOK_BACK = 12

Evidence = tuple[float, dict[str, str]]
"""How much of something was found, and the words for the reason."""


class MoodRule(NamedTuple):
    """A rule of rules/mood.yaml."""

    id: str
    weight: float
    most: float
    above: float
    reason: str
    measure: str
    rule: Rule | None
    limits: Mapping[str, tuple[int, int]]  # the least and the most that an emotion can be
    from_level: int  # the intensity from which the limits hold
    floor: int  # the least level where the rule holds
    ceiling: int | None  # the most, unless the level is higher by two
    most_words: int | None  # the rule is for texts of so many words

    @classmethod
    def of(cls, block: Block) -> MoodRule:
        """Make a rule of its block.

        Raises:
            DataError: the measure is unknown, or there is neither measure nor words.
        """
        measure = str(block.get("measure", ""))
        if measure and measure not in _MEASURES:
            raise block.where.error(f"unknown measure '{measure}' (known: {', '.join(sorted(_MEASURES))})")
        rule = None if measure else rule_from(block, {})
        limits = {name: (int(low), int(high)) for name, (low, high) in (block.get("limits") or {}).items()}
        return cls(str(block["id"]), float(block["weight"]), float(block.get("most", 1)),
                   float(block.get("above", 0)), str(block["reason"]), measure, rule,
                   limits, int(block.get("from_level", 0)), int(block.get("floor", 0)),
                   *(int(block[name]) if name in block.fields else None
                     for name in ("ceiling", "most_words")))  # fmt: skip

    def value(self, count: float) -> float:
        """Return how much a count counts."""
        return min(count, self.most) if count > self.above else 0.0


class Reading(NamedTuple):
    """What the measures look at."""

    raw: Sequence[str]
    folded: Sequence[str]
    marks: Sequence[str]  # those of the tokens that are runs of ! and ?
    insults: Sequence[Insult]
    acronyms: frozenset[str]  # folded


def read_mood_rules(path: Path) -> list[MoodRule]:
    """Read the rules.

    Raises:
        DataError: the file breaks its format.
    """
    required = {"id", "weight", "reason", "because"}
    optional = {"measure", "words", "within", "between", "unless", "whole", "most", "above", "limits", "from_level",
                "floor", "ceiling", "most_words", "hit", "miss"}  # fmt: skip
    return [MoodRule.of(block) for block in read_rules(path, required, optional)]


class MoodRules:
    """All rules of mood, ready to be applied."""

    @classmethod
    def load(cls, places: Places, families: Families) -> MoodRules:
        """Read rules/mood.yaml and the abbreviations that are no shouting.

        Raises:
            DataError: a file breaks its format.
        """
        table = read_table(places.file("lexicon", "acronyms.tsv"), ("word",))
        acronyms = frozenset(fold(row["word"]) for row, _ in table)
        return cls(read_mood_rules(places.file("rules", "mood.yaml")), families, acronyms)

    def __init__(self, rules: Sequence[MoodRule], families: Families, acronyms: frozenset[str] = frozenset()) -> None:
        self.rules = tuple(rules)
        self._acronyms = acronyms
        self._notes = Notes(families, [rule.rule for rule in rules if rule.rule])

    def apply(self, features: Features, insults: Sequence[Insult] = ()) -> dict[str, Evidence]:
        """Return what each rule finds in a text, by the rule's id; rules that find nothing are left out."""
        marks = [token for token in features.raw if token[0] in "!?"]
        reading = Reading(features.raw, features.folded, marks, insults, self._acronyms)
        held = self._held(features.sentences)
        length = words_in(features.raw)
        found: dict[str, Evidence] = {}
        for rule in self.rules:
            if rule.most_words is not None and length > rule.most_words:
                continue
            if not rule.rule:
                evidence = _MEASURES[rule.measure](reading)
            elif rule.id in held:
                evidence = _count(rule.rule, held[rule.id], features.raw)
            else:
                continue
            if rule.value(evidence[0]):
                found[rule.id] = evidence
        return found

    def _held(self, sentences: Sequence[Notions]) -> dict[str, list[Notions]]:
        """Return where each rule of words holds: in which sentences, or in the text as a whole."""
        held: dict[str, list[Notions]] = {}
        for notions in sentences:
            for rule in self._notes.hits(notions):
                held.setdefault(rule.id, []).append(notions)
        everywhere = anything(merged(sentences))
        for rule in self._notes.hits(everywhere, whole=True):
            held[rule.id] = [everywhere]
        return held

    def total(self, found: Mapping[str, Evidence]) -> float:
        """Return what the evidence adds to the level."""
        return sum(rule.weight * rule.value(found[rule.id][0]) for rule in self.rules if rule.id in found)

    def bounded(self, level: int, found: Mapping[str, Evidence], insulted: bool = False) -> int:
        """Return the level, not below what the writer says of himself, nor above what a plain question can be."""
        held = [rule for rule in self.rules if rule.id in found]
        floor = max((rule.floor for rule in held), default=0)
        tops = [rule.ceiling for rule in held if rule.ceiling is not None and level <= rule.ceiling + 1]
        return max(floor, min([level, *([] if insulted else tops)]))

    def adjust(self, emotions: Mapping[str, int], found: Mapping[str, Evidence], level: int) -> dict[str, int]:
        """Correct the emotions by what was found: irony is no joy, and beside himself is not without anger."""
        corrected = dict(emotions)
        for rule in self.rules:
            if rule.id in found and rule.limits and level >= rule.from_level:
                for emotion, (low, high) in rule.limits.items():
                    corrected[emotion] = min(high, max(low, corrected[emotion]))
        return {emotion: corrected.get(emotion, 0) for emotion in EMOTIONS}

    def reasons(self, found: Mapping[str, Evidence], most: int) -> list[str]:
        """Return the reasons of the rules that raise the level, the weightiest first."""
        said = [
            (rule.floor + rule.weight * rule.value(found[rule.id][0]), _reason(rule, found[rule.id]))
            for rule in self.rules
            if rule.id in found and (rule.weight > 0 or rule.floor) and rule.reason
        ]
        return [reason for _, reason in sorted(said, key=lambda pair: -pair[0])][:most]


def _reason(rule: MoodRule, evidence: Evidence) -> str:
    count, words = evidence
    text = rule.reason.replace("{count}", f"{count:g}")
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return text


def _count(rule: Rule, hits: Sequence[Notions], raw: Sequence[str]) -> Evidence:
    """Count the sentences in which a rule of words holds; the first one gives the words."""
    first = _places(rule, 0, hits[0])
    start, end = _closest(first, _places(rule, -1, hits[0])) if rule.within else (first[0], first[0])
    return float(len(hits)), {"text": " ".join(raw[start : end + 1])}


def _places(rule: Rule, part: int, notions: Notions) -> list[int]:
    return sorted({place for name in rule.parts[part] for place in notions.get(name, ())})


def _closest(first: list[int], last: list[int]) -> tuple[int, int]:
    pairs = [(a, b) for a, b in itertools.product(first[:20], last[:20]) if a != b]
    ordered = [pair for pair in pairs if pair[0] < pair[1]] or [(b, a) for a, b in pairs]
    return min(ordered, key=lambda pair: pair[1] - pair[0]) if ordered else (first[0], first[0])


def _exclamation_run(reading: Reading) -> Evidence:
    return max((float(mark.count("!")) for mark in reading.marks), default=0.0), {}


def _exclamations(reading: Reading) -> Evidence:
    return float(sum("!" in mark for mark in reading.marks)), {}


def _question_run(reading: Reading) -> Evidence:
    return max((float(len(mark)) for mark in reading.marks if "?" in mark), default=0.0), {}


def _capitals(reading: Reading) -> Evidence:
    loud = [token for token in reading.raw if token.isupper() and len(token) >= _MIN_CAPITALS and token.isalpha()]
    shouted = [token for token in loud if fold(token) not in reading.acronyms]
    return float(len(shouted)), {"text": ", ".join(list(dict.fromkeys(shouted))[:3])}


def _repetition(reading: Reading) -> Evidence:
    """Find short sentences whose first weighty word stood in the words just before them."""
    words = reading.folded
    starts = [i for i, word in enumerate(words, 1) if word[0] in ".!?…"]
    found = [
        reading.raw[i]
        for i in starts[: len(starts) - (starts[-1:] == [len(words)])]
        if words[i] in words[max(0, i - _LOOK_BACK) : i - 1] and _is_short(words, i)
    ]
    return float(len(found)), {"text": found[0] if found else ""}


def _is_short(words: Sequence[str], start: int) -> bool:
    end = next((i for i in range(start, len(words)) if words[i][0] in ".!?…"), len(words))
    return end - start <= _MIN_REPEATED and words[start].isalpha() and len(words[start]) > 1


def _worst(insults: Sequence[Insult], targets: frozenset[str]) -> Evidence:
    meant = [insult for insult in insults if insult.target in targets and not insult.reported]
    if not meant:
        return 0.0, {}
    worst = max(meant, key=lambda insult: insult.severity)
    return float(worst.severity), {"text": worst.text, "target": worst.target}


_PEOPLE = frozenset(("agent", "staff"))
_THINGS = frozenset(("company", "product", "other"))

_MEASURES: dict[str, Callable[[Reading], Evidence]] = {
    "always": lambda reading: (1.0, {}),
    "exclamation_run": _exclamation_run,
    "exclamations": _exclamations,
    "question_run": _question_run,
    "capitals": _capitals,
    "repetition": _repetition,
    "insult_person": lambda reading: _worst(reading.insults, _PEOPLE),
    "insult_thing": lambda reading: _worst(reading.insults, _THINGS),
    "insult_count": lambda reading: (
        float(sum(not i.reported and i.target in _PEOPLE | _THINGS for i in reading.insults)), {}
    ),
}  # fmt: skip
