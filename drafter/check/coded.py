"""The checks that no pattern can say, in one list: CODED.

Each takes the reading of a reply and what the rules found, and yields spots. Words come from `models/lexicon`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from drafter.check.answers import Reading, lacks_choice, make_reading, unanswered
from drafter.check.insults import find_repeated
from drafter.check.marks import DOUBLED, Marks
from drafter.check.numbers import Fact, derived_amounts, find_facts, is_covered
from drafter.check.register import find_mixed
from drafter.check.signature import signatures
from drafter.check.spot import CheckContext, Spot
from drafter.check.text import ReplyText
from drafter.check.words import CodedWords
from drafter.lazypattern import LazyPattern

REPEATED_INSULT = "B4-insult"
GAP = "GAP"
"""Code of the finding that a gap is left."""

_TIME_KINDS = ("date", "day", "weekday", "relative", "clock")


@dataclass(frozen=True)
class Case:
    """A reply with all that the coded checks ask about it; worked out once, on demand."""

    reply: ReplyText
    context: CheckContext
    words: CodedWords
    marks: Marks
    found: list[Spot] = field(default_factory=list)  # by the rules

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The figures of the reply outside of gaps."""
        gaps, facts = self.marks.gaps, self.marks.facts
        return tuple(fact for fact in facts if not any(start <= fact.start < end for start, end in gaps))

    @cached_property
    def source_facts(self) -> list[Fact]:
        """The figures of the mail and the given texts."""
        return find_facts(self.context.source, self.words.numbers, bare=True)

    @cached_property
    def reading(self) -> Reading:
        """Mail and reply side by side."""
        return make_reading(self.reply, self.context, self.facts, self.words.answers, self.words.numbers)

    def spot(
        self, kind: str, code: str, level: str, span: tuple[int, int], message: str, advice: str, remedy: str
    ) -> Spot:
        """Make a spot of this reply."""
        start, end = span
        return Spot(kind, code, level, start, end, self.reply.text[start:end], message, remedy, advice)

    def missing(self, kind: str, code: str, level: str, message: str, advice: str, remedy: str) -> Spot:
        """Make a spot for something that is not there: an empty span at the end."""
        end = len(self.reply.text)
        return self.spot(kind, code, level, (end, end), message, advice, remedy)


def gaps(case: Case) -> Iterator[Spot]:
    """Gaps that a person must fill."""
    for span in case.marks.gaps:
        label = case.reply.text[span[0] : span[1]].strip("[] ")
        yield case.spot("gap", GAP, "warning", span, "the draft needs filling here", "E1", label)


def mixed_register(case: Case) -> Iterator[Spot]:
    """Familiar and polite address in one reply."""
    for span in find_mixed(case.reply, case.words.address, case.context.register):
        message = "mixes the familiar and the polite address"
        yield case.spot("register_mix", "B2-register", "error", span, message, "B2", "Keep to one form of address.")


def uncovered_facts(case: Case) -> Iterator[Spot]:
    """A figure that stands neither in the mail nor in what was given."""
    if not case.context.source.strip():
        return
    derived = derived_amounts(case.source_facts) if case.facts else frozenset()
    for fact in case.facts:
        if fact.kind == "phone" and not case.context.given:
            continue
        if not is_covered(fact, case.source_facts, derived) and not _harmless_fact(case, fact):
            message = "states a figure that neither the mail nor the policy nor you gave"
            span = (fact.start, fact.end)
            yield case.spot("uncovered_promise", "E1-figure", "error", span, message, "E1", "Leave a gap: [[...]]")


def _harmless_fact(case: Case, fact: Fact) -> bool:
    """Counts of the reply's own items, and dates that are asked for and not promised."""
    piece = case.reply.sentence_at(fact.start)
    before = case.reply.flat[max(0, fact.start - 30) : fact.start].split()
    after = case.reply.flat[fact.end : fact.end + 30].split()
    counted = case.words.numbers.counted
    if fact.kind == "plain":
        beside = [*before[-1:], *after[:2]]
        return any(counted.match(word) for word in beside) or case.reply.text[fact.start : fact.end] == "1"
    if fact.kind not in _TIME_KINDS or piece is None:
        return False
    asks = case.words.request is not None and case.words.request.search(piece.flat)
    return piece.is_question or bool(asks) or _good_morning(case, fact)


def _good_morning(case: Case, fact: Fact) -> bool:
    """A day that is written with a capital in the middle of a sentence is the greeting, not tomorrow."""
    text = case.reply.text[fact.start : fact.end]
    written_large = text[:1].isupper() and fact.start not in case.reply.starts
    return written_large and fact.value == "tomorrow" and " " not in text


def repeated_insults(case: Case) -> Iterator[Spot]:
    """The customer's insult comes back."""
    spans = find_repeated(case.reply, case.context.insults, case.words.insults)
    for span in spans:
        if span[0] < case.reply.greeting_end:
            continue  # somebody may be called so
        message, remedy = "repeats the customer's insult", "Leave it out; ask for respectful words if need be."
        yield case.spot("insult_repeated", REPEATED_INSULT, "error", span, message, "B4", remedy)


def own_insults(case: Case) -> Iterator[Spot]:
    """The reply insults somebody in words of its own; what it says of its writer is another fault."""
    humble = {case.reply.index_at(spot.start) for spot in case.found if spot.kind == "grovelling"}
    for span in case.marks.insults:
        if case.reply.index_at(span[0]) not in humble and span[0] >= case.reply.greeting_end:
            message, remedy = "uses an insult", "Leave it out; ask for respectful words if need be."
            yield case.spot("insult_repeated", "C2-insult", "error", span, message, "C2", remedy)


def doubled_words(case: Case) -> Iterator[Spot]:
    """A word typed twice; relative pronouns with a comma between and changes of case (Sie sie) are none."""
    may, relative = case.words.may_double, case.words.may_double_after_comma
    for span in case.marks.doubled:
        match = DOUBLED.match(case.reply.text, span[0])
        assert match
        one, other = match[1], match[3]
        if one.isdigit() or (one != other and match.start() not in case.reply.starts):
            continue
        if _matches(may, one + " " + other) or (
            _matches(relative, one + " " + other) and _after_comma(case, match.start())
        ):
            continue
        yield case.spot("leftover", "X1-doubled-word", "error", match.span(), "the word stands twice", "E1", one)


def _matches(pattern: LazyPattern | None, text: str) -> bool:
    return pattern is not None and pattern.fullmatch(text) is not None


def _after_comma(case: Case, offset: int) -> bool:
    return case.reply.flat[:offset].rstrip().endswith(",")


def spacing(case: Case) -> Iterator[Spot]:
    """Two spaces, or a space before a comma or stop."""
    before = "has a space before the punctuation"
    for spans, message in ((case.marks.spaces, "has two spaces"), (case.marks.spaces_before, before)):
        for span in spans:
            yield case.spot("leftover", "X1-spacing", "error", span, message, "E1", "Take it out.")


def doubled_signature(case: Case) -> Iterator[Spot]:
    """A second closing formula."""
    for start in signatures(case.reply, case.words.signoff, case.marks.closings)[1:]:
        end = case.reply.text.find("\n", start)
        span = (start, end if end >= 0 else len(case.reply.text))
        yield case.spot("leftover", "X1-signature", "error", span, "is signed twice", "E1", "Keep one signature.")


def too_long(case: Case) -> Iterator[Spot]:
    """More words than a customer reads."""
    words = case.reply.text.split()
    if len(words) > case.context.max_words > 0:
        message = f"has {len(words)} words; at most {case.context.max_words} are read"
        yield case.missing("wordy", "A3-length", "warning", message, "A3", "Cut what the customer knows already.")


def empty_reply(case: Case) -> Iterator[Spot]:
    """Nothing but white space."""
    if not case.reply.text.strip():
        yield case.missing("leftover", "X1-empty-reply", "error", "is empty", "E1", "Write something.")


def internal_terms(case: Case) -> Iterator[Spot]:
    """Abbreviations in capitals that neither the customer nor everyone knows."""
    for start, end in case.marks.capitals:
        word = case.reply.text[start:end]
        head = word.split("-")[0]
        known = head in case.words.acronyms or head in case.context.source
        rest = case.reply.flat[end : end + 3]
        if known or (rest.startswith((" (", ", ")) and "-" in word) or _shouted(case, start, end):
            continue
        message, remedy = "uses an abbreviation that the customer may not know", "Write it out in plain words."
        yield case.spot("jargon", "C8-abbreviation", "warning", (start, end), message, "C8", remedy)


def _shouted(case: Case, start: int, end: int) -> bool:
    """Capitals beside capitals are emphasis; so is a placeholder, which has its own rule."""
    around = case.reply.text[max(0, start - 2) : end + 2]
    if set(around) & set("{}[]%_#<>"):
        return True
    beside = case.reply.text[max(0, start - 25) : start].split()[-1:]
    after = case.reply.text[end : end + 25].split()[:1]
    return any(len(word) > 2 and word.isupper() and word.isalpha() for word in beside + after)


def open_questions(case: Case) -> Iterator[Spot]:
    """Questions of the mail that get no answer."""
    if case.context.mail.strip():
        for question in unanswered(case.reading, case.context.insults):
            message = f"leaves a question of the mail open: {question.flat[:120]}"
            remedy = "Answer it, or say that you will find out."
            yield case.missing("unanswered", "A3-unanswered", "warning", message, "A3", remedy)


def no_choice(case: Case) -> Iterator[Spot]:
    """Neither an option nor a next step."""
    if case.context.mail.strip() and lacks_choice(case.reading, case.found):
        message, remedy = (
            "offers neither a solution nor a next step",
            "Give options to choose from, or ask what he needs.",
        )
        yield case.missing("no_choice", "D2-no-choice", "warning", message, "D2", remedy)


CODED: tuple[Callable[[Case], Iterator[Spot]], ...] = (
    gaps,
    mixed_register,
    uncovered_facts,
    repeated_insults,
    own_insults,
    doubled_words,
    spacing,
    doubled_signature,
    too_long,
    empty_reply,
    internal_terms,
    open_questions,
    no_choice,
)
