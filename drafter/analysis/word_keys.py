"""Cut text into words with look-up keys: lower case, umlauts spelled out, masks taken off.

A key is what the dictionaries hold: "Blödmänner", "bloedmaenner" and "BLÖDMÄNNER"
share one. Words that hide letters ("V0llidioten", "A....loch", "I d i o t e n",
"Depppppen") get the key of the word they hide, where the unmasking function knows one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

Unmask = Callable[[str], str]
"""Turns a masked spelling into the key of the hidden word, or into an empty text."""

MAX_MASKED = 200
"""No honest mail hides more words; the rest is read as it stands, so that time stays bounded."""

_CHUNK = re.compile(r"[^\s,;()\[\]{}<>\"„“”»«‚‘?|\\]{1,120}")
_PLAIN = re.compile(r"[^\W\d_]+(?:['’`´-][^\W\d_]+)*(?:[*:_/]-?in(?:nen)?(?![^\W\d_]))?", re.IGNORECASE)
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:[ .\-_*·]{1,2}[^\W_]){3,30}(?![^\W_])")
_TRIPLE = re.compile(r"([^\W\d_])\1\1", re.IGNORECASE)
_ADDRESS = re.compile(r"\w@\w{1,60}\.\w{2}|://|www\.")
_STOP = re.compile(r"[.!?…:;]|\n\s*\n")
_MAX_STUMP = 7
_MAX_GAP = 12
_OUTER = "'’`´-:/&+="
_FOLDS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ſ": "s", "ø": "oe", "å": "a", "æ": "ae"})
_DROPPED = str.maketrans("", "", "-'’`´*:_/")


class Word(NamedTuple):
    """A word of the body with its look-up key; `gap` is what stands between it and the word before."""

    start: int
    end: int
    text: str
    key: str
    gap: str
    masked: bool = False

    @property
    def opens(self) -> bool:
        """Whether a sentence begins here."""
        return self.gap != " " and (self.gap == "^" or bool(_STOP.search(self.gap)))

    @property
    def joined(self) -> bool:
        """Whether only white space stands before it."""
        return self.gap.isspace()


def fold(text: str) -> str:
    """Return the look-up key of a word: lower case, umlauts spelled out, accents and joints dropped."""
    key = text.lower().translate(_FOLDS)
    if key.isascii():
        return key.translate(_DROPPED)
    plain = unicodedata.normalize("NFC", key).translate(_FOLDS)  # letter plus combining dots
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return plain.translate(_DROPPED)


def words_of(body: str, start: int, end: int, unmask: Unmask) -> list[Word]:
    """Cut body[start:end] into words; offsets count from the start of the body."""
    found: list[Word] = []
    last = start
    for left, right, key, masked in _pieces(body, start, end, unmask):
        gap = body[last : min(left, last + _MAX_GAP)] if found else "^"
        found.append(Word(left, right, body[left:right], key, gap, masked))
        last = right
    return found


def _pieces(body: str, start: int, end: int, unmask: Unmask) -> Iterator[tuple[int, int, str, bool]]:
    """Yield the words between the spaced-out ones, and those, in order."""
    position = start
    for match in _SPACED.finditer(body, start, end):
        left, key = _spaced(match, unmask)
        if not key:
            continue
        yield from _chunks(body, position, left, unmask)
        yield left, match.end(), key, True
        position = match.end()
    yield from _chunks(body, position, end, unmask)


def _spaced(match: re.Match[str], unmask: Unmask) -> tuple[int, str]:
    """Join spaced letters; leading single letters that belong to another word are left off."""
    places = [i for i, sign in enumerate(match.group()) if sign.isalnum()]
    letters = fold("".join(match.group()[i] for i in places))
    if len(letters) != len(places):  # umlauts grew: no leading letters can be left off safely
        return match.start(), unmask(letters)
    for skip in range(len(places) - 3):
        if key := unmask(letters[skip:]):
            return match.start() + places[skip], key
    return match.start(), ""


def _chunks(body: str, start: int, end: int, unmask: Unmask) -> Iterator[tuple[int, int, str, bool]]:
    budget = MAX_MASKED
    for match in _CHUNK.finditer(body, start, end):
        place = match.start()
        hiding, words = _parts(match.group())
        if hiding and budget:
            budget -= 1
            left, right = place + hiding[0], place + hiding[1]
            if key := unmask(body[left:right]):
                yield left, right, key, True
                continue
        for left, right, key in words:
            yield place + left, place + right, key, False


@lru_cache(maxsize=8_000)
def _parts(chunk: str) -> tuple[tuple[int, int] | None, tuple[tuple[int, int, str], ...]]:
    """Return the stretch of a chunk that may hide a word, and its plain words with their keys; offsets in the chunk."""
    if chunk.isalpha() and not _TRIPLE.search(chunk) and (key := fold(chunk)):
        return None, ((0, len(chunk), key),)
    if _ADDRESS.search(chunk):
        return None, ()  # an e-mail address or a link
    left, right = _bare(chunk)
    words = tuple((word.start(), word.end(), fold(word.group())) for word in _PLAIN.finditer(chunk))
    return (left, right) if _hides(chunk[left:right]) else None, words


def _bare(chunk: str) -> tuple[int, int]:
    """Take outer punctuation off; a trailing run of dots or stars stays, it may hide letters."""
    left = len(chunk) - len(chunk.lstrip(_OUTER + ".!*_~"))
    right = len(chunk.rstrip(_OUTER))
    stripped = chunk[:right].rstrip("!.*_~")
    tail = chunk[len(stripped) : right]
    keep = tail.startswith(("..", "**")) and "!" not in tail and len(stripped) - left <= _MAX_STUMP
    return left, right if keep else max(left, len(stripped))


def _hides(text: str) -> bool:
    """Whether letters stand beside signs that may hide letters, or one letter is drawn out."""
    if not 3 <= len(text) <= 60 or ("@" in text and "." in text):
        return False
    letters = sum(sign.isalpha() for sign in text)
    marks = sum(sign.isdigit() or sign in "*#@$€!.…_%" for sign in text)
    return letters >= 1 and (marks >= 1 or bool(_TRIPLE.search(text)))
