"""The HTML of a reply, made from its text: paragraphs, lists, gaps to be seen, the quoted mail as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, groupby
from typing import NamedTuple

from drafter.pages import page

_GAP = re.compile(r"(\[\[[^\[\]\n]{1,200}\]\])")
_NUMBERED = re.compile(r"(\d{1,2})\.[ \t]+(?=\S)")
_BULLET = re.compile(r"[-–•*][ \t]+(?=\S)")

Pieces = list[tuple[str, bool]]
"""A line of text in pieces, each with whether it is a gap."""


class Block(NamedTuple):
    """A paragraph ("p") with its lines, or a list ("ol", "ul") with its items."""

    kind: str
    lines: list[Pieces]


def reply_page(subject: str, body: str, attribution: str, quoted: list[str]) -> str:
    """Return the page of a reply; everything in it is text, and escaped."""
    values = {"subject": subject, "blocks": list(blocks(body)), "attribution": attribution, "quoted": quoted}
    return page("reply.html", **values) + "\n"


def blocks(body: str) -> Iterator[Block]:
    """Yield the paragraphs and lists of a text."""
    for paragraph in re.split(r"\n[ \t]*\n", body):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        for kind, run in groupby(lines, _kind):
            yield _block(kind, list(run))


def _kind(line: str) -> str:
    return "ol" if _NUMBERED.match(line) else "ul" if _BULLET.match(line) else "p"


def _block(kind: str, lines: list[str]) -> Block:
    """Make a list of what is one: numbers count from 1, else they are dates or the like."""
    if kind == "ol" and any(not line.startswith(f"{number}.") for number, line in zip(count(1), lines, strict=False)):
        kind = "p"
    marker = {"ol": _NUMBERED, "ul": _BULLET}.get(kind)
    return Block(kind, [_pieces(marker.sub("", line, count=1) if marker else line) for line in lines])


def _pieces(line: str) -> Pieces:
    return [(piece, number % 2 == 1) for number, piece in enumerate(_GAP.split(line)) if piece]
