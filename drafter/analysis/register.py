"""Tell how the customer addresses the reader: polite, familiar, familiar plural, or not at all.

Words are data (`lexicon/register.tsv`); here stands how their place in the sentence
weighs: case, neighbours, beginning of a clause. Quoted words do not count.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from drafter.analysis.text import OwnText
from drafter.analysis.wordpatterns import fold
from drafter.data import read_table
from drafter.places import Places

_TOKEN = re.compile(r"\w[\w'’]{0,40}|\n+|[^\w\s]")
_QUOTATION = re.compile(r"„[^“”\"]{1,300}[“”\"]|»[^«]{1,300}«|«[^»]{1,300}»|“[^”]{1,300}”|\"[^\"]{1,300}\"")
_ENDS = frozenset('.!?:\n…>-–(„"“')
_PAUSES = _ENDS | frozenset(",;)")
_STOPS = frozenset(".!?")
_CALL_ENDS = frozenset(".,!?:;…")
_TELLING = ("pronoun", "verb", "plural", "polite", "possessor", "imperative")
_ORDER = ("sie", "ihr", "du")
_ENOUGH = 0.5
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class _Lexicon:
    weights: dict[str, dict[str, tuple[str, float]]]  # kind → word → register and weight

    telling: frozenset[str]  # the words that say something by themselves

    def __getitem__(self, kind: str) -> dict[str, tuple[str, float]]:
        return self.weights.get(kind, {})

    def may_tell(self, key: str) -> bool:
        """Tell whether a word may say something: by itself, or as an imperative that is in no list."""
        return key in self.telling or (key[-1] == "t" and len(key) > 4)


@dataclass(slots=True)
class _Row:
    """The words of a text and what is known of them as a whole."""

    raw: list[str]
    keys: list[str]
    capitals: bool  # the writer uses capitals inside sentences
    formal: bool  # the polite words have a capital inside sentences
    sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def key(self, number: int) -> str:
        """Return a folded word, or nothing beyond the ends."""
        return self.keys[number] if 0 <= number < len(self.keys) else "."

    def starts_sentence(self, number: int) -> bool:
        """Tell whether the word begins a sentence."""
        return number == 0 or self.raw[number - 1][0] in _ENDS

    def starts_clause(self, number: int) -> bool:
        """Tell whether the word begins a clause."""
        return number <= 0 or self.raw[number - 1][0] in _PAUSES

    def asks(self, number: int) -> bool:
        """Tell whether the sentence of the word ends with a question mark."""
        return next((key for key in self.keys[number : number + 30] if key in _STOPS), "") == "?"

    def add(self, evidence: tuple[str, float]) -> None:
        """Count a register's weight."""
        self.sums[evidence[0]] += evidence[1]


class RegisterDetector:
    """Finds the register by the words of `register.tsv`."""

    def __init__(self, lexicon: _Lexicon) -> None:
        self._lexicon = lexicon

    @classmethod
    def load(cls, places: Places) -> RegisterDetector:
        """Read the words.

        Raises:
            DataError: the list is wrong.
        """
        return cls(_read(places.file("lexicon", "register.tsv")))

    def detect(self, text: OwnText, quoted: str = "") -> str:
        """Return sie, du, ihr or none; `quoted` history counts when this mail gives no sign."""
        found = self.of("\n".join(text.body[zone.start : zone.end] for zone in text.own_zones))
        return self.of(quoted) if found == "none" and quoted else found

    def of(self, text: str) -> str:
        """Return the register of a plain text."""
        row = _row(_QUOTATION.sub(" ", text[:_MOST]), self._lexicon)
        for number, key in enumerate(row.keys):
            if self._lexicon.may_tell(key):
                _weigh(row, number, self._lexicon)
        _weigh_edges(row, self._lexicon)
        best = max(_ORDER, key=lambda register: row.sums[register])
        return best if row.sums[best] >= _ENOUGH else "none"


def _read(path: Path) -> _Lexicon:
    weights: dict[str, dict[str, tuple[str, float]]] = defaultdict(dict)
    for cells, where in read_table(path, ("word", "kind", "register", "weight")):
        if cells["word"] == "word":
            continue
        try:
            weight = float(cells["weight"] or 0)
        except ValueError as error:
            raise where.error(f"'{cells['weight']}' is no number") from error
        key = " ".join(fold(word) for word in cells["word"].split())
        weights[cells["kind"]][key] = (cells["register"], weight)
    return _Lexicon(dict(weights), frozenset(key for kind in _TELLING for key in weights[kind]))


def _row(text: str, lexicon: _Lexicon) -> _Row:
    raw = _TOKEN.findall(text)
    keys = [fold(word).removesuffix("'s") if len(word) > 3 else fold(word) for word in raw]
    inner = [w for before, w in itertools.pairwise(raw) if before.isalpha() and w[0].isalpha()]
    capitals = sum(word.istitle() for word in inner) * 12 > len(inner)
    formal = any(word.istitle() and _is_polite(fold(word), lexicon) for word in inner)
    return _Row(raw, keys, capitals, formal)


def _is_polite(key: str, lexicon: _Lexicon) -> bool:
    return key in lexicon["polite"] or key in lexicon["possessor"]


def _weigh(row: _Row, number: int, lexicon: _Lexicon) -> None:
    """Add what one word says."""
    key = row.keys[number]
    for kind in ("pronoun", "verb"):
        if key in lexicon[kind] and (kind == "pronoun" or not row.raw[number].istitle() or row.starts_clause(number)):
            row.add(lexicon[kind][key])
    if key in lexicon["plural"] and _is_plural(row, number, lexicon):
        row.add(lexicon["plural"][key])
    elif _is_polite(key, lexicon):
        row.sums["sie"] += _polite_weight(row, number, lexicon)
    if _is_imperative(row, number, lexicon):
        row.add(lexicon["imperative"].get(key, ("ihr", 1.2)))


def _is_plural(row: _Row, number: int, lexicon: _Lexicon) -> bool:
    """Tell whether the word is "you all" rather than "her", "their" or the polite "your"."""
    word, before, after = row.raw[number], row.key(number - 1), row.key(number + 1)
    if word.istitle() and not row.starts_sentence(number):
        return False
    if before in lexicon["subject"]:
        return False
    if (
        _is_plural_verb(after, lexicon)
        or after in lexicon["also-plural"]
        or _ends_like_plural(row, number + 1, lexicon)
    ):
        return True
    if before in lexicon["subordinator"] and number + 1 < len(row.raw) and row.raw[number + 1].islower():
        return True
    if not word.istitle() and _is_before_plural(row, number, lexicon):
        return True
    return _is_called(row, number, lexicon) or any(
        lexicon["verb"].get(row.key(n), ("", 0))[0] == "ihr" or row.key(n) in lexicon["also-plural"]
        for n in range(number - 1, number + 7)
        if n != number
    )


def _is_before_plural(row: _Row, number: int, lexicon: _Lexicon) -> bool:
    """Tell whether the word before is a verb of the second person plural."""
    before = row.key(number - 1)
    if _is_plural_verb(before, lexicon):
        return True
    opened = row.starts_clause(number - 1) or row.key(number - 2) in lexicon["clause"]
    return opened and (before in lexicon["also-plural"] or _ends_like_plural(row, number - 1, lexicon))


def _is_called(row: _Row, number: int, lexicon: _Lexicon) -> bool:
    """Tell whether the plural pronoun and a word or two behind it stand between marks, as when one calls somebody."""
    before = row.key(number - 1)
    if row.raw[number].istitle():
        return row.key(number + 2) in _STOPS
    ends = [n for n in (number + 2, number + 3) if row.key(n) in _CALL_ENDS]
    opened = row.starts_clause(number) or before in lexicon["clause"]
    called = row.key(number + 1) not in _CALL_ENDS and row.key(number + 1) not in lexicon["article"]
    if opened and ends and called:
        return True
    return before in lexicon["compared"] and row.key(number + 1) in _CALL_ENDS


def _ends_like_plural(row: _Row, number: int, lexicon: _Lexicon) -> bool:
    """Tell whether a word may be a verb of the second person plural by its ending."""
    key = row.key(number)
    if not key.endswith("t") or len(key) < 4 or key in lexicon["singular"] or key in lexicon["follows"]:
        return False
    return not row.raw[number].istitle() or row.starts_sentence(number)


def _is_plural_verb(key: str, lexicon: _Lexicon) -> bool:
    return lexicon["verb"].get(key, lexicon["imperative"].get(key, ("", 0)))[0] == "ihr"


def _polite_weight(row: _Row, number: int, lexicon: _Lexicon) -> float:
    """Weigh a polite word by its case and place."""
    word, key = row.raw[number], row.keys[number]
    full = lexicon["polite"].get(key, lexicon["possessor"].get(key, ("", 0.0)))[1]
    if word.islower():
        return _small_weight(row, number, lexicon, full)
    if not row.starts_sentence(number):
        return 0.0 if row.key(number - 1) in lexicon["singular"] and not word.istitle() else full
    if key in lexicon["possessor"]:
        return full * 0.3
    after = row.key(number + 1)
    return 0.0 if after in lexicon["singular"] or _ends_like_plural(row, number + 1, lexicon) else full * 0.5


def _small_weight(row: _Row, number: int, lexicon: _Lexicon, full: float) -> float:
    """Weigh a polite word in small letters: it counts where the writer spares capitals or commands."""
    before, after = row.key(number - 1), row.key(number + 1)
    opened = row.starts_sentence(number - 1) or row.key(number - 2) in lexicon["please"]
    if _is_infinitive_like(before, lexicon) and (opened or (not row.capitals and row.starts_clause(number - 1))):
        return full * (0.4 if row.capitals else 0.5)
    if row.formal:
        return 0.0
    share = 0.03 if row.capitals else 0.25
    if row.keys[number] in lexicon["possessor"]:
        return full * share * (0.6 if before in lexicon["bearer"] else 1.0)
    beside = _is_infinitive_like(after, lexicon) or _is_infinitive_like(before, lexicon)
    return full * share * (1.5 if beside else 0.5)


def _is_infinitive_like(key: str, lexicon: _Lexicon) -> bool:
    return key in lexicon["joint"] or (key.endswith("en") and len(key) > 4)


def _is_imperative(row: _Row, number: int, lexicon: _Lexicon) -> bool:
    key, before, after = row.key(number), row.key(number - 1), row.key(number + 1)
    known = key in lexicon["imperative"]
    if not known and not (row.starts_sentence(number) and after in lexicon["dative"]):
        return False
    if not known and not (key.endswith("t") and len(key) > 4 and key not in lexicon["singular"]):
        return False
    if (after not in lexicon["follows"] and row.key(number + 2) not in lexicon["dative"]) or row.asks(number):
        return False
    if row.starts_clause(number) or before in lexicon["please"]:
        return True
    return before in lexicon["clause"] and after in lexicon["dative"]


def _weigh_edges(row: _Row, lexicon: _Lexicon) -> None:
    """Add what the greeting and the closing say."""
    head = f" {' '.join(row.keys[:5])} "
    whole = " ".join(row.keys)
    for phrase, (register, weight) in lexicon["greeting"].items():
        if f" {phrase} " in head:
            row.sums[register] += weight
    for phrase, (register, weight) in lexicon["closing"].items():
        if f" {phrase} " in f" {whole} ":
            row.sums[register] += weight
