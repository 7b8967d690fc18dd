"""What several commands do first: load the kit, read values that fill gaps."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from drafter.errors import MailError
from drafter.messages import _, told_promise

if TYPE_CHECKING:
    from io import BufferedReader

    from drafter.drafting import Kit
    from drafter.records import Mail, Promise


def load_kit(home: Path | None, model: str | None, history: str = "") -> Kit:
    """Load the kit; what is loaded lives as long as the program, so the collector need not look at it."""
    gc.disable()
    try:
        from drafter.drafting import load

        return load(home, model, history)
    finally:
        gc.freeze()
        gc.enable()


def open_lines(file: str) -> BufferedReader:
    """Open JSON lines; "-" is the standard input.

    Raises:
        MailError: the file cannot be opened.
    """
    try:
        return cast("BufferedReader", sys.stdin.buffer) if file == "-" else Path(file).open("rb")
    except OSError as error:
        raise MailError(f"{file}: {error.strerror}") from error


def read_values(values: tuple[str, ...]) -> dict[str, str]:
    """Read KEY=VALUE pairs, keys in small letters, values on one line.

    Raises:
        BadParameter: one is no such pair.
    """
    pairs = {}
    for value in values:
        key, found, text = value.partition("=")
        if not found or not key.strip():
            raise click.BadParameter(_("'{value}' is not KEY=VALUE").format(value=value), param_hint="--set")
        pairs[key.strip().lower()] = " ".join(text.split())
    return pairs


def copy_text(text: str) -> None:
    """Put a text on the clipboard, and say whether there is one."""
    from drafter.clipboard import copy_to_clipboard

    done = copy_to_clipboard(text)
    click.echo(_("The draft is on the clipboard.") if done else _("There is no clipboard here."), err=True)


def tell_accepted(new: bool, mail: Mail, promises: tuple[Promise, ...], kit: Kit) -> None:
    """Say what was remembered: whether it was new, what was promised, and days on which nobody works."""
    click.echo(_("Accepted.") if new else _("Accepted before; it counts once, as it stands now."), err=True)
    for promise in promises:
        day = promise.due.isoformat() if promise.due else _("no date")
        free = promise.due and not kit.policy.calendar.workdays.is_workday(promise.due)
        note = " " + _("(no working day)") if free else ""
        click.echo(_("Promised: {what} {day}").format(what=told_promise(promise), day=day) + note, err=True)
    if not mail.from_address:
        click.echo(_("The mail names no sender, so nothing can be known about him later; see --customer."), err=True)
