"""`drafter templates coverage`: which branches of the templates no sample reaches."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drafter.cli_options import format_option, help_text, home_option
from drafter.messages import _, told

if TYPE_CHECKING:
    from drafter.coverage import Row


@click.command(
    "coverage",
    help=help_text(
        _("Measure which branches of the templates the sample mails reach; names the others as FILE:LINE:COL."),
        "drafter templates coverage",
        "drafter templates coverage --tone herzlich --mails my-mails/",
    ),
)  # fmt: skip
@click.option("--tone", default="", help=_("All templates that this tone uses; by default each in its own tone."))
@click.option("--mails", type=click.Path(path_type=Path), metavar="FOLDER",
              help=_("A folder of your own mails (.eml, .txt), beside the samples."))  # fmt: skip
@home_option
@format_option("text", "json")
@click.pass_context
def coverage_command(ctx: click.Context, tone: str, mails: Path | None, home: Path | None, format_: str) -> None:
    from drafter.coverage import cover
    from drafter.places import find_places
    from drafter.readings import read_folder
    from drafter.template_files import has_own

    places = find_places(home)
    samples, found, problems = read_folder(places, mails) if mails else ((), {}, ())
    for problem in problems:
        click.echo(told(problem), err=True)
    rows = cover(places, tone, samples, found, own_only=not tone and has_own(places))
    if format_ == "json":
        click.echo(json.dumps([row.to_json() for row in rows], ensure_ascii=False))
    else:
        _show(rows)
    ours = [row for row in rows if row.template.own or not has_own(places)]
    ctx.exit(1 if problems or any(row.missed for row in ours) else 0)


def _show(rows: Iterable[Row]) -> None:
    tone, branches, reached = "", 0, 0
    for row in rows:
        if row.tone != tone:
            click.echo(tone := row.tone)
        _line(row.template.name, row.reached, row.branches)
        for branch in row.shown:
            place = f"{branch.file}:{branch.line}:{branch.column}"
            click.echo(place + " " + _("no sample reaches {branch}").format(branch=branch.label))
        branches, reached = branches + row.branches, reached + row.reached
    _line(_("total"), reached, branches)


def _line(name: str, reached: int, branches: int) -> None:
    click.echo(f"  {name:28} {reached:5} / {branches:5} {percent(reached, branches):>5} %")


def percent(reached: int, branches: int) -> str:
    """Return a share as a whole number that says 100 only where nothing is missing."""
    return str(100 * reached // branches) if branches else "100"
