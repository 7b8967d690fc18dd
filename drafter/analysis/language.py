"""Tell the language of a text by function words, letters, word endings and script.

Small and quick on purpose: the answer decides only whether a mail is German enough to
be answered. Dialect and misspelt German count as German; the words are data
(`lexicon/languages.tsv`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from drafter.data import read_table
from drafter.places import Places

UNKNOWN = "und"
"""The code for "cannot be told", as in ISO 639-2."""

_WORD = re.compile(r"[^\W\d_]{1,40}")
_LATIN = re.compile(r"[a-zß-öø-ÿ]*")
_NOISE = re.compile(r"https?://\S{1,300}|\S{1,64}@\S{1,255}")
_MOST_CHARACTERS = 4000
_LEAST = 1.0
_LETTER, _ENDING, _START = 0.35, 0.3, 0.15
_LONG = 6  # letters from which on a word's ending tells something
_REPEATS = 5  # more often no word counts
_SCRIPT_SHARE = 0.5


_Evidence = tuple[tuple[str, float], ...]


class _Signs(NamedTuple):
    words: dict[str, dict[str, float]]  # word → language → share
    letters: dict[str, dict[str, float]]
    endings: dict[str, dict[str, float]]
    starts: dict[str, dict[str, float]]
    scripts: dict[str, str]  # script → language


class LanguageGuesser:
    """Guesses languages by the signs of `languages.tsv`."""

    def __init__(self, signs: _Signs) -> None:
        self._signs = signs
        self._evidence = lru_cache(maxsize=8_000)(self._look_up)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the signs; the memory of words stays behind."""
        return LanguageGuesser, (self._signs,)

    @classmethod
    def load(cls, places: Places) -> LanguageGuesser:
        """Read the signs.

        Raises:
            DataError: the list is wrong.
        """
        sets: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for cells, _ in read_table(places.file("lexicon", "languages.tsv"), ("language", "kind", "items")):
            kind = "words" if cells["kind"] == "dialect" else cells["kind"]
            for item in cells["items"].split():
                sets[kind][item].add(cells["language"])
        scripts = {item: min(languages) for item, languages in sets["scripts"].items()}
        shares = {kind: _shares(sets[kind]) for kind in ("words", "letters", "endings", "starts")}
        return cls(_Signs(scripts=scripts, **shares))

    def guess(self, text: str) -> str:
        """Return the ISO 639-1 code of the language, or "und"."""
        words = _WORD.findall(_NOISE.sub(" ", text[:_MOST_CHARACTERS]).lower())
        if not words:
            return UNKNOWN
        if script := self._script(words):
            return script
        scores: defaultdict[str, float] = defaultdict(float)
        for word, times in Counter(words).items():
            shares, hints = self._evidence(word)
            for language, share in shares:
                scores[language] += share * min(times, _REPEATS)
            for language, weight in hints:
                scores[language] += weight
        if not scores:
            return UNKNOWN
        best, score = max(scores.items(), key=lambda item: (item[1], item[0]))
        return best if score >= _LEAST and score >= _needed(len(words)) else UNKNOWN

    def _script(self, words: list[str]) -> str:
        """Return the language of a script other than Latin that most letters belong to."""
        letters = "".join(words)[:400]
        if _LATIN.fullmatch(letters):
            return self._signs.scripts.get("LATIN", "")
        names = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in letters)
        name, count = names.most_common(1)[0]
        return self._signs.scripts.get(name, "") if count >= len(letters) * _SCRIPT_SHARE else ""

    def _look_up(self, word: str) -> tuple[_Evidence, _Evidence]:
        """Return what a word says each time it occurs, and what its letters and edges say once."""
        shares = self._signs.words.get(word, {})
        hints: defaultdict[str, float] = defaultdict(float)
        for letter in set(word):
            _add(hints, self._signs.letters.get(letter, {}), _LETTER)
        for size in range(2, 6) if len(word) >= _LONG and not shares else ():
            _add(hints, self._signs.endings.get(word[-size:], {}), _ENDING)
            _add(hints, self._signs.starts.get(word[:size], {}), _START)
        return tuple(shares.items()), tuple(hints.items())


def _shares(sets: dict[str, set[str]]) -> dict[str, dict[str, float]]:
    return {item: dict.fromkeys(sorted(languages), 1 / len(languages)) for item, languages in sets.items()}


def _add(scores: defaultdict[str, float], shares: Mapping[str, float], weight: float) -> None:
    for language, share in shares.items():
        scores[language] += weight * share


def _needed(words: int) -> float:
    """Long texts must show more: a twentieth of their words."""
    return min(words, 400) / 20
