"""The body as lines: what zones are found by."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LINE = 400
"""A line is judged by its first characters only, so that no pattern sees a long text."""


@dataclass(slots=True)
class Line:
    """A line of the body; `kind` is filled in while zones are found, `cut` splits a line between two zones."""

    start: int
    end: int  # with the line break
    text_start: int
    text_end: int
    text: str  # trimmed and bounded
    tail: str  # the trimmed end of the line, bounded too
    kind: str = ""
    cut: int = 0  # body offset from which `cut_kind` holds, 0 for none
    cut_kind: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing stands on the line."""
        return not self.text


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
