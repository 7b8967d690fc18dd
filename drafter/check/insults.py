"""Whether a reply takes up the customer's insult, as written or in a related form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from drafter.check.text import ReplyText, strip_word
from drafter.data import read_table
from drafter.lazypattern import Groups

_ANY_WORD = re.compile(r"\w+")
_WORD = re.compile(r"\w{3,60}")
_MAX_INSULTS = 50
_COLUMNS = ("headword", "kind", "severity", "needs", "flags", "forms", "remark")


class InsultWords(NamedTuple):
    """What may be said although an insult holds it, and the endings by which forms differ."""

    harmless: frozenset[str]  # stripped words
    endings: tuple[str, ...]  # longest first
    known: frozenset[str] = frozenset()  # forms that insult whoever is meant, in lower case

    @classmethod
    def load(cls, groups: Groups, path: Path) -> InsultWords:
        """Read the harmless words and, from the insult lexicon, the nouns that are never anything else.

        Raises:
            DataError: the lexicon breaks its format.
        """
        endings = tuple(sorted(groups.get("endings", ()), key=len, reverse=True))
        harmless = frozenset(strip_word(word) for word in groups.get("harmless", ()))
        rows = (row for row, _ in read_table(path, _COLUMNS))
        nouns = [row["headword"].lower() for row in rows if _always_insults(row)]
        known = frozenset(noun + ending for noun in nouns for ending in ("", *groups.get("noun_endings", ())))
        return cls(harmless, endings, known)


def find_repeated(reply: ReplyText, insults: Iterable[str], words: InsultWords) -> list[tuple[int, int]]:
    """Return the places where a word of an insult comes back; of a long insult two words in one sentence."""
    spots: set[tuple[int, int]] = set()
    said = reply.stripped_words
    for insult in list(insults)[:_MAX_INSULTS]:
        stems = _stems(insult, words)
        if not any(stem in said for stem in stems):
            continue
        need = 1 if len(stems) <= 2 else 2
        by_sentence: dict[int, list[tuple[int, int, str]]] = {}
        for match in reply.words:
            if stem := _same(strip_word(match.group()), stems):
                by_sentence.setdefault(reply.index_at(match.start()), []).append((*match.span(), stem))
        for hits in by_sentence.values():
            if len({stem for *_, stem in hits}) >= need:
                spots.add(hits[0][:2])
    return sorted(spots)


def own_insults_in(text: str, words: InsultWords) -> Iterator[tuple[int, int]]:
    """Yield insults in a text of ours: nouns that cannot be read otherwise; a word is judged by itself."""
    for match in _ANY_WORD.finditer(text):
        if match.group()[:1].isupper() and match.group().lower() in words.known:
            yield match.span()


def _always_insults(row: dict[str, str]) -> bool:
    plain_noun = row["kind"] in ("person", "collective") and not row["needs"] and not row["flags"]
    return plain_noun and row["severity"] != "1"


def _stems(insult: str, words: InsultWords) -> set[str]:
    found = (strip_word(match.group()) for match in _WORD.finditer(insult[:300]))
    return {_stem(word, words.endings) for word in found if word not in words.harmless}


def _stem(word: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _same(word: str, stems: set[str]) -> str:
    """Return the stem that the word begins with and hardly exceeds, or an empty text."""
    for stem in stems:
        if word.startswith(stem) and len(word) <= len(stem) + 5:
            return stem
    return ""
