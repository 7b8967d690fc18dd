"""The command line: a thin skin over the library. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drafter import __version__
from drafter.cli_advice import advice_command
from drafter.cli_batch import batch_command
from drafter.cli_check import check_command
from drafter.cli_compare import compare_command
from drafter.cli_coverage import coverage_command
from drafter.cli_history import history_group
from drafter.cli_kit import copy_text, load_kit, open_lines, read_values, tell_accepted
from drafter.cli_letters import confirm_command, notice_command
from drafter.cli_options import (
    accept_option,
    format_option,
    help_text,
    history_option,
    kit_options,
    tell_error,
    wish_options,
)
from drafter.cli_preview import preview_command
from drafter.cli_promises import promises_group
from drafter.cli_templates import templates_group
from drafter.errors import DrafterError, MailError
from drafter.messages import _, language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from drafter.drafting import Kit
    from drafter.records import Mail, Outcome
    from drafter.wishes import Wishes

MAX_STDIN_BYTES = 25 * 1024 * 1024
_READ_BYTES = 1 << 16


class _Commands(click.Group):
    """Turns every DrafterError into a message with its remedy: the one place where that happens."""

    def invoke(self, ctx: click.Context) -> Any:
        os.environ.setdefault("DRAFTER_LANG", language())  # workers speak it too, and nobody looks it up again
        try:
            return super().invoke(ctx)
        except DrafterError as error:
            tell_error(error)
            ctx.exit(2)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]},
             help=_("Draft calm replies to German complaint mails, on your own machine."))  # fmt: skip
@click.version_option(__version__, prog_name="drafter")
def main() -> None:
    pass


@main.command(
    "draft",
    help=help_text(
        _("Read one mail (.eml, .txt, .msg or pasted text) and print briefing and draft."),
        "drafter draft mail.eml --set liefertermin='5. Juni'",
        "xclip -o | drafter draft -",
        "drafter draft mail.eml --accept",
    ),
)  # fmt: skip
@click.argument("file", default="-")
@wish_options
@click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help=_("Fill a gap; repeatable."))
@click.option("--option", "options", multiple=True, metavar="ID", help=_("Offer this option; repeatable."))
@click.option("--step", "steps", multiple=True, metavar="+ID/-ID", help=_("Add or drop a step; repeatable."))
@click.option("--stage", default="", help=_("Set the stage of the ladder of answers to disrespect."))
@click.option("--confirm-end", is_flag=True, help=_("Say yes to the end of the exchange where it is due."))
@click.option("--customer", default="", metavar="ADDRESS", help=_("Whose mail it is, where the text does not say so."))
@click.option("--explain", is_flag=True, help=_("Say for every paragraph which advice it follows."))
@click.option("--copy", is_flag=True, help=_("Put the draft on the clipboard."))
@click.option("--edit", is_flag=True, help=_("Open the draft in the editor and check what comes back."))
@format_option("text", "json", "eml")
@accept_option
@history_option
@kit_options
@click.pass_context
def draft_command(ctx: click.Context, file: str, customer: str, explain: bool, copy: bool, edit: bool, format_: str,
                  accept: bool, history: str, home: Path | None, model: str | None, **wishes: Any) -> None:  # fmt: skip
    mail = _sent_by(customer, _read_one(file))
    kit = load_kit(home, model, history)
    wished = _wishes(**wishes)
    outcome = kit.draft(mail, wished)
    if edit and outcome.draft:
        outcome = _edited(kit, outcome, wished)
    _print_outcome(kit, outcome, format_, explain)
    if copy and outcome.draft:
        copy_text(outcome.draft.body)
    if accept:
        _accept(kit, outcome)
    problem = outcome.draft is None or any(finding.level == "error" for finding in outcome.findings)
    ctx.exit(1 if problem else 0)


@main.command(
    "analyze",
    help=help_text(
        _("Print what was found in a mail; with --format jsonl one analysis for every line read."),
        "drafter analyze mail.eml --format json",
        "drafter analyze --format jsonl < mails.jsonl",
    ),
)  # fmt: skip
@click.argument("file", default="-")
@format_option("text", "json", "jsonl", about=_("How to print the result; jsonl also reads JSON lines."))
@kit_options
@click.pass_context
def analyze_command(ctx: click.Context, file: str, format_: str, home: Path | None, model: str | None) -> None:
    if format_ == "jsonl":
        ctx.exit(1 if _analyze_lines(file, load_kit(home, model)) else 0)
    mail = _read_one(file)
    analysis = load_kit(home, model).analyze(mail)
    if format_ == "json":
        click.echo(json.dumps(analysis.to_json(), ensure_ascii=False))
        return
    from drafter.console import make_console, show_analysis

    show_analysis(make_console(), analysis)


@main.command(
    "init",
    help=help_text(
        _("Lay out a company folder: a commented drafter.toml, the policy, and places for own templates and rules."),
        "drafter init my-company",
    ),
)  # fmt: skip
@click.argument("folder", default=".", type=click.Path(path_type=Path))
def init_command(folder: Path) -> None:
    from drafter.company import lay_out

    files = lay_out(folder)
    for path in files.written:
        click.echo(str(path))
    for path in files.kept:
        click.echo(_("{path} exists already and stays as it is.").format(path=path), err=True)


@main.command(
    "evaluate",
    help=help_text(
        _("Score the analysis against labelled mails, overall and on a blind part."),
        "drafter evaluate gold/dev.jsonl --blind 4",
    ),
)  # fmt: skip
@click.argument("gold", type=click.Path(path_type=Path))
@click.option(
    "--blind",
    type=click.IntRange(2),
    metavar="N",
    help=_("Items whose number divides by N are scored apart, and their misses are not listed."),
)
@format_option("text", "json")
@kit_options
def evaluate_command(gold: Path, blind: int | None, format_: str, home: Path | None, model: str | None) -> None:
    from drafter.evaluate import figures_table, read_gold, score_parts

    parts = score_parts(read_gold(gold), load_kit(home, model).analyze, blind)
    misses = parts["rest" if blind else "all"].misses
    if format_ == "json":
        click.echo(json.dumps({name: part.to_json() for name, part in parts.items()} | {"misses": misses},
                              ensure_ascii=False))  # fmt: skip
        return
    for line in [*figures_table(parts), "", *misses]:
        click.echo(line)


main.add_command(advice_command)
main.add_command(batch_command)
main.add_command(history_group)
main.add_command(check_command)
main.add_command(compare_command)
main.add_command(confirm_command)
main.add_command(notice_command)
main.add_command(promises_group)
main.add_command(templates_group)
templates_group.add_command(preview_command)
templates_group.add_command(coverage_command)


def _read_one(file: str) -> Mail:
    from drafter.read import read_bytes, read_file

    if file != "-":
        return read_file(file)
    if sys.stdin.isatty():
        click.echo(_("Paste the mail, then press Ctrl-D on a line of its own (Windows: Ctrl-Z and Enter)."), err=True)
    return read_bytes(sys.stdin.buffer.read(MAX_STDIN_BYTES + 1))


def _wishes(tone: str, register: str, fault: str, values: tuple[str, ...] = (), options: tuple[str, ...] = (),
            steps: tuple[str, ...] = (), stage: str = "", confirm_end: bool = False) -> Wishes:  # fmt: skip
    from drafter.wishes import Wishes

    for step in steps:
        if step[:1] not in "+-" or len(step) < 2:
            raise click.BadParameter(_("'{value}' must begin with + or -").format(value=step), param_hint="--step")
    added = tuple(step[1:] for step in steps if step.startswith("+"))
    dropped = tuple(step[1:] for step in steps if step.startswith("-"))
    return Wishes(tone, register, fault, stage, options, added, dropped, read_values(values), confirm_end)


def _sent_by(address: str, mail: Mail) -> Mail:
    """Put the sender into a mail that names none."""
    from dataclasses import replace

    return replace(mail, from_address=address.strip()) if address and not mail.from_address else mail


def _accept(kit: Kit, outcome: Outcome) -> None:
    if outcome.draft is None or outcome.mail is None:
        click.echo(_("There is no draft to accept."), err=True)
        return
    tell_accepted(kit.accept(outcome), outcome.mail, kit.promises(outcome), kit)


def _print_outcome(kit: Kit, outcome: Outcome, format_: str, explain: bool) -> None:
    from drafter.console import make_console, show_outcome
    from drafter.deliver import to_eml

    if format_ == "json":
        click.echo(json.dumps(outcome.to_json(), ensure_ascii=False))
    elif format_ == "eml" and outcome.draft and outcome.mail:
        sys.stdout.buffer.write(to_eml(outcome.mail, outcome.draft, kit.policy))
    else:
        show_outcome(make_console(stderr=outcome.draft is None), outcome, explain)


def _edited(kit: Kit, outcome: Outcome, wishes: Wishes) -> Outcome:
    from dataclasses import replace

    from drafter.promises import standing

    assert outcome.draft
    text = click.edit(outcome.draft.body, extension=".txt")
    if text is None or not text.strip():
        click.echo(_("The draft was not changed."), err=True)
        return outcome
    left = standing(outcome.draft.paragraphs, text)
    return kit.recheck(replace(outcome, draft=replace(outcome.draft, body=text, paragraphs=left)), wishes)


def _analyze_lines(file: str, kit: Kit) -> int:
    """Analyse JSON lines in order; a bad line becomes {"error"} in its place. Returns how many were bad."""
    bad = 0
    for lines in _lines_at_hand(open_lines(file)):
        read = [_mail_or_error(line) for line in lines if line.strip()]
        analyses = kit.analyze_many(mail for mail in read if not isinstance(mail, MailError))
        for mail in read:
            result = {"id": None, "error": mail.message} if isinstance(mail, MailError) else next(analyses).to_json()
            bad += isinstance(mail, MailError)
            click.echo(json.dumps(result, ensure_ascii=False))
    return bad


def _mail_or_error(line: bytes) -> Mail | MailError:
    from drafter.sources import json_mail

    try:
        return json_mail(line)
    except MailError as error:
        return error


def _lines_at_hand(stream: BufferedReader) -> Iterator[list[bytes]]:
    """Yield the lines that are there without waiting: many of a file, one of a program that waits for its answer."""
    begun: list[bytes] = []
    while data := stream.read1(_READ_BYTES):
        *ended, rest = data.split(b"\n")
        if ended:
            yield [b"".join([*begun, ended[0]]), *ended[1:]]
            begun = []
        begun.append(rest)
    yield [b"".join(begun)]
