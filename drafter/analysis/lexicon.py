"""Find expressions that may be insults, by words, word families, word formation, masks and patterns.

The candidates are generous: whether the expression is negated, reported, or said of
somebody at all is for grammar to decide (`needs` says what it should look at).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from drafter.analysis.compounds import Vocabulary
from drafter.analysis.insult_spans import Found, SpanBuilder
from drafter.analysis.masks import Masks
from drafter.analysis.phrases import Classes, Line, Pattern, PatternBook, compile_all
from drafter.analysis.text import OwnText
from drafter.analysis.word_keys import fold, words_of
from drafter.data import Block, read_rules, read_table
from drafter.places import Places

_SINGLE = re.compile(r"[\w-]+\*?")
PATTERN_FIELDS = {"id", "kind", "severity", "why", "patterns", "hit", "miss"}
PATTERN_OPTIONS = {"needs", "target"}


class Candidate(NamedTuple):
    """An expression that may demean somebody; offsets count characters of the body."""

    start: int
    end: int
    text: str
    base: str  # the headword that matched
    noun: str  # kind of expression: person, collective, thing, quality, animal, idiom, curse-compound
    severity: int  # 1 to 3
    rule: str  # file:line of the headword or pattern
    why: str
    needs: tuple[str, ...] = ()  # what grammar must confirm
    default_target: str = ""  # company for collectives, product for things, else empty


class Idiom(NamedTuple):
    """A rule of several words with its patterns."""

    id: str
    kind: str
    severity: int
    why: str
    needs: tuple[str, ...]
    target: str
    patterns: tuple[Pattern, ...]
    rule: str


class InsultLexicon:
    """The words and patterns that may insult, ready for look-up."""

    def __init__(self, words: Vocabulary, idioms: list[Idiom], silencers: list[Pattern], classes: Classes) -> None:
        self._made_of = (words, idioms, silencers, classes)
        self._idioms = {id(pattern): idiom for idiom in idioms for pattern in idiom.patterns}
        self._idiom_book = PatternBook(pattern for idiom in idioms for pattern in idiom.patterns)
        self._silencers = PatternBook(silencers)
        self._spans = SpanBuilder(words, classes)
        vulgar = classes["vulgar"]
        self._masks = Masks(lambda key: key in vulgar or words.entry(key) is not None, chain(words.words, vulgar),
                            words.stumps)  # fmt: skip

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what it is made of: idioms are found by the identity of their patterns."""
        return InsultLexicon, self._made_of

    @classmethod
    def load(cls, places: Places) -> InsultLexicon:
        """Read the lexicon files.

        Raises:
            DataError: a file is missing or a row is wrong; the message names the line.
        """
        classes = _read_classes(places)
        silent_words, silencers = _read_homographs(places, classes)
        words = Vocabulary.load(places.file("lexicon", "insults.tsv"), places.file("lexicon", "insult_parts.tsv"),
                                places.file("lexicon", "inflection.tsv"), silent_words,
                                places.file("lexicon", "insult_spellings.tsv"))  # fmt: skip
        blocks = read_rules(places.file("rules", "insult_patterns.yaml"), PATTERN_FIELDS, PATTERN_OPTIONS)
        return cls(words, [_idiom(block, classes) for block in blocks], silencers, classes)

    def candidates(self, text: OwnText) -> list[Candidate]:
        """Return the candidates in order of appearance; they do not overlap, the longest wins."""
        found: list[Candidate] = []
        for zone in text.own_zones:
            words = words_of(text.body, zone.start, zone.end, self._masks.unmask)
            line = Line(words)
            silent = {i for _, first, last in self._silencers.matches(line) for i in range(first, last + 1)}
            idioms = (hit for hit in self._idiom_hits(line) if hit.first not in silent)
            hits = [*self._spans.find(words, silent, zone.kind == "signoff"), *idioms]
            found.extend(_candidate(text.body, line, hit) for hit in hits)
        return _longest(found, text.body)

    def _idiom_hits(self, line: Line) -> Iterator[Found]:
        for pattern, first, last in self._idiom_book.matches(line):
            idiom = self._idioms[id(pattern)]
            yield Found(first, last, idiom.id, idiom.kind, idiom.severity, idiom.rule, idiom.why, idiom.needs,
                        idiom.target)  # fmt: skip


def _candidate(body: str, line: Line, hit: Found) -> Candidate:
    start, end = line.words[hit.first].start, line.words[hit.last].end
    return Candidate(start, end, body[start:end], hit.base, hit.kind, hit.severity, hit.rule, hit.why,
                     hit.needs, hit.target)  # fmt: skip


def _longest(found: list[Candidate], body: str) -> list[Candidate]:
    """Let the longest win; two that overlap without one holding the other become one."""
    kept: list[Candidate] = []
    for candidate in sorted(found, key=lambda c: (c.start, -c.end, -c.severity)):
        last = kept[-1] if kept else None
        if last is None or candidate.start >= last.end:
            kept.append(candidate)
        elif candidate.end > last.end:
            longer = max(last, candidate, key=lambda c: (c.severity, c.end - c.start))
            kept[-1] = longer._replace(start=last.start, end=candidate.end, text=body[last.start : candidate.end])
    return kept


def _read_classes(places: Places) -> Classes:
    rows = read_table(places.file("lexicon", "insult_cues.tsv"), ("class", "forms", "remark"))
    classes = {row["class"]: frozenset(map(fold, row["forms"].split())) for row, _ in rows}
    names = read_table(places.file("lexicon", "first_names.tsv"), ("name", "gender"))
    return classes | {"first_name": frozenset(fold(row["name"]) for row, _ in names)}


def _read_homographs(places: Places, classes: Classes) -> tuple[frozenset[str], list[Pattern]]:
    """Read what looks like an insult and is none: single words apart from patterns."""
    sources = [row["pattern"] for row, _ in read_table(places.file("lexicon", "insult_homographs.tsv"),
                                                       ("pattern", "remark"))]  # fmt: skip
    words = [source for source in sources if _SINGLE.fullmatch(source)]
    return frozenset(words), compile_all([s for s in sources if not _SINGLE.fullmatch(s)], classes)


def _idiom(block: Block, classes: Classes) -> Idiom:
    try:
        patterns = compile_all(block.texts("patterns"), classes)
    except KeyError as error:
        raise block.where.error(f"unknown class of words {error}") from error
    return Idiom(block["id"], block["kind"], block["severity"], block["why"], tuple(block.texts("needs")),
                 block.get("target", ""), tuple(patterns), str(block.where))  # fmt: skip
