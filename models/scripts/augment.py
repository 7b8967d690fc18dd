"""Write sentences as hurried customers do: without capitals, IN CAPITALS, with typos, without umlauts or full stops."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from treebank import Sentence, Word

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
CLOSERS = (".", "!", "?", "...", "!!", "!!!", "??")


def without_capitals(sentence: Sentence, _dice: random.Random) -> Sentence:
    """Write all in lower case."""
    return _respelled(sentence, str.lower)


def in_capitals(sentence: Sentence, _dice: random.Random) -> Sentence:
    """Write all in capitals."""
    return _respelled(sentence, str.upper)


def without_umlauts(sentence: Sentence, _dice: random.Random) -> Sentence:
    """Write ae, oe, ue and ss for the letters that foreign keyboards lack."""
    return _respelled(sentence, lambda text: text.translate(UMLAUTS))


def with_typos(sentence: Sentence, dice: random.Random) -> Sentence:
    """Misspell about one long word in eight."""
    return _respelled(sentence, lambda text: _typo(text, dice) if len(text) > 4 and dice.random() < 0.125 else text)


def without_stop(sentence: Sentence, _dice: random.Random) -> Sentence:
    """Leave the final full stop out."""
    words = sentence.words
    if len(words) < 3 or words[-1].tag != "$." or any(word.head == len(words) - 1 for word in words):
        return sentence
    return replace(sentence, words=words[:-1])


def with_other_stop(sentence: Sentence, dice: random.Random) -> Sentence:
    """End with more exclamation marks or dots."""
    last = sentence.words[-1]
    if last.tag != "$." or len(sentence.words) < 3:
        return sentence
    stop = dice.choice(CLOSERS)
    return replace(sentence, words=(*sentence.words[:-1], replace(last, text=stop, lemma=stop)))


WAYS: tuple[tuple[float, Callable[[Sentence, random.Random], Sentence]], ...] = (
    (0.15, without_stop),
    (0.08, with_other_stop),
    (0.10, with_typos),
    (0.08, without_umlauts),
    (0.14, without_capitals),
    (0.04, in_capitals),
)
"""How often each way is taken when a sentence is varied."""


def vary(sentence: Sentence, dice: random.Random) -> Sentence:
    """Return the sentence as a hurried customer might have written it; often it stays as it is."""
    for share, way in WAYS:
        if dice.random() < share:
            sentence = way(sentence, dice)
    return sentence


def _respelled(sentence: Sentence, change: Callable[[str], str]) -> Sentence:
    return replace(sentence, words=tuple(_spelled(word, change(word.text)) for word in sentence.words))


def _spelled(word: Word, text: str) -> Word:
    """Give a word another spelling; a lemma that is no word of its own follows it."""
    lemma = text if word.tag in ("XY", "FM") or word.tag.startswith("$") else word.lemma
    return replace(word, text=text, lemma=lemma)


def _typo(text: str, dice: random.Random) -> str:
    """Drop, double or swap a letter inside the word; the ending, which carries the grammar, stays."""
    place = dice.randrange(1, len(text) - 3)
    kind = dice.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place] + text[place:]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
