"""Show previews in the terminal: drafts by paragraph, differences by word; colours on a terminal, marks in a pipe.

In a pipe `[-gone-]` and `{+new+}` mark what differs.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from drafter.console import finding_line, finding_text
from drafter.messages import _
from drafter.preview import Column, Row
from drafter.records import Finding, Outcome
from drafter.sheet import Change, View, findings_of, parts_of_outcome, title_of
from drafter.worddiff import GONE, NEW, Pair, Part

_MARKS = {GONE: ("[-", "-]", "red strike"), NEW: ("{+", "+}", "green")}
_LEVEL_COLOURS = {"error": "red", "warning": "yellow", "suggestion": "cyan"}


def show_draft(console: Console, row: Row, column: Column, view: View) -> None:
    """Print what is asked for of a draft, and what the check says about that; gaps are seen in the text itself."""
    outcome = row.outcomes[column]
    _print_heading(console, title_of(row, column.label), row.sample.note)
    if _print_reason(console, outcome):
        return
    parts = [part for part in parts_of_outcome(outcome) if view.shows(part)]
    for part in parts:
        shown = Text(part.text)
        shown.highlight_regex(r"\[\[[^\]\n]*\]\]", "black on yellow")
        _print_part(console, part, shown)
    if not parts:
        console.print(Text(_("The step writes nothing here.")))
    for finding in findings_of(outcome):
        if any(part.line <= finding.line <= part.last_line for part in parts):
            _print_finding(console, finding_line(finding), finding)
    console.print()


def show_changes(console: Console, changes: Sequence[Change], view: View) -> None:
    """Print the drafts that differ, word by word, and how many they are; also where the check finds something else."""
    for change in changes:
        if change.differs(view.steps) or any(change.findings):
            _show_change(console, change, view)
    show_count(console, changes, view)


def show_count(console: Console, changes: Sequence[Change], view: View) -> None:
    """Say how many of how many drafts differ."""
    differing = sum(change.differs(view.steps) for change in changes)
    console.print(Text(_("{count} of {all} drafts differ.").format(count=differing, all=len(changes)), style="bold"))


def _show_change(console: Console, change: Change, view: View) -> None:
    _print_heading(console, change.title)
    for outcome in (change.before, change.after):
        if outcome:
            _print_reason(console, outcome)
    for pair in change.pairs:
        if view.whole or (pair.differs and any(part and view.shows(part) for part in pair)):
            _print_part(console, pair.shown, _marked(console, pair))
    gone, new = change.findings
    for mark, findings in (("-", gone), ("+", new)):
        for finding in findings:
            _print_finding(console, f"{mark} {finding_text(finding)}", finding)
    if gone or new:
        console.print()


def _print_finding(console: Console, text: str, finding: Finding) -> None:
    console.print(Text(text, style=_LEVEL_COLOURS.get(finding.level, "")), soft_wrap=True)


def _print_heading(console: Console, title: str, note: str = "") -> None:
    if console.is_terminal:
        console.print(Rule(Text(title, style="bold"), align="left"))
    else:
        console.print(Text(f"== {title}"))
    if note:
        console.print(Text(note, style="dim italic"), soft_wrap=True)
    console.print()


def _print_reason(console: Console, outcome: Outcome) -> bool:
    """Say why there is no draft, where there is none."""
    if outcome.draft is None:
        console.print(Text(f"{_(outcome.status)}: {outcome.why}"), soft_wrap=True)
        console.print()
    return outcome.draft is None


def _print_part(console: Console, part: Part, text: Text) -> None:
    if part.steps:
        steps = ", ".join(f"{step.name} ({', '.join(step.advice)})" for step in part.steps)
        console.print(Text(f"[{steps}]", style="cyan"), soft_wrap=True)
    console.print(text, soft_wrap=True)
    console.print()


def _marked(console: Console, pair: Pair) -> Text:
    coloured = console.is_terminal and not console.no_color
    shown = Text()
    for piece in pair.pieces:
        opening, closing, style = _MARKS.get(piece.kind, ("", "", ""))
        words = piece.text.rstrip()
        space = piece.text[len(words) :] or (" " if piece.kind == GONE else "")
        shown.append(words if coloured else opening + words + closing, style).append(space)
    return shown
