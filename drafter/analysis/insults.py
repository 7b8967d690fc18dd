"""Turn insult candidates into findings: is it one, whom does it hit, was it only reported.

Rules (`insult_rules`) and learned heads (`insult_head`) look at the same evidence. The
rules say why; where the heads know better, the finding says that too.
"""

from __future__ import annotations

from dataclasses import dataclass

from drafter.analysis.evidence import Evidence, EvidenceReader
from drafter.analysis.insult_head import Head, buckets, features, load_heads
from drafter.analysis.insult_rules import Phrases, Verdict, dropped, reported, target_of
from drafter.analysis.lexicon import Candidate, InsultLexicon
from drafter.analysis.text import OwnText, Sentence
from drafter.places import Places
from drafter.records import Insult

_SURE_KEEP = 0.35
"""A candidate with a smaller learned probability of being an insult is dropped."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that was decided about one candidate."""

    evidence: Evidence
    drop: Verdict | None
    target: Verdict
    reported: Verdict | None


class InsultDetector:
    """Finds the insults of a mail."""

    def __init__(
        self, lexicon: InsultLexicon, reader: EvidenceReader, phrases: Phrases, heads: dict[str, Head]
    ) -> None:
        self.lexicon = lexicon
        self.reader = reader
        self.phrases = phrases
        self.heads = heads

    @classmethod
    def load(cls, places: Places) -> InsultDetector:
        """Read lexicon, word classes, rules and heads.

        Raises:
            DataError: a data file is wrong.
        """
        heads = load_heads(places.file("models", "heads/insults.npz"))
        return cls(InsultLexicon.load(places), EvidenceReader.load(places), Phrases.load(places), heads)

    def detect(self, text: OwnText) -> list[Insult]:
        """Return the insults of the mail in order of appearance."""
        candidates = self.lexicon.candidates(text)
        judged = (self.judge(text, evidence) for evidence in self.reader.read(text, candidates))
        return [_insult(judgement) for judgement in judged if judgement.drop is None]

    def judge(self, text: OwnText, evidence: Evidence) -> Judgement:
        """Decide one candidate: rules first, then the heads where they are trained."""
        context = _following(text, evidence.sentence)
        drop = self._drop(evidence, context)
        told = self._reported(evidence, context)
        target = target_of(evidence, told is not None)
        if not self.heads:
            return Judgement(evidence, drop, target, told)
        found = buckets(judged_features(self.reader, evidence, drop, target, told))
        return Judgement(evidence, self._keep(drop, found), self._aim(target, found), self._told(told, found))

    def _drop(self, evidence: Evidence, context: str) -> Verdict | None:
        """Let the drop rules speak, unless a rhetorical trick takes the denial back."""
        if self.phrases.find("denial", evidence.sentence.text) and not self.phrases.find("trick", context):
            return Verdict("false", "disclaimed", "disclaimed")
        found = dropped(evidence)
        if found is not None and self.phrases.find("trick", context):
            return None
        return found

    def _reported(self, evidence: Evidence, context: str) -> Verdict | None:
        if evidence.speech.by == "me" or evidence.quoted:
            if self.phrases.find("quits", context):
                return Verdict("true", "taken-back", "the customer takes it back")
        return reported(evidence)

    def _keep(self, drop: Verdict | None, found: object) -> Verdict | None:
        head = self.heads.get("keep")
        if head is None:
            return drop
        chance = head.scores(found)["True"]  # type: ignore[arg-type]
        if chance < _SURE_KEEP:
            return drop or Verdict("false", "learned", f"learned: an insult with {chance:.2f}")
        return None

    def _aim(self, target: Verdict, found: object) -> Verdict:
        head = self.heads.get("target")
        if head is None:
            return target
        best, chance = max(head.scores(found).items(), key=lambda item: item[1])  # type: ignore[arg-type]
        if best == target.value:
            return target
        return Verdict(best, f"{target.rule}/learned", f"learned: {best} with {chance:.2f}; {target.why}")

    def _told(self, told: Verdict | None, found: object) -> Verdict | None:
        head = self.heads.get("reported")
        if head is None:
            return told
        chance = head.scores(found)["True"]  # type: ignore[arg-type]
        if chance < 0.5:
            return None
        return told or Verdict("true", "learned", f"learned: reported with {chance:.2f}")


def judged_features(reader: EvidenceReader, evidence: Evidence, drop: Verdict | None, target: Verdict,
                    told: Verdict | None) -> list[str]:  # fmt: skip
    """Name the evidence together with what the rules made of it: the heads learn when to believe them."""
    verdicts = [f"rule target={target.rule}", f"rule value={target.value}",
                f"rule told={told.rule if told else ''}", f"rule drop={drop.rule if drop else ''}",
                f"rule target={target.rule}&told={told is not None}",
                f"rule target={target.rule}&kind={evidence.candidate.noun}"]  # fmt: skip
    return [*verdicts, *features(evidence, reader.grammar)]


def _insult(judgement: Judgement) -> Insult:
    candidate: Candidate = judgement.evidence.candidate
    told = f"; reported: {judgement.reported.why}" if judgement.reported else ""
    return Insult(
        start=candidate.start,
        end=candidate.end,
        text=candidate.text,
        target=judgement.target.value,
        severity=candidate.severity,
        reported=judgement.reported is not None,
        rule=candidate.rule,
        why=f"{candidate.why}; {judgement.target.why} → {judgement.target.value}{told}",
    )


def _following(text: OwnText, sentence: Sentence) -> str:
    """Return the sentence and the one after it: where a denial may be taken back."""
    _, after = text.neighbours(sentence)
    return sentence.text + (" " + after.text if after else "")
