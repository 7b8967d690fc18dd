"""Forms of address in templates: `{Sie|du|ihr}` with all three forms, each with its own words, and none outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from drafter.check import Checker
from drafter.check.register import AddressWords, addressing
from drafter.check.text import ReplyText
from drafter.data import read_table
from drafter.lint.agreement import Agreement
from drafter.lint.finding import Fault, place_in
from drafter.places import Places
from drafter.sandbox import masked
from drafter.wording import FORMS

_BRACES = re.compile(r"\{([^{}\n]*\|[^{}\n]*)\}")
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)
_BLANKS = re.compile(r"\0[\0\n]*")


class Address(NamedTuple):
    """The words that tell the forms of address apart."""

    own: dict[str, frozenset[str]]  # form -> words that only it may hold
    words: AddressWords  # how they stand in running text
    abbreviations: frozenset[str]
    agreement: Agreement

    @classmethod
    def load(cls, places: Places, checker: Checker) -> Address:
        """Read address_forms.tsv.

        Raises:
            DataError: a form is unknown.
        """
        own: dict[str, frozenset[str]] = {}
        for row, where in read_table(places.file("lexicon", "address_forms.tsv"), ("form", "words")):
            if row["form"] not in FORMS:
                raise where.error(f"unknown form '{row['form']}' ({', '.join(FORMS)})")
            own[row["form"]] = frozenset(row["words"].split("|"))
        return cls(own, checker.words.address, checker.abbreviations, Agreement.load(places))

    def faults(self, source: str) -> Iterator[Fault]:
        """Yield what is wrong with the forms of address of a template."""
        text = masked(source, address=False)
        for match in _BRACES.finditer(text):
            yield from self._forms(match, source)
        yield from self.agreement.faults(source)
        open_text = _readable(source)
        reply = ReplyText(open_text, self.abbreviations)
        for start, end in sorted(span for spans in addressing(reply, self.words) for span in spans):
            yield Fault("T013", *place_in(source, start), {"word": source[start:end]})

    def _forms(self, match: re.Match[str], source: str) -> Iterator[Fault]:
        forms = match[1].split("|")
        place = place_in(source, match.start())
        filled = sum(bool(form.strip()) for form in forms)
        if filled != len(FORMS):
            yield Fault("T011", *place, {"text": match[0], "count": filled})
            return
        for form, text in zip(FORMS, forms, strict=True):
            if word := self._foreign(form, text):
                yield Fault("T012", *place, {"word": word, "form": {"sie": "Sie"}.get(form, form)})
                return

    def _foreign(self, form: str, text: str) -> str:
        for word in map(str, _WORD.findall(text)):
            for other, words in self.own.items():
                spelled = word if other == "sie" else word.lower()
                if other != form and spelled in words:
                    return word
        return ""


def _readable(source: str) -> str:
    """Return the plain text of a template with blanks for its tags and a word for its values; places stay."""
    return _BLANKS.sub(lambda run: _filled(source[run.start() : run.end()]), masked(source))


def _filled(jinja: str) -> str:
    """Blank out tags and remarks, put x for a value."""
    blanked = _TAG.sub(lambda tag: re.sub(r"[^\n]", " ", tag[0]), jinja)
    return re.sub(r"[^\s]", "x", blanked)
