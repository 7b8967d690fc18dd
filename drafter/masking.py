"""Insults made unreadable for the briefing, without moving a single offset (advice D1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

DOT = "·"
"""Stands for every letter and digit of an insult but the first of a word."""


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text, equally long, with the words inside the spans cut down to their first letter.

    Spans may overlap, lie in any order or reach beyond the text; a word that only begins or ends inside a span is
    masked there alone. White space, line breaks and punctuation stay.
    """
    signs: list[str] = []
    for start, end in spans:
        first, last = max(0, start), min(len(text), end)
        if first < last:
            signs = signs or list(text)
            signs[first:last] = [_shown(text, index) for index in range(first, last)]
    return "".join(signs) or text


def mask_words(text: str, words: Iterable[str]) -> str:
    """Return the text with every occurrence of the words masked, in whatever case they are written."""
    low = text.lower()
    if len(low) != len(text):
        return text
    return mask(text, [span for word in words if word for span in _spans(word.lower(), low)])


def _spans(word: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(word)
    while start >= 0:
        yield start, start + len(word)
        start = text.find(word, start + len(word))


def _shown(text: str, index: int) -> str:
    letter = text[index]
    if not letter.isalnum():
        return letter
    begins_word = index == 0 or not text[index - 1].isalnum()
    return letter if begins_word and letter.isalpha() else DOT
