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


def _collective(e: Evidence) -> str:
    return "a word for an organisation" if "company" in (e.candidate.default_target, e.own) else ""


def _heap_of(e: Evidence) -> str:
    return f"'{e.heap}' of people" if e.heap else ""


def _thing(e: Evidence) -> str:
    own = "" if e.candidate.noun in ("person", "animal") else e.own
    if "product" in (e.candidate.default_target, own):
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


def _employed(e: Evidence) -> str:
    return "somebody whom the reader employs" if e.employed else ""


def _your_place(e: Evidence) -> str:
    return "said of people at the reader's place" if e.your_place else ""


def _third_person(e: Evidence) -> str:
    return f"'{e.determiner} {e.candidate.text}' speaks about a third person" if e.determiner else ""


def _alone(e: Evidence) -> str:
    return "an exclamation of its own, without a person" if e.alone else ""


def _nearest(e: Evidence) -> str:
    return f"the nearest noun before it names {e.near or e.previous}" if e.near or e.previous else ""


TARGET_RULES: tuple[tuple[str, str, Rule], ...] = (
    ("self", "self", _said_of_me),
    ("apposition-product", "product", _apposition_of("product")),
    ("collective", "company", _collective),
    ("thing", "product", _thing),
    ("addressed", "agent", _addressed),
    ("named-you", "agent", _named_you),
    ("said-of-you", "agent", _said_of_you),
    ("employed", "staff", _employed),
    ("apposition-other", "other", _apposition_of("other")),
    ("apposition-staff", "staff", _apposition_of("staff")),
    ("apposition-company", "company", _apposition_of("company")),
    ("said-of-other", "other", _said_of("other")),
    ("said-of-staff", "staff", _said_of("staff")),
    ("said-of-company", "company", _said_of("company")),
    ("said-of-customer", "customer", _said_of("customer")),
    ("heap-of", "company", _heap_of),
    ("owned", "staff", _owned_by_you),
    ("your-place", "staff", _your_place),
    ("third-person", "staff", _third_person),
    ("alone", "agent", _alone),
    ("nearest", "staff", _nearest),
)


FIRM = frozenset(
    ("addressed", "named-you", "employed", "collective", "heap-of", "apposition-product", "apposition-other")
)
"""What the learned head may not overrule: in the corpus these rules err less than it does."""


# Whom it hits when it is only reported


def _told_by_me(target: str) -> Rule:
    def rule(e: Evidence) -> str:
        if e.speech.by != "me":
            return ""
        hit = "company" if "company" in (e.candidate.default_target, e.own) else e.speech.to
        wanted = _OURS if target == "staff" else ("you",) if target == "agent" else (target,)
        return f"the customer himself said '{e.candidate.text}' of {hit}" if hit in wanted else ""

    return rule


def _told_of_customer(e: Evidence) -> str:
    if e.speech.to in ("me", "mine", "customer") and e.speech.by != "me":
        return f"'{e.speech.verb}' said to the customer or his people"
    return f"said of '{e.said_of_text}', the customer or his people" if e.said_of in ("me", "mine", "customer") else ""


def _told_of_reader(e: Evidence) -> str:
    if e.said_of == "you" and not e.addressed:
        return f"somebody said it of '{e.said_of_text}', the reader"
    return f"'{e.speech.verb}' names the reader" if e.speech.to == "you" and e.speech.by != "you" else ""


def _told_of_company(e: Evidence) -> str:
    return "" if e.addressed or e.quoted else _collective(e)


def _told_of_other(e: Evidence) -> str:
    return f"said to {e.speech.to}" if e.speech.to in ("other", "staff") and e.speech.kind == "naming" else ""


def _told(e: Evidence) -> str:
    return "somebody said it to the customer"


TOLD_RULES: tuple[tuple[str, str, Rule], ...] = (
    ("told-by-me-company", "company", _told_by_me("company")),
    ("told-by-me-agent", "agent", _told_by_me("agent")),
    ("told-by-me-staff", "staff", _told_by_me("staff")),
    ("told-customer", "customer", _told_of_customer),
    ("told-agent", "agent", _told_of_reader),
    ("told-company", "company", _told_of_company),
    ("told-other", "other", _told_of_other),
    ("told", "customer", _told),
)


def target_of(evidence: Evidence, told: bool) -> Verdict:
    """Return whom the candidate hits by the first rule that answers; `told`: it is only reported."""
    for name, target, rule in TOLD_RULES if told else TARGET_RULES:
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
    if not e.negator or e.addressed or e.self_named or e.conditional or e.definite or e.determiner == "owned":
        return ""
    return f"negated by '{e.negator}'"


def _disclaimed(e: Evidence) -> str:
    return f"disclaimed: '{e.disclaimer}'" if e.disclaimer and not e.addressed and not e.quoted else ""


def _mere_animal(e: Evidence) -> str:
    """An animal as a bare object or subject is an animal, unless something makes it a name for somebody."""
    if e.candidate.noun != "animal" or len(e.tokens) > 1 or e.quoted or e.alone:
        return ""
    meant = e.said_of or e.addressed or e.self_named or e.apposition or e.speech.kind == "naming" or e.in_role_phrase
    return "" if meant or not e.plain else f"'{e.determiner} {e.candidate.text}' is an animal or a thing"


DROP_RULES: tuple[tuple[str, Rule], ...] = (
    ("negated", _negated),
    ("disclaimed", _disclaimed),
    ("animal", _mere_animal),
)


def dropped(evidence: Evidence) -> Verdict | None:
    """Return why the candidate is no insult, or nothing."""
    found = ((name, rule(evidence)) for name, rule in DROP_RULES)
    return next((Verdict("false", name, why) for name, why in found if why), None)
