"""Word a plan: choose the template of each step, fill it, set the paragraphs into the letter.

Templates come from the folders of the tone, the company's before ours. A customer's words reach a template
only as values, never as source. `{Sie haben|du hast|ihr habt}` picks the form of address, a line `===` parts
wordings of which the mail itself picks one, so that the same mail gives the same draft.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from drafter.errors import TemplateError
from drafter.ladder import against_us, quotable
from drafter.messages import _
from drafter.places import Places
from drafter.plan import LAST_STAGES, Case, StepRule, apologised, matter_of, situation_names, unmet_demands
from drafter.records import Analysis, Draft, Mail, Option, Paragraph, Plan, Question, Step
from drafter.snapshot import cache_folder
from drafter.wording import FORMS, Words

BASE_TONE = "sachlich"
"""Every other tone falls back to this one, file by file."""

SUFFIX = ".txt"
MAX_PARAGRAPH_CHARACTERS = 6_000
MAX_QUOTE_CHARACTERS = 140
GOODS_SITUATIONS = ("delivery_late", "delivery_missing", "wrong_item", "goods_damaged")
_ADDRESS = re.compile(r"(?<![{%#])\{(?![{%#])([^{}|\n]*(?:\|[^{}|\n]*){1,2})\}")
_VARIANT = re.compile(r"^===[ \t]*$", re.MULTILINE)
_REPLY_SPACES = re.compile(r"[ \t]+")


class _Letter(NamedTuple):
    """What the helpers need to know of the reply that is being worded."""

    form: str
    seed: str
    values: dict[str, str]  # gap name -> what the staff member put there


class _ToneLoader(FileSystemLoader):
    """Reads templates and turns the two notations of template writers into Jinja."""

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, filename, uptodate = super().get_source(environment, template)
        return prepare_source(source, template), filename, uptodate


def prepare_source(source: str, name: str) -> str:
    """Turn `{Sie|du|ihr}` and `===` into Jinja; line numbers stay."""
    source = _ADDRESS.sub(lambda match: "{{ you(" + ", ".join(map(repr, match[1].split("|"))) + ") }}", source)
    variants = _VARIANT.split(source)
    if len(variants) == 1:
        return source
    opening = f"{{% set chosen = variant({name!r}, {len(variants)}) %}}{{% if chosen == 0 %}}"
    rest = "".join(f"{{% elif chosen == {i} %}}{text}" for i, text in enumerate(variants[1:], 1))
    return f"{opening}{variants[0]}{rest}{{% endif %}}"


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which templates may read the given values and nothing else, and can fill no memory."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse what one short line could blow up: repeated texts and powers."""
        if operator == "**" or not all(isinstance(side, int | float) for side in (left, right)):
            raise ValueError(f"'{operator}' is not for templates")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow fields of mappings and the loop variable; methods and everything else are refused."""
        return type(obj).__name__ == "LoopContext" and not attr.startswith("_")


class Renderer:
    """The templates of one tone, ready to word plans."""

    def __init__(self, places: Places, rules: tuple[StepRule, ...], tone: str = BASE_TONE) -> None:
        self.words = Words.load(places)
        self._joined = {rule.name for rule in rules if rule.join}
        self._environment = _Environment(
            loader=_ToneLoader([str(folder) for folder in tone_folders(places, tone)]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # plain text: mail bodies, never HTML
            bytecode_cache=_bytecode_cache(),
        )

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
        letter = _Letter(reply_form(case), zlib_seed(mail), case.wishes.values)
        context = {**self._context(mail, case, topic), **self._helpers(mail, letter), **(values or {})}
        options = tuple(
            Option(rule.id, self._render_text(rule.text, f"option {rule.id}", context), rule.goodwill)
            for rule in case.options
        )
        context["options"] = [{"text": option.text, "goodwill": option.goodwill} for option in options]
        context["questions"] = self._questions(case.analysis)
        swiss = _swiss(case)
        paragraphs = self._paragraphs(plan.steps, context, lower_first=not swiss)
        body = self._letter(case, letter, paragraphs, context, swiss)
        if swiss:
            body = self._swiss_spelling(body)
            paragraphs = tuple(replace(p, text=self._swiss_spelling(p.text)) for p in paragraphs)
        plan = replace(plan, options=options, gaps=tuple(self._gaps_in(body)))
        own = self._render_file(subject, context) if subject and not mail.subject else ""
        return plan, Draft(own or self._subject(mail, letter.form), body, paragraphs)

    def _gaps_in(self, body: str) -> list[str]:
        """Return the labels of the gaps in the order in which they stand in the body."""
        opening, closing = self.words.gap("\0").split("\0")
        pattern = re.compile(re.escape(opening) + r"([^\]\n]{1,200})" + re.escape(closing))
        return list(dict.fromkeys(pattern.findall(body)))

    def _paragraphs(self, steps: tuple[Step, ...], context: dict[str, Any], lower_first: bool) -> tuple[Paragraph, ...]:
        found: list[Paragraph] = []
        for step in steps:
            text = self._render_file(step.name, context)
            if not text:
                continue
            text = text if lower_first and not found else text[:1].upper() + text[1:]
            if step.name in self._joined and found:
                last = found[-1]
                found[-1] = Paragraph(f"{last.text} {text}", (*last.steps, step))
            else:
                found.append(Paragraph(text, (step,)))
        return tuple(found)

    def _letter(self, case: Case, letter: _Letter, paragraphs: tuple[Paragraph, ...], context: dict[str, Any],
                swiss: bool) -> str:  # fmt: skip
        frame = {
            **context,
            "salutation": self._salutation(case, letter.form),
            "salutation_end": "" if swiss else ",",
            "paragraphs": "\n\n".join(paragraph.text for paragraph in paragraphs),
            "closing": self.words.tables["closing"]["forms"]["de"],
            "signature": case.policy.company.signature.strip(),
        }
        return self._render_file("letter", frame) + "\n"

    def _salutation(self, case: Case, form: str) -> str:
        facts = case.analysis.facts
        if form == "sie":
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
            return letter.values.get(label.lower(), letter.values.get(slug(label), "")) or words.gap(label)

        return {
            "you": lambda *forms: forms[number] if (number := FORMS.index(letter.form)) < len(forms) else forms[0],
            "variant": lambda name, count: zlib.crc32(f"{letter.seed}/{name}".encode()) % count,
            "your": lambda case, *nouns: words.possessive(letter.form, case, first_known(nouns)),
            "it": lambda case, *nouns: words.pronoun(case, first_known(nouns)),
            "gendered": lambda noun: bool(words.gender_of(noun)),
            "plural": lambda noun: words.gender_of(noun) == "p",
            "since": words.since,
            "times": words.times,
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

    def _swiss_spelling(self, text: str) -> str:
        quotes = self.words.tables["quotes"]["forms"]
        for german, swiss in zip(quotes["de"], quotes["swiss"], strict=True):
            text = text.replace(german, swiss)
        return text.replace("ß", "ss")

    def _render_file(self, name: str, context: dict[str, Any]) -> str:
        try:
            return _tidy(self._environment.get_template(name + SUFFIX).render(context))
        except (JinjaError, ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise template_error(error, name + SUFFIX) from error

    def _render_text(self, source: str, name: str, context: dict[str, Any]) -> str:
        try:
            template = self._environment.from_string(prepare_source(source, name))
            return " ".join(_tidy(template.render(context)).split())
        except (JinjaError, ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise template_error(error, name) from error


def _bytecode_cache() -> FileSystemBytecodeCache | None:
    """Keep compiled templates in the user's cache folder; Jinja compares them with the source."""
    folder = cache_folder()
    return FileSystemBytecodeCache(str(folder)) if folder else None


def tone_folders(places: Places, tone: str) -> list[Path]:
    """Return the template folders of a tone: the company's and ours, then those of the base tone.

    Raises:
        TemplateError: no folder has the tone.
    """
    roots = places.folders("templates")
    own = [root / tone for root in roots if (root / tone).is_dir()]
    if not own or not re.fullmatch(r"[a-z0-9_-]+", tone):
        known = sorted({path.name for root in roots for path in root.iterdir() if path.is_dir()})
        names = ", ".join(known)
        raise TemplateError(_("Unknown tone '{name}'.").format(name=tone), _("Known: {names}.").format(names=names))
    base = [root / BASE_TONE for root in roots if (root / BASE_TONE).is_dir()]
    return list(dict.fromkeys(own + base))


def template_error(error: Exception, name: str) -> TemplateError:
    """Say where a template is wrong: file, line, problem."""
    if isinstance(error, TemplateNotFound):
        return TemplateError(f"template '{error.name}' is missing", "Restore it, or drop the step from plan.yaml.")
    if isinstance(error, TemplateSyntaxError):
        return TemplateError(f"{error.filename or name}:{error.lineno}: {error.message}")
    filename, line = _place_in_traceback(error, name)
    return TemplateError(f"{filename}:{line}: {error}")


def _place_in_traceback(error: Exception, name: str) -> tuple[str, int]:
    """Jinja rewrites tracebacks so that template lines appear in them; the innermost one counts."""
    place, trace = (name, 1), error.__traceback__
    while trace:
        filename = trace.tb_frame.f_code.co_filename
        if filename.endswith(SUFFIX) or filename == "<template>":
            place = (name if filename == "<template>" else filename, trace.tb_lineno)
        trace = trace.tb_next
    return place


def reply_form(case: Case) -> str:
    """Decide how the reply addresses the customer: as he does, on doubt politely."""
    style = case.policy.style
    wish = case.wishes.register if case.wishes.register != "auto" else style.register_
    if wish != "auto":
        return wish
    return {"du": "du", "ihr": style.register_for_ihr}.get(case.analysis.register, "sie")


def slug(label: str) -> str:
    """Return the key by which --set names a gap: Stand der Erstattung, stand-der-erstattung."""
    return re.sub(r"[^\w]+", "-", label.lower()).strip("-")


def zlib_seed(mail: Mail) -> str:
    """Return what the choice of wordings depends on: the mail itself, nothing else."""
    text = mail.body or f"{mail.from_name}{mail.from_address}{mail.date}"
    return f"{zlib.crc32(text.encode('utf-8', 'replace')):08x}"


def _tidy(text: str) -> str:
    """Strip the white space that blocks leave behind; at most one blank line stays."""
    if len(text) > MAX_PARAGRAPH_CHARACTERS * 10:
        raise ValueError("the template writes more than a letter can hold")
    lines = [line.strip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


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


def _swiss(case: Case) -> bool:
    wish = case.policy.style.swiss_spelling
    return wish == "always" or (wish == "auto" and case.analysis.facts.swiss)
