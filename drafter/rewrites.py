"""Which steps people rewrite most: the comparisons of many drafts, added up by tone and step."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from drafter.compare import Comparison, Replacement, StepChange

WORD = "[word]"
"""Stands for a word with a capital that only one letter has: it may be a name."""

EXAMPLES = 10
_WORD = re.compile(r"\w+")
_MASK = re.compile(r"\[\w+\]")


@dataclass
class Row:
    """A step in a tone, over all drafts that took it."""

    tone: str
    step: str
    letters: int = 0
    rewritten: int = 0
    likeness: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    replacements: Counter[Replacement] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """The share of letters in which people changed it."""
        return self.rewritten / self.letters

    @property
    def similarity(self) -> float:
        """How alike it stayed, on average."""
        return self.likeness / self.letters

    @property
    def weight(self) -> float:
        """What the order goes by: the rate, drawn down where there are few letters."""
        return self.rewritten / (self.letters + 2)


class Ranking:
    """Adds up comparisons."""

    def __init__(self) -> None:
        self.letters = 0
        self.kinds: Counter[str] = Counter()
        self.added: Counter[tuple[str, str]] = Counter()
        self._likeness = 0.0
        self._rows: dict[tuple[str, str], Row] = {}
        self._capitalised: Counter[str] = Counter()

    @property
    def similarity(self) -> float:
        """How alike drafts and sent letters are, on average."""
        return self._likeness / self.letters if self.letters else 1.0

    def add(self, comparison: Comparison) -> None:
        """Count one pair."""
        self.letters += 1
        self._likeness += comparison.similarity
        self.kinds.update(comparison.kinds)
        self._capitalised.update(comparison.capitalised)
        for change in comparison.steps:
            if {"step_added", "text_added", "option_added"} & set(change.kinds) and not change.similarity:
                self.added[comparison.tone, change.step] += 1
            elif change.step:
                self._add_step(comparison.tone, change)

    def _add_step(self, tone: str, change: StepChange) -> None:
        row = self._rows.setdefault((tone, change.step), Row(tone, change.step))
        row.letters += 1
        row.rewritten += change.rewritten
        row.likeness += change.similarity
        row.kinds.update(change.kinds)
        row.replacements.update(set(change.replacements))

    def rows(self) -> list[Row]:
        """Return the steps, the most rewritten first."""
        return sorted(
            self._rows.values(), key=lambda row: (-row.weight, row.similarity, -row.letters, row.tone, row.step)
        )

    def examples(self, row: Row, most: int = EXAMPLES) -> list[tuple[Replacement, int]]:
        """Return the most frequent replacements of a step; words that only one letter has are masked."""
        found: Counter[Replacement] = Counter()
        for pair, count in row.replacements.items():
            found[Replacement(self._masked(pair.old), self._masked(pair.new))] += count
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return ordered[:most]

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object."""
        return {
            "letters": self.letters,
            "similarity": round(self.similarity, 4),
            "kinds": dict(self.kinds.most_common()),
            "steps": [self._row_json(row) for row in self.rows()],
            "added": [
                {"tone": tone, "step": step, "letters": count} for (tone, step), count in self.added.most_common()
            ],
        }

    def _row_json(self, row: Row) -> dict[str, Any]:
        examples = [{**pair._asdict(), "letters": count} for pair, count in self.examples(row)]
        return {"tone": row.tone, "step": row.step, "letters": row.letters, "rewritten": row.rewritten,
                "rate": round(row.rate, 4), "similarity": round(row.similarity, 4),
                "kinds": dict(row.kinds.most_common()), "examples": examples}  # fmt: skip

    def _masked(self, text: str) -> str:
        pieces, masks = _MASK.split(text), _MASK.findall(text)
        shown = [_WORD.sub(lambda match: WORD if self._rare(match[0]) else match[0], piece) for piece in pieces]
        return "".join(piece + mask for piece, mask in zip(shown, [*masks, ""], strict=True))

    def _rare(self, word: str) -> bool:
        return word[:1].isupper() and self._capitalised[word.casefold()] == 1
