"""What arcs and tags say, in terms common to Universal Dependencies and TIGER, and the words beside a word."""

from __future__ import annotations

from collections.abc import Iterator

from drafter.analysis.parsed import Token

_ROLES = {
    "subject": "nsubj nsubj:pass nsubj:outer csubj sb",
    "object": "obj oa oa2 og",
    "dative": "iobj da",
    "oblique": "obl obl:agent obl:arg op sbp",
    "predicate": "pd",
    "copula": "cop",
    "auxiliary": "aux aux:pass",
    "verb": "oc",  # the non-finite part, below the finite one (TIGER)
    "apposition": "appos app",
    "vocative": "vocative",
    "possessor": "det:poss nmod:poss nmod mnr ag pg",
    "attribute": "amod",
    "kernel": "nk",  # whatever stands inside a noun phrase (TIGER)
    "conjunct": "conj cj cd",
    "clause": "root ccomp advcl acl acl:relcl relcl parataxis rc par rs re",
    "infinitive": "xcomp",
}
_ROLE_OF = {label: role for role, labels in _ROLES.items() for label in labels.split()}
_FINITE = frozenset(("VVFIN", "VAFIN", "VMFIN", "VVIMP", "VAIMP"))
_VERBAL = frozenset(("VERB", "AUX"))


def role(token: Token) -> str:
    """Return the role of a token in terms common to both schemes; empty where none fits."""
    return _ROLE_OF.get(token.dep_.lower(), "")


def is_verb(token: Token) -> bool:
    """Tell whether the token is a verb or an auxiliary."""
    return token.pos_ in _VERBAL or token.tag_.startswith(("VV", "VA", "VM"))


def is_finite(token: Token) -> bool:
    """Tell whether the token is a finite verb."""
    return token.tag_ in _FINITE


def climb(token: Token) -> Iterator[Token]:
    """Yield the heads of a token, nearest first; bounded, whatever the parser did."""
    for _ in range(len(token.doc)):
        if token.head.i == token.i:
            return
        token = token.head
        yield token


def at(token: Token, step: int) -> Token | None:
    """Return the word so many places after the token, before it if negative; None beyond the sentence."""
    place = token.i + step
    return token.doc[place] if 0 <= place < len(token.doc) else None
