"""What the report shows of a mail: a flat record with insults masked and texts bounded."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from drafter.masking import mask_words
from drafter.messages import _, threat_name
from drafter.report.priority import Line, Priority, waiting_days

MAX_TEXT = 1_500
MAX_FIELD = 200
MAX_REASONS = 5


class Row(NamedTuple):
    """One mail that waits for its answer."""

    score: int
    reasons: tuple[str, ...]
    status: str
    why: str
    customer: str
    subject: str
    date: str  # ISO, to the minute; empty where unknown
    days: int
    level: int
    situations: tuple[str, ...]
    stage: str
    targets: tuple[str, ...]
    threats: tuple[str, ...]
    wants: str
    summary: str
    mood: str
    text: str
    gaps: tuple[str, ...]
    errors: int
    file: str
    source: str
    unanswered: int
    earlier: tuple[str, ...]  # the mails that wait for the same reply


def row_of(line: Line, found: Priority, now: datetime) -> Row:
    """Make the row of a drafted mail."""
    analysis, plan, briefing, mail = line["analysis"], line["plan"], line["briefing"], line["mail"]
    insults = [insult["text"] for insult in analysis["insults"]]
    return Row(
        score=round(found.score),
        reasons=found.reasons[:MAX_REASONS],
        status=line["status"],
        why=line["why"],
        customer=(mail["name"] or mail["from"] or analysis["facts"]["customer_name"] or "")[:MAX_FIELD],
        subject=mail["masked_subject"][:MAX_FIELD],
        date=(mail["date"] or "")[:16],
        days=waiting_days(line, now),
        level=analysis["intensity"]["level"],
        situations=tuple(situation["name"] for situation in analysis["situations"]) or ("other",),
        stage=plan["stage"],
        targets=tuple(dict.fromkeys(insult["target"] for insult in analysis["insults"] if not insult["reported"])),
        threats=tuple(dict.fromkeys(threat_name(threat["kind"]) for threat in analysis["threats"])),
        wants=mask_words(briefing["wants"][:MAX_FIELD], insults),
        summary=mask_words(briefing["summary"], insults),
        mood=briefing["mood"],
        text=briefing["masked_text"][:MAX_TEXT],
        gaps=tuple(plan["gaps"]),
        errors=sum(finding["level"] == "error" for finding in line["findings"]),
        file=line["file"],
        source=mask_words(line["source"], insults),
        unanswered=line["conversation"]["unanswered"],
        earlier=tuple(mask_words(key, insults) for key in line["conversation"]["stands_for"]),
    )


def named(name: str) -> str:
    """Return the name of a situation, target, stage or status for people."""
    return _(name.replace("_", " "))
