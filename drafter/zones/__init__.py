"""Find the zones of a mail: what the customer wrote himself, and what older messages and programs added.

    find → lines → history marked → each own run read as a letter → zones

Nothing is deleted: the zones cover the body in order, without gap or overlap. Two decisions:
- After the header of an older message without ">" marks everything is history.
- Where nothing of the customer's own stands above such a header, the message below it is read as his
  (he forwarded it without a word), unless the subject says that the mail is a reply.
"""

from __future__ import annotations

from drafter.places import Places
from drafter.records import Mail, Zone
from drafter.zones.history import Head, find_head, mark_quoted_lines
from drafter.zones.letter import Letter
from drafter.zones.lines import Line, split_lines
from drafter.zones.names import sender_words
from drafter.zones.rules import ZoneRules, load_rules

MAX_CHARACTERS = 200_000
"""Zones are found up to here; what follows belongs to the last one. The analysis reads less than that."""

MAX_FORWARDS = 5
"""So often a forward without own words is opened."""

_OWN_WORDS = ("body", "postscript")


class ZoneFinder:
    """Divides bodies into zones by rules from data."""

    def __init__(self, rules: ZoneRules) -> None:
        self.rules = rules

    @classmethod
    def load(cls, places: Places) -> ZoneFinder:
        """Read the rules.

        Raises:
            DataError: a rule file breaks its format.
        """
        return cls(load_rules(places))

    def find(self, mail: Mail | str) -> tuple[Zone, ...]:
        """Return the zones of a mail or of a bare body; a whole mail also tells by which name it is signed."""
        mail = Mail(mail) if isinstance(mail, str) else mail
        lines = split_lines(mail.body[:MAX_CHARACTERS])
        mark_quoted_lines(lines, self.rules)
        is_reply = bool(self.rules.match("reply_subject", mail.subject.strip()))
        first = 0
        for _ in range(MAX_FORWARDS):
            head = find_head(lines, first, self.rules)
            if head is None:
                break
            if not self._opens(lines, first, head, sender_words(mail), is_reply):
                _mark_history(lines, head)
                break
            _mark(lines, head.start, head.end, "forward")
            first = head.end
        self._label_letters(lines, sender_words(mail))
        return _assemble(lines, len(mail.body))

    def _opens(self, lines: list[Line], first: int, head: Head, sender: frozenset[str], is_reply: bool) -> bool:
        """Whether the message below a header is to be read as the customer's own."""
        if not (head.forwarded or (head.is_block and not is_reply)):
            return False
        below = any(not line.blank and not line.kind for line in lines[head.end :])
        above = [_blank_copy(line) for line in lines[first : head.start]]
        self._label_letters(above, sender)
        return below and not any(_says_something(line) for line in above)

    def _label_letters(self, lines: list[Line], sender: frozenset[str]) -> None:
        """Label each run of own lines; the greeting stands in the first one that says something."""
        runs = _own_runs(lines)
        greeted = False
        for run in runs:
            Letter(run, self.rules, sender, alone=len(runs) == 1).label(with_greeting=not greeted)
            greeted = greeted or any(line.kind in ("greeting", "body") for line in run if not line.blank)


def _blank_copy(line: Line) -> Line:
    return Line(line.start, line.end, line.text_start, line.text_end, line.text, line.tail, line.kind)


def _says_something(line: Line) -> bool:
    return not line.blank and (line.kind in _OWN_WORDS or line.last_kind in _OWN_WORDS)


def _mark(lines: list[Line], start: int, end: int, kind: str) -> None:
    for line in lines[start:end]:
        line.kind = kind


def _mark_history(lines: list[Line], head: Head) -> None:
    """Label the header and what it announces: all that follows, or only the marked lines where there are some."""
    _mark(lines, head.start, head.end, "forward" if head.forwarded else "quote")
    below = next((line for line in lines[head.end :] if not line.blank), None)
    if below is None or below.kind != "quote":
        _mark(lines, head.end, len(lines), "quote")


def _own_runs(lines: list[Line]) -> list[list[Line]]:
    """Group the lines that are not labelled yet; groups of blank lines are left out."""
    runs: list[list[Line]] = []
    current: list[Line] = []
    for line in lines:
        if not line.kind:
            current.append(line)
        elif not line.blank and current:
            runs.append(current)
            current = []
    runs.append(current)
    return [run for run in runs if any(not line.blank for line in run)]


def _assemble(lines: list[Line], length: int) -> tuple[Zone, ...]:
    """Join neighbours of one kind; blank lines belong to what stands above them."""
    cuts: list[tuple[int, str]] = []
    for line in lines:
        if line.blank:
            continue
        for start, kind in ((line.start, line.kind or "body"), *line.cuts):
            if not cuts or cuts[-1][1] != kind:
                cuts.append((start, kind))
    if not cuts:
        return (Zone("body", 0, length),) if length else ()
    starts = [0, *(start for start, _ in cuts[1:])]
    ends = [*starts[1:], length]
    return tuple(Zone(kind, start, end) for (_, kind), start, end in zip(cuts, starts, ends, strict=True))
