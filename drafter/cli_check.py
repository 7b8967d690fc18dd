"""`drafter check`: lint a reply text, list the codes, mend what can be mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drafter.cli_kit import load_kit, open_lines
from drafter.cli_options import format_option, help_text, kit_options
from drafter.messages import _

if TYPE_CHECKING:
    from drafter.check import Spot
    from drafter.checking import ReplyFile
    from drafter.drafting import Kit


@click.command(
    "check",
    help=help_text(
        _("Check a reply text against the advice; exit status 1 if there is a finding at level error."),
        "drafter check reply.txt --mail complaint.eml",
        "drafter check reply.txt --fix > mended.txt",
        "drafter check --format jsonl < replies.jsonl",
        "drafter check --list",
    ),
)  # fmt: skip
@click.argument("file", default="-")
@click.option("--mail", type=click.Path(dir_okay=False), help=_("The mail that the reply answers."))
@click.option(
    "--register",
    type=click.Choice(["auto", "sie", "du", "ihr"]),
    default="auto",
    show_default=True,
    help=_("How the reply has to address the customer."),
)
@click.option("--fix", is_flag=True, help=_("Print the text with what can be mended safely; findings go to stderr."))
@click.option("--in-place", is_flag=True, help=_("With --fix: write the mended text into the file."))
@click.option("--list", "list_codes", is_flag=True, help=_("List all codes with level, advice, message and example."))
@format_option("text", "json", "jsonl", about=_("How to print the result; jsonl also reads JSON lines."))
@kit_options
@click.pass_context
def check_command(ctx: click.Context, file: str, mail: str | None, register: str, fix: bool, in_place: bool,
                  list_codes: bool, format_: str, home: Path | None, model: str | None) -> None:  # fmt: skip
    from drafter.checking import check_reply, read_reply
    from drafter.read import read_file

    _refuse(file, fix, in_place, format_)
    if list_codes:
        _list_codes(load_kit(home, model), format_)
        return
    if format_ == "jsonl":
        ctx.exit(1 if _check_lines(load_kit(home, model), file) else 0)
    reply = read_reply(file)
    answered = read_file(mail) if mail else None
    kit = load_kit(home, model)
    wanted = "" if register == "auto" else register
    if fix:
        reply = _mended(kit, reply, answered.body if answered else "", wanted, in_place)
    spots = check_reply(kit, reply.text, answered, wanted)
    _print_spots(spots, reply, format_, to_stderr=fix and not in_place)
    ctx.exit(1 if any(spot.level == "error" for spot in spots) else 0)


def _refuse(file: str, fix: bool, in_place: bool, format_: str) -> None:
    """Refuse options that do not go together."""
    if in_place and not fix:
        raise click.UsageError(_("--in-place needs --fix"))
    if in_place and file == "-":
        raise click.UsageError(_("--in-place needs a file"))
    if fix and format_ != "text":
        raise click.UsageError(_("--fix prints text; leave --format out"))


def _print_spots(spots: list[Spot], reply: ReplyFile, format_: str, to_stderr: bool) -> None:
    from drafter.console import finding_line

    if format_ == "json":
        click.echo(json.dumps([spot.to_json() for spot in spots], ensure_ascii=False))
        return
    for spot in spots:
        click.echo(finding_line(spot.to_finding(reply.text), reply.source), err=to_stderr)


def _mended(kit: Kit, reply: ReplyFile, mail: str, register: str, in_place: bool) -> ReplyFile:
    """Mend a reply and put it where it was asked for."""
    from drafter.check import CheckContext
    from drafter.check.fix import Fixer

    mended = Fixer.load(kit.checker, kit.places).fix(reply.text, CheckContext(mail=mail, register=register))
    if in_place:
        reply.write(mended)
    else:
        click.echo(mended, nl=not mended.endswith("\n"))
    return reply._replace(text=mended)


def _check_lines(kit: Kit, file: str) -> int:
    """Check JSON lines; return how many lines were broken or hold an error."""
    from drafter.checking import check_lines

    bad = 0
    ignored: set[str] = set()
    for result in check_lines(kit, open_lines(file), ignored):
        broken = "error" in result
        bad += broken or any(finding["level"] == "error" for finding in result["findings"])
        if broken:
            click.echo(f"{file}:{result['line']}: {result['error']}", err=True)
        click.echo(json.dumps(result, ensure_ascii=False))
    if ignored:
        click.echo(_("Keys that were not read: {keys}").format(keys=", ".join(sorted(ignored))), err=True)
    return bad


def _list_codes(kit: Kit, format_: str) -> None:
    """Print every code with level, advice, message and the first example."""
    rules = sorted(kit.checker.rules, key=lambda rule: (rule.kind, rule.id))
    if format_ == "text":
        for rule in rules:
            click.echo(f"{rule.id:22} {rule.kind:18} {rule.level:11} {rule.advice:3} {_(rule.message)}")
            click.echo(" " * 23 + " ".join(rule.hit[0].split())[:150])
        return
    rows = [{"code": rule.id, "kind": rule.kind, "level": rule.level, "advice": rule.advice, "message": _(rule.message),
             "suggestion": _(rule.suggestion) if rule.suggestion else "", "example": rule.hit[0]}
            for rule in rules]  # fmt: skip
    click.echo(json.dumps(rows, ensure_ascii=False))
