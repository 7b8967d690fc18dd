"""The rules that judge an insult candidate by its evidence, in the order in which they are asked.

Every rule is a small function that returns what speaks for it, in English, or nothing.
The first rule that answers decides; its answer becomes part of the finding's `why`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drafter.analysis.evidence import Evidence
from drafter.analysis.wordpatterns import Pattern, Words, words_of
from drafter.data import read_rules
from drafter.places import Places

PERSONS = ("person", "animal", "quality", "idiom")
_OURS = ("staff", "yours")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule decided and why."""

    value: str
    rule: str
    why: str


class Phrases:
    """The phrases of `rules/insults.yaml` by kind."""

    def __init__(self, patterns: dict[str, list[Pattern]]) -> None:
        self._patterns = patterns

    @classmethod
    def load(cls, places: Places) -> Phrases:
        """Read the rules.

        Raises:
            DataError: the rule file is wrong.
        """
        blocks = read_rules(places.file("rules", "insults.yaml"), {"id", "kind", "patterns"}, {"hit", "miss"})
        parts = {block["id"]: block.texts("patterns") for block in blocks if block["kind"] == "part"}
        patterns: dict[str, list[Pattern]] = {}
        for block in blocks:
            try:
                made = [Pattern(source, parts) for source in block.texts("patterns")]
            except ValueError as error:
                raise block.where.error(str(error)) from error
            patterns.setdefault(block["kind"], []).extend(made)
        return cls(patterns)

    def find(self, kind: str, text: str) -> bool:
        """Tell whether a phrase of the kind occurs in the text."""
        words: Words = words_of(text[:2000])
        return any(pattern.search(words) for pattern in self._patterns.get(kind, ()))


Rule = Callable[[Evidence], str]


# Whom it hits


def _said_of_me(e: Evidence) -> str:
    if e.self_named:
        return f"'{e.self_named} {e.candidate.text}': the customer calls himself so"
    return f"predicated of '{e.said_of_text}'" if e.said_of == "me" and not e.speech.kind else ""


def _said_to_me(e: Evidence) -> str:
    if e.speech.kind and e.speech.to in ("me", "mine", "customer"):
        return f"'{e.speech.verb}' said to the customer or his people"
    return f"'{e.speech.verb}' about '{e.said_of_text}'" if e.speech.kind and e.said_of == "me" else ""


def _collective(e: Evidence) -> str:
    return "a word for an organisation" if "company" in (e.candidate.default_target, e.own) else ""


def _thing(e: Evidence) -> str:
    if "product" in (e.candidate.default_target, e.own):
        return "a word for a thing"
    return f"said of '{e.said_of_text}', a thing" if e.said_of == "product" else ""


def _addressed(e: Evidence) -> str:
    return f"'{e.addressed} {e.candidate.text}' addresses the reader" if e.addressed else ""


def _said_of_you(e: Evidence) -> str:
    return f"predicated of '{e.said_of_text}', the reader" if e.said_of == "you" else ""


def _named_you(e: Evidence) -> str:
    return f"'{e.speech.verb}' names the reader" if e.speech.to == "you" and e.speech.by == "me" else ""


def _apposition_of(target: str) -> Rule:
    def rule(e: Evidence) -> str:
        wanted = _OURS if target == "staff" else (target,)
        return f"explains a noun for {e.apposition}" if e.apposition in wanted else ""

    return rule


def _said_of(target: str) -> Rule:
    def rule(e: Evidence) -> str:
        wanted = _OURS if target == "staff" else ("other", "mine") if target == "other" else (target,)
        return f"said of '{e.said_of_text}' ({e.said_of})" if e.said_of in wanted else ""

    return rule


def _owned_by_you(e: Evidence) -> str:
    return "'Ihr', 'euer' or 'dein' before it: one of the reader's people" if e.owner == "you" else ""


def _your_place(e: Evidence) -> str:
    return "said of people at the reader's place" if e.your_place else ""


def _third_person(e: Evidence) -> str:
    return f"'{e.determiner} {e.candidate.text}' speaks about a third person" if e.determiner else ""


def _alone(e: Evidence) -> str:
    return "an exclamation of its own, without a person" if e.alone else ""


def _nearest(e: Evidence) -> str:
    return f"the nearest noun before it names {e.near or e.previous}" if e.near or e.previous else ""


_TOLD_ONLY = ("said-to-me",)

TARGET_RULES: tuple[tuple[str, str, Rule], ...] = (
    ("self", "self", _said_of_me),
    ("said-to-me", "customer", _said_to_me),
    ("collective", "company", _collective),
    ("thing", "product", _thing),
    ("addressed", "agent", _addressed),
    ("named-you", "agent", _named_you),
    ("apposition-other", "other", _apposition_of("other")),
    ("apposition-staff", "staff", _apposition_of("staff")),
    ("apposition-company", "company", _apposition_of("company")),
    ("said-of-you", "agent", _said_of_you),
    ("said-of-other", "other", _said_of("other")),
    ("said-of-staff", "staff", _said_of("staff")),
    ("said-of-company", "company", _said_of("company")),
    ("said-of-customer", "customer", _said_of("customer")),
    ("owned", "staff", _owned_by_you),
    ("your-place", "staff", _your_place),
    ("third-person", "staff", _third_person),
    ("alone", "agent", _alone),
    ("nearest", "staff", _nearest),
)


def target_of(evidence: Evidence, told: bool) -> Verdict:
    """Return whom the candidate hits by the first rule that answers; `told`: it is only reported."""
    for name, target, rule in TARGET_RULES:
        if name in _TOLD_ONLY and not told:
            continue
        if why := rule(evidence):
            return Verdict(target, name, why)
    return Verdict("agent" if not evidence.near else "staff", "default", "nothing tells whom it hits")


# Whether it was only reported


def _named_by_others(e: Evidence) -> str:
    if e.speech.kind != "naming" or e.speech.by == "me":
        return ""
    if e.speech.passive or e.in_role_phrase or e.speech.to:
        return f"'{e.speech.verb}' tells what somebody was called"
    return ""


def _quoted_speech(e: Evidence) -> str:
    return f"in quotation marks with '{e.speech.verb}'" if e.quoted and e.speech.kind else ""


def _indirect_speech(e: Evidence) -> str:
    if e.conjunctive and e.speech.kind and e.said_of in ("me", "mine", "third"):
        return f"indirect speech after '{e.speech.verb}'"
    return ""


REPORTED_RULES: tuple[tuple[str, Rule], ...] = (
    ("named-by-others", _named_by_others),
    ("quoted-speech", _quoted_speech),
    ("indirect-speech", _indirect_speech),
)


def reported(evidence: Evidence) -> Verdict | None:
    """Return why the insult is only reported, or nothing."""
    found = ((name, rule(evidence)) for name, rule in REPORTED_RULES)
    return next((Verdict("true", name, why) for name, why in found if why), None)


# Whether it is an insult at all


def _negated(e: Evidence) -> str:
    if not e.negator or e.addressed or e.self_named:
        return ""
    return f"negated by '{e.negator}'"


def _surname(e: Evidence) -> str:
    before = e.tokens[0].nbor(-1) if e.tokens[0].i else None
    if "no-name" in e.candidate.needs or before is None:
        return ""
    return f"a name after '{before.text}'" if before.tag_ == "NE" and e.tokens[0].tag_ == "NE" else ""


DROP_RULES: tuple[tuple[str, Rule], ...] = (("negated", _negated),)


def dropped(evidence: Evidence) -> Verdict | None:
    """Return why the candidate is no insult, or nothing."""
    found = ((name, rule(evidence)) for name, rule in DROP_RULES)
    return next((Verdict("false", name, why) for name, why in found if why), None)
