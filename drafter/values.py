"""What templates may say of the matter: the facts of one mail as plain values, as far as they are sure.

A value says only what the customer wrote or the policy holds. Where the analysis is not sure what happened, the draft
gives the customer's own sentence back instead of naming it (advice E1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from drafter.ladder import against_us, quotable
from drafter.matter import apologised, is_violent, matter_of, situation_names, sure_situations
from drafter.plan import LAST_STAGES, REASON, Case, unmet_demands
from drafter.records import Analysis, Insult, Mail, Question, Quotable
from drafter.wording import Words

GOODS_SITUATIONS = ("delivery_late", "delivery_missing", "wrong_item", "goods_damaged")
DECLINED = "ablehnung"
"""The value by which a staff member says what is declined."""

MAX_QUOTE_CHARACTERS = 140
MAX_QUESTIONS = 3
_MOST_BETWEEN = 3
_MARKS = re.compile(r"[?!]+(?=\W*$)")
_LEAD_IN = re.compile(r"(?:(?<!\d)[.!:;]|\d{3}\.)\s+(?=[A-ZÄÖÜ])")
_QUOTE_MARK = re.compile(r"[\"„“”»«]")
_CURRENCY = re.compile(r"[^\d.,'’\s–-]")


class Declined(NamedTuple):
    """A no and its reason, which is a template where the policy gives it."""

    what: str
    reason: str
    by_policy: bool


class Values(NamedTuple):
    """Makes the values of a mail; `words` are the tables of words.yaml."""

    words: Words

    def of(self, mail: Mail, case: Case, fit: Quotable) -> dict[str, Any]:
        """Return all values by the names of variables.yaml, except those that only the letter's frame has."""
        analysis = case.analysis
        facts = analysis.facts
        situation = sure_matter(analysis)
        product = self.words.spell(_product(mail, analysis))
        amount = _amount(facts.amounts)
        topic = fit.topic if self._names_matter(fit.topic) else ""
        reference, number_label = self._reference(analysis)
        status = self.words.tables["status"]
        return {
            "emotion": _main_emotion(analysis),
            "level": analysis.intensity.level,
            "situation": situation,
            "situations": situation_names(analysis),
            "product": product,
            "reference": reference,
            "named": reference or (f" („{topic}“)" if topic else ""),
            "about": f" zu „{topic}“" if topic else reference,
            "number": facts.order_numbers[0] if facts.order_numbers else "",
            "number_label": number_label,
            "waiting": facts.waiting,
            "attempts": facts.attempts,
            "amount": amount,
            "deadline": self.words.until(facts.deadlines[0]) if facts.deadlines else "",
            "topic": topic,
            "quoted": self._without_lead(fit.sentence) if needs_quote(mail, analysis) else "",
            "wants": self._wants(case, "wants"),
            "wants_dative": self._wants(case, "wants_dative"),
            "mirrored": self.words.enumerate(f"„{i.text}“" for i in quotable(_aimed_at_agent(analysis))),
            "self_blame": any(insult.target == "self" for insult in analysis.insults),
            "status_label": status["forms"].get(_status_matter(analysis, situation), status["otherwise"]),
            "stage": case.stage,
            "asked": case.standing.asked,
            "announced": case.standing.stage in LAST_STAGES,
            "rounds": case.past.rounds,
            "apologised": apologised(analysis),
            "insulted": _insulted(analysis),
            "violent": is_violent(analysis),
            "fault": case.wishes.fault,
            "declined": [],
            "phone_hours": case.policy.phone.hours,
            "questions": self._questions(case),
            "options": [],
            "region": case.policy.calendar.country,
            "turn": 0,
        }

    def _names_matter(self, topic: str) -> bool:
        """Tell whether a subject names a matter: several words or a noun that we know, and no empty beginning."""
        first = topic.split(" ")[0].lower()
        told = " " in topic or bool(self.words.gender_of(topic))
        return bool(topic) and told and first not in self.words.tables["topic"]["known"]

    def _reference(self, analysis: Analysis) -> tuple[str, str]:
        """Return " (Bestellung 77-1043)" and the label, for the first number that names the matter."""
        facts = analysis.facts
        labels = self.words.tables["number_labels"]["forms"]
        kinds = facts.order_number_kinds or ("other",) * len(facts.order_numbers)
        for number, kind in zip(facts.order_numbers, kinds, strict=False):
            label = "" if number.startswith("#") else labels.get(kind, labels["other"])[0]
            return f" ({label} {number})".replace("( ", "("), label
        return "", ""

    def _wants(self, case: Case, table: str) -> str:
        forms = self.words.tables[table]["forms"]
        goods = any(name in GOODS_SITUATIONS for name in situation_names(case.analysis))
        open_kinds = (demand.kind for demand in unmet_demands(case) if demand.kind != "delivery" or goods)
        kinds = dict.fromkeys(kind for kind in open_kinds if kind in forms)
        return self.words.enumerate(forms[kind] for kind in list(kinds)[:2])

    def declined(self, case: Case) -> list[Declined]:
        """Return what is declined and why: what a person gives comes before the policy."""
        forms = self.words.tables["wants"]["forms"]
        wanted = [kind for kind in dict.fromkeys(demand.kind for demand in case.analysis.demands) if kind in forms]
        given, otherwise = case.wishes.values, self.words.tables["declined"]["form"]
        if reason := given.get(REASON, "").strip():
            first = forms[wanted[0]] if wanted else otherwise
            return [Declined(given.get(DECLINED, first), reason, by_policy=False)]
        whats = [self.words.enumerate(forms[kind] for kind in wanted if kind in rule.demands) for rule in case.declines]
        pairs = zip(whats, case.declines, strict=True)
        return [Declined(what or otherwise, rule.reason, by_policy=True) for what, rule in pairs]

    def _questions(self, case: Case) -> list[dict[str, Any]]:
        """Return the questions that wait for an answer; an option that does what is asked for is the answer."""
        waiting = [question for question in case.analysis.questions if self._is_open(question, case)]
        labels = self.words.tables["answer"]
        label = labels["several"] if len(waiting) > 1 else labels["one"]
        shown = [self._shown(question, label.format(number=n), case) for n, question in enumerate(waiting, 1)]
        rest = {"text": "", "quotable": False, "request": False, "rest": True, "label": labels["otherwise"]}
        return [*shown[:MAX_QUESTIONS], *([rest] if len(shown) > MAX_QUESTIONS else [])]

    def _shown(self, question: Question, label: str, case: Case) -> dict[str, Any]:
        return {
            "text": self._sentence(question.text),
            "quotable": _fit_to_quote(question, case.analysis),
            "request": self._asks_for_deed(question.text),
            "rest": False,
            "label": label,
        }

    def _is_open(self, question: Question, case: Case) -> bool:
        met = {kind for option in case.options for kind in option.meets}
        inside = (d.kind for d in case.analysis.demands if d.start < question.end and question.start < d.end)
        if self._asks_for_deed(question.text) and any(kind in met for kind in inside):
            return False
        first = self._sentence(question.text).split(" ")[0].lower()
        asks = first in self.words.tables["question_words"]["known"] or self._asks_for_deed(question.text)
        return asks or _fit_to_quote(question, case.analysis)

    def _asks_for_deed(self, text: str) -> bool:
        """Tell "Could you look it up?" from "When does it come?": the one is a request, the other a question."""
        start = " ".join(self._sentence(text).lower().split(" ")[:2])
        return start in self.words.tables["request_questions"]["known"]

    def _sentence(self, text: str) -> str:
        """Write a question as a sentence of its own, without what leads to it."""
        return _MARKS.sub("?", self._without_lead(_LEAD_IN.split(text)[-1]))

    def _without_lead(self, text: str) -> str:
        """Leave out the word that joins a sentence to the one before."""
        words, leads = text.split(), self.words.tables["lead"]["known"]
        flat = " ".join(words[1:] if len(words) > 2 and words[0].lower().rstrip(",:") in leads else words)
        return flat[:1].upper() + flat[1:]


def sure_matter(analysis: Analysis) -> str:
    """Return what happened where that is sure enough to be said, else "other"."""
    matter = matter_of(analysis)
    return matter if matter in sure_situations(analysis) else "other"


def _amount(amounts: tuple[str, ...]) -> str:
    """Return the amount that it is about: the only one, and only with its currency."""
    return amounts[0] if len(amounts) == 1 and _CURRENCY.search(amounts[0]) else ""


def _status_matter(analysis: Analysis, situation: str) -> str:
    """Whoever wants his money asks about the refund, whatever happened before."""
    return "refund_pending" if any(demand.kind == "refund" for demand in analysis.demands) else situation


def _product(mail: Mail, analysis: Analysis) -> str:
    """Return the thing it is about, first what the subject names; no word of abuse and no label of a number."""
    subject = mail.subject.lower()
    for product in sorted(analysis.facts.products, key=lambda name: name.lower() not in subject):  # stable
        name = _thing(product, analysis)
        if name and not _labels_number(name, mail.body, analysis):
            return name
    return ""


def _thing(product: str, analysis: Analysis) -> str:
    """Return a product without the abuse that it was named with ("Scheiß-Router"); "" where it is nothing else."""
    word = product.lower()
    abusing = [insult for insult in analysis.insults if word in insult.text.lower()]
    if not abusing:
        return product
    if head := product.rpartition("-")[2] if "-" in product else "":
        return head
    cursed = (i.text.lower() for i in abusing if i.target == "product")
    return product if any(text.endswith(word) and text != word for text in cursed) else ""


def _labels_number(noun: str, body: str, analysis: Analysis) -> bool:
    """Tell whether a noun stands right before a number, with three signs between them at most."""
    return any(_stands_before(noun, place, body) for number in analysis.facts.order_numbers
               for place in _places(number, body))  # fmt: skip


def _places(number: str, body: str) -> Iterator[int]:
    place = body.find(number) if number else -1
    while place >= 0:
        yield place
        place = body.find(number, place + 1)


def _stands_before(noun: str, place: int, body: str) -> bool:
    for between in range(1, _MOST_BETWEEN + 1):
        start = place - between - len(noun)
        if start < 0 or _is_wordy(body[place - between]):
            return False
        if body.startswith(noun, start) and (start > 0 and _is_wordy(body[start - 1])) != _is_wordy(noun[0]):
            return True
    return False


def _is_wordy(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _main_emotion(analysis: Analysis) -> str:
    """Return the strongest of the emotions that a reply can meet; on a tie anger."""
    strengths = {name: analysis.emotions.get(name, 0) for name in ("anger", "sadness", "fear")}
    return max(strengths, key=lambda name: strengths[name])


def _aimed_at_agent(analysis: Analysis) -> tuple[Insult, ...]:
    return tuple(i for i in analysis.insults if i.target == "agent" and not i.reported)


def _insulted(analysis: Analysis) -> str:
    """Return whom the insults hit: the reader before colleagues before the company; "" for nobody of us."""
    targets = {insult.target for insult in against_us(analysis)}
    return next((target for target in ("agent", "staff", "company") if target in targets), "")


def needs_quote(mail: Mail, analysis: Analysis) -> bool:
    """Tell whether the reply can name the matter in the customer's own sentence alone: no fact of his says it."""
    facts = analysis.facts
    return sure_matter(analysis) == "other" or not (facts.waiting or _amount(facts.amounts) or _product(mail, analysis))


def _fit_to_quote(question: Question, analysis: Analysis) -> bool:
    inside = any(question.start <= insult.start < question.end for insult in analysis.insults)
    text = question.text
    loud = "!" in text.rstrip("?!") or text.isupper()
    careless = text.islower() or bool(_QUOTE_MARK.search(text))  # given back it would look like mockery
    return not inside and not loud and not careless and len(text) <= MAX_QUOTE_CHARACTERS
