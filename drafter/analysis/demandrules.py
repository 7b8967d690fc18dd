"""The rules of demands.yaml and questions.yaml as compiled patterns."""

from __future__ import annotations

import re
from typing import NamedTuple

from drafter.analysis.dates import spellings
from drafter.analysis.factwords import alternatives
from drafter.data import Block, read_rules, read_table
from drafter.lazypattern import LazyPattern, lazy
from drafter.places import Places

_MACRO = re.compile(r"\{([a-z_]+)\}")
_DEMAND_PARTS = ("macro", "want", "skip", "follow", "opens", "join", "kind")
_QUESTION_PARTS = ("rhetorical", "open", "form")


class Rule(NamedTuple):
    """One pattern; see the heads of the rule files."""

    id: str
    part: str
    pattern: LazyPattern
    never: LazyPattern | None
    question: str  # yes, no, or empty where it does not matter
    proposal: bool
    scope: str  # sentence, head (first clause, or one that `opens` allows), or empty for any clause
    hit: tuple[str, ...]
    miss: tuple[str, ...]

    def finds(self, text: str) -> bool:
        """Whether the pattern is there and the forbidden one is not."""
        return bool(self.pattern.search(text)) and not (self.never and self.never.search(text))


def load_demand_rules(places: Places) -> list[Rule]:
    """Read demands.yaml, with the macros filled in.

    Raises:
        DataError: a rule is wrong.
    """
    blocks = read_rules(
        places.file("rules", "demands.yaml"),
        {"id", "part", "pattern"},
        {"never", "question", "proposal", "scope", "hit", "miss"},
    )
    macros = _verb_forms(places)
    for block in blocks:
        if block["part"] == "macro":
            macros[block["id"]] = block["pattern"]
    return [_rule(block, _DEMAND_PARTS, macros) for block in blocks if block["part"] != "macro"]


def load_question_rules(places: Places) -> list[Rule]:
    """Read questions.yaml.

    Raises:
        DataError: a rule is wrong.
    """
    blocks = read_rules(places.file("rules", "questions.yaml"), {"id", "part", "pattern", "hit", "miss"}, {"never"})
    return [_rule(block, _QUESTION_PARTS, {}) for block in blocks]


def _verb_forms(places: Places) -> dict[str, str]:
    """Form the imperatives to one and to several from the list of verbs."""
    one: set[str] = set()
    several: set[str] = set()
    for row, _ in read_table(places.file("lexicon", "request_verbs.tsv"), ("stem", "singular")):
        stem = row["stem"]
        one.update(row["singular"].split() or [stem, stem + "e"])
        several.update([stem + "t", stem + "et"])
    return {"verb_du": alternatives(spellings(sorted(one))), "verb_ihr": alternatives(spellings(sorted(several)))}


def _rule(block: Block, parts: tuple[str, ...], macros: dict[str, str]) -> Rule:
    if block["part"] not in parts:
        raise block.where.error(f"part must be one of {', '.join(parts)}")
    if block.get("question", "") not in ("", "yes", "no"):
        raise block.where.error("question must be yes or no")
    never = block.get("never")
    return Rule(
        id=block["id"],
        part=block["part"],
        pattern=_compile(block, block["pattern"], macros),
        never=_compile(block, never, macros) if never else None,
        question=block.get("question", ""),
        proposal=bool(block.get("proposal", False)),
        scope=block.get("scope", ""),
        hit=tuple(block.texts("hit")),
        miss=tuple(block.texts("miss")),
    )


def _compile(block: Block, pattern: str, macros: dict[str, str]) -> LazyPattern:
    def fill(match: re.Match[str]) -> str:
        if match.group(1) not in macros:
            raise block.where.error(f"unknown macro {match.group()}")
        return macros[match.group(1)]

    return lazy(_MACRO.sub(fill, pattern), block.where)
