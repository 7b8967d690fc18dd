"""`drafter templates`: what template writers need."""

from __future__ import annotations

import json
from pathlib import Path

import click

from drafter.cli_options import format_option, help_text
from drafter.messages import _


@click.group("templates", help=_("For template writers."))
def templates_group() -> None:
    pass


@templates_group.command(
    "lint",
    help=help_text(
        _("Check templates for syntax and unknown variables; prints FILE:LINE:COL CODE message."),
        "drafter templates lint my-company",
    ),
)  # fmt: skip
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@format_option("text", "json")
@click.pass_context
def lint_command(ctx: click.Context, folder: Path | None, format_: str) -> None:
    from dataclasses import asdict

    from drafter.places import find_places
    from drafter.template_lint import lint

    findings = lint(find_places(folder))
    if format_ == "json":
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(str(finding))
        if not findings:
            click.echo(_("No findings."), err=True)
    ctx.exit(1 if findings else 0)
