"""Read notes of a call: what was agreed, by whom, until when. What is not understood stays as it was written."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from babel.dates import format_date

from drafter.analysis.dates import Dates
from drafter.analysis.duedates import Due, DueDates
from drafter.analysis.factwords import fold
from drafter.analysis.names import NameWords, clean
from drafter.data import read_table
from drafter.messages import _
from drafter.places import Places
from drafter.workdays import Workdays

MAX_ITEMS = 40
MAX_ITEM_CHARACTERS = 500
_BULLET = re.compile(r"\s{0,20}(?:[-*•–·+]|\(?\d{1,2}[.)])\s{1,8}(?=\S)")
_LABEL = re.compile(r"([^:\n]{1,30}?)\s?:\s{0,8}(?=\S)")
_WORD = re.compile(r"[^\W\d_][\w.]{0,40}")
_NUMBER = re.compile(r"(?<!\w)([^\W\d_]{2,30}\.?)\s(?=[\w/-]{0,29}\d)\w[\w/-]{1,29}(?![\w/-]|\.\d)")
_MAX_NAME_WORDS = 4
_SENTENCE_ENDS = (".", "!", "?", "…")
_THIRD_PERSON = "t"
"""The end of a verb in the third person."""
_CLAUSE = re.compile(r"[,;:]|\s\(|(?<=[^\W\d_])[.!]\Z")


class Item(NamedTuple):
    """One thing agreed."""

    text: str  # as it goes into the letter: a due day written in full, the label of who does it taken off
    who: str = ""  # us, customer, or empty
    due: date | None = None
    labelled: bool = False  # who does it does not stand in the text
    apart: bool = False  # nor does the due day

    def to_json(self) -> dict[str, str | None]:
        """Return plain values."""
        return {"text": self.text, "who": self.who, "due": self.due.isoformat() if self.due else None}


class Doubt(NamedTuple):
    """What a person should look at: a code, the words of the item, the message."""

    code: str
    words: str
    message: str


class Notes(NamedTuple):
    """What stands in the notes."""

    items: tuple[Item, ...] = ()
    next: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # not for the customer
    name: str = ""
    number: str = ""
    day: date | None = None  # of the call
    doubts: tuple[Doubt, ...] = ()


class Days(NamedTuple):
    """The day of today, which days are worked, and the day of the call, from which days are counted."""

    today: date
    workdays: Workdays
    call: date | None = None

    @property
    def start(self) -> date:
        """The day from which days are counted."""
        return self.call or self.today


class NoteReader:
    """Reads notes by the words of note_words.tsv and note_verbs.tsv."""

    def __init__(self, words: dict[str, dict[str, str]], dates: Dates, due: DueDates, names: NameWords) -> None:
        self._words, self._dates, self._names = words, dates, names
        self.due = due

    @classmethod
    def load(cls, places: Places) -> NoteReader:
        """Read the word lists.

        Raises:
            DataError: a row is wrong.
        """
        words: dict[str, dict[str, str]] = {}
        for name in ("note_words.tsv", "note_verbs.tsv"):
            for row, _where in read_table(places.file("lexicon", name), ("kind", "word", "value")):
                words.setdefault(row["kind"], {})[fold(row["word"])] = row["value"]
        return cls(words, Dates.load(places), DueDates.load(places), NameWords.load(places))

    def read(self, text: str, days: Days) -> Notes:
        """Read notes line by line; a day of the call that is given goes before the one that they name."""
        notes, lines, found = Notes(), list[str](), _lines(text)
        marked = any(bulleted for _line, bulleted in found)
        for line, bulleted in found:
            about = None if bulleted or lines else self._about_the_call(line, days.today)
            if about is None and marked and not bulleted and not lines and not self._is_told(line):
                about = Notes(left_out=(line,))  # above the marked points: a remark
            if about is None:
                lines.append(line)
            else:
                notes = Notes(
                    left_out=notes.left_out + about.left_out, name=about.name or notes.name,
                    number=about.number or notes.number, day=about.day or notes.day,
                )  # fmt: skip
        notes = notes._replace(day=days.call or notes.day)
        return self._agreed(notes, lines, days._replace(call=notes.day))

    def item(self, text: str, days: Days, by: str = "") -> tuple[Item, list[Doubt]]:
        """Read one thing agreed, cut to MAX_ITEM_CHARACTERS; `by` names who does it where the text does not."""
        who, text, labelled = self._who(f"{by}: {text}" if by else text)
        item = Item(self._infinitive(text) if labelled else _capital(text), who, None, labelled)
        doubts = self._told_of_him(item, text)
        due = self.due.find(item.text, days.start, days.workdays)
        if due is None:
            return item, doubts
        said = item.text[due.start : due.end]
        if due.weekday not in (-1, due.day.weekday()):
            message = _("'{words}': the day of the week does not fit the date.").format(words=said)
            return item, [*doubts, Doubt(WRONG_WEEKDAY, said, message)]
        shown = spelled(due.day, days.workdays.country)
        item = item._replace(text=_capital_as(item.text, self._spelled(item.text, due, shown)), due=due.day)
        return item, [*doubts, *day_doubts(due.day, shown, days.today, days.workdays)]

    def call_day(self, text: str, today: date) -> date | None:
        """Return the day that a text is as a whole, today or before; None where it is none."""
        found = [*self._dates.find(text, today), *self._dates.relative(text, today)]
        days = [mention.iso for mention in found if mention.text.strip() == text.strip() and mention.iso]
        return date.fromisoformat(days[0]) if days and days[0] <= today.isoformat() else None

    def who(self, word: str) -> str:
        """Return us or customer for a word that names one of them, else ""."""
        key = fold(word.strip())
        kinds = {"us": ("us",), "customer": ("customer", "customer_label")}
        return next((who for who, names in kinds.items() if any(key in self._set(kind) for kind in names)), "")

    def _agreed(self, notes: Notes, lines: list[str], days: Days) -> Notes:
        items, following, left_out, doubts = list[Item](), list[str](), list(notes.left_out), list[Doubt]()
        for line in lines:
            if len(items) == MAX_ITEMS:
                left_out.append(line)
                continue
            if len(line) > MAX_ITEM_CHARACTERS:
                left_out.append(line[MAX_ITEM_CHARACTERS:])
            label, rest = _label(line)
            if rest and fold(label) in self._set("internal"):
                left_out.append(line[:MAX_ITEM_CHARACTERS])
            elif rest and fold(label) in self._set("next"):
                item, found = self.item(rest, days)
                following.append(item.text)
                doubts += found
            else:
                item, found = self.item(line, days)
                items.append(item)
                doubts += found
        return notes._replace(items=tuple(items), next=tuple(following), left_out=tuple(left_out), doubts=tuple(doubts))

    def _who(self, text: str) -> tuple[str, str, bool]:
        """Tell who does it, return the text without his label, and whether it had one."""
        text = " ".join(text.split())[:MAX_ITEM_CHARACTERS]
        label, rest = _label(text)
        if rest and (who := self.who(label)):
            return who, rest, True
        first, _space, rest = text.partition(" ")
        if rest and fold(first) in self._set("customer"):
            known = fold(rest.partition(" ")[0]) in self._set("verb")
            return "customer", rest if known else text, known
        return ("us" if rest and fold(first) in self._set("us") else ""), text, False

    def _told_of_him(self, item: Item, text: str) -> list[Doubt]:
        """Say so where a point speaks of the customer, not to him: his verb is none that is known."""
        first = text.partition(" ")[0]
        spoken = item.text == text and first[:1].islower() and first.endswith(_THIRD_PERSON) if item.labelled else True
        if item.who != "customer" or not spoken:
            return []
        words = " ".join(item.text.split()[:3])
        return [Doubt(THIRD_PERSON, words, _("'{words}' speaks of the customer, not to him.").format(words=words))]

    def _is_told(self, line: str) -> bool:
        """Tell whether a line says by its label that it is a point."""
        label, rest = _label(line)
        known = (self.who(label), fold(label) in self._set("next"), fold(label) in self._set("internal"))
        return bool(rest) and any(known)

    def _spelled(self, text: str, due: Due, day: str) -> str:
        """Write the due day in full; what counts from today keeps its words and gets the day beside them."""
        before, after = text[: due.start], text[due.end :]
        if due.span:
            return f"{text[: due.end]} ({day}){after}"
        bare = due.lead or (not before.strip() and after[:1] in (":", ","))
        lead = "" if bare or before.rstrip()[-1:] in ("(", ":", "–") else self.due.plain_lead + " "
        return f"{before}{lead}{day}{after}"

    def _infinitive(self, text: str) -> str:
        """Let a known verb that follows who does it go to the end: schickt Foto, Foto schicken."""
        head, clause, tail = _parted(text)
        first, _space, rest = head.partition(" ")
        verbs = self._set("verb")
        verb = verbs.get(fold(first), first if first in verbs.values() else "")
        if not (verb and rest):
            return text
        before, _space, last = rest.rpartition(" ")
        if fold(last) in self._set("part"):
            return f"{before} {last}{verb}".strip() + clause + tail
        return f"{rest} {verb}{clause}{tail}"

    def _about_the_call(self, line: str, today: date) -> Notes | None:
        """Read a line above the agreements: name, number, day of the call; None where it is none of them."""
        label, rest = _label(line)
        key = fold(label)
        if rest and key in self._set("name"):
            return Notes(name=clean(rest))
        if rest and key in self._set("number") and any(sign.isdigit() for sign in rest):
            return Notes(number=rest[:60] if key.startswith("n") else f"{label} {rest[:60]}")
        if rest and key in self._set("person") and self._is_name(rest):
            return Notes(name=clean(rest))
        first = _WORD.match(line)
        return self._call(line, today) if first and fold(first[0].rstrip(".")) in self._set("call") else None

    def _call(self, line: str, today: date) -> Notes:
        """Read day, number and name from a line about the call; one that says more is kept apart, it is for us."""
        whole, line = line, line[:MAX_ITEM_CHARACTERS]
        about, spans = Notes(), list[tuple[int, int]]()
        for mention in [*self._dates.find(line, today), *self._dates.relative(line, today)][:1]:
            spans.append((mention.start, mention.end))
            if mention.iso and mention.iso <= today.isoformat():
                about = about._replace(day=date.fromisoformat(mention.iso))
        if number := self._number_in(line):
            spans.append(number)
            about = about._replace(number=line[number[0] : number[1]])
        if name := self._name_in(line):
            spans.append(name)
            first, _space, others = clean(line[name[0] : name[1]]).partition(" ")
            about = about._replace(name=f"{self._set('address').get(fold(first)) or first} {others}")
        words = [word for word in _WORD.finditer(line) if not any(a <= word.start() < b for a, b in spans)][1:]
        says_more = any(fold(word[0].rstrip(".")) not in self._set("filler") for word in words)
        return about._replace(left_out=(whole,)) if says_more or whole != line else about

    def _name_in(self, line: str) -> tuple[int, int] | None:
        """Find a form of address with the capitalised words behind it."""
        words = list(_WORD.finditer(line))
        for index, word in enumerate(words):
            if self._is_address(word[0]):
                end = index
                for following in words[index + 1 : index + 1 + _MAX_NAME_WORDS]:
                    if not _goes_on(line, words[end], following):
                        break
                    end += 1
                if end > index:
                    return word.start(), words[end].end()
        return None

    def _number_in(self, line: str) -> tuple[int, int] | None:
        """Find a number with its label: Rechnung R-2231."""
        for match in _NUMBER.finditer(line):
            if fold(match[1]) in self._set("number"):
                return match.span()
        return None

    def _is_name(self, text: str) -> bool:
        words = text.split()
        known = self._is_address(words[0]) or self._names.knows(words[0])
        return known and 2 <= len(words) <= _MAX_NAME_WORDS + 1 and all(word[0].isupper() for word in words)

    def _is_address(self, word: str) -> bool:
        return any(self._names.is_kind(kind, word) for kind in ("female", "male")) or fold(word) in self._set("address")

    def _set(self, kind: str) -> dict[str, str]:
        return self._words.get(kind, {})


WRONG_WEEKDAY = "E1-weekday"
THIRD_PERSON = "D3-person"
PAST_DAY = "E2-past"
FREE_DAY = "E2-free-day"


def day_doubts(day: date, words: str, today: date, workdays: Workdays) -> list[Doubt]:
    """Say what is doubtful about a day on which something is promised: it is over, or nobody works on it."""
    shown = day.isoformat()
    if day < today:
        return [Doubt(PAST_DAY, words, _("{day} is over already.").format(day=shown))]
    if name := workdays.day_off(day):
        return [Doubt(FREE_DAY, words, _("{day} is no working day: {name}.").format(day=shown, name=name))]
    if not workdays.is_workday(day):
        return [Doubt(FREE_DAY, words, _("{day} is no working day: weekend.").format(day=shown))]
    return []


def spelled(day: date, country: str = "DE") -> str:
    """Write a day in full, as the country does: Freitag, 5. Juni 2026."""
    return format_date(day, "EEEE, d. MMMM y", locale=f"de_{country}")


def _capital_as(before: str, text: str) -> str:
    """Begin a text with a capital where it began with one before."""
    return _capital(text) if before[:1].isupper() else text


def _parted(text: str) -> tuple[str, str, str]:
    """Part a text before its first clause or the stop at its end."""
    match = _CLAUSE.search(text)
    return (text[: match.start()], match[0], text[match.end() :]) if match else (text, "", "")


def _goes_on(line: str, word: re.Match[str], following: re.Match[str]) -> bool:
    """Tell whether a name goes on with the word behind it."""
    return following[0][0].isupper() and line[word.end() : following.start()].strip() in ("", "-")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Give a text its full stop; an empty one stays empty."""
    return text if not text or text.endswith(_SENTENCE_ENDS) else text + "."


def _label(line: str) -> tuple[str, str]:
    """Part a line at its first colon; the second part is empty where there is none."""
    match = _LABEL.match(line)
    return (match[1].strip(), line[match.end() :].strip()) if match else ("", "")


def _lines(text: str) -> list[tuple[str, bool]]:
    """Return the lines without their bullets, and whether they had one; indented lines go on with the one before."""
    found: list[tuple[str, bool]] = []
    blank = True
    for line in text.splitlines():
        bullet = _BULLET.match(line)
        bare = line[bullet.end() :].strip() if bullet else line.strip()
        if bare and not bullet and found and not blank and line[:2].isspace():
            found[-1] = (f"{found[-1][0]} {bare}", found[-1][1])
        elif bare:
            found.append((bare, bool(bullet)))
        blank = not line.strip()
    return found
