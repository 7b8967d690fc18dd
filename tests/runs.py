"""Runs over small inboxes for the tests."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from drafter.batch import Order, run
from drafter.drafting import Kit


class Silent:
    """Watches a run and keeps what it is told."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.total = 0

    def found(self, count: int) -> None: ...

    def begin(self, total: int) -> None:
        self.total = total

    def warn(self, text: str) -> None: ...

    def tick(self, status: str) -> None:
        self.statuses[status] += 1


def message(number: int, sender: str, body: str, answers: int = 0) -> str:
    """Write one mail of an mbox; `number` is its day in May 2026 and its message id."""
    reply = f"In-Reply-To: <{answers}@example.org>\n" if answers else ""
    return (
        f"From x Mon May  4 09:12:00 2026\nFrom: {sender}\nSubject: Bett\nMessage-ID: <{number}@example.org>\n"
        f"{reply}Date: {number} May 2026 09:00:00 +0200\n\n{body}\n"
    )


def complaints(count: int, body: str = "seit drei Wochen warte ich auf mein Bett Nummer {n}.") -> list[str]:
    """Return mails of an mbox, each from another customer on another topic."""
    return [
        f"From x Mon May  4 09:12:00 2026\nFrom: Kunde {n} <k{n}@example.org>\nSubject: Bett {n} fehlt\n"
        f"Message-ID: <k{n}@example.org>\nDate: Mon, 4 May 2026 09:00:{n % 60:02d} +0200\n\n"
        f"Guten Tag,\n\n{body.format(n=n)}\n\nBrigitte Scholl\n"
        for n in range(count)
    ]


def write_box(path: Path, mails: list[str]) -> Path:
    """Write an mbox."""
    path.write_text("\n".join(mails), encoding="utf-8")
    return path


def run_over(kit: Kit, source: Path, out: Path, **order: Any) -> Counter[str]:
    """Run over one source."""
    return run(kit, Order((str(source),), out, **({"workers": 1} | order)), Silent())


def lines_of(out: Path) -> list[dict[str, Any]]:
    """Return the lines of the report."""
    return [json.loads(line) for line in (out / "report.jsonl").read_text(encoding="utf-8").splitlines()]
