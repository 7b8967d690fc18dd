"""Word a plan: choose the template of each step, fill it, set the paragraphs into the letter.

Of several wordings the mail itself picks one, so that the same mail gives the same draft; one that repeats what the
letter has said already is passed over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from drafter.ladder import against_us, quotable
from drafter.places import Places
from drafter.plan import LAST_STAGES, Case, StepRule, apologised, matter_of, situation_names, unmet_demands
from drafter.records import Analysis, Draft, Mail, Option, Paragraph, Plan, Question, Step
from drafter.regional import Variant
from drafter.templates import BASE_TONE, Templates
from drafter.wording import FORMS, Words

MAX_QUOTE_CHARACTERS = 140
MAX_TURNS = 6
"""So many wordings of a step are tried until one repeats nothing."""
GOODS_SITUATIONS = ("delivery_late", "delivery_missing", "wrong_item", "goods_damaged")
_REPLY_SPACES = re.compile(r"[ \t]+")


class _Letter(NamedTuple):
    """What the helpers need to know of the reply that is being worded."""

    form: str
    seed: str
    values: dict[str, str]  # gap name -> what the staff member put there
    variant: Variant


class Renderer:
    """The templates of one tone, ready to word plans."""

    def __init__(self, places: Places, rules: tuple[StepRule, ...], tone: str = BASE_TONE) -> None:
        self.words = Words.load(places)
        self.templates = Templates(places, tone)
        self._joined = {rule.name for rule in rules if rule.join}

    def render(self, mail: Mail, case: Case, plan: Plan, topic: str = "",
               values: Mapping[str, Any] | None = None, subject: str = "") -> tuple[Plan, Draft]:  # fmt: skip
        """Word a plan.

        Args:
            topic: the mail's subject where it is fit to be quoted.
            values: what the templates get beside the mail.
            subject: template of the subject where the mail has none.

        Returns:
            The plan with worded options and the gaps in order, and the draft.

        Raises:
            TemplateError: a template is missing or wrong; with file and line.
        """
        variant = Variant.of(self.words, _region(case), case.policy.calendar.country)
        letter = _Letter(reply_form(case), seed_of(mail), case.wishes.values, variant)
        context = {**self._context(mail, case, topic), **self._helpers(mail, letter)}
        context["region"], context["amount"] = variant.region, variant.rewrite_amount(context["amount"], self.words)
        context |= values or {}
        options = tuple(
            Option(rule.id, self.templates.render_source(rule.text, f"option {rule.id}", context), rule.goodwill)
            for rule in case.options
        )
        context["options"] = [{"text": option.text, "goodwill": option.goodwill} for option in options]
        context["questions"] = self._questions(case.analysis)
        paragraphs = self._paragraphs(plan.steps, context, lower_first=not variant.is_swiss)
        facts = case.analysis.facts
        names = (*facts.surname.split(), *facts.first_name.split())
        body = variant.spell(self._letter(case, letter, paragraphs, context), self.words, names)
        paragraphs = tuple(replace(p, text=variant.spell(p.text, self.words, names)) for p in paragraphs)
        plan = replace(plan, options=options, gaps=tuple(self._gaps_in(body)))
        own = self.templates.render(subject, context) if subject and not mail.subject else ""
        return plan, Draft(own or self._subject(mail, letter.form), body, paragraphs)

    def _gaps_in(self, body: str) -> list[str]:
        """Return the labels of the gaps in the order in which they stand in the body."""
        opening, closing = self.words.gap("\0").split("\0")
        pattern = re.compile(re.escape(opening) + r"([^\]\n]{1,200})" + re.escape(closing))
        return list(dict.fromkeys(pattern.findall(body)))

    def _paragraphs(self, steps: tuple[Step, ...], context: dict[str, Any], lower_first: bool) -> tuple[Paragraph, ...]:
        found: list[Paragraph] = []
        for step in steps:
            text = self._fresh_wording(step.name, context, " ".join(paragraph.text for paragraph in found))
            if not text:
                continue
            text = text if lower_first and not found else text[:1].upper() + text[1:]
            if step.name in self._joined and found:
                last = found[-1]
                found[-1] = Paragraph(f"{last.text} {text}", (*last.steps, step))
            else:
                found.append(Paragraph(text, (step,)))
        return tuple(found)

    def _fresh_wording(self, name: str, context: dict[str, Any], said: str) -> str:
        """Word a step by the first of its wordings that echoes nothing said before, else by that with fewest echoes."""
        spoken = self.words.echoes(said)
        texts: list[str] = []
        for turn in range(MAX_TURNS):
            text = self.templates.render(name, {**context, "turn": turn})
            if text in texts:
                break
            if not spoken & self.words.echoes(text):
                return text
            texts.append(text)
        return min(texts, key=lambda text: len(spoken & self.words.echoes(text)))

    def _letter(self, case: Case, letter: _Letter, paragraphs: tuple[Paragraph, ...], context: dict[str, Any]) -> str:
        frame = {
            **context,
            "salutation": self._salutation(case, letter.form),
            "salutation_end": "" if letter.variant.is_swiss else ",",
            "paragraphs": "\n\n".join(paragraph.text for paragraph in paragraphs),
            "signature": case.policy.company.signature.strip(),
        }
        return self.templates.render("letter", frame) + "\n"

    def _salutation(self, case: Case, form: str) -> str:
        facts = case.analysis.facts
        if form == "sie" or (facts.several and not facts.first_name):
            return facts.salutation
        greeting = self.words.tables["greeting_du"]["forms"]
        return f"{greeting['known']} {facts.first_name}" if facts.first_name else str(greeting["unknown"])

    def _subject(self, mail: Mail, form: str) -> str:
        table = self.words.tables["subject"]
        known = "|".join(map(re.escape, table["known"]))
        bare = re.sub(rf"^(?:\s*(?:{known})(?:\s*\[\d+\])?\s*:\s*)+", "", mail.subject, flags=re.IGNORECASE)
        return f"{table['prefix']}: {_REPLY_SPACES.sub(' ', bare).strip() or table['empty'][form]}"

    def _context(self, mail: Mail, case: Case, topic: str) -> dict[str, Any]:
        analysis, words = case.analysis, self.words
        topic = topic if self._names_matter(topic) else ""
        facts = analysis.facts
        names = situation_names(analysis)
        situation = matter_of(analysis)
        status = words.tables["status"]
        reference, number_label = self._reference(analysis)
        return {
            "emotion": _main_emotion(analysis),
            "level": analysis.intensity.level,
            "situation": situation,
            "situations": names,
            "product": words.spell(_product(analysis)),
            "reference": reference,
            "named": reference or (f" („{topic}“)" if topic else ""),
            "about": f" zu „{topic}“" if topic else reference,
            "number_label": number_label,
            "waiting": facts.waiting,
            "attempts": facts.attempts,
            "amount": _amount(facts.amounts),
            "topic": topic,
            "wants": self._wants(case, "wants"),
            "wants_dative": self._wants(case, "wants_dative"),
            "mirrored": words.enumerate(f"„{i.text}“" for i in quotable(_aimed_at_agent(analysis))),
            "self_blame": any(insult.target == "self" for insult in analysis.insults),
            "status_label": status["forms"].get(_status_matter(analysis, situation), status["otherwise"]),
            "stage": case.stage,
            "asked": case.standing.asked,
            "announced": case.standing.stage in LAST_STAGES,
            "rounds": case.past.rounds,
            "apologised": apologised(analysis),
            "insulted": _insulted(analysis),
            "phone_hours": case.policy.phone.hours,
            "options": [],
            "region": case.policy.calendar.country,
            "turn": 0,
        }

    def _names_matter(self, topic: str) -> bool:
        """Tell whether a subject names a matter: several words or a noun that we know, and no empty beginning."""
        first = topic.split(" ")[0].lower()
        told = " " in topic or bool(self.words.gender_of(topic))
        return bool(topic) and told and first not in self.words.tables["topic"]["known"]

    def _helpers(self, mail: Mail, letter: _Letter) -> dict[str, Callable[..., Any]]:
        words = self.words
        own = mail.body.lower()

        def first_known(nouns: tuple[str, ...]) -> str:
            return next((noun for noun in nouns if noun and words.gender_of(noun)), nouns[-1])

        def gap(label: str) -> str:
            value = letter.values.get(label.lower(), letter.values.get(slug(label), ""))
            return letter.variant.months(value, words) if value else words.gap(label)

        return {
            "you": lambda *forms: forms[number] if (number := FORMS.index(letter.form)) < len(forms) else forms[0],
            "variant": lambda name, count, turn: (_number(f"{letter.seed}/{name}") + turn) % count,
            "your": lambda case, *nouns: words.possessive(letter.form, case, first_known(nouns)),
            "it": lambda case, *nouns: words.pronoun(case, first_known(nouns)),
            "gendered": lambda noun: bool(words.gender_of(noun)),
            "plural": lambda noun: words.gender_of(noun) == "p",
            "since": lambda duration: letter.variant.months(words.since(duration), words),
            "times": words.times,
            "money": lambda value: letter.variant.money(value),
            "gap": gap,
            "mentions": lambda stem: stem.lower() in own,
        }

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

    def _questions(self, analysis: Analysis) -> list[dict[str, Any]]:
        questions = analysis.questions[:3]
        labels = self.words.tables["answer"]
        return [
            {
                "text": _sentence(question.text, self.words.tables["lead"]["known"]),
                "quotable": _fit_to_quote(question, analysis),
                "label": labels["one"] if len(questions) == 1 else labels["several"].format(number=number),
            }
            for number, question in enumerate(questions, 1)
        ]


def reply_form(case: Case) -> str:
    """Decide how the reply addresses the customer: as he does, on doubt politely; several with du get ihr."""
    style = case.policy.style
    wish = case.wishes.register if case.wishes.register != "auto" else style.register_
    by_customer = {"du": "du", "ihr": style.register_for_ihr}.get(case.analysis.register, "sie")
    form = by_customer if wish == "auto" else wish
    return "ihr" if form == "du" and case.analysis.facts.several else form


def slug(label: str) -> str:
    """Return the key by which --set names a gap: Stand der Erstattung, stand-der-erstattung."""
    return re.sub(r"[^\w]+", "-", label.lower()).strip("-")


def seed_of(mail: Mail) -> str:
    """Return what the choice of wordings depends on: the mail itself, nothing else."""
    text = mail.body or f"{mail.from_name}{mail.from_address}{mail.date}"
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _number(key: str) -> int:
    """Spread keys evenly; with a mere checksum the choices for two steps would hang together."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest(), "big")


def _sentence(text: str, lead_words: list[str]) -> str:
    """Write a question as a sentence of its own, without the word that joins it to the one before."""
    words = text.split()
    flat = " ".join(words[1:] if len(words) > 2 and words[0].lower().rstrip(",") in lead_words else words)
    return flat[:1].upper() + flat[1:]


def _amount(amounts: tuple[str, ...]) -> str:
    """Return the amount that it is about: the only one, and only with its currency."""
    return amounts[0] if len(amounts) == 1 and re.search(r"[^\d.,'’\s–-]", amounts[0]) else ""


def _status_matter(analysis: Analysis, situation: str) -> str:
    """Whoever wants his money asks about the refund, whatever happened before."""
    return "refund_pending" if any(demand.kind == "refund" for demand in analysis.demands) else situation


def _product(analysis: Analysis) -> str:
    """Return the thing it is about; a word that is part of an insult is no name for it."""
    insulting = " ".join(insult.text for insult in analysis.insults)
    for product in analysis.facts.products:
        name = product.rpartition("-")[2] if product in insulting else product
        if name != product or product not in insulting:
            return name
    return ""


def _main_emotion(analysis: Analysis) -> str:
    """Return the strongest of the emotions that a reply can meet; on a tie anger."""
    strengths = {name: analysis.emotions.get(name, 0) for name in ("anger", "sadness", "fear")}
    return max(strengths, key=lambda name: strengths[name])


def _aimed_at_agent(analysis: Analysis) -> tuple[Any, ...]:
    return tuple(i for i in analysis.insults if i.target == "agent" and not i.reported)


def _insulted(analysis: Analysis) -> str:
    """Return whom the insults hit: the reader before colleagues before the company; "" for nobody of us."""
    targets = {insult.target for insult in against_us(analysis)}
    return next((target for target in ("agent", "staff", "company") if target in targets), "")


def _fit_to_quote(question: Question, analysis: Analysis) -> bool:
    inside = any(question.start <= insult.start < question.end for insult in analysis.insults)
    loud = "??" in question.text or "!" in question.text or question.text.isupper()
    return not inside and not loud and len(question.text) <= MAX_QUOTE_CHARACTERS


def _region(case: Case) -> str:
    """Return how the letter is spelled: as the company's region, and as the Swiss where the customer is."""
    wish, region = case.policy.style.swiss_spelling, case.policy.calendar.country
    if wish == "always" or (wish == "auto" and case.analysis.facts.swiss):
        return "CH"
    return "DE" if wish == "never" and region == "CH" else region
