"""Preview templates: draft the samples again and again, and choose which of them to show.

    Studio.load(home)                 loaded once; `reload(files)` after a save
    studio.choose(arguments)          → Chosen: samples and steps
    studio.draft(samples, columns)    → Row, …: each sample with its draft in every tone and form of address

A mail is analysed once and a letter checked once, however many tones there are and however often a template is saved.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from drafter.analysis import Analyzer, Pipeline, load_pipeline
from drafter.analysis.quotable import QuoteFinder
from drafter.briefing import load_hints
from drafter.check import FILES as CHECK_FILES
from drafter.check import CheckContext, Checker, Spot
from drafter.drafting import Kit, load_from
from drafter.errors import DrafterError, PolicyError, TemplateError
from drafter.history import NONE
from drafter.messages import _, near
from drafter.places import POLICY_NAME, RULE_FOLDERS, Places, find_places
from drafter.plan import load_steps
from drafter.policy import load_policy
from drafter.read import read_file
from drafter.records import Analysis, Mail, Outcome, Zone
from drafter.sample_files import SUFFIX as SAMPLES_SUFFIX
from drafter.samples import (
    LetterSample,
    Sample,
    draft_letter_sample,
    draft_sample,
    load_letter_samples,
    load_mail_samples,
    load_samples,
)
from drafter.template_files import FRAME, closure, in_force, origin_of, tones, wanted
from drafter.templates import SUFFIX, tone_folders

AnySample = Sample | LetterSample

KEPT_LETTERS = 4096
"""Of so many letters the check remembers what it found."""

SHIPPED = "shipped"
"""Names what is shipped where a tone could stand."""

LISTING = "drafter templates list"

SAME_POLICY = ("company", "phone", "calendar", "style")
"""Tables of the policy that say who writes: what is ours is shown as if the same company had written it."""


class Column(NamedTuple):
    """One way of drafting all samples."""

    tone: str
    register: str = "auto"
    shipped: bool = False  # with the templates, options and rules that are shipped

    @property
    def label(self) -> str:
        """What stands above its drafts."""
        words = [self.tone, *([self.register] if self.register != "auto" else []), *([_("shipped")] * self.shipped)]
        return " · ".join(words)


class Row(NamedTuple):
    """A sample with its drafts."""

    id: str
    sample: AnySample
    outcomes: Mapping[Column, Outcome]


class Chosen(NamedTuple):
    """What the arguments name."""

    samples: tuple[AnySample, ...]
    steps: frozenset[str]  # empty: all, and the whole draft
    told: tuple[str, ...] = ()  # mails that cannot be read


class Studio:
    """Holds the kit of the working copy and, where it is asked for, that of what is shipped."""

    def __init__(self, places: Places, pipeline: Pipeline) -> None:
        self.places = places
        self._pipeline = pipeline
        self._kit = self._load()
        self._shipped: Kit | None = None
        self._unread: frozenset[Path] = frozenset()
        self._samples: tuple[AnySample, ...] = ()

    @classmethod
    def load(cls, home: str | os.PathLike[str] | None = None, model: str | None = None) -> Studio:
        """Load everything once.

        Raises:
            DrafterError: something on disk is missing or wrong; the message says what and where.
        """
        places = find_places(home)
        return cls(places, load_pipeline(model, places.pipeline))

    @property
    def tone(self) -> str:
        """The tone of the policy."""
        return self._kit.policy.style.tone

    @property
    def watched(self) -> list[Path]:
        """Where files lie whose saving changes drafts."""
        home = self.places.home
        own = [home / name for name in (POLICY_NAME, "templates", *RULE_FOLDERS)] if home else []
        return [*own, *(folder for folder in self.places.folders("templates") if folder not in own)]

    def reload(self, changed: Iterable[Path]) -> None:
        """Read again what was saved; the analyses stay unless a rule for reading mails was saved.

        Raises:
            DrafterError: a file is wrong; then everything is as it was, and the next call reads it again.
        """
        self._unread |= frozenset(changed)
        folders = [folder for name in RULE_FOLDERS for folder in self.places.folders(name)]
        rules = {path.name for path in self._unread if any(folder in path.parents for folder in folders)}
        if rules - CHECK_FILES:
            kit = self._load()
        else:
            kit = _rewritten(self._kit, self.places)
            kit = replace(kit, checker=_RememberingChecker.of(Checker.load(self.places))) if rules else kit
        if any(path.suffix == SAMPLES_SUFFIX for path in self._unread):
            self._samples = ()
        self._kit, self._shipped, self._unread = kit, None, frozenset()

    def _load(self) -> Kit:
        """Load the kit of the working copy; without own rules for reading mails it shares what reads by ours."""
        own = self.places.own_rules
        if own - CHECK_FILES:
            return _remembering(load_from(self.places, self._pipeline, NONE))
        kit = _rewritten(self._reader, self.places)
        return replace(kit, checker=_RememberingChecker.of(Checker.load(self.places))) if own else kit

    @cached_property
    def _reader(self) -> Kit:
        """What reads mails by the shipped rules."""
        return _remembering(load_from(Places(), self._pipeline, NONE))

    def columns(self, tones_: Sequence[str], registers: Sequence[str]) -> tuple[Column, ...]:
        """Return the columns for tones and forms of address; without tones that of the policy.

        Raises:
            TemplateError: there is no such tone; with those that there are.
        """
        wanted_tones = tuple(dict.fromkeys(tones_)) or (self.tone,)
        for tone in wanted_tones:
            tone_folders(self.places, tone)
        return tuple(Column(tone, form) for tone in wanted_tones for form in dict.fromkeys(registers or ("auto",)))

    def counterpart(self, column: Column, against: str) -> Column:
        """Return what a column is compared with: another tone, or for `shipped` what is shipped of the same tone.

        A tone of the company's own is compared with the one that it was copied from, as its files are.

        Raises:
            DrafterError: there is no such tone, or no company folder whose changes could be shown.
        """
        if against != SHIPPED:
            tone_folders(self.places, against)
            return column._replace(tone=against)
        if self.places.home is None:
            message = _("There is no company folder here.")
            raise PolicyError(message, _("Make one with: {command}").format(command="drafter init"))
        own = self.places.home / "templates" / column.tone
        return Column(column.tone if column.tone in tones(Places()) else origin_of(own), column.register, True)

    def choose(self, arguments: Sequence[str]) -> Chosen:
        """Return what steps, templates, ids of samples, files and folders name; nothing means all samples.

        Raises:
            DrafterError: a name is unknown, with the nearest known one; or samples or templates cannot be read.
        """
        shipped = self._all_samples()
        by_id = {sample.id: sample for sample in shipped}
        includers = self._includers() if arguments else {}
        steps, samples, told = set[str](), list[AnySample](), list[str]()
        for name in arguments:
            plain = self._template_name(name)
            if plain in includers:
                steps |= includers[plain]
            elif name in by_id:
                samples.append(by_id[name])
            else:
                mails, problems = _mails(name, [*includers, *by_id])
                samples += mails
                told += problems
        return Chosen(tuple(samples) if samples or told else shipped, frozenset(steps), tuple(told))

    def _all_samples(self) -> tuple[AnySample, ...]:
        """Return our samples and the company's, read again only where their files may have been saved."""
        if not self._samples:
            self._samples = (*load_samples(self.places), *load_letter_samples(self.places))
        return self._samples

    def _template_name(self, name: str) -> str:
        """Return the name of a template that is named by its file; any other text without the ending."""
        path = Path(name)
        roots = [root.resolve() for root in self.places.folders("templates")]
        if path.is_file() and (root := next((root for root in roots if root in path.resolve().parents), None)):
            return Path(*path.resolve().relative_to(root).parts[1:]).with_suffix("").as_posix()
        return name if path.is_file() else name.removesuffix(SUFFIX)

    def _includers(self) -> dict[str, set[str]]:
        """Return for each template the steps that it is or is a part of; none for the frame of the letter."""
        steps = wanted(self.places).keys() - {FRAME}
        found: dict[str, set[str]] = {step: {step} for step in steps}
        for tone in tones(self.places):
            templates = in_force(self.places, tone)
            for name in templates:
                found.setdefault(name, set())
            for step in steps & templates.keys():
                for part in closure(templates[step], templates):
                    found[part.name].add(step)
        return found

    def draft(self, samples: Sequence[AnySample], columns: Sequence[Column]) -> tuple[Row, ...]:
        """Draft all samples in all columns.

        Raises:
            DrafterError: the policy or a template is wrong.
        """
        for kit in {column.shipped: self._kit_of(column) for column in columns}.values():
            for _analysis in kit.analyze_many([sample.mail for sample in samples if isinstance(sample, Sample)]):
                pass  # read together they cost a third; the kit remembers what it found
        rows, taken = [], dict[str, int]()
        for sample in samples:
            number = taken[sample.id] = taken.get(sample.id, 0) + 1
            name = sample.id if number == 1 else f"{sample.id} ({number})"
            outcomes = {column: _draft(self._kit_of(column), sample, column) for column in columns}
            rows.append(Row(name, sample, outcomes))
        return tuple(rows)

    def _kit_of(self, column: Column) -> Kit:
        if not column.shipped:
            return self._kit
        if self._shipped is None:
            self._shipped = self._load_shipped()
        return self._shipped

    def _load_shipped(self) -> Kit:
        """Return what is shipped, with the tables of the policy that say who writes."""
        kit, own = _rewritten(self._reader, Places()), self._kit.policy
        alike = {name: getattr(own, name) for name in SAME_POLICY}
        return replace(kit, policy=kit.policy.model_copy(update=alike))


def reaches(outcome: Outcome, steps: frozenset[str]) -> bool:
    """Tell whether a draft takes one of the steps; without steps every draft counts."""
    return not steps or bool(outcome.plan and steps & {step.name for step in outcome.plan.steps})


def _draft(kit: Kit, sample: AnySample, column: Column) -> Outcome:
    if isinstance(sample, Sample):
        return draft_sample(kit, sample, column.tone, column.register)
    return draft_letter_sample(kit, sample, column.tone, column.register)


def _mails(name: str, known: Iterable[str]) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """Read the mails of a folder or a file, with what is to be told of those that cannot be read.

    Raises:
        TemplateError: there is no such file, and nothing else has that name.
    """
    path = Path(name)
    if path.is_dir():
        samples, told = load_mail_samples(path)
        return samples, told if samples or told else (_("{path}: no mail in it").format(path=path),)
    if not path.is_file():
        message = _("Unknown step, sample or file '{name}'").format(name=name)
        raise TemplateError(message + near(name, known), _("They are named by: {command}").format(command=LISTING))
    try:
        return (Sample(path.name, read_file(path)),), ()
    except DrafterError as error:
        return (), (error.message,)


def _rewritten(kit: Kit, places: Places) -> Kit:
    """Return a kit that reads mails as before and writes with what lies in the places now."""
    policy, steps, hints = load_policy(places), load_steps(places), load_hints(places)
    return replace(kit, places=places, policy=policy, steps=steps, hints=hints, _renderers={})


def _remembering(kit: Kit) -> Kit:
    """Return a kit that analyses every mail and checks every letter once."""
    if isinstance(kit.analyzer, _RememberingAnalyzer):
        return kit
    analyzer = _RememberingAnalyzer(kit.analyzer.pipeline, kit.analyzer.detect)
    return replace(kit, analyzer=analyzer, checker=_RememberingChecker.of(kit.checker))


class _RememberingAnalyzer(Analyzer):
    """Knows a mail again by all its fields, whichever object holds them."""

    @cached_property
    def _known(self) -> dict[str, Analysis]:
        return {}

    def analyze_many(self, mails: Iterable[tuple[Mail, tuple[Zone, ...]]]) -> Iterator[Analysis]:
        read = [(repr(mail), (mail, zones)) for mail, zones in mails]
        new = {key: pair for key, pair in read if key not in self._known}
        self._known.update(zip(new, super().analyze_many(new.values()), strict=True))
        yield from (self._known[key] for key, _pair in read)

    @cached_property
    def quotes(self) -> QuoteFinder:
        detect = self.detect
        return _RememberingQuotes(self.pipeline, detect.insults, detect.mood, detect.situations, detect.unfit_to_quote)


class _RememberingQuotes(QuoteFinder):
    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    def sentence(self, mail: Mail, analysis: Analysis) -> str:
        key = repr(mail)
        if key not in self._known:
            self._known[key] = super().sentence(mail, analysis)
        return self._known[key]


@dataclass(frozen=True)
class _RememberingChecker(Checker):
    """Of a save most letters stay as they were: checking them again would take half of its time."""

    remembered: Callable[[str, CheckContext], list[Spot]] | None = None

    @classmethod
    def of(cls, checker: Checker) -> _RememberingChecker:
        spots = lru_cache(KEPT_LETTERS)(checker.spots)
        return cls(checker.rules, checker.words, checker.abbreviations, checker.greeting, spots)

    def spots(self, reply: str, context: CheckContext | None = None) -> list[Spot]:
        assert self.remembered
        return self.remembered(reply, context or CheckContext())
