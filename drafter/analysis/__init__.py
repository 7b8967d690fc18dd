"""Everything that reads the customer's words. spaCy stays inside this package.

`load_pipeline` and `Detectors.load` give the two parts of an `Analyzer`. It runs the detectors in one order: words
and patterns see every mail, grammar only those sentences where a candidate asks for it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from drafter.analysis.apologies import ApologyDetector
from drafter.analysis.demands import DemandReader
from drafter.analysis.facts import FactReader
from drafter.analysis.featurereader import prose
from drafter.analysis.insults import InsultDetector
from drafter.analysis.lexicon import Candidate
from drafter.analysis.mailkind import MailKindDetector
from drafter.analysis.mood import MoodReader
from drafter.analysis.openers import OpenerDetector
from drafter.analysis.pipeline import Pipeline, load_pipeline
from drafter.analysis.quotable import QuoteFinder, load_unfit
from drafter.analysis.register import RegisterDetector
from drafter.analysis.situations import SituationReader
from drafter.analysis.text import MAX_OWN_CHARACTERS, OwnText, parse
from drafter.analysis.threats import ThreatDetector
from drafter.analysis.wordpatterns import unite
from drafter.lazypattern import LazyPattern
from drafter.places import Places
from drafter.records import OWN_ZONES, Analysis, Apology, Insult, Mail, Zone

__all__ = ["BATCH", "MAX_OWN_CHARACTERS", "Analyzer", "Detectors", "Pipeline", "batches", "load_pipeline"]

T = TypeVar("T")

BATCH = 64
"""So many mails are read together: more would gain little, and the first one waits for the last."""

_WORD = re.compile(r"\w{2,}")


@dataclass(frozen=True)
class Detectors:
    """What is loaded from word lists, rules and heads; free of spaCy objects, so that it can be kept as a snapshot."""

    insults: InsultDetector
    openers: OpenerDetector
    apologies: ApologyDetector
    registers: RegisterDetector
    mood: MoodReader
    situations: SituationReader
    threats: ThreatDetector
    facts: FactReader
    demands: DemandReader
    kinds: MailKindDetector
    unfit_to_quote: dict[str, LazyPattern]

    @classmethod
    def load(cls, places: Places) -> Detectors:
        """Read all data files of the analysis.

        Raises:
            DataError: a word list or rule file is wrong.
        """
        openers, apologies = OpenerDetector.load(places), ApologyDetector.load(places)
        threats = ThreatDetector.load(places)
        unite([threats.patterns, apologies.patterns, *openers.patterns])
        return cls(
            InsultDetector.load(places),
            openers,
            apologies,
            RegisterDetector.load(places),
            MoodReader.load(places),
            SituationReader.load(places),
            threats,
            FactReader.load(places),
            DemandReader.load(places),
            MailKindDetector.load(places),
            load_unfit(places),
        )


@dataclass(frozen=True)
class Analyzer:
    """Pipeline and detectors together."""

    pipeline: Pipeline
    detect: Detectors

    def analyze(self, mail: Mail, zones: tuple[Zone, ...]) -> Analysis:
        """Read the customer's own zones; the quoted history only helps with the form of address."""
        return next(self.analyze_many([(mail, zones)]))

    def analyze_many(self, mails: Iterable[tuple[Mail, tuple[Zone, ...]]]) -> Iterator[Analysis]:
        """Yield the analyses of mails in order; parsing many sentences at once costs a third of one at a time."""
        for batch in batches(mails, BATCH):
            texts = [OwnText(mail.body, zones, self.pipeline) for mail, zones in batch]
            candidates = [self.detect.insults.candidates(text) for text in texts]
            places = [(text, candidate) for text, of in zip(texts, candidates, strict=True) for candidate in of]
            found = [text.sentence_at(candidate.start) for text, candidate in places]
            parse([sentence for sentence in found if sentence], self.pipeline)
            for (mail, _), text, of in zip(batch, texts, candidates, strict=True):
                yield self._analysis(mail, text, of)

    def _analysis(self, mail: Mail, text: OwnText, candidates: list[Candidate]) -> Analysis:
        zones = text.zones
        insults = tuple(self.detect.insults.detect(text, candidates))
        apology = self.detect.apologies.detect(text)
        matter = text
        if apology:  # it is about the last mail, not about the matter; and words that are taken back hit nobody
            insults = _told(insults, self.detect.apologies.withdrawn(text))
            matter = OwnText(_blanked(mail.body, apology), zones, self.pipeline)
        intensity, emotions, hostility = self.detect.mood.read(matter, insults)
        return Analysis(
            id=mail.id,
            register=self.detect.registers.detect(text, quoted=text.zone_text("quote")),
            language=self.detect.kinds.language(text.prose or prose(text)),
            insults=insults,
            opener=self.detect.openers.detect(text),
            apology=apology,
            intensity=intensity,
            emotions=emotions,
            hostility=hostility,
            situations=() if apology and _is_bare(matter) else self.detect.situations.read(matter, mail.subject),
            threats=tuple(self.detect.threats.detect(text)),
            facts=self.detect.facts.read(text, mail),
            demands=self.detect.demands.read(matter),
            questions=self.detect.demands.questions(text),
            zones=zones,
            auto_reply=bool(self.auto_reply_reason(mail)),
        )

    def insults_in(self, line: str) -> tuple[str, ...]:
        """Return the insults in a line that is no mail, such as a subject; most need no parsing."""
        text = OwnText(line, (Zone(OWN_ZONES[1], 0, len(line)),), self.pipeline)
        candidates = self.detect.insults.candidates(text)
        if not candidates:
            return ()
        parse([sentence for one in candidates if (sentence := text.sentence_at(one.start))], self.pipeline)
        return tuple(insult.text for insult in self.detect.insults.detect(text, candidates))

    def auto_reply_reason(self, mail: Mail) -> str:
        """Return why nobody waits for an answer (out of office, bounce, newsletter), or ""."""
        return self.detect.kinds.auto_reply(mail)

    @cached_property
    def quotes(self) -> QuoteFinder:
        """What chooses the words of a customer that a reply may repeat."""
        detect = self.detect
        return QuoteFinder(self.pipeline, detect.insults, detect.mood, detect.situations, detect.unfit_to_quote)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream into lists of at most `size` items."""
    stream = iter(items)
    while batch := list(itertools.islice(stream, size)):
        yield batch


def _blanked(body: str, apology: Apology) -> str:
    """Put a stop and spaces in the place of an apology; offsets stay."""
    return body[: apology.start] + "." + " " * (apology.end - apology.start - 1) + body[apology.end :]


def _is_bare(text: OwnText) -> bool:
    """Tell whether nothing is left between greeting and sign-off."""
    return not any(
        _WORD.search(text.body, zone.start, zone.end) for zone in text.own_zones if zone.kind == OWN_ZONES[1]
    )


def _told(insults: tuple[Insult, ...], withdrawn: list[tuple[int, int]]) -> tuple[Insult, ...]:
    """Count insults that are taken back as merely told."""
    return tuple(
        replace(insult, reported=True) if any(a < insult.end and insult.start < b for a, b in withdrawn) else insult
        for insult in insults
    )
