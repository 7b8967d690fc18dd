"""What a preview shows: samples by tones and forms of address, and how the drafts of two of them differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from drafter.check import GAP
from drafter.decode import field
from drafter.messages import _
from drafter.preview import Column, Row, reaches
from drafter.records import STAGES, Finding, Outcome
from drafter.worddiff import Pair, Part, pair_parts, parts_of

MAX_NAME = 120


class View(NamedTuple):
    """What of a draft is shown."""

    steps: frozenset[str] = frozenset()  # empty: all
    whole: bool = False

    def shows(self, part: Part) -> bool:
        """Tell whether a part of the letter is asked for."""
        return self.whole or not self.steps or bool(self.steps & set(part.names))


class Change(NamedTuple):
    """Two drafts of the same sample; `before` is missing where the sample is new."""

    title: str
    before: Outcome | None
    after: Outcome

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The parts of both letters, side by side."""
        return pair_parts(parts_of_outcome(self.before), parts_of_outcome(self.after))

    @property
    def findings(self) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """What the check no longer finds, and what it finds now; wherever in the text it stands."""
        old, new = findings_of(self.before), findings_of(self.after)
        return _without(old, new), _without(new, old)

    def differs(self, steps: frozenset[str] = frozenset()) -> bool:
        """Tell whether the paragraphs of the steps differ, of all where none is named; a draft and none do."""
        view = View(steps)
        changed = any(pair.differs and any(part and view.shows(part) for part in pair) for pair in self.pairs)
        return changed or _without_draft(self.before) != _without_draft(self.after)


class Sheet(NamedTuple):
    """All drafts that were asked for."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    bases: Mapping[Column, Column]  # what each column is compared with; empty: with nothing
    view: View = View()
    told: tuple[str, ...] = ()  # mails that could not be read

    @property
    def reached(self) -> tuple[Row, ...]:
        """The rows of which a draft takes one of the steps."""
        return tuple(row for row in self.rows if any(reaches(o, self.view.steps) for o in row.outcomes.values()))

    @property
    def has_errors(self) -> bool:
        """Whether the check found an error in a draft."""
        outcomes = (row.outcomes[column] for row in self.reached for column in self.columns)
        return any(finding.level == "error" for outcome in outcomes for finding in outcome.findings)

    def against(self) -> tuple[Change, ...]:
        """Return how the drafts of each column differ from those of what it is compared with."""
        return tuple(
            Change(title_of(row, f"{base.label} → {column.label}"), row.outcomes[base], row.outcomes[column])
            for row in self.reached
            for column, base in self.bases.items()
        )

    def since(self, earlier: Sheet) -> tuple[Change, ...]:
        """Return how the drafts differ from those of an earlier sheet."""
        return tuple(self._since({row.id: row for row in earlier.rows}))

    def _since(self, earlier: Mapping[str, Row]) -> Iterator[Change]:
        for row in self.rows:
            old = earlier[row.id].outcomes if row.id in earlier else {}
            for column in self.columns:
                before, after = old.get(column), row.outcomes[column]
                if any(outcome and reaches(outcome, self.view.steps) for outcome in (before, after)):
                    yield Change(title_of(row, column.label), before, after)


def title_of(row: Row, label: str) -> str:
    """Return the line above a draft: sample, situation, stage, and in which tone it is written."""
    return " · ".join(text for text in (field(row.id, MAX_NAME), situation_of(row), stage_of(row), label) if text)


def situation_of(row: Row) -> str:
    """Return the name of what happened, in the user's language; empty where nothing is known."""
    analysis = next(iter(row.outcomes.values())).analysis
    return _(analysis.situations[0].name.replace("_", " ")) if analysis and analysis.situations else ""


def stage_of(row: Row) -> str:
    """Return the stage of the ladder, in the user's language; empty where it asks for nothing."""
    plan = next(iter(row.outcomes.values())).plan
    return _(plan.stage) if plan and plan.stage != STAGES[0] else ""


def parts_of_outcome(outcome: Outcome | None) -> tuple[Part, ...]:
    """Return the parts of a draft; none where there is no draft."""
    return parts_of(outcome.draft) if outcome and outcome.draft else ()


def findings_of(outcome: Outcome | None) -> tuple[Finding, ...]:
    """Return what the check finds beside gaps, which are seen in the text itself."""
    return tuple(finding for finding in outcome.findings if finding.code != GAP) if outcome else ()


def _without(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[Finding, ...]:
    known = Counter((finding.code, finding.message) for finding in others)
    left = []
    for finding in findings:
        key = (finding.code, finding.message)
        if known[key]:
            known[key] -= 1
        else:
            left.append(finding)
    return tuple(left)


def _without_draft(outcome: Outcome | None) -> str:
    """Return why there is no draft; empty where there is one."""
    return outcome.why or outcome.status if outcome and outcome.draft is None else ""
