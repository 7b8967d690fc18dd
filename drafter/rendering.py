"""Word a plan: choose the template of each step, fill it, set the paragraphs into the letter.

Of several wordings the mail itself picks one, so that the same mail gives the same draft; one that repeats what the
letter has said already is passed over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from drafter.places import Places
from drafter.plan import Case, StepRule
from drafter.records import Draft, Mail, Option, Paragraph, Plan, Quotable, Step
from drafter.regional import Variant
from drafter.sandbox import guarded
from drafter.templates import BASE_TONE, Templates
from drafter.values import Declined, Values
from drafter.wording import FORMS, Echoes, Words

if TYPE_CHECKING:
    from drafter.branches import Probe

NOTHING = Quotable()
MAX_TURNS = 6
"""So many wordings of a step are tried until one repeats nothing."""
FRAME_WORDS = 8
"""What salutation and closing take of a letter's length, the signature not counted."""

_WORD = re.compile(r"\w+")
_REPLY_SPACES = re.compile(r"[ \t]+")


class _Letter(NamedTuple):
    """What the helpers need to know of the reply that is being worded."""

    form: str
    seed: str
    values: dict[str, str]  # gap name -> what the staff member put there
    variant: Variant


class Renderer:
    """The templates of one tone, ready to word plans."""

    def __init__(
        self, places: Places, rules: tuple[StepRule, ...], tone: str = BASE_TONE, probe: Probe | None = None
    ) -> None:
        self.words = Words.load(places)
        self.values = Values(self.words)
        self.templates = Templates(places, tone, probe)
        self._echoes = Echoes(self.words.phrases)
        opening, closing = map(re.escape, self.words.gap("\0").split("\0"))
        self._gap = re.compile(rf"{opening}([^\]\n]{{1,200}}){closing}")
        known = "|".join(map(re.escape, self.words.tables["subject"]["known"]))
        self._reply_marks = re.compile(rf"(?:\s*(?:{known})(?:\s*\[\d+\])?\s*:\s*)+", re.IGNORECASE)
        self._spare = {rule.name for rule in rules if rule.spare}
        self._joined = {rule.name for rule in rules if rule.join}

    def render(self, mail: Mail, case: Case, plan: Plan, fit: Quotable = NOTHING,
               values: Mapping[str, Any] | None = None, subject: str = "") -> tuple[Plan, Draft]:  # fmt: skip
        """Word a plan.

        Args:
            fit: the customer's own words that may be repeated.
            values: what the templates get beside the mail.
            subject: template of the subject where the mail has none.

        Returns:
            The plan with worded options and the gaps in order, and the draft.

        Raises:
            TemplateError: a template is missing or wrong; with file and line.
        """
        letter = self._about(mail, case)
        variant, context = letter.variant, self.context(mail, case, fit, values)
        options = tuple(
            Option(rule.id, worded["text"], rule.goodwill)
            for rule, worded in zip(case.options, context["options"], strict=True)
        )
        paragraphs = self._paragraphs(plan.steps, context, lower_first=not variant.is_swiss)
        if _word_count(paragraphs) > case.policy.style.max_words - FRAME_WORDS:
            plan = replace(plan, steps=tuple(step for step in plan.steps if self._is_needed(step, case)))
            paragraphs = self._paragraphs(plan.steps, context, lower_first=not variant.is_swiss)
        facts = case.analysis.facts
        names = (*facts.surname.split(), *facts.first_name.split())
        text = "\n\n".join(paragraph.text for paragraph in paragraphs)
        body = self.templates.render("letter", self.frame(mail, case, text, context)) + "\n"
        body = variant.spell(body, self.words, names)
        paragraphs = tuple(replace(p, text=variant.spell(p.text, self.words, names)) for p in paragraphs)
        plan = replace(plan, options=options, gaps=tuple(self._gaps_in(body)))
        own = self.templates.render(subject, context) if subject and not mail.subject else ""
        return plan, Draft(own or self._subject(mail, letter.form), body, paragraphs)

    def context(
        self, mail: Mail, case: Case, fit: Quotable = NOTHING, values: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return all that the templates of the steps may use; the arguments are those of `render`.

        Raises:
            TemplateError: an option or a reason of the policy is wrong.
        """
        letter = self._about(mail, case)
        variant = letter.variant
        context = {**self.values.of(mail, case, fit), **self._helpers(mail, letter)}
        context["region"], context["amount"] = variant.region, variant.rewrite_amount(context["amount"], self.words)
        context |= values or {}
        context["options"] = [
            {"text": self.templates.render_source(rule.text, f"option {rule.id}", context), "goodwill": rule.goodwill}
            for rule in case.options
        ]
        context["declined"] = [self._declined(no, context) for no in self.values.declined(case)]
        return context

    def frame(self, mail: Mail, case: Case, paragraphs: str, context: dict[str, Any]) -> dict[str, Any]:
        """Return all that the frame of a letter may use."""
        letter = self._about(mail, case)
        return {
            **context,
            "salutation": self._salutation(case, letter.form),
            "salutation_end": "" if letter.variant.is_swiss else ",",
            "paragraphs": paragraphs,
            "signature": case.policy.company.signature.strip(),
        }

    def _about(self, mail: Mail, case: Case) -> _Letter:
        variant = Variant.of(self.words, _region(case), case.policy.calendar.country)
        return _Letter(reply_form(case), seed_of(mail), case.wishes.values, variant)

    def _is_needed(self, step: Step, case: Case) -> bool:
        return step.name not in self._spare or step.name in case.wishes.add_steps

    def sample_helpers(self, mail: Mail, form: str, variant: Variant) -> dict[str, Callable[..., Any]]:
        """Return the helpers of templates for no case in particular, with all gaps open."""
        return self._helpers(mail, _Letter(form, "", {}, variant))

    def _declined(self, no: Declined, context: dict[str, Any]) -> dict[str, str]:
        """Word the reason of a no: the policy's is a template, what a person wrote is not."""
        reason = self.templates.render_source(no.reason, "decline", context) if no.by_policy else no.reason
        return {"what": no.what, "reason": reason.rstrip(".")}

    def _gaps_in(self, body: str) -> list[str]:
        """Return the labels of the gaps in the order in which they stand in the body."""
        return list(dict.fromkeys(self._gap.findall(body)))

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
        texts: list[str] = []
        for turn in range(MAX_TURNS):
            text = self.templates.render(name, {**context, "turn": turn})
            if text in texts:
                break
            if not self._echoes.again(text, said):
                return text
            texts.append(text)
        return min(texts, key=lambda text: self._echoes.again(text, said))

    def _salutation(self, case: Case, form: str) -> str:
        facts = case.analysis.facts
        if form == "sie" or (facts.several and not facts.first_name):
            return facts.salutation
        greeting = self.words.tables["greeting_du"]["forms"]
        return f"{greeting['known']} {facts.first_name}" if facts.first_name else str(greeting["unknown"])

    def _subject(self, mail: Mail, form: str) -> str:
        """Return his subject with one prefix: that by which the thread goes already, where we keep it, else ours."""
        table = self.words.tables["subject"]
        prefixes = self._reply_marks.match(mail.subject)
        first = re.match(r"\s*(\w+)", mail.subject) if prefixes else None
        prefix = table["forms"].get(first[1].lower() if first else "", table["prefix"])
        bare = mail.subject[prefixes.end() if prefixes else 0 :]
        return f"{prefix}: {_REPLY_SPACES.sub(' ', bare).strip() or table['empty'][form]}"

    def _helpers(self, mail: Mail, letter: _Letter) -> dict[str, Callable[..., Any]]:
        words = self.words
        own = mail.body.lower()

        def first_known(nouns: tuple[str, ...]) -> str:
            return next((noun for noun in nouns if noun and words.gender_of(noun)), nouns[-1])

        def gap(label: str) -> str:
            value = letter.values.get(label.lower(), letter.values.get(slug(label), ""))
            return letter.variant.months(value, words) if value else words.gap(label)

        helpers: dict[str, Callable[..., Any]] = {
            "you": lambda *forms: forms[number] if (number := FORMS.index(letter.form)) < len(forms) else forms[0],
            "variant": lambda name, count, turn: _order(f"{letter.seed}/{name}", count)[turn % count],
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
        return {name: guarded(name, helper) for name, helper in helpers.items()}


def reply_form(case: Case) -> str:
    """Decide how the reply addresses the customer: as he does, on doubt politely; several with du get ihr."""
    style = case.policy.style
    wish = case.wishes.register if case.wishes.register != "auto" else style.register_
    by_customer = {"du": "du", "ihr": style.register_for_ihr}.get(case.analysis.register, "sie")
    form = by_customer if wish == "auto" else wish
    return "ihr" if form == "du" and case.analysis.facts.several else form


def _word_count(paragraphs: tuple[Paragraph, ...]) -> int:
    return sum(len(_WORD.findall(paragraph.text)) for paragraph in paragraphs)


def slug(label: str) -> str:
    """Return the key by which --set names a gap: Stand der Erstattung, stand-der-erstattung."""
    return re.sub(r"[^\w]+", "-", label.lower()).strip("-")


def seed_of(mail: Mail) -> str:
    """Return what the choice of wordings depends on: the mail itself, nothing else."""
    text = mail.body or f"{mail.from_name}{mail.from_address}{mail.date}"
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _order(key: str, count: int) -> list[int]:
    """Return the numbers below count in an order that depends on the key alone, each order as likely as the next."""
    return sorted(range(count), key=lambda number: hashlib.blake2b(f"{key}/{number}".encode()).digest())


def _region(case: Case) -> str:
    """Return how the letter is spelled: as the company's region, and as the Swiss where the customer is."""
    wish, region = case.policy.style.swiss_spelling, case.policy.calendar.country
    if wish == "always" or (wish == "auto" and case.analysis.facts.swiss):
        return "CH"
    return "DE" if wish == "never" and region == "CH" else region
