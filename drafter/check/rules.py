"""Rules as data: what `check.yaml` says, and the few kinds of rule it may use.

    existence   one of the patterns stands in a sentence
    order       one of `first` in a sentence, then one of `patterns` within the next `within` sentences of the paragraph
    count       the patterns match in more than `more_than` sentences of the text: every further one is reported
    words       a word of `table` stands in the text and nothing in `unless` explains it; the table holds the suggestion
    learned     the learned head gives a sentence this kind, and a fault at all the probability `at_least`; such a rule
                is asked only about sentences in which no other rule has found a fault
    coded       code finds it (`coded.py`); the block tells what it is and shows it

`unless` looks at the same sentence, `unless_near` also at the sentences beside it, `unless_reply` at the whole reply,
`unless_mail` at the mail and what was given. `needs: mail` keeps a rule silent where no mail is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from drafter.check.head import GOOD, FaultHead
from drafter.check.patterns import compile_all
from drafter.check.spot import CheckContext, Spot
from drafter.check.text import CLOSERS, ENDS, Piece, ReplyText, strip_word
from drafter.data import Block, Where, read_rules, read_table
from drafter.lazypattern import Groups, LazyPattern

REQUIRED = {"id", "kind", "level", "advice", "message", "hit", "miss"}
OPTIONAL = {
    "type", "patterns", "first", "within", "more_than", "table", "case", "needs", "suggestion",
    "unless", "unless_near", "unless_reply", "unless_mail", "span", "at_least",
}  # fmt: skip
_LABEL_WORDS = 4
_FIRST_WORD = re.compile(r"\w{1,3}")
_LETTERS_ONLY = re.compile(r"[^a-zäöü*]", re.IGNORECASE)
LEARNED = "learned"
"""The type of the rules that ask the head."""

CODED = "coded"
"""The type of the blocks that only describe what code finds."""

LEVELS = ("error", "warning", "suggestion")

Place = tuple[int, int, str]
"""Start, end and a suggestion of its own."""

Lexicon = dict[str, list[tuple[LazyPattern, str]]]
"""Patterns of words with a suggestion each, by the first two letters."""


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
    lexicon: Lexicon = field(default_factory=dict)  # words of the table with their suggestions
    at_least: float = 1.0  # probability of a fault from which a learned rule speaks
    head: FaultHead | None = None
    hit: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()

    def find(self, reply: ReplyText, context: CheckContext) -> Iterator[Spot]:
        """Yield what the rule says about a reply."""
        if self.needs_mail and not context.mail.strip():
            return
        if _found(self.unless_reply, reply.flat) or _found(self.unless_mail, context.source):
            return
        for start, end, plain in _KINDS[self.type](self, reply, context):
            text, remedy = reply.text[start:end], plain or self.suggestion
            yield Spot(self.kind, self.id, self.level, start, end, text, self.message, remedy, self.advice)

    def search(self, text: str, begin: int = 0) -> re.Match[str] | None:
        """Return the first match of the patterns."""
        return self.pattern.search(text, begin) if self.pattern else None

    def excused(self, reply: ReplyText, piece: Piece, number: int) -> bool:
        """Whether an exception holds for a sentence."""
        if _found(self.unless, piece.flat):
            return True
        if self.unless_near is None:
            return False
        beside = reply.sentences[max(0, number - 1) : number + 2]
        return any(_found(self.unless_near, other.flat) for other in beside)


def read_check_rules(
    path: Path, groups: Groups, tables: Callable[[str], Path], head: FaultHead | None = None
) -> list[Rule]:
    """Read the rules of one file; `tables` says where a word list lies, `head` serves the learned ones.

    Raises:
        DataError: a rule or a list breaks its format.
    """
    return [_compile(block, groups, tables, head) for block in read_rules(path, REQUIRED, OPTIONAL)]


def _compile(block: Block, groups: Groups, tables: Callable[[str], Path], head: FaultHead | None) -> Rule:
    kind = block.get("type", "existence")
    if kind not in _KINDS:
        raise block.where.error(f"unknown type '{kind}' (known: {', '.join(_KINDS)})")
    if block["level"] not in LEVELS:
        raise block.where.error(f"unknown level '{block['level']}' (known: {', '.join(LEVELS)})")

    def patterns(name: str) -> LazyPattern | None:
        return compile_all(block.texts(name), groups, block.where, bool(block.get("case")))

    lexicon = _read_lexicon(tables(block["table"])) if block.get("table") else {}
    main = patterns("patterns")
    if kind == LEARNED and (head is None or block["kind"] not in head.labels):
        raise block.where.error(f"nothing is learned of the kind '{block['kind']}'")
    if (main is None and not lexicon and kind not in (LEARNED, CODED)) or (
        kind == "order" and not block.texts("first")
    ):
        raise block.where.error("a rule needs 'patterns' or a 'table', and an order rule also 'first'")
    return Rule(
        id=block["id"], kind=block["kind"], level=block["level"], advice=block["advice"], message=block["message"],
        suggestion=block.get("suggestion", ""), type=kind, pattern=main, first=patterns("first"),
        within=block.get("within", 3), more_than=block.get("more_than", 1), needs_mail=block.get("needs") == "mail",
        whole=block.get("span") == "sentence", unless=patterns("unless"), unless_near=patterns("unless_near"),
        unless_reply=patterns("unless_reply"), unless_mail=patterns("unless_mail"), lexicon=lexicon,
        at_least=block.get("at_least", 1.0), head=head if kind == LEARNED else None,
        hit=tuple(block.texts("hit")), miss=tuple(block.texts("miss")),
    )  # fmt: skip


def _existence(rule: Rule, reply: ReplyText, context: CheckContext) -> Iterator[Place]:
    for number, piece in enumerate(reply.sentences):
        match = rule.search(piece.flat)
        if match and not rule.excused(reply, piece, number):
            yield _place(rule, piece, match)


def _order(rule: Rule, reply: ReplyText, context: CheckContext) -> Iterator[Place]:
    armed, paragraph = -1, -1
    for number, piece in enumerate(reply.sentences):
        begin = 0
        if piece.paragraph != paragraph:
            armed, paragraph = -1, piece.paragraph
        if opening := rule.first and rule.first.search(piece.flat):
            armed, begin = number, opening.end()
        if armed >= 0 and number - armed <= rule.within:
            match = rule.search(piece.flat, begin)
            if match and not rule.excused(reply, piece, number):
                yield _place(rule, piece, match)


def _count(rule: Rule, reply: ReplyText, context: CheckContext) -> Iterator[Place]:
    seen = 0
    for number, piece in enumerate(reply.sentences):
        matches = list(rule.pattern.finditer(piece.flat)) if rule.pattern else []
        if matches and not rule.excused(reply, piece, number):
            seen += len(matches)
            if seen > rule.more_than:
                yield _place(rule, piece, matches[-1])


def _words(rule: Rule, reply: ReplyText, context: CheckContext) -> Iterator[Place]:
    """A word that the customer used himself is a word he knows."""
    known = strip_word(context.source)
    for word in reply.words:
        for pattern, plain in rule.lexicon.get(_key(word.group()), ()):
            match = pattern.match(reply.flat, word.start())
            if match and strip_word(match.group()) not in known and not _explained(rule, reply, match):
                yield match.start(), match.end(), plain
                break


def _learned(rule: Rule, reply: ReplyText, context: CheckContext) -> Iterator[Place]:
    for number, piece in enumerate(reply.sentences):
        if piece.end <= reply.greeting_end or rule.head is None or _is_label(piece):
            continue
        chances = rule.head.probabilities(piece.flat)
        sure = 1 - chances[GOOD] >= rule.at_least
        if sure and _likeliest(chances) == rule.kind and not rule.excused(reply, piece, number):
            yield piece.start, piece.end, ""


def _is_label(piece: Piece) -> bool:
    """A few words without a stop: a name, a heading, a closing formula."""
    return not piece.flat.rstrip(CLOSERS).endswith(ENDS) and len(piece.flat.split()) <= _LABEL_WORDS


def _likeliest(chances: Mapping[str, float]) -> str:
    """Return the likeliest fault."""
    return max((label for label in chances if label != GOOD), key=chances.__getitem__)


def _explained(rule: Rule, reply: ReplyText, match: re.Match[str]) -> bool:
    rest = reply.flat[match.end() : match.end() + 60].lstrip()
    piece = reply.sentence_at(match.start())
    return bool(rule.unless and rule.unless.match(rest)) or (piece is not None and _found(rule.unless_near, piece.flat))


_KINDS: dict[str, Callable[[Rule, ReplyText, CheckContext], Iterable[Place]]] = {
    "existence": _existence,
    "order": _order,
    "count": _count,
    "words": _words,
    LEARNED: _learned,
    CODED: lambda rule, reply, context: (),
}


def _place(rule: Rule, piece: Piece, match: re.Match[str]) -> Place:
    if rule.whole:
        return piece.start, piece.end, ""
    return piece.start + match.start(), piece.start + match.end(), ""


def _found(pattern: LazyPattern | None, text: str) -> bool:
    return pattern is not None and pattern.search(text) is not None


def _read_lexicon(path: Path) -> Lexicon:
    """Read a word list into patterns, found by the first three letters."""
    lexicon: Lexicon = {}
    for row, where in read_table(path, ("word", "plain")):
        lexicon.setdefault(_key(row["word"]), []).append((_word_pattern(row["word"], where), row["plain"]))
    return lexicon


def _key(word: str) -> str:
    """The first three letters of the first word."""
    first = _FIRST_WORD.search(word)
    return first.group().lower() if first else ""


def _word_pattern(word: str, where: Where) -> LazyPattern:
    """A listed word with its endings and a second part after a hyphen; a star at its end lets compounds pass."""
    tail = "" if word.endswith("*") else r"(?:e[nrs]?|n|s|se[ns]?|nen)?"
    body = re.escape(word).replace("ß", "(?:ß|ss)").replace(r"\ ", r"[\s-]{1,3}").replace(r"\*", r"\w{0,30}")
    regex = rf"{body}{tail}(?:-\w{{1,30}}){{0,2}}(?!\w)"
    return LazyPattern([(_LETTERS_ONLY.sub(".", word), regex)], re.IGNORECASE, where)
