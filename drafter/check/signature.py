"""Where a reply is signed: lines that hold nothing but a closing formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from drafter.check.text import ReplyText
from drafter.lazypattern import LazyPattern

_LINE = re.compile(r"(?m)^[ \t]{0,8}(?P<text>[^\n]{3,80}?)[ \t,.!]{0,4}$")


def signatures(
    reply: ReplyText, signoff: LazyPattern | None, lines: Sequence[tuple[int, int]] | None = None
) -> list[int]:
    """Return the offsets of the lines that are a closing formula; `lines` are those, where they are known."""
    lines = list(closing_lines(reply.text, signoff)) if lines is None else lines
    if not lines or signoff is None or signoff.search(reply.flat) is None:
        return []
    return [start for start, _ in lines]


def closing_lines(text: str, signoff: LazyPattern | None) -> Iterator[tuple[int, int]]:
    """Yield the lines that hold nothing but a closing formula; a line is judged by itself."""
    if signoff is not None:
        for match in _LINE.finditer(text):
            if signoff.fullmatch(match["text"]):
                yield match.span()
