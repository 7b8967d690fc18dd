"""`drafter confirm` and `drafter notice`: letters from what a staff member tells."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drafter.cli_kit import copy_text, load_kit, read_values, tell_accepted
from drafter.cli_options import accept_option, format_option, help_text, history_option, kit_options, together
from drafter.errors import MailError
from drafter.messages import _
from drafter.records import SITUATIONS

if TYPE_CHECKING:
    from drafter.drafting import Kit
    from drafter.letters import Letter
    from drafter.notes import Days, Doubt, Item
    from drafter.records import Mail, Outcome

MAX_NOTES_BYTES = 1_000_000
MAX_LEFT_OUT = 20
_ORDER = "drafter.order"

letter_options = together(
    click.option("--to", "mail_file", type=click.Path(dir_okay=False), metavar="MAIL",
                 help=_("The customer's mail: name, form of address and thread come from it.")),
    click.option("--name", default="", help=_("Whom the letter goes to: 'Frau Scholl', 'Lena Kolb'.")),
    click.option("--customer", default="", metavar="ADDRESS", help=_("His mail address.")),
    click.option("--number", default="", help=_("Number of the matter, such as 'Bestellung 77-1043'.")),
    click.option("--register", type=click.Choice(["auto", "sie", "du", "ihr"]), default="auto", show_default=True,
                 help=_("How the letter addresses the customer.")),
    click.option("--tone", default="", help=_("Folder of templates, e.g. sachlich.")),
    click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help=_("Fill a gap; repeatable.")),
    click.option("--copy", is_flag=True, help=_("Put the draft on the clipboard.")),
    format_option("text", "eml", "json"),
    accept_option,
    history_option,
    kit_options,
)  # fmt: skip


class _InOrder(click.Command):
    """Remembers in which order --agreed, --by and --due stood."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the order, then parse as ever."""
        names = [arg.partition("=")[0] for arg in args]
        ctx.meta[_ORDER] = [name[2:] for name in names if name in ("--agreed", "--by", "--due")]
        return super().parse_args(ctx, args)


@click.command(
    "confirm",
    cls=_InOrder,
    help=help_text(
        _("Put a call in writing: who does what until when. NOTES has one thing agreed a line, see the README."),
        "drafter confirm notes.txt --to mail.eml --format eml",
        "drafter confirm --name 'Frau Scholl' --agreed 'Ersatz schicken' --by wir --due 3d",
    ),
)  # fmt: skip
@click.argument("notes", required=False)
@letter_options
@click.option("--date", "day", default="", metavar="DATE", help=_("Day of the call; the days agreed count from it."))
@click.option("--agreed", multiple=True, metavar="TEXT", help=_("One thing agreed; repeatable."))
@click.option("--by", multiple=True, metavar="WHO", help=_("Who does the thing named before: wir, Kunde, a name."))
@click.option("--due", multiple=True, metavar="DATE",
              help=_("Until when: 5.6., 2026-06-05, Freitag, or 3d for working days."))  # fmt: skip
@click.pass_context
def confirm_command(ctx: click.Context, notes: str | None, day: str, agreed: tuple[str, ...], by: tuple[str, ...],
                    due: tuple[str, ...], home: Path | None, model: str | None, history: str,
                    **told: Any) -> None:  # fmt: skip
    from drafter.confirm import confirmation
    from drafter.notes import Days

    text = _read_notes(notes) if notes or not agreed else ""
    kit = load_kit(home, model, history)
    teller = _Teller(kit)
    days = Days(teller.today, teller.workdays, teller.call_day(day) if day else None)
    found = teller.reader.read(text, days)
    given = {"agreed": agreed, "by": by, "due": due}
    items, doubts = teller.items(_in_order(ctx.meta[_ORDER], given), days._replace(call=found.day))
    found = found._replace(
        items=found.items + items, doubts=found.doubts + doubts, name=told["name"] or found.name,
        number=told["number"] or found.number,
    )  # fmt: skip
    letter = confirmation(found, _mail(told), teller.workdays)
    outcome = _written(kit, letter, told)
    for line in found.left_out[:MAX_LEFT_OUT]:
        click.echo(_("Not in the letter: {line}").format(line=line), err=True)
    if len(found.left_out) > MAX_LEFT_OUT:
        click.echo(_("Further lines: {count}").format(count=len(found.left_out) - MAX_LEFT_OUT), err=True)
    agreed_json = [item.to_json() for item in found.items]
    _hand_over(kit, outcome, told, {"agreed": agreed_json, "left_out": found.left_out})
    _accept(kit, letter, outcome, told["accept"])
    ctx.exit(1 if outcome.status == "review" else 0)


@click.command(
    "notice",
    help=help_text(
        _("Tell a customer of a delay before the day comes: with the new date and another way to choose."),
        "drafter notice --to mail.eml --old 5.6. --new 12.6.",
        "drafter notice --name 'Frau Scholl' --what Bett --old 5.6. --new 12.6. --reason 'Das Lager ist leer.'",
    ),
)  # fmt: skip
@letter_options
@click.option("--what", default="", metavar="NOUN", help=_("What is late: 'Bett'; else as the mail says."))
@click.option("--old", default="", metavar="DATE", help=_("The date that cannot be kept."))
@click.option("--new", default="", metavar="DATE", help=_("The new one: 12.6., 2026-06-12, Freitag, or 3d."))
@click.option("--reason", default="", metavar="TEXT", help=_("Why; without it no reason is claimed."))
@click.option("--alternative", "alternatives", multiple=True, metavar="TEXT",
              help=_("Another way to choose, instead of the options of the policy; repeatable."))  # fmt: skip
@click.option("--situation", type=click.Choice(SITUATIONS), default="delivery_late", show_default=True,
              help=_("Whose options of the policy are offered."))  # fmt: skip
@click.pass_context
def notice_command(ctx: click.Context, what: str, old: str, new: str, reason: str, alternatives: tuple[str, ...],
                   situation: str, home: Path | None, model: str | None, history: str,
                   **told: Any) -> None:  # fmt: skip
    from drafter.notice import Delay, delay_notice

    kit = load_kit(home, model, history)
    teller = _Teller(kit)
    before = teller.due_day(old, teller.today, "--old") if old else None
    after = teller.due_day(new, teller.today, "--new") if new else None
    delay = Delay(what, told["number"], before, after, reason, alternatives, situation)
    letter = delay_notice(delay, _mail(told), told["name"], teller.today, teller.workdays)
    outcome = _written(kit, letter, told)
    _hand_over(kit, outcome, told, {})
    _accept(kit, letter, outcome, told["accept"])
    ctx.exit(1 if outcome.status == "review" else 0)


class _Teller:
    """Reads what is told in options, by the words and the calendar of a kit."""

    def __init__(self, kit: Kit) -> None:
        from drafter.notes import NoteReader

        self.reader = NoteReader.load(kit.places)
        self.workdays = kit.policy.calendar.workdays
        self.today = kit.history.today()

    def call_day(self, text: str) -> date:
        """Read the day of a call."""
        day = self.reader.call_day(text, self.today)
        if day is None:
            raise click.BadParameter(_("'{value}' is no day of the past").format(value=text), param_hint="--date")
        return day

    def due_day(self, text: str, today: date, option: str) -> date:
        """Read a day to come, or a number of working days: 3d."""
        if text[-1:] == "d" and text[:-1].isdecimal() and len(text) < 5:
            return self.workdays.add(today, int(text[:-1]))
        due = self.reader.due.read(text, today, self.workdays)
        if due is None:
            raise click.BadParameter(_("'{value}' is no day").format(value=text), param_hint=option)
        return due.day

    def items(self, agreed: list[dict[str, str]], days: Days) -> tuple[tuple[Item, ...], tuple[Doubt, ...]]:
        """Read what was agreed from options."""
        from drafter.notes import day_doubts, spelled

        items: list[Item] = []
        doubts: list[Doubt] = []
        for told in agreed:
            item, found = self.reader.item(told["agreed"], days, told.get("by", ""))
            if day := told.get("due"):
                due = self.due_day(day, days.start, "--due")
                item = item._replace(due=due, apart=True)
                found = day_doubts(due, spelled(due, self.workdays.country), self.today, self.workdays)
            items.append(item)
            doubts += found
        return tuple(items), tuple(doubts)


def _in_order(names: list[str], given: dict[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """Give every thing agreed what stood behind it."""
    values = {name: iter(texts) for name, texts in given.items()}
    found: list[dict[str, str]] = []
    for name in names:
        if name != "agreed" and not found:
            raise click.BadParameter(_("it belongs behind an --agreed"), param_hint=f"--{name}")
        if name == "agreed":
            found.append({})
        found[-1][name] = next(values[name])
    return found


def _read_notes(file: str | None) -> str:
    """Read notes as plain text: nothing in them is a header."""
    from drafter.decode import clean, decode, is_binary

    name = file or "-"
    if name == "-" and sys.stdin.isatty():
        click.echo(_("Paste the notes, then press Ctrl-D on a line of its own (Windows: Ctrl-Z and Enter)."), err=True)
    try:
        raw = sys.stdin.buffer.read(MAX_NOTES_BYTES + 1) if name == "-" else _read_file(Path(name))
    except (OSError, ValueError) as error:
        raise MailError(f"{name}: {getattr(error, 'strerror', None) or error}", _("Check the path.")) from error
    if len(raw) > MAX_NOTES_BYTES or is_binary(raw):
        problem = _("These are no notes: too long or binary.")
        raise MailError(f"{name}: {problem}", _("Save them as plain text."))
    return clean(decode(raw)[0])[0]


def _read_file(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_NOTES_BYTES + 1)


def _mail(told: dict[str, Any]) -> Mail:
    from drafter.letters import addressed
    from drafter.read import read_file

    file = told["mail_file"]
    return addressed(read_file(file) if file else None, told["name"], told["customer"].strip())


def _written(kit: Kit, letter: Letter, told: dict[str, Any]) -> Outcome:
    from drafter.letters import write
    from drafter.wishes import Wishes

    return write(kit, letter, Wishes(told["tone"], told["register"], values=read_values(told["values"])))


def _hand_over(kit: Kit, outcome: Outcome, told: dict[str, Any], more: dict[str, Any]) -> None:
    from drafter.console import make_console, show_letter
    from drafter.deliver import to_eml

    assert outcome.draft and outcome.mail
    format_ = told["format_"]
    if format_ == "json":
        click.echo(json.dumps(outcome.to_json() | more, ensure_ascii=False))
    elif format_ == "eml":
        sys.stdout.buffer.write(to_eml(outcome.mail, outcome.draft, kit.policy))
    else:
        show_letter(make_console(), outcome)
    if format_ != "json" and outcome.why:
        click.echo(f"{_(outcome.status)}: {outcome.why}", err=True)
    if told["copy"]:
        copy_text(outcome.draft.body)


def _accept(kit: Kit, letter: Letter, outcome: Outcome, wanted: bool) -> None:
    from drafter.letters import accept

    if wanted:
        tell_accepted(accept(kit, letter, outcome), letter.mail, letter.promises, kit)
