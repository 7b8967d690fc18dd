"""Find who said a word, and of whom: verbs of saying and naming, quotation marks, indirect speech."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from drafter.analysis.arcs import is_verb, role
from drafter.analysis.bearers import ClassOf
from drafter.analysis.grammar import Grammar
from drafter.analysis.parsed import Token
from drafter.analysis.text import OwnText, Sentence

_QUOTATION = re.compile(r"„[^„“”\"]{1,500}[“”\"]|»[^»«]{1,500}«|«[^«»]{1,500}»|“[^“”]{1,500}”|\"[^\"\n]{1,500}\"")
_BESIDE = 3
"""How many words away from its verb the speaker stands at most."""


class Speech(NamedTuple):
    """A verb of saying or naming near the candidate."""

    verb: str = ""
    kind: str = ""  # naming, saying, insulting
    to: str = ""  # who is named or spoken to: me, you, mine, ...
    by: str = ""  # who speaks
    passive: bool = False


def quotation_at(text: OwnText, start: int, end: int) -> tuple[int, int]:
    """Return where the quotation around a span of the body begins and ends; (0, 0) where there is none."""
    zone = next((zone for zone in text.own_zones if zone.start <= start < zone.end), None)
    found = _QUOTATION.finditer(text.body, zone.start, zone.end) if zone is not None else ()
    return next(((m.start(), m.end()) for m in found if m.start() < start and end < m.end()), (0, 0))


class Telling:
    """The questions about one candidate; `quotation` is where the quotation around it stands in the body."""

    def __init__(
        self, grammar: Grammar, class_of: ClassOf, tokens: list[Token], quotation: tuple[int, int], informal: bool
    ) -> None:
        self.grammar = grammar
        self.class_of = class_of
        self.tokens = tokens
        self.head = head_of(tokens)
        self.informal = informal
        self.quotation = quotation

    def speech(self, text: OwnText, sentence: Sentence) -> Speech:
        """Return the verb of saying or naming, who speaks and who is spoken to or named."""
        outside = self._outside(sentence)
        verb = self._verb(outside)
        if verb is None:
            return self._beyond(text, sentence)
        kind = self._kind(verb)
        subject = self._speaker(verb)
        words = {t.i: t for t in (*self.grammar.clause(verb), *self.grammar.clause(self.head)) if t.i in outside}
        passive = any(self.grammar.has(t, "passive") for t in words.values())
        if passive and kind == "naming" and subject is not None:
            return Speech(verb.text.lower(), kind, self.class_of(subject), "", passive)
        named = self._named([words[i] for i in sorted(words)], subject)
        return Speech(verb.text.lower(), kind, self.class_of(named), self.class_of(subject), passive)

    def echoed(self) -> str:
        """Return "me" where somebody's indirect words are about the customer: "er meinte, ich sei ein X"."""
        words = self.grammar.clause(self.head)
        if self._supposed(words):
            return ""
        if not any(self.grammar.has(t, "me_nominative") for t in words):
            return self._echoed_of_mine(words)
        if any(self.grammar.has(t, "indirect") for t in words[1:]):  # in front it is a wish: "Seien wir ehrlich"
            return "me"
        verb = self._verb_around(words)
        if verb is None or self.class_of(self._speaker(verb)) in ("me", "you"):
            return ""
        unreal = any(self.grammar.has(t, "unreal") for t in words)
        return "me" if unreal or self._subordinate(words, verb) else ""

    def _echoed_of_mine(self, words: Sequence[Token]) -> str:
        """Return "me" where it was said of the customer's people: "sagte meiner Frau, sie sei ein X"."""
        third = any(self.grammar.has(t, "third_nominative") for t in words)
        verb = self._verb_around(words) if third and any(self.grammar.has(t, "indirect") for t in words[1:]) else None
        if verb is None:
            return ""
        speaker = self._speaker(verb)
        before = (t for t in self.head.doc[: words[0].i] if t.pos_ in ("NOUN", "PROPN") and t != speaker)
        return "me" if any(self.class_of(t) == "mine" for t in before) else ""

    def _supposed(self, words: Sequence[Token]) -> bool:
        """Tell whether the clause supposes something: "wenn ich ein X wäre", "als wäre ich ein X"."""
        return any(self.grammar.has(t, "supposing") for t in words if t.i < self.head.i - 1)

    def _subordinate(self, words: Sequence[Token], verb: Token) -> bool:
        """Tell whether the clause hangs on a verb of saying right before it: "hat gesagt, (dass) ich bin ein X"."""
        first = words[0]
        before = first.doc[first.i - 1] if first.i else None
        comma = before is not None and (before.text in ",:" or self.grammar.has(before, "that"))
        return comma and verb.i < first.i and first.i - verb.i <= _BESIDE

    def _verb_around(self, words: Sequence[Token]) -> Token | None:
        inside = {t.i for t in words}
        verbs = (t for t in self.head.doc if t.i not in inside and self.grammar.has(t, "saying", "naming", "telling"))
        return min(verbs, key=lambda t: abs(t.i - self.head.i), default=None)

    def _outside(self, sentence: Sentence) -> set[int]:
        """Return the places of the words that are neither the candidate nor in the quotation around it."""
        start, end = self.quotation
        inside = {t.i for t in self.tokens}
        quoted = {t.i for t in self.head.doc if start <= sentence.start + t.idx < end}
        return {t.i for t in self.head.doc} - inside - quoted

    def _kind(self, verb: Token) -> str:
        after = verb.doc[verb.i + 1] if verb.i + 1 < len(verb.doc) else None
        if after is not None and self.grammar.has(verb, "naming") and self.grammar.has(after, "es"):
            return "saying"  # "hieß es"
        return next(kind for kind in ("naming", "insulting", "saying") if self.grammar.has(verb, kind))

    def _verb(self, outside: set[int]) -> Token | None:
        """Return the nearest verb of naming or saying; for a quotation anywhere in the sentence."""
        near = self.grammar.governing_speech_verb(self.head)
        if near is not None and near.i in outside:
            return near
        if near is None and self.quotation == (0, 0):
            return None
        verbs = [t for t in self.head.doc if t.i in outside and self.grammar.has(t, "naming", "insulting", "saying")]
        return min(verbs, key=lambda t: abs(t.i - self.head.i), default=None)

    def _beyond(self, text: OwnText, sentence: Sentence) -> Speech:
        """Return the verb in the words before and after a quotation of several sentences."""
        start, end = self.quotation
        if not end:
            return Speech()
        for words in _around(text, sentence, start, end):
            verb = next((t for t in words if self.grammar.has(t, "saying", "insulting")), None)
            if verb is not None:
                mine = any(self.grammar.has(t, "me_nominative") and abs(t.i - verb.i) <= _BESIDE for t in words)
                return Speech(verb.text.lower(), "saying", "", "me" if mine else "third")
        return Speech()

    def _speaker(self, verb: Token) -> Token | None:
        """Return the subject of a verb of saying; one beyond the clause is not believed where a nearer one stands."""
        subject = self.grammar.subject_of(verb)
        if subject is not None and subject.head == verb and self._is_bare_infinitive(verb):
            able = self.grammar.has(subject, "me_nominative")
            return subject if able else None  # "Sie so zu nennen": it has no subject, what hangs there is named
        if subject is not None and subject not in self.grammar.clause(verb):
            subject = self.grammar.linear_subject(verb) or subject
        if subject is None or not self.grammar.has(subject, "me_single") or self._agrees(subject, verb):
            return subject
        helper = next((t for t in verb.doc if self.grammar.has(t, "perfect_third")), None)
        return self._beside(helper) if helper is not None else subject

    def _is_bare_infinitive(self, verb: Token) -> bool:
        before = verb.doc[verb.i - 1] if verb.i else None
        return verb.tag_ == "VVIZU" or (before is not None and before.tag_ == "PTKZU")

    def _agrees(self, subject: Token, verb: Token) -> bool:
        """Tell "ich habe ... gesagt" from "hat, als ich ihn gefragt hatte, gesagt"."""
        if verb.tag_ != "VVPP":
            return True
        helpers = (t for t in subject.doc if self.grammar.has(t, "perfect_me"))
        return any(not self._closes_other(t, verb) for t in helpers)

    def _closes_other(self, helper: Token, verb: Token) -> bool:
        """Tell whether the auxiliary ends the clause of another participle: "gebeten hatte"."""
        before = helper.doc[helper.i - 1] if helper.i else None
        return before is not None and before.tag_ == "VVPP" and before.i != verb.i

    def _beside(self, helper: Token) -> Token | None:
        doc = helper.doc
        places = (*range(helper.i - 1, max(-1, helper.i - 5), -1), *range(helper.i + 1, min(len(doc), helper.i + 5)))
        able = (doc[i] for i in places if doc[i].pos_ in ("NOUN", "PROPN", "PRON"))
        return next((t for t in able if not self.grammar.has(t, "me", "oblique_case")), None)

    def _named(self, words: Sequence[Token], subject: Token | None) -> Token | None:
        """Return who is named or spoken to: the first person before all, then the reader, then a noun."""
        beside = self._named_beside(subject)
        reflexive = self.class_of(subject) == "me"
        able = [t for t in words if subject is None or t.i != subject.i]
        tests: tuple[Callable[[Token], bool], ...] = (
            lambda t: t.i == beside,
            lambda t: not reflexive and self.grammar.has(t, "me_object") and self._is_spoken_to(t),
            lambda t: t.pos_ in ("NOUN", "PROPN") and self.class_of(t) in ("mine", "customer"),
            lambda t: self.grammar.is_you(t, self.informal),
            lambda t: self.grammar.has(t, "third_object"),
            lambda t: t.pos_ in ("NOUN", "PROPN") and role(t) in ("object", "dative"),
            self._is_second_subject,
            lambda t: t.pos_ == "PRON" and self.grammar.has(t, "third_person_object"),
        )
        return next((t for test in tests for t in able if test(t)), None)

    def _is_second_subject(self, token: Token) -> bool:
        """Tell whether a noun behind a verb of naming is its object, which the parser takes for a subject."""
        noun = token.pos_ in ("NOUN", "PROPN") and role(token) == "subject"
        return noun and token.head.i < token.i and self.grammar.has(token.head, "naming")

    def _named_beside(self, subject: Token | None) -> int:
        """Return the place of the noun right before the word it is called by ("nannte die Dame eine X"), or -1."""
        first, marked = self.tokens[0], False
        for step in range(1, min(first.i, 4) + 1):
            word = first.doc[first.i - step]
            if self.grammar.has(word, "me_object") or word == subject:
                return -1
            if word.pos_ in ("NOUN", "PROPN"):
                before = word.doc[max(0, word.i - 3) : word.i]
                governed = any(w.pos_ == "ADP" for w in before)
                known = self.class_of(word)
                return -1 if governed or known == "noun" or (known == "product" and not marked) else word.i
            if is_verb(word) or not (word.is_punct or self.grammar.has(word, "article", "role_marker")):
                return -1
            marked = marked or self.grammar.has(word, "role_marker")
        return -1

    def _is_spoken_to(self, token: Token) -> bool:
        before = token.doc[token.i - 1] if token.i else None
        return before is None or before.pos_ != "ADP" or self.grammar.has(before, "towards")


def _around(text: OwnText, sentence: Sentence, start: int, end: int) -> Iterable[list[Token]]:
    """Yield the words before the quotation, which lead to it, and those after it."""
    last = next((s for s in reversed(text.sentences) if s.start < start), None)
    if last is not None and text.body[:start].rstrip()[-1:] in (":", ","):
        yield [t for place, t in _placed(last) if place < start]
    after = next((s for s in text.sentences if s.end >= end and s.zone is sentence.zone), None)
    if after is None:
        return
    tail = [t for place, t in _placed(after) if place >= end]
    if not any(t.is_alpha for t in tail):
        _, following = text.neighbours(after)
        tail = list(following.tokens) if following is not None else []
    yield tail[:8]


def _placed(sentence: Sentence) -> list[tuple[int, Token]]:
    """Return the unparsed words of a sentence with their places in the body."""
    words = sentence.tokens
    return [(sentence.start + t.idx - words[0].idx, t) for t in words]


def head_of(tokens: list[Token]) -> Token:
    """Return the token of the span that the others hang on, else the last word."""
    inside = {token.i for token in tokens}
    tops = [t for t in tokens if t.head.i not in inside or t.head.i == t.i]
    words = [t for t in tops if t.is_alpha or len(t) > 2]
    return words[-1] if words else tokens[-1]
