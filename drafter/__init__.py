"""Draft calm, advice-following replies to German complaint emails, on your own machine.

import drafter
kit = drafter.load()
kit.analyze("Guten Tag, seit drei Wochen warte ich ...")
kit.draft(drafter.read_file("mail.eml"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drafter.drafting import Kit, load
    from drafter.read import read_bytes, read_file, read_paste

__all__ = ["Kit", "load", "read_bytes", "read_file", "read_paste"]
__version__ = "0.1.0"

_HOMES = {
    "Kit": "drafter.drafting",
    "load": "drafter.drafting",
    "read_bytes": "drafter.read",
    "read_file": "drafter.read",
    "read_paste": "drafter.read",
}


def __getattr__(name: str) -> Any:
    """Import on first use: `drafter --help` must not wait for spaCy."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'drafter' has no attribute '{name}'")
