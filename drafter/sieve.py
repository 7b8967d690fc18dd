"""Tell at once which of many patterns the words of a text make possible, so that silent patterns cost next to nothing.

A pattern needs choices: of each, one sign must be there. Signs are what a word shows: itself, its beginnings, parts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from drafter.memory import Memory

_MAX_KNOWN, _MAX_WORD = 8_000, 60
"""So many words are remembered, none of them longer: a mail may hold anything."""


class Sieve:
    """The needs of many patterns.

    A set of patterns is an integer with a bit for each. A word knows, for every choice (the first of each pattern, the
    second ...), the patterns in which it meets that choice; all these sets lie side by side in one integer, worked out
    when the word is first seen. Possible are the patterns all of whose choices are met.
    """

    def __init__(self, needs: Iterable[Sequence[Collection[str]]], signs: Callable[[str], Iterable[str]]) -> None:
        """Take the choices of each pattern, and what names the signs of a word."""
        rows = list(needs)
        self._signs = signs
        self._width = len(rows)
        self._depth = max(map(len, rows), default=0)
        self._all = (1 << self._width) - 1
        self._shifts = [place * self._width for place in range(self._depth)]
        self._void = 0  # the choices that patterns do not have
        self._by_sign: dict[str, list[int]] = {}  # the numbers of the choices that it meets
        self._bits: list[list[int]] = []  # by number of the choice: choices are shared by many patterns
        self._sets: dict[int, int] = {}  # the bits of a choice as a set, worked out when a word first meets it
        self._known: Memory[str, int] = Memory(_MAX_KNOWN, _MAX_WORD)  # by word
        numbers: dict[frozenset[str], int] = {}
        for row, choices in enumerate(rows):
            for place in range(self._depth):
                bit = place * self._width + row
                if place >= len(choices):
                    self._void |= 1 << bit
                else:
                    self._bits[self._number(numbers, frozenset(choices[place]))].append(bit)

    def __getstate__(self) -> dict[str, object]:
        """Leave what was worked out behind."""
        return self.__dict__ | {"_sets": {}}

    def _number(self, numbers: dict[frozenset[str], int], choice: frozenset[str]) -> int:
        if choice not in numbers:
            numbers[choice] = len(numbers)
            self._bits.append([])
            for sign in choice:
                self._by_sign.setdefault(sign, []).append(numbers[choice])
        return numbers[choice]

    def possible(self, words: Iterable[str]) -> int:
        """Return the patterns that the words make possible, as a set of bits."""
        met, known = self._void, self._known
        for word in words:
            bits = known.get(word)
            met |= self._learn(word) if bits is None else bits
        found = self._all
        for shift in self._shifts:
            found &= met >> shift
        return found

    def _set(self, number: int) -> int:
        bits = 0
        for bit in self._bits[number]:
            bits |= 1 << bit
        self._sets[number] = bits
        return bits

    def _learn(self, word: str) -> int:
        by_sign, bits = self._by_sign, 0
        for sign in self._signs(word):
            for number in by_sign.get(sign, ()):
                bits |= self._sets.get(number) or self._set(number)
        return self._known.keep(word, bits)


def numbers(bits: int) -> list[int]:
    """Return the numbers of the bits that are set, lowest first."""
    found = []
    while bits:
        lowest = bits & -bits
        bits ^= lowest
        found.append(lowest.bit_length() - 1)
    return found
