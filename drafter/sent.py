"""Replies of ours that stand in an export: what was sent counts like an accepted draft, by what it really says."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from drafter.data import Block, read_rules
from drafter.ladder import against_us
from drafter.lazypattern import LazyPattern, lazy
from drafter.places import Places
from drafter.records import STAGES, Draft, Outcome

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


class StageRule(NamedTuple):
    """A rule of sent_replies.yaml."""

    stage: str
    pattern: LazyPattern
    never: LazyPattern | None

    def finds(self, sentence: str) -> bool:
        """Tell whether a sentence takes the stage."""
        return bool(self.pattern.search(sentence)) and not (self.never and self.never.search(sentence))


def load_stage_rules(places: Places) -> dict[str, StageRule]:
    """Read the rules by their ids.

    Raises:
        DataError: a pattern is wrong or a stage unknown.
    """
    path = places.file("rules", "sent_replies.yaml")
    blocks = read_rules(path, {"id", "stage", "pattern", "hit", "miss"}, {"never"})
    return {block["id"]: _rule(block) for block in blocks}


def _rule(block: Block) -> StageRule:
    if block["stage"] not in STAGES:
        raise block.where.error(f"unknown stage '{block['stage']}'", f"Known: {', '.join(STAGES)}.")
    never = block.get("never")
    return StageRule(block["stage"], lazy(block["pattern"], block.where), lazy(never, block.where) if never else None)


def as_sent(outcome: Outcome, text: str, rules: dict[str, StageRule]) -> Outcome:
    """Return the outcome with the words that were sent in place of the draft's, and the stage that they take.

    Args:
        text: what we wrote ourselves, without what it quotes.
    """
    assert outcome.plan and outcome.draft and outcome.analysis
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCE.split(text)]
    said = [rule.stage for rule in rules.values() if any(rule.finds(sentence) for sentence in sentences)]
    unsaid = "overlook" if against_us(outcome.analysis) else "none"
    stage = max(said, key=STAGES.index, default=unsaid)
    draft = Draft(outcome.draft.subject, text, outcome.draft.paragraphs)
    return replace(outcome, plan=replace(outcome.plan, stage=stage), draft=draft)
