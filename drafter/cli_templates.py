"""`drafter templates`: what template writers need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from drafter.cli_options import format_option, help_text, home_option
from drafter.messages import _

tone_option = click.option("--tone", default="", help=_("Folder of templates, e.g. sachlich."))


@click.group("templates", help=_("For template writers: list, show, compare and check templates, make a tone."))
def templates_group() -> None:
    pass


@templates_group.command(
    "list",
    help=help_text(
        _("List the templates in force by tone: advice, origin, variables, includes, and what no step uses."),
        "drafter templates list --tone herzlich",
        "drafter templates list --format json --home my-company",
    ),
)  # fmt: skip
@tone_option
@home_option
@format_option("text", "json")
def list_command(tone: str, home: Path | None, format_: str) -> None:
    from drafter.places import find_places
    from drafter.template_files import tones
    from drafter.templates import BASE_TONE

    places = find_places(home)
    rows = [row for name in ([tone] if tone else tones(places)) for row in _rows(places, name)]
    if format_ == "json":
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for name in dict.fromkeys(row["in_force_for"] for row in rows):
        click.echo(name)
        of_tone = [row for row in rows if row["in_force_for"] == name]
        for row in of_tone:
            if row["tone"] == name:
                click.echo("\n".join(_row_lines(row)))
        if others := [row["name"] for row in of_tone if row["tone"] != name]:
            click.echo("  " + _("As in {tone}: {names}").format(tone=BASE_TONE, names=", ".join(others)))


@templates_group.command(
    "show",
    help=help_text(
        _("Print a template as it is in force; where it comes from goes to stderr."),
        "drafter templates show commit_to_act --tone herzlich",
        "drafter templates show matter/outage",
    ),
)  # fmt: skip
@click.argument("name")
@tone_option
@home_option
@format_option("text", "json")
def show_command(name: str, tone: str, home: Path | None, format_: str) -> None:
    from drafter.places import find_places
    from drafter.policy import load_policy
    from drafter.template_files import find_template

    places = find_places(home)
    template = find_template(places, name, tone or load_policy(places).style.tone)
    if format_ == "json":
        click.echo(json.dumps({**template.to_json(), "source": template.source}, ensure_ascii=False))
        return
    origin = _("yours") if template.own else _("shipped")
    replaced = " (" + _("replaces ours") + ")" if template.replaces else ""
    click.echo(f"{template.path}: {origin}{replaced}", err=True)
    click.echo(template.source, nl=False)


@templates_group.command(
    "copy",
    help=help_text(
        _("Copy a template into the company folder, to be changed there; it then replaces the shipped one."),
        "drafter templates copy commit_to_act --tone herzlich",
    ),
)  # fmt: skip
@click.argument("name")
@tone_option
@home_option
def copy_command(name: str, tone: str, home: Path | None) -> None:
    from drafter.company import copy_template
    from drafter.places import find_places
    from drafter.policy import load_policy

    places = find_places(home)
    click.echo(str(copy_template(places, name, tone or load_policy(places).style.tone)))


@templates_group.command(
    "new",
    help=help_text(
        _("Make a tone of your own in the company folder, as copies of the templates of another one."),
        "drafter templates new warm --from herzlich",
    ),
)  # fmt: skip
@click.argument("tone")
@click.option("--from", "origin", required=True, metavar="TONE", help=_("The tone whose templates are copied."))
@home_option
def new_command(tone: str, origin: str, home: Path | None) -> None:
    from drafter.company import new_tone
    from drafter.places import find_places

    for path in new_tone(find_places(home), tone, origin):
        click.echo(str(path))
    click.echo(_("Try it: {command}").format(command=f"drafter draft mail.eml --tone {tone}"), err=True)


@templates_group.command(
    "diff",
    help=help_text(
        _("Show how the company's templates differ from the shipped ones; exit status 1 with --exit-code if they do."),
        "drafter templates diff",
        "drafter templates diff commit_to_act --tone sachlich",
    ),
)  # fmt: skip
@click.argument("name", default="")
@tone_option
@home_option
@click.option("--exit-code", is_flag=True, help=_("End with exit status 1 if there are differences."))
@click.pass_context
def diff_command(ctx: click.Context, name: str, tone: str, home: Path | None, exit_code: bool) -> None:
    from drafter.places import find_places
    from drafter.template_files import differences, find_template, tones

    places = find_places(home)
    if name and not (places.home and (places.home / "templates" / name).is_file()):
        find_template(places, name, tone or tones(places)[0])  # a name that is not known is refused
    found = False
    for line in differences(places, name, tone):
        found = True
        click.echo(line)
    if not found:
        click.echo(_("No differences."), err=True)
    ctx.exit(1 if exit_code and found else 0)


@templates_group.command(
    "lint",
    help=help_text(
        _("Check the templates and data files of a company folder, or ours; prints FILE:LINE:COL CODE message."),
        "drafter templates lint my-company",
        "drafter templates lint --format github",
        "drafter templates lint --list",
    ),
)  # fmt: skip
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--list", "list_codes", is_flag=True, help=_("List all codes with level, message and meaning."))
@format_option("text", "json", "github")
@click.pass_context
def lint_command(ctx: click.Context, folder: Path | None, list_codes: bool, format_: str) -> None:
    from drafter.lint import lint, load_codes
    from drafter.lint.spelling import spelling_missing
    from drafter.places import Places, find_places

    if list_codes:
        rows = [code._asdict() for code in load_codes(Places()).values()]
        lines = [f"{row['id']} {row['level']:8} {_(row['meaning'])}" for row in rows]
        click.echo(json.dumps(rows, ensure_ascii=False) if format_ == "json" else "\n".join(lines))
        return
    places = find_places(folder)
    findings = lint(places)
    if missing := spelling_missing(places):
        click.echo(missing, err=True)
    if format_ == "json":
        click.echo(json.dumps([finding._asdict() for finding in findings], ensure_ascii=False))
    for finding in findings if format_ != "json" else []:
        click.echo(finding.annotation() if format_ == "github" else str(finding))
    if not findings and format_ == "text":
        click.echo(_("No findings."), err=True)
    ctx.exit(1 if any(finding.level == "error" for finding in findings) else 0)


@templates_group.command(
    "reference",
    help=help_text(
        _("Print the reference: variables, helpers, steps, conditions, codes and policy keys, as Markdown."),
        "drafter templates reference",
        "drafter templates reference --format json --home my-company",
    ),
)  # fmt: skip
@home_option
@format_option("markdown", "json")
def reference_command(home: Path | None, format_: str) -> None:
    from drafter.places import find_places
    from drafter.reference import gather, to_markdown

    reference = gather(find_places(home))
    click.echo(json.dumps(reference, ensure_ascii=False) if format_ == "json" else to_markdown(reference), nl=False)


def _rows(places: Any, tone: str) -> list[dict[str, Any]]:
    """Return the templates in force for a tone as JSON objects, with who uses each."""
    from drafter.template_files import in_force, included_by, unused, wanted

    templates, asked = in_force(places, tone), wanted(places)
    idle, users = set(unused(templates, asked, tone)), included_by(templates)
    return [
        {"in_force_for": tone, **template.to_json(), "asked_by": asked.get(name), "included_by": users.get(name, []),
         "used": name not in idle}
        for name, template in templates.items()
    ]  # fmt: skip


def _row_lines(row: dict[str, Any]) -> list[str]:
    origin = _("yours") if row["origin"] == "company" else _("shipped")
    origin += ", " + _("replaces ours") if row["replaces"] else ""
    origin += ", " + _("used by no step") if not row["used"] else ""
    lines = [f"  {row['name']:24} {', '.join(row['advice']):8} {origin:22} {row['note']}".rstrip()]
    for title, key in ((_("variables"), "variables"), (_("includes"), "includes"), (_("included by"), "included_by")):
        if row[key]:
            lines.append(f"      {title}: {', '.join(row[key])}")
    return lines
