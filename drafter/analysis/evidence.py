"""Collect what grammar and the words around it say about one insult candidate."""

from __future__ import annotations

import itertools
from functools import cached_property
from typing import NamedTuple

from drafter.analysis.arcs import at, role
from drafter.analysis.bearers import Bearers, is_beside_me, is_quoted, spoken_of
from drafter.analysis.grammar import Grammar
from drafter.analysis.lexicon import Candidate
from drafter.analysis.parsed import Token
from drafter.analysis.roles import Roles
from drafter.analysis.speech import Speech, Telling, head_of, quotation_at
from drafter.analysis.text import OwnText, Sentence, parse
from drafter.places import Places


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
    unreal: bool  # "wär", "hätte" in the clause
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
    pointed: str = ""  # "X sind das"
    taken_up: str = ""  # the last one spoken of, where "X sind das" points there
    mob: bool = False  # the noun for many means people, not a company: "Pack"
    seated: bool = False  # "..., die bei Ihnen sitzen"
    doing: bool = False  # it is the subject of its verb
    beside_me: bool = False  # "neben mir" in the clause
    closing: bool = False  # a mark follows it
    elsewhere: bool = False  # "beim vorigen Anbieter", "bei der Konkurrenz"
    resumed: bool = False  # "ich bin's wieder, der X"
    borne: str = ""  # the person in the sentence who bears an idiom
    verbless: bool = False
    oblique: str = ""  # "von euch X"
    plural: bool = False
    everyone: bool = False  # "alle", "nur", "jemand" in the clause
    address_quoted: bool = False  # „Sie X“: the pronoun is quoted, too
    echoed: str = ""  # whom somebody's indirect words are about: "er meinte, ich sei ein X"
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
        """Return the evidence for the candidates; their sentences are parsed in one batch, unless they are already."""
        places = [(candidate, text.sentence_at(candidate.start)) for candidate in candidates]
        found = [(candidate, sentence) for candidate, sentence in places if sentence is not None]
        parse([sentence for _, sentence in found], text.pipeline)
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
        self.head = head_of(tokens)

    def answer(self) -> Evidence:
        """Ask everything once."""
        subject, topics = self._subject(), self.context.topics(self.sentence)
        addressed = self.grammar.is_addressed(self.tokens[0], self.context.informal)
        bearers = Bearers(self.grammar, self.class_of, self._noun_class, self.tokens, self.context.informal)
        quotation = quotation_at(self.context.text, self.candidate.start, self.candidate.end)
        telling = Telling(self.grammar, self.class_of, self.tokens, quotation, self.context.informal)
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
            determiner=self._determiner,
            owner=self.grammar.possessor(self.tokens[0], self.context.informal),
            apposition=self._apposition(),
            speech=telling.speech(self.context.text, self.sentence),
            quoted=quotation[1] > 0 or is_quoted(self.tokens[0], self.tokens[-1]),
            negator=self._negator(bearers),
            in_role_phrase=self.grammar.in_role_phrase(self.tokens[0]) is not None,
            conjunctive=any(self.grammar.has(t, "conjunctive") for t in self.grammar.clause(self.head)),
            conditional=any(self.grammar.has(t, "conditional") for t in self.grammar.clause(self.head)),
            unreal=any(self.grammar.has(t, "unreal") for t in self.grammar.clause(self.head)),
            plain=self._plain(),
            definite=self._definite(),
            your_place=self._your_place(),
            near=self._near(),
            previous=self._previous(),
            own="" if self.candidate.noun == "idiom" else self._own(self.tokens[-1]),
            heap="" if self.candidate.noun == "idiom" else self._heap(),
            employed=self._employed(),
            mob=self.grammar.ends(self.tokens[-1], "mob"),
            seated=self._seated(),
            doing=role(self.head) == "subject" and self.candidate.noun in ("person", "animal"),
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
            pointed=bearers.pointed(),
            taken_up=topics[0] if topics and bearers.pointed() else "",
            beside_me=is_beside_me(self.grammar.clause(self.head), self.grammar),
            closing=self._closing(),
            elsewhere=bearers.elsewhere(),
            resumed=bearers.resumed(),
            borne=bearers.borne() if self.candidate.noun in ("idiom", "quality") else "",
            verbless=bearers.verbless(),
            oblique=bearers.oblique(),
            plural=self.head.plural,
            everyone=any(self.grammar.has(t, "everyone") for t in self.grammar.clause(self.head)),
            address_quoted=self._address_quoted(addressed, quotation),
            echoed=telling.echoed(),
            topics=topics,
        )

    def class_of(self, token: Token | None) -> str:
        """Return whom a word means: me, you, third, thing, who, staff, company, ..., mine, yours, noun."""
        if token is None or token in self.tokens:
            return ""
        person = self.grammar.person_of(token, self.context.informal)
        if person != "noun":
            return person
        owner = self.grammar.possessor(token, self.context.informal)
        known = self._noun_class(token)
        if owner == "me" and known in ("staff", "customer", "other", ""):
            return "mine"
        if token.text.lower() in self.context.greeting and not known and self.sentence.zone.kind != "greeting":
            return "you"
        return known or ("yours" if owner == "you" else "noun")

    def _closing(self) -> bool:
        after = at(self.tokens[-1], 1)
        return after is None or after.is_punct

    def _noun_class(self, token: Token | None) -> str:
        """Return the class of a noun; the words around make a stranger of it ("der Mann über uns", "andere Firma")."""
        if token is None:
            return ""
        known = self.context.roles.role_of(token.text)
        before = at(token, -1)
        if known == "company" and before is not None and self.grammar.has(before, "elsewhere"):
            return "other"
        after = token.doc[token.i + 1 : token.i + 5]
        strange = known == "staff" and (is_beside_me(after[:2], self.grammar) or self._from_elsewhere(after))
        return "other" if strange else known

    def _from_elsewhere(self, words: list[Token]) -> bool:
        """Tell whether the words are "von der anderen Firma", "eines anderen Anbieters"."""
        if not len(words) or not self.grammar.has(words[0], "origin", "article"):
            return False
        pairs = itertools.pairwise(words)
        return any(self.grammar.has(a, "elsewhere") and self._own(b) == "company" for a, b in pairs)

    def _subject(self) -> Token | None:
        found = self.grammar.predicate_subject(self.head)
        found = found if found not in self.tokens else self.grammar.subject_of(self.head)
        return self._kernel(found) if found is not None else None

    def _kernel(self, noun: Token) -> Token | None:
        """Return the noun that the subject hangs on: "der Fahrer von der Spedition" is a driver."""
        first = noun
        while (lead := at(first, -1)) is not None and lead.pos_ in ("DET", "ADJ"):
            first = lead
        if lead is None or lead.pos_ != "ADP":
            return noun
        above = at(lead, -1)
        if above is not None and above not in self.tokens and self._noun_class(above) in ("staff", "other"):
            return above
        return None if self._noun_class(noun) == "product" else noun  # "am Schreibtisch" is no subject

    def _self_named(self) -> str:
        before = at(self.tokens[0], -1)
        for step in (1, 2, 3):
            word = at(self.tokens[0], -step)
            if word is None or word.is_punct or word.pos_ in ("VERB", "AUX", "ADP"):
                return ""
            if self.grammar.has(word, "me_single") and (step == 1 or before is None or before.pos_ in ("ADJ", "ADV")):
                return word.text
        return ""

    @cached_property
    def _determiner(self) -> str:
        for step in (1, 2, 3, 4):
            word = at(self.tokens[0], -step)
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

    def _negator(self, bearers: Bearers) -> str:
        """Return the negating word outside the candidate; an idiom may hold one of its own."""
        found = (self.grammar.negator_of(token) for token in (self.tokens[0], self.head))
        near = next((word.text.lower() for word in found if word is not None and word not in self.tokens), "")
        return near or (self._late_negator() if bearers.inverted() == "me" else "")

    def _late_negator(self) -> str:
        """Return the "nicht" of "So blöd war ich nicht"."""
        after = (t for t in self.grammar.clause(self.head) if t.i > self.head.i)
        return next((t.text.lower() for t in after if self.grammar.has(t, "negator")), "")

    def _own(self, token: Token) -> str:
        return self.context.roles.role_of(token.text)

    def _heap(self) -> str:
        """Return the noun for an organisation right before the last word of the candidate."""
        before = at(self.tokens[-1], -1)
        return before.text if before is not None and self._own(before) == "company" else ""

    def _plain(self) -> bool:
        before = at(self.tokens[0], -1)
        return before is None or before.is_punct or self.grammar.has(before, "plain_article") or before.pos_ == "ADP"

    def _definite(self) -> bool:
        inside = [word for step in (1, 2, 3, 4) if (word := at(self.tokens[0], -step)) is not None]
        if any(self.grammar.has(word, "definite") for word in inside[:3]):
            return True
        such = any(self.grammar.has(word, "such") for word in inside)
        return such and any(word.pos_ == "ADP" and not self.grammar.has(word, "deeming_marker") for word in inside)

    def _apposition(self) -> str:
        """Return the class of the noun before a comma that the candidate explains ("der Fahrer, dieser Idiot")."""
        if self._determiner in ("", "owned"):
            return ""
        comma = next((w for s in (1, 2, 3, 4) if (w := at(self.tokens[0], -s)) is not None and w.text == ","), None)
        between = comma.doc[comma.i + 1 : self.tokens[0].i] if comma is not None else ()
        if any(self.grammar.has(t, "copula") for t in between) or any(t.tag_ == "KON" for t in between[:1]):
            return ""  # "..., das war irgendein X", "..., und der X": a clause of its own
        if role(self.head) == "apposition" and self.head.head.i < self.tokens[0].i:
            return self.class_of(self.head.head)
        noun = at(comma, -1) if comma is not None else None
        if noun is None or noun.pos_ not in ("NOUN", "PROPN"):
            return ""
        return self.class_of(noun)

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

    def _seated(self) -> bool:
        """Tell whether a relative clause says where they work: "Roboter, die bei Ihnen sitzen"."""
        lead = self.head.doc[max(0, self.tokens[0].i - 3) : self.tokens[0].i]
        if len(lead) > 1 and any(self.grammar.has(t, "seated") for t in lead) and self._determiner:
            return not is_beside_me(self.grammar.clause(self.head), self.grammar)  # "sitzt da ein X"
        tail = self.head.doc[self.tokens[-1].i + 1 : self.tokens[-1].i + 9]
        tail = tail[1:] if len(tail) and tail[0].pos_ == "NOUN" else tail
        if len(tail) < 3 or tail[0].text != "," or not self.grammar.has(tail[1], "definite"):
            return False
        placed = any(self.grammar.has(a, "staff_place") and self.grammar.is_you(b, self.context.informal)
                     for a, b in itertools.pairwise(tail))  # fmt: skip
        return placed and any(self.grammar.has(t, "seated", "employing") for t in tail)

    def _address_quoted(self, addressed: Token | None, quotation: tuple[int, int]) -> bool:
        if addressed is None:
            return False
        start = self.sentence.start + addressed.idx
        return quotation[0] < start < quotation[1] or is_quoted(addressed, self.tokens[-1])

    def _your_place(self) -> str:
        """Return the noun or pronoun of "bei Ihnen", "in Ihrer Technik" in the sentence."""
        for token in self.head.doc:
            before = at(token, -1)
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
