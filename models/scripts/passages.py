"""The labelled texts that the training scripts read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parents[1] / "corpus"


def read_lines(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Read JSON lines."""
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_passages() -> list[dict[str, Any]]:
    """Read the passages and everyday mails with all their labels (corpus/FORMAT.md)."""
    return read_lines(sorted(CORPUS.glob("[tu]*.jsonl")))
