"""Insults made unreadable for the briefing, without moving a single offset (advice D1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

DOT = "·"
"""Stands for every letter and digit of an insult but the first of a word."""


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text, equally long, with the words inside the spans cut down to their first letter.

    Spans may overlap, lie in any order or reach beyond the text; a word that only begins or ends inside a span is
    masked there alone. White space, line breaks and punctuation stay.
    """
    hidden = bytearray(len(text))
    for start, end in spans:
        first, last = max(0, start), min(len(text), end)
        if first < last:
            hidden[first:last] = b"\1" * (last - first)
    return "".join(_shown(text, index) if hide else text[index] for index, hide in enumerate(hidden))


def mask_words(text: str, words: Iterable[str]) -> str:
    """Return the text with every occurrence of the words masked, in whatever case they are written."""
    low = text.lower()
    places = [
        (match.start(), match.end()) for word in words if word for match in re.finditer(re.escape(word.lower()), low)
    ]
    return mask(text, places) if len(low) == len(text) else text


def _shown(text: str, index: int) -> str:
    letter = text[index]
    if not letter.isalnum():
        return letter
    begins_word = index == 0 or not text[index - 1].isalnum()
    return letter if begins_word and letter.isalpha() else DOT
