"""Turn a text into hashed features: the one extraction that training and runtime share.

Words, word pairs, character n-grams inside words and marks of style are hashed with
CRC-32, so nothing has to be looked up. The vector of each block has length one;
whatever a trainer scales the features by can therefore be folded into the weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from drafter.stretches import StretchReader

MAX_TOKENS = 6000
"""A longer text is read no further, so that time and memory stay bounded."""

_MAX_WORD = 40
_GRAMS = (3, 5)
_TOKEN = re.compile(
    r"https?://\S{1,300}|www\.\S{1,300}|@\w{1,60}|[^\W\d_]+(?:[*'’][^\W\d_]+){0,3}|\d+(?:[.,:]\d+){0,6}"
    r"|!+(?:[!?1]+)?|\?+(?:[!?]+)?|\.{2,}|…|[^\w\s]|_+"
)
_URL = re.compile(r"https?:|www\.")
_HUMPS = re.compile(r"[A-ZÄÖÜ][a-zäöüß]+|[A-ZÄÖÜ]+(?![a-zäöüß])|[a-zäöüß]+")
_REPEATED = re.compile(r"(.)\1{2,}")
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'"})
_DAMPED = np.concatenate([[0], 1 + np.log(np.arange(1, 4096))]).astype(np.float32)
"""The value of a feature by how often it occurs."""


class Vector(NamedTuple):
    """The features of one text: hashes that may be masked to any number of buckets, and their values."""

    hashes: NDArray[np.uint32]
    values: NDArray[np.float32]


def tokens(text: str) -> list[str]:
    """Split a text into words, numbers, runs of marks, and emoji."""
    return _TOKENS(text)[:MAX_TOKENS]


def _tokens_of(stretch: str) -> list[str]:
    if "#" not in stretch:
        return _TOKEN.findall(stretch)
    found: list[str] = []
    for match in _TOKEN.finditer(stretch):
        token = match.group()
        if found and token[0].isalpha() and stretch[match.start() - 1] == "#":
            found.extend(_HUMPS.findall(token) or [token])
        else:
            found.append(token)
    return found


_TOKENS = StretchReader(_tokens_of)


@lru_cache(maxsize=50_000)
def fold(token: str) -> str:
    """Write a token in the one form under which its features are counted."""
    if _URL.match(token):
        return "@url"
    if token[0] == "@" and len(token) > 1:
        return "@user"
    if token[0].isdigit():
        return "0" if len(token) == 1 else "00"
    lower = token.lower().translate(_FOLD)[:_MAX_WORD]
    return _REPEATED.sub(r"\1\1", lower)


def extract(raw: Sequence[str], folded: Sequence[str], noted: Iterable[str] = ()) -> Vector:
    """Return the features of tokens and of what lexicons and rules noted; always the same ones for the same text."""
    blocks = (_word_block(folded), _gram_block(folded), _style_block(raw), _note_block(noted))
    parts = [_unit(hashes) for hashes in blocks if hashes.size]
    if not parts:
        return Vector(np.zeros(0, np.uint32), np.zeros(0, np.float32))
    return Vector(np.concatenate([h for h, _ in parts]), np.concatenate([v for _, v in parts]))


def word_hash(word: str) -> int:
    """Return the hash of a folded word."""
    return _word(word)


def _hash(family: str, name: str) -> int:
    return crc32(f"{family}:{name}".encode())


def _word_block(folded: Sequence[str]) -> NDArray[np.uint32]:
    padded = ["^", *folded, "$"]
    hashes = [*map(_word, folded), *map(_pair, padded, padded[1:])]
    return np.array(hashes, np.uint32)


def _gram_block(folded: Sequence[str]) -> NDArray[np.uint32]:
    arrays = [_grams(word) for word in folded]
    return np.concatenate(arrays) if arrays else np.zeros(0, np.uint32)


@lru_cache(maxsize=50_000)
def _word(word: str) -> int:
    return _hash("w", word)


@lru_cache(maxsize=50_000)
def _pair(first: str, second: str) -> int:
    return _hash("b", f"{first} {second}")


@lru_cache(maxsize=50_000)
def _grams(word: str) -> NDArray[np.uint32]:
    """Hash the character n-grams of a word with its edges."""
    edged = f"<{word}>"
    grams = {edged[i : i + n] for n in _GRAMS for i in range(len(edged) - n + 1)}
    return np.array([_hash("c", gram) for gram in sorted(grams)], np.uint32)


def _style_block(raw: Sequence[str]) -> NDArray[np.uint32]:
    """Hash marks of style, each graded: how many capitals, marks, long words."""
    words = [token for token in raw if token[0].isalpha()]
    capitals = sum(word.isupper() and len(word) > 2 for word in words)
    together = " ".join(raw)
    dots = together.count("…") + together.count("..") and sum(token == "…" or token.startswith("..") for token in raw)
    marks = [
        *_graded("!", together.count("!")),
        *_graded("?", together.count("?")),
        *_graded("...", dots),
        *_graded("caps", capitals),
        *_graded("length", len(words).bit_length()),
        *_graded("quotes", sum(map(together.count, '"“”„«»'))),
    ]
    if words and not any(word[0].isupper() for word in words):
        marks.append("no capitals")
    if words and capitals * 2 > len(words):
        marks.append("all capitals")
    return np.array([_mark(mark) for mark in marks], np.uint32)


@lru_cache(maxsize=100)
def _mark(name: str) -> int:
    return _hash("x", name)


def _note_block(noted: Iterable[str]) -> NDArray[np.uint32]:
    return np.array([_note(name) for name in noted], np.uint32)


@lru_cache(maxsize=50_000)
def _note(name: str) -> int:
    return _hash("k", name)


def _graded(name: str, count: int) -> list[str]:
    return [f"{name}>={step}" for step in (1, 2, 3, 5, 8) if count >= step]


def _unit(hashes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Count the hashes, damp the counts and scale the block to length one."""
    ordered = np.sort(hashes)
    first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    starts = first.nonzero()[0]
    counts = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=counts[:-1])
    counts[-1] = len(ordered) - starts[-1]
    values = _DAMPED[counts] if len(ordered) < len(_DAMPED) else (1 + np.log(counts)).astype(np.float32)
    return ordered[starts], values / np.sqrt(values @ values)
