"""Two drafts side by side: which paragraphs belong together, and which words differ within them.

parts_of(draft)            → Part, …       the whole letter, each part with the steps that wrote it
pair_parts(before, after)  → Pair, …       parts of two letters brought together by their steps
pieces_of(old, new)        → Piece, …      the words that stayed, went and came
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from drafter.alignment import Block, changed_blocks, similarity
from drafter.records import Draft, Step

KEPT, GONE, NEW = "kept", "gone", "new"

UNLIKE = 0.35
"""Below this likeness a paragraph was written anew: marking single words in it would be a riddle."""

MIN_KEPT = 2
"""So many words between two changes are kept apart; fewer belong to the change."""

_TOKEN = re.compile(r"\[\[[^\]\n]{1,200}\]\]\s*|\w+(?:[-–'’.,]\w+)*\s*|[^\w\s]\s*")
_WORDY = re.compile(r"\w")
_HEAD, _TAIL = "head", "tail"


class Part(NamedTuple):
    """A piece of a letter: a paragraph with its steps, or what the frame puts before and behind (`frame`)."""

    text: str
    steps: tuple[Step, ...] = ()
    frame: str = ""
    line: int = 1  # on which it begins in the body, from 1

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its steps."""
        return tuple(step.name for step in self.steps)

    @property
    def last_line(self) -> int:
        """The line of the body on which it ends."""
        return self.line + self.text.count("\n")

    def belongs_to(self, other: Part) -> bool:
        """Tell whether both stand in the same place of their letters."""
        return bool(set(self.names) & set(other.names)) if self.steps else self.frame == other.frame


class Piece(NamedTuple):
    """Words that two texts share, or that only one of them has."""

    kind: str  # kept, gone or new
    text: str


class Pair(NamedTuple):
    """What stands in the same place of two letters; None where one has nothing there."""

    old: Part | None
    new: Part | None

    @property
    def differs(self) -> bool:
        """Whether the words are not the same."""
        return self.old is None or self.new is None or self.old.text != self.new.text

    @property
    def shown(self) -> Part:
        """The newer part, or the old one that went."""
        part = self.new or self.old
        assert part
        return part

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What stayed, went and came."""
        return pieces_of(self.old.text if self.old else "", self.new.text if self.new else "")


def parts_of(draft: Draft) -> tuple[Part, ...]:
    """Cut a letter into its parts, in order and whole; paragraphs that the frame has changed count as frame."""
    found: list[Part] = []
    cursor = 0
    for paragraph in draft.paragraphs:
        at = draft.body.find(paragraph.text, cursor) if paragraph.text else -1
        if at >= 0:
            found += _frame(draft.body, cursor, at, _HEAD if not found else "")
            found.append(Part(paragraph.text, paragraph.steps, "", draft.body.count("\n", 0, at) + 1))
            cursor = at + len(paragraph.text)
    found += _frame(draft.body, cursor, len(draft.body), _TAIL)
    return tuple(found)


def _frame(body: str, start: int, end: int, place: str) -> Iterator[Part]:
    text = body[start:end]
    if text.strip():
        begins = start + len(text) - len(text.lstrip())
        yield Part(text.strip(), (), place, body.count("\n", 0, begins) + 1)


def pair_parts(before: Iterable[Part], after: Iterable[Part]) -> tuple[Pair, ...]:
    """Bring the parts of two letters together; what has no partner stands alone, in the order of the letters."""
    old, new = list(before), list(after)
    found: list[Pair] = []
    cursor = 0
    for part in old:
        at = next((number for number in range(cursor, len(new)) if part.belongs_to(new[number])), -1)
        if at < 0:
            found.append(Pair(part, None))
            continue
        found += [Pair(None, skipped) for skipped in new[cursor:at]]
        found.append(Pair(part, new[at]))
        cursor = at + 1
    return (*found, *(Pair(None, rest) for rest in new[cursor:]))


def pieces_of(old: str, new: str) -> tuple[Piece, ...]:
    """Return what two texts share and what only one has; joined without what is gone they are the new text."""
    ours, theirs = _TOKEN.findall(old), _TOKEN.findall(new)
    words, others = [token.strip() for token in ours], [token.strip() for token in theirs]
    if old == new:
        return (Piece(KEPT, new),) if new else ()
    if similarity(words, others) < UNLIKE:
        return tuple(piece for piece in (Piece(GONE, old), Piece(NEW, new)) if piece.text)
    found: list[Piece] = []
    cursor = 0
    for block in _merged(changed_blocks(words, others), others):
        found += [Piece(KEPT, "".join(theirs[cursor : block.other_start])),
                  Piece(GONE, "".join(ours[block.start : block.end])),
                  Piece(NEW, "".join(theirs[block.other_start : block.other_end]))]  # fmt: skip
        cursor = block.other_end
    found.append(Piece(KEPT, "".join(theirs[cursor:])))
    return tuple(piece for piece in found if piece.text)


def _merged(blocks: Iterable[Block], others: list[str]) -> list[Block]:
    """Join changes that hardly a word parts: a comma that stayed by chance helps nobody to read."""
    found: list[Block] = []
    for block in blocks:
        between = others[found[-1].other_end : block.other_start] if found else []
        if found and sum(bool(_WORDY.search(word)) for word in between) < MIN_KEPT:
            found[-1] = found[-1]._replace(end=block.end, other_end=block.other_end)
        else:
            found.append(block)
    return found
