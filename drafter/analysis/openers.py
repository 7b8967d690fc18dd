"""Find the self-aware opener: the clause in which the customer grants that the reader is not to blame.

The grant is composed of parts that stand as data in `rules/openers.yaml`: whom it
addresses, what it denies, the "I know" that frames it, and what makes it irony.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

from drafter.analysis.openerhead import OpenerHead
from drafter.analysis.text import OwnText, Sentence
from drafter.analysis.wordpatterns import PatternSet, Words, fold, read_patterns, words_of
from drafter.data import Block, read_rules
from drafter.places import Places, shipped
from drafter.records import Opener

_MARKS = frozenset(",;:–—-()/\"„“”»«…!?.'*_")
_LONGEST_FRAME = 9
_BELIEVED = 0.43
_NEARLY_ALIKE = 0.1
_MOST_CLAUSES = 8
_Row = tuple[Sentence, Words]
_GRANTS = ("core", "mild", "weak")
_LISTS = ("polite", "you", "reader-words", "lead", "turn", "depends")


class _Grant(NamedTuple):
    """A match of a rule that may be the opener; numbers of words."""

    first: int
    last: int  # behind the last word
    rule: str = ""  # of `openers.yaml`; empty where only the head can tell


class Candidate(NamedTuple):
    """A sentence that may hold the opener."""

    sentence: Sentence
    words: Words
    grants: tuple[_Grant, ...]  # what may be the opener; none where only the head can tell
    signs: tuple[str, ...]  # what the rules say about it: features of the head


class OpenerDetector:
    """Finds the opener: rules of `openers.yaml` make the signs by which the head `openers.npz` judges a sentence."""

    def __init__(self, blocks: list[Block], head: OpenerHead | None) -> None:
        self._kinds = {block["id"]: block["kind"] for block in blocks}
        self._grant = read_patterns(blocks, {"part", *_GRANTS})
        self._patterns = {kind: read_patterns(blocks, {"part", kind}) for kind in ("frame", "veto")}
        words = {block["id"]: _single_words(block) for block in blocks if block["id"] in _LISTS}
        self._polite, self._lead, self._turn = words["polite"], words["lead"], words["turn"]
        self._depends, self._you = words["depends"], words["polite"] | words["you"] | words["reader-words"]
        self._head = head

    @property
    def patterns(self) -> tuple[PatternSet, ...]:
        """Return the patterns that are asked about whole sentences."""
        return self._grant, self._patterns["veto"]

    @classmethod
    def load(cls, places: Places) -> OpenerDetector:
        """Read rules and weights.

        Raises:
            DataError: one of the files is wrong.
        """
        return cls(_blocks(places), OpenerHead.load(shipped("models") / "heads" / "openers.npz"))

    @classmethod
    def untrained(cls, places: Places) -> OpenerDetector:
        """Read the rules alone: what the training of the head asks for candidates.

        Raises:
            DataError: the file is wrong.
        """
        return cls(_blocks(places), None)

    def detect(self, text: OwnText) -> Opener | None:
        """Return the opener of the mail: of several the one that the head believes most."""
        assert self._head, "an untrained detector only gives candidates"
        best, best_probability = None, 0.0
        for candidate in self.candidates(text):
            probability = self._head.probability(candidate.words.keys, candidate.signs)
            if probability >= _BELIEVED and probability > best_probability:
                best, best_probability = candidate, probability
        return _opener(best, self._stretch(best)) if best else None

    def _stretch(self, candidate: Candidate) -> _Grant:
        """Return what the head believes most: of the grants in the sentence, or of its clauses if no rule knows it.

        Of runs of clauses that it believes nearly alike, the longest: an "I know" belongs to the opener.
        """
        head, words = self._head, candidate.words
        assert head
        believed = {
            grant: head.probability(words.keys[grant.first : grant.last], candidate.signs)
            for grant in candidate.grants or self._stretches(words)
        }
        if candidate.grants:
            return max(believed, key=lambda grant: believed[grant])
        most = max(believed.values())
        alike = [grant for grant, probability in believed.items() if probability >= most - _NEARLY_ALIKE]
        return max(alike, key=lambda grant: grant.last - grant.first)

    def _stretches(self, words: Words) -> list[_Grant]:
        """Return all runs of clauses."""
        pieces = self._pieces(words)
        return [_Grant(start, end) for number, (start, _) in enumerate(pieces) for _, end in pieces[number:]]

    def _pieces(self, words: Words) -> list[tuple[int, int]]:
        """Cut a sentence into clauses, also before the words that turn it."""
        pieces = []
        for start, end in _clauses(words)[:_MOST_CLAUSES]:
            turns = [n for n in range(start + 1, end) if words.keys[n] in self._turn]
            pieces += list(itertools.pairwise([start, *turns, end]))
        return pieces

    def candidates(self, text: OwnText) -> list[Candidate]:
        """Return the sentences that a rule or a word for the reader makes possible."""
        rows = _folded(text, self._polite)
        found = [self._candidate(sentence, words) for sentence, words in rows]
        return [candidate for candidate in found if candidate and not _is_quoted(candidate, text)]

    def _candidate(self, sentence: Sentence, words: Words) -> Candidate | None:
        matches = [_Grant(*span, rule) for rule, span in self._grant.find(words)]
        if not matches and self._you.isdisjoint(words.vocabulary):
            return None
        clauses = _clauses(words) if matches else []
        signs = {self._kinds[grant.rule] for grant in matches} | {grant.rule for grant in matches}
        signs |= {"framed " + self._kinds[grant.rule] for grant in matches if self._is_framed(grant, words, clauses)}
        matches.sort(key=lambda grant: (_GRANTS.index(self._kinds[grant.rule]), grant.first, -grant.last))
        grants = tuple(self._widen(grant, words, clauses) for grant in matches)
        last = grants[0].last if grants else len(words.keys)
        if self._is_vetoed(words, last):
            signs.add("veto")
        if "?" in words.keys[last - 1 : last + 1]:
            signs.add("question")
        return Candidate(sentence, words, grants, tuple(sorted(signs)))

    def _is_framed(self, grant: _Grant, words: Words, clauses: list[tuple[int, int]]) -> bool:
        here = _clause_of(grant.first, clauses)
        there = _clause_of(grant.last - 1, clauses)
        near = [clauses[i] for i in (here - 1, there + 1) if 0 <= i < len(clauses)]
        return any(self._is_frame(clause, words) for clause in near)

    def _is_frame(self, clause: tuple[int, int], words: Words) -> bool:
        """Tell whether a clause is a frame and little else."""
        inside = words.part(clause[0], clause[1] + 1)
        found = self._patterns["frame"].find(inside)
        return any(first <= 1 and clause[1] - clause[0] - first <= _LONGEST_FRAME for _, (first, _) in found)

    def _widen(self, grant: _Grant, words: Words, clauses: list[tuple[int, int]]) -> _Grant:
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

    def _cut(self, grant: _Grant, first: int, last: int, words: Words) -> _Grant:
        """Leave out the words that lead to the grant and those from the turn on."""
        while first < max(grant.first, last - 1) and words.keys[first] in self._lead | _MARKS:
            first += 1
        last = next((n for n in range(max(grant.last, first + 1), last) if words.keys[n] in self._turn), last)
        while last > first + 1 and words.keys[last - 1] in _MARKS:
            last -= 1
        return _Grant(first, last, grant.rule)

    def _is_vetoed(self, words: Words, last: int) -> bool:
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


def _blocks(places: Places) -> list[Block]:
    return read_rules(places.file("rules", "openers.yaml"), {"id", "kind", "patterns"}, {"hit", "miss"})


def _folded(text: OwnText, polite: frozenset[str]) -> list[_Row]:
    formal = _is_formal(text, polite)

    rows = [(sentence, words_of(sentence.text)) for sentence in text.sentences]
    return [(sentence, _small_apart(words, polite)) for sentence, words in rows] if formal else rows


def _small_apart(words: Words, polite: frozenset[str]) -> Words:
    """Mark the polite words that a mail with capitals writes small: they speak of others."""
    if polite.isdisjoint(words.vocabulary):
        return words
    pairs = zip(words.raw, words.keys, strict=True)
    return words.renamed([key + "~" if key in polite and word[0].islower() else key for word, key in pairs])


def _is_formal(text: OwnText, polite: frozenset[str]) -> bool:
    """Tell whether the mail writes the polite words with a capital inside sentences."""
    for sentence in text.sentences:
        for before, word in itertools.pairwise(sentence.words):
            if before.isalpha() and word.istitle() and word.lower() in polite:
                return True
    return False


def _opener(candidate: Candidate, grant: _Grant) -> Opener:
    start, end = _place(candidate, grant)
    sentence = candidate.sentence
    rule = f"openers.yaml:{grant.rule}" if grant.rule else "openers.npz"
    why = "grants that the reader is not to blame"
    return Opener(start, end, sentence.text[start - sentence.start : end - sentence.start], rule, why)


def _place(candidate: Candidate, grant: _Grant) -> tuple[int, int]:
    spans = candidate.words.spans
    return candidate.sentence.start + spans[grant.first][0], candidate.sentence.start + spans[grant.last - 1][1]


def _is_quoted(candidate: Candidate, text: OwnText) -> bool:
    """Tell whether the stretch lies in quotation marks or ends in some."""
    grant = candidate.grants[0] if candidate.grants else _Grant(0, len(candidate.words.keys))
    start, end = _place(candidate, grant)
    return text.in_quotation(start) or text.in_quotation(end - 1)
