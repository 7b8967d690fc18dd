"""Turn insult candidates into findings: is it one, whom does it hit, was it only reported.

Rules (`insult_rules`, `insult_doubts`) and learned heads (`insult_head`) look at the same evidence. The
rules say why; where the heads know better, the finding says that too.
"""

from __future__ import annotations

from typing import NamedTuple

from drafter.analysis.arcs import is_finite
from drafter.analysis.evidence import Evidence, EvidenceReader
from drafter.analysis.grammar import Grammar
from drafter.analysis.insult_doubts import dropped, reported
from drafter.analysis.insult_head import Head, buckets, features, load_heads
from drafter.analysis.insult_rules import PROVEN, Phrases, Verdict, target_of
from drafter.analysis.lexicon import Candidate, InsultLexicon
from drafter.analysis.text import OwnText, Sentence
from drafter.places import Places
from drafter.records import Insult

MAX_CANDIDATES = 60
"""Further candidates are left out: such a mail is clear by then, and time must stay bounded."""

KEEP_FROM = 0.5
"""A candidate with a smaller learned probability of being an insult is dropped; what a rule drops stays dropped."""

REPORTED_FROM, REPORTED_WITH_RULE = 0.5, 0.15
"""The learned probability from which an insult counts as reported, and counts where a rule says so."""

DOUBT, UNKNOWN_RULE = 0.4, 0.8
"""The learned target overrules a rule by a margin of the share in which the rule is right, less DOUBT."""

UNTOLD = frozenset(("third-person", "default", "alone", "nearest", "bare-agent", "bare-staff"))
"""Rules that answer where nothing in the clause says whom the insult hits."""

_JOINED_WITHIN = 6


class Judgement(NamedTuple):
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

    def candidates(self, text: OwnText) -> list[Candidate]:
        """Return what may be insults; the sentences that hold them need grammar."""
        return self.lexicon.candidates(text)[:MAX_CANDIDATES]

    def detect(self, text: OwnText, candidates: list[Candidate] | None = None) -> list[Insult]:
        """Return the insults of the mail in order of appearance; its candidates may be known already."""
        known = self.candidates(text) if candidates is None else candidates
        judged = [self.judge(text, evidence) for evidence in self.reader.read(text, known)]
        kept = [judgement for judgement in judged if judgement.drop is None]
        return [_insult(judgement) for judgement in _joined(kept, self.reader.grammar)]

    def judge(self, text: OwnText, evidence: Evidence) -> Judgement:
        """Decide one candidate: rules first, then the heads where they are trained."""
        judgement = self.by_rules(text, evidence)
        return decide(judgement, self.heads, self.names(judgement)) if self.heads else judgement

    def by_rules(self, text: OwnText, evidence: Evidence) -> Judgement:
        """Decide one candidate by the rules alone."""
        context = _following(text, evidence.sentence)
        drop = self._drop(evidence, context)
        told = self._reported(evidence, context)
        target = target_of(evidence, told is not None)
        if told is not None and told.rule == "taken-back" and target.value == "customer":
            target = target_of(evidence, False)  # what the customer takes back, he did not say of himself
        return Judgement(evidence, drop, target, told)

    def names(self, judgement: Judgement) -> list[str]:
        """Name the features: the evidence and what the rules made of it; the heads learn when to believe them."""
        evidence, told = judgement.evidence, judgement.reported
        target, drop = judgement.target, judgement.drop
        verdicts = [
            f"rule target={target.rule}",
            f"rule value={target.value}",
            f"rule told={told.rule if told else ''}",
            f"rule drop={drop.rule if drop else ''}",
            f"rule target={target.rule}&told={told is not None}",
            f"rule target={target.rule}&kind={evidence.candidate.noun}",
        ]
        return [*verdicts, *features(evidence, self.reader.grammar)]

    def _drop(self, evidence: Evidence, context: str) -> Verdict | None:
        """Let the drop rules speak, unless a rhetorical trick takes the denial back."""
        if self.phrases.find("denial", evidence.sentence.text) and not self.phrases.find("trick", context):
            return Verdict("false", "disclaimed", "disclaimed")
        found = dropped(evidence)
        if found is not None and self.phrases.find("trick", context):
            return None
        return found

    def _reported(self, evidence: Evidence, context: str) -> Verdict | None:
        if (evidence.speech.by == "me" or evidence.quoted) and self.phrases.find("quits", context):
            return Verdict("true", "taken-back", "the customer takes it back")
        return reported(evidence)


def decide(judgement: Judgement, heads: dict[str, Head], names: list[str]) -> Judgement:
    """Let the heads confirm or overrule what the rules decided."""
    found = buckets(names)
    chances = {name: head.scores(found) for name, head in heads.items()}
    return Judgement(
        judgement.evidence,
        _keep(judgement.drop, chances.get("keep")),
        _aim(judgement.target, chances.get("target"), heads["target"].trust if "target" in heads else {}),
        _told(judgement.reported, chances.get("reported")),
    )


def _keep(drop: Verdict | None, chances: dict[str, float] | None) -> Verdict | None:
    if drop is not None or chances is None or chances["True"] >= KEEP_FROM:
        return drop
    return Verdict("false", "learned", f"learned: an insult with {chances['True']:.2f}")


def _joined(judged: list[Judgement], grammar: Grammar) -> list[Judgement]:
    """Let an insult that "and" joins to the one before hit the same: "Sie sind ein X ohne Y und ein Z"."""
    found: list[Judgement] = []
    for judgement in judged:
        before = found[-1] if found else None
        weak = judgement.target.rule.removesuffix("/learned") in UNTOLD and judgement.reported is None
        if before and weak and before.reported is None and _is_joined(before.evidence, judgement.evidence, grammar):
            why = f"joined to '{before.evidence.candidate.text}'"
            judgement = judgement._replace(target=Verdict(before.target.value, "joined", why))
        found.append(judgement)
    return found


def _is_joined(before: Evidence, here: Evidence, grammar: Grammar) -> bool:
    """Tell whether few words, "and" among them but no verb and nobody else, stand between two insults."""
    if before.sentence is not here.sentence or here.candidate.noun != "person":
        return False
    between = here.head.doc[before.tokens[-1].i + 1 : here.tokens[0].i]
    if len(between) > _JOINED_WITHIN or not any(grammar.has(token, "coordinator") for token in between):
        return False
    return not any(
        is_finite(t) or (grammar.has(t, "definite") and not t.is_punct) or grammar.owner_of(t, False) for t in between
    )


def _aim(target: Verdict, chances: dict[str, float] | None, trust: dict[str, float]) -> Verdict:
    if chances is None or target.rule in PROVEN:
        return target
    best = max(chances, key=lambda name: chances[name])
    margin = trust.get(target.rule, UNKNOWN_RULE) - DOUBT
    if best == target.value or chances[best] - chances.get(target.value, 0.0) < margin:
        return target
    return Verdict(best, f"{target.rule}/learned", f"learned: {best} with {chances[best]:.2f}, against: {target.why}")


def _told(told: Verdict | None, chances: dict[str, float] | None) -> Verdict | None:
    if chances is None:
        return told
    if chances["True"] < (REPORTED_WITH_RULE if told else REPORTED_FROM):
        return None
    return told or Verdict("true", "learned", f"learned: reported with {chances['True']:.2f}")


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
