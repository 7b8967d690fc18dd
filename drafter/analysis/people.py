"""Who writes: the name under the mail and in the From header, and how to greet its bearer.

The form of address follows evidence only: "Frau" or "Herr" in the signature, or a
first name that practically only women or only men bear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from drafter.analysis.factwords import alternatives, fold
from drafter.analysis.names import MAX_NAME_CHARACTERS, Name, NameWords, clean, split_name
from drafter.analysis.text import OwnText
from drafter.places import Places
from drafter.records import Mail

_LAST_LINES = 14
_TAIL_WORDS = 4
_LINE_WORDS = 8
_CUT = re.compile(r"\s*(?:[,;|(/<\[*•]|\s[-–—]\s|\s{3,}|\t).*$")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-](?=[^\W\d_]))*\.?")
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?){1,3}$")
_BREAKS = frozenset(".!?,;:)")
_STRETCH = re.compile(r"\S+")
_QUOTES = re.compile(r"[\"“”„']")


class Person(NamedTuple):
    """The customer: the signature as written, its parts, and the salutation without comma."""

    customer_name: str | None
    name: Name
    salutation: str


class _Line(NamedTuple):
    """A possible signature: where the name stands and what speaks for it."""

    text: str
    zone: str
    after_formula: bool
    own_line: bool
    closed: bool  # the line before ends a sentence or is short
    distance: int  # lines from the end
    rest: str = ""  # without a farewell at the beginning


class PersonReader:
    """Finds the customer's name and the salutation that is safe."""

    def __init__(self, words: NameWords) -> None:
        self._words = words
        self._formulas = words.of_kind("formula")
        self._any_formula = tuple(self._formulas)
        either = alternatives(self._formulas)
        self._no_name = re.compile(rf"(?:{alternatives(words.of_kind('no_name'))})(?: |$)")
        self._formula_first = re.compile(rf"(?:{either})(?!\w)")
        self._formula_last = re.compile(rf"(?<!\w)(?:{either})$")

    @classmethod
    def load(cls, places: Places) -> PersonReader:
        """Read the name lists.

        Raises:
            DataError: a row is wrong.
        """
        return cls(NameWords.load(places))

    def read(self, text: OwnText, mail: Mail) -> Person:
        """Find the customer by signature, then by the From header."""
        sender = self._sender(mail.from_name)
        written, signed = self._signature(text, sender)
        name = self._merge(signed, sender)
        customer = written if written and signed.surname else None
        return Person(customer, name, self.salutation(name))

    def salutation(self, name: Name) -> str:
        """Word the greeting: form of address only where the gender is certain."""
        greeting = self._words.greeting
        parts = [greeting.get("plain", "")]
        if name.family and name.surname:
            parts += [greeting.get("family", ""), name.surname]
        elif name.surname and name.gender in ("f", "m"):
            parts += [greeting.get(name.gender, ""), name.title, name.surname]
        elif name.surname and (name.first or name.title):
            parts += [name.title, name.first, name.surname]
        return " ".join(part for part in parts if part)

    def _sender(self, header: str) -> Name:
        """The name in the From header; offices, companies and bare addresses give none."""
        text = _QUOTES.sub("", header[: 4 * MAX_NAME_CHARACTERS]).partition("\n")[0].split("(")[0].strip()
        if not text or "@" in text or self._is_office(text):
            return Name()
        if text.count(",") == 1:
            last, first = text.split(",")
            text = f"{first.strip()} {last.strip()}"
        name = split_name(text, self._words)
        if name.surname and not name.first and not name.title and not name.gender and not name.family:
            return name._replace(first=name.surname, surname="")  # a lone word there is a first or nick name
        return name

    def _is_office(self, text: str) -> bool:
        return any(self._words.is_kind("role", word.strip(".,")) or self._words.is_kind("role", word)
                   for word in re.split(r"[\s,/|-]+", text))  # fmt: skip

    def _merge(self, signed: Name, sender: Name) -> Name:
        """Complete the signature by the header where both name the same person."""
        if not signed.surname:
            if signed.first and sender.surname and fold(sender.first) != fold(signed.first):
                return signed
            return sender if sender.surname or not signed.first else signed
        if fold(signed.surname) != fold(sender.surname) or signed.family or signed.couple:
            return signed
        first = signed.first if len(signed.first.rstrip(".")) > 1 and "." not in signed.first else sender.first
        matching = not signed.first or fold(signed.first)[:1] == fold(sender.first)[:1]
        if not matching:
            return signed
        gender = signed.gender or sender.gender
        return signed._replace(first=first or signed.first, title=signed.title or sender.title, gender=gender)

    def _signature(self, text: OwnText, sender: Name) -> tuple[str, Name]:
        """The best line that looks like a name, and the name in it."""
        best: tuple[int, str, Name] = (0, "", Name())
        for line in self._lines(text):
            for candidate in self._candidates(line):
                points, name = self._judge(candidate, sender)
                if points > best[0]:
                    best = (points, candidate.text, name)
        return (best[1], best[2]) if best[0] >= 4 else ("", Name())

    def _lines(self, text: OwnText) -> Iterator[_Line]:
        """The last lines of the own zones, from the end."""
        lines: list[tuple[str, str, bool]] = []
        for zone in text.own_zones:
            if zone.kind != "greeting":
                tail = text.body[zone.start : zone.end][-3000:]
                lines += _nonblank(tail, zone.kind)
        last = lines[-_LAST_LINES - 1 :]
        rests = [self._without_formula(line) for line, _, _ in last]
        for distance, index in enumerate(range(len(last) - 1, len(last) - 1 - min(_LAST_LINES, len(lines)), -1)):
            before, rest = (last[index - 1][0], rests[index - 1]) if index else ("", "")
            line, kind, gap = last[index]
            closed = bool(index) and (gap or before[-1:] in ".!?…)" or len(before) < 40)
            formula = rest != before and len(rest.split()) <= 4
            yield _Line(line, kind, formula, True, closed, distance, rests[index])

    def _candidates(self, line: _Line) -> Iterator[_Line]:
        """The line as a name, without formula and additions; and the end of a line of prose."""
        rest = line.rest
        if rest != line.text and len(rest.split()) > _LINE_WORDS:
            rest = line.text  # prose that only begins like a farewell
        formula = line.after_formula or rest != line.text
        whole = _CUT.sub("", rest).strip()
        if whole and not rest.endswith(",") and len(whole) <= MAX_NAME_CHARACTERS:
            yield line._replace(text=whole, after_formula=formula)
        if line.distance > 4:
            return
        for tail, lead in _tails(line.text):
            formula = self._ends_in_formula(lead)
            if formula or lead.rstrip()[-1:] in _BREAKS:
                yield line._replace(text=tail, after_formula=formula, own_line=False, closed=False)

    def _without_formula(self, line: str) -> str:
        """Cut a farewell from the beginning of a line."""
        folded = _folded(line[:MAX_NAME_CHARACTERS])
        match = self._formula_first.match(folded) if folded.startswith(self._any_formula) else None
        return " ".join(line.split()[len(match.group().split()) :]).lstrip(" ,.!:-–") if match else line

    def _ends_in_formula(self, lead: str) -> bool:
        folded = _folded(lead[-MAX_NAME_CHARACTERS:]).rstrip(" ,.!:-–")
        return folded.endswith(self._any_formula) and bool(self._formula_last.search(folded))

    def _judge(self, line: _Line, sender: Name) -> tuple[int, Name]:
        """Weigh what speaks for a line being the signature: 4 points make one."""
        words = line.text.split()
        if not self._may_be_name(line.text, words):
            return 0, Name()
        name = self._read_name(line.text, sender)
        known = {fold(part) for part in (*sender.first.split(), *sender.surname.split()) if len(part) > 2}
        points = 4 if known & {fold(word.strip(".,")) for word in words} else 0
        points += 2 * self._words.knows(name.first.split(" ")[0]) if name.first else 0
        points += 2 * (bool(_INITIALS.match(words[0])) and len(words) == 2)
        points += 2 * name.family + 2 * bool(name.title or (name.gender and not name.first))
        points += 2 * line.after_formula + (line.zone == "signoff") + line.own_line + line.closed
        points += all(word[:1].isupper() for word in words if not self._words.is_kind("particle", word)) * 1
        points -= (line.distance > 5) + (len(words) > 4)
        return (points if name.surname or name.first else 0), name

    def _may_be_name(self, text: str, words: list[str]) -> bool:
        if not 1 <= len(words) <= 6 or text[-1:] in "!?:…" or clean(text) != text.strip(" -'’"):
            return False
        if self._no_name.match(fold(text)):
            return False
        if text[-1] == "." and not _INITIALS.search(words[-1]):
            return False
        lone = len(words) == 1
        if (lone or not words[0][:1].isupper()) and fold(text) in self._formulas:
            return False
        return not any(self._words.is_kind("role", word) for word in words)

    def _read_name(self, text: str, sender: Name) -> Name:
        """Split a signature; a single word is surname or first name by the header and the list."""
        name = split_name(text, self._words)
        if name.couple and name.first.count(" ") == 1 and self._words.knows(name.surname) \
                and fold(name.surname) != fold(sender.surname):  # fmt: skip
            return name._replace(first=f"{name.first} {name.surname}", surname="")
        if name.first or name.family or name.title or name.gender or not name.surname:
            return name
        key = fold(name.surname)
        if sender.surname and key == fold(sender.surname):
            return name
        if key in fold(sender.first).split() or self._words.knows(name.surname) or _INITIALS.match(name.surname):
            return name._replace(first=name.surname, surname="", gender=self._gender(name.surname))
        return name

    def _gender(self, first: str) -> str:
        found = self._words.gender(first)
        return found if found in ("f", "m") else ""


def _nonblank(text: str, kind: str) -> list[tuple[str, str, bool]]:
    """The lines of a zone that hold something, each with whether a blank line stands before."""
    found: list[tuple[str, str, bool]] = []
    gap = True
    for line in map(str.strip, text.split("\n")):
        if line:
            found.append((line, kind, gap))
        gap = not line
    return found


def _tails(line: str) -> Iterator[tuple[str, str]]:
    """The last one to four words of a line, each with what stands before."""
    text = line[-200:]
    starts = [match.start() for match in _STRETCH.finditer(text)]
    for count in range(min(_TAIL_WORDS, len(starts) - 1), 0, -1):
        yield text[starts[-count] :], text[: starts[-count]]


def _folded(line: str) -> str:
    """Fold a line: no word that others would look up again."""
    return fold.__wrapped__(line)
