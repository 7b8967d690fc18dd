"""Know single words: by the lexicon, else by how they are formed ("Idioten|verein", "Drecks|router")."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase
from typing import Any, NamedTuple

from drafter.analysis.spellings import Spellings
from drafter.analysis.word_forms import Inflection, without_umlauts
from drafter.analysis.word_keys import fold
from drafter.data import Where, read_table
from drafter.memory import Memory

WORD_COLUMNS = ("headword", "kind", "severity", "needs", "flags", "forms", "remark")
PART_COLUMNS = ("part", "role", "severity", "joins", "remark")
KINDS = ("person", "collective", "thing", "quality", "animal")
HEAD_KINDS = {"person": "person", "collective": "collective", "thing": "thing", "hero": "person"}
"""What a compound with a head of that role is; a hero is the mock title of a person: "Schreibtischheld"."""
HEAD_ROLES = tuple(HEAD_KINDS)
ROLES = (*HEAD_ROLES, "curse", "degree", "mock", "modifier", "mask", "link")
FLAGS = ("cap", "cue", "rare", "address", "whole", "first", "zu", "alone", "things")
"""cap: only capitalised; cue: only where words around show that somebody is meant; rare: with cue, the literal sense is
rare in mails, so that it is enough if nothing speaks for it; address: like cue, stricter;
whole: no compound may end in it; first: no compound may begin with it; zu: a "zu" before it belongs to the span;
alone: an adjective that is never a candidate by itself, it only joins the noun behind it; things: an adjective said of
things too, which does not show that somebody is meant."""
_MIN_TYPO, _MAX_TYPO = 8, 24
_MAX_KNOWN = 8_000
_MIN_TAIL = 4
_MIN_RESPELLED = 6
_MIN_UNUMLAUTED = 6


class Entry(NamedTuple):
    """What is known about a word; a tuple, because thousands are read back at every start."""

    base: str
    kind: str
    severity: int
    rule: str
    why: str
    needs: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()

    @property
    def target(self) -> str:
        """Whom such a word hits by itself."""
        return {"collective": "company", "thing": "product"}.get(self.kind, "")


class Part(NamedTuple):
    """A bound part of compounds."""

    base: str
    role: str
    severity: int
    joins: frozenset[str]
    rule: str


class Vocabulary:
    """The insulting words with all their forms, and the parts from which new ones are made."""

    def __init__(self, words: dict[str, Entry], parts: list[tuple[str, Part]], silent: frozenset[str],
                 spellings: Spellings) -> None:  # fmt: skip
        self.words = words
        self._spellings = spellings
        self._silent = frozenset(fold(word) for word in silent if not word.endswith("*"))
        self._silent_beginnings = tuple(fold(word) for word in silent if word.endswith("*"))
        self._cache: Memory[str, Entry | None] = Memory(_MAX_KNOWN)
        self._typos: Memory[str, Entry | None] = Memory(_MAX_KNOWN)
        self._heads: dict[str, list[Part]] = defaultdict(list)
        self._firsts: dict[str, list[Part]] = defaultdict(list)
        self._curses: dict[str, Part] = {}
        self._degrees: dict[str, Part] = {}
        self._links: list[str] = []
        self.stumps: dict[str, str] = {}
        for key, part in parts:
            self._sort_in(key, part)
        self.collectives = frozenset(key for key, part in parts if part.role == "collective")  # "Verein" by itself

    def __getstate__(self) -> dict[str, object]:
        """Write the many forms as one text, which is read back much faster than as many."""
        entries = {id(entry): entry for entry in self.words.values()}
        places = {number: place for place, number in enumerate(entries)}
        packed = ("\n".join(self.words), array("I", [places[id(e)] for e in self.words.values()]), [*entries.values()])
        return self.__dict__ | {"words": packed}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unfold the forms."""
        keys, places, entries = state["words"]
        self.__dict__.update(state, words=dict(zip(keys.split("\n"), map(entries.__getitem__, places), strict=True)))

    @classmethod
    def load(cls, words: Path, parts: Path, inflection: Path, silent: frozenset[str], spellings: Path) -> Vocabulary:
        """Read headwords and parts; `silent` words (with * also beginnings) are no insult, whatever they look like."""
        endings = Inflection.load(inflection)
        known: dict[str, Entry] = {}
        bare: dict[str, Entry] = {}
        for key, entry in _read_words(words, endings):
            known.setdefault(key, entry)
            plain = "" if entry.flags else without_umlauts(key)  # doubtful words need their umlaut
            if len(plain) >= _MIN_UNUMLAUTED and plain != key:
                bare.setdefault(plain, entry)
        return cls({**bare, **known}, list(_read_parts(parts, endings)), silent, Spellings.load(spellings))

    def _sort_in(self, key: str, part: Part) -> None:
        if part.role in HEAD_ROLES:
            self._heads[key].append(part)
        elif part.role == "modifier":
            self._firsts[key].append(part)
        elif part.role == "curse" or part.role == "mock":
            self._curses[key] = part
        elif part.role == "degree":
            self._degrees[key] = part
        elif part.role == "link":
            self._links.append(key)
        else:
            self.stumps[key] = next(iter(part.joins))

    def entry(self, key: str) -> Entry | None:
        """Return what is known about the word, or None where it insults nobody."""
        if key in self._cache:
            return self._cache[key]
        found = None if self._is_silent(key) else self.words.get(key) or self._formed(key) or self._respelled(key)
        return self._cache.keep(key, found)

    def _respelled(self, key: str) -> Entry | None:
        """Read a dialect spelling as the standard one, if that is an insulting noun."""
        if not _MIN_RESPELLED <= len(key) <= _MAX_TYPO:
            return None
        for standard, inside in self._spellings.variants(key):
            found = self.words.get(standard) or (self._formed(standard) if inside else None)
            doubtful = {"address", "cap"} if inside else {"cue", "address", "cap"}
            if found and found.kind != "quality" and not found.flags & doubtful:
                return None if self._is_silent(standard) else found._replace(why=f"'{found.base}' in dialect")
        return None

    def near(self, key: str) -> Entry | None:
        """Return the entry of a long noun that differs by one typing slip: a letter left out, doubled or swapped."""
        if not _MIN_TYPO <= len(key) <= _MAX_TYPO or not key.isalpha():
            return None
        if key in self._typos:
            return self._typos[key]
        slips = (self.words.get(slip) for slip in _slips(key))
        found = next((entry for entry in slips if entry and entry.kind != "quality" and not entry.flags), None)
        return self._typos.keep(key, found._replace(why=f"misspelt '{found.base}'") if found else None)

    def _is_silent(self, key: str) -> bool:
        return key in self._silent or key.startswith(self._silent_beginnings)

    def is_first(self, key: str) -> bool:
        """Whether the word may be the first part of an insulting compound."""
        inner = self.words.get(key)
        stems = (key.removesuffix(link) for link in ("", *self._links))
        return inner.kind != "quality" if inner else any(stem in self._firsts for stem in stems)

    def curse(self, key: str) -> Part | None:
        """Return the cursing part where it stands as a word of its own: "scheiß", "Drecks"."""
        return self._curses.get(key)

    def _formed(self, key: str) -> Entry | None:
        if not 6 <= len(key) <= 60:
            return None
        return self._by_prefix(key) or self._by_split(key)

    def _by_prefix(self, key: str) -> Entry | None:
        """Try "Scheiß-", "Voll-" and their like before the rest of the word."""
        for end in range(min(14, len(key) - 3), 1, -1):
            first, rest = key[:end], key[end:]
            if (degree := self._degrees.get(first)) and (inner := self.words.get(rest)) and "first" not in inner.flags:
                kept = inner.flags - {"cue", "address", "cap"} if "any" in degree.joins else inner.flags
                return inner._replace(why=f"'{degree.base}-' raises '{inner.base}'", flags=kept)
            if (curse := self._curses.get(first)) and (made := self._cursed(curse, rest)):
                return made
        return None

    def _cursed(self, curse: Part, rest: str) -> Entry | None:
        inner, heads = self.words.get(rest), self._heads.get(rest, ())
        roles = {part.role for part in heads} | ({inner.kind} if inner else set())
        if not ("any" in curse.joins or roles & curse.joins):
            return None
        kind = next((role for role in KINDS[:3] if role in roles), "curse-compound")
        severity = max(curse.severity, inner.severity if inner else 0)
        return Entry(curse.base, kind, severity, curse.rule, f"compound with '{curse.base}-'")

    def _by_split(self, key: str) -> Entry | None:
        """Split the word in two; the longest second part wins."""
        for place in range(2, len(key) - _MIN_TAIL + 1):
            first, rest = key[:place], key[place:]
            inner = self.words.get(rest)
            if inner and "whole" not in inner.flags and inner.kind != "quality" and place > 2:
                kept = inner.flags & {"whole"}
                return inner._replace(why=f"compound of '{inner.base}'", flags=kept)
            for head in self._heads.get(rest, ()):
                if made := self._headed(first, head):
                    return made
        return None

    def _headed(self, first: str, head: Part) -> Entry | None:
        """Join a demeaning first part to a head; linking letters may stand between."""
        for link in ("", *self._links):
            stem = first[: len(first) - len(link)]
            if not first.endswith(link) or len(stem) < 2:
                continue
            for part in self._firsts.get(stem, ()):
                if head.role in part.joins:
                    return Entry(part.base, HEAD_KINDS[head.role], max(part.severity, head.severity), part.rule,
                                 f"compound of '{part.base}' and '{head.base}'")  # fmt: skip
            inner = self.words.get(stem)
            if inner and inner.kind != "quality" and not inner.flags & {"first", "address"} and len(stem) > 3:
                why = f"compound of '{inner.base}' and '{head.base}'"
                return Entry(inner.base, HEAD_KINDS[head.role], min(inner.severity, 2), inner.rule, why)
        return None


def _slips(key: str) -> Iterator[str]:
    """Yield what may have been meant: the ends of the word are trusted, or "versagen" would be "Versagern"."""
    for i in range(2, len(key) - 2):
        yield key[:i] + key[i + 1 :]
        yield key[:i] + key[i + 1] + key[i] + key[i + 2 :]
        yield from (key[:i] + letter + key[i:] for letter in ascii_lowercase)


def _read_words(path: Path, endings: Inflection) -> Iterator[tuple[str, Entry]]:
    for row, where in read_table(path, WORD_COLUMNS):
        base = row["headword"]
        flags = _chosen(row["flags"], FLAGS, where)
        kind = next(iter(_chosen(row["kind"], KINDS, where)), "")
        entry = Entry(base, kind, _severity(row["severity"], where), str(where), f"listed word '{base}'",
                      tuple(row["needs"].split()), flags)  # fmt: skip
        word_class = "adjective" if kind == "quality" else "noun"
        word_class = row["forms"].removeprefix("=") if row["forms"].startswith("=") else word_class
        yield from ((form, entry) for form in endings.forms(fold(base), word_class))
        if not row["forms"].startswith("="):
            yield from ((fold(form), entry) for form in row["forms"].split())


def _read_parts(path: Path, endings: Inflection) -> Iterator[tuple[str, Part]]:
    for row, where in read_table(path, PART_COLUMNS):
        role = next(iter(_chosen(row["role"], ROLES, where)), "")
        joins = frozenset(row["joins"].split())
        part = Part(row["part"], role, _severity(row["severity"] or "1", where), joins, str(where))
        forms = endings.forms(fold(row["part"]), "noun") if role in HEAD_ROLES else [fold(row["part"])]
        yield from ((form, part) for form in forms)


def _chosen(text: str, allowed: tuple[str, ...], where: Where) -> frozenset[str]:
    names = frozenset(text.split())
    if unknown := names - set(allowed):
        raise where.error(f"unknown: {', '.join(sorted(unknown))} (known: {', '.join(allowed)})")
    return names


def _severity(text: str, where: Where) -> int:
    if text not in ("1", "2", "3"):
        raise where.error(f"severity must be 1, 2 or 3, not '{text}'")
    return int(text)
