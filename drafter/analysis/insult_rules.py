"""The rules that judge an insult candidate by its evidence, in the order in which they are asked.

Every rule is a small function that returns what speaks for it, in English, or nothing.
The first rule that answers decides; its answer becomes part of the finding's `why`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from drafter.analysis.evidence import Evidence
from drafter.analysis.wordpatterns import Pattern, PatternSet, words_of
from drafter.data import read_rules
from drafter.places import Places

PERSONS = ("person", "animal", "quality", "idiom")
_OURS = ("staff", "yours")
_MEANT = {
    "agent": ("you",),
    "staff": ("staff", "yours", "he"),
    "company": ("company",),
    "product": ("product",),
    "other": ("other", "mine", "customer"),
}
"""Which classes of words mean which target."""


class Verdict(NamedTuple):
    """What a rule decided and why."""

    value: str
    rule: str
    why: str


class Phrases:
    """The phrases of `rules/insults.yaml` by kind."""

    def __init__(self, patterns: dict[str, list[Pattern]]) -> None:
        self._sets = {kind: PatternSet((kind, pattern) for pattern in of) for kind, of in patterns.items()}

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
        return kind in self._sets and bool(self._sets[kind].find(words_of(text[:2000])))


Rule = Callable[[Evidence], str]


# Whom it hits


def _said_of_me(e: Evidence) -> str:
    if e.self_named:
        return f"'{e.self_named} {e.candidate.text}': the customer calls himself so"
    if {"company", "product"} & {e.candidate.default_target, e.own} or "you" in (e.copular, e.inverted) or e.addressed:
        return ""
    if "me" in (e.likened, e.compared, e.inverted, e.copular) and e.speech.kind in ("", "saying"):
        return "the customer likens himself to it"
    return f"predicated of '{e.said_of_text}'" if e.said_of == "me" and not e.speech.kind else ""


def _collective(e: Evidence) -> str:
    if e.addressed and e.mob:
        return ""  # "ihr Pack" are people, "ihr Saftladen" is a company
    return "a word for an organisation" if "company" in (e.candidate.default_target, e.own) else ""


def _heap_of(e: Evidence) -> str:
    return f"'{e.heap}' of people" if e.heap else ""


def _pointed(e: Evidence) -> str:
    elsewhere = next((topic for topic in e.topics if topic), "") in ("company", "other", "you")
    return f"'{e.pointed}' points to people who did it" if e.pointed and not elsewhere else ""


def _resumed(e: Evidence) -> str:
    return "the customer takes himself up again" if e.resumed else ""


def _thing(e: Evidence) -> str:
    own = "" if e.candidate.noun in ("person", "animal") else e.own
    if "product" in (e.candidate.default_target, own):
        return "a word for a thing"
    return f"said of '{e.said_of_text}', a thing" if e.said_of == "product" and not e.addressed else ""


def _addressed(e: Evidence) -> str:
    return f"'{e.addressed} {e.candidate.text}' addresses the reader" if e.addressed else ""


def _said_of_you(e: Evidence) -> str:
    return f"predicated of '{e.said_of_text}', the reader" if e.said_of == "you" else ""


def _oblique(e: Evidence) -> str:
    person = e.candidate.noun in ("person", "animal")
    return f"'{e.oblique} {e.candidate.text}' calls the reader so" if e.oblique and person else ""


def _like_you(e: Evidence) -> str:
    return "likened to the reader" if e.likened == "you" else ""


def _inverted_you(e: Evidence) -> str:
    return f"'{e.candidate.text}' said of the reader, who is named after it" if e.inverted == "you" else ""


def _borne_by(field: str, target: str, how: str) -> Rule:
    """Make the rule for a class that the word order tells."""

    def rule(e: Evidence) -> str:
        found = getattr(e, field)
        return f"{how} ({found})" if found in _MEANT[target] else ""

    return rule


def _whoever(e: Evidence) -> str:
    return "said of whoever did it" if e.whoever and e.said_of in ("", "who", "third") else ""


def _bare(target: str) -> Rule:
    def rule(e: Evidence) -> str:
        if not e.verbless or e.determiner not in ("", "what") or e.said_of or not e.topics:
            return ""
        topic = e.topics[0]
        return f"a bare word after a sentence about {topic}" if topic in _MEANT[target] else ""

    return rule


def _named_you(e: Evidence) -> str:
    return f"'{e.speech.verb}' names the reader" if e.speech.to == "you" and e.speech.by == "me" else ""


def _apposition_of(target: str) -> Rule:
    def rule(e: Evidence) -> str:
        wanted = _MEANT[target]
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


def _seated(e: Evidence) -> str:
    return "they sit at the reader's place" if e.seated and e.candidate.noun != "collective" else ""


def _elsewhere(e: Evidence) -> str:
    person = e.candidate.noun in ("person", "animal") and not e.your_place
    return "said of people at a stranger's place" if e.elsewhere and person else ""


def _reader_place(e: Evidence) -> str:
    without_people = e.candidate.noun in ("idiom", "quality") and not e.everyone
    return "said of the reader, at whose place it is" if e.your_place == "you" and without_people else ""


def _your_place(e: Evidence) -> str:
    return "said of people at the reader's place" if e.your_place else ""


def _your_people(e: Evidence) -> str:
    person = e.candidate.noun in ("person", "animal") or e.everyone
    return "said of the people at the reader's place" if e.your_place and person and not e.verbless else ""


def _topic_other(e: Evidence) -> str:
    """A definite noun takes up who was spoken of: "Mein Nachbar ... . Dieser X ..."."""
    topic = next((topic for topic in e.topics if topic not in ("", "he")), "")
    takes_up = e.definite or (e.verbless and e.determiner) or e.said_of == "thing"  # "das ist ein X"
    taken_up = takes_up and e.said_of in ("", "noun", "thing") and topic == "other"
    return "takes up the stranger spoken of before" if taken_up else ""


def _explained_other(e: Evidence) -> str:
    """At the end of its clause a definite noun explains the one before: "Mein Nachbar dreht auf, dieser X"."""
    explains = e.definite and e.closing and e.near in ("other", "mine") and not e.said_of
    return "explains the stranger of the clause before" if explains else ""


def _beside_me(e: Evidence) -> str:
    return "somebody beside the customer" if e.beside_me and e.said_of in ("", "noun") and e.determiner else ""


def _nearest_other(e: Evidence) -> str:
    return "the nearest noun before it names a stranger" if e.near in ("other", "mine") else ""


def _third_person(e: Evidence) -> str:
    if e.determiner == "what" and e.verbless:
        return ""
    return f"'{e.determiner} {e.candidate.text}' speaks about a third person" if e.determiner else ""


def _alone(e: Evidence) -> str:
    return "an exclamation of its own, without a person" if e.alone else ""


def _nearest(e: Evidence) -> str:
    return f"the nearest noun before it names {e.near or e.previous}" if e.near or e.previous else ""


def _order_rules(field: str, how: str, *targets: str) -> tuple[tuple[str, str, Rule], ...]:
    """Make one rule for each target that an answer of `Bearers` may tell."""
    return tuple((f"{field}-{target}", target, _borne_by(field, target, how)) for target in targets)


TARGET_RULES: tuple[tuple[str, str, Rule], ...] = (
    ("self", "self", _said_of_me),
    ("resumed", "self", _resumed),
    ("seated", "staff", _seated),
    ("apposition-product", "product", _apposition_of("product")),
    ("collective", "company", _collective),
    ("thing", "product", _thing),
    ("addressed", "agent", _addressed),
    ("named-you", "agent", _named_you),
    ("oblique", "agent", _oblique),
    ("like-you", "agent", _like_you),
    ("inverted-you", "agent", _inverted_you),
    ("said-of-you", "agent", _said_of_you),
    *_order_rules("consists", "the subject consists of it", "staff", "company", "other"),
    ("employed", "staff", _employed),
    ("apposition-other", "other", _apposition_of("other")),
    ("apposition-staff", "staff", _apposition_of("staff")),
    ("apposition-company", "company", _apposition_of("company")),
    ("said-of-other", "other", _said_of("other")),
    ("said-of-staff", "staff", _said_of("staff")),
    ("said-of-company", "company", _said_of("company")),
    ("said-of-customer", "customer", _said_of("customer")),
    *_order_rules("deemed", "somebody is held to be one", "agent", "staff", "company", "other"),
    *_order_rules("copular", "said of the subject of the clause", "agent", "staff", "company", "product", "other"),
    *_order_rules("inverted", "said of the subject behind the verb", "staff", "company", "product", "other"),
    *_order_rules("dislocated", "said of the noun that follows", "staff", "company", "product", "other"),
    *_order_rules("tail", "the words after it say where they belong", "staff", "other"),
    *_order_rules("compared", "the subject is likened to it", "staff", "company", "product", "other", "agent"),
    ("heap-of", "company", _heap_of),
    ("whoever", "staff", _whoever),
    ("owned", "staff", _owned_by_you),
    ("your-people", "staff", _your_people),
    ("reader-place", "agent", _reader_place),
    ("your-place", "staff", _your_place),
    ("elsewhere", "other", _elsewhere),
    *_order_rules("borne", "the person of the sentence bears it", "agent", "staff", "company", "other"),
    ("explained-other", "other", _explained_other),
    ("beside-me", "other", _beside_me),
    ("topic-other", "other", _topic_other),
    *_order_rules("taken_up", "'das' points to the one spoken of before", "staff"),
    ("pointed", "staff", _pointed),
    ("third-person", "staff", _third_person),
    *((f"bare-{target}", target, _bare(target)) for target in ("agent", "staff")),
    ("alone", "agent", _alone),
    ("nearest-other", "other", _nearest_other),
    ("nearest", "staff", _nearest),
)


PROVEN = frozenset(("told-quoted", "told-echoed", "told-product", "told-by-me-agent", "told-by-me-staff", "resumed",
                    "seated", "taken_up-staff"))  # fmt: skip
"""Rules that rest on who speaks to whom; the words around, which the learned head goes by, say nothing about that."""


# Whom it hits when it is only reported


def _told_by_me(target: str) -> Rule:
    def rule(e: Evidence) -> str:
        if e.speech.by != "me":
            return ""
        hit = "company" if "company" in (e.candidate.default_target, e.own) else e.speech.to
        if hit == "third":  # "ich sagte ihm, er sei ein X"
            hit = "other" if e.near in ("mine", "other") else "staff"
        wanted = _OURS if target == "staff" else ("you",) if target == "agent" else (target,)
        return f"the customer himself said '{e.candidate.text}' of {hit}" if hit in wanted else ""

    return rule


def _told_of_customer(e: Evidence) -> str:
    if e.likened == "me" or e.compared == "me":
        return "somebody likened the customer to it"
    if e.speech.to in ("me", "mine") and e.speech.by != "me":
        return f"'{e.speech.verb}' said to the customer or his people"
    return f"said of '{e.said_of_text}', the customer or his people" if e.said_of in ("me", "mine") else ""


def _told_quoted(e: Evidence) -> str:
    return "spoken to the customer in quotation marks" if e.address_quoted and e.speech.by not in ("me", "mine") else ""


def _told_echoed(e: Evidence) -> str:
    return "indirect speech about the customer" if e.echoed and not e.self_named else ""


def _told_of_product(e: Evidence) -> str:
    thing = "product" in e.topics and not {"staff", "other"} & set(e.topics)
    it = e.speech.to == "third" and thing and e.speech.by in ("mine", "other")
    unknown = e.in_role_phrase and e.speech.to == "noun" and e.speech.by in ("mine", "other")
    named = e.speech.kind == "naming" and (e.speech.to == "product" or it or unknown)
    return f"'{e.speech.verb}' names a thing" if named else ""


def _told_of_subject(target: str) -> Rule:
    """Make the rule for somebody who was spoken of, not to: "sagte, seine Kollegin sei ein X"."""

    def rule(e: Evidence) -> str:
        spoken = e.speech.kind == "saying" and not e.addressed and e.said_of in _MEANT[target]
        return f"somebody said it of '{e.said_of_text}'" if spoken and e.said_of != "mine" else ""

    return rule


def _told_of_staff(e: Evidence) -> str:
    return f"'{e.speech.verb}' names {e.speech.to}" if e.speech.to in _OURS and e.speech.kind == "naming" else ""


def _told_of_reader(e: Evidence) -> str:
    if e.address_quoted or e.quoted:
        return ""
    if e.said_of == "you" and not e.addressed:
        return f"somebody said it of '{e.said_of_text}', the reader"
    return f"'{e.speech.verb}' names the reader" if e.speech.to == "you" and e.speech.by != "you" else ""


def _told_of_company(e: Evidence) -> str:
    return "" if e.addressed else _collective(e)


def _told_of_other(e: Evidence) -> str:
    strange = e.speech.to in ("other", "customer") and e.speech.kind == "naming"
    return f"'{e.speech.verb}' names {e.speech.to}" if strange else ""


def _told(e: Evidence) -> str:
    return "somebody said it to the customer"


TOLD_RULES: tuple[tuple[str, str, Rule], ...] = (
    ("told-quoted", "customer", _told_quoted),
    ("told-echoed", "customer", _told_echoed),
    ("told-product", "product", _told_of_product),
    ("told-by-me-company", "company", _told_by_me("company")),
    ("told-by-me-agent", "agent", _told_by_me("agent")),
    ("told-by-me-staff", "staff", _told_by_me("staff")),
    ("told-of-staff", "staff", _told_of_subject("staff")),
    ("told-of-company", "company", _told_of_subject("company")),
    ("told-of-other", "other", _told_of_subject("other")),
    ("told-customer", "customer", _told_of_customer),
    ("told-agent", "agent", _told_of_reader),
    ("told-company", "company", _told_of_company),
    ("told-staff", "staff", _told_of_staff),
    ("told-other", "other", _told_of_other),
    ("told", "customer", _told),
)


def target_of(evidence: Evidence, told: bool) -> Verdict:
    """Return whom the candidate hits by the first rule that answers; `told`: it is only reported."""
    for name, target, rule in TOLD_RULES if told else TARGET_RULES:
        if why := rule(evidence):
            return Verdict(target, name, why)
    staff = evidence.near or evidence.doing
    return Verdict("staff" if staff else "agent", "default", "nothing tells whom it hits")
