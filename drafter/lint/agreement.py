"""Whether the verbs of a template go with Sie, du and ihr: `{Sie haben|du hast|ihr habt}`, not `{Sie|du|ihr} haben`.

A verb outside of the braces is the same in every form of address, and no German verb fits all three. So every sentence
needs, for each pronoun that is its subject, a verb in three forms; which one belongs to which is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from drafter.data import Where, read_table
from drafter.lint.finding import Fault, place_in
from drafter.lint.tags import paths_of, tags_of
from drafter.places import Places
from drafter.sandbox import ADDRESS, masked
from drafter.wording import FORMS

_KINDS = ("subject", "ending_sie", "ending_du", "ending_ihr", "irregular", "reflexive", "compared", "linked")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.!?:;](?=[\s\0]|$)|\n===|\n\s*\n|\n\s*[-–*\d]")
_INCLUDE = "\1"
"""Stands where another template may bring the verb."""


class _Group(NamedTuple):
    """A form of address: where it stands in a text, its forms, how many subjects and verbs it has."""

    start: int
    end: int
    forms: tuple[str, ...]
    subjects: int
    verbs: int


class Agreement(NamedTuple):
    """The words and endings that tell whether a verb goes with its pronoun."""

    words: dict[str, frozenset[str]]
    endings: dict[str, re.Pattern[str]]

    @classmethod
    def load(cls, places: Places) -> Agreement:
        """Read address_verbs.tsv.

        Raises:
            DataError: a kind is unknown or missing, or an ending is no pattern.
        """
        found: dict[str, str] = {}
        path = places.file("lexicon", "address_verbs.tsv")
        for row, where in read_table(path, ("kind", "words")):
            if row["kind"] not in _KINDS:
                raise where.error(f"unknown kind '{row['kind']}' ({', '.join(_KINDS)})")
            found[row["kind"]] = row["words"]
        if missing := sorted(set(_KINDS) - set(found)):
            raise Where(path, 1).error(f"missing kind {', '.join(missing)}")
        try:
            endings = {form: re.compile(f"(?:{found[f'ending_{form}']})$") for form in FORMS}
        except re.error as error:
            raise Where(path, 1).error(f"an ending is no regular expression: {error}") from error
        words = {kind: frozenset(text.split("|")) for kind, text in found.items() if not kind.startswith("ending")}
        return cls(words | {"irregular_forms": frozenset([found["irregular"]])}, endings)

    def faults(self, source: str) -> Iterator[Fault]:
        """Yield the subjects whose verb does not change with them, each once."""
        seen: dict[int, str] = {}
        for path in paths_of(source, _with_includes(source)):
            groups = [self._group(match) for match in ADDRESS.finditer(path.text)]
            for start, end in _sentences(path.text, groups):
                inside = [group for group in groups if start <= group.start < end]
                for group in self._lonely(path.text, start, end, inside):
                    seen[path.places[group.start]] = path.text[group.start : group.end]
        for place, text in sorted(seen.items()):
            yield Fault("T027", *place_in(source, place), {"text": text})

    def _lonely(self, text: str, start: int, end: int, groups: list[_Group]) -> Iterator[_Group]:
        """Yield the subjects of a sentence that no verb in three forms is left for, and wrong reflexives."""
        asking = [group for group in groups if group.subjects and not self._needs_no_verb(text, group, start, end)]
        yield from (group for group in asking if self._is_reflexive(text, group))
        missing = sum(group.subjects for group in asking) - sum(group.verbs for group in groups)
        if missing > 0 and _INCLUDE not in text[start:end]:
            bare = [group for group in asking if not group.verbs]
            yield from sorted(bare or asking, key=lambda group: self._distance(text, group, groups), reverse=True)[
                :missing
            ]

    def _distance(self, text: str, group: _Group, groups: list[_Group]) -> int:
        """Return how far the nearest verb is, a comma in between counting much."""
        between = [text[min(g.end, group.end) : max(g.start, group.start)] for g in groups if g.verbs]
        return min((len(part) + 100 * part.count(",") for part in between), default=len(text))

    def _group(self, match: re.Match[str]) -> _Group:
        forms = tuple(match[1].split("|"))
        words = [[word.lower() for word in _WORD.findall(form)] for form in forms]
        if len(forms) != len(FORMS):
            return _Group(match.start(), match.end(), forms, 0, 0)
        subjects = sum(word in self.words["subject"] for word in words[1])
        return _Group(match.start(), match.end(), forms, subjects, self._verbs(*words))

    def _verbs(self, polite: list[str], familiar: list[str], plural: list[str]) -> int:
        """Count the verbs that stand in all three forms."""
        irregular = [forms.split("|") for forms in self.words["irregular_forms"]]
        count = sum(all(word in words for word, words in zip(forms, (polite, familiar, plural), strict=True))
                    for forms in irregular)  # fmt: skip
        second = [word for word in familiar if self.endings["du"].search(word) and word not in polite]
        stems = {self.endings["sie"].sub("", word) for word in polite if self.endings["sie"].search(word)}
        others = {self.endings["ihr"].sub("", word) for word in plural if self.endings["ihr"].search(word)}
        shared = {stem for stem in stems if stem in others or stem.removesuffix("e") in others}
        return count + min(len(second), len(shared))

    def _needs_no_verb(self, text: str, group: _Group, start: int, end: int) -> bool:
        """Tell whether a pronoun stands alone, is compared with, or is one of several subjects."""
        if not group.verbs and not _WORD.search(text[start : group.start] + text[group.end : end]):
            return len(_WORD.findall(group.forms[1])) == 1
        before = _WORD.findall(text[max(0, group.start - 40) : group.start])
        after = text[group.end : end].lstrip(" ")
        following = _WORD.match(after)
        compared = bool(before) and before[-1].lower() in self.words["compared"] and not following and after[:1] != "{"
        return compared or bool(following and following[0].lower() in self.words["linked"] and not group.verbs)

    def _is_reflexive(self, text: str, group: _Group) -> bool:
        following = _WORD.match(text, group.end + 1) if text[group.end : group.end + 1] == " " else None
        last = _WORD.findall(group.forms[1])[-1:]
        return bool(following and following[0] in self.words["reflexive"] and set(last) & self.words["subject"])


def _with_includes(source: str) -> str:
    """Blank out what is Jinja, with a mark where another template is included."""
    text = masked(source, address=False)
    for tag in tags_of(source):
        if tag.kind == "include":
            text = text[: tag.start] + _INCLUDE * (tag.end - tag.start) + text[tag.end :]
    return text


def _sentences(text: str, groups: list[_Group]) -> Iterator[tuple[int, int]]:
    """Yield beginning and end of the sentences of a text; what stands in braces does not end one."""
    start = 0
    for match in _SENTENCE.finditer(text):
        if not any(group.start <= match.start() < group.end for group in groups):
            yield start, match.start()
            start = match.end()
    yield start, len(text)
