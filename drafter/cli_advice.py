"""`drafter advice`: which advice the drafts follow, and where each piece acts."""

from __future__ import annotations

import json
from pathlib import Path

import click

from drafter.cli_options import format_option, help_text, home_option
from drafter.errors import DrafterError
from drafter.messages import _, known_names


@click.command(
    "advice",
    help=help_text(
        _("List the advice by its ids, with the steps, checks, policy keys, briefing lines and commands after it."),
        "drafter advice B3 E1",
    ),
)
@click.argument("ids", nargs=-1)
@home_option
@format_option("text", "json")
def advice_command(ids: tuple[str, ...], home: Path | None, format_: str) -> None:
    from drafter.advice import load_advice
    from drafter.console import advice_lines
    from drafter.places import find_places

    catalogue = {advice.id: advice for advice in load_advice(find_places(home))}
    if unknown := [name for name in ids if name.upper() not in catalogue]:
        raise DrafterError(_("Unknown advice '{name}'.").format(name=unknown[0]), known_names(catalogue))
    chosen = [catalogue[name.upper()] for name in ids] or list(catalogue.values())
    if format_ == "json":
        click.echo(json.dumps([advice.to_json() for advice in chosen], ensure_ascii=False))
        return
    for advice in chosen:
        click.echo("\n".join(advice_lines(advice)))
