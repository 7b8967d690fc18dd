"""Ask grammar questions of a parsed sentence: of whom is it said, is it negated, who is addressed.

Two label schemes are understood: Universal Dependencies (the bundled pipeline: `nsubj`, `cop`,
the content word is the head) and TIGER (the official ones: `sb`, `pd`, the finite verb is
the head). The words of the closed classes stand in `models/lexicon/grammar.tsv`.

Parsers of this size err in every fourth arc, so that each answer also looks at the
order of the words: an arc is believed only where it fits the words it joins.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

from drafter.analysis.arcs import at, climb, is_finite, is_verb, role
from drafter.analysis.parsed import Parsed, Token
from drafter.data import read_table
from drafter.memory import Memory
from drafter.places import Places

_BREAKS = frozenset(",;:()–—-.!?…")
_EDGES, _LETTERS, _CLAUSE = "drafter.edges", "drafter.letters", "drafter.clause"
"""What was found out about a whole text is kept with it."""

_MAX_SEEN = 8_000
_NONE: set[str] = set()

_NEAR = 4
"""How many words may stand between a pronoun and the noun it addresses."""


class Grammar:
    """The grammar questions, with the word classes they look up."""

    def __init__(self, classes: dict[str, frozenset[str]]) -> None:
        self._classes = classes
        self._of: dict[str, set[str]] = {}  # most words of a mail belong to no class: one look-up tells
        for name, forms in classes.items():
            for form in forms:
                self._of.setdefault(form, set()).add(name)
        self._seen: Memory[str, set[str]] = Memory(_MAX_SEEN)  # by the word as written

    @classmethod
    def load(cls, places: Places) -> Grammar:
        """Read the closed word classes."""
        rows = read_table(places.file("lexicon", "grammar.tsv"), ("class", "forms", "remark"))
        return cls({row["class"]: frozenset(row["forms"].split()) for row, _ in rows})

    def has(self, token: Token, *classes: str) -> bool:
        """Tell whether the form belongs to one of the word classes."""
        return not self._of_form(token.text).isdisjoint(classes)

    def knows(self, form: str, *classes: str) -> bool:
        """Tell the same of a bare form."""
        return not self._of_form(form).isdisjoint(classes)

    def _of_form(self, form: str) -> set[str]:
        found = self._seen.get(form)
        return self._seen.keep(form, self._of.get(_form(form), _NONE)) if found is None else found

    # Who is "Sie"?

    def is_polite_you(self, token: Token, informal: bool = False) -> bool:
        """Tell the polite "Sie" from "she" and "they"; `informal`: the mail says "du" or "ihr"."""
        if not self.has(token, "polite", "polite_possessive"):
            return False
        shouted, small = _letters(token.doc)
        starts = _starts_clause(token)
        if token.text[:1].isupper() and not starts and not shouted:
            return True
        if token.text[:1].islower() and not (small and not informal):
            return False
        if informal and not shouted:
            return False
        return not self._agrees_with_singular(token)

    def _agrees_with_singular(self, token: Token) -> bool:
        verb = next((t for t in (at(token, 1), at(token, -1)) if t is not None and is_verb_form(t, self)), None)
        return verb is not None and self.has(verb, "verb_singular")

    def is_you(self, token: Token, informal: bool = False) -> bool:
        """Tell whether the pronoun means the reader or the readers."""
        if self.has(token, "you"):
            return True
        if self.has(token, "you_plural") and self._is_plural_you(token):
            return True
        if self.has(token, "polite_possessive") and not self.has(token, "polite"):
            return False
        return self.is_polite_you(token, informal)

    def _is_plural_you(self, token: Token) -> bool:
        """Tell "ihr" the pronoun from "ihr" the possessive: it has its verb, or a plural noun in address."""
        after, before = at(token, 1), at(token, -1)
        if any(t is not None and self.has(t, "verb_you") for t in (after, before)):
            return True
        if after is not None and is_finite(after) and after.text.endswith("t"):
            return True
        if before is not None and is_finite(before) and before.text.endswith("t") and not self._noun_after(token):
            return True
        return self._noun_after(token) is None and token.tag_ == "PPER"

    def _noun_after(self, token: Token) -> Token | None:
        """Return the noun that the word may determine, adjectives skipped."""
        for step in range(1, _NEAR + 1):
            following = at(token, step)
            if following is None or following.text in _BREAKS:
                return None
            if following.pos_ in ("NOUN", "PROPN"):
                return following
            if following.pos_ not in ("ADJ", "ADV", "DET", "PUNCT"):
                return None
        return None

    def person_of(self, token: Token, informal: bool = False) -> str:
        """Return whom a word means by its form: me, you, third, thing, who, noun, or nothing."""
        if self.has(token, "me") and not (self.has(token, "copula") and is_verb(token)):
            return "me"
        if self.is_you(token, informal):
            return "you"
        if self.has(token, "neuter"):
            return "thing"
        if self.has(token, "who") and token.tag_ != "KOUS":
            return "who"
        if self.has(token, "third", "polite"):
            return "third"
        return "noun" if token.pos_ in ("NOUN", "PROPN") else ""

    def owner_of(self, token: Token, informal: bool = False) -> str:
        """Return who possesses, by a possessive pronoun: me, you, third, or nothing."""
        if self.has(token, "me_possessive"):
            return "me"
        if self.has(token, "you_possessive"):
            return "you"
        if not self.has(token, "polite_possessive"):
            return ""
        shouted, small = _letters(token.doc)
        if token.text[:1].isupper() or shouted or (small and not informal):
            return "you"
        return "third"

    # Clauses

    def clause_root(self, token: Token) -> Token:
        """Return the head of the clause that holds the token."""
        for node in (token, *climb(token)):
            if role(node) == "clause" or node.head.i == node.i:
                return node
        return token

    def clause(self, token: Token) -> tuple[Token, ...]:
        """Return the words around the token up to a mark or subordinator that parts two finite verbs."""
        doc = token.doc
        if _EDGES not in doc.kept:
            doc.kept[_EDGES] = [mark.i for mark in doc if self._parts(mark)]
        edges: list[int] = doc.kept[_EDGES]
        place = bisect_left(edges, token.i)
        first = edges[place - 1] + 1 if place else 0
        place += place < len(edges) and edges[place] == token.i
        last = edges[place] if place < len(edges) else len(doc)
        kept = f"{_CLAUSE}{first}"
        if kept not in doc.kept:
            doc.kept[kept] = tuple(doc[first:last])
        found: tuple[Token, ...] = doc.kept[kept]
        return found

    def _parts(self, mark: Token) -> bool:
        """Tell whether a clause ends at the mark."""
        if mark.text in ".!?…;:" or (mark.text in _BREAKS and self._is_edge(mark)):
            return True
        return (mark.tag_ == "KOUS" or self.has(mark, "coordinator")) and self._is_edge(mark)

    def _is_edge(self, mark: Token) -> bool:
        """A comma or "und" parts clauses when each side, up to the next mark, has a finite verb."""
        return _side_has_verb(mark, 1, self) and _side_has_verb(mark, -1, self)

    def subject_of(self, token: Token) -> Token | None:
        """Return the subject of the clause that holds the token."""
        node: Token | None = token
        while node is not None:
            found = self._beside_own_copula(node) or self._own_subject(node)
            if found is not None:
                return found
            at_end = role(node) == "clause" or node.head.i == node.i
            node = None if at_end else node.head
        return self.linear_subject(token)

    def _own_subject(self, node: Token) -> Token | None:
        """Return the subject that hangs on the node, on its verbs, or (TIGER) on the finite verb above."""
        near = [node, *(c for c in node.children if role(c) in ("copula", "auxiliary"))]
        for member in near:
            for child in member.children:
                if role(child) == "subject" and self._may_be_subject(child):
                    return self._explained(child)
        return None

    def _explained(self, subject: Token) -> Token:
        """Return the pronoun that a subject between commas explains: "Sie, sein Chef, sind ein X"."""
        inner = (c for c in subject.children if role(c) == "subject" and c.pos_ == "PRON" and self._may_be_subject(c))
        return next((c for c in inner if c.i + 1 < len(c.doc) and c.doc[c.i + 1].text == ","), subject)

    def _beside_own_copula(self, node: Token) -> Token | None:
        """Return the pronoun right before or after the copula of the node: "er ist ein X", whatever its arc says."""
        copula = next((c for c in node.children if role(c) == "copula" and c.i < node.i), None)
        beside = (at(copula, -1), at(copula, 1)) if copula is not None else ()
        able = (t for t in beside if t is not None and t.pos_ == "PRON" and not self.has(t, "oblique_case"))
        return next((t for t in able if self.has(t, "nominative", "polite_nominative")), None)

    def _may_be_subject(self, token: Token) -> bool:
        before, after = at(token, -1), at(token, 1)
        comma = after is not None and after.text == ","
        if before is not None and (before.pos_ == "ADP" or (comma and self.has(before, "negator"))):
            return False  # "Nicht Sie, sondern Ihr Chef"
        return not self.has(token, "oblique_case")

    def linear_subject(self, token: Token) -> Token | None:
        """Return the pronoun, else the noun, that stands beside the finite verb of the clause."""
        words = self.clause(token)
        verb = next((t for t in words if is_finite(t) or self.has(t, "copula")), None)
        if verb is None:
            return None
        able = [t for t in words if t.i != token.i and self._may_be_subject(t) and not _is_above(token, t)]
        pronouns = [t for t in able if t.pos_ == "PRON" and self.has(t, "nominative", "polite", "you_plural")]
        nouns = [t for t in able if t.pos_ in ("NOUN", "PROPN") and t.i < max(token.i, verb.i)]
        return min(pronouns or nouns, key=lambda t: abs(t.i - verb.i), default=None)

    # Predicates

    def predicate_subject(self, token: Token) -> Token | None:
        """Return of whom or what a noun or adjective is said: its noun, or the subject of its copula."""
        for node in (token, *climb(token)):
            if role(node) in ("apposition", "conjunct") and (own := self._subject_of_own(node)) is not None:
                return own
            if role(node) == "apposition" and node.head.i < node.i:
                return node.head
            if role(node) in ("attribute", "kernel") and node.pos_ == "ADJ" and node.head.pos_ in ("NOUN", "PROPN"):
                return node.head
            if self._is_predicate(node):
                return self.subject_of(node)
            if role(node) in ("clause", "subject", "object", "dative", "oblique", "possessor", "vocative"):
                break
        return self.linear_subject(token) if self._copula_near(token) else None

    def _subject_of_own(self, node: Token) -> Token | None:
        """Return the subject that hangs on a predicate in a clause of its own: "Herr X, Sie sind ein Y"."""
        found = self._beside_own_copula(node) or self._own_subject(node)
        return found if found is not None and found.i < node.i else None

    def _is_predicate(self, node: Token) -> bool:
        if role(node) == "predicate":
            return True
        return any(role(child) == "copula" for child in node.children)

    def _copula_near(self, token: Token) -> Token | None:
        """Return the copula of the clause, where no other full verb could make the token its object."""
        words = self.clause(token)
        if any(is_verb(t) and not self.has(t, "copula") and t.i != token.i for t in words):
            return None
        return next((t for t in words if self.has(t, "copula")), None)

    def negator_of(self, token: Token) -> Token | None:
        """Return the word that negates what the token says; "nicht nur" and "nichts als" negate nothing."""
        for word in self.clause(token):
            after = at(word, 1)
            if word.i >= token.i or (after is not None and self.has(after, "negation_breaker")):
                continue
            if self.has(word, "negative_determiner") and self._reaches_noun(word, token):
                return word
            if self.has(word, "negator") and self._reaches(word, token):
                return word
        return None

    def _reaches_noun(self, determiner: Token, token: Token) -> bool:
        """A negative determiner reaches its own noun only ("kein Maler, sondern ein Pfuscher")."""
        noun = self._noun_after(determiner)
        return noun is not None and determiner.i < token.i <= noun.i

    def _reaches(self, negator: Token, token: Token) -> bool:
        """A negator reaches the predicate that follows it with no other noun in between."""
        between = [t for t in token.doc[negator.i + 1 : token.i] if t.pos_ in ("NOUN", "PROPN") or t.text in _BREAKS]
        if between:
            return False
        return token.i - negator.i <= _NEAR or negator.head.i == token.i

    # Address, ownership, speech

    def is_addressed(self, token: Token, informal: bool = False) -> Token | None:
        """Return the pronoun that addresses the reader by this noun ("Sie Idiot", "ihr blinden Hühner")."""
        for step in range(1, _NEAR + 1):
            before = at(token, -step)
            if before is None or before.text in _BREAKS:
                return None
            if self._calls(before, token, informal):
                return before
            if self.has(before, "polite_possessive", "you_possessive", "me_possessive"):
                return None
            if before.pos_ in ("ADP", "NOUN") or self.has(before, "article", "me") or is_finite(before):
                return None
        return None

    def _calls(self, pronoun: Token, noun: Token, informal: bool) -> bool:
        """Tell whether the pronoun stands in address: no possessive, no object, no subject beside its own verb."""
        before = at(pronoun, -1)
        if before is not None and before.pos_ == "ADP":
            return False
        if self.has(pronoun, "you_plural"):
            return self._is_called_plural(pronoun, noun, informal)
        if self.has(pronoun, "polite_nominative"):
            return self.is_polite_you(pronoun, informal)
        return self.has(pronoun, "you_nominative")

    def _is_called_plural(self, pronoun: Token, noun: Token, informal: bool) -> bool:
        """Tell "ihr Idioten" from "ihr Idiot" (hers, or yours): by number, by the verb, by the marks around."""
        following = next((t for t in noun.doc[noun.i + 1 : noun.i + 2 + _NEAR] if t.pos_ not in ("ADJ", "NOUN")), None)
        if following is not None and self.has(following, "made_of"):
            return False
        if following is not None and is_verb_form(following, self):
            if self.has(following, "verb_singular"):
                return False
            return self.has(following, "verb_you") or following.text.endswith("t")
        if noun.plural:
            return True
        endings = "plural_unmarked" if pronoun.text[:1].islower() else "plural_ending"
        if (following is not None or endings == "plural_unmarked") and self.ends(noun, endings):
            return True
        closed = following is None or following.is_punct
        return closed and (pronoun.i == 0 or at(pronoun, -1).text in ",!:–" or informal)  # type: ignore[union-attr]

    def ends(self, token: Token, name: str) -> bool:
        """Tell whether the form ends in one of the endings of a class."""
        return _form(token.text).endswith(tuple(self._classes.get(name, ())))

    def possessor(self, token: Token, informal: bool = False) -> str:
        """Return whose the noun is, by the possessive pronoun before it or its arc: me, you, third."""
        for child in token.children:
            if child.i < token.i and (found := self.owner_of(child, informal)):
                return found
        for step in range(1, _NEAR + 1):
            before = at(token, -step)
            if before is None or before.pos_ not in ("DET", "ADJ", "ADV", "PRON", "PUNCT"):
                return ""
            if found := self.owner_of(before, informal):
                return found
        return ""

    def in_role_phrase(self, token: Token) -> Token | None:
        """Return the "als" of "hat mich als X bezeichnet" that introduces the token."""
        for step in range(1, _NEAR + 2):
            before = at(token, -step)
            if before is None or is_verb(before):
                return None
            if self.has(before, "role_marker"):
                return before
        return None

    def governing_speech_verb(self, token: Token, *kinds: str) -> Token | None:
        """Return the verb of naming or saying in the token's clause or on the way up from it."""
        wanted = kinds or ("naming", "saying", "insulting")
        near = {t.i for t in self.clause(token)} | {t.i for t in climb(token)}
        found = [token.doc[i] for i in near if i != token.i and self.has(token.doc[i], *wanted)]
        return min(found, key=lambda t: abs(t.i - token.i), default=None)


def is_verb_form(token: Token, grammar: Grammar) -> bool:
    """Tell whether the token is a finite verb by its tag or by its form."""
    return is_finite(token) or grammar.has(token, "verb_singular", "verb_plural", "copula")


@lru_cache(maxsize=8_000)
def _form(text: str) -> str:
    return text.lower().replace("’", "'").replace("´", "'")


def _letters(doc: Parsed) -> tuple[bool, bool]:
    """Tell whether the sentence is all in capitals, and whether it has none."""
    if _LETTERS not in doc.kept:
        words = [t.text for t in doc if t.is_alpha and len(t.text) > 1]
        capitals = sum(map(str.isupper, words))
        shouted = capitals > 1 and capitals * 4 >= len(words) * 3
        doc.kept[_LETTERS] = shouted, not any(word[0].isupper() for word in words)
    found: tuple[bool, bool] = doc.kept[_LETTERS]
    return found


def _starts_clause(token: Token) -> bool:
    """Tell whether a capital may be due to the place: the sentence, or a quotation or line, begins there."""
    before = at(token, -1)
    return before is None or before.text in '.!?…:"„»“' or before.text.isspace()


def _is_above(token: Token, other: Token) -> bool:
    return any(node is token for node in climb(other))


def _side_has_verb(mark: Token, step: int, grammar: Grammar) -> bool:
    doc, place = mark.doc, mark.i + step
    while 0 <= place < len(doc) and doc[place].text not in ",;:()–—.!?…":
        if is_verb_form(doc[place], grammar):
            return True
        place += step
    return False
