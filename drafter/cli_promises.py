"""`drafter promises`: what accepted replies and letters have promised, and what is due."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drafter.cli_options import format_option, help_text, history_option, home_option
from drafter.errors import HistoryError
from drafter.messages import _

if TYPE_CHECKING:
    from drafter.places import Places
    from drafter.workdays import Workdays


@click.group(
    "promises",
    invoke_without_command=True,
    help=help_text(
        _("List what accepted replies have promised and what is due."),
        "drafter promises --overdue",
        "drafter promises --due Freitag --format ics > promises.ics",
        "drafter promises done 12",
    ),
)  # fmt: skip
@click.option(
    "--due", default="", metavar="DATE", help=_("Only what is due up to this day: 5.6., 2026-06-05, Freitag.")
)
@click.option("--overdue", is_flag=True, help=_("Only what should have been kept before today."))
@click.option("--all", "with_done", is_flag=True, help=_("With those that are kept."))
@format_option("text", "json", "ics")
@history_option
@home_option
@click.pass_context
def promises_group(
    ctx: click.Context, due: str, overdue: bool, with_done: bool, format_: str, history: str, home: Path | None
) -> None:
    ctx.obj = history
    if not ctx.invoked_subcommand:
        _list(due, overdue, with_done, format_, history, home)


def _list(due: str, overdue: bool, with_done: bool, format_: str, history: str, home: Path | None) -> None:
    from drafter.duelist import soon_day, state_of, to_ics, to_json
    from drafter.history import History
    from drafter.places import find_places
    from drafter.policy import load_policy

    places, past = find_places(home), History(history)
    policy, today = load_policy(places), past.today()
    workdays, remind = policy.calendar.workdays, policy.deadlines.remind_days
    until, soon = _day(due, today, places, workdays) if due else None, soon_day(today, remind, workdays)
    listed = [(kept, state_of(kept, today, soon)) for kept in past.promises(until, with_done)]
    listed = [(kept, state) for kept, state in listed if not overdue or state == "overdue"]
    if format_ == "ics":
        sys.stdout.buffer.write(to_ics((kept for kept, _state in listed), remind, workdays))
    elif format_ == "json":
        click.echo(json.dumps([to_json(kept, state) for kept, state in listed], ensure_ascii=False))
    elif listed:
        from drafter.console import make_console, show_promises

        show_promises(make_console(), listed)
    else:
        click.echo(_("No promise is open."), err=True)


@promises_group.command(
    "done",
    help=help_text(
        _("Mark promises as kept, by their numbers in the list."),
        "drafter promises done 12 14",
    ),
)  # fmt: skip
@click.argument("numbers", nargs=-1, required=True, type=click.IntRange(1, 2**31 - 1), metavar="ID...")
@click.option("--undo", is_flag=True, help=_("Mark them as open again."))
@history_option
@click.pass_obj
def done_command(group_history: str, numbers: tuple[int, ...], undo: bool, history: str) -> None:
    from drafter.history import History

    unknown = History(history or group_history).settle(numbers, not undo)
    if unknown:
        names = ", ".join(map(str, unknown))
        raise HistoryError(
            _("There is no promise {names}; nothing was marked.").format(names=names),
            _("The numbers stand in: drafter promises --all"),
        )
    click.echo(_("{count} promises marked.").format(count=len(set(numbers))), err=True)


def _day(text: str, today: date, places: Places, workdays: Workdays) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        from drafter.analysis.duedates import DueDates  # reads German; takes its time

        due = DueDates.load(places).read(text, today, workdays)
    if due is None:
        raise click.BadParameter(_("'{value}' is no day").format(value=text), param_hint="--due")
    return due.day
