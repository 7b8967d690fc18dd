"""Numbers in a mail and what they are: money, telephone numbers, order and other numbers.

A digit belongs to one thing only: what dates and telephones claim, money cannot have,
and what money claims is no order number.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from drafter.analysis.factwords import FactWords, NumberWords, alternatives, fold
from drafter.places import Places

_EDGE = r"(?<![\w.,'’/])(?<![^\W\d]-)"
_CENTS = r"(?:,\d{1,2}|\.\d{2}|[,.][-–—]{1,2})?(?!\d)"
_NUMBER = rf"{_EDGE}\d{{1,3}}(?:[.'’ ]\d{{3}}){{1,3}}{_CENTS}|{_EDGE}\d{{1,7}}{_CENTS}"
_BARE = re.compile(r"(?<![\w.,'’/:§-])\d{1,3}(?:\.?\d{3}){0,2}(?:,\d\d(?![\d\w])|[,.][-–—]{1,2}(?=[\s.;:)!?]|$))")
_WORD = re.compile(r"[^\W\d_][\w'’-]{0,60}|[%°§$€£]")
_CODE = re.compile(
    r"(?<![\w.,/@-])(?=\S{0,34}\d|[A-ZÄÖÜ]{1,4} \d)"
    r"(?:[A-ZÄÖÜ]{1,4} (?=\d)|\d{1,3} [A-Z]{1,3} (?=\d{1,6}/\d\d))?#?\w{0,34}(?:[-/._–#]\w{1,20}){0,8}"
    r"(?: \d{1,10}(?:[-/]\w{1,12}){0,3}(?![\w,.'’]\d)){0,6}"
)
_PHONE = re.compile(r"(?<![\w/-])(?:\+|00)?\d(?:[ /()-]{0,2}\d){6,16}(?![\w-])")
_SHAPE_HASH = re.compile(r"#\w{0,10}\d{3,}[\w-]{0,20}")
_SHAPE_LETTERS = re.compile(r"[A-ZÄÖÜ]{1,6}[-/]?(?:\w{1,12}[-/.]){0,4}\w{1,12}")
_SHAPE_GROUPS = re.compile(r"\d{1,10}(?:[-/]\w{1,10}){1,5}")
_DIGIT = re.compile(r"\d")
_PREFIX = re.compile(r"^[A-ZÄÖÜ]{1,4} (?=\d)")
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-/](?:(?:19|20)?\d\d))?")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.'’]\d{3})+")
_LEAD = re.compile(r"[\s:.,#(\[\"„“»'*=_–-]{0,12}$")
_CLAUSE_END = re.compile(r"[!?;]\s|\.\s+(?=[A-ZÄÖÜ])|\n\s*\n")
_LAST_WORD = re.compile(r"[^\W\d_][^\W\d_.&/-]{0,40}(?:[-.&/][^\W\d_]{1,40}){0,4}\.?$|[§&,:]$")
MIN_LABELLED_DIGITS = 3
_REACH = 70
_LONGEST_SHORT = 6  # letters of an abbreviation before a full stop


class Figure(NamedTuple):
    """A number as written, with what it is."""

    start: int
    end: int
    text: str
    kind: str  # amount, phone; else order, customer, invoice, contract, ticket, tracking, other


class Figures:
    """Reads money, telephone numbers and order numbers; regular expressions are built from the word list."""

    def __init__(self, words: FactWords, numbers: NumberWords) -> None:
        self._words = words
        self._numbers = numbers
        after = alternatives(words["currency"].exact)
        before = alternatives(words["currency_first"].exact)
        signs = {*words["currency"].exact, *words["currency_first"].exact}
        self._signs = [sign for sign in signs if not any(other in sign and other != sign for other in signs)]
        stop = r"(?![^\W\d_])"
        self._first = re.compile(rf"(?<![\w-])(?:{before})\s?(?:{_NUMBER})", re.I)
        self._after = re.compile(rf"(?:{_NUMBER})\s?(?:{after}){stop}(?!-[^\W\d])", re.I)
        self._spelled = re.compile(rf"(?<![\w-])([^\W\d_]{{3,40}})\s(?:{after}){stop}(?!-)", re.I)

    @classmethod
    def load(cls, places: Places) -> Figures:
        """Read the word lists.

        Raises:
            DataError: a row is wrong.
        """
        return cls(FactWords.load(places), NumberWords.load(places))

    def find(self, text: str, taken: list[tuple[int, int]]) -> list[Figure]:
        """Find telephones, money and other numbers, in this order; `taken` are the places of what is known already."""
        if not _DIGIT.search(text):
            return self._spelled_amounts(text, taken)
        return [*self.phones(text, taken), *self.amounts(text, taken), *self.codes(text, taken)]

    def amounts(self, text: str, taken: list[tuple[int, int]]) -> list[Figure]:
        """Find money: with a currency, or with two decimals where the sentence speaks of money."""
        found: list[Figure] = []
        for pattern in (self._first, self._after) if self._names_currency(text) else ():
            for match in pattern.finditer(text):
                _claim(found, text, match.start(), match.end(), "amount", taken)
        found += self._spelled_amounts(text, taken)
        for match in _BARE.finditer(text):
            if self._is_money(text, match.start(), match.end()):
                _claim(found, text, match.start(), match.end(), "amount", taken)
        return sorted(found, key=lambda figure: figure.start)

    def _spelled_amounts(self, text: str, taken: list[tuple[int, int]]) -> list[Figure]:
        found: list[Figure] = []
        if self._names_currency(text):
            for match in self._spelled.finditer(text):
                if self._is_number_word(match.group(1)):
                    _claim(found, text, match.start(), match.end(), "amount", taken)
        return found

    def _names_currency(self, text: str) -> bool:
        lower = text.lower()
        return any(sign in lower for sign in self._signs)

    def _is_number_word(self, word: str) -> bool:
        value = self._numbers.cardinal(word)
        return value is not None and value > 1

    def _is_money(self, text: str, start: int, end: int) -> bool:
        """Whether a bare number with decimals is money: no unit follows, and the surroundings speak of money."""
        following = _WORD.match(text, _skip_space(text, end))
        if following and following.group() in self._words["unit"]:
            return False
        before = _words_before(text, start, 1)
        if before and before[-1] in self._words["no_number"]:
            return False
        window = text[max(0, start - 120) : end + 80]
        return any(word in self._words["money"] for word in _WORD.findall(window)) or text[end - 1] in "-–—"

    def phones(self, text: str, taken: list[tuple[int, int]]) -> list[Figure]:
        """Find telephone numbers: they begin with 0 or +, or stand after a word for the telephone."""
        found: list[Figure] = []
        for match in _PHONE.finditer(text):
            number = match.group()
            before = _words_before(text, match.start(), 3)
            cued = any(word in self._words["phone"] for word in before)
            if self._label(text, match.start()) and not (cued and before[-1] in self._words["phone"]):
                continue
            if number.startswith(("0", "+")) or cued:
                _claim(found, text, match.start(), match.end(), "phone", taken)
        return found

    def codes(self, text: str, taken: list[tuple[int, int]]) -> list[Figure]:
        """Find order and other numbers: after their label, or by a shape that nothing else has."""
        found: list[Figure] = []
        for match in _CODE.finditer(text):
            start, end = _trim(text, match.start(), match.end())
            code = text[start:end]
            if (
                not any(char.isdigit() for char in code)
                or len(code) < 3
                or any(s < end and start < e for s, e in taken)
            ):
                continue
            prefix = code.partition(" ")[0]
            if prefix != code and prefix in self._words["no_number"] and prefix not in self._words["label"]:
                continue
            inherited = self._joined(text, start, found)
            if kind := inherited or self._kind(text, start, end):
                _claim(found, text, start, end, kind, taken)
        return found

    def _joined(self, text: str, start: int, found: list[Figure]) -> str:
        """The kind of the number before, where the two are joined by "und" or a comma."""
        if not found or not found[-1].end <= start <= found[-1].end + 8:
            return ""
        between = text[found[-1].end : start].strip()
        return found[-1].kind if between in self._words["number_join"] and between else ""

    def _kind(self, text: str, start: int, end: int) -> str:
        code = text[start:end]
        digits = sum(char.isdigit() for char in code)
        label = self._label(text, start)
        before = _words_before(text, start, 1)
        if label:
            kind, sure = label
            if sure and (digits >= MIN_LABELLED_DIGITS or len(code) >= 5):
                return kind
            plain = bool(_YEAR.fullmatch(code) or _THOUSANDS.fullmatch(code)) or self._counts(text, end, code)
            mixed = len(code) >= 5 and code.isupper() and code.isalnum()
            if (digits >= MIN_LABELLED_DIGITS or mixed) and not plain:
                return kind
        if before and before[-1] in self._words["no_number"]:
            return ""
        if not self._has_shape(text, start, end):
            return ""
        return self._label_afar(text, start) or "other"

    def _counts(self, text: str, end: int, code: str) -> bool:
        """Whether the number counts what follows ("Bestellung 100 Stück"), a small letter noun excluded."""
        following = _WORD.match(text, _skip_space(text, end))
        return bool(following and following.group() in self._words["unit"] and code.isdigit())

    def _has_shape(self, text: str, start: int, end: int) -> bool:
        """Whether a number without a label looks like nothing but a reference."""
        code = _PREFIX.sub("", text[start:end])
        digits = sum(char.isdigit() for char in code)
        if _YEAR.fullmatch(code):
            following = re.fullmatch(r"20(\d\d)[-/](\d\d)", code)  # a season names two years in a row
            return bool(following and int(following[2]) != int(following[1]) + 1 and self._label_afar(text, start))
        if _SHAPE_HASH.fullmatch(code):
            return True
        if _SHAPE_GROUPS.fullmatch(code):
            return digits >= 6 or (digits >= 4 and bool(self._label_afar(text, start)))
        if _SHAPE_LETTERS.fullmatch(code) and digits >= 4:
            return "-" in code or "/" in code or bool(self._label_afar(text, start))
        alone = text[text.rfind("\n", 0, start) + 1 : start].strip() == "" and text[end : end + 1] in ("", "\n")
        return alone and digits >= 6 and not code.startswith("0")

    def _label(self, text: str, start: int) -> tuple[str, bool] | None:
        """The kind that the words right before say, and whether they say outright that a number follows."""
        words = _words_before(text, start, 4)
        sure = False
        for distance, word in enumerate(reversed(words)):
            if word in self._words["no_number"] and word not in self._words["label"]:
                return None
            compound = self._compound(word)
            if (kind := self._label_kind(word)) is not None:
                return kind, sure or compound
            if compound or word in self._words["number_word"]:
                sure = True
                if compound:
                    return "other", True
            elif word not in self._words["number_gap"] and not (distance == 0 and word[:1].isupper()):
                break
        return ("other", True) if sure and words and words[-1] in self._words["number_word"] else None

    def _label_kind(self, word: str) -> str | None:
        """The kind a label names, by the whole word or its part before a hyphen or dot ("Kd-Nr.")."""
        kind = self._words["label"].get(word)
        return kind if kind is not None else self._words["label"].get(re.split(r"[-./]", word, maxsplit=1)[0])

    def _compound(self, word: str) -> bool:
        folded = fold(word)
        return any(folded.endswith(end) and len(folded) > len(end) + 1 for end in self._words["number_end"].exact)

    def _label_afar(self, text: str, start: int) -> str:
        """The kind by a label anywhere before in the sentence."""
        window = text[max(0, start - _REACH) : start]
        ends = [match.end() for match in _CLAUSE_END.finditer(window)]
        for word in reversed(_WORD.findall(window[ends[-1] :] if ends else window)):
            if (kind := self._words["label"].get(word)) is not None:
                return kind
        return ""


def _words_before(text: str, start: int, count: int) -> list[str]:
    """Return up to `count` words right before an offset, commas and the section sign included."""
    found: list[str] = []
    position = start
    for _ in range(count):
        window = text[max(0, position - 60) : position]
        if "\n\n" in window[len(window.rstrip()) :]:
            break
        lead = _LEAD.search(window)
        stop = lead is not None and "." in lead.group()
        window = window[: lead.start()] if lead else window
        match = _LAST_WORD.search(window)
        if not match:
            break
        word = match.group()
        if stop and found and len(word.rstrip(".")) > _LONGEST_SHORT:
            break  # a full stop, not an abbreviation
        found.insert(0, word)
        position = max(0, position - 60) + match.start()
    return found


def _claim(found: list[Figure], text: str, start: int, end: int, kind: str, taken: list[tuple[int, int]]) -> None:
    """Add a figure unless another one holds the place."""
    while start < end and text[start].isspace():
        start += 1
    if any(s < end and start < e for s, e in taken):
        return
    taken.append((start, end))
    found.append(Figure(start, end, text[start:end], kind))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out marks at the edges and a first part without any digit that is no prefix of the number."""
    while end > start and text[end - 1] in " .-/_–#,":
        end -= 1
    while start < end and text[start] in " .-/_–,":
        start += 1
    return start, end


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start] in "  ":
        start += 1
    return start
