"""Small German for templates: forms of address, possessives, gaps. The words stand in templates/words.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from drafter.data import read_rules, read_table
from drafter.memory import Memory
from drafter.places import Places

FORMS = ("sie", "du", "ihr")
"""How the reply addresses the customer: politely, familiarly, several familiarly."""

_DAY = re.compile(r"\d{1,2}\.")
_MAX_KNOWN = 2_000
"""So many texts of steps are remembered."""

_WORD_FIELDS = {"stems", "stems_with_ending", "endings", "forms", "form", "prefix", "known", "empty", "otherwise",
                "one", "several"}  # fmt: skip


class Words(NamedTuple):
    """The tables of words.yaml by id, and the gender of nouns."""

    tables: Mapping[str, Mapping[str, Any]]
    genders: Mapping[str, str]
    spellings: Mapping[str, str]  # lower case to the noun as it is written

    @classmethod
    def load(cls, places: Places) -> Words:
        """Read words.yaml and nouns.tsv.

        Raises:
            DataError: a field or a gender is unknown.
        """
        blocks = read_rules(places.file("templates", "words.yaml"), {"id"}, _WORD_FIELDS)
        genders, spellings = {}, {}
        for row, where in read_table(places.file("templates", "nouns.tsv"), ("noun", "gender")):
            if row["gender"] not in ("m", "f", "n", "p"):
                raise where.error(f"unknown gender '{row['gender']}' (m, f, n, p)")
            genders[row["noun"].lower()] = row["gender"]
            spellings[row["noun"].lower()] = row["noun"]
        return cls({block["id"]: block.fields for block in blocks}, genders, spellings)

    def spell(self, noun: str) -> str:
        """Write a noun that came in small letters or capitals as it should be: wlan, WLAN; PAKET, Paket."""
        if noun.isupper() or noun.islower():
            return self.spellings.get(noun.lower(), noun.capitalize())
        return noun

    def gender_of(self, noun: str) -> str:
        """Return m, f, n or p for a noun, by the list, its compound head or its ending; "" where unknown."""
        word = noun.lower().split("-")[-1]
        for start in range(max(1, len(word) - 2)):
            head = word[start:]
            if head in self.genders and (start == 0 or len(head) >= 4):
                return self.genders[head]
        endings: Mapping[str, str] = self.tables["gender_endings"]["forms"]
        return next((endings[end] for end in sorted(endings, key=len, reverse=True) if word.endswith(end)), "")

    def possessive(self, form: str, case: str, noun: str) -> str:
        """Return noun with its possessive, e.g. "Ihren Router" for sie and acc; the gender must be known."""
        table = self.tables["possessive"]
        gender = self.gender_of(noun)
        ending = table["endings"][gender][case]
        if gender == "p" and case == "dat" and noun[-1:] not in table["known"]:
            noun += table["otherwise"]  # Rohre, mit Ihren Rohren
        stem = table["stems_with_ending" if ending else "stems"][form]
        return f"{stem}{ending} {noun}"

    def pronoun(self, case: str, noun: str) -> str:
        """Return the pronoun that stands for a noun, e.g. "ihn"."""
        return str(self.tables["pronoun"]["forms"][self.gender_of(noun)][case])

    def since(self, duration: str) -> str:
        """Put "seit" before a duration and bend it: drei Tage, seit drei Tagen."""
        bent: Mapping[str, str] = self.tables["since"]["forms"]
        prefix = self.tables["since"]["form"]
        plain = duration.lower() if duration.isupper() else duration
        words = [bent.get(word, word) for word in plain.split()]
        words = words[1:] if words[0].lower() == prefix else words
        if words[0] not in bent.values():  # "Neun Tage" stood at the head of its sentence
            words[0] = words[0][:1].lower() + words[0][1:]
        if _DAY.match(words[0]):  # "seit 10. Januar" lacks its article
            words.insert(0, self.tables["since"]["otherwise"])
        return " ".join([prefix, *words])

    def until(self, deadline: str) -> str:
        """Write a deadline so that it can stand in a sentence: "8. Mai" becomes "bis zum 8. Mai"."""
        table = self.tables["until"]
        bent: Mapping[str, str] = self.tables["since"]["forms"]
        words = [
            bent.get(word.lower().rstrip(","), word) if word.isupper() else bent.get(word, word)
            for word in deadline.split()
        ]
        first = words[0].lower()
        rest = words[1:] if first in table["known"] else words
        article = [table["otherwise"]] if _DAY.match(first) else []
        lead = [first] if first in table["known"] else [table["form"], *article]
        return " ".join([*lead, *rest])

    def times(self, count: int) -> str:
        """Say how often something was done already: once more, twice, ...; many times are not counted."""
        known: list[str] = self.tables["times"]["known"]
        return known[count] if 0 <= count < len(known) else str(self.tables["times"]["otherwise"])

    def enumerate(self, items: Iterable[str]) -> str:
        """Join with commas and a final conjunction."""
        parts = list(items)
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.tables['conjunction']['form']} {parts[-1]}"

    @property
    def phrases(self) -> list[str]:
        """The phrases that a letter should hold only once, each with others that say the same: "a|b"."""
        found: list[str] = self.tables["echo"]["known"]
        return found

    def gap(self, label: str) -> str:
        """Mark a value that nobody has given."""
        return str(self.tables["gap"]["form"]).format(label=label)


class Echoes:
    """Finds what a letter says twice although it should say it once."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Take the phrases, each with others that say the same: "a|b"."""
        self._phrases = [tuple(group.split("|")) for group in phrases]
        self._known: Memory[str, list[tuple[str, ...]]] = Memory(_MAX_KNOWN)

    def again(self, text: str, said: str) -> int:
        """Return how many of the phrases stand in a text and in what was said before it."""
        held = self._known.get(text)
        held = self._learn(text) if held is None else held
        if not held or not said:
            return 0
        lowered = said.lower()
        return sum(any(phrase in lowered for phrase in group) for group in held)

    def _learn(self, text: str) -> list[tuple[str, ...]]:
        lowered = text.lower()
        return self._known.keep(text, [group for group in self._phrases if any(phrase in lowered for phrase in group)])
