"""Write report.html and report.csv from report.jsonl, the most urgent mail first; memory does not grow with texts."""

from __future__ import annotations

import csv
import json
from array import array
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

from drafter.messages import _
from drafter.pages import page, read_page_file, source_hash
from drafter.places import Places
from drafter.report.charts import Tally
from drafter.report.priority import Line, PriorityRule, load_priorities, priority
from drafter.report.rows import Row, named, row_of
from drafter.whole import replacing

MAX_ROWS = 500
"""So many mails are shown in full on the page; the table report.csv holds all."""

_FORMULA = ("=", "+", "-", "@")
"""With what a cell begins that a spreadsheet would calculate."""


class _Lines(NamedTuple):
    """Where in report.jsonl the mails to be answered stand, the most urgent first."""

    path: Path
    offsets: list[int]

    def rows(self, rules: tuple[PriorityRule, ...], now: datetime) -> Iterator[Row]:
        with self.path.open("rb") as stream:
            for offset in self.offsets:
                stream.seek(offset)
                line = json.loads(stream.readline())
                yield row_of(line, priority(rules, line, now), now)


def write_reports(out: Path, now: datetime, places: Places = Places()) -> None:  # noqa: B008 - frozen
    """Write both reports beside report.jsonl, each whole or not at all.

    Args:
        now: with time zone; waiting times count up to it.

    Raises:
        OSError: the folder cannot be written.
        DataError: priority.yaml is wrong.
    """
    rules = load_priorities(places)
    tally, lines = _look_through(out / "report.jsonl", rules, now)
    rows = lines.rows(rules, now)
    shown = list(islice(rows, MAX_ROWS))
    with replacing(out / "report.csv", encoding="utf-8-sig", newline="") as stream:
        write_table(stream, chain(shown, rows))
    with replacing(out / "report.html", encoding="utf-8", newline="\n") as stream:
        stream.write(report_page(shown, len(lines.offsets), tally, now))


def write_table(stream: IO[str], rows: Iterable[Row]) -> None:
    """Write a table that Excel opens as it is: semicolons, and no cell that it would calculate."""
    table = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    table.writerow([_("Place"), *(_(name.capitalize()) for name in Row._fields)])
    for place, row in enumerate(rows, 1):
        table.writerow([place, *(cell(value) for value in row)])


def cell(value: object) -> object:
    """Return a value as a cell: lists joined, on one line, and text that looks like a formula made text."""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else value
    if not isinstance(text, str):
        return text
    text = " ".join(text.replace("\x00", "").split())
    return "'" + text if text.startswith(_FORMULA) else text


def report_page(rows: list[Row], total: int, tally: Tally, now: datetime) -> str:
    """Render the page: it holds all it needs and fetches nothing."""
    script = read_page_file("report.js")
    return page(
        "report.html", rows=rows, total=total, statuses=tally.statuses, charts=tally.charts(), now=now, named=named,
        script=script, script_hash=source_hash(script), style=read_page_file("report.css"),
    )  # fmt: skip


def _look_through(path: Path, rules: tuple[PriorityRule, ...], now: datetime) -> tuple[Tally, _Lines]:
    """Count all lines, and order those that have a draft by their points, then as they stand."""
    tally, scores, offsets = Tally(), array("d"), array("q")
    with path.open("rb") as stream:
        for offset, line in _read(stream):
            tally.add(line)
            if line["draft"]:
                scores.append(priority(rules, line, now).score)
                offsets.append(offset)
    order = sorted(range(len(scores)), key=lambda number: -scores[number])
    return tally, _Lines(path, [offsets[number] for number in order])


def _read(stream: BinaryIO) -> Iterator[tuple[int, Line]]:
    offset = 0
    for text in stream:
        if text.endswith(b"\n"):
            yield offset, json.loads(text)
        offset += len(text)
