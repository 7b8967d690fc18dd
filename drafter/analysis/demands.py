"""What the customer wants or proposes himself, and the questions that wait for an answer.

A sentence is cut into clauses; a rule finds the clause that asks for something, and
the clauses that hang on it ("..., dass", "..., wo") belong to the demand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from drafter.analysis.demandrules import Rule, load_demand_rules, load_question_rules
from drafter.analysis.text import OwnText, Sentence
from drafter.lazypattern import PatternGroup
from drafter.places import Places
from drafter.records import Demand, Question

MAX_SENTENCE_CHARACTERS = 500
"""Rules read no further into a sentence."""

MAX_DEMANDS = 12
MIN_DEMAND_CHARACTERS = 4
MAX_HEAD_WORDS = 6
OTHER = "other"
_CUT = re.compile(r"[,;:!?…]+[\"”“»«']?\s+|\s[–—-]\s|(?<!\d)\.\s+|\s(?=\()")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_EDGE = " \t\n\r\"„“”»«'()*-–—.,;:!?…"
_QUESTION = re.compile(r"\?[!?\"”“»«')\s]*$")
_OPEN_LIST = re.compile(r":\s*$|^[^.!?]{1,40}$")


class _Clause(NamedTuple):
    start: int  # in the sentence
    end: int
    text: str


class DemandReader:
    """Finds demands and open questions by rules."""

    def __init__(self, demands: list[Rule], questions: list[Rule]) -> None:
        self.rules = demands
        self.question_rules = questions
        self._rules = _Rules(demands)

    @classmethod
    def load(cls, places: Places) -> DemandReader:
        """Read the rules.

        Raises:
            DataError: a rule is wrong.
        """
        return cls(load_demand_rules(places), load_question_rules(places))

    def read(self, text: OwnText) -> tuple[Demand, ...]:
        """Return what the customer wants, in order of appearance."""
        sentences = [s for s in text.sentences if s.zone.kind not in ("greeting", "signoff")]
        found: list[Demand] = []
        in_list = False
        head: Demand | None = None  # what leads a list says less than its items
        for sentence in sentences:
            bullet = _BULLET.match(sentence.text)
            spans = (
                [(bullet.end(), len(sentence.text), False)] if bullet and in_list else list(self._rules.spans(sentence))
            )
            if bullet and head and len(head.text.split()) <= MAX_HEAD_WORDS and head in found:
                found.remove(head)
            found += [demand for span in spans if (demand := self._rules.demand(text, sentence, span))]
            in_list = bool(bullet and in_list) or bool(spans and _OPEN_LIST.search(sentence.text))
            head = found[-1] if in_list and not bullet and found else None
            if len(found) >= MAX_DEMANDS:
                break
        return tuple(found[:MAX_DEMANDS])

    def questions(self, text: OwnText) -> tuple[Question, ...]:
        """Return the questions that wait for an answer."""
        found: list[Question] = []
        for sentence in text.sentences:
            if sentence.zone.kind != "signoff" and self.is_open(sentence.text) and not _only_quotes(text, sentence):
                start, end = _trimmed(text.body, sentence.start, sentence.end, "?")
                found.append(Question(start, end, text.body[start:end]))
        return tuple(found)

    def is_open(self, sentence: str) -> bool:
        """Whether a sentence is a question, and no rhetorical one."""
        text = sentence[:MAX_SENTENCE_CHARACTERS]
        if not _QUESTION.search(sentence):
            return False
        if any(rule.finds(text) for rule in self.question_rules if rule.part == "open"):
            return not self._is_told(text)
        if not any(rule.finds(text) for rule in self.question_rules if rule.part == "form"):
            return False
        return not any(rule.finds(text) for rule in self.question_rules if rule.part == "rhetorical")

    def kind(self, text: str) -> str:
        """Return what kind of demand a text puts."""
        return self._rules.kind(text)

    def _is_told(self, text: str) -> bool:
        return any(rule.id == "told" and rule.finds(text) for rule in self.question_rules)


_PARTS = ("whole", "want", "skip", "follow", "opens", "join", "kind")
_MAX_SORTED = 2_000
_ByPart = dict[str, list[Rule]]
"""Rules by what they are for."""


class _Rules:
    """Rules of demands; of each text only those are tried that its words make possible."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = [(_part(rule), rule) for rule in rules]
        self._group = PatternGroup(rule.pattern for _, rule in self._rules)
        self._by_part = lru_cache(maxsize=_MAX_SORTED)(self._sorted)  # few sets of rules turn up again and again

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the rules; the memory stays behind."""
        return _Rules, ([rule for _, rule in self._rules],)

    def _possible(self, text: str) -> _ByPart:
        return self._by_part(self._group.possible(text))

    def _sorted(self, numbers: tuple[int, ...]) -> _ByPart:
        found: _ByPart = {part: [] for part in _PARTS}
        for part, rule in [self._rules[number] for number in numbers]:
            found[part].append(rule)
        return found

    def kind(self, text: str) -> str:
        """Return what kind of demand a text puts."""
        return next((rule.id for rule in self._possible(text)["kind"] if rule.pattern.search(text)), OTHER)

    def spans(self, sentence: Sentence) -> Iterator[tuple[int, int, bool]]:
        """Yield the demands of a sentence: offsets in it, and whether it is a proposal."""
        text = sentence.text[:MAX_SENTENCE_CHARACTERS]
        rules = self._possible(text)
        if whole := next((r for r in rules["whole"] if r.finds(text) and self.kind(text) != OTHER), None):
            yield 0, len(text), whole.proposal
        elif rules["want"]:
            yield from self._clauses(text, asked=bool(_QUESTION.search(sentence.text)))

    def _clauses(self, text: str, asked: bool) -> Iterator[tuple[int, int, bool]]:
        """Yield the clauses that are demands, with those that hang on them."""
        clauses = list(_clauses(text))
        rules = [self._possible(clause.text) for clause in clauses]
        index = 0
        while index < len(clauses):
            head = index == 0 or _finds(rules[index - 1]["opens"], clauses[index - 1].text)
            rule = _want(rules[index], clauses[index].text, asked, head)
            last = index
            if rule:
                while last + 1 < len(clauses) and _belongs(rules[last + 1], clauses[last + 1].text):
                    last += 1
                yield clauses[index].start, clauses[last].end, rule.proposal
            index = last + 1

    def demand(self, text: OwnText, sentence: Sentence, span: tuple[int, int, bool]) -> Demand | None:
        """Make the record of a demand; too short a text is none."""
        start, end = _trimmed(text.body, sentence.start + span[0], sentence.start + span[1], "?")
        for rule in self._possible(text.body[start:end])["join"]:
            if (match := rule.pattern.match(text.body[start:end])) and match.end() < end - start:
                start += match.end()
        if end - start < MIN_DEMAND_CHARACTERS:
            return None
        written = text.body[start:end]
        return Demand(self.kind(written), start, end, written, span[2])


def _part(rule: Rule) -> str:
    return "whole" if rule.part == "want" and rule.scope == "sentence" else rule.part


def _finds(rules: list[Rule], text: str) -> bool:
    return any(rule.finds(text) for rule in rules)


def _want(rules: _ByPart, clause: str, asked: bool, head: bool) -> Rule | None:
    """Return the first rule that finds a demand in a clause."""
    if _finds(rules["skip"], clause):
        return None
    return next((rule for rule in rules["want"] if _fits(rule, asked, head) and rule.finds(clause)), None)


def _belongs(rules: _ByPart, clause: str) -> bool:
    """Whether a clause hangs on the demand before it."""
    return _finds(rules["follow"], clause) and not _finds(rules["skip"], clause)


def _only_quotes(text: OwnText, sentence: Sentence) -> bool:
    """Tell whether only words between quotation marks ask: somebody else's question, told in a statement."""
    mark = sentence.start + sentence.text.rfind("?")
    return text.in_quotation(mark) and not text.in_quotation(sentence.start)


def _fits(rule: Rule, asked: bool, head: bool) -> bool:
    return (head or rule.scope != "head") and (not rule.question or (rule.question == "yes") == asked)


def _clauses(text: str) -> Iterator[_Clause]:
    """Cut a sentence at commas, colons, dashes and brackets."""
    start = 0
    for match in _CUT.finditer(text):
        if match.end() > start and match.start() > start:
            yield _Clause(start, match.start(), text[start : match.start()])
        start = match.end()
    if start < len(text):
        yield _Clause(start, len(text), text[start:])


def _trimmed(body: str, start: int, end: int, keep: str) -> tuple[int, int]:
    """Leave out marks and space at the edges; marks in `keep` stay at the end."""
    edge = "".join(char for char in _EDGE if char not in keep)
    while start < end and body[start] in _EDGE:
        start += 1
    while start < end and body[end - 1] in edge:
        end -= 1
    return start, end
