"""Where each piece of advice acts: the steps, check rules, policy keys, briefing lines and commands that follow it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import BaseModel

from drafter.briefing import load_hints
from drafter.check import Checker
from drafter.data import Block, read_rules
from drafter.letters import load_letters
from drafter.places import Places
from drafter.plan import load_steps
from drafter.policy import Policy

KINDS = {"S": "step", "C": "check", "P": "policy", "B": "briefing", "F": "feature"}
ARTICLES = 5


class Advice(NamedTuple):
    """One id of the catalogue; `acts` maps a kind such as "step" to the names of what follows it."""

    id: str
    article: int  # of the five, from 1
    kinds: tuple[str, ...]
    text: str
    acts: dict[str, tuple[str, ...]]

    @property
    def idle(self) -> tuple[str, ...]:
        """The kinds that the catalogue wants and nothing serves."""
        return tuple(kind for kind in self.kinds if not self.acts.get(kind))

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {**self._asdict(), "acts": {kind: list(names) for kind, names in self.acts.items()}}


def load_advice(places: Places) -> list[Advice]:
    """Read the catalogue and gather what follows each id.

    Raises:
        DataError: the catalogue names an unknown kind or policy key, or something follows an id that it does not have.
    """
    blocks = read_rules(places.file("templates", "advice.yaml"), {"advice", "article", "kinds", "text"},
                        {"policy", "feature"})  # fmt: skip
    known = {block["advice"] for block in blocks}
    followers = _followers(places)
    for kind, pairs in followers.items():
        for name, ids in pairs:
            if unknown := [advice for advice in ids if advice not in known]:
                raise blocks[0].where.error(f"{kind} '{name}' follows unknown advice {', '.join(unknown)}")
    return [_advice(block, followers) for block in blocks]


def _advice(block: Block, followers: dict[str, list[tuple[str, tuple[str, ...]]]]) -> Advice:
    kinds = tuple(KINDS.get(letter, "") for letter in block.texts("kinds"))
    if "" in kinds or not 1 <= int(block["article"]) <= ARTICLES:
        raise block.where.error("unknown kind or article", f"Kinds: {', '.join(KINDS)}; articles: 1 to {ARTICLES}.")
    keys = block.texts("policy") if "policy" in block.fields else []
    if unknown := [key for key in keys if not _is_policy_key(key)]:
        raise block.where.error(f"unknown policy key '{unknown[0]}'")
    acts = {kind: _unique(name for name, ids in pairs if block["advice"] in ids) for kind, pairs in followers.items()}
    acts["policy"] = tuple(keys)
    acts["feature"] = tuple(f"drafter {name}" for name in block.texts("feature")) if "feature" in block.fields else ()
    return Advice(block["advice"], int(block["article"]), kinds, block["text"], {k: v for k, v in acts.items() if v})


def _followers(places: Places) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Return by kind what names its advice itself."""
    steps = [(rule.name, rule.advice) for rule in load_steps(places)]
    steps += [(step.name, step.advice) for letter in load_letters(places).values() for step in letter]
    checks = [(rule.id, (rule.advice,)) for rule in Checker.load(places).rules]
    return {"step": steps, "check": checks, "briefing": [(hint.line, hint.advice) for hint in load_hints(places)]}


def _is_policy_key(key: str) -> bool:
    model: Any = Policy
    for name in key.split("."):
        field = model.model_fields.get(name) if isinstance(model, type) and issubclass(model, BaseModel) else None
        if field is None:
            return False
        model = field.annotation
    return True


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
