"""Write a preview as one page for the browser: mail and drafts side by side, without network.

The page template is ours alone and knows nothing of letters. All that comes from mails and templates is escaped, and
the page's own rules (CSP) let nothing run but its one script, which only hides what is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from drafter.console import finding_text
from drafter.errors import DrafterError
from drafter.messages import _
from drafter.pages import page, read_page_file, source_hash
from drafter.preview import Column, Row
from drafter.sheet import Sheet, findings_of, parts_of_outcome, situation_of, stage_of
from drafter.whole import replacing
from drafter.worddiff import KEPT, NEW, Pair, pair_parts

PAGE = "preview.html"
MAX_MAIL = 10_000
"""So many characters of a mail are shown."""

_GAP = re.compile(r"(\[\[[^\]\n]{1,200}\]\])")


class Span(NamedTuple):
    """A stretch of a paragraph."""

    kind: str  # kept, gone or new
    text: str
    is_gap: bool


def write_page(path: Path, sheet: Sheet) -> None:
    """Write the page whole or not at all.

    Raises:
        DrafterError: the file cannot be written.
    """
    text = page_of(sheet)
    try:
        with replacing(path, encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise DrafterError(f"{path}: {error.strerror}", _("Name a file that can be written.")) from error


def page_of(sheet: Sheet) -> str:
    """Return the page."""
    style, script = read_page_file("preview.css"), read_page_file("preview.js")
    rows = [_row(row, sheet) for row in sheet.reached]
    return page(
        PAGE, style=Markup(style), script=Markup(script),
        policy=f"default-src 'none'; style-src '{source_hash(style)}'; script-src '{source_hash(script)}'; "
        "base-uri 'none'; form-action 'none'",
        rows=rows, columns=[column.label for column in _shown_columns(sheet)], steps=_known(rows, "steps"),
        stages=_known(rows, "stages"), situations=_known(rows, "situations"), told=sheet.told,
        drafts=sum(len(row["cells"]) for row in rows), differing=sum(row["differs"] for row in rows),
        findings=sum(len(cell["findings"]) for row in rows for cell in row["cells"]),
        gaps=sum(cell["gaps"] for row in rows for cell in row["cells"]),
    )  # fmt: skip


def _shown_columns(sheet: Sheet) -> tuple[Column, ...]:
    return tuple(dict.fromkeys((*sheet.bases.values(), *sheet.columns)))


def _bases(sheet: Sheet) -> Mapping[Column, Column]:
    """Return with which column each is compared: as asked for, else with the first tone in the same form of address."""
    if sheet.bases:
        return sheet.bases
    first = sheet.columns[0]
    several = len({column.tone for column in sheet.columns}) > 1
    return {column: base for column in sheet.columns[1:]
            if (base := column._replace(tone=first.tone) if several else first) != column}  # fmt: skip


def _row(row: Row, sheet: Sheet) -> dict[str, Any]:
    bases = _bases(sheet)
    cells = [_cell(row, column, bases.get(column)) for column in _shown_columns(sheet)]
    mail = row.sample.mail
    analysis = next(iter(row.outcomes.values())).analysis
    body = mail.body if mail else ""
    return {
        "id": row.id,
        "note": row.sample.note,
        "subject": mail.subject if mail else "",
        "sender": " ".join(filter(None, (mail.from_name, mail.from_address and f"<{mail.from_address}>")))
        if mail
        else "",
        "body": body[:MAX_MAIL],
        "is_cut": len(body) > MAX_MAIL,
        "situation": situation_of(row),
        "stage": stage_of(row),
        "situations": [situation.name for situation in analysis.situations] if analysis else [],
        "stages": sorted({outcome.plan.stage for outcome in row.outcomes.values() if outcome.plan}),
        "steps": list(dict.fromkeys(name for cell in cells for name in cell["steps"])),
        "cells": cells,
        "differs": any(cell["differs"] for cell in cells),
        "found": any(cell["findings"] for cell in cells),
    }


def _cell(row: Row, column: Column, base: Column | None) -> dict[str, Any]:
    outcome = row.outcomes[column]
    parts = parts_of_outcome(outcome)
    before = parts_of_outcome(row.outcomes[base]) if base else parts
    pairs = pair_parts(before, parts)
    return {
        "label": column.label,
        "against": base.label if base else "",
        "status": outcome.status,
        "why": outcome.why,
        "subject": outcome.draft.subject if outcome.draft else "",
        "words": len(outcome.draft.body.split()) if outcome.draft else 0,
        "gaps": len(outcome.plan.gaps) if outcome.plan else 0,
        "steps": list(dict.fromkeys(name for part in parts for name in part.names)),
        "parts": [_part(pair) for pair in pairs],
        "differs": any(pair.differs for pair in pairs),
        "findings": [{"level": found.level, "text": finding_text(found)} for found in findings_of(outcome)],
    }


def _part(pair: Pair) -> dict[str, Any]:
    part = pair.shown
    return {"steps": part.steps, "is_gone": pair.new is None, "is_new": pair.old is None,
            "spans": list(_spans(pair))}  # fmt: skip


def _spans(pair: Pair) -> Iterator[Span]:
    for piece in pair.pieces:
        words = piece.text.rstrip()
        for number, text in enumerate(_GAP.split(words)):
            if text:
                yield Span(piece.kind, text, number % 2 == 1)
        yield Span(KEPT if piece.kind == NEW else piece.kind, piece.text[len(words) :], False)


def _known(rows: list[dict[str, Any]], key: str) -> list[tuple[str, str]]:
    """Return the values by which rows can be filtered, with their names, by name."""
    names = {name for row in rows for name in row[key]}
    titles = {name: name if key == "steps" else _(name.replace("_", " ")) for name in names}
    return sorted(titles.items(), key=lambda item: item[1].lower())
