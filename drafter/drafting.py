"""The way of a mail, named in one place:

    read → zones → analyze → plan → render → check → deliver

A `Kit` holds what is loaded once: pipeline, rules, policy, templates. Every stage takes a record and gives one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from drafter.acceptance import accepted_reply
from drafter.analysis import MAX_OWN_CHARACTERS, Analyzer, Detectors, Pipeline, load_pipeline
from drafter.briefing import HintRule, brief, load_hints
from drafter.check import REPEATED_INSULT, CheckContext, Checker, Spot
from drafter.history import History
from drafter.history.keys import when_of
from drafter.messages import _, threat_name
from drafter.places import RULE_FOLDERS, Places, find_places
from drafter.plan import LAST_STAGES, Case, StepRule, load_steps, make_case, make_plan, status_of
from drafter.policy import Policy, load_policy
from drafter.promises import promises_of
from drafter.read import finish, read_paste
from drafter.records import (
    OWN_ZONES,
    Accepted,
    Analysis,
    Conversation,
    Draft,
    Finding,
    Insult,
    Mail,
    Outcome,
    Plan,
    Promise,
)
from drafter.rendering import Renderer, reply_form
from drafter.sent import StageRule, as_sent, load_stage_rules
from drafter.snapshot import remember
from drafter.values import needs_quote
from drafter.wishes import Wishes
from drafter.zones import ZoneFinder


@dataclass(frozen=True)
class Kit:
    """Everything that is loaded once and serves every mail."""

    places: Places
    policy: Policy
    steps: tuple[StepRule, ...]
    hints: tuple[HintRule, ...]
    zones: ZoneFinder
    analyzer: Analyzer
    checker: Checker
    history: History
    _renderers: dict[str, Renderer] = field(default_factory=dict)

    def analyze(self, mail: Mail | str) -> Analysis:
        """Find what stands in a mail; a text is taken as its body, so that offsets count from its start."""
        return next(self.analyze_many([mail]))

    def analyze_many(self, mails: Iterable[Mail | str]) -> Iterator[Analysis]:
        """Yield the analyses of mails in order, for a smaller part of the cost: they are read in batches."""
        read = (finish(Mail(mail)) if isinstance(mail, str) else mail for mail in mails)
        return self.analyzer.analyze_many((mail, self.zones.find(mail)) for mail in read)

    def draft(self, mail: Mail | str, wishes: Wishes = Wishes(), analysis: Analysis | None = None,  # noqa: B008 - frozen
              past: Conversation | None = None) -> Outcome:  # fmt: skip
        """Lead a mail through all stages; where the analysis is given, through those after it.

        Args:
            past: what was accepted before; None asks the history.

        Raises:
            DrafterError: a wish, the policy, a template or the history is wrong.
        """
        mail = read_paste(mail) if isinstance(mail, str) else mail
        analysis = analysis or self.analyze(mail)
        reason, why = self.skip_reason(mail, analysis)
        if reason:
            return Outcome(mail.id, mail.source, "skipped", why, mail, analysis, reason=reason)
        case = make_case(self.policy, analysis, wishes, self.history.recall(mail) if past is None else past)
        plan = make_plan(self.steps, case)
        fit = self.analyzer.quotes.find(mail, analysis, with_sentence=needs_quote(mail, analysis))
        plan, draft = self.renderer(wishes.tone).render(mail, case, plan, fit)
        return self._judge(mail, case, plan, draft)

    def recheck(self, outcome: Outcome, wishes: Wishes = Wishes()) -> Outcome:  # noqa: B008 - frozen
        """Check and judge a draft that a person has edited."""
        assert outcome.mail and outcome.analysis and outcome.plan and outcome.draft
        past = self.history.recall(outcome.mail)
        case = make_case(self.policy, outcome.analysis, replace(wishes, stage=outcome.plan.stage), past)
        gaps = tuple(gap for gap in outcome.plan.gaps if gap in outcome.draft.body)
        return self._judge(outcome.mail, case, replace(outcome.plan, gaps=gaps), outcome.draft)

    def accept(self, outcome: Outcome) -> bool:
        """Remember that a draft was accepted; the next mail of the customer is answered accordingly.

        Returns:
            Whether that is new: the same mail counts once, a mail without draft not at all.

        Raises:
            HistoryError: the history cannot be written; then it is as it was.
        """
        reply = self.accepted(outcome)
        return bool(reply and outcome.mail and self.history.accept(outcome.mail, reply))

    def accepted(self, outcome: Outcome) -> Accepted | None:
        """Return what the history keeps of a draft that is accepted now; None where there is no draft."""
        return accepted_reply(self.policy, outcome, self.history.clock(), self.promises(outcome))

    def sent_reply(self, outcome: Outcome, sent: Mail) -> Accepted | None:
        """Return what the history keeps of a reply of ours in an export: what it says, on the day it was sent."""
        own = [zone for zone in self.zones.find(sent) if zone.kind in OWN_ZONES]
        text = "\n\n".join(sent.body[zone.start : zone.end] for zone in own)
        said = as_sent(outcome, text, self._stage_rules)
        when = when_of(sent, self.history.clock())
        promises = promises_of(self.policy, self.steps, self.places, said, when.date())
        return accepted_reply(self.policy, said, when, promises)

    @cached_property
    def _stage_rules(self) -> dict[str, StageRule]:
        return load_stage_rules(self.places)

    def promises(self, outcome: Outcome) -> tuple[Promise, ...]:
        """Return what a draft promises when it is accepted today."""
        return promises_of(self.policy, self.steps, self.places, outcome, self.history.today())

    def _judge(self, mail: Mail, case: Case, plan: Plan, draft: Draft) -> Outcome:
        findings = self.check(mail, case, plan, draft)
        status, why = _status(mail, case, plan, findings)
        briefing = brief(mail, case, self.hints)
        return Outcome(mail.id, mail.source, status, why, mail, case.analysis, plan, draft, findings, briefing)

    def renderer(self, tone: str = "") -> Renderer:
        """Return the templates of a tone, loaded at its first use."""
        tone = tone or self.policy.style.tone
        if tone not in self._renderers:
            self._renderers[tone] = Renderer(self.places, self.steps, tone)
        return self._renderers[tone]

    def check(self, mail: Mail, case: Case, plan: Plan, draft: Draft) -> tuple[Finding, ...]:
        """Lint a draft against the mail it answers.

        Words that the mirror step gives back on purpose are allowed, and those that our templates say to everybody:
        "Mail" repeats no insult, whatever a customer has made of it.
        """
        mirrored = any(step.name == "mirror" for step in plan.steps)
        insults = tuple(_insulting_part(i) for i in case.analysis.insults if not (mirrored and i.severity == 1))
        given = (*(option.text for option in plan.options), *case.wishes.values.values())
        spots = self.spots(draft.body, mail, reply_form(case), insults, given)
        own_words = self.renderer(case.wishes.tone).templates.vocabulary
        return tuple(
            spot.to_finding(draft.body)
            for spot in spots
            if not (spot.code == REPEATED_INSULT and spot.text.lower() in own_words)
        )

    def spots(
        self, reply: str, mail: Mail | None, register: str, insults: tuple[str, ...], given: tuple[str, ...] = ()
    ) -> list[Spot]:
        """Check any reply text; what the policy and the mail's subject say counts as given."""
        policy = self.policy
        context = CheckContext(
            mail=mail.body if mail else "",
            register=register,
            insults=insults,
            given=(*given, policy.phone.hours, policy.company.signature, mail.subject if mail else ""),
            max_words=policy.style.max_words,
        )
        return self.checker.spots(reply, context)

    def skip_reason(self, mail: Mail, analysis: Analysis) -> tuple[str, str]:
        """Return why a mail gets no answer, as a code and for people; both empty where it gets one."""
        if not mail.body.strip():
            return "empty", _("The mail is empty.")
        if self.policy.company.owns(mail.from_address):
            return "own", _("The mail is our own.")
        why = self.analyzer.auto_reply_reason(mail) if analysis.auto_reply else ""
        return ("auto_reply" if why else ""), why


def load(home: str | os.PathLike[str] | None = None, model: str | None = None, history: str = "") -> Kit:
    """Load everything once.

    Args:
        home: the company folder; None looks for it (see places.find_places).
        model: a spaCy pipeline by name or folder; None loads the bundled one.
        history: URL or file of the history, "none" for none; empty looks for it (see history.History).

    Raises:
        DrafterError: something on disk is missing or wrong; the message says what and where.
    """
    places = find_places(home)
    return load_from(places, load_pipeline(model, places.pipeline), history)


def load_from(places: Places, pipeline: Pipeline, history: str = "") -> Kit:
    """Load everything but the pipeline from known places.

    Raises:
        DrafterError: something on disk is missing or wrong; the message says what and where.
    """
    policy = load_policy(places)
    steps = load_steps(places)
    folders = [folder for name in RULE_FOLDERS for folder in places.folders(name)]
    zones, detectors, checker = remember(
        "rules", folders, lambda: (ZoneFinder.load(places), Detectors.load(places), Checker.load(places))
    )
    analyzer = Analyzer(pipeline, detectors)
    return Kit(places, policy, steps, load_hints(places), zones, analyzer, checker, History(history))


def _insulting_part(insult: Insult) -> str:
    """Leave out what names the thing: a cursed router may be called a router in the reply."""
    parts = re.split(r"[\s-]+", insult.text)
    return " ".join(parts[:-1]) if insult.target == "product" and len(parts) > 1 else insult.text


def _status(mail: Mail, case: Case, plan: Plan, findings: tuple[Finding, ...]) -> tuple[str, str]:
    """Decide what a person has to do with the draft, and say why."""
    reasons, tell = _review_reasons(mail, case, findings), case.policy.review.tell
    if reasons and tell:
        reasons.append(_("To be told: {who}.").format(who=tell))
    return status_of(plan, reasons)


def _review_reasons(mail: Mail, case: Case, findings: tuple[Finding, ...]) -> list[str]:
    analysis, review = case.analysis, case.policy.review
    reasons = []
    if case.stage in LAST_STAGES:
        reasons.append(_("Stage '{stage}' is for the team lead.").format(stage=case.stage))
    if case.end_is_due:
        reasons.append(_("The end of the exchange is due; it is written only with a person's yes: --confirm-end."))
    kinds = dict.fromkeys(threat.kind for threat in analysis.threats if threat.kind in review.threats)
    if kinds:
        reasons.append(_("Threat: {kinds}.").format(kinds=", ".join(map(threat_name, kinds))))
    if analysis.facts.bereaved:
        reasons.append(_("Somebody near to the customer has died."))
    if analysis.facts.harm:
        reasons.append(_("Somebody may have come to harm."))
    if analysis.language != "de":
        reasons.append(_("The mail does not look German."))
    if analysis.hostility >= review.hostility and not analysis.insults:
        reasons.append(_("The text sounds offensive, but no rule names an insult."))
    if len(mail.body) > MAX_OWN_CHARACTERS:
        reasons.append(_("The mail is very long; only its beginning was read."))
    if any(finding.level == "error" for finding in findings):
        reasons.append(_("The check found errors in the draft."))
    return reasons
