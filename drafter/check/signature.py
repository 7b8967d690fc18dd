"""Where a reply is signed: lines that hold nothing but a closing formula."""

from __future__ import annotations

import re

from drafter.check.text import ReplyText
from drafter.lazypattern import LazyPattern

_LINE = re.compile(r"(?m)^[ \t]{0,8}(?P<text>[^\n]{3,80}?)[ \t,.!]{0,4}$")


def signatures(reply: ReplyText, signoff: LazyPattern | None) -> list[int]:
    """Return the offsets of the lines that are a closing formula."""
    if signoff is None or signoff.search(reply.flat) is None:
        return []
    return [match.start() for match in _LINE.finditer(reply.text) if signoff.fullmatch(match["text"])]
