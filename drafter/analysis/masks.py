"""Take masks off words: digits for letters, stars and dots, letters apart, letters drawn out."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

from drafter.analysis.word_keys import fold
from drafter.memory import Memory

_LEET = {"0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
         "@": "a", "$": "s", "€": "e", "!": "i"}  # fmt: skip
_RUN = re.compile(r"[*#.…_%@$!-]+")
_DRAWN = re.compile(r"(.)\1+")
_VOWELS = ("a", "e", "i", "o", "u", "ae", "oe", "ue")
_MAX_VARIANTS = 64
_MAX_KNOWN = 10_000


class Masks:
    """Unmasks a word if what it hides is known: `knows` answers for whole keys, `forms` are tried for wildcards."""

    def __init__(self, knows: Callable[[str], bool], forms: Iterable[str], short: dict[str, str]) -> None:
        self._knows = knows
        self._short = short  # a stump such as "sch" and the part it stands for
        self._forms = forms
        self._cache: Memory[str, str] = Memory(_MAX_KNOWN)

    @cached_property
    def _by_first(self) -> dict[str, list[str]]:
        """The forms by their first letter, the shortest first; made when the first mask turns up."""
        table: dict[str, list[str]] = defaultdict(list)
        for form in sorted(self._forms, key=lambda form: (len(form), form)):
            table[form[0]].append(form)
        return table

    @cached_property
    def _drawn(self) -> dict[str, str]:
        """The forms by their spelling without double letters."""
        table: dict[str, str] = {}
        for forms in self._by_first.values():
            for form in forms:
                table.setdefault(_DRAWN.sub(r"\1", form), form)
        return table

    def unmask(self, text: str) -> str:
        """Return the key of the hidden word, or an empty text."""
        known = self._cache.get(text)
        if known is None:
            known = self._leet(text) or self._stump(text) or self._starred(text) or self._squeezed(text)
            self._cache.keep(text, known)
        return known

    def _leet(self, text: str) -> str:
        """Read digits and signs as the letters they look like."""
        options = [_LEET.get(sign, sign) for sign in text.lower()]
        if sum(sign.isalpha() for sign in text) < 2 and not text.isalnum():
            return ""
        variants = itertools.islice(itertools.product(*options), _MAX_VARIANTS)
        return next((key for key in (fold("".join(v)) for v in variants) if self._known_word(key)), "")

    def _known_word(self, key: str) -> bool:
        return key.isalpha() and len(key) > 3 and self._knows(key)

    def _starred(self, text: str) -> str:
        """Let a run of stars or dots stand for some letters."""
        parts = [fold(part) for part in _RUN.split(text)]
        runs = _RUN.findall(text)
        if not runs or len(runs) > 12:
            return ""
        joined = "".join(parts)
        if all(len(run) == 1 for run in runs) and len(runs) >= len(joined) - 1 and self._known_word(joined):
            return joined
        if len(runs) == 1 and len(runs[0]) == 1 and (guess := self._one_vowel(parts, runs[0])):
            return guess
        return self._wildcard(parts, runs)

    def _one_vowel(self, parts: list[str], run: str) -> str:
        if run in ".-" or not all(parts):
            return ""
        guesses = (parts[0] + vowel + parts[1] for vowel in _VOWELS)
        return next((guess for guess in guesses if self._known_word(guess)), "")

    def _wildcard(self, parts: list[str], runs: list[str]) -> str:
        first, last = parts[0], parts[-1]
        dotted = any(run[0] in ".…-!" for run in runs)
        enough = len(first) + len(last) >= (5 if dotted else 3) and first and (last or (len(first) >= 2 and not dotted))
        if not enough or any(run in (".", "-", "!") for run in runs) or not all(p.isalpha() for p in parts if p):
            return ""
        least = sum(map(len, parts)) + len(runs)
        most = sum(map(len, parts)) + sum(_reach(run) for run in runs)
        for form in self._by_first.get(first[0], ()):
            if least <= len(form) <= most and form.startswith(first) and form.endswith(last) and _in_order(form, parts):
                return form
        return ""

    def _stump(self, text: str) -> str:
        """Complete a stump before dots or stars: "Sch...verein"."""
        match = _RUN.search(text)
        if not match or len(match.group()) < 2:
            return ""
        whole = self._short.get(fold(text[: match.start()]), "")
        rest = fold(text[match.end() :])
        if not whole or (rest and (len(rest) < 3 or not rest.isalpha() or whole.endswith(rest[:2]))):
            return ""
        return whole + rest

    def _squeezed(self, text: str) -> str:
        """Shorten letters that are drawn out."""
        key = fold(text)
        return self._drawn.get(_DRAWN.sub(r"\1", key), "") if key.isalpha() else ""


def _reach(run: str) -> int:
    """How many letters a run may stand for; dots are counted less carefully than stars."""
    return len(run) + 2 if run[0] not in ".…" else max(len(run) + 2, 6)


def _in_order(form: str, parts: list[str]) -> bool:
    """Whether the visible parts stand in the form one after the other, something between them."""
    position = len(parts[0])
    for part in parts[1:-1]:
        place = form.find(part, position + 1) if part else position + 1
        if place < 0:
            return False
        position = place + len(part)
    return len(form) - len(parts[-1]) > position
