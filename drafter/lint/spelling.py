"""The spelling of templates: every word of their text, in all forms of address, and of the texts in their values.

A word is right if a dictionary of the company's region knows it, or the German one, or that of a region which the
template asks for; or if it is listed: models/lexicon/spelling.tsv, the nouns and acronyms that we know, and the
company's own rules/spelling.txt. Pieces of words that blocks or values complete are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from jinja2 import TemplateSyntaxError, nodes

from drafter.data import read_table, read_text
from drafter.errors import DrafterError
from drafter.lint.dictionaries import MAX_WORD, NAMES, Dictionary, dictionary, nearest
from drafter.lint.finding import Fault, place_in, place_of
from drafter.lint.tags import Tag, tags_of
from drafter.messages import _
from drafter.places import Places
from drafter.policy import load_policy
from drafter.sandbox import ADDRESS, Environment, masked, prepare_source
from drafter.wording import FORMS

OWN_WORDS = "spelling.txt"
"""The company's list in its folder of rules: one word a line."""

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NO_TEXT = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+|\w*\d\w*")
_REGION = re.compile(r"'(AT|CH)'")
_MAX_ACRONYM = 5
_MIN_PART = 4  # letters of a noun in a compound
_JOINTS = ("s", "es", "n", "en", "er")
_SILENT_CALLS = {"you", "variant", "mentions"}
_CASED_CALLS = {"your", "it"}  # whose first value is a case


class Token(NamedTuple):
    """A word of a template: whether a full stop follows, and where it begins."""

    word: str
    dotted: bool
    start: int


@dataclass
class Speller:
    """Holds words against dictionaries and lists."""

    country: str
    listed: frozenset[str] = frozenset()
    dictionaries: Mapping[str, Dictionary | None] = field(default_factory=dict)

    @classmethod
    def load(cls, places: Places) -> Speller:
        """Read the lists of known words.

        Raises:
            DrafterError: one of them, or the policy, is wrong.
        """
        policy = load_policy(places)
        words = {row["word"] for name in ("spelling.tsv", "acronyms.tsv")
                 for row, _where in read_table(places.file("lexicon", name), ("word",))}  # fmt: skip
        words |= {row["noun"] for row, _where in read_table(places.file("templates", "nouns.tsv"), ("noun", "gender"))}
        words |= set(own_words(places))
        words |= set(WORD.findall(f"{policy.company.name} {policy.company.signature}"))
        country = policy.calendar.country
        return cls(country, frozenset(words), {name: dictionary(name) for name in NAMES})

    def faults(self, sources: Mapping[str, str], vocabulary: Iterable[str] = ()) -> Iterator[tuple[str, Fault]]:
        """Yield key and fault of every word that nothing knows, once a source; `vocabulary` helps to guess."""
        if not all(map(self.dictionaries.get, ("DE", self.country))):
            return
        groups: dict[frozenset[str], dict[str, list[Token]]] = {}
        for key, source in sources.items():
            countries = frozenset((*_REGION.findall(source), self.country, "DE"))
            groups.setdefault(countries, {})[key] = tokens_of(source)
        for countries, found in groups.items():
            unknown = self._unknown({token[:2] for tokens in found.values() for token in tokens}, countries)
            for key, tokens in found.items():
                first = {token.word: token for token in reversed(tokens) if token[:2] in unknown}
                for token in first.values():
                    fields = {"word": token.word, "near": self._near(token.word, vocabulary)}
                    yield key, Fault("T026", *place_in(sources[key], token.start), fields)

    def _unknown(self, spelled: set[tuple[str, bool]], countries: Iterable[str]) -> set[tuple[str, bool]]:
        """Return those of the words, each with whether a full stop follows, that nothing knows."""
        left = {pair for pair in spelled if not self._is_listed(pair[0])}
        for country in sorted(countries, key=lambda name: name != "DE"):
            book = self.dictionaries.get(country)
            if book and left:
                bad = book.unknown({word for word, _dot in left} | {word + "." for word, dot in left if dot})
                left = {(word, dot) for word, dot in left if word in bad and (not dot or word + "." in bad)}
                left -= {pair for pair in left if pair[0] in self._compounds(book, {word for word, _dot in left})}
        return left

    def _compounds(self, book: Dictionary, words: set[str]) -> set[str]:
        """Return the nouns that are made of two known ones, which dictionaries list but in part."""
        splits = {word: list(_splits(word)) for word in words if word[:1].isupper() and word[1:].islower()}
        parts = {part for pairs in splits.values() for pair in pairs for part in pair}
        bad = book.unknown(parts - self.listed) if parts else set()
        return {word for word, pairs in splits.items() if any(bad.isdisjoint(pair) for pair in pairs)}

    def _is_listed(self, word: str) -> bool:
        is_acronym = word.isupper() and len(word) <= _MAX_ACRONYM
        parts = word.split("-")
        return (
            is_acronym
            or len(word) > MAX_WORD
            or all(part in self.listed or part[:1].lower() + part[1:] in self.listed for part in parts)
        )

    def _near(self, word: str, vocabulary: Iterable[str]) -> str:
        book = self.dictionaries["DE"]
        near = nearest(word, [*vocabulary, *(book.guesses(word) if book else ())])
        return _(", did you mean {names}?").format(names=", ".join(f"'{guess}'" for guess in near)) if near else ""


def _splits(word: str) -> Iterator[tuple[str, str]]:
    """Yield the two nouns that a word may be made of, with and without what joins them."""
    for place in range(_MIN_PART, len(word) - _MIN_PART + 1):
        first, second = word[:place], word[place:].capitalize()
        for joint in ("", *_JOINTS):
            if first.endswith(joint) and place - len(joint) >= _MIN_PART:
                yield first.removesuffix(joint) if joint else first, second


def spelling_missing(places: Places) -> str:
    """Say how to get the dictionary that the spelling of a company's templates needs; empty where it is there."""
    try:
        country = load_policy(places).calendar.country
    except DrafterError:  # it has its own finding
        country = "DE"
    if dictionary("DE") and dictionary(country):
        return ""
    package = f"hunspell-{NAMES[country].lower().replace('_', '-')}"
    message = _("Spelling was not checked: install hunspell with its dictionary (Debian: {package}), or: {command}")
    return message.format(package=package, command="pip install 'drafter[spelling]'")


def own_words(places: Places) -> list[str]:
    """Return the words of the company's list.

    Raises:
        DataError: it cannot be read.
    """
    path = places.home / "rules" / OWN_WORDS if places.home else None
    lines = read_text(path).splitlines() if path and path.is_file() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def tokens_of(source: str) -> list[Token]:
    """Return the words of a template in all forms of address, and those of the texts in its values."""
    source = source.removeprefix("\ufeff")
    tags = tags_of(source)
    plain = masked(source, address=False)
    found: dict[Token, None] = {}
    for number in range(len(FORMS)):
        text, places = _in_form(plain, number)
        text = _NO_TEXT.sub(lambda match: " " * len(match[0]), text)
        for match in WORD.finditer(text):
            start, end = places[match.start()], places[match.end() - 1] + 1
            if len(match[0]) > 1 and not _is_piece(source, tags, start, end):
                found[Token(match[0], text[match.end() : match.end() + 1] == ".", start)] = None
    found |= dict.fromkeys(_literals(source))
    return list(found)


def _in_form(text: str, number: int) -> tuple[str, list[int]]:
    """Choose a form of address; return the text, and where each of its characters stands."""
    parts, places, last = [], [], 0
    for match in ADDRESS.finditer(text):
        forms = match[1].split("|")
        chosen = forms[number] if number < len(forms) else forms[0]
        begin = match.start(1) + sum(len(form) + 1 for form in forms[: forms.index(chosen)])
        parts += [text[last : match.start()], chosen]
        places += [*range(last, match.start()), *range(begin, begin + len(chosen))]
        last = match.end()
    return "".join([*parts, text[last:]]), [*places, *range(last, len(text))]


def _is_piece(source: str, tags: list[Tag], start: int, end: int) -> bool:
    """Tell whether a value, or what stands in or behind a block, may complete a word."""
    return _goes_on(source, tags, end) or _goes_on(source, tags, start, back=True)


def _goes_on(source: str, tags: list[Tag], place: int, back: bool = False) -> bool:
    """Tell whether a letter or a value follows a place, or stands before it, with only blocks in between."""
    while True:
        number = next((i for i, tag in enumerate(tags) if (tag.end if back else tag.start) == place), None)
        if number is None:
            sign = source[place - 1 : place] if back else source[place : place + 1]
            return sign.isalpha()
        if tags[number].kind in ("value", "include"):
            return True
        if tags[number].kind in ("elif", "else"):  # another branch: what matters lies beyond the block
            number = _edge(tags, number, back)
        place = tags[number].start if back else tags[number].end


def _edge(tags: list[Tag], number: int, back: bool) -> int:
    """Return the number of the tag that opens or closes the block of an else."""
    step, closing = (-1, "if") if back else (1, "endif")
    depth, at = 0, number + step
    while 0 <= at < len(tags):
        if tags[at].kind == closing and not depth:
            return at
        depth += (tags[at].kind in ("if", "endif")) * (-1 if tags[at].kind == closing else 1)
        at += step
    return number


def _literals(source: str) -> Iterator[Token]:
    """Yield the words of the texts that the values of a template write."""
    try:
        tree = Environment().parse(prepare_source(source, ""))
    except (TemplateSyntaxError, RecursionError, ValueError):
        return
    for top in tree.find_all((nodes.Output, nodes.Assign)):
        for text in _texts(top):
            line, column = place_of(source, text, top.lineno)
            start = _offset(source, line, column)
            for match in WORD.finditer(_NO_TEXT.sub(lambda found: " " * len(found[0]), text)):
                if len(match[0]) > 1:
                    yield Token(match[0], text[match.end() : match.end() + 1] == ".", start + match.start())


def _texts(node: nodes.Node) -> Iterator[str]:
    """Yield the texts below a node that may be written; not those that it only compares with."""
    match node:
        case nodes.TemplateData() | nodes.Compare() | nodes.Test() | nodes.Getitem():
            return
        case nodes.Const(value=str(text)):
            yield text
        case nodes.CondExpr():
            yield from (text for part in (node.expr1, node.expr2) if part for text in _texts(part))
        case nodes.Call(node=nodes.Name(name=name)):
            given = [] if name in _SILENT_CALLS else node.args[1:] if name in _CASED_CALLS else node.args
            yield from (text for part in given for text in _texts(part))
        case _:
            yield from (text for part in node.iter_child_nodes() for text in _texts(part))


def _offset(source: str, line: int, column: int) -> int:
    return sum(len(text) for text in source.splitlines(keepends=True)[: line - 1]) + column - 1
