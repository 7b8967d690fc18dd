"""What the templates say, without filling them: tells which step wrote a sentence of a draft, and in which tone."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from drafter.data import read_rules, read_text
from drafter.places import Places
from drafter.plan import load_steps
from drafter.templates import BASE_TONE, SUFFIX, tone_folders

KNOWN = 0.3
"""From this share of its word pairs a sentence counts as one of a step."""

FORMS = 3
"""So many forms of address a template may have: {Sie|du|ihr}."""

_MARKS = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|^===[ \t]*$", re.DOTALL | re.MULTILINE)
_ADDRESS = re.compile(r"\{([^{}|\n]*(?:\|[^{}|\n]*){1,2})\}")
_INCLUDE = re.compile(r"\{%-?\s*include\s+'([\w/.-]+)'")
_TONE = re.compile(r"[a-z0-9_-]+")
_WORD = re.compile(r"\w+")
_FRAME = "letter"

Pair = tuple[str, str]


class Spoken(NamedTuple):
    """The word pairs of one tone with the steps that say them; the fewer those are, the more a pair weighs."""

    steps: dict[Pair, frozenset[str]]
    weights: dict[Pair, float]
    heaviest: float

    def scores(self, words: Sequence[str]) -> dict[str, float]:
        """Return for each step that shares a word pair with a sentence how much of the sentence it says, 0 to 1."""
        pairs = list(itertools.pairwise(words))
        total = sum(self.weights.get(pair, self.heaviest) for pair in pairs) or 1.0
        found: dict[str, float] = {}
        for pair in pairs:
            for step in self.steps.get(pair, ()):
                found[step] = found.get(step, 0.0) + self.weights[pair] / total
        return found


class StepFinder(NamedTuple):
    """The phrases of every tone and the order of the steps."""

    order: dict[str, int]
    tones: dict[str, Spoken]
    promising: frozenset[str]
    vocabulary: frozenset[str]  # the words of all templates, small

    @classmethod
    def load(cls, places: Places, options: Iterable[str] = ()) -> StepFinder:
        """Read the templates of all tones.

        Args:
            options: the texts of the policy's options; they count as said by the step that lists them.

        Raises:
            DrafterError: the plan or a template cannot be read.
        """
        rules = load_steps(places)
        names = [rule.name for rule in rules] + [step for step in _letter_steps(places) if step != _FRAME]
        order = {name: number for number, name in enumerate(dict.fromkeys(names))}
        promising = frozenset(rule.name for rule in rules if rule.promises)
        roots = places.folders("templates")
        folders = (folder for root in roots for folder in root.iterdir() if any(folder.rglob("*" + SUFFIX)))
        tones = sorted({folder.name for folder in folders if _TONE.fullmatch(folder.name)})
        texts = {tone: _texts(places, tone, order, tuple(options)) for tone in tones}
        words = {word for said in texts.values() for runs in said.values() for run in runs for word in plain_words(run)}
        return cls(order, {tone: _spoken(said) for tone, said in texts.items()}, promising, frozenset(words))

    def steps_of(
        self, sentences: Sequence[Sequence[str]], among: Sequence[str] = (), tone: str = ""
    ) -> tuple[str, list[str]]:
        """Tell the tone of a draft and which step wrote each of its sentences; "" where none can be told.

        The steps of a draft stand in the order of the plan, so that is kept.

        Args:
            sentences: their words, as `plain_words` gives them.
            among: the steps of the plan, where they are known.
            tone: the tone, where it is known.
        """
        tones = [tone] if tone in self.tones else sorted(self.tones, key=lambda name: name != BASE_TONE)
        best: tuple[float, str, list[str]] = (0.0, "", [""] * len(sentences))
        for name in tones:
            scores = [self._within(self.tones[name].scores(words), among) for words in sentences]
            total, labels = _in_order(scores, among or tuple(self.order))
            if total > best[0] + 1e-9:
                best = (total, name, labels)
        return best[1], best[2]

    def step_of(self, words: Sequence[str], tone: str) -> str:
        """Return the step that a single sentence sounds like, "" for none."""
        scores = self.tones[tone].scores(words) if tone in self.tones else {}
        step = max(scores, key=lambda name: scores[name], default="")
        return step if step and scores[step] >= KNOWN else ""

    @staticmethod
    def _within(scores: dict[str, float], among: Sequence[str]) -> dict[str, float]:
        """Keep the steps of the plan; where those are not known, only what is plain."""
        floor = KNOWN / 2 if among else KNOWN
        return {name: score for name, score in scores.items() if score >= floor and (not among or name in among)}


def plain_words(text: str) -> list[str]:
    """Return the words of a text in small letters, ss for sharp s."""
    return _WORD.findall(text.casefold())


def _in_order(scores: Sequence[dict[str, float]], order: Sequence[str]) -> tuple[float, list[str]]:
    """Give every sentence a step so that the steps never go back and the scores add up to most."""
    best: dict[int, float] = {-1: 0.0}  # place of the last step -> sum up to here
    back: list[dict[int, int]] = []
    places = {name: number for number, name in enumerate(order)}
    for found in scores:
        came = {place: place for place in best}
        after = dict(best)
        for name, score in found.items():
            place = places[name]
            last = max((earlier for earlier in best if earlier <= place), key=lambda earlier: best[earlier])
            if best[last] + score > after.get(place, -1.0):
                after[place], came[place] = best[last] + score, last
        best = after
        back.append(came)
    return _walk_back(scores, order, best, back)


def _walk_back(
    scores: Sequence[dict[str, float]], order: Sequence[str], best: dict[int, float], back: list[dict[int, int]]
) -> tuple[float, list[str]]:
    place = max(best, key=lambda last: best[last])
    total, labels = best[place], [""] * len(scores)
    for number in range(len(scores) - 1, -1, -1):
        if place >= 0 and order[place] in scores[number]:
            labels[number] = order[place]
        place = back[number][place]
    return total, labels


def _letter_steps(places: Places) -> list[str]:
    """Return the steps of confirmations and notices."""
    path = places.file("templates", "letters.yaml")
    return [block["step"] for block in read_rules(path, {"letter", "step", "advice", "because"}, set())]


def _texts(places: Places, tone: str, steps: Iterable[str], options: tuple[str, ...]) -> dict[str, list[str]]:
    """Return what each step of a tone says between its values, in every form of address."""
    folders = tone_folders(places, tone)
    found = {step: list(_runs(_sources(folders, step + SUFFIX, set()))) for step in steps}
    if "offer_options" in found:
        found["offer_options"] += _runs(options)
    return found


def _sources(folders: list[Path], name: str, seen: set[str]) -> Iterator[str]:
    """Yield a template and what it includes; of an include whose name is made up of parts, the whole folder.

    The company's and the shipped one of a tone count both: a draft may be older than the company's wording.
    """
    having = [folder for folder in folders if (folder / name).is_file()] if name not in seen else []
    seen.add(name)
    for folder in having:
        if folder.name != having[0].name:
            return
        source = read_text(folder / name)
        yield source
        for include in _INCLUDE.findall(source):
            for inner in _included(folders, include):
                yield from _sources(folders, inner, seen)


def _included(folders: list[Path], include: str) -> list[str]:
    if include.endswith(SUFFIX):
        return [include]
    return sorted({include + file.name for folder in folders for file in (folder / include).glob("*" + SUFFIX)})


def _runs(sources: Iterable[str]) -> Iterator[str]:
    for source in sources:
        for number in range(FORMS):
            yield from filter(str.strip, _MARKS.split(_in_form(source, number)))


def _in_form(source: str, number: int) -> str:
    def chosen(match: re.Match[str]) -> str:
        forms = match[1].split("|")
        return forms[number] if number < len(forms) else forms[0]

    return _ADDRESS.sub(chosen, source)


def _spoken(texts: dict[str, list[str]]) -> Spoken:
    steps: dict[Pair, set[str]] = {}
    for step, runs in texts.items():
        for run in runs:
            for pair in itertools.pairwise(plain_words(run)):
                steps.setdefault(pair, set()).add(step)
    counts = Counter({pair: len(said) for pair, said in steps.items()})
    heaviest = math.log(1 + len(texts))
    weights = {pair: math.log(1 + len(texts) / count) for pair, count in counts.items()}
    return Spoken({pair: frozenset(said) for pair, said in steps.items()}, weights, heaviest)
