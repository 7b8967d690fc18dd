"""Mend what can be mended without a person: plain words for jargon, spaces, doubled words and signatures, apologies.

Only what the check has found is touched; quotations, numbers and gaps stay as they are. Mending twice changes
nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from drafter.check import Checker
from drafter.check.register import QUOTED
from drafter.check.signature import signatures
from drafter.check.spot import CheckContext, Spot
from drafter.check.text import ReplyText
from drafter.data import read_table
from drafter.lazypattern import LazyPattern
from drafter.places import Places

_ROUNDS = 8
"""Mending one thing may lay another open; more rounds than these are never needed."""

_KEEP = re.compile(r"\d|\[\[|\?")
_AFTER = re.compile(r"[^\S\n]*\n?")


class Edit(NamedTuple):
    """A stretch of the text and what comes in its place."""

    start: int
    end: int
    text: str


class Fixer:
    """Mends replies; reading its words costs once."""

    def __init__(self, checker: Checker, plain: Mapping[str, str]) -> None:
        self._checker = checker
        self._plain = plain  # forms of jargon with what fits in their place, whatever stands around
        self._bare: LazyPattern | None = checker.words.bare_apology
        self._mend: dict[str, Callable[[Spot, ReplyText], Edit | None]] = {
            "C8-jargon": self._word,
            "X1-spacing": _space,
            "X1-doubled-word": _doubled,
            "X1-signature": self._signature,
            "E9-stacked": self._apology,
        }

    @classmethod
    def load(cls, checker: Checker, places: Places) -> Fixer:
        """Read the plain words.

        Raises:
            DataError: the list breaks its format.
        """
        rows = read_table(places.file("lexicon", "jargon_fixes.tsv"), ("form", "plain"))
        return cls(checker, {row["form"]: row["plain"] for row, _ in rows})

    def fix(self, reply: str, context: CheckContext | None = None) -> str:
        """Return the mended text; a text without anything to mend comes back as it is."""
        for _ in range(_ROUNDS):
            edits = self._edits(reply, context)
            if not edits:
                break
            for edit in reversed(edits):
                reply = reply[: edit.start] + edit.text + reply[edit.end :]
        return reply

    def _edits(self, reply: str, context: CheckContext | None) -> list[Edit]:
        """Return edits that do not touch each other, in the order of the text."""
        text = ReplyText(reply, self._checker.abbreviations, self._checker.greeting)
        quoted = [match.span() for match in QUOTED.finditer(reply)]
        kept: list[Edit] = []
        for spot in self._checker.spots(reply, context):
            mend = self._mend.get(spot.code)
            edit = mend(spot, text) if mend else None
            if edit is None or any(edit.start < end and start < edit.end for start, end in quoted):
                continue
            if not kept or edit.start >= kept[-1].end:
                kept.append(edit)
        return kept

    def _word(self, spot: Spot, text: ReplyText) -> Edit | None:
        form = spot.text
        plain = self._plain.get(form)
        if plain is None and spot.start in text.starts | {0, text.greeting_end}:
            plain = self._plain.get(form[:1].lower() + form[1:])
            plain = plain and plain[:1].upper() + plain[1:]
        return Edit(spot.start, spot.end, plain) if plain else None

    def _apology(self, spot: Spot, text: ReplyText) -> Edit | None:
        """Drop a sentence that does nothing but apologise again."""
        piece = text.sentence_at(spot.start)
        if piece is None or self._bare is None or _KEEP.search(piece.flat) or not self._bare.fullmatch(piece.flat):
            return None
        after = _AFTER.match(text.text, piece.end)
        end = after.end() if after else piece.end
        alone = text.text[: piece.start].endswith("\n") and (end == len(text.text) or text.text[end - 1] == "\n")
        start = piece.start if alone else len(text.text[: piece.start].rstrip(" \t"))
        return Edit(start, end if alone else piece.end, "")

    def _signature(self, spot: Spot, text: ReplyText) -> Edit | None:
        """Drop the second signature where it says nothing that the first does not, or the first where it is bare."""
        words = self._checker.words.signoff
        first, second = signatures(text, words)[:2]
        one, two = _lines(text.text[first:second]), _lines(text.text[second:])
        if all(line in one or (words and words.fullmatch(line.rstrip(" ,.!"))) for line in two):
            return Edit(len(text.text[:second].rstrip()), len(text.text.rstrip()), "")
        return Edit(first, second, "") if len(one) == 1 else None


def _space(spot: Spot, text: ReplyText) -> Edit:
    between_words = text.text[spot.end : spot.end + 1] not in tuple(",;.!?")
    return Edit(spot.start, spot.end, " " if between_words else "")


def _doubled(spot: Spot, text: ReplyText) -> Edit | None:
    words = spot.text.split()
    same = len(set(words)) == 1 and not _KEEP.search(spot.text)  # two equal numbers may be two things
    return Edit(spot.start, spot.end, words[0]) if same else None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
