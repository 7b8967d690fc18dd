"""Find who bears a word by the order of the words, where the parse alone does not tell.

"Diebe seid ihr", "ein Gauner wie Sie", "wie ein Esel", "die Rüpel vom Nachbarhaus",
"Dumm wie Stroh, euer Automat", and who was spoken of last before a bare "Barbaren!".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from drafter.analysis.arcs import at, is_finite, is_verb
from drafter.analysis.grammar import Grammar
from drafter.analysis.parsed import Token
from drafter.analysis.roles import Roles
from drafter.analysis.text import OwnText, Sentence

ClassOf = Callable[[Token | None], str]

_REACH = 5
"""How many words away the word that tells may stand."""

_SENTENCES_BACK = 3
"""How far back the person spoken of is looked for; further back it is a guess."""

_QUOTES = frozenset("„»«“\"'‚›‹”’")
_PEOPLE = ("staff", "company", "other", "product", "yours", "mine", "customer")


class Bearers:
    """The word-order questions about one candidate."""

    def __init__(
        self, grammar: Grammar, class_of: ClassOf, noun_class: ClassOf, tokens: list[Token], informal: bool
    ) -> None:
        self.grammar = grammar
        self.class_of = class_of
        self.first, self.last = tokens[0], tokens[-1]
        self.inside = {token.i for token in tokens}
        self.informal = informal
        self.noun_class = noun_class

    def likened(self) -> str:
        """Return the class of the pronoun in "X wie Sie", "X wie ich", "Leute wie ihr: X"."""
        for word in self._after(3):
            if self.grammar.has(word, "comparison"):
                return self._person(at(word, 1))
        marks = (t for t in self.grammar.clause(self.first) if self.grammar.has(t, "comparison"))
        for mark in marks:
            before, after = at(mark, -1), at(mark, 1)
            if before is not None and before.pos_ == "NOUN" and (found := self._person(after)):
                return found
        return ""

    def compared(self) -> str:
        """Return the class of the subject in "ich stand da wie ein X"; nothing without the word of comparison."""
        for word in self._before(4):
            if is_verb(word) or word.is_punct:
                return ""
            if self.grammar.has(word, "comparison"):
                return self._bearer_of(word)
        return ""

    def _bearer_of(self, mark: Token) -> str:
        words = self.grammar.clause(mark)
        if any(self.grammar.has(t, "me_single") for t in words):
            return "me"
        before = [t for t in words if t.i < mark.i]
        found = (self.class_of(t) for t in before if t.pos_ in ("PRON", "NOUN", "PROPN"))
        borne = next((name for name in found if name in ("you", "third", *_PEOPLE)), "")
        earlier = mark.doc[: mark.i]  # "ich zahle und steh da wie ..."
        return borne or ("me" if any(self.grammar.has(t, "me_nominative") for t in earlier) else "")

    def inverted(self) -> str:
        """Return the class of the subject behind its copula in "X sind Sie", "X bin ich", "X seid's"."""
        verb = next((t for t in self._after(3) if self.grammar.has(t, "copula")), None)
        if verb is None or self._has_verb_before(verb):
            return ""
        if self.grammar.has(verb, "copula_you"):
            return "you"
        for word in _following(verb, 3):
            if word.is_punct or is_finite(word):
                return ""
            if self.grammar.has(word, "polite_clitic") and self.grammar.has(verb, "verb_plural"):
                return "you"  # "A Haderlump san S'"
            if (found := self._person(word)) and self.grammar.has(word, "nominative", "polite", "you"):
                return found
            if word.pos_ in ("NOUN", "PROPN"):
                found = self.class_of(word)
                return found if found in _PEOPLE else ""
        return ""

    def _has_verb_before(self, verb: Token) -> bool:
        return any(is_finite(t) and t.i < self.first.i for t in self.grammar.clause(self.first)) or (
            self.first.i > 0 and self.first.doc[self.first.i - 1].pos_ == "ADP"
        )

    def copular(self) -> str:
        """Return the class of the subject of a clause that has no verb but a copula, whatever the parser made of it."""
        if found := self._beside_copula():
            return found
        words = [t for t in self.grammar.clause(self.first) if t.i not in self.inside]
        copula = next((t for t in words if self.grammar.has(t, "copula")), None)
        if copula is None or any(is_verb(t) and not self.grammar.has(t, "copula") for t in words):
            return ""
        if any(self.grammar.has(t, "me_nominative") for t in words):
            return "me"
        if self.grammar.has(copula, "copula_you") or any(self._calls_you(t) for t in words):
            return "you"
        if self.grammar.has(copula, "copula_me"):
            return "me"
        nouns = (self.class_of(t) for t in words if t.i < self.first.i and t.pos_ in ("NOUN", "PROPN"))
        return next((found for found in nouns if found in _PEOPLE), "")

    def _beside_copula(self) -> str:
        """Return the person of the pronoun in "bist du eigentlich ein X" and in "ihr nicht solche X wärt"."""
        following = at(self.last, 1)
        late = following is not None and self.grammar.has(following, "copula")
        for word in self._before(_REACH + 1):
            if self.grammar.has(word, "copula"):
                beside = (t for step in (1, -1) if (t := at(word, step)) is not None)
                return "" if late else next((found for t in beside if (found := self._nominative(t))), "")
            if late and (found := self._nominative(word)):
                return found
            if word.pos_ in ("VERB", "NOUN", "PROPN", "ADP") or word.is_punct:
                return ""
        return ""

    def _nominative(self, word: Token) -> str:
        if self.grammar.has(word, "me_nominative"):
            return "me"
        return "you" if self._calls_you(word) else ""

    def _calls_you(self, word: Token) -> bool:
        if not self.grammar.has(word, "you_nominative", "you_plural", "polite_nominative"):
            return False
        return self.grammar.is_you(word, self.informal)

    def deemed(self) -> str:
        """Return the class of the object in "ich halte Ihren Chef für einen X"."""
        mark = next((t for t in self._before(4) if self.grammar.has(t, "deeming_marker")), None)
        words = self.grammar.clause(self.first)
        if mark is None or not any(self.grammar.has(t, "deeming") for t in words):
            return ""
        found = (self.class_of(t) for t in words if t.i < mark.i and not self.grammar.has(t, "me_nominative"))
        return next((name for name in found if name in ("you", *_PEOPLE)), "")

    def dislocated(self) -> str:
        """Return the class of the noun that comes late: "Dumm wie Stroh, euer Automat", "gurke das teil"."""
        words = list(self._after(_REACH))
        comma = bool(words) and words[0].text == ","
        words = words[1:] if comma else words
        if not words or not (comma or self.verbless()) or not self._determines(words[0]):
            return ""
        for word in words[1:]:
            if word.pos_ in ("NOUN", "PROPN"):
                after = at(word, 1)
                found = self.class_of(word)
                return found if found in _PEOPLE and (after is None or not (is_verb(after) or after.is_alpha)) else ""
            if word.pos_ != "ADJ":
                return ""
        return ""

    def _determines(self, word: Token) -> bool:
        return self.grammar.has(word, "definite") or bool(self.grammar.owner_of(word, self.informal))

    def tail(self) -> str:
        """Return the class of the noun in "die X vom Nachbarhaus", "die X Ihrer Partnerfirma"."""
        following = at(self.last, 1)
        if following is None:
            return ""
        owned = self.grammar.owner_of(following, self.informal) or self.grammar.has(following, "genitive")
        if not owned and not self.grammar.has(following, "origin"):
            return ""
        for word in self._after(4):
            if self.grammar.has(word, "neighbourhood"):
                return "other"
            if word.is_punct or is_verb(word):
                return ""
            if self.grammar.is_you(word, self.informal) and not self.grammar.has(word, "polite_possessive"):
                return "yours"
            if word.pos_ in ("NOUN", "PROPN"):
                found = self.class_of(word)
                return found if found in _PEOPLE else ""
        return ""

    def consists(self) -> str:
        """Return the class of the subject in "Ihre Firma besteht aus X"."""
        words = self.grammar.clause(self.first)
        verb = next((t for t in words if self.grammar.has(t, "consisting")), None)
        if verb is None or verb.i > self.first.i:
            return ""
        before = [t for t in self.first.doc[: verb.i] if t.pos_ in ("NOUN", "PROPN", "PRON")]
        found = (self.class_of(t) for t in before)
        return next((name for name in found if name in ("you", *_PEOPLE)), "")

    def whoever(self) -> bool:
        """Tell whether it is said of whoever did something: "Wer so etwas tut, ist ein X"."""
        doc = self.first.doc
        opener = next((t for t in doc[: self.first.i] if self.grammar.has(t, "whoever")), None)
        return opener is not None and any(is_finite(t) for t in doc[opener.i : self.first.i]) and "?" not in doc.text

    def pointed(self) -> str:
        """Return the word of "X sind das", "das waren X", which points to people spoken of before."""
        words = self.grammar.clause(self.first)
        verb = next((t for t in words if self.grammar.has(t, "copula") and self.grammar.has(t, "verb_plural")), None)
        beside = (at(verb, 1), at(verb, -1)) if verb is not None else ()
        return next((t.text for t in beside if t is not None and self.grammar.has(t, "pointing")), "")

    def resumed(self) -> bool:
        """Tell whether the candidate explains the customer who announces himself: "Ich bin's wieder, der X"."""
        doc = self.first.doc
        comma = next((t for t in self._before(4) if t.text == ","), None)
        if comma is None or not any(self.grammar.has(t, "definite") for t in doc[comma.i : self.first.i]):
            return False
        words = [t for t in doc[max(0, comma.i - 6) : comma.i] if t.is_alpha or "'" in t.text]
        me = any(self.grammar.has(t, "me_nominative") for t in words)
        return me and any(self.grammar.has(t, "copula_me") for t in words)

    def elsewhere(self) -> bool:
        """Tell whether the clause opens at a stranger's place: "Beim vorigen Anbieter", "Bei der Konkurrenz"."""
        words = self.grammar.clause(self.first)
        if not any(self.grammar.has(t, "staff_place", "stranger_place") for t in words[:1]):
            return False
        noun = next((t for t in words[1:4] if t.pos_ in ("NOUN", "PROPN")), None)
        return noun is not None and noun.i < self.first.i and self.class_of(noun) == "other"

    def borne(self) -> str:
        """Return who bears an idiom: a person in it, the subject of its clause, a person noun, the reader."""
        inside = [self.first.doc[i] for i in sorted(self.inside)]
        words = [t for t in self.grammar.clause(self.first) if t.i not in self.inside]
        for part in (inside, words):
            if any(self._calls_you(t) for t in part):
                return "you"
            nouns = (self.noun_class(t) for t in part if t.pos_ in ("NOUN", "PROPN"))
            if found := next((name for name in nouns if name in ("staff", "company", "other")), ""):
                return found
        return ""

    def verbless(self) -> bool:
        """Tell whether no finite verb stands in the clause of the candidate."""
        return not any(is_finite(t) or self.grammar.has(t, "copula") for t in self.grammar.clause(self.first))

    def oblique(self) -> str:
        """Return the pronoun of "von euch Schlafmützen", "lässt dich Gauner laufen"."""
        for word in self._before(3):
            if self.grammar.has(word, "you_oblique"):
                return word.text
            if word.pos_ != "ADJ":
                return ""
        return ""

    def _person(self, word: Token | None) -> str:
        if word is None:
            return ""
        found = self.grammar.person_of(word, self.informal)
        return found if found in ("me", "you") else ""

    def _after(self, reach: int) -> Iterator[Token]:
        return _following(self.last, reach)

    def _before(self, reach: int) -> Iterator[Token]:
        for step in range(1, reach + 1):
            word = at(self.first, -step)
            if word is None:
                return
            yield word


def spoken_of(text: OwnText, sentence: Sentence, roles: Roles, grammar: Grammar, informal: bool) -> tuple[str, ...]:
    """Return the classes of those spoken of before the sentence, last first: staff, company, other, you, he, ..."""
    index = text.sentences.index(sentence)
    earlier = text.sentences[max(0, index - _SENTENCES_BACK) : index]
    return tuple(_topic(before, roles, grammar, informal) for before in reversed(earlier))


def _topic(sentence: Sentence, roles: Roles, grammar: Grammar, informal: bool) -> str:
    """Return the class of the first person or role noun of an unparsed sentence, nouns before pronouns."""
    tokens = list(sentence.tokens)
    small = tokens[0].doc.text.islower()
    nouns = [t for t in tokens if _may_be_noun(t.text, small) and roles.role_of(t.text)]
    for noun in nouns:
        known = roles.role_of(noun.text)
        mine = any(grammar.has(t, "me_possessive") for t in _beside(noun))
        if known == "product" and len(nouns) > 1:
            continue
        beside = known == "staff" and is_beside_me(tokens, grammar)
        return "other" if beside or (mine and known in ("staff", "customer")) else known
    return "other" if is_beside_me(tokens, grammar) else _pronoun(tokens, grammar, informal)


def _pronoun(words: list[Token], grammar: Grammar, informal: bool) -> str:
    if any(grammar.is_you(t, informal) or grammar.has(t, "verb_you") for t in words):
        return "you"
    return "he" if any(grammar.has(t, "third_object", "third_person") for t in words) else ""


def _beside(noun: Token) -> Iterator[Token]:
    return (t for step in (1, 2) if (t := at(noun, -step)) is not None)


def _may_be_noun(word: str, small: bool) -> bool:
    """Tell whether a word may be a noun; `small`: the text has no capitals."""
    return word.isalpha() and len(word) > 2 and (word[0].isupper() or small)


def is_beside_me(words: Iterable[Token], grammar: Grammar) -> bool:
    """Tell whether the words hold "neben mir", "über uns": who is there does not work for the reader."""
    return any(grammar.has(a, "beside") and grammar.has(b, "me") for a, b in pairwise(words))


def is_quoted(first: Token, last: Token) -> bool:
    """Tell whether the words stand inside one pair of quotation marks."""
    doc = first.doc
    before = sum(1 for t in doc[: first.i] if t.text in _QUOTES) if first.i else 0
    after = sum(1 for t in doc[last.i + 1 :] if t.text in _QUOTES) if last.i + 1 < len(doc) else 0
    return before % 2 == 1 and after >= 1


def _following(token: Token, reach: int) -> Iterator[Token]:
    for step in range(1, reach + 1):
        word = at(token, step)
        if word is None:
            return
        yield word
