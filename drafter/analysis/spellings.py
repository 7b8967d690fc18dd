"""Read dialect spellings as standard ones: "Schrotthuufe" as "Schrotthaufen", "Jauner" as "Gauner"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drafter.data import read_table

_COLUMNS = ("written", "standard", "place", "remark")
_PLACES = ("any", "start", "end")


@dataclass(frozen=True, slots=True)
class Spellings:
    """Pairs of a dialect and a standard spelling, by the place in the word where they may stand."""

    inside: tuple[tuple[str, str], ...]
    starts: tuple[tuple[str, str], ...]
    ends: tuple[tuple[str, str], ...]

    @classmethod
    def load(cls, path: Path) -> Spellings:
        """Read the table.

        Raises:
            DataError: a place is unknown; the message names the line.
        """
        pairs: dict[str, list[tuple[str, str]]] = {place: [] for place in _PLACES}
        for row, where in read_table(path, _COLUMNS):
            if row["place"] not in pairs:
                raise where.error(f"place must be {', '.join(_PLACES)}, not '{row['place']}'")
            pairs[row["place"]].append((row["written"], row["standard"]))
        return cls(*(tuple(pairs[place]) for place in _PLACES))

    def variants(self, key: str) -> Iterator[tuple[str, bool]]:
        """Yield standard spellings of a key; the flag tells those with a change inside the word, the surest sign."""
        whole = key
        for written, standard in self.inside:
            whole = whole.replace(written, standard)
        changed = whole != key
        bases = [whole, *(standard + whole[len(written) :] for written, standard in self.starts
                          if whole.startswith(written))]  # fmt: skip
        for base in bases:
            if base != key:
                yield base, changed
            for written, standard in self.ends:
                if base.endswith(written):
                    yield base[: len(base) - len(written)] + standard, changed
