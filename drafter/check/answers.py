"""What a reply owes the mail: an answer to every question, and a way to go on."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from drafter.check.numbers import Fact, NumberWords, find_facts, is_covered
from drafter.check.patterns import compile_all
from drafter.check.spot import MAX_SOURCE, CheckContext, Spot
from drafter.check.text import Piece, ReplyText, strip_word
from drafter.data import Where
from drafter.lazypattern import Groups, LazyPattern

_WORD = re.compile(r"\w{4,60}")
_MAX_QUESTIONS = 12
_MAX_READ = 1000
_LEAST_ALIKE = 4
_SHORTEST = 3
"""Words that a question for yes or no has at least."""
_TIMES = ("date", "day", "weekday", "relative", "clock", "minute", "hour", "week", "month")


class AnswerWords(NamedTuple):
    """The word groups that tell questions and answers, compiled; each is named after its group."""

    ask_when: LazyPattern
    ask_why: LazyPattern
    ask_how_much: LazyPattern
    ask_other: LazyPattern
    rhetorical: LazyPattern
    answer_when: LazyPattern
    answer_why: LazyPattern
    answer_yes_no: LazyPattern
    answer_unknown: LazyPattern
    no_content: LazyPattern
    next_step: LazyPattern
    no_step: LazyPattern  # sounds like a step, and only understands, receives or passes on
    no_complaint: LazyPattern
    alternative: LazyPattern
    separable: LazyPattern

    @classmethod
    def load(cls, groups: Groups, where: Where) -> AnswerWords:
        """Compile the groups.

        Raises:
            DataError: a group is missing or no pattern.
        """
        compiled = {name: compile_all([f"{{{name}}}"], groups, where) for name in cls._fields}
        return cls(**{name: pattern for name, pattern in compiled.items() if pattern is not None})


class Reading(NamedTuple):
    """Mail and reply side by side."""

    reply: ReplyText
    mail: ReplyText
    reply_facts: tuple[Fact, ...]
    words: AnswerWords
    number_words: NumberWords

    @property
    def statements(self) -> list[Piece]:
        """The sentences of the reply that ask nothing."""
        return [piece for piece in self.reply.sentences if not piece.is_question]


def unanswered(reading: Reading, insults: tuple[str, ...]) -> list[Piece]:
    """Return the questions of the mail that the reply passes over."""
    if "?" not in reading.mail.text:
        return []
    questions = [
        piece for piece in reading.mail.sentences if piece.is_question and not _rhetorical(piece, reading, insults)
    ]
    yes_no = [piece for piece in questions if _asks(piece, reading.words) is None]
    answers = len(reading.words.answer_yes_no.findall(reading.reply.flat))
    left = {piece.start for piece in yes_no[answers:]}
    return [piece for piece in questions[:_MAX_QUESTIONS] if not _answered(piece, reading, piece.start not in left)]


def lacks_choice(reading: Reading, found: list[Spot]) -> bool:
    """Whether the reply offers neither an option nor a next step; sentences with a fault count as none."""
    if "[[" in reading.reply.text or not reading.reply.sentences:
        return False
    refusing = any(spot.kind in ("bare_no", "evasion") for spot in found)
    asked = "?" in reading.mail.text and any(piece.is_question for piece in reading.mail.sentences)
    if (asked and not refusing) or reading.words.no_complaint.search(reading.mail.flat):
        return False
    faulty = {"bare_no", "evasion", "empty_phrase", "excuse", "irritation", "blame", "grovelling", "insult_repeated"}
    spoilt = {reading.reply.index_at(spot.start) for spot in found if spot.kind in faulty}
    sound = [piece for number, piece in enumerate(reading.reply.sentences) if number not in spoilt]
    return not any(_is_step(piece, reading.words) for piece in sound) and not _dated(reading)


def _is_step(piece: Piece, words: AnswerWords) -> bool:
    return words.next_step.search(piece.flat) is not None and words.no_step.search(piece.flat) is None


def _dated(reading: Reading) -> bool:
    source = find_facts(reading.mail.text[:MAX_SOURCE], reading.number_words)
    return any(fact.kind in _TIMES and not is_covered(fact, source) for fact in reading.reply_facts)


def _rhetorical(piece: Piece, reading: Reading, insults: tuple[str, ...]) -> bool:
    if len(piece.flat.split()) < _SHORTEST and _asks(piece, reading.words) is None:
        return True  # an exclamation such as a single noun
    insulting = any(insult and insult in piece.flat for insult in insults)
    return insulting or reading.words.rhetorical.search(piece.flat) is not None


def _asks(piece: Piece, words: AnswerWords) -> str | None:
    """Return the kind of question: when, why, how_much, other; None is a question for yes or no."""
    kinds = {"when": words.ask_when, "why": words.ask_why, "how_much": words.ask_how_much, "other": words.ask_other}
    return next((kind for kind, pattern in kinds.items() if pattern.search(piece.flat)), None)


def _answered(question: Piece, reading: Reading, by_yes: bool) -> bool:
    words = reading.words
    if "[[" in reading.reply.text or words.answer_unknown.search(reading.reply.flat):
        return _shares_words(question, reading) or _unknown_fits(question, reading)
    said_yes = by_yes and words.answer_yes_no.search(reading.reply.flat) is not None
    judge: dict[str | None, Callable[[], bool]] = {
        "when": lambda: _says_when(reading),
        "why": lambda: bool(words.answer_why.search(reading.reply.flat)),
        "how_much": lambda: any(fact.kind in ("money", "percent", "plain") for fact in reading.reply_facts),
        "other": lambda: _names_one(question, reading) and _shares_words(question, reading),
        None: lambda: said_yes or _shares_words(question, reading),
    }
    return judge[_asks(question, words)]()


def _says_when(reading: Reading) -> bool:
    return _dated(reading) or bool(reading.words.answer_when.search(reading.reply.flat))


def _unknown_fits(question: Piece, reading: Reading) -> bool:
    """An honest "I do not know yet" answers as many questions as it is said."""
    said = sum("[[" in p.flat or bool(reading.words.answer_unknown.search(p.flat)) for p in reading.reply.sentences)
    asked = [piece for piece in reading.mail.sentences if piece.is_question]
    return question in asked[:said]


def _names_one(question: Piece, reading: Reading) -> bool:
    """A question that offers alternatives wants one of them named."""
    match = reading.words.alternative.search(question.flat)
    if match is None:
        return True
    return any(choice.lower() in reading.reply.flat.lower() for choice in match.groups() if choice)


def _shares_words(question: Piece, reading: Reading) -> bool:
    """A statement of the reply takes up a content word of the question."""
    asked = _content(question.flat[:_MAX_READ], reading.words.no_content, reading.words.separable)
    if not asked:
        return True
    said: dict[str, set[str]] = {}
    for piece in reading.statements:
        for word in _content(piece.flat[:_MAX_READ], reading.words.no_content, reading.words.separable):
            said.setdefault(word[:_LEAST_ALIKE], set()).add(word)
    return any(_related(one, other) for one in asked for other in said.get(one[:_LEAST_ALIKE], ()))


@lru_cache(maxsize=5_000)  # sentences of templates come again
def _content(text: str, empty: LazyPattern, separable: LazyPattern) -> frozenset[str]:
    words = (_content_word(word, empty, separable) for word in _WORD.findall(text))
    return frozenset(word for word in words if word)


@lru_cache(maxsize=8_000)
def _content_word(word: str, empty: LazyPattern, separable: LazyPattern) -> str:
    """Write a word plainly, without the "zu" or "ge" in a separable verb: umzubuchen, zurückgeschickt; "" if empty."""
    if empty.fullmatch(word):
        return ""
    infix = separable.match(word)
    return strip_word(infix[1] + infix[2] if infix else word)


def _related(one: str, other: str) -> bool:
    """Two words begin alike for most of the shorter one."""
    shorter = min(len(one), len(other))
    need = max(_LEAST_ALIKE, round(shorter * 0.65))
    return one[:need] == other[:need]


def make_reading(
    reply: ReplyText, context: CheckContext, facts: tuple[Fact, ...], words: AnswerWords, number_words: NumberWords
) -> Reading:
    """Read the mail for the comparison."""
    return Reading(reply, ReplyText(context.mail), facts, words, number_words)
