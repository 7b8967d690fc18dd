"""Rules as data: what `check.yaml` says, and the few kinds of rule it may use.

    existence   one of the patterns stands in a sentence
    order       one of `first` in a sentence, then one of `patterns` within the next `within` sentences of the paragraph
    count       the patterns match in more than `more_than` sentences of the text: every further one is reported
    words       a word of `table` stands in the text and nothing in `unless` explains it; the table holds the suggestion
    learned     the learned head gives a sentence this kind, and a fault at all the probability `at_least`; such a rule
                is asked only about sentences in which no other rule has found a fault
    coded       code finds it (`coded.py`); the block tells what it is and shows it

`unless` looks at the same sentence, `unless_near` also at the sentences beside it, `unless_reply` at the whole reply,
`unless_mail` at the mail and what was given. `needs: mail` keeps a rule silent where no mail is given. A company's
block of an `id` and `disabled: true` switches a shipped rule off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from drafter.check.head import GOOD, FaultHead
from drafter.check.patterns import compile_all
from drafter.check.spot import CheckContext, Spot
from drafter.check.text import CLOSERS, ENDS, Piece, ReplyText, strip_word
from drafter.check.wordlist import WordList
from drafter.data import Block, read_rules
from drafter.lazypattern import Groups, LazyPattern
from drafter.messages import near

REQUIRED = {"id", "kind", "level", "advice", "message", "hit", "miss"}
OPTIONAL = {
    "type", "patterns", "first", "within", "more_than", "table", "case", "needs", "suggestion",
    "unless", "unless_near", "unless_reply", "unless_mail", "span", "at_least",
}  # fmt: skip
_LABEL_WORDS = 4
LEARNED = "learned"
"""The type of the rules that ask the head."""

OFF = "disabled"
"""The field by which a company switches a shipped rule off; YAML reads a bare `off` as false."""

CODED = "coded"
"""The type of the blocks that only describe what code finds."""

LEVELS = ("error", "warning", "suggestion")

Place = tuple[int, int, str]
"""Start, end and a suggestion of its own."""


class Sight(NamedTuple):
    """What a rule sees in a sentence alone; offsets count from the start of the sentence."""

    start: int
    end: int
    times: int = 1  # how often; 0 where the sentence only opens
    opens: bool = False  # an order rule may speak from here on


Sights = Sequence[tuple[int, Sight]]
"""The sentences of a reply in which a rule sees something, by number."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as compiled from its block."""

    id: str
    kind: str
    level: str
    advice: str
    message: str
    suggestion: str
    type: str
    pattern: LazyPattern | None
    first: LazyPattern | None = None
    within: int = 3
    more_than: int = 1
    needs_mail: bool = False
    whole: bool = False  # report the sentence, not the match
    unless: LazyPattern | None = None
    unless_near: LazyPattern | None = None
    unless_reply: LazyPattern | None = None
    unless_mail: LazyPattern | None = None
    words: WordList = field(default_factory=WordList)  # those of the table with their suggestions
    at_least: float = 1.0  # probability of a fault from which a learned rule speaks
    head: FaultHead | None = None
    hit: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()

    def see(self, flat: str) -> Sight | None:
        """Return what the rule sees in a sentence, which depends on nothing else and may be remembered for it."""
        return _KINDS[self.type].see(self, flat)

    def find(self, reply: ReplyText, context: CheckContext, seen: Sights | None = None) -> Iterator[Spot]:
        """Yield what the rule says about a reply; `seen` is what it sees in the sentences, where that is known."""
        kind = _KINDS[self.type]
        seen = self._look(reply) if seen is None else seen
        if (kind.of_sentences and not seen) or (self.needs_mail and not context.mail.strip()):
            return
        places = list(kind.judge(self, reply, context, seen))
        if not places or _found(self.unless_reply, reply.flat) or _found(self.unless_mail, context.source):
            return
        for start, end, plain in places:
            text, remedy = reply.text[start:end], plain or self.suggestion
            yield Spot(self.kind, self.id, self.level, start, end, text, self.message, remedy, self.advice)

    def _look(self, reply: ReplyText) -> Sights:
        sights = ((number, self.see(piece.flat)) for number, piece in enumerate(reply.sentences))
        return [(number, sight) for number, sight in sights if sight]

    @property
    def of_sentences(self) -> bool:
        """Whether the rule speaks only where it sees something in a sentence."""
        return _KINDS[self.type].of_sentences

    @property
    def openings(self) -> tuple[LazyPattern, ...] | None:
        """The patterns one of which stands in every sentence in which the rule sees something; None: none must."""
        known = tuple(pattern for pattern in (self.pattern, self.first) if pattern)
        return known if self.type != LEARNED else None

    def spared_by(self, reply: ReplyText, number: int) -> bool:
        """Whether an exception stands in a sentence or beside it."""
        if self.unless_near is None:
            return False
        beside = reply.sentences[max(0, number - 1) : number + 2]
        return any(_found(self.unless_near, other.flat) for other in beside)


def read_check_rules(
    path: Path,
    groups: Groups,
    tables: Callable[[str], Path],
    head: FaultHead | None = None,
    known: Mapping[str, Rule] | None = None,
) -> dict[str, Rule]:
    """Read the rules of one file and lay them over those that are known; `disabled: true` takes one of these out.

    `tables` says where a word list lies, `head` serves the learned rules.

    Raises:
        DataError: a rule or a list breaks its format.
    """
    rules = dict(known or {})
    for block in read_rules(path, {"id"}, (REQUIRED | OPTIONAL | {OFF}) - {"id"}):
        if OFF in block.fields:
            _switch_off(block, rules)
        elif missing := REQUIRED - set(block.fields):
            raise block.where.error(f"missing field {', '.join(sorted(missing))}")
        else:
            rules[block["id"]] = _compile(block, groups, tables, head)
    return rules


def _switch_off(block: Block, rules: dict[str, Rule]) -> None:
    if block[OFF] is not True or len(block.fields) > len(("id", OFF)):
        raise block.where.error(f"a rule that is disabled says only its id and '{OFF}: true'")
    if rules.pop(block["id"], None) is None:
        raise block.where.error(f"no rule '{block['id']}' to switch off{near(str(block['id']), rules)}")


def _compile(block: Block, groups: Groups, tables: Callable[[str], Path], head: FaultHead | None) -> Rule:
    kind = block.get("type", "existence")
    if kind not in _KINDS:
        raise block.where.error(f"unknown type '{kind}' (known: {', '.join(_KINDS)})")
    if block["level"] not in LEVELS:
        raise block.where.error(f"unknown level '{block['level']}' (known: {', '.join(LEVELS)})")

    def patterns(name: str) -> LazyPattern | None:
        return compile_all(block.texts(name), groups, block.where, bool(block.get("case")))

    words = WordList.read(tables(block["table"])) if block.get("table") else WordList()
    main = patterns("patterns")
    if kind == LEARNED and (head is None or block["kind"] not in head.labels):
        raise block.where.error(f"nothing is learned of the kind '{block['kind']}'")
    if (main is None and not words and kind not in (LEARNED, CODED)) or (kind == "order" and not block.texts("first")):
        raise block.where.error("a rule needs 'patterns' or a 'table', and an order rule also 'first'")
    return Rule(
        id=block["id"], kind=block["kind"], level=block["level"], advice=block["advice"], message=block["message"],
        suggestion=block.get("suggestion", ""), type=kind, pattern=main, first=patterns("first"),
        within=block.get("within", 3), more_than=block.get("more_than", 1), needs_mail=block.get("needs") == "mail",
        whole=block.get("span") == "sentence", unless=patterns("unless"), unless_near=patterns("unless_near"),
        unless_reply=patterns("unless_reply"), unless_mail=patterns("unless_mail"), words=words,
        at_least=block.get("at_least", 1.0), head=head if kind == LEARNED else None,
        hit=tuple(block.texts("hit")), miss=tuple(block.texts("miss")),
    )  # fmt: skip


def _see_match(rule: Rule, flat: str) -> Sight | None:
    match = rule.pattern.search(flat) if rule.pattern else None
    return Sight(*match.span()) if match and not _found(rule.unless, flat) else None


def _existence(rule: Rule, reply: ReplyText, context: CheckContext, seen: Sights) -> Iterator[Place]:
    for number, sight in seen:
        if not rule.spared_by(reply, number):
            yield _place(rule, reply.sentences[number], sight)


def _see_order(rule: Rule, flat: str) -> Sight | None:
    opening = rule.first.search(flat) if rule.first else None
    match = rule.pattern.search(flat, opening.end() if opening else 0) if rule.pattern else None
    if match and not _found(rule.unless, flat):
        return Sight(*match.span(), opens=opening is not None)
    return Sight(0, 0, 0, opens=True) if opening else None


def _order(rule: Rule, reply: ReplyText, context: CheckContext, seen: Sights) -> Iterator[Place]:
    armed, paragraph = -1, -1
    for number, sight in seen:
        piece = reply.sentences[number]
        if piece.paragraph != paragraph:
            armed, paragraph = -1, piece.paragraph
        armed = number if sight.opens else armed
        if sight.times and armed >= 0 and number - armed <= rule.within and not rule.spared_by(reply, number):
            yield _place(rule, piece, sight)


def _see_all(rule: Rule, flat: str) -> Sight | None:
    matches = list(rule.pattern.finditer(flat)) if rule.pattern else []
    return Sight(*matches[-1].span(), len(matches)) if matches and not _found(rule.unless, flat) else None


def _count(rule: Rule, reply: ReplyText, context: CheckContext, seen: Sights) -> Iterator[Place]:
    total = 0
    for number, sight in seen:
        if not rule.spared_by(reply, number):
            total += sight.times
            if total > rule.more_than:
                yield _place(rule, reply.sentences[number], sight)


def _words(rule: Rule, reply: ReplyText, context: CheckContext, seen: Sights) -> Iterator[Place]:
    """A word that the customer used himself is a word he knows."""
    for start, end in reply.beginnings:
        for pattern, plain in rule.words.beginning(reply.text[start:end]):
            match = pattern.match(reply.flat, start)
            if match and strip_word(match.group()) not in context.known and not _explained(rule, reply, match):
                yield match.start(), match.end(), plain
                break


def _see_fault(rule: Rule, flat: str) -> Sight | None:
    if rule.head is None or _is_label(flat):
        return None
    chances = rule.head.probabilities(flat)
    sure = 1 - chances[GOOD] >= rule.at_least
    return Sight(0, len(flat)) if sure and _likeliest(chances) == rule.kind and not _found(rule.unless, flat) else None


def _learned(rule: Rule, reply: ReplyText, context: CheckContext, seen: Sights) -> Iterator[Place]:
    for number, _ in seen:
        piece = reply.sentences[number]
        if piece.end > reply.greeting_end and not rule.spared_by(reply, number):
            yield piece.start, piece.end, ""


def _is_label(flat: str) -> bool:
    """A few words without a stop: a name, a heading, a closing formula."""
    return not flat.rstrip(CLOSERS).endswith(ENDS) and len(flat.split()) <= _LABEL_WORDS


def _likeliest(chances: Mapping[str, float]) -> str:
    """Return the likeliest fault."""
    return max((label for label in chances if label != GOOD), key=chances.__getitem__)


def _explained(rule: Rule, reply: ReplyText, match: re.Match[str]) -> bool:
    rest = reply.flat[match.end() : match.end() + 60].lstrip()
    piece = reply.sentence_at(match.start())
    return bool(rule.unless and rule.unless.match(rest)) or (piece is not None and _found(rule.unless_near, piece.flat))


class _Kind(NamedTuple):
    """How a type of rule works: what it sees in a sentence alone, and what it makes of that in the whole reply."""

    see: Callable[[Rule, str], Sight | None]
    judge: Callable[[Rule, ReplyText, CheckContext, Sights], Iterable[Place]]
    of_sentences: bool = True


def _blind(rule: Rule, flat: str) -> None:
    """See nothing in a sentence: the rule looks at the whole reply."""


_KINDS: dict[str, _Kind] = {
    "existence": _Kind(_see_match, _existence),
    "order": _Kind(_see_order, _order),
    "count": _Kind(_see_all, _count),
    "words": _Kind(_blind, _words, of_sentences=False),
    LEARNED: _Kind(_see_fault, _learned),
    CODED: _Kind(_blind, lambda rule, reply, context, seen: ()),
}


def _place(rule: Rule, piece: Piece, sight: Sight) -> Place:
    if rule.whole:
        return piece.start, piece.end, ""
    return piece.start + sight.start, piece.start + sight.end, ""


def _found(pattern: LazyPattern | None, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None
