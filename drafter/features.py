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
_BLOCK_BITS = np.uint64(32)
_GRAM_BLOCK, _STYLE_BLOCK, _NOTE_BLOCK = (block << 32 for block in (1, 2, 3))
"""Which block a hash belongs to stands in the bits above it, so that one sorting serves them all; words are in 0."""

_TRUE = np.ones(1, bool)
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


@lru_cache(maxsize=8_000)
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
    return joined([piece(folded, noted)], raw)


class Piece(NamedTuple):
    """A stretch of folded words, ready to be joined with others: its hashes, and the words at its edges."""

    keys: NDArray[np.uint64]
    first: _Form
    last: _Form


def piece(folded: Sequence[str], noted: Iterable[str]) -> Piece | None:
    """Hash words, their pairs and parts, and what was noted of them; None where there is no word."""
    forms = [_form(word) for word in folded]
    if not forms:
        return None
    pairs = map(crc32, [form.written for form in forms[1:]], [form.lead for form in forms])
    own = np.frombuffer(b"".join([form.keys for form in forms]), np.uint64)
    beside = np.array([*pairs, *map(_note, noted)], np.uint64)
    return Piece(np.concatenate([own, beside]), forms[0], forms[-1])


def joined(pieces: Iterable[Piece | None], raw: Sequence[str]) -> Vector:
    """Return the features of stretches in a row, whose tokens as written are `raw`."""
    kept = [each for each in pieces if each]
    leads = [_form("^").lead, *[each.last.lead for each in kept]]
    pairs = map(crc32, [*[each.first.written for each in kept], b"$"], leads)
    single = np.array([*pairs, *_style(raw)], np.uint64)
    return _scaled(np.concatenate([single, *[each.keys for each in kept]]))


def word_hash(word: str) -> int:
    """Return the hash of a folded word."""
    return _form(word).word


def _hash(family: str, name: str) -> int:
    return crc32(f"{family}:{name}".encode())


class _Form(NamedTuple):
    """What a folded word adds to the features of a text."""

    word: int
    keys: bytes  # the hashes of the word and of its character n-grams, each with its block
    lead: int  # the hash of a pair up to its second word
    written: bytes


@lru_cache(maxsize=8_000)
def _form(word: str) -> _Form:
    edged = f"<{word}>"
    grams = {edged[i : i + n] for n in _GRAMS for i in range(len(edged) - n + 1)}
    number = _hash("w", word)
    keys = np.array([number, *[_GRAM_BLOCK | _hash("c", gram) for gram in grams]], np.uint64)
    return _Form(number, keys.tobytes(), _hash("b", f"{word} "), word.encode())


def _style(raw: Sequence[str]) -> list[int]:
    """Hash marks of style, each graded: how many capitals, marks, long words."""
    words = [token for token in raw if token[0].isalpha()]
    capitals = len([word for word in words if word.isupper() and len(word) > 2])
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
    return [_mark(mark) for mark in marks]


@lru_cache(maxsize=100)
def _mark(name: str) -> int:
    return _STYLE_BLOCK | _hash("x", name)


@lru_cache(maxsize=8_000)
def _note(name: str) -> int:
    return _NOTE_BLOCK | _hash("k", name)


def _graded(name: str, count: int) -> list[str]:
    return [f"{name}>={step}" for step in (1, 2, 3, 5, 8) if count >= step]


def _scaled(keys: NDArray[np.uint64]) -> Vector:
    """Count the hashes of all blocks at once, damp the counts and scale each block to length one."""
    keys.sort()
    edges = np.flatnonzero(np.concatenate([_TRUE, keys[1:] != keys[:-1], _TRUE]))
    counts, different = edges[1:] - edges[:-1], keys[edges[:-1]]
    values = _DAMPED[counts] if len(keys) < len(_DAMPED) else (1 + np.log(counts)).astype(np.float32)
    blocks = (different >> _BLOCK_BITS).astype(np.intp)
    lengths = np.sqrt(np.bincount(blocks, values * values)).astype(np.float32)
    return Vector(different.astype(np.uint32), values / lengths[blocks])
