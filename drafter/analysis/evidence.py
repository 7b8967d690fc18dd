"""Collect what grammar and the words around it say about one insult candidate."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from spacy.tokens import Token

from drafter.analysis.arcs import is_verb, role
from drafter.analysis.bearers import Bearers, is_quoted, spoken_of
from drafter.analysis.grammar import Grammar
from drafter.analysis.lexicon import Candidate
from drafter.analysis.roles import Roles
from drafter.analysis.text import OwnText, Sentence
from drafter.places import Places


class Speech(NamedTuple):
    """A verb of saying or naming near the candidate."""

    verb: str = ""
    kind: str = ""  # naming, saying, insulting
    to: str = ""  # who is named or spoken to: me, you, mine, ...
    by: str = ""  # who speaks
    passive: bool = False


class Evidence(NamedTuple):
    """The grammar answers for one candidate; classes are words such as you, me, staff, company."""

    candidate: Candidate
    sentence: Sentence
    tokens: tuple[Token, ...]
    head: Token
    informal: bool
    said_of: str  # the class of the subject it is said of
    said_of_text: str
    addressed: str  # the pronoun that calls the reader by it
    self_named: str  # "ich Trottel"
    determiner: str
    owner: str  # me, you, third
    apposition: str  # the class of the noun it explains
    speech: Speech
    quoted: bool
    negator: str
    in_role_phrase: bool
    conjunctive: bool
    conditional: bool
    plain: bool  # no more than an article before it, or nothing
    definite: bool  # "dieser X", "der X", "von so einem X": who is meant exists
    your_place: str  # "bei Ihnen", "in Ihrer Technik"
    near: str  # the class of the nearest noun before it in the sentence
    previous: str  # the class of the last noun of the sentence before
    own: str  # the class of the candidate's own noun: "-laden" company, "-ding" product
    employed: bool  # "bei euch arbeiten nur ...", "solche ... beschäftigen Sie"
    disclaimer: str  # "nicht sagen": the customer says that he does not say it
    heap: str  # "ein Haufen Schlafmützen": the noun for many before the person noun
    alone: bool  # the sentence is hardly more than the candidate
    likened: str = ""  # "ein X wie Sie": the class of the pronoun
    compared: str = ""  # "ich stand da wie ein X": the class of the subject
    inverted: str = ""  # "X seid ihr": the class of the subject behind the copula
    dislocated: str = ""  # "X, euer Automat": the class of the late noun
    tail: str = ""  # "die X vom Nachbarhaus"
    copular: str = ""  # the clause has a copula only: the class of its subject
    deemed: str = ""  # "ich halte Sie für einen X"
    consists: str = ""  # "Ihre Firma besteht aus X"
    whoever: bool = False  # "wer so etwas tut, ist ein X"
    verbless: bool = False
    oblique: str = ""  # "von euch X"
    plural: bool = False
    everyone: bool = False  # "alle", "nur", "jemand" in the clause
    address_quoted: bool = False  # „Sie X“: the pronoun is quoted, too
    topics: tuple[str, ...] = ()  # who was spoken of in the sentences before, last first


class EvidenceReader:
    """Asks the grammar questions for the candidates of a mail."""

    def __init__(self, grammar: Grammar, roles: Roles) -> None:
        self.grammar = grammar
        self.roles = roles

    @classmethod
    def load(cls, places: Places) -> EvidenceReader:
        """Read the word classes."""
        return cls(Grammar.load(places), Roles.load(places))

    def read(self, text: OwnText, candidates: list[Candidate]) -> list[Evidence]:
        """Return the evidence for the candidates; their sentences are parsed in one batch."""
        places = [(candidate, text.sentence_at(candidate.start)) for candidate in candidates]
        found = [(candidate, sentence) for candidate, sentence in places if sentence is not None]
        text.parse(list({id(sentence): sentence for _, sentence in found}.values()))
        context = _Context(self, text)
        pairs = [(candidate, sentence, sentence.span_tokens(candidate.start, candidate.end))
                 for candidate, sentence in found]  # fmt: skip
        return [_Question(context, c, s, tokens).answer() for c, s, tokens in pairs if tokens]


class _Context:
    """What holds for the whole mail."""

    def __init__(self, reader: EvidenceReader, text: OwnText) -> None:
        self.grammar = reader.grammar
        self.roles = reader.roles
        self.text = text

    @cached_property
    def informal(self) -> bool:
        """Whether the reader is called du or ihr rather than Sie."""
        familiar = polite = 0
        for sentence in self.text.sentences:
            for number, word in enumerate(sentence.words):
                if self.grammar.knows(word, "you", "you_possessive", "verb_you"):
                    familiar += 1
                elif number and word[0].isupper() and self.grammar.knows(word, "polite", "polite_possessive"):
                    polite += 1
        return familiar > polite

    def topics(self, sentence: Sentence) -> tuple[str, ...]:
        """Who was spoken of before the sentence."""
        return spoken_of(self.text, sentence, self.roles, self.grammar, self.informal)

    @cached_property
    def greeting(self) -> frozenset[str]:
        """The words of the greeting: a name among them is the reader's."""
        return frozenset(self.text.zone_text("greeting").replace(",", " ").lower().split())


class _Question:
    """All questions about one candidate."""

    def __init__(self, context: _Context, candidate: Candidate, sentence: Sentence, tokens: list[Token]) -> None:
        self.context = context
        self.grammar = context.grammar
        self.candidate = candidate
        self.sentence = sentence
        self.tokens = tokens
        self.head = _head_of(tokens)

    def answer(self) -> Evidence:
        """Ask everything once."""
        subject = self._subject()
        addressed = self.grammar.is_addressed(self.tokens[0], self.context.informal)
        bearers = Bearers(self.grammar, self.class_of, self.tokens, self.context.informal)
        return Evidence(
            candidate=self.candidate,
            sentence=self.sentence,
            tokens=tuple(self.tokens),
            head=self.head,
            informal=self.context.informal,
            said_of=self.class_of(subject),
            said_of_text=subject.text if subject is not None else "",
            addressed=addressed.text if addressed is not None else "",
            self_named=self._self_named(),
            determiner=self._determiner(),
            owner=self.grammar.possessor(self.tokens[0], self.context.informal),
            apposition=self._apposition(),
            speech=self._speech(),
            quoted=self._quoted(),
            negator=self._negator(),
            in_role_phrase=self.grammar.in_role_phrase(self.tokens[0]) is not None,
            conjunctive=any(self.grammar.has(t, "conjunctive") for t in self.grammar.clause(self.head)),
            conditional=any(self.grammar.has(t, "conditional") for t in self.grammar.clause(self.head)),
            plain=self._plain(),
            definite=self._definite(),
            your_place=self._your_place(),
            near=self._near(),
            previous=self._previous(),
            own=self._own(self.tokens[-1]),
            heap=self._heap(),
            employed=self._employed(),
            disclaimer=self._disclaimer(),
            alone=sum(1 for t in self.head.doc if t.is_alpha) <= len(self.tokens) + 2,
            likened=bearers.likened(),
            compared=bearers.compared(),
            inverted=bearers.inverted(),
            dislocated=bearers.dislocated(),
            tail=bearers.tail(),
            copular=bearers.copular(),
            deemed=bearers.deemed(),
            consists=bearers.consists(),
            whoever=bearers.whoever(),
            verbless=bearers.verbless(),
            oblique=bearers.oblique(),
            plural="Plur" in self.head.morph.get("Number", []),
            everyone=any(self.grammar.has(t, "everyone") for t in self.grammar.clause(self.head)),
            address_quoted=addressed is not None and is_quoted(addressed, self.tokens[-1]),
            topics=self.context.topics(self.sentence),
        )

    def class_of(self, token: Token | None) -> str:
        """Return whom a word means: me, you, third, thing, who, staff, company, ..., mine, yours, noun."""
        if token is None or token in self.tokens:
            return ""
        person = self.grammar.person_of(token, self.context.informal)
        if person != "noun":
            return person
        owner = self.grammar.possessor(token, self.context.informal)
        known = self.context.roles.role_of(token.text)
        if owner == "me" and known in ("staff", "customer", "other", ""):
            return "mine"
        if token.text.lower() in self.context.greeting and not known:
            return "you"
        return known or ("yours" if owner == "you" else "noun")

    def _subject(self) -> Token | None:
        found = self.grammar.predicate_subject(self.head)
        return found if found not in self.tokens else self.grammar.subject_of(self.head)

    def _self_named(self) -> str:
        before = _before(self.tokens[0], 1)
        for step in (1, 2, 3):
            word = _before(self.tokens[0], step)
            if word is None or word.is_punct or word.pos_ in ("VERB", "AUX", "ADP"):
                return ""
            if self.grammar.has(word, "me_single") and (step == 1 or before is None or before.pos_ in ("ADJ", "ADV")):
                return word.text
        return ""

    def _determiner(self) -> str:
        for step in (1, 2, 3, 4):
            word = _before(self.tokens[0], step)
            if word is None or (word.is_punct and word.text not in "„“\"'"):
                return ""
            if self.grammar.owner_of(word, self.context.informal):
                return "owned"
            if self.grammar.has(word, "exclaiming"):
                return "what"
            if self.grammar.has(word, "article", "negative_determiner"):
                return word.text.lower()
            if word.pos_ not in ("ADJ", "ADV", "PUNCT", "DET", "NOUN"):
                return ""
        return ""

    def _negator(self) -> str:
        """Return the negating word outside the candidate; an idiom may hold one of its own."""
        found = (self.grammar.negator_of(token) for token in (self.tokens[0], self.head))
        return next((word.text.lower() for word in found if word is not None and word not in self.tokens), "")

    def _own(self, token: Token) -> str:
        return self.context.roles.role_of(token.text)

    def _heap(self) -> str:
        """Return the noun for an organisation right before the last word of the candidate."""
        before = _before(self.tokens[-1], 1)
        return before.text if before is not None and self._own(before) == "company" else ""

    def _plain(self) -> bool:
        before = _before(self.tokens[0], 1)
        return before is None or before.is_punct or self.grammar.has(before, "plain_article") or before.pos_ == "ADP"

    def _definite(self) -> bool:
        inside = [word for step in (1, 2, 3, 4) if (word := _before(self.tokens[0], step)) is not None]
        if any(self.grammar.has(word, "definite") for word in inside[:3]):
            return True
        such = any(self.grammar.has(word, "such") for word in inside)
        return such and any(word.pos_ == "ADP" and not self.grammar.has(word, "deeming_marker") for word in inside)

    def _apposition(self) -> str:
        """Return the class of the noun before a comma that the candidate explains ("der Fahrer, dieser Idiot")."""
        if self._determiner() in ("", "owned"):
            return ""
        if role(self.head) == "apposition" and self.head.head.i < self.tokens[0].i:
            return self.class_of(self.head.head)
        comma = next((w for s in (1, 2, 3, 4) if (w := _before(self.tokens[0], s)) is not None and w.text == ","), None)
        noun = _before(comma, 1) if comma is not None else None
        if noun is None or noun.pos_ not in ("NOUN", "PROPN"):
            return ""
        return self.class_of(noun)

    def _speech(self) -> Speech:
        verb = self._speech_verb()
        if verb is None:
            return Speech()
        kind = next(kind for kind in ("naming", "insulting", "saying") if self.grammar.has(verb, kind))
        subject = self._speaker(verb)
        words = {t.i: t for t in (*self.grammar.clause(verb), *self.grammar.clause(self.head)) if t not in self.tokens}
        passive = any(self.grammar.has(t, "passive") for t in words.values())
        if passive and kind == "naming" and subject is not None:
            return Speech(verb.text.lower(), kind, self.class_of(subject), "", passive)
        named = self._named([words[i] for i in sorted(words)], subject)
        return Speech(verb.text.lower(), kind, self.class_of(named), self.class_of(subject), passive)

    def _speaker(self, verb: Token) -> Token | None:
        """Return the subject of a verb of saying; one beyond the clause is not believed where a nearer one stands."""
        subject = self.grammar.subject_of(verb)
        if subject is None or subject in self.grammar.clause(verb):
            return subject
        return self.grammar.linear_subject(verb) or subject

    def _disclaimer(self) -> str:
        """Return the negated verb of saying, by the customer, under which the candidate stands."""
        verb = next((t for t in self.head.doc if self.grammar.has(t, "accusing") and t not in self.tokens), None)
        if verb is None:
            return ""
        words = self.grammar.clause(verb)
        speaker = any(self.grammar.has(t, "me_single") for t in words)
        denied = next((t for t in words if self.grammar.has(t, "negator") and t not in self.tokens), None)
        apart = self.head in words and not self.grammar.in_role_phrase(self.tokens[0])
        if not speaker or denied is None or (apart and verb.i > self.head.i and denied.i > self.head.i):
            return ""
        return f"{denied.text} {verb.text}"

    def _employed(self) -> bool:
        """Tell whether the clause speaks of people whom the reader employs."""
        words = [t for t in self.grammar.clause(self.head) if t not in self.tokens]
        if not any(self.grammar.has(t, "employing") for t in words):
            return False
        return any(self.grammar.is_you(t, self.context.informal) for t in words)

    def _speech_verb(self) -> Token | None:
        """Return the nearest verb of naming or saying; for a quotation anywhere in the sentence."""
        near = self.grammar.governing_speech_verb(self.head)
        if near is not None or not self._quoted():
            return near
        verbs = [t for t in self.head.doc if self.grammar.has(t, "naming", "insulting", "saying")]
        return min(verbs, key=lambda t: abs(t.i - self.head.i), default=None)

    def _named(self, words: list[Token], subject: Token | None) -> Token | None:
        """Return who is named or spoken to: the first person before all, then the reader, then a noun."""
        beside = self._named_beside(subject)
        reflexive = self.class_of(subject) == "me"
        able = [t for t in words if subject is None or t.i != subject.i]
        tests: tuple[Callable[[Token], bool], ...] = (
            lambda t: t.i == beside,
            lambda t: not reflexive and self.grammar.has(t, "me_object") and self._is_spoken_to(t),
            lambda t: t.pos_ in ("NOUN", "PROPN") and self.class_of(t) in ("mine", "customer"),
            lambda t: self.grammar.is_you(t, self.context.informal),
            lambda t: self.grammar.has(t, "third_object"),
            lambda t: t.pos_ in ("NOUN", "PROPN") and role(t) in ("object", "dative"),
        )
        return next((t for test in tests for t in able if test(t)), None)

    def _named_beside(self, subject: Token | None) -> int:
        """Return the place of the noun right before the word it is called by ("nannte die Dame eine X"), or -1."""
        for step in range(1, 5):
            word = _before(self.tokens[0], step)
            if word is None or self.grammar.has(word, "me_object") or word == subject:
                return -1
            if word.pos_ in ("NOUN", "PROPN"):
                before = (_before(word, back) for back in (1, 2, 3))
                governed = any(w is not None and w.pos_ == "ADP" for w in before)
                return -1 if governed or self.class_of(word) in ("noun", "product") else word.i
            if is_verb(word) or not (word.is_punct or self.grammar.has(word, "article", "role_marker")):
                return -1
        return -1

    def _is_spoken_to(self, token: Token) -> bool:
        before = _before(token, 1)
        return before is None or before.pos_ != "ADP" or self.grammar.has(before, "towards")

    def _quoted(self) -> bool:
        return is_quoted(self.tokens[0], self.tokens[-1])

    def _your_place(self) -> str:
        """Return the noun or pronoun of "bei Ihnen", "in Ihrer Technik" in the sentence."""
        for token in self.head.doc:
            before = _before(token, 1)
            if before is None or not self.grammar.has(before, "staff_place"):
                continue
            if self.grammar.is_you(token, self.context.informal):
                return "you"
            if self.grammar.owner_of(token, self.context.informal) == "you":
                return "yours"
        return ""

    def _near(self) -> str:
        doc = self.head.doc
        classes = (self.class_of(doc[i]) for i in range(self.tokens[0].i - 1, -1, -1)
                   if doc[i].pos_ in ("NOUN", "PROPN"))  # fmt: skip
        return next((found for found in classes if found not in ("", "noun")), "")

    def _previous(self) -> str:
        before, _ = self.context.text.neighbours(self.sentence)
        if before is None:
            return ""
        words = before.words[1:] if before.opens else before.words
        classes = (self.context.roles.role_of(word) for word in reversed(words) if word[0].isupper())
        return next((found for found in classes if found), "")


def _head_of(tokens: list[Token]) -> Token:
    """Return the token of the span that the others hang on, else the last word."""
    inside = {token.i for token in tokens}
    tops = [t for t in tokens if t.head.i not in inside or t.head.i == t.i]
    words = [t for t in tops if t.is_alpha or len(t) > 2]
    return words[-1] if words else tokens[-1]


def _before(token: Token, step: int) -> Token | None:
    place = token.i - step
    return token.doc[place] if place >= 0 else None
