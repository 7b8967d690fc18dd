"""Which of the customer's words a reply may repeat: the subject line, and one calm sentence that states the matter."""

from __future__ import annotations

import re

from drafter.analysis.insults import InsultDetector
from drafter.analysis.mood import MoodReader
from drafter.analysis.pipeline import Pipeline
from drafter.analysis.situations import SituationReader
from drafter.analysis.text import OwnText, Sentence
from drafter.data import read_rules
from drafter.lazypattern import LazyPattern, lazy
from drafter.places import Places
from drafter.records import OWN_ZONES, Analysis, Mail, Quotable, Zone

MAX_TOPIC_CHARACTERS = 60
MIN_SENTENCE_CHARACTERS, MAX_SENTENCE_CHARACTERS = 30, 150
MIN_SENTENCE_WORDS = 5
_MOST_READ = 8
"""So many of the sentences that state the most facts are read closely."""

_ON_MATTER = 0.8
"""Scores from which a sentence alone speaks of the first situation of its mail."""

_FACTUAL_MOOD = frozenset({"waiting", "attempts", "often", "mild", "legal"})
"""Rules of mood that speak of facts; words in which another one weighs are too heated to give back."""

_PREFIX = re.compile(r"^(?:\s*[A-Za-zÄÖÜ]{2,7}(?:\s*\[\d+\])?:\s+)+")
_TOPIC = re.compile(r"[\w][\w\s.,&/+#°'’„“\"–:()-]+")
_STATEMENT = re.compile(r"[A-ZÄÖÜ][\w\s.,&/+#°'’€$%()–-]*[\w€%)]\.?")
_STOP_INSIDE = re.compile(r"(?:(?<!\d)|\d{3})\.\s+[A-ZÄÖÜ]")  # "am 9. Januar" goes on, "wie 2010. Die" does not


def load_unfit(places: Places) -> dict[str, LazyPattern]:
    """Read rules/quotable.yaml: what makes a sentence unfit to be given back, by the ids of the rules.

    Raises:
        DataError: the file breaks its format.
    """
    blocks = read_rules(places.file("rules", "quotable.yaml"), {"id", "pattern", "hit", "miss"}, set())
    return {block["id"]: lazy(block["pattern"], block.where) for block in blocks}


class QuoteFinder:
    """Chooses them; costs nothing until it is asked."""

    def __init__(
        self,
        pipeline: Pipeline,
        insults: InsultDetector,
        mood: MoodReader,
        situations: SituationReader,
        unfit: dict[str, LazyPattern],
    ) -> None:
        self._pipeline = pipeline
        self._insults = insults
        self._mood = mood
        self._situations = situations
        self._unfit = unfit

    def find(self, mail: Mail, analysis: Analysis, with_sentence: bool = True) -> Quotable:
        """Return what a reply to the mail may repeat; the sentence is dear to find, and few replies need it."""
        return Quotable(self.topic(mail.subject), self.sentence(mail, analysis) if with_sentence else "")

    def topic(self, subject: str) -> str:
        """Return the subject where it names the matter and can be repeated to the customer, else ""."""
        topic = " ".join(_PREFIX.sub("", subject).split())
        fit = _TOPIC.fullmatch(topic) and len(topic) <= MAX_TOPIC_CHARACTERS and not topic.isupper()
        return topic if fit and not self._is_heated(topic) else ""

    def sentence(self, mail: Mail, analysis: Analysis) -> str:
        """Return the calm statement that says most about what happened, without its full stop; else ""."""
        text = OwnText(mail.body, analysis.zones, self._pipeline)
        taken = _taken(analysis)
        fit = [
            s for s in text.sentences if s.zone.kind == OWN_ZONES[1] and _is_statement(s, text) and not _hits(s, taken)
        ]
        ranked = sorted(fit, key=lambda s: (-_facts_in(s, analysis), s.start))[:_MOST_READ]
        ranked.sort(key=lambda s: (-_figures_in(s, analysis), s.start))
        best = next((s for s in ranked if self._is_telling(s, analysis) and self._is_calm(s.text)), None)
        return " ".join(best.text.split()).rstrip(".") if best else ""

    def _is_calm(self, text: str) -> bool:
        return not self._is_unfit(text) and not self._is_heated(text)

    def _is_telling(self, sentence: Sentence, analysis: Analysis) -> bool:
        """Tell whether a sentence states facts: several, or one and what happened; others may be asides or wit."""
        facts = _facts_in(sentence, analysis)
        return facts > 1 or (facts == 1 and self._on_matter(sentence, analysis) >= _ON_MATTER)

    def _is_unfit(self, text: str) -> bool:
        return any(pattern.search(text) for pattern in self._unfit.values())

    def _is_heated(self, text: str) -> bool:
        found = self._mood.rules.apply(self._mood.features.read(text))
        raising = {rule.id for rule in self._mood.rules.rules if rule.weight > 0 and rule.id in found}
        return not raising <= _FACTUAL_MOOD or self._insulting(text)

    def _on_matter(self, sentence: Sentence, analysis: Analysis) -> float:
        """Return how much the sentence speaks of the first situation, by what the head says of it alone."""
        first = analysis.situations[0].name if analysis.situations else ""
        found = {s.name: s.score for s in self._situations.read_prose(sentence.text)}
        return found.get(first, 0.0)

    def _insulting(self, text: str) -> bool:
        words = OwnText(text, [Zone(OWN_ZONES[1], 0, len(text))], self._pipeline)
        return bool(self._insults.lexicon.candidates(words))


def _is_statement(sentence: Sentence, whole: OwnText) -> bool:
    """Tell a plain statement in careful spelling: careless spelling given back would look like mockery."""
    text = " ".join(sentence.text.split())
    words = text.split()
    fits = MIN_SENTENCE_CHARACTERS <= len(text) <= MAX_SENTENCE_CHARACTERS and len(words) >= MIN_SENTENCE_WORDS
    careful = any(word[:1].isupper() for word in words[1:]) and not any(w.isupper() and len(w) > 4 for w in words)
    if not whole.body[sentence.zone.start : sentence.start].strip():
        text = text[:1].upper() + text[1:]  # after "Guten Tag," small letters are right
    return fits and careful and bool(_STATEMENT.fullmatch(text)) and not _STOP_INSIDE.search(text)


def _taken(analysis: Analysis) -> list[tuple[int, int]]:
    """Return what other parts of the reply speak of, or what must not be repeated."""
    found = [*analysis.insults, *analysis.threats, *analysis.demands, *analysis.questions]
    found += [item for item in (analysis.opener, analysis.apology) if item is not None]
    return [(item.start, item.end) for item in found]


def _hits(sentence: Sentence, taken: list[tuple[int, int]]) -> bool:
    return any(start < sentence.end and sentence.start < end for start, end in taken)


def _facts_in(sentence: Sentence, analysis: Analysis) -> int:
    """Count the kinds of facts that the sentence names: number, amount, date, thing, time waited."""
    facts, text = analysis.facts, sentence.text
    kinds = (facts.order_numbers, facts.amounts, facts.dates, facts.products, (facts.waiting,))
    return sum(any(item and item in text for item in items) for items in kinds)


def _figures_in(sentence: Sentence, analysis: Analysis) -> int:
    """Count amounts and dates, each one: they say most."""
    return sum(item in sentence.text for item in (*analysis.facts.amounts, *analysis.facts.dates))
