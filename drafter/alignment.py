"""Two texts side by side: how alike they are, which sentences belong together, which words took whose place.

Likeness is the share of words that both have in the same order (the longest common subsequence), by rapidfuzz: unlike
difflib's it is the same from both sides, and its time is bounded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel, LCSseq

ALIKE = 0.5
"""From here two sentences are one and the same, wherever they stand."""

IN_PLACE = 0.25
"""... and from here, where one stands in the place of the other."""

STANDS = 0.6
"""From this share of its words a sentence stands within a longer one."""

FEWEST_WORDS = 4
"""A shorter sentence stands everywhere."""

MAX_UNLIKE = 250
"""So many sentences a side that are not in both texts are held against each other."""

Words = tuple[str, ...]
Link = tuple[int, int]


class Block(NamedTuple):
    """Words of the one text and those that stand in their place in the other, as spans; one may be empty."""

    start: int
    end: int
    other_start: int
    other_end: int


def similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how alike two texts are, from 0 to 1; the same from both sides, 1 for two empty ones."""
    return float(Indel.normalized_similarity(one, other))


def changed_blocks(one: Sequence[str], other: Sequence[str]) -> list[Block]:
    """Return where two texts differ, in order."""
    found: list[Block] = []
    for op in Indel.opcodes(one, other):
        if op.tag == "equal":
            continue
        last = found[-1] if found else None
        if last and last.end == op.src_start and last.other_end == op.dest_start:
            found[-1] = last._replace(end=op.src_end, other_end=op.dest_end)
        else:
            found.append(Block(op.src_start, op.src_end, op.dest_start, op.dest_end))
    return found


def link(before: Sequence[Words], after: Sequence[Words]) -> list[Link]:
    """Bring the sentences of two texts together: the same, the alike, and those that were joined or parted."""
    links = _same(before, after)
    rest = _without(links, len(before), 0)[:MAX_UNLIKE], _without(links, len(after), 1)[:MAX_UNLIKE]
    scored = [(similarity(before[i], after[j]), i, j) for i in rest[0] for j in rest[1] if before[i] and after[j]]
    scored.sort(key=lambda row: (-row[0], abs(row[1] - row[2]), row[1]))
    links = _taken(links, [(i, j) for score, i, j in scored if score >= ALIKE])
    anchors = sorted(links)
    links = _taken(links, [(i, j) for score, i, j in scored if score >= IN_PLACE and in_place(anchors, i, j)])
    return sorted(set(links) | set(_joined(before, after, links)))


def in_place(anchors: Sequence[Link], i: int, j: int) -> bool:
    """Tell whether two sentences stand between the same neighbours; `anchors` are links in order."""
    at = bisect_left(anchors, (i, -1))
    after_last = at == 0 or anchors[at - 1][1] < j
    return after_last and (at == len(anchors) or j < anchors[at][1])


def span_within(words: Words, longer: Words) -> tuple[int, int]:
    """Return from where to where the words of one text stand in another."""
    equal = [op for op in LCSseq.opcodes(words, longer) if op.tag == "equal"]
    return (equal[0].dest_start, equal[-1].dest_end) if equal else (0, 0)


def out_of_order(numbers: Sequence[int]) -> list[int]:
    """Return the places of the fewest numbers without which the others never fall."""
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        at = bisect_right(tails, number)
        before.append(places[at - 1] if at else -1)
        tails[at : at + 1], places[at : at + 1] = [number], [place]
    rising, place = set(), places[-1] if places else -1
    while place >= 0:
        rising.add(place)
        place = before[place]
    return [place for place in range(len(numbers)) if place not in rising]


def _same(before: Sequence[Words], after: Sequence[Words]) -> list[Link]:
    places: dict[Words, list[int]] = defaultdict(list)
    for number in range(len(after) - 1, -1, -1):
        places[after[number]].append(number)
    return [(number, places[words].pop()) for number, words in enumerate(before) if words and places.get(words)]


def _without(links: Iterable[Link], count: int, side: int) -> list[int]:
    linked = {pair[side] for pair in links}
    return [number for number in range(count) if number not in linked]


def _taken(links: list[Link], candidates: Iterable[Link]) -> list[Link]:
    """Add the candidates in their order; every sentence is linked once."""
    left, right = {i for i, _ in links}, {j for _, j in links}
    links = list(links)
    for i, j in candidates:
        if i not in left and j not in right:
            links.append((i, j))
            left.add(i)
            right.add(j)
    return links


def _joined(before: Sequence[Words], after: Sequence[Words], links: list[Link]) -> list[Link]:
    """Link what has no partner with the sentence of the other text in which most of its words stand."""
    found: list[Link] = []
    for i in _without(links, len(before), 0)[:MAX_UNLIKE]:
        if (j := _home(before[i], [(j, after[j]) for _, j in links[:MAX_UNLIKE]])) >= 0:
            found.append((i, j))
    for j in _without(links, len(after), 1)[:MAX_UNLIKE]:
        if (i := _home(after[j], [(i, before[i]) for i, _ in links[:MAX_UNLIKE]])) >= 0:
            found.append((i, j))
    return found


def _home(words: Words, others: list[tuple[int, Words]]) -> int:
    if len(words) < FEWEST_WORDS:
        return -1
    longer = [(LCSseq.similarity(words, other), number) for number, other in others if len(other) > len(words)]
    best, number = max(longer, default=(0, -1))
    return number if best >= STANDS * len(words) else -1
