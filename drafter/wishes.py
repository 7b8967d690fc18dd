"""What a staff member asks for on the command line."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the staff member asked for on the command line; empty: the software decides."""

    tone: str = ""
    register: str = "auto"
    fault: str = "unclear"
    stage: str = ""
    options: tuple[str, ...] = ()
    add_steps: tuple[str, ...] = ()
    drop_steps: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)  # gap name -> what to put there
    confirm_end: bool = False  # a person says yes to the end of the exchange
