"""`drafter history`: show, forget and purge what is remembered of accepted replies."""

from __future__ import annotations

import json

import click

from drafter.cli_options import format_option, help_text, history_option
from drafter.messages import _


@click.group("history", help=_("What is remembered of accepted replies: no text of any mail."))
def history_group() -> None:
    pass


@history_group.command(
    "show",
    help=help_text(
        _("Show the accepted replies to a customer, or to all."),
        "drafter history show lena@example.org",
    ),
)  # fmt: skip
@click.argument("address", default="")
@history_option
@format_option("text", "json")
def history_show_command(address: str, history: str, format_: str) -> None:
    from drafter.console import make_console, show_history, show_promises
    from drafter.duelist import state_of
    from drafter.history import History

    past = History(history)
    replies, today = past.replies(address), past.today()
    if format_ == "json":
        click.echo(json.dumps([kept.to_json() for kept in replies], ensure_ascii=False))
    elif replies:
        show_history(make_console(), replies)
        if promises := [(made, state_of(made, today, today)) for kept in replies for made in kept.promises]:
            click.echo()
            show_promises(make_console(), promises)
    else:
        click.echo(_("Nothing is remembered."), err=True)


@history_group.command(
    "forget",
    help=help_text(
        _("Remove all that is remembered of a customer."),
        "drafter history forget lena@example.org",
    ),
)  # fmt: skip
@click.argument("address")
@history_option
def history_forget_command(address: str, history: str) -> None:
    from drafter.history import History

    click.echo(_("{count} replies forgotten.").format(count=History(history).forget(address)), err=True)


@history_group.command(
    "purge",
    help=help_text(
        _("Remove all that was accepted longer ago than an age: 30d, 8w, 12m, 2y."),
        "drafter history purge --older-than 12m",
    ),
)  # fmt: skip
@click.option("--older-than", required=True, metavar="AGE", help=_("Days, weeks, months or years: 30d, 8w, 12m, 2y."))
@history_option
def history_purge_command(older_than: str, history: str) -> None:
    from drafter.history import History
    from drafter.history.age import days_before

    past = History(history)
    before = days_before(past.clock(), older_than)
    still_open = sum(kept.made < before for kept in past.promises())
    click.echo(_("{count} replies forgotten.").format(count=past.purge(before)), err=True)
    if still_open:
        click.echo(_("Promises that were still open: {count}").format(count=still_open), err=True)
