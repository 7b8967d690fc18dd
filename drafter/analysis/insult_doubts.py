"""The rules that doubt an insult candidate: it was only reported, or it is none at all."""

from __future__ import annotations

from drafter.analysis.evidence import Evidence
from drafter.analysis.insult_rules import Rule, Verdict

# Whether it was only reported


def _named_by_others(e: Evidence) -> str:
    if e.speech.kind != "naming" or e.speech.by == "me" or e.likened == "you":
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


def _echoed(e: Evidence) -> str:
    return "indirect speech: somebody said it of the customer" if e.echoed and not e.self_named else ""


def _quoted_address(e: Evidence) -> str:
    return "the address itself stands in quotation marks" if e.address_quoted else ""


def _quoted_self(e: Evidence) -> str:
    """Whoever puts a word for himself in quotation marks repeats what he was called."""
    return f"'{e.candidate.text}' in quotation marks of the customer himself" if e.quoted and e.said_of == "me" else ""


def _indirect_likeness(e: Evidence) -> str:
    return f"indirect speech after '{e.speech.verb}'" if e.conjunctive and e.likened == "me" and e.speech.kind else ""


REPORTED_RULES: tuple[tuple[str, Rule], ...] = (
    ("named-by-others", _named_by_others),
    ("quoted-speech", _quoted_speech),
    ("indirect-speech", _indirect_speech),
    ("echoed", _echoed),
    ("quoted-address", _quoted_address),
    ("quoted-self", _quoted_self),
    ("indirect-likeness", _indirect_likeness),
)


def reported(evidence: Evidence) -> Verdict | None:
    """Return why the insult is only reported, or nothing."""
    return _first("true", REPORTED_RULES, evidence)


# Whether it is an insult at all


def _negated(e: Evidence) -> str:
    self_named = e.self_named and e.speech.kind != "naming"
    if not e.negator or e.addressed or self_named or e.conditional or e.definite or e.determiner == "owned":
        return ""
    return f"negated by '{e.negator}'"


def _disclaimed(e: Evidence) -> str:
    return f"disclaimed: '{e.disclaimer}'" if e.disclaimer and not e.addressed and not e.quoted else ""


def _mere_animal(e: Evidence) -> str:
    """An animal as a bare object or subject is an animal, unless something makes it a name for somebody."""
    if e.candidate.noun != "animal" or len(e.tokens) > 1 or e.quoted or e.alone or e.determiner == "what":
        return ""
    meant = (
        e.said_of
        or e.tail
        or e.addressed
        or e.self_named
        or e.apposition
        or e.speech.kind == "naming"
        or e.in_role_phrase
    )
    return "" if meant or not e.plain else f"'{e.determiner} {e.candidate.text}' is an animal or a thing"


def _supposed(e: Evidence) -> str:
    """What the customer would be if he did something, he is not: "da wär ich ja blöd, wenn ich ..."."""
    mine = "me" in (e.said_of, e.copular, e.inverted, e.compared)
    unreal = mine and e.unreal and not (e.speech.kind or e.quoted or e.echoed)
    return "said of the customer as he would be" if unreal else ""


DROP_RULES: tuple[tuple[str, Rule], ...] = (
    ("negated", _negated),
    ("disclaimed", _disclaimed),
    ("animal", _mere_animal),
    ("supposed", _supposed),
)


def dropped(evidence: Evidence) -> Verdict | None:
    """Return why the candidate is no insult, or nothing."""
    return _first("false", DROP_RULES, evidence)


def _first(value: str, rules: tuple[tuple[str, Rule], ...], evidence: Evidence) -> Verdict | None:
    """Return the verdict of the first rule that answers."""
    found = ((name, rule(evidence)) for name, rule in rules)
    return next((Verdict(value, name, why) for name, why in found if why), None)
