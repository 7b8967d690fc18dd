"""From insulting words to spans: which words around belong to the insult, and whether anybody is meant at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from drafter.analysis.compounds import Entry, Vocabulary
from drafter.analysis.insult_context import WordContext
from drafter.analysis.phrases import Classes
from drafter.analysis.word_keys import Word

_QUOTES = "\"„“”»«‚‘'›‹"
_OPENING = "„»‚"
_NEAR = 5
"""So many words away a verb of naming may stand."""


class Found(NamedTuple):
    """Words `first` to `last` of a zone, and what they are."""

    first: int
    last: int
    base: str
    kind: str
    severity: int
    rule: str
    why: str
    needs: tuple[str, ...] = ()
    target: str = ""


class SpanBuilder:
    """Builds spans around the words that the vocabulary knows."""

    def __init__(self, words: Vocabulary, classes: Classes) -> None:
        self._vocabulary = words
        self._classes = classes

    def find(self, words: list[Word], silent: set[int], strict: bool) -> list[Found]:
        """Return the spans in order; `strict` asks for somebody meant even where the word alone says it."""
        return _Search(words, self._vocabulary, self._classes, silent, strict).run()


class _Search:
    """One pass over the words of one zone."""

    def __init__(self, words: list[Word], vocabulary: Vocabulary, classes: Classes, silent: set[int],
                 strict: bool) -> None:  # fmt: skip
        self.words = words
        self.vocabulary = vocabulary
        self.classes = classes
        self.strict = strict
        self.context = WordContext(words, classes)
        self.casual = _is_casual(words)
        self.entries = [None if i in silent else vocabulary.entry(word.key) for i, word in enumerate(words)]
        self.accepted: set[int] = set()
        self._correct_typos()
        self._drop_names()

    def run(self) -> list[Found]:
        found: list[Found] = []
        done = -1
        for i in range(len(self.words)):
            if i > done and self._may_begin(i) and (hit := self._cursed(i) or self._two_words(i) or self._known(i)):
                found.append(hit)
                done = hit.last
                self.accepted.update(range(hit.first, hit.last + 1))
        return found

    def _may_begin(self, i: int) -> bool:
        """Whether a known word, a cursing part or the first half of a compound stands at i; few words do."""
        if self.entries[i] is not None or self.vocabulary.curse(self.words[i].key):
            return True
        return i + 1 < len(self.words) and self.words[i + 1].key in self.vocabulary.collectives

    def _is(self, i: int, name: str) -> bool:
        return 0 <= i < len(self.words) and self.words[i].key in self.classes[name]

    def _drop_names(self) -> None:
        """A word after Herr, Frau or a first name is a name, here and in the rest of the zone."""
        names = {word.key for i, word in enumerate(self.words)
                 if self.entries[i] is not None and word.text[:1].isupper() and word.joined
                 and (self._is(i - 1, "title") or self._signed(i))}  # fmt: skip
        for i, word in enumerate(self.words):
            if word.key in names and word.text[:1].isupper():
                self.entries[i] = None

    def _signed(self, i: int) -> bool:
        """Whether first name and surname fill a line: a signature."""
        given = self.words[i - 1]
        if i == 0 or not self._is(i - 1, "first_name") or not given.text[:1].isupper() or "\n" not in given.gap:
            return False
        return i + 1 == len(self.words) or "\n" in self.words[i + 1].gap

    def _correct_typos(self) -> None:
        """Right after somebody is addressed, a word may be one letter away from an insult."""
        address = self.classes["address"]
        for i in range(1, len(self.words)):
            if self.entries[i] is None and self.words[i - 1].key in address:
                word = self.words[i]
                if word.joined and (word.text[:1].isupper() or self.casual):
                    self.entries[i] = self.vocabulary.near(word.key)

    def _known(self, i: int) -> Found | None:
        entry = self.entries[i]
        if entry is None or self._first_of_two(i):
            return None
        return self._quality(i, entry) if entry.kind == "quality" else self._noun(i, i, entry)

    def _first_of_two(self, i: int) -> bool:
        """Whether only the first part of a compound stands here: "Amateur- und Profivereine"."""
        return i + 1 < len(self.words) and self.words[i + 1].gap.startswith("-") and self._is(i + 1, "list")

    def _noun(self, i: int, first: int, entry: Entry) -> Found | None:
        """A noun with the demeaning adjectives before it."""
        if not self._passes(i, first, entry):
            return None
        first = self._with_group(first)
        last = i + 1 if self._postposed(i + 1) else i
        return _found(first, last, entry)

    def _passes(self, i: int, first: int, entry: Entry) -> bool:
        """Whether the noun may insult here: its flags may ask for a capital, or for somebody who is meant."""
        doubtful = bool(entry.flags & {"cue", "address"})
        if doubtful and self.context.affectionate:
            return False
        if first < i and (not doubtful or self._telling(first, i)):
            return True
        if doubtful and self._evident(i, first, entry):
            return True
        word = self.words[i]
        if self.strict and self._is(i, "first_name"):
            return False  # a signature
        capital = word.text[:1].isupper() or word.masked
        if "cap" in entry.flags and not capital and self._before_noun(i):
            return False
        if "cap" in entry.flags and not capital:
            return self._addressed(first, True) or (self.casual and self._meant(i, first, "address" in entry.flags))
        if "address" in entry.flags:
            return self._meant(i, first, True)
        return not ("cue" in entry.flags or self.strict) or self._meant(i, first, False)

    def _before_noun(self, i: int) -> bool:
        """Whether a small word is the adjective of the noun after it: "der alte Preis"."""
        following = self.words[i + 1] if i + 1 < len(self.words) else None
        return following is not None and following.joined and not self.casual and following.text[:1].isupper()

    def _evident(self, i: int, first: int, entry: Entry) -> bool:
        """Whether the sentence shows a person, or (where the literal sense is rare) nothing shows the thing itself."""
        if not (self.words[i].text[:1].isupper() or self.casual) or self.context.is_literal(i, first):
            return False
        if self.context.acts_like_a_person(i, first):
            return True
        return "rare" in entry.flags and self._is(first - 1, "determiner")

    def _telling(self, first: int, last: int) -> bool:
        """Whether one of the adjectives is said of people only."""
        return any(entry is not None and "things" not in entry.flags for entry in self.entries[first:last])

    def _quality(self, i: int, entry: Entry) -> Found | None:
        """An adjective: alone, with "zu", or as the first part of a phrase."""
        head = i + 1
        while self._adjective_follows(head):
            head += 1
        noun = self.entries[head] if head < len(self.words) else None
        declined = self.words[i].key != self.words[i].key.rstrip("esmnr") or self._inflected(i, entry)
        if head < len(self.words) and self.words[head].joined and declined:
            if noun is not None and noun.kind != "quality":
                joins = noun.kind == "thing" or "of-thing-ok" not in entry.needs  # an expletive stays outside
                return self._sharpened(self._noun(head, i, noun), i, head) if joins else None
            if role := self._light(head):
                return _found(i, head, entry)._replace(kind=role, target=_TARGETS.get(role, ""))
        if "alone" in entry.flags:
            return None
        first = i - 1 if "zu" in entry.flags and self._is(i - 1, "too") and self.words[i].joined else i
        if first == i and "cue" in entry.flags and not self._meant(i, i, False):
            return None
        return _found(first, head - 1 if head - 1 > i and declined else i, entry)

    def _sharpened(self, found: Found | None, first: int, head: int) -> Found | None:
        """An adjective said of people only makes a mild noun a clear insult: "aufgeblasener Wichtigtuer"."""
        if found is None or found.kind not in ("person", "animal") or not self._telling(first, head):
            return found
        sharpest = max(entry.severity for entry in self.entries[first:head] if entry is not None)
        return found._replace(severity=max(found.severity, sharpest))

    def _inflected(self, i: int, entry: Entry) -> bool:
        return len(self.words[i].key) > len(entry.base)

    def _adjective_follows(self, i: int) -> bool:
        """Whether an attributive demeaning adjective stands at i, close to the word before."""
        entry = self.entries[i] if i < len(self.words) else None
        return (entry is not None and entry.kind == "quality" and self._inflected(i, entry)
                and self.words[i].gap.strip() in ("", ","))  # fmt: skip

    def _light(self, i: int) -> str:
        """The role of a noun that means little by itself: "Kerl", "Stück", "Verein"."""
        if not (self.words[i].text[:1].isupper() or self.casual):
            return ""
        if self._is(i, "light_person"):
            return "person"
        return "collective" if self._is(i, "light_collective") else ""

    def _with_group(self, first: int) -> int:
        """Take "Haufen", "Bande von" and their like before the noun into the span."""
        before = first - 1 if not self._is(first - 1, "of") else first - 2
        if before < 0 or not self._is(before, "group"):
            return first
        return before if all(self.words[k].joined for k in range(before + 1, first + 1)) else first

    def _postposed(self, i: int) -> bool:
        """Whether an adjective is put behind: "Saubande, dreckige!"."""
        if i >= len(self.words) or self.words[i].gap.strip() != "," or not self._adjective_follows(i):
            return False
        return i + 1 == len(self.words) or self.words[i + 1].opens

    def _cursed(self, i: int) -> Found | None:
        """A cursing part that stands apart from its noun: "scheiß Router", "Sch... Laden"."""
        part = self.vocabulary.curse(self.words[i].key)
        if part is None or "any" not in part.joins or part.role != "curse" or i + 1 >= len(self.words):
            return None
        noun, gap = self.words[i + 1], self.words[i + 1].gap.strip()
        named = not self._is(i + 1, "function") if self.casual else noun.text[:1].isupper()
        if (gap and gap.strip(".*…-")) or "\n" in noun.gap or not named or len(noun.key) < 3:
            return None
        inner = self.vocabulary.entry(part.base + noun.key) or self.vocabulary.entry(self.words[i].key + noun.key)
        return _found(i, i + 1, inner) if inner else None

    def _two_words(self, i: int) -> Found | None:
        """A compound written as two words: "clown verein"."""
        if i + 1 >= len(self.words) or not self.words[i + 1].joined or self._is(i, "function"):
            return None
        head = self.words[i + 1]
        if head.key not in self.vocabulary.collectives or not self.vocabulary.is_first(self.words[i].key):
            return None
        if not ((head.text[:1].isupper() and not self.casual) or self._is(i + 1, "light_collective")):
            return None
        entry = self.vocabulary.entry(self.words[i].key + self.words[i + 1].key)
        return _found(i, i + 1, entry) if entry else None

    def _meant(self, i: int, first: int, strict: bool) -> bool:
        """Whether the words around show that somebody is called that."""
        return (self._addressed(first, strict) or self._inverted(i) or self._named(i, first, strict)
                or self._quoted(i, first, strict) or self._exclaimed(i, first) or self._heads_list(i))  # fmt: skip

    def _addressed(self, first: int, strict: bool) -> bool:
        """ "du Esel", "ihr seid doch alle Nieten", "so eine Flasche"."""
        left, such, article = first - 1, False, -1
        while first - left <= _NEAR and left >= 0 and self._skipped(left) and not self.words[left + 1].opens:
            such = such or self._is(left, "such")
            article = left if self._is(left, "introducing") else article
            left -= 1
        if left < 0 or self.words[left + 1].opens:
            return such and not strict
        if (left in self.accepted and self.words[left + 1].gap.strip() == ",") or self._listed(left):
            return True
        if self._is(left, "address") and (article < 0 or self._is(left - 1, "copula")):
            return self._is_pronoun(left, left == first - 1)
        if self._predicate(left, article):
            return not (strict and any(self._is(k, "neuter") for k in range(left - 2, left + 2)))
        return (such or self._is(left, "such")) and not strict

    def _skipped(self, i: int) -> bool:
        """Whether the word at i may stand between the address and the insult; "für" only in "was sind das für"."""
        if self._is(i, "for"):
            return any(self._is(k, "what") for k in range(i - 3, i))
        return self._is(i, "filler") or self.context.adjectival(i)

    def _predicate(self, left: int, article: int) -> bool:
        """Whether a form of "sein" stands at left, or a few words before an article: "ist schlicht eine Null"."""
        if self._is(left, "copula"):
            asks = left == 0 or self.words[left].opens or self._is(left - 1, "list")
            return not (asks and self._is(left + 1, "definite"))
        if article < 0 or self._is(article, "definite"):
            return False
        near = range(left - 1, max(left - 3, -1), -1)
        return any(self._is(k, "copula") for k in near) and not any(
            self.words[k].opens for k in range(near[-1] + 1, left + 1)
        )

    def _listed(self, i: int) -> bool:
        """Whether "und" at i joins the word to an insult before."""
        return self._is(i, "list") and i - 1 in self.accepted

    def _heads_list(self, i: int) -> bool:
        """Whether a plain insult follows after a comma or "und": "Pfeifen und Versager"."""
        following = i + 2 if self._is(i + 1, "list") else i + 1
        if following >= len(self.words) or self.words[following].opens:
            return False
        entry = self.entries[following]
        listed = following > i + 1 or self.words[following].gap.strip() == ","
        return listed and entry is not None and entry.kind == "person" and not entry.flags & {"cue", "address", "cap"}

    def _is_pronoun(self, i: int, direct: bool) -> bool:
        """Tell "ihr Nieten" from "Ihr Koffer": the capital one before a noun is possessive."""
        word = self.words[i]
        if word.key not in self.classes["doubtful_address"]:
            return True
        if self.casual or word.text[:1].islower() or not direct or word.text.isupper():
            return True
        following = self.words[i + 2].gap.strip()[:1] if i + 2 < len(self.words) else "!"
        return following in ("!", ",") or any(self._is(k, "you_verb") for k in range(i + 2, i + 5))

    def _inverted(self, i: int) -> bool:
        """ "Nullen seid ihr", "ein Kasperltheater sind Sie"."""
        if i + 1 >= len(self.words) or self.words[i + 1].opens:
            return False
        return self._is(i + 1, "copula_you") or (self._is(i + 1, "be") and self._is(i + 2, "called"))

    def _named(self, i: int, first: int, strict: bool) -> bool:
        """A verb of naming stands near in the same sentence."""
        if strict and not any(self._is(k, "introducing") for k in range(first - 3, first)):
            return False
        return any(self._is(k, "naming") for k in self._window(i, first))

    def _window(self, i: int, first: int) -> Iterator[int]:
        for k in range(i + 1, min(i + 1 + _NEAR, len(self.words))):
            if self.words[k].opens:
                break
            yield k
        for k in range(first - 1, max(first - 1 - _NEAR, -1), -1):
            if self.words[k + 1].opens:
                break
            yield k

    def _quoted(self, i: int, first: int, strict: bool) -> bool:
        """The word stands in quotation marks by itself."""
        after = self.words[i + 1].gap if i + 1 < len(self.words) else ""
        if self._is(first - 1, "introducing") and self.words[first].joined:
            first -= 1  # an article may stand inside
        before = self.words[first].gap
        if not strict and before[-1:] in _OPENING and before:
            return True
        return before[-1:] in _QUOTES and before != "" and after[:1] != "" and after[0] in _QUOTES

    def _exclaimed(self, i: int, first: int) -> bool:
        """The word is a sentence by itself, or part of a list of names."""
        after = self.words[i + 1].gap if i + 1 < len(self.words) else "."
        return self.words[first].opens and after.strip()[:1] in tuple(".!,") and after.strip() != ""


_TARGETS = {"collective": "company", "thing": "product"}


def _found(first: int, last: int, entry: Entry) -> Found:
    return Found(first, last, entry.base, entry.kind, entry.severity, entry.rule, entry.why, entry.needs, entry.target)


def _is_casual(words: list[Word]) -> bool:
    """Whether the writer does without capitals, or writes nothing else: then they say nothing."""
    inner = [word for word in words if not word.opens and len(word.text) > 1]
    if len(inner) < 3:
        return all(word.text.islower() or word.text.isupper() for word in words)
    capitals = sum(word.text[0].isupper() for word in inner)
    return capitals <= 0.06 * len(inner) or sum(word.text.isupper() for word in inner) > 0.7 * len(inner)
