"""The customer's own words: tokenised once, split into sentences, parsed only where asked.

Tokenising costs about a sixtieth of parsing, so every mail is tokenised, and a
sentence is parsed when the first detector asks for its grammar.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from functools import cached_property

from spacy.tokens import Doc

from drafter.analysis.parsed import Parsed, Token
from drafter.analysis.pipeline import Pipeline
from drafter.records import OWN_ZONES, Zone

MAX_OWN_CHARACTERS = 40_000
"""The analysis reads no further: a longer mail is no mail, and time must stay bounded."""

MAX_SENTENCE_TOKENS = 120
"""A longer stretch without a full stop is cut, so that parsing stays bounded."""

MAX_WORD_CHARACTERS = 120
"""A longer run without a space is no word; it is left out of the tokens."""

_STOPS = re.compile(r"[.!?…]+$|^[.!?…]+")
_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n[ \t]*(?:[-*•–]|\d{1,2}[.)])[ \t]+")
_CLOSING = "\"“”»«')"
_WHITE = re.compile(r"\s")
_QUOTATION = re.compile(r"„[^“”\"]{1,400}[“”\"]|»[^«]{1,400}«|«[^»]{1,400}»|“[^”]{1,400}”|\"[^\"]{1,400}\"")
_LONG_RUN = re.compile(rf"\S{{{MAX_WORD_CHARACTERS + 1},}}")


class Sentence:
    """A sentence of the customer; `start` and `end` are offsets into the body."""

    def __init__(self, piece: _Piece, first: int, last: int) -> None:
        tokens = piece.tokens
        self._piece = piece
        self._range = (first, last)
        self.words = tokens.words[first:last]  # plain texts: a spaCy token costs more than looking at it
        self.opens = first == 0  # nothing stands before it in its piece of text
        self.start = piece.start + tokens.starts[first]
        self.end = piece.start + tokens.starts[last - 1] + len(self.words[-1].rstrip())
        self.zone = piece.zone
        self._parsed: Parsed | None = None

    @property
    def tokens(self) -> list[Token]:
        """The tokens, not parsed, in the doc of all that stands in one piece with the sentence."""
        first, last = self._range
        return self._piece.unparsed[first:last]

    @cached_property
    def text(self) -> str:
        """The sentence as it stands in the body; one object, so that its hash is computed once for all caches."""
        return self._piece.owner.body[self.start : self.end]

    @property
    def doc(self) -> Parsed:
        """The parsed sentence; token.idx counts from `start`. Parsing happens at the first call."""
        if self._parsed is None:
            parse([self], self._piece.owner.pipeline)
        assert self._parsed is not None
        return self._parsed

    def unparsed(self) -> Parsed:
        """Return the sentence as a doc of its own, without grammar."""
        first, last = self._range
        return Parsed(self.words, self._piece.tokens.spaced[first:last])

    def copy(self) -> Doc:
        """Return the sentence as a spaCy Doc of its own; Span.as_doc does the same and takes five times as long."""
        first, last = self._range
        doc = Doc(self._piece.doc.vocab, words=self.words, spaces=self._piece.tokens.spaced[first:last])
        norms = self._piece.doc.to_array("NORM")[first:last]  # the tokenizer knows better ones than the word has
        for place in (doc.to_array("NORM") != norms).nonzero()[0].tolist():
            doc[place].norm_ = doc.vocab.strings[int(norms[place])]
        return doc

    @property
    def is_parsed(self) -> bool:
        """Whether the grammar has been paid for already."""
        return self._parsed is not None

    def span_tokens(self, start: int, end: int) -> list[Token]:
        """Return the parsed tokens that overlap the body offsets start to end."""
        return [t for t in self.doc if self.start + t.idx < end and self.start + t.idx + len(t) > start]


class OwnText:
    """What the customer wrote in this mail: the own zones of the body as sentences."""

    def __init__(self, body: str, zones: Iterable[Zone], pipeline: Pipeline) -> None:
        self.body = body
        self.zones = tuple(zones)
        self.pipeline = pipeline
        self.own_zones = _bounded([zone for zone in self.zones if zone.kind in OWN_ZONES])

    @cached_property
    def sentences(self) -> list[Sentence]:
        """All sentences of the own zones in order."""
        found: list[Sentence] = []
        for zone in self.own_zones:
            for start, end in self._pieces(zone):
                found.extend(self._split(start, end, zone))
        return found

    @cached_property
    def _quotations(self) -> list[tuple[int, int]]:
        return [match.span() for match in _QUOTATION.finditer(self.body)]

    def in_quotation(self, place: int) -> bool:
        """Tell whether an offset of the body lies between quotation marks, or on one: other people's words, mostly."""
        return any(start <= place < end for start, end in self._quotations)

    @cached_property
    def prose(self) -> str:
        """The own zones except the sign-off, joined by newlines: for detectors that need no offsets."""
        zones = [z for z in self.own_zones if z.kind != "signoff"]
        return "\n".join(self.body[z.start : z.end].strip() for z in zones).strip()

    def zone_text(self, kind: str) -> str:
        """The text of all zones of a kind, joined by newlines."""
        return "\n".join(self.body[z.start : z.end].strip() for z in self.zones if z.kind == kind)

    def sentence_at(self, offset: int) -> Sentence | None:
        """Return the sentence that holds the body offset."""
        return next((s for s in self.sentences if s.start <= offset < max(s.end, s.start + 1)), None)

    def neighbours(self, sentence: Sentence) -> tuple[Sentence | None, Sentence | None]:
        """Return the sentence before and the one after."""
        index = self.sentences.index(sentence)
        before = self.sentences[index - 1] if index else None
        after = self.sentences[index + 1] if index + 1 < len(self.sentences) else None
        return before, after

    def _pieces(self, zone: Zone) -> Iterable[tuple[int, int]]:
        """Cut a zone at blank lines, list bullets and over-long runs."""
        cuts = {zone.start, zone.end}
        text = self.body[zone.start : zone.end]
        cuts.update(zone.start + match.start() for match in _PARAGRAPH.finditer(text))
        for match in _LONG_RUN.finditer(text):
            cuts.update((zone.start + match.start(), zone.start + match.end()))
        edges = sorted(cuts)
        for start, end in itertools.pairwise(edges):
            piece = self.body[start:end]
            if _is_prose(piece.strip()):
                lead = len(piece) - len(piece.lstrip())
                yield start + lead, end

    def _split(self, start: int, end: int, zone: Zone) -> Iterable[Sentence]:
        piece = _Piece(self, start, end, zone)
        words, spaced = piece.tokens.words, piece.tokens.spaced
        first = 0
        for number, word in enumerate(words):
            may_end = not word.isalpha() and _ends_sentence(words, spaced, number)
            if may_end or number - first >= MAX_SENTENCE_TOKENS:
                yield Sentence(piece, first, number + 1)
                first = number + 1
        if first < len(words):
            yield Sentence(piece, first, len(words))


def parse(sentences: Iterable[Sentence], pipeline: Pipeline) -> None:
    """Parse sentences of one or several mails in one batch; those that are parsed already cost nothing."""
    waiting = [sentence for sentence in dict.fromkeys(sentences) if not sentence.is_parsed]
    copies = [sentence.copy() for sentence in waiting]
    for sentence, doc in zip(waiting, pipeline.parse(copies), strict=True):
        sentence._parsed = sentence.unparsed().annotated(doc)


class _Piece:
    """A run of text without paragraph breaks, cut into tokens; a Doc is made of it where grammar is asked for."""

    def __init__(self, owner: OwnText, start: int, end: int, zone: Zone) -> None:
        self.owner = owner
        self.start = start
        self.zone = zone
        self._text = _WHITE.sub(" ", owner.body[start:end])  # no line breaks for the parser
        self.tokens = owner.pipeline.split(self._text)

    @cached_property
    def unparsed(self) -> Parsed:
        return Parsed(self.tokens.words, self.tokens.spaced)

    @cached_property
    def doc(self) -> Doc:
        return self.owner.pipeline.tokenize(self._text, self.tokens)


def _ends_sentence(words: list[str], spaced: list[bool], number: int) -> bool:
    """A stop ends a sentence, unless more stops, a closing quote or a lower-case word follow."""
    if number + 1 >= len(words):
        return True
    word, following = words[number], words[number + 1]
    small = following[:1].islower()
    if small and not spaced[number]:
        return False  # "Sch...verein"
    if word in _CLOSING and number and _STOPS.search(words[number - 1]):
        return following[:1].isupper()
    if not _STOPS.fullmatch(word) or following in _CLOSING or _STOPS.match(following):
        return False
    if "!" in word or "?" in word:
        return following[:1] not in ",;)"
    if not small:
        return True
    before = words[number - 1] if number else ""
    return before.isalpha() and len(before) > 2 and following.isalpha()  # informal mails skip the capitals


def _is_prose(piece: str) -> bool:
    return bool(piece) and (len(piece) <= MAX_WORD_CHARACTERS or not _LONG_RUN.fullmatch(piece))


def _bounded(zones: list[Zone]) -> list[Zone]:
    """Keep the zones up to MAX_OWN_CHARACTERS in all."""
    kept: list[Zone] = []
    room = MAX_OWN_CHARACTERS
    for zone in zones:
        if room <= 0:
            break
        end = min(zone.end, zone.start + room)
        kept.append(Zone(zone.kind, zone.start, end))
        room -= end - zone.start
    return kept
