"""Show results to people: panels and colours on a terminal, plain text in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from drafter.messages import _, threat_name, told_promise
from drafter.records import Analysis, Draft, Finding, Insult, Outcome

if TYPE_CHECKING:
    from drafter.advice import Advice
    from drafter.history.store import Kept, Promised

_COLOURS = {"ready": "green", "needs-fill": "yellow", "review": "red", "skipped": "dim", "failed": "red"}
_STATE_COLOURS = {"overdue": "red", "today": "yellow", "soon": "yellow", "done": "dim"}
_LEVEL_COLOURS = {"error": "red", "warning": "yellow", "suggestion": "cyan"}


def make_console(stderr: bool = False) -> Console:
    """Make a console; in a pipe it neither colours nor wraps."""
    console = Console(stderr=stderr, highlight=False, emoji=False, markup=False)
    console.soft_wrap = not console.is_terminal
    return console


def show_outcome(console: Console, outcome: Outcome, explain: bool = False) -> None:
    """Print briefing, draft and findings of one mail."""
    if outcome.draft is None:
        console.print(f"{_(outcome.status)}: {outcome.why}")
        return
    if console.is_terminal:
        _show_pretty(console, outcome, explain)
    else:
        console.print(_plain(outcome, explain), end="")


def show_letter(console: Console, outcome: Outcome) -> None:
    """Print a letter that answers no complaint: subject, text, findings."""
    assert outcome.draft
    if console.is_terminal:
        _show_draft(console, outcome, _COLOURS[outcome.status])
    else:
        lines = [f"== {_('Draft')} · {outcome.draft.subject}", "", outcome.draft.body.rstrip("\n")]
        console.print("\n".join([*lines, *_finding_lines(outcome)]))


def show_analysis(console: Console, analysis: Analysis) -> None:
    """Print what was found in one mail."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, value in _analysis_rows(analysis):
        table.add_row(Text(name, style="bold" if console.is_terminal else ""), Text(value))
    console.print(table)


def show_history(console: Console, replies: Sequence[Kept]) -> None:
    """Print accepted replies, one a line."""
    titles = (_("Accepted"), _("Customer"), _("Stage"), _("Insults"), _("Goodwill"), _("Options"), _("Thread"))
    table = Table(*titles, box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for kept in replies:
        reply = kept.reply
        goodwill = ", ".join(f"{offer.id} ({offer.cost:g})" for offer in reply.offers if offer.goodwill)
        options = ", ".join(offer.id for offer in reply.offers if not offer.goodwill)
        cells = (f"{reply.accepted:%Y-%m-%d %H:%M}", kept.customer or "?", reply.stage, str(sum(reply.insults)),
                 goodwill, options, f"{kept.thread} #{reply.round}")  # fmt: skip
        table.add_row(*map(Text, cells))
    if not console.is_terminal:
        console.width = 400  # a pipe neither wraps nor cuts
    console.print(table)


def show_promises(console: Console, promises: Sequence[tuple[Promised, str]]) -> None:
    """Print promises with how pressing each is, one a line."""
    titles = (_("No."), _("Due"), _("State"), _("Promise"), _("Customer"), _("Made on"), _("Thread"))
    table = Table(*titles, box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for kept, state in promises:
        due = kept.promise.due.isoformat() if kept.promise.due else "–"
        cells = (str(kept.id), due, _(state), told_promise(kept.promise), kept.customer or "?",
                 kept.made.date().isoformat(), kept.thread)  # fmt: skip
        table.add_row(*map(Text, cells), style=_STATE_COLOURS.get(state, "") if console.is_terminal else "")
    if not console.is_terminal:
        console.width = 400  # a pipe neither wraps nor cuts
    console.print(table)


def advice_lines(advice: Advice) -> list[str]:
    """Return what the advice says and, a line each, what follows it."""
    acts = [f"    {_(kind)}: {'; '.join(map(_, names))}" for kind, names in advice.acts.items()]
    return [f"{advice.id}  {_(advice.text)}", *acts]


def explain_lines(draft: Draft) -> list[tuple[str, list[str]]]:
    """Return each paragraph with a line per step: name, advice ids, reason."""
    return [
        (p.text, [f"{step.name} ({', '.join(step.advice)}): {_(step.why)}" for step in p.steps])
        for p in draft.paragraphs
    ]


def finding_line(finding: Finding, source: str = "") -> str:
    """Return a finding as `FILE:LINE:COL CODE message (advice id)`."""
    place = f"{source}:{finding.line}:{finding.column}".lstrip(":")
    return f"{place} {finding_text(finding)}"


def finding_text(finding: Finding) -> str:
    """Return a finding without its place."""
    advice = f" ({finding.advice})" if finding.advice else ""
    hint = f" → {_(finding.suggestion)}" if finding.suggestion else ""
    return f"{finding.code} {_(finding.message)}{hint}{advice}"


def _show_pretty(console: Console, outcome: Outcome, explain: bool) -> None:
    assert outcome.draft and outcome.briefing
    title = f"{_(outcome.status)}" + (f" · {outcome.why}" if outcome.why else "")
    briefing = Group(*(Text.assemble((f"{name}\n", "bold"), text, "\n") for name, text in _briefing_parts(outcome)))
    colour = _COLOURS[outcome.status]
    console.print(Panel(briefing, title=Text(_("Briefing")), subtitle=Text(title, style=colour), border_style="blue"))
    _show_draft(console, outcome, colour, explain)


def _show_draft(console: Console, outcome: Outcome, colour: str, explain: bool = False) -> None:
    """Print the draft without a frame: it is copied from here, and the terminal wraps it without breaking lines."""
    assert outcome.draft
    console.print(Rule(Text(outcome.draft.subject, style="bold"), style=colour))
    console.print(_marked_body(outcome.draft), soft_wrap=True)
    console.print(Rule(style=colour))
    if explain:
        for text, reasons in explain_lines(outcome.draft):
            first = text if len(text) <= 80 else text[:79] + "…"
            console.print(Text(first.replace("\n", " "), style="italic"))
            console.print(Padding(Text("\n".join(reasons), style="cyan"), (0, 0, 1, 4)))
    for finding in outcome.findings:
        console.print(Text(finding_line(finding), style=_LEVEL_COLOURS.get(finding.level, "")))


def _marked_body(draft: Draft) -> Text:
    body = Text(draft.body.rstrip("\n"))
    body.highlight_regex(r"\[\[[^\]\n]*\]\]", "black on yellow")
    return body


def _plain(outcome: Outcome, explain: bool) -> str:
    assert outcome.draft
    lines = [f"== {_('Briefing')} · {_(outcome.status)}" + (f" · {outcome.why}" if outcome.why else "")]
    for name, text in _briefing_parts(outcome):
        lines += [f"{name}:", *(f"  {line}" for line in text.splitlines())]
    lines += ["", f"== {_('Draft')} · {outcome.draft.subject}", "", outcome.draft.body.rstrip("\n")]
    if explain:
        lines += ["", f"== {_('Why')}"]
        for text, reasons in explain_lines(outcome.draft):
            lines += ["", text, *(f"    {reason}" for reason in reasons)]
    return "\n".join([*lines, *_finding_lines(outcome)]) + "\n"


def _finding_lines(outcome: Outcome) -> list[str]:
    return ["", f"== {_('Findings')}", *map(finding_line, outcome.findings)] if outcome.findings else []


def _briefing_parts(outcome: Outcome) -> list[tuple[str, str]]:
    briefing = outcome.briefing
    assert briefing
    parts = [(_("In short"), briefing.summary), (_("The customer wants"), briefing.wants), (_("Mood"), briefing.mood)]
    parts += [(_("Tone"), briefing.ladder), (_("For you"), _list(briefing.care)), (_("Team"), _list(briefing.team))]
    parts += [(_("The mail, insults masked"), briefing.masked_text), (_("On the phone"), _list(briefing.phone))]
    return [(name, text) for name, text in parts if text]


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _analysis_rows(analysis: Analysis) -> list[tuple[str, str]]:
    facts, mood = analysis.facts, analysis.intensity
    emotions = ", ".join(f"{_(name)} {value}" for name, value in analysis.emotions.items() if value)
    rows = [
        (_("Situation"), ", ".join(f"{_(s.name.replace('_', ' '))} {s.score:.2f}" for s in analysis.situations)),
        (_("Intensity"), f"{mood.level} ({mood.score:.2f}) {'; '.join(mood.why)}"),
        (_("Emotions"), emotions),
        (_("Hostility"), f"{analysis.hostility:.2f}"),
        (_("Register"), analysis.register),
        (_("Opener"), f"“{analysis.opener.text}” – {analysis.opener.why}" if analysis.opener else ""),
    ]
    rows += [(_("Insult"), _insult_line(insult)) for insult in analysis.insults]
    rows += [(_("Threat"), f"{threat_name(t.kind)}: “{t.text}”") for t in analysis.threats]
    rows += [(_("Demand"), f"{_(d.kind)}: “{d.text}”") for d in analysis.demands]
    rows += [(_("Question"), q.text) for q in analysis.questions]
    named = {
        _("Customer"): facts.customer_name or "",
        _("Numbers"): ", ".join(facts.order_numbers),
        _("Amounts"): ", ".join(facts.amounts),
        _("Dates"): ", ".join(facts.dates),
        _("Product"): ", ".join(facts.products),
        _("Waiting"): facts.waiting,
    }
    rows += list(named.items())
    return [(name, value) for name, value in rows if value]


def _insult_line(insult: Insult) -> str:
    reported = ", " + _("reported") if insult.reported else ""
    severity = _("severity {number}").format(number=insult.severity)
    return f"“{insult.text}” → {_(insult.target)}, {severity}{reported} – {insult.why}"
