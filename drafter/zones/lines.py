"""The body as lines: what zones are found by."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_LINE = 400
"""A line is judged by its first characters only, so that no pattern sees a long text."""


@dataclass(slots=True)
class Line:
    """A line of the body; `kind` is filled in while zones are found, `cuts` split a line between zones."""

    start: int
    end: int  # with the line break
    text_start: int
    text_end: int
    text: str  # trimmed and bounded
    tail: str  # the trimmed end of the line, bounded too
    kind: str = ""
    cuts: list[tuple[int, str]] = field(default_factory=list)  # body offsets from which another kind holds

    @property
    def blank(self) -> bool:
        """Whether nothing stands on the line."""
        return not self.text

    @property
    def last_kind(self) -> str:
        """The kind that holds at the end of the line."""
        return self.cuts[-1][1] if self.cuts else self.kind


def split_lines(body: str) -> list[Line]:
    """Split at line feeds only; other line separators are part of the text."""
    lines: list[Line] = []
    start = 0
    for piece in body.split("\n"):
        end = min(start + len(piece) + 1, len(body))
        text = piece.strip()
        text_start = start + len(piece) - len(piece.lstrip())
        lines.append(Line(start, end, text_start, text_start + len(text), text[:MAX_LINE], text[-MAX_LINE:]))
        start = end
    if lines and lines[-1].start == len(body) and len(lines) > 1:
        lines.pop()
    return lines
