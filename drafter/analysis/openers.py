"""Find the self-aware opener: the clause in which the customer grants that the reader is not to blame.

The grant is composed of parts that stand as data in `rules/openers.yaml`: whom it
addresses, what it denies, the "I know" that frames it, and what makes it irony.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from drafter.analysis.text import OwnText, Sentence
from drafter.analysis.wordpatterns import PatternSet, Words, fold, read_patterns, words_of
from drafter.data import Block, read_rules
from drafter.places import Places
from drafter.records import Opener

_MARKS = frozenset(",;:–—-()/\"„“”»«…!?.'*_")
_QUOTATION = re.compile(r"„[^“”\"]{1,400}[“”\"]|»[^«]{1,400}«|«[^»]{1,400}»|“[^”]{1,400}”|\"[^\"]{1,400}\"")


_LONGEST_FRAME = 9
_KINDS = ("core", "mild", "weak", "frame", "veto")


@dataclass(frozen=True, slots=True)
class _Grant:
    """A match of a rule that may be the opener; numbers of words."""

    first: int
    last: int  # behind the last word
    rule: str


class OpenerDetector:
    """Finds the opener by the rules of `openers.yaml`."""

    def __init__(self, patterns: dict[str, PatternSet], words: dict[str, frozenset[str]]) -> None:
        self._patterns = patterns
        self._polite = words["polite"]
        self._lead, self._turn, self._depends = words["lead"], words["turn"], words["depends"]

    @classmethod
    def load(cls, places: Places) -> OpenerDetector:
        """Read the rules.

        Raises:
            DataError: the rule file is wrong.
        """
        blocks = read_rules(places.file("rules", "openers.yaml"), {"id", "kind", "patterns"}, {"hit", "miss"})
        patterns = {kind: read_patterns(blocks, {"part", kind}) for kind in _KINDS}
        lists = {block["id"]: frozenset(_single_words(block)) for block in blocks}
        return cls(patterns, {name: lists.get(name, frozenset()) for name in ("polite", "lead", "turn", "depends")})

    def detect(self, text: OwnText) -> Opener | None:
        """Return the first opener of the mail."""
        formal = _is_formal(text, self._polite)
        quotes = _quoted(text.body)
        rows = [(s, words_of(s.text, lambda raw, keys: self._rename(raw, keys, formal))) for s in text.sentences]
        for kind in ("core", "mild", "weak"):
            for sentence, words in rows:
                if opener := self._in_sentence(sentence, words, quotes, kind):
                    return opener
        return None

    def _rename(self, raw: list[str], keys: list[str], formal: bool) -> list[str]:
        """Mark the polite words that a mail with capitals writes small: they speak of others."""
        if not formal:
            return keys
        return [key + "~" if key in self._polite and word[0].islower() else key
                for word, key in zip(raw, keys, strict=True)]  # fmt: skip

    def _in_sentence(self, sentence: Sentence, words: Words, quotes: list[tuple[int, int]], kind: str) -> Opener | None:
        clauses = _clauses(words)
        for grant in self._grants(words, clauses, kind):
            first, last = self._widen(grant, words, clauses)
            start, end = sentence.start + words.spans[first][0], sentence.start + words.spans[last - 1][1]
            if self._is_vetoed(words, first, last) or _is_quoted(start, end, quotes):
                continue
            text = sentence.text[start - sentence.start : end - sentence.start]
            return Opener(start, end, text, f"openers.yaml:{grant.rule}", "grants that the reader is not to blame")
        return None

    def _grants(self, words: Words, clauses: list[tuple[int, int]], kind: str) -> list[_Grant]:
        """Return the matches of one kind of rule in order of appearance; weak ones need a frame."""
        found = [_Grant(*span, rule) for rule, span in self._patterns[kind].find(words)]
        if kind == "weak":
            found = [g for g in found if self._is_framed((g.first, g.last), words, clauses)]
        return sorted(found, key=lambda grant: (grant.first, -grant.last))

    def _is_framed(self, span: tuple[int, int], words: Words, clauses: list[tuple[int, int]]) -> bool:
        here = _clause_of(span[0], clauses)
        there = _clause_of(span[1] - 1, clauses)
        near = [clauses[i] for i in (here - 1, there + 1) if 0 <= i < len(clauses)]
        return any(self._is_frame(clause, words) for clause in near)

    def _is_frame(self, clause: tuple[int, int], words: Words) -> bool:
        """Tell whether a clause is a frame and little else."""
        inside = words.part(clause[0], clause[1] + 1)
        found = self._patterns["frame"].find(inside)
        return any(first <= 1 and clause[1] - clause[0] - first <= _LONGEST_FRAME for _, (first, _) in found)

    def _widen(self, grant: _Grant, words: Words, clauses: list[tuple[int, int]]) -> tuple[int, int]:
        """Take the clauses that the grant lies in, the frames beside them and what depends on them."""
        low, high = _clause_of(grant.first, clauses), _clause_of(grant.last - 1, clauses)
        if low and (self._is_frame(clauses[low - 1], words) or words.keys[clauses[low][0]] in self._depends):
            low -= 1
        while high + 1 < len(clauses) and self._belongs(clauses[high + 1], words):
            high += 1
        first, last = clauses[low][0], clauses[high][1]
        while first < grant.first and words.keys[first] in self._lead:
            first += 1
        turn = next((n for n in range(grant.last, last) if words.keys[n] in self._turn), last)
        return first, turn

    def _belongs(self, clause: tuple[int, int], words: Words) -> bool:
        depends = words.keys[clause[0]] in self._depends and words.keys[clause[0] - 1] == ","
        return depends or self._is_frame(clause, words)

    def _is_vetoed(self, words: Words, first: int, last: int) -> bool:
        if "?" in words.keys[last - 1 : last + 1]:
            return True
        return any(span[0] < last for _, span in self._patterns["veto"].find(words))


def _single_words(block: Block) -> list[str]:
    return [fold(word) for source in block.texts("patterns") for word in source.split("|")]


def _clauses(words: Words) -> list[tuple[int, int]]:
    """Cut the words at punctuation; the clauses leave the marks out."""
    found, start = [], 0
    for number, key in enumerate([*words.keys, "."]):
        if key in _MARKS:
            if number > start:
                found.append((start, number))
            start = number + 1
    return found or [(0, len(words.keys))]


def _clause_of(number: int, clauses: list[tuple[int, int]]) -> int:
    """Return the clause that holds a word; for a mark the clause before it."""
    return max((i for i, (start, _) in enumerate(clauses) if start <= number), default=0)


def _is_formal(text: OwnText, polite: frozenset[str]) -> bool:
    """Tell whether the mail writes the polite words with a capital inside sentences."""
    for sentence in text.sentences:
        raw = [token.text for token in sentence.tokens]
        for before, word in itertools.pairwise(raw):
            if before.isalpha() and word.istitle() and word.lower() in polite:
                return True
    return False


def _is_quoted(start: int, end: int, quotes: list[tuple[int, int]]) -> bool:
    """Tell whether a stretch lies in quotation marks or ends in some."""
    return any(a <= start < b or a < end <= b for a, b in quotes)


def _quoted(body: str) -> list[tuple[int, int]]:
    return [match.span() for match in _QUOTATION.finditer(body)]
