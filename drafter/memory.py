"""What was worked out once and comes again: a dictionary that never grows beyond a bound."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(dict[K, V]):
    """Remembers up to `most` values and begins anew when it is full; `longest` bounds the keys that are texts.

    A mail may hold anything, so whatever is remembered by its words needs both bounds. What is remembered stays in the
    process: a copy and a snapshot begin empty.
    """

    def __init__(self, most: int, longest: int = 0) -> None:
        super().__init__()
        self.most = most
        self.longest = longest

    def keep(self, key: K, value: V) -> V:
        """Remember a value, and return it."""
        if not self.longest or len(key) <= self.longest:  # type: ignore[arg-type]  # only texts are bounded
            if len(self) >= self.most:
                self.clear()
            self[key] = value
        return value

    def __reduce__(self) -> tuple[type[Memory[K, V]], tuple[int, int]]:
        return type(self), (self.most, self.longest)
