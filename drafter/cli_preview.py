"""`drafter templates preview`: see what templates write, how tones differ, and what a save changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from drafter.cli_options import help_text, kit_options, tell_error
from drafter.decode import field
from drafter.errors import DrafterError
from drafter.messages import _, told

if TYPE_CHECKING:
    from drafter.preview import Column, Studio
    from drafter.sheet import Sheet

MAX_NAME = 120
FORMS = ("auto", "sie", "du", "ihr")


class Wanted(NamedTuple):
    """What the command line asks for."""

    names: tuple[str, ...]
    tones: tuple[str, ...]
    registers: tuple[str, ...]
    against: str
    whole: bool
    html: Path | None


@click.command(
    "preview",
    help=help_text(
        _("Show what the templates write over the sample mails or your own: drafts, differences, a page to browse."),
        "drafter templates preview commit_to_act --tone herzlich",
        "drafter templates preview --against shipped",
        "drafter templates preview --tone sachlich --against knapp mails/",
        "drafter templates preview --html preview.html --watch",
    ),
)  # fmt: skip
@click.argument("names", metavar="[STEP|SAMPLE|MAIL]...", nargs=-1)
@click.option(
    "--tone",
    "tones",
    multiple=True,
    metavar="TONE",
    help=_("Folder of templates, repeatable; by default that of the policy, for --html all."),
)
@click.option(
    "--register",
    "registers",
    multiple=True,
    type=click.Choice(FORMS),
    default=("auto",),
    help=_("How the reply addresses the customer; repeatable."),
)
@click.option("--against", default="", metavar="TONE", help=_("Show how drafts differ from a tone, or from 'shipped'."))
@click.option("--whole", is_flag=True, help=_("Show the whole draft where only a step was named or differs."))
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Write one page with all drafts side by side."),
)
@click.option("--watch", is_flag=True, help=_("Go on after every save and show what it changed; Ctrl-C ends."))
@kit_options
@click.pass_context
def preview_command(ctx: click.Context, watch: bool, home: Path | None, model: str | None,
                    names: tuple[str, ...], tones: tuple[str, ...], registers: tuple[str, ...],
                    against: str, whole: bool, html: Path | None) -> None:  # fmt: skip
    from drafter.preview import Studio

    session = Session(Studio.load(home, model), Wanted(names, tones, registers, against, whole, html))
    if watch:
        session.watch()
    else:
        ctx.exit(1 if session.show() else 0)


class Session:
    """One call of the command: what it asks for, and which drafts it showed last."""

    def __init__(self, studio: Studio, wanted: Wanted) -> None:
        from drafter.console import make_console

        self._studio, self._wanted, self._console = studio, wanted, make_console()
        self._last: Sheet | None = None
        self._columns()  # an unknown tone or name is wrong usage, also where one watches
        studio.choose(wanted.names)

    def _columns(self) -> tuple[tuple[Column, ...], dict[Column, Column]]:
        """Return the columns, and what each is compared with; a page without a tone shows all tones."""
        from drafter.template_files import tones

        wanted = self._wanted
        every = tones(self._studio.places) if wanted.html and not wanted.against else ()
        columns = self._studio.columns(wanted.tones or every, wanted.registers)
        if not wanted.against:
            return columns, {}
        return columns, {column: self._studio.counterpart(column, wanted.against) for column in columns}

    def _draft(self) -> Sheet:
        from drafter.sheet import Sheet, View

        chosen = self._studio.choose(self._wanted.names)
        columns, bases = self._columns()
        rows = self._studio.draft(chosen.samples, tuple(dict.fromkeys((*bases.values(), *columns))))
        return Sheet(rows, columns, bases, View(chosen.steps, self._wanted.whole), chosen.told)

    def show(self) -> bool:
        """Show everything; returns whether a mail cannot be read or a draft has errors."""
        from drafter.preview_text import show_changes, show_draft

        sheet = self._draft()
        for problem in sheet.told:
            click.echo(told(problem), err=True)
        if not sheet.reached:
            click.echo(_("No sample takes this step."), err=True)
        if self._wanted.html:
            self._write_page(self._wanted.html, sheet)
        elif self._wanted.against:
            show_changes(self._console, sheet.against(), sheet.view)
        else:
            for row in sheet.reached:
                for column in sheet.columns:
                    show_draft(self._console, row, column, sheet.view)
        self._last = sheet
        return bool(sheet.told) or sheet.has_errors

    def watch(self) -> None:
        """Show everything, then after every save what it has changed; an error is told and waited out."""
        from drafter.watching import saved, state_of

        places = [*self._studio.watched, *(Path(name) for name in self._wanted.names if Path(name).exists())]
        seen = state_of(places)
        try:
            self._try(self.show)
            click.echo(_("Waiting for a save; Ctrl-C ends."), err=True)
            for files in saved(places, seen):
                names = ", ".join(sorted(field(path.name, MAX_NAME) for path in files))
                click.echo(f"{time.strftime('%H:%M:%S')} {names}", err=True)
                self._try(partial(self._show_saved, files))
        except KeyboardInterrupt:
            click.echo(err=True)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except DrafterError as error:
            tell_error(error)

    def _show_saved(self, files: Iterable[Path]) -> None:
        """Show the drafts that a save has changed, or everything where nothing could be shown before."""
        from drafter.preview_text import show_changes, show_count

        self._studio.reload(files)
        if self._last is None:
            self.show()
            return
        sheet = self._draft()
        changes = sheet.since(self._last)
        if self._wanted.html:
            self._write_page(self._wanted.html, sheet)
            show_count(self._console, changes, sheet.view)
        else:
            show_changes(self._console, changes, sheet.view)
        self._last = sheet

    def _write_page(self, path: Path, sheet: Sheet) -> None:
        from drafter.preview_page import write_page

        write_page(path, sheet)
        click.echo(_("{path}: {count} samples").format(path=path, count=len(sheet.reached)), err=True)
