"""How a reply addresses the customer, and where it falls out of that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from drafter.check.patterns import compile_all
from drafter.check.text import ReplyText
from drafter.data import Where
from drafter.lazypattern import Groups, LazyPattern

QUOTED = re.compile(r"[„»][^“”«\n]{0,300}[“”«]|«[^»\n]{0,300}»|\"[^\"\n]{0,300}\"")


class AddressWords(NamedTuple):
    """The word groups that tell the register, compiled."""

    formal: LazyPattern  # capital in the middle of a sentence says it
    formal_start: LazyPattern  # at the start of a sentence, with the verb that goes with it
    plural: LazyPattern  # the sentence before speaks of several things: "they" is possible
    formal_greeting: LazyPattern
    informal_greeting: LazyPattern
    informal: LazyPattern
    informal_start: LazyPattern  # imperatives

    @classmethod
    def load(cls, groups: Groups, where: Where) -> AddressWords:
        """Compile the groups named after the fields.

        Raises:
            DataError: a group is missing or no pattern.
        """
        compiled = {name: compile_all([f"{{{name}}}"], groups, where) for name in cls._fields}
        return cls(**{name: pattern for name, pattern in compiled.items() if pattern is not None})


def find_mixed(reply: ReplyText, words: AddressWords, register: str) -> list[tuple[int, int]]:
    """Return the places that fall out of the register; without one, out of the register of the majority."""
    if register in ("sie", "du", "ihr"):
        return _one_a_sentence(
            reply, _outside_quotes(reply, (_informal if register == "sie" else _formal)(reply, words))
        )
    formal, informal = addressing(reply, words)
    return _one_a_sentence(reply, _minority(reply, words, formal, informal) if formal and informal else [])


def form_of(reply: ReplyText, words: AddressWords) -> str:
    """Return how a reply addresses the customer in the main: sie, du (one or several), "" where it does not."""
    formal, informal = addressing(reply, words)
    if not formal and not informal:
        return ""
    return "sie" if _minority(reply, words, formal, informal) is informal else "du"


def addressing(reply: ReplyText, words: AddressWords) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the places outside of quotations that say Sie, and those that say du or ihr."""
    return _outside_quotes(reply, _formal(reply, words)), _outside_quotes(reply, _informal(reply, words))


def _outside_quotes(reply: ReplyText, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found = list(spans)
    quoted = [match.span() for match in QUOTED.finditer(reply.text)] if found else []
    return [span for span in found if not _inside(span, quoted)]


def _formal(reply: ReplyText, words: AddressWords) -> Iterator[tuple[int, int]]:
    for match in words.formal.finditer(reply.flat):
        if match.start() not in reply.starts:
            yield match.span()
    for match in words.formal_start.finditer(reply.flat):
        number = reply.index_at(match.start())
        before = reply.sentences[number - 1].flat if number else ""
        if match.start() in reply.starts and not words.plural.search(before):
            yield match.span()


def _informal(reply: ReplyText, words: AddressWords) -> Iterator[tuple[int, int]]:
    for match in words.informal.finditer(reply.flat):
        yield match.span()
    for match in words.informal_start.finditer(reply.flat):
        if match.start() in reply.starts:
            yield match.span()


def _minority(
    reply: ReplyText, words: AddressWords, formal: list[tuple[int, int]], informal: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the rarer form; the greeting counts as three."""
    polite = len(formal) + 3 * bool(words.formal_greeting.search(reply.flat[:80]))
    familiar = len(informal) + 3 * bool(words.informal_greeting.match(reply.flat[:80].lstrip()))
    return informal if polite >= familiar else formal


def _one_a_sentence(reply: ReplyText, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    first: dict[int, tuple[int, int]] = {}
    for span in sorted(spans):
        first.setdefault(reply.index_at(span[0]), span)
    return list(first.values())


def _inside(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)
