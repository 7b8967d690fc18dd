"""Take a personal name apart: forms of address, titles, first names, surname with its particles."""

from __future__ import annotations

import re
from typing import NamedTuple

from drafter.analysis.factwords import fold
from drafter.data import read_table
from drafter.places import Places

MAX_NAME_CHARACTERS = 60
"""A longer line is no name."""

MAX_NAME_WORDS = 6
_FOREIGN = re.compile(r"[^\w'’.\- ]|[\d_]")
_SPACES = re.compile(r"\s+")
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?){1,3}")
_PLAIN_PREFIX = re.compile(r"^(mc|o['’]|d['’])(?=\w{2})", re.I)


class Name(NamedTuple):
    """A name in its parts; `first` and `surname` are proper-cased, `written` is as found."""

    written: str = ""
    first: str = ""
    surname: str = ""
    title: str = ""
    gender: str = ""  # as the form of address in the signature or the first name says, empty where uncertain
    family: bool = False
    couple: bool = False


class NameWords:
    """The word lists around names: forms of address, titles, particles, first names with gender."""

    def __init__(self, words: dict[str, set[str]], spellings: dict[str, str], genders: dict[str, str]) -> None:
        self._words = words
        self._genders = genders
        self.greeting = spellings

    @classmethod
    def load(cls, places: Places) -> NameWords:
        """Read the lists.

        Raises:
            DataError: a row is wrong, or a gender is none of f, m, x.
        """
        words: dict[str, set[str]] = {}
        spellings: dict[str, str] = {}
        for row, _ in read_table(places.file("lexicon", "name_words.tsv"), ("kind", "word")):
            if row["kind"].startswith("greeting:"):
                spellings[row["kind"].partition(":")[2]] = row["word"]
            else:
                words.setdefault(row["kind"], set()).add(fold(row["word"]))
        return cls(words, spellings, _genders(places))

    def is_kind(self, kind: str, word: str) -> bool:
        """Whether the word is in the list of that kind."""
        return fold(word) in self._words.get(kind, set())

    def of_kind(self, kind: str) -> set[str]:
        """Return the folded words of a kind."""
        return self._words.get(kind, set())

    def gender(self, first: str) -> str:
        """Return f, m, x for a known first name, else an empty text; for a double name its parts must agree."""
        key = fold(first)
        if key in self._genders:
            return self._genders[key]
        found = {self._genders.get(part, "") for part in re.split(r"[- ]", key) if part}
        return found.pop() if len(found) == 1 else ""

    def knows(self, first: str) -> bool:
        """Whether it is a first name of the list (or built from such)."""
        return bool(self.gender(first)) or all(fold(part) in self._genders for part in first.split("-"))


def _genders(places: Places) -> dict[str, str]:
    found: dict[str, str] = {}
    for row, where in read_table(places.file("lexicon", "first_names.tsv"), ("name", "gender")):
        if row["gender"] not in ("f", "m", "x"):
            raise where.error(f"the gender of '{row['name']}' must be f, m or x")
        key = fold(row["name"])
        found[key] = row["gender"] if found.get(key, row["gender"]) == row["gender"] else "x"
    return found


def clean(text: str) -> str:
    """Make a text harmless as a name: letters, hyphen, apostrophe, dot and space, bounded in length."""
    return (
        _SPACES.sub(" ", _FOREIGN.sub(" ", text[: 4 * MAX_NAME_CHARACTERS])).strip(" -'’")[:MAX_NAME_CHARACTERS].strip()
    )


def split_name(text: str, words: NameWords) -> Name:
    """Split a name as written; what cannot be a name gives an empty one."""
    written = clean(text)
    parts = written.split()
    gender, family = "", False
    titles: list[str] = []
    while parts and (kind := _address(parts[0], words)):
        gender = {"female": "f", "male": "m"}.get(kind, gender)
        family = family or kind == "family"
        if kind == "title":
            titles.append(_title(parts[0]))
        parts.pop(0)
    while parts and words.is_kind("degree", parts[-1]):
        parts.pop()
    if not parts or len(parts) > MAX_NAME_WORDS:
        return Name()
    couple = any(words.is_kind("and", part) for part in parts[1:-1]) or "&" in text or "+" in text
    cut = len(parts) if family and len(parts) == 1 else _surname_start(parts, words)
    if family:
        cut = 0
    first = " ".join(proper(part, words) for part in parts[:cut])
    surname = " ".join(proper(part, words) for part in parts[cut:])
    known = words.gender(first.split(" ")[0]) if first and not couple else ""
    sure = gender or (known if known in ("f", "m") else "")
    return Name(written, first, surname, " ".join(titles), "" if couple or family else sure, family, couple)


def _address(word: str, words: NameWords) -> str:
    """The kind of a word before the name proper; a bare article of nobility is none."""
    return next((kind for kind in ("female", "male", "family", "title", "degree") if words.is_kind(kind, word)), "")


def _title(word: str) -> str:
    bare = word.rstrip(".")
    return f"{bare[:1].upper()}{bare[1:].lower()}." if len(bare) <= 4 else bare[:1].upper() + bare[1:].lower()


def _surname_start(parts: list[str], words: NameWords) -> int:
    """The index at which the surname begins: at its first particle, else at the last word."""
    for index, part in enumerate(parts[:-1]):
        if index and words.is_kind("particle", part) and not words.is_kind("and", part):
            return index
    if words.is_kind("particle", parts[0]) and len(parts) > 1:
        return 0
    return len(parts) - 1


def proper(word: str, words: NameWords) -> str:
    """Give a name in all capitals or small letters its usual form; mixed forms stay as they are."""
    if words.is_kind("particle", word) or words.is_kind("and", word):
        return word.lower() if word.isupper() or word.islower() else word
    if not (word.isupper() or word.islower()) or (_INITIAL.fullmatch(word) and word.isupper()):
        return word
    return "-".join(_capital(part) for part in word.lower().split("-"))


def _capital(word: str) -> str:
    """Capitalise a word, and the letter after Mc, O' and D' or an initial's dot."""
    word = ".".join(part[:1].upper() + part[1:] for part in word.split("."))
    if match := _PLAIN_PREFIX.match(word):
        end = match.end()
        return word[:end].capitalize() + word[end : end + 1].upper() + word[end + 1 :]
    return word
