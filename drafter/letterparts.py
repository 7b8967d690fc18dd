"""Letters as they are compared: greeting, sentences and closing formula, with the readers that this takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from drafter.alignment import Words
from drafter.analysis.duedates import DueDates
from drafter.anonymous import Anonymiser
from drafter.check import Checker
from drafter.check.numbers import Fact, find_facts
from drafter.check.register import form_of
from drafter.check.text import MAX_CHARACTERS, Piece, ReplyText
from drafter.data import read_table
from drafter.phrases import StepFinder, plain_words
from drafter.places import Places
from drafter.policy import load_policy
from drafter.records import OWN_ZONES
from drafter.workdays import Workdays
from drafter.zones import ZoneFinder

TIMES = frozenset(("date", "day", "weekday", "relative", "clock", "minute", "hour", "week", "month"))
"""The kinds of figures that say when or how long."""

_GAP = r"\[\[[^\]\n]{0,200}\]\]"
_TOKEN = re.compile(rf"{_GAP}|\w+")
GAP = re.compile(_GAP)
_ITEM = re.compile(r"(?:[-*•–—]|\d{1,2}[.)])\s")
_SOME_DAY = date(2026, 1, 7)
"""Days such as "Friday" are counted from here in both texts."""


class Letter(NamedTuple):
    """A draft or what was sent of it; steps, tone and people only where they are known."""

    text: str
    steps: tuple[str, ...] = ()
    tone: str = ""
    people: tuple[str, ...] = ()  # names in the headers


@dataclass(frozen=True)
class Reader:
    """The readers of the check and the analysis, and what the templates say; loaded once."""

    zones: ZoneFinder
    checker: Checker
    finder: StepFinder
    due: DueDates
    workdays: Workdays
    anonymiser: Anonymiser
    tone_words: frozenset[str]
    common: frozenset[str]  # words that are nobody's name, in small letters

    @classmethod
    def load(cls, places: Places) -> Reader:
        """Read word lists, rules and templates.

        Raises:
            DrafterError: a file is wrong.
        """
        policy = load_policy(places)
        finder = StepFinder.load(places, [option.text for option in policy.option])
        checker = Checker.load(places)
        rows = read_table(places.file("lexicon", "tone_words.tsv"), ("group", "words"))
        tone_words = frozenset(word for row, _ in rows for word in row["words"].split("|"))
        counted = (word for _kind, word, _value in checker.words.numbers.rows for word in plain_words(word))
        common = finder.vocabulary | tone_words | frozenset(counted)
        return cls(ZoneFinder.load(places), checker, finder, DueDates.load(places), policy.calendar.workdays,
                   Anonymiser.load(places, common), tone_words, common)  # fmt: skip

    def facts(self, text: str, bare: bool = False) -> list[Fact]:
        """Return the figures of a text outside of gaps."""
        return find_facts(GAP.sub(" ", text), self.checker.words.numbers, bare)

    def times(self, text: str) -> set[tuple[str, str]]:
        """Return the days and durations of a text."""
        return {(fact.kind, fact.value) for fact in self.facts(text) if fact.kind in TIMES}

    def names_day(self, text: str) -> bool:
        """Tell whether a text says until when something will be."""
        return self.due.find(GAP.sub(" ", text), _SOME_DAY, self.workdays) is not None


class Sentence:
    """A sentence as it is compared, or a part of one: its words in small letters, a gap as one word."""

    def __init__(self, text: str, paragraph: int = 0, asks: bool = False, item: bool = False) -> None:
        self.text, self.paragraph, self.asks, self.item = text, paragraph, asks, item
        self.tokens = list(_TOKEN.finditer(text))
        self.words: Words = tuple(token[0].casefold() for token in self.tokens)

    @classmethod
    def of(cls, piece: Piece) -> Sentence:
        """Take the sign of a list item off."""
        mark = _ITEM.match(piece.flat)
        text = piece.flat[mark.end() :] if mark else piece.flat
        return cls(text, piece.paragraph, piece.is_question, mark is not None)

    def part(self, start: int, end: int) -> Sentence:
        """Return what stands from one word to another."""
        return Sentence(self.slice(start, end), self.paragraph, self.asks, self.item)

    def slice(self, start: int, end: int) -> str:
        """Return the text from one word to another."""
        return self.text[self.tokens[start].start() : self.tokens[end - 1].end()] if start < end else ""


class Parts:
    """A letter in its parts: greeting, sentences, closing formula."""

    def __init__(self, text: str, reader: Reader) -> None:
        kept = text[:MAX_CHARACTERS]
        zones = [(zone.kind, kept[zone.start : zone.end].strip()) for zone in reader.zones.find(kept)]
        own = [(kind, part) for kind, part in zones if kind in OWN_ZONES and part]
        self.greeting = next((part for kind, part in own if kind == "greeting"), "")
        signed = next((part for kind, part in own if kind == "signoff"), "")
        self.closing, _, self.signature = signed.partition("\n")
        body = "\n\n".join(part for kind, part in own if kind in ("body", "postscript"))
        if not self.greeting and (match := reader.checker.greeting and reader.checker.greeting.match(body)):
            self.greeting, body = body[: match.end()], body[match.end() :]
        reply = ReplyText(body, reader.checker.abbreviations)
        self.sentences = [sentence for piece in reply.sentences if (sentence := Sentence.of(piece)).words]
        self.text = "\n".join(sentence.text for sentence in self.sentences)
        whole = ReplyText(f"{self.greeting}\n\n{body}", reader.checker.abbreviations, reader.checker.greeting)
        self.form = form_of(whole, reader.checker.words.address)
        self.cut = len(text) > MAX_CHARACTERS

    @cached_property
    def words(self) -> list[str]:
        """All words that are compared."""
        found = [word for sentence in self.sentences for word in sentence.words]
        return [*plain_words(self.greeting), *found, *plain_words(self.closing)]

    @property
    def capitalised(self) -> Iterable[str]:
        """The words with a capital, in small letters."""
        tokens = (token[0] for sentence in self.sentences for token in sentence.tokens)
        return (token.casefold() for token in tokens if token[:1].isupper())
