"""What people changed in a draft before they sent it: how alike the two are, which kinds of change, in which step.

    Reader.load(places)             what is needed to read letters
    compare(draft, sent, reader)  → Comparison, with a StepChange for each step

Nothing below the closing formula is compared: there stands who signs, not what was said. Replacements are masked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from drafter.alignment import (
    MAX_UNLIKE,
    Block,
    Words,
    changed_blocks,
    in_place,
    link,
    out_of_order,
    similarity,
    span_within,
)
from drafter.check.numbers import is_covered
from drafter.check.register import QUOTED
from drafter.letterparts import GAP, TIMES, Letter, Parts, Reader, Sentence
from drafter.phrases import plain_words

__all__ = ["Comparison", "Letter", "Reader", "Replacement", "StepChange", "compare"]

KINDS: tuple[str, ...] = (
    "register", "greeting", "closing", "shortened", "lengthened", "rewritten", "reworded", "tone_words", "moved",
    "fact_added", "fact_dropped", "gap_filled", "promise_changed", "option_added", "option_dropped", "step_added",
    "step_dropped", "text_added",
)  # fmt: skip
EXPECTED = frozenset(("gap_filled",))
"""Kinds that a template asks for: they do not count as rewriting."""

REWRITTEN = 0.5
"""Below this likeness a text was written anew."""

REWORDED = 0.7
"""Below this likeness more was changed than a word of tone or a figure."""

SHORTER, LONGER, FEWEST = 0.75, 1.33, 4
"""A text is shortened or lengthened by this share of its words, and by so many at least."""

OPTIONS = "offer_options"
_SIZES = frozenset(("shortened", "lengthened", "option_added", "option_dropped"))
MAX_EXAMPLES = 20
"""So many replacements of a step are kept."""


class Replacement(NamedTuple):
    """Words of a draft and what stands in their place; either may be empty."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class StepChange:
    """What became of a step; `step` is empty for words that no template says."""

    step: str
    similarity: float
    kinds: tuple[str, ...]
    replacements: tuple[Replacement, ...] = ()

    @property
    def rewritten(self) -> bool:
        """Whether a person changed it beyond what the template asks for."""
        return bool(set(self.kinds) - EXPECTED)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A draft and what was sent; `cut` says that only the beginning was compared."""

    tone: str
    similarity: float
    kinds: tuple[str, ...]
    steps: tuple[StepChange, ...]
    cut: bool = False
    capitalised: frozenset[str] = frozenset()  # words that may be names, in small letters

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object."""
        steps = [asdict(step) | {"replacements": [pair._asdict() for pair in step.replacements]} for step in self.steps]
        return {"tone": self.tone, "similarity": self.similarity, "kinds": self.kinds, "steps": steps, "cut": self.cut}


def compare(draft: Letter, sent: Letter, reader: Reader) -> Comparison:
    """Say what was changed; of any two texts."""
    before, after = Parts(draft.text, reader), Parts(sent.text, reader)
    tone, labels = _labels(before, draft, reader)
    changes = _Changes(before, after, reader, tone, labels, [*draft.people, *sent.people])
    steps = tuple(changes.steps())
    alike = round(similarity(before.words, after.words), 4)
    frame = _frame_kinds(before, after)
    inner = {kind for step in steps for kind in step.kinds}
    some = {"reworded"} if alike < 1 and not frame | inner else set()
    kinds = _ordered(frame | inner | some)
    names = frozenset((*before.capitalised, *after.capitalised)) - reader.common
    return Comparison(tone, alike, kinds, steps, before.cut or after.cut, names)


def _labels(parts: Parts, letter: Letter, reader: Reader) -> tuple[str, list[str]]:
    """Tell tone and steps of a draft; what sounds like no step belongs to its neighbour in the paragraph."""
    said = [plain_words(QUOTED.sub(" ", GAP.sub(" ", sentence.text))) for sentence in parts.sentences]
    tone, labels = reader.finder.steps_of(said, letter.steps, letter.tone)
    for order in (range(1, len(labels)), range(len(labels) - 2, -1, -1)):
        for number in order:
            other = number - order.step
            if not labels[number] and parts.sentences[number].paragraph == parts.sentences[other].paragraph:
                labels[number] = labels[other]
    return tone, labels


def _frame_kinds(before: Parts, after: Parts) -> set[str]:
    """Return the kinds that only the letter as a whole shows."""
    found = _length_kinds(len(before.words), len(after.words))
    if before.form and after.form and before.form != after.form:
        found.add("register")
    if plain_words(before.greeting) != plain_words(after.greeting):
        found.add("greeting")
    if plain_words(before.closing) != plain_words(after.closing):
        found.add("closing")
    return found


def _length_kinds(before: int, after: int) -> set[str]:
    if after <= SHORTER * before and before - after >= FEWEST:
        return {"shortened"}
    return {"lengthened"} if after >= LONGER * before and after - before >= FEWEST else set()


class _Pairing(NamedTuple):
    """A sentence of the draft and the one that was sent for it; of joined or parted ones the stretches."""

    old: Sentence
    new: Sentence

    @property
    def blocks(self) -> list[Block]:
        return changed_blocks(self.old.words, self.new.words)

    def fills(self, block: Block) -> bool:
        """Whether the block puts something into a gap."""
        gaps = [word for word in self.old.words[block.start : block.end] if GAP.fullmatch(word)]
        filled = self.new.words[block.other_start : block.other_end]
        return bool(gaps and filled) and not any(GAP.fullmatch(word) for word in filled)

    @property
    def unfilled_words(self) -> Words:
        """The sent words without those that fill gaps."""
        blocks = [block for block in self.blocks if self.fills(block)]
        hidden = {number for block in blocks for number in range(block.other_start, block.other_end)}
        words = enumerate(self.new.words)
        return tuple(word for number, word in words if number not in hidden and not GAP.fullmatch(word))

    @property
    def unfilled_text(self) -> str:
        """The sent text with blanks for what fills gaps."""
        text = self.new.text
        for block in self.blocks:
            if self.fills(block):
                filler = self.new.slice(block.other_start, block.other_end)
                text = text.replace(filler, " " * len(filler), 1)
        return text


class _Unit(NamedTuple):
    """A step: its sentences with those that answer them, those that went, those that came."""

    step: str
    pairings: list[_Pairing]
    lost: list[Sentence]
    news: list[Sentence]

    def old_words(self, lost: Iterable[Sentence]) -> list[str]:
        """Return the words of the draft, gaps left out."""
        sentences = [*(pairing.old for pairing in self.pairings), *lost]
        return [word for sentence in sentences for word in sentence.words if not GAP.fullmatch(word)]

    def new_words(self, news: Iterable[Sentence]) -> list[str]:
        """Return the words that were sent, those in gaps left out."""
        kept = [word for pairing in self.pairings for word in pairing.unfilled_words]
        return kept + [word for sentence in news for word in sentence.words]


class _Changes:
    """Works out what became of each step: the sentences of both texts, linked."""

    def __init__(self, before: Parts, after: Parts, reader: Reader, tone: str, labels: list[str],
                 people: Sequence[str]) -> None:  # fmt: skip
        self._before, self._after, self._reader, self._labels = before, after, reader, labels
        self._links = link([s.words for s in before.sentences], [s.words for s in after.sentences])
        self._shared = Counter(j for _, j in self._links)
        self._parted = Counter(i for i, _ in self._links)
        self._gone = [i for i, name in enumerate(labels) if name and i not in self._parted][:MAX_UNLIKE]
        linked = set(self._shared)
        self._added = {j: reader.finder.step_of(plain_words(s.text), tone)
                       for j, s in enumerate(after.sentences) if j not in linked}  # fmt: skip
        self._old_facts, self._new_facts = reader.facts(before.text, True), reader.facts(after.text, True)
        self._readdressed = bool(before.form and after.form and before.form != after.form)
        frame = (before.greeting, after.greeting)
        self._names = reader.anonymiser.names(frame, (before.signature, after.signature, *people))

    def steps(self) -> Iterable[StepChange]:
        """Yield the steps of the draft in their order, then what was added."""
        names = list(dict.fromkeys(self._labels))
        first = {name: min((j for i, j in self._links if self._labels[i] == name), default=-1) for name in names}
        placed = [name for name in names if first[name] >= 0]
        moved = {placed[place] for place in out_of_order([first[name] for name in placed])}
        own = {j: self._home(j, step, names) for j, step in self._added.items()}
        for name in names:
            yield self._step(name, name in moved, [j for j, home in own.items() if home == name])
        strangers = [j for j, home in own.items() if home is None]
        for step in dict.fromkeys(self._added[j] for j in strangers):
            yield self._stranger(step, [j for j in strangers if self._added[j] == step])

    def _home(self, j: int, step: str, names: list[str]) -> str | None:
        """Return the step of the draft to which an added sentence belongs: by its words, else by its place."""
        if step and step in names:
            return step
        if step:
            return None
        if self._after.sentences[j].item:
            return OPTIONS if OPTIONS in names else None
        return next((self._labels[i] for i in self._gone if in_place(self._links, i, j)), None)

    def _stranger(self, step: str, added: list[int]) -> StepChange:
        sentences = [self._after.sentences[j] for j in added]
        kinds = (
            {"step_added"} if step else {"option_added" if sentence.item else "text_added" for sentence in sentences}
        )
        kinds |= self._fact_kinds("", " \n".join(sentence.text for sentence in sentences))
        shown = tuple(Replacement("", self._shown(sentence.text)) for sentence in sentences[:MAX_EXAMPLES])
        return StepChange(step, 0.0, _ordered(kinds), shown)

    def _step(self, name: str, moved: bool, added: list[int]) -> StepChange:
        mine = [i for i, label in enumerate(self._labels) if label == name]
        links = [pair for pair in self._links if self._labels[pair[0]] == name]
        pairings = [self._pairing(i, j) for i, j in links]
        news = [self._after.sentences[j] for j in added]
        if not pairings and not news:
            sentences = [self._before.sentences[i] for i in mine]
            dropped = tuple(Replacement(self._shown(sentence.text), "") for sentence in sentences[:MAX_EXAMPLES])
            return StepChange(name, 0.0, ("step_dropped",), dropped)
        lost = [self._before.sentences[i] for i in mine if i not in {i for i, _ in links}]
        moved = moved or bool(out_of_order([j for _, j in links if self._shared[j] == 1]))
        alike, kinds = self._unit_kinds(_Unit(name, pairings, lost, news))
        if moved:
            kinds.add("moved")
        shown = [pair for pairing in pairings for pair in self._replacements(pairing)]
        shown += [Replacement(self._shown(sentence.text), "") for sentence in lost]
        shown += [Replacement("", self._shown(sentence.text)) for sentence in news]
        return StepChange(name, alike, _ordered(kinds), tuple(shown[:MAX_EXAMPLES]))

    def _unit_kinds(self, unit: _Unit) -> tuple[float, set[str]]:
        """Return how alike a step is and what was changed in it; what fills a gap counts for neither.

        Options that came or went are named as such: their words, figures and length tell nothing of the template.
        """
        alike = round(similarity(unit.old_words(unit.lost), unit.new_words(unit.news)), 4)
        lost, news = _prose(unit.lost), _prose(unit.news)
        old, new = unit.old_words(lost), unit.new_words(news)
        kinds = _option_kinds(unit.lost, unit.news) | _length_kinds(len(old), len(new))
        if any(pairing.fills(block) for pairing in unit.pairings for block in pairing.blocks):
            kinds.add("gap_filled")
        promised = any(self._promise_changed(unit.step, pairing) for pairing in unit.pairings)
        if promised or any(self._promises(unit.step, s.text) and self._reader.times(s.text) for s in lost):
            kinds.add("promise_changed")
        before = [pairing.old.text for pairing in unit.pairings] + [sentence.text for sentence in lost]
        after = [pairing.unfilled_text for pairing in unit.pairings] + [sentence.text for sentence in news]
        kinds |= self._fact_kinds("\n".join(before), "\n".join(after), TIMES if promised else frozenset())
        return alike, kinds | self._wording_kinds(old, new, kinds)

    def _wording_kinds(self, old: list[str], new: list[str], others: set[str]) -> set[str]:
        """Return how far the words of a step were changed."""
        alike = similarity(old, new)
        if alike < REWRITTEN:
            return {"rewritten"}
        found = {"tone_words"} if self._tone_words(old) != self._tone_words(new) else set()
        little = alike >= REWORDED and (others | found) - EXPECTED
        if alike < 1 and not (little or self._readdressed or others & _SIZES):
            found.add("reworded")
        return found

    def _pairing(self, i: int, j: int) -> _Pairing:
        """Pair two sentences; where several were joined or one was parted, each gets its stretch."""
        old, new = self._before.sentences[i], self._after.sentences[j]
        if self._shared[j] > 1:
            return _Pairing(old, new.part(*span_within(old.words, new.words)))
        if self._parted[i] > 1:
            return _Pairing(old.part(*span_within(new.words, old.words)), new)
        return _Pairing(old, new)

    def _promises(self, name: str, text: str) -> bool:
        return name in self._reader.finder.promising or self._reader.names_day(text)

    def _promise_changed(self, name: str, pairing: _Pairing) -> bool:
        """Whether another day or duration is promised; a day put into a gap changes none."""
        if pairing.old.words == pairing.new.words or pairing.new.asks:
            return False
        new = pairing.unfilled_text
        if self._reader.times(pairing.old.text) == self._reader.times(new):
            return False
        return self._promises(name, pairing.old.text) or self._reader.names_day(new)

    def _fact_kinds(self, before: str, after: str, apart: frozenset[str] = frozenset()) -> set[str]:
        """Return whether figures came or went that the other letter does not have anywhere."""
        new = [fact for fact in self._reader.facts(after) if fact.kind not in apart]
        old = [fact for fact in self._reader.facts(before) if fact.kind not in apart]
        added = any(not is_covered(fact, self._old_facts) for fact in new)
        dropped = any(not is_covered(fact, self._new_facts) for fact in old)
        return ({"fact_added"} if added else set()) | ({"fact_dropped"} if dropped else set())

    def _tone_words(self, words: Iterable[str]) -> Counter[str]:
        return Counter(word for word in words if word in self._reader.tone_words)

    def _replacements(self, pairing: _Pairing) -> Iterable[Replacement]:
        """Yield which words took whose place; a sentence written anew as a whole."""
        if similarity(pairing.old.words, pairing.new.words) < REWRITTEN:
            yield Replacement(self._shown(pairing.old.text), self._shown(pairing.new.text))
            return
        for block in pairing.blocks:
            if not pairing.fills(block):
                new = pairing.new.slice(block.other_start, block.other_end)
                yield Replacement(self._shown(pairing.old.slice(block.start, block.end)), self._shown(new))

    def _shown(self, text: str) -> str:
        return self._reader.anonymiser.mask(text, self._names)


def _prose(sentences: Iterable[Sentence]) -> list[Sentence]:
    return [sentence for sentence in sentences if not sentence.item]


def _option_kinds(lost: Iterable[Sentence], news: Iterable[Sentence]) -> set[str]:
    dropped, added = any(sentence.item for sentence in lost), any(sentence.item for sentence in news)
    return ({"option_dropped"} if dropped else set()) | ({"option_added"} if added else set())


def _ordered(kinds: set[str]) -> tuple[str, ...]:
    return tuple(kind for kind in KINDS if kind in kinds)
