"""Tell the customer's own lines from older messages below or between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drafter.headers import LABEL
from drafter.zones.lines import Line
from drafter.zones.rules import ZoneRules

MAX_HEADER_LINES = 16
MAX_FOLDED_LINES = 4
MAX_INTRO_LINES = 3

_QUOTED = re.compile(r">")
_RULE = re.compile(r"[-_=*~–—]{5,}$")
_TIME = re.compile(r"\b(?:[01]?\d|2[0-3])[:.][0-5]\d\b")
_INTRO_END = re.compile(r"[:;>\]*-]\s?$")


@dataclass(frozen=True, slots=True)
class Head:
    """Lines `start` to `end` that announce an older message; `forwarded` as far as they say so themselves."""

    start: int
    end: int
    forwarded: bool
    is_block: bool  # From, Sent, To, Subject


def mark_quoted_lines(lines: list[Line], rules: ZoneRules) -> None:
    """Label the lines that begin with ">" and the lines that introduce them."""
    for index, line in enumerate(lines):
        if line.kind or not _QUOTED.match(line.text):
            continue
        before = lines[index - 1].kind if index else ""
        if before != "quote" and rules.match("not_quote", line.text):
            continue
        line.kind = "quote"
        if before != "quote":
            _mark_intro(lines, index, rules)


def find_head(lines: list[Line], first: int, rules: ZoneRules) -> Head | None:
    """Find the first place from `first` on where an older message begins without marks."""
    for index in range(first, len(lines)):
        line = lines[index]
        if line.kind or line.blank:
            continue
        if head := _separator(lines, index, rules) or _header_block(lines, index, rules):
            return head
        if _INTRO_END.search(line.tail) and (start := _intro_start(lines, index, rules, "intro")) is not None:
            return Head(start, index + 1, forwarded=False, is_block=False)
    return None


def _mark_intro(lines: list[Line], quote: int, rules: ZoneRules) -> None:
    """Label the lines right above a quoted line that say who wrote it."""
    last = quote - 1
    while last >= 0 and lines[last].blank and quote - last < 3:
        last -= 1
    if last < 0 or lines[last].kind or lines[last].blank:
        return
    start = _intro_start(lines, last, rules, "intro")
    if start is None:
        start = _intro_start(lines, last, rules, "quoted_intro")
    if start is not None:
        for line in lines[start:quote]:
            line.kind = "quote"


def _intro_start(lines: list[Line], last: int, rules: ZoneRules, kind: str) -> int | None:
    """Return the first line of an introduction that ends on line `last`; programs wrap it over up to three lines."""
    text = ""
    for index in range(last, max(-1, last - MAX_INTRO_LINES), -1):
        line = lines[index]
        if line.blank or line.kind:
            break
        text = f"{line.text} {text}".strip()
        if rules.match(kind, text):
            return index
    return None


def _separator(lines: list[Line], index: int, rules: ZoneRules) -> Head | None:
    text = lines[index].text
    forwarded = bool(rules.match("forward", text))
    if not forwarded and not rules.match("separator", text):
        return None
    below = _next_filled(lines, index + 1)
    block = _header_block(lines, below, rules, certain=True) if below is not None else None
    return Head(index, block.end if block else index + 1, forwarded, is_block=block is not None)


def _header_block(lines: list[Line], index: int, rules: ZoneRules, certain: bool = False) -> Head | None:
    """Recognise From, Sent, To, Subject as programs write them; a place of departure in prose is none."""
    fields: dict[str, str] = {}
    end = index
    while end < min(len(lines), index + MAX_HEADER_LINES) and not lines[end].kind:
        if label := _label(lines[end], rules):
            fields.setdefault(*label)
            end += 1
        elif fields and (folded := _folded(lines, end, rules)):
            end = folded
        else:
            break
    if not (_is_certain(fields) or (certain and fields)):
        return None
    start = index
    above = _previous_filled(lines, index - 1)
    if above is not None and index - above <= 2 and _RULE.match(lines[above].text):
        start = above
    return Head(start, end, forwarded=False, is_block=True)


def _label(line: Line, rules: ZoneRules) -> tuple[str, str] | None:
    match = LABEL.match(line.text)
    kind = rules.headers.get(match[1].lower()) if match else None
    return (kind, match[2] or "") if match and kind else None


def _folded(lines: list[Line], index: int, rules: ZoneRules) -> int:
    """Return the line after a long list of recipients that goes on over some lines, 0 if none does."""
    for after in range(index, min(index + MAX_FOLDED_LINES, len(lines))):
        if lines[after].blank or lines[after].kind:
            return 0
        if after > index and _label(lines[after], rules):
            return after
    return 0


def _is_certain(fields: dict[str, str]) -> bool:
    if "from" not in fields or len(fields) < 3:
        return False
    if any("@" in fields.get(name, "") for name in ("from", "to", "cc")):
        return True
    return "subject" in fields and bool(_TIME.search(fields.get("date", "")))


def _next_filled(lines: list[Line], index: int) -> int | None:
    return next((i for i in range(index, min(index + 4, len(lines))) if not lines[i].blank), None)


def _previous_filled(lines: list[Line], index: int) -> int | None:
    return next((i for i in range(index, max(-1, index - 4), -1) if not lines[i].blank), None)
