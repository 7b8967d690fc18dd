"""What the customer states: numbers, money, dates, names, things, how long and how often.

Only his own zones are read, and of the headers the subject for numbers and dates and the
sender for the name. Every text found stands in the mail as it is returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from drafter.analysis.dates import DateMention, Dates
from drafter.analysis.factpatterns import FactPatterns
from drafter.analysis.factwords import FactWords, fold
from drafter.analysis.figures import Figure, Figures
from drafter.analysis.people import PersonReader
from drafter.analysis.products import Products
from drafter.analysis.text import OwnText
from drafter.analysis.towns import Towns
from drafter.data import Where, read_table
from drafter.lazypattern import LazyPattern, lazy
from drafter.places import Places
from drafter.records import Facts, Mail

_NO_FIGURES = frozenset({"amount", "phone"})
_SWISS_ADDRESS = re.compile(r"\.(?:ch|li)>?\s*$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,40}\.?")
_MAX_SUBJECT = 300
_CAPITAL_SHARE = 0.15


class _Found(NamedTuple):
    """What one stretch of text holds."""

    figures: tuple[Figure, ...] = ()
    dates: tuple[DateMention, ...] = ()
    relative: tuple[DateMention, ...] = ()


class FactReader:
    """Reads all facts of a mail."""

    def __init__(
        self, figures: Figures, dates: Dates, patterns: FactPatterns, people: PersonReader, products: Products,
        towns: Towns, words: FactWords, harm: LazyPattern,
    ) -> None:  # fmt: skip
        self._figures = figures
        self._dates = dates
        self._patterns = patterns
        self._people = people
        self._products = products
        self._towns = towns
        self._words = words
        self._harm = harm
        self._swiss = [f" {word} " for word in _spaced(words["swiss_strong"].exact)]

    @classmethod
    def load(cls, places: Places) -> FactReader:
        """Read all word lists and rules.

        Raises:
            DataError: a file is wrong.
        """
        return cls(
            Figures.load(places), Dates.load(places), FactPatterns.load(places), PersonReader.load(places),
            Products.load(places), Towns.load(places), FactWords.load(places), _read_harm(places),
        )  # fmt: skip

    def read(self, text: OwnText, mail: Mail) -> Facts:
        """Return what the customer states."""
        today = mail.date.date() if mail.date else None
        parts = [text.body[zone.start : zone.end] for zone in text.own_zones]
        own = "\n\n".join(parts)
        body, subject = self._scan(parts, today), self._scan([mail.subject[:_MAX_SUBJECT]], today)
        numbers = _unique([*_codes(body), *_codes(subject)])
        dates = _unique([(mention.text, mention.iso) for mention in (*body.dates, *subject.dates)])
        sentences = [sentence.text for sentence in text.sentences]
        told = self._patterns.read(sentences)
        person = self._people.read(text, mail)
        names = {fold(word) for word in (*person.name.surname.split(), *person.name.first.split())}
        return Facts(
            order_numbers=tuple(number for number, _ in numbers),
            order_number_kinds=tuple(kind for _, kind in numbers),
            subject_numbers=tuple(number for number, _ in _unique(_codes(subject))),
            amounts=_texts((*body.figures, *subject.figures), "amount"),
            phone_numbers=_texts(body.figures, "phone"),
            dates=tuple(written for written, _ in dates),
            dates_iso=tuple(iso for _, iso in dates),
            relative_dates=tuple(_unique([(mention.text, mention.iso) for mention in body.relative])),
            customer_name=person.customer_name,
            first_name=person.name.first,
            surname=person.name.surname,
            title=person.name.title,
            gender=person.name.gender,
            salutation=person.salutation,
            several=person.name.couple or person.name.family,
            products=self._products.find(sentences, mail.subject[:_MAX_SUBJECT], names),
            waiting=told.waiting,
            attempts=told.attempts,
            deadlines=told.deadlines,
            bereaved=told.bereaved,
            places=self._towns.find(own, names),
            swiss=self.is_swiss(own, mail.from_address),
            harm=tuple(dict.fromkeys(match.group() for match in self._harm.finditer(own))),
        )

    def is_swiss(self, own: str, address: str) -> bool:
        """Whether the customer writes ss for ß: by his address or by his words.

        Careless German mails write ss too, so without a Swiss word only a mail with its capitals and umlauts counts.
        """
        if "ß" in own:
            return False
        if _SWISS_ADDRESS.search(address):
            return True
        folded = f" {' '.join(_WORD.findall(own.lower()))} "
        if any(word in folded for word in self._swiss):
            return own != own.lower()
        weak = any(word in self._words["swiss_weak"] for word in folded.split())
        return weak and _is_careful(own)

    def _scan(self, parts: list[str], today: date | None) -> _Found:
        """Find dates, telephones, money, other numbers, in this order, in each part."""
        figures: list[Figure] = []
        dates: list[DateMention] = []
        relative: list[DateMention] = []
        for part in parts:
            mentions = self._dates.find(part, today)
            taken = [(mention.start, mention.end) for mention in mentions]
            figures += self._figures.find(part, taken)
            dates += mentions
            relative += self._dates.relative(part, today)
        return _Found(tuple(figures), tuple(dates), tuple(relative))


def _is_careful(own: str) -> bool:
    """Whether nouns and sentences have their capitals, and umlauts are used."""
    words = _WORD.findall(own)
    capitals = sum(word[0].isupper() and not word.isupper() for word in words)
    return capitals >= _CAPITAL_SHARE * len(words) and any(char in "äöüÄÖÜ" for char in own)


def _codes(found: _Found) -> list[tuple[str, str]]:
    return [(figure.text, figure.kind) for figure in found.figures if figure.kind not in _NO_FIGURES]


def _texts(figures: Iterable[Figure], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(figure.text for figure in figures if figure.kind == kind))


def _unique(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Keep the first of each text."""
    kept: dict[str, str] = {}
    for text, value in pairs:
        kept.setdefault(text, value)
    return list(kept.items())


def _spaced(words: Iterable[str]) -> list[str]:
    """Undo the folding of umlauts: Swiss words are compared as written."""
    return [word.replace("ae", "ä").replace("oe", "ö").replace("ue", "ü") for word in words]


def _read_harm(places: Places) -> LazyPattern:
    path = places.file("lexicon", "harm.tsv")
    stems = [row["stem"] for row, _ in read_table(path, ("stem", "note"))]
    return lazy(rf"(?<!\w)(?:{'|'.join(map(re.escape, stems))})\w{{0,30}}", Where(path, 1))
