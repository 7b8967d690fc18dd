"""What came in, counted: each chart is a list of bars, so that it reads as a table where nothing is drawn."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from drafter.messages import _
from drafter.records import STAGES
from drafter.report.priority import Line
from drafter.report.rows import named

LEVELS = 5
MAX_BARS = 30
_SEVERITIES = 3


class Bar(NamedTuple):
    """A line of a chart: its parts are drawn one after the other, each in its colour."""

    label: str
    parts: tuple[int, ...]
    note: str = ""

    @property
    def total(self) -> int:
        return sum(self.parts)


class Chart(NamedTuple):
    """A title, what the parts of a bar mean, and the bars."""

    id: str
    title: str
    legend: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def longest(self) -> int:
        return max((bar.total for bar in self.bars), default=0) or 1


class Tally:
    """Counts the lines of a report as they go by."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self._days: defaultdict[str, list[int]] = defaultdict(lambda: [0] * LEVELS)
        self._situations: defaultdict[str, list[int]] = defaultdict(lambda: [0] * LEVELS)
        self._targets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * _SEVERITIES)
        self._stages: Counter[str] = Counter()
        self._reasons: Counter[tuple[str, str]] = Counter()

    def add(self, line: Line) -> None:
        """Count a mail."""
        self.statuses[line["status"]] += 1
        if line["status"] in ("skipped", "failed"):
            self._reasons[line["status"], line["reason"] or "other"] += 1
        analysis = line["analysis"]
        if not analysis:
            return
        level = analysis["intensity"]["level"]
        if line["mail"]["date"]:
            self._days[line["mail"]["date"][:10]][level] += 1
        situations = analysis["situations"]
        self._situations[situations[0]["name"] if situations else "other"][level] += 1
        for insult in analysis["insults"]:
            if not insult["reported"]:
                self._targets[insult["target"]][insult["severity"] - 1] += 1
        if line["plan"]:
            self._stages[line["plan"]["stage"]] += 1

    def charts(self) -> list[Chart]:
        """Return the charts that have something to say."""
        levels = tuple(_("intensity {level}").format(level=level) for level in range(LEVELS))
        severities = (_("belittling"), _("clear"), _("vulgar or hateful"))
        made = [
            Chart("time", _("Intensity over time"), levels, _over_time(self._days)),
            Chart("situations", _("What happened"), levels, _ranked(self._situations)),
            Chart("targets", _("Whom insults hit"), severities, _ranked(self._targets)),
            Chart("stages", _("How disrespect is answered"), (),
                  tuple(Bar(named(name), (self._stages[name],)) for name in STAGES if self._stages[name])),
            Chart("reasons", _("Not answered, by reason"), (),
                  tuple(Bar(f"{named(status)}: {named(reason)}", (count,))
                        for (status, reason), count in self._reasons.most_common())),
        ]  # fmt: skip
        return [chart for chart in made if chart.bars]


def _ranked(counts: dict[str, list[int]]) -> tuple[Bar, ...]:
    ranked = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))[:MAX_BARS]
    return tuple(Bar(named(name), tuple(parts), _average(parts)) for name, parts in ranked)


def _average(parts: list[int]) -> str:
    """Return the mean intensity; nothing where the parts are no levels."""
    if len(parts) != LEVELS:
        return ""
    return f"Ø {sum(level * count for level, count in enumerate(parts)) / sum(parts):.1f}"


def _over_time(days: dict[str, list[int]]) -> tuple[Bar, ...]:
    """Return a bar a day; a week, a month or a year where the days are too many for one page."""
    for width in (10, 0, 7, 4):
        bars: defaultdict[str, list[int]] = defaultdict(lambda: [0] * LEVELS)
        for day, parts in days.items():
            label = day[:width] if width else _monday(day)
            bars[label] = [sum(pair) for pair in zip(bars[label], parts, strict=True)]
        if len(bars) <= MAX_BARS:
            break
    return tuple(Bar(label, tuple(bars[label]), _average(bars[label])) for label in sorted(bars)[-MAX_BARS:])


def _monday(day: str) -> str:
    when = date.fromisoformat(day)
    return (when - timedelta(days=when.weekday())).isoformat()
