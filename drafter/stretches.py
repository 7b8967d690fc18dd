"""Read texts stretch by stretch: what stands between two spaces is looked at once, however often it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from drafter.memory import Memory

T = TypeVar("T")

_MAX_KNOWN, _MAX_STRETCH = 8_000, 60
"""So many stretches are remembered, none of them longer: a mail may hold anything."""


class StretchReader(Generic[T]):
    """Reads a text as a reader of stretches does, for readers to whom space is nothing but an end."""

    def __init__(self, read: Callable[[str], Iterable[T]]) -> None:
        self._read = read
        self._known: Memory[str, tuple[T, ...]] = Memory(_MAX_KNOWN, _MAX_STRETCH)

    def __call__(self, text: str) -> list[T]:
        """Return what the stretches of the text hold, in order."""
        found: list[T] = []
        known = self._known
        for stretch in text.split():
            items = known.get(stretch)
            found += self._learn(stretch) if items is None else items
        return found

    def _learn(self, stretch: str) -> tuple[T, ...]:
        return self._known.keep(stretch, tuple(self._read(stretch)))
