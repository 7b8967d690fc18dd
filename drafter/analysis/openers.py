"""Find the self-aware opener: the clause in which the customer grants that the reader is not to blame.

The grant is composed of parts that stand as data in `rules/openers.yaml`: whom it
addresses, what it denies, the "I know" that frames it, and what makes it irony.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from drafter.analysis.openerhead import OpenerHead
from drafter.analysis.text import OwnText, Sentence
from drafter.analysis.wordpatterns import Words, fold, read_patterns, words_of
from drafter.data import Block, read_rules
from drafter.places import Places, shipped
from drafter.records import Opener

_MARKS = frozenset(",;:–—-()/\"„“”»«…!?.'*_")
_QUOTATION = re.compile(r"„[^“”\"]{1,400}[“”\"]|»[^«]{1,400}«|«[^»]{1,400}»|“[^”]{1,400}”|\"[^\"]{1,400}\"")


_LONGEST_FRAME = 9
_BELIEVED = 0.7
_Row = tuple[Sentence, Words]
_Match = tuple[str, tuple[int, int]]
_GRANTS = ("core", "mild", "weak")
_LISTS = ("polite", "you", "lead", "turn", "depends")


class _Grant(NamedTuple):
    """A match of a rule that may be the opener; numbers of words."""

    first: int
    last: int  # behind the last word
    rule: str


class _Found(NamedTuple):
    """An opener with the head's probability for its sentence."""

    opener: Opener
    probability: float


class OpenerDetector:
    """Finds the opener by the rules of `openers.yaml` and the head `openers.npz`."""

    def __init__(self, blocks: list[Block], head: OpenerHead) -> None:
        self._kinds = {block["id"]: block["kind"] for block in blocks}
        self._grant = read_patterns(blocks, {"part", *_GRANTS})
        self._patterns = {kind: read_patterns(blocks, {"part", kind}) for kind in ("frame", "veto")}
        words = {block["id"]: _single_words(block) for block in blocks if block["id"] in _LISTS}
        self._polite, self._lead, self._turn = words["polite"], words["lead"], words["turn"]
        self._depends, self._you = words["depends"], words["polite"] | words["you"]
        self._head = head

    @classmethod
    def load(cls, places: Places) -> OpenerDetector:
        """Read rules and weights.

        Raises:
            DataError: one of the files is wrong.
        """
        return cls(_blocks(places), OpenerHead.load(shipped("models") / "heads" / "openers.npz"))

    def detect(self, text: OwnText) -> Opener | None:
        """Return the opener of the mail: of several the one that the head believes most."""
        rows = _folded(text, self._polite)
        quotes = [match.span() for match in _QUOTATION.finditer(text.body)]
        hits = [(row, matches) for row in rows if (matches := self._grant.find(row[1]))]
        for kinds in (_GRANTS[:2], _GRANTS[2:]):
            found = [
                item
                for row, matches in hits
                for kind in kinds
                if (item := self._in_sentence(*row, quotes, self._of_kind(matches, kind), kind == "weak"))
            ]
            if found:
                return max(found, key=lambda item: item.probability).opener
        return self._believed(rows, quotes)

    def _believed(self, rows: list[_Row], quotes: list[tuple[int, int]]) -> Opener | None:
        """Return the sentence that no rule knows but the head believes to be an opener."""
        found = []
        for sentence, words in rows:
            if self._you.isdisjoint(words.vocabulary):
                continue
            probability = self._head.probability(words.keys)
            if probability >= _BELIEVED:
                grant = _Grant(0, 1, "")
                first, last = self._cut(grant, 0, len(words.keys), words)
                if not self._is_vetoed(words, first, last):
                    found.append(_found(sentence, words, (first, last), "openers.npz", probability))
        found = [item for item in found if not _is_quoted(item.opener.start, item.opener.end, quotes)]
        return max(found, key=lambda item: item.probability).opener if found else None

    def _of_kind(self, matches: list[_Match], kind: str) -> list[_Grant]:
        """Return the matches of one kind of rule in order of appearance."""
        found = [_Grant(*span, rule) for rule, span in matches if self._kinds[rule] == kind]
        return sorted(found, key=lambda grant: (grant.first, -grant.last))

    def _in_sentence(
        self, sentence: Sentence, words: Words, quotes: list[tuple[int, int]], grants: list[_Grant], framed: bool
    ) -> _Found | None:
        """Return the first grant that holds; with `framed` only beside an "I know"."""
        clauses = _clauses(words) if grants else []
        for grant in grants:
            if framed and not self._is_framed((grant.first, grant.last), words, clauses):
                continue
            first, last = self._widen(grant, words, clauses)
            if self._is_vetoed(words, first, last):
                continue
            found = _found(sentence, words, (first, last), f"openers.yaml:{grant.rule}", 0.0)
            if not _is_quoted(found.opener.start, found.opener.end, quotes):
                return _Found(found.opener, self._head.probability(words.keys))
        return None

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
        """Take the clauses that the grant lies in, what frames them or depends on them, and a grant before them."""
        low, high = _clause_of(grant.first, clauses), _clause_of(grant.last - 1, clauses)
        while low and (self._leads(clauses[low - 1], words) or words.keys[clauses[low][0]] in self._depends):
            low -= 1
        while high + 1 < len(clauses) and self._belongs(clauses[high + 1], words):
            high += 1
        return self._cut(grant, clauses[low][0], clauses[high][1], words)

    def _leads(self, clause: tuple[int, int], words: Words) -> bool:
        """Tell whether the clause before belongs to the grant: a frame or another grant."""
        return self._is_frame(clause, words) or self._grants_itself(clause, words)

    def _belongs(self, clause: tuple[int, int], words: Words) -> bool:
        """Tell whether the clause behind belongs to the grant: a frame, or what depends on it."""
        depends = words.keys[clause[0]] in self._depends and words.keys[clause[0] - 1] == ","
        return depends or self._is_frame(clause, words)

    def _grants_itself(self, clause: tuple[int, int], words: Words) -> bool:
        matches = self._grant.find(words.part(clause[0], clause[1] + 1))
        return any(self._kinds[rule] != "weak" for rule, _ in matches)

    def _cut(self, grant: _Grant, first: int, last: int, words: Words) -> tuple[int, int]:
        """Leave out the words that lead to the grant and those from the turn on."""
        while first < max(grant.first, last - 1) and words.keys[first] in self._lead | _MARKS:
            first += 1
        last = next((n for n in range(max(grant.last, first + 1), last) if words.keys[n] in self._turn), last)
        while last > first + 1 and words.keys[last - 1] in _MARKS:
            last -= 1
        return first, last

    def _is_vetoed(self, words: Words, first: int, last: int) -> bool:
        if "?" in words.keys[last - 1 : last + 1]:
            return True
        return any(span[0] < last for _, span in self._patterns["veto"].find(words))


def _single_words(block: Block) -> frozenset[str]:
    return frozenset(fold(word) for source in block.texts("patterns") for word in source.split("|"))


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


def folded_sentences(text: OwnText, places: Places) -> list[_Row]:
    """Return the sentences with their folded words, as the head is trained on."""
    polite = next(_single_words(block) for block in _blocks(places) if block["id"] == "polite")
    return _folded(text, polite)


def _blocks(places: Places) -> list[Block]:
    return read_rules(places.file("rules", "openers.yaml"), {"id", "kind", "patterns"}, {"hit", "miss"})


def _folded(text: OwnText, polite: frozenset[str]) -> list[_Row]:
    formal = _is_formal(text, polite)

    def rename(raw: list[str], keys: list[str]) -> list[str]:
        """Mark the polite words that a mail with capitals writes small: they speak of others."""
        pairs = zip(raw, keys, strict=True)
        return [key + "~" if key in polite and word[0].islower() else key for word, key in pairs]

    return [(sentence, words_of(sentence.text, rename if formal else None)) for sentence in text.sentences]


def _is_formal(text: OwnText, polite: frozenset[str]) -> bool:
    """Tell whether the mail writes the polite words with a capital inside sentences."""
    for sentence in text.sentences:
        raw = [token.text for token in sentence.tokens]
        for before, word in itertools.pairwise(raw):
            if before.isalpha() and word.istitle() and word.lower() in polite:
                return True
    return False


def _found(sentence: Sentence, words: Words, span: tuple[int, int], rule: str, probability: float) -> _Found:
    start, end = words.spans[span[0]][0], words.spans[span[1] - 1][1]
    why = "grants that the reader is not to blame"
    opener = Opener(sentence.start + start, sentence.start + end, sentence.text[start:end], rule, why)
    return _Found(opener, probability)


def _is_quoted(start: int, end: int, quotes: list[tuple[int, int]]) -> bool:
    """Tell whether a stretch lies in quotation marks or ends in some."""
    return any(a <= start < b or a < end <= b for a, b in quotes)
