"""Everything that reads the customer's words. spaCy stays inside this package.

An `Analyzer` runs the detectors in one order: words and patterns see every mail, grammar only those sentences
where a candidate asks for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drafter.analysis.demands import DemandReader
from drafter.analysis.facts import FactReader
from drafter.analysis.insults import InsultDetector
from drafter.analysis.mailkind import MailKindDetector
from drafter.analysis.mood import MoodReader
from drafter.analysis.openers import OpenerDetector
from drafter.analysis.pipeline import Pipeline, load_pipeline
from drafter.analysis.register import RegisterDetector
from drafter.analysis.situations import SituationReader
from drafter.analysis.text import OwnText
from drafter.analysis.threats import ThreatDetector
from drafter.places import Places
from drafter.records import OWN_ZONES, Analysis, Mail, Zone

MAX_TOPIC_CHARACTERS = 60
_PREFIX = re.compile(r"^(?:\s*[A-Za-zÄÖÜ]{2,7}(?:\s*\[\d+\])?:\s+)+")
_TOPIC = re.compile(r"[\w][\w\s.,&/+#°'’„“\"–:()-]+")


@dataclass(frozen=True)
class Analyzer:
    """The detectors, loaded once."""

    pipeline: Pipeline
    insults: InsultDetector
    openers: OpenerDetector
    registers: RegisterDetector
    mood: MoodReader
    situations: SituationReader
    threats: ThreatDetector
    facts: FactReader
    demands: DemandReader
    kinds: MailKindDetector

    @classmethod
    def load(cls, places: Places, model: str | None = None) -> Analyzer:
        """Load pipeline, word lists, rules and heads.

        Raises:
            ModelError: the pipeline cannot be loaded.
            DataError: a word list or rule file is wrong.
        """
        return cls(
            load_pipeline(model, places.pipeline),
            InsultDetector.load(places),
            OpenerDetector.load(places),
            RegisterDetector.load(places),
            MoodReader.load(places),
            SituationReader.load(places),
            ThreatDetector.load(places),
            FactReader.load(places),
            DemandReader.load(places),
            MailKindDetector.load(places),
        )

    def analyze(self, mail: Mail, zones: tuple[Zone, ...]) -> Analysis:
        """Read the customer's own zones; the quoted history only helps with the form of address."""
        text = OwnText(mail.body, zones, self.pipeline)
        insults = tuple(self.insults.detect(text))
        intensity, emotions, hostility = self.mood.read(text, insults)
        return Analysis(
            id=mail.id,
            register=self.registers.detect(text, quoted=text.zone_text("quote")),
            language=self.kinds.language(text.prose),
            insults=insults,
            opener=self.openers.detect(text),
            intensity=intensity,
            emotions=emotions,
            hostility=hostility,
            situations=self.situations.read(text),
            threats=tuple(self.threats.detect(text)),
            facts=self.facts.read(text, mail),
            demands=self.demands.read(text),
            questions=self.demands.questions(text),
            zones=zones,
            auto_reply=bool(self.auto_reply_reason(mail)),
        )

    def auto_reply_reason(self, mail: Mail) -> str:
        """Return why nobody waits for an answer (out of office, bounce, newsletter), or ""."""
        return self.kinds.auto_reply(mail)

    def quotable_topic(self, subject: str) -> str:
        """Return the subject where it names the matter and can be repeated to the customer, else ""."""
        topic = " ".join(_PREFIX.sub("", subject).split())
        fit = _TOPIC.fullmatch(topic) and " " in topic and len(topic) <= MAX_TOPIC_CHARACTERS and not topic.isupper()
        if not fit or self.insults.lexicon.candidates(OwnText(topic, [Zone(OWN_ZONES[1], 0, len(topic))], self.pipeline)):
            return ""
        return topic
