"""Read a text into features with the shipped word families and rules: the same in training and at run time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from drafter.analysis.families import Families, Notes, Notions, Rule, locate, rule_from
from drafter.analysis.text import OwnText
from drafter.data import read_rules, read_table
from drafter.features import Piece, Vector, fold, joined, piece, tokens
from drafter.places import Places
from drafter.records import SITUATIONS

_INSULT_COLUMNS = ("headword", "kind", "severity", "needs", "flags", "forms", "remark")
_READ_ZONES = ("body", "postscript")
_THANKS_ZONE = "signoff"
_MEMORY = 16


@dataclass(frozen=True)
class Features:
    """A text as the heads and rules see it."""

    raw: list[str]  # tokens as written
    folded: list[str]  # the same in the form they are counted in
    sentences: list[Notions]
    noted: list[str]  # the notions, and the rules that hold (`rule:id`)
    parts: tuple[Features, ...] = ()  # what it was joined of

    @cached_property
    def vector(self) -> Vector:
        """What the heads weigh; of a subject alone nobody asks for it."""
        return joined([part.piece for part in self.parts or (self,)], self.raw)

    @cached_property
    def piece(self) -> Piece | None:
        """What it gives to a text that it is a part of."""
        return piece(self.folded, self.noted)


class FeatureReader:
    """Extracts features; remembers the last texts, because several readers ask for the same one."""

    def __init__(self, families: Families, rules: Sequence[Rule]) -> None:
        self.families = families
        self.rules = tuple(rules)
        self._notes = Notes(families, rules)
        self.read = lru_cache(maxsize=_MEMORY)(self._read)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle families and rules; the memory of texts stays behind."""
        return FeatureReader, (self.families, self.rules)

    @classmethod
    def load(cls, places: Places) -> FeatureReader:
        """Read families and rules once for each company folder.

        Raises:
            DataError: a file breaks its format.
        """
        return _load(places)

    def _read(self, text: str) -> Features:
        raw = tokens(text)
        folded = list(map(fold, raw))
        sentences = locate(folded, self.families)
        return Features(raw, folded, sentences, self._notes.names(sentences))

    def joined(self, subject: str, text: str) -> Features:
        """Read a text with a subject before it; the text may have been read already, so only the subject costs."""
        if not subject.strip():
            return self.read(text)
        head, body = self.read(f"{subject.strip()}.\n"), self.read(text)
        return Features(
            head.raw + body.raw,
            head.folded + body.folded,
            head.sentences + body.sentences,
            head.noted + body.noted,
            (head, body),
        )


def words_in(raw: Sequence[str]) -> int:
    """Return how many of the tokens are words."""
    return sum(token[0].isalpha() for token in raw)


def prose(text: OwnText) -> str:
    """Return what the heads read of a mail: its body without greeting and sign-off; thanks may be all that there is."""
    zones = [zone for zone in text.own_zones if zone.kind in _READ_ZONES]
    zones = zones or [zone for zone in text.own_zones if zone.kind == _THANKS_ZONE]
    return "\n".join(text.body[zone.start : zone.end].strip() for zone in zones)


@lru_cache(maxsize=4)
def _load(places: Places) -> FeatureReader:
    families = Families()
    for name in ("situations.tsv", "mood.tsv"):
        families.read(places.file("lexicon", name))
    _add_insults(families, places.file("lexicon", "insults.tsv"))
    return FeatureReader(families, read_situation_rules(places.file("rules", "situations.yaml")))


def read_situation_rules(path: Path) -> list[Rule]:
    """Read rules/situations.yaml.

    Raises:
        DataError: the file breaks its format or names an unknown situation.
    """
    rules = []
    for block in read_rules(
        path, {"id", "situation", "words"}, {"weight", "within", "unless", "whole", "hit", "miss", "because"}
    ):
        if block["situation"] not in SITUATIONS:
            raise block.where.error(f"unknown situation '{block['situation']}'")
        rules.append(rule_from(block, {str(block["situation"]): float(block.get("weight", 0))}))
    return rules


def _add_insults(families: Families, path: Path) -> None:
    """Make headwords notions by their severity; those that need a cue say nothing by themselves."""
    for row, _ in read_table(path, _INSULT_COLUMNS):
        flags = row["flags"].split()
        if "cue" not in flags and len(row["headword"]) > 2:
            edge = "" if "whole" in flags else "*"
            families.add(f"{edge}{row['headword']}~", f"insult{row['severity']}")
