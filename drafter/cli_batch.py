"""`drafter batch`: a draft in each thread of an inbox that waits for an answer."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drafter.cli_kit import load_kit
from drafter.cli_options import accept_option, help_text, history_option, imap_options, kit_options, wish_options
from drafter.errors import DrafterError
from drafter.messages import _

if TYPE_CHECKING:
    from collections import Counter

    from rich.progress import Task
    from rich.text import Text

INTERRUPTED = 130
"""The exit status that shells give to what Ctrl-C has ended."""

TERMINATED = 143
"""The exit status that shells give to what SIGTERM has ended."""

_FATES = ("answer", "answered", "skip", "failed", "done before", "left")
_SAID = {"answer": "to be answered", "answered": "answered already", "skip": "skipped", "left": "left for later"}


@click.command(
    "batch",
    help=help_text(
        _("Draft a reply in each thread of an inbox that waits for one, and report what to answer first."),
        "drafter batch inbox.mbox --out today",
        "drafter batch tickets.csv --map body=Nachricht --map from=Absender --out today",
        "drafter batch imaps://team@mail.example.org/INBOX --out today --drafts imaps://team@mail.example.org",
        "drafter batch export.zip --out today --dry-run",
    ),
)  # fmt: skip
@click.argument("sources", nargs=-1, required=True)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path),
              help=_("Folder for drafts and report; a second run goes on where the first one stopped."))  # fmt: skip
@click.option("--drafts", default="eml", show_default=True, metavar="eml|mbox|imaps://...",
              help=_("Where drafts go: files in drafts/, one drafts.mbox, or the folder for drafts of an IMAP account.")
              )  # fmt: skip
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN",
              help=_("What a column of a CSV or JSON export means; repeatable."))  # fmt: skip
@click.option("--since", metavar="DAY|AGE", help=_("Leave older mails alone: 2026-06-05, 5.6.2026, 14d, 8w."))
@click.option("--limit", type=click.IntRange(0), default=0, metavar="N", help=_("Write at most N drafts now; 0: all."))
@click.option("--dry-run", is_flag=True, help=_("Only tell what would be done, and write nothing."))
@click.option("--resume/--no-resume", default=True, show_default=True,
              help=_("Go on where an earlier run into the same folder stopped."))  # fmt: skip
@click.option("--workers", type=click.IntRange(0), default=0, metavar="N",
              help=_("Processes that work side by side; 0: as many as the machine has and the mails are worth.")
              )  # fmt: skip
@click.option(
    "--scheduler", default="", metavar="tcp://HOST:PORT", help=_("Let the workers of a Dask cluster do the work.")
)
@imap_options
@wish_options
@accept_option
@history_option
@kit_options
@click.pass_context
def batch_command(ctx: click.Context, sources: tuple[str, ...], out: Path, drafts: str, mapping: tuple[str, ...],
                  since: str | None, limit: int, dry_run: bool, resume: bool, workers: int, scheduler: str,
                  ca_file: str, timeout: float, insecure: bool, accept: bool, history: str, home: Path | None,
                  model: str | None, **wishes: Any) -> None:  # fmt: skip
    from drafter.batch import Order, run, survey
    from drafter.imap import ImapSettings
    from drafter.sources import parse_mapping
    from drafter.wishes import Wishes

    order = Order(sources, out, Wishes(**wishes), accept, workers, scheduler, limit, _since(since),
                  parse_mapping(mapping), drafts, model or "", resume,
                  ImapSettings(timeout, ca_file, insecure))  # fmt: skip
    kit = load_kit(home, model, history)
    try:
        with _terminable(), _RunProgress() as progress:
            counts = survey(kit, order, progress) if dry_run else run(kit, order, progress)
    except KeyboardInterrupt as stop:
        click.echo(_("Stopped. The same command goes on where it stopped."), err=True)
        ctx.exit(TERMINATED if isinstance(stop, _Terminated) else INTERRUPTED)
    ctx.exit(_tell_survey(counts) if dry_run else _tell_run(counts, out))


class _Terminated(KeyboardInterrupt):
    """The system asked for an end."""


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does: what is done is reported, and the workers end."""

    def stop(_number: int, _frame: object) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell_survey(counts: Counter[tuple[str, str]]) -> int:
    from drafter.report.rows import named

    for (decision, reason), count in sorted(counts.items(), key=lambda item: (_FATES.index(item[0][0]), -item[1])):
        more = f": {named(reason)}" if reason and reason != decision else ""
        click.echo(f"{count:6}  {_(_SAID.get(decision, decision))}{more}")
    click.echo(_("{count} mails; nothing was written.").format(count=counts.total()), err=True)
    return 0


def _tell_run(counts: Counter[str], out: Path) -> int:
    summary = ", ".join(f"{_(status)}: {count}" for status, count in sorted(counts.items()) if count)
    click.echo(_("{count} mails. {summary}").format(count=counts.total(), summary=summary).strip(), err=True)
    click.echo(str(out / "report.html"))
    return 1 if counts["failed"] else 0


def _since(value: str | None) -> datetime | None:
    """Read a day or an age.

    Raises:
        BadParameter: it is neither.
    """
    if not value:
        return None
    from drafter.history.age import days_before

    try:
        return days_before(datetime.now(UTC), value)
    except DrafterError:
        pass
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(value, form).astimezone()
        except ValueError:
            continue
    raise click.BadParameter(_("'{value}' is neither a day nor an age").format(value=value), param_hint="--since")


class _RunProgress:
    """Shows on stderr how a run goes on: how many mails of how many, how fast, and how long still."""

    def __enter__(self) -> _RunProgress:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        from drafter.console import make_console

        console = make_console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _rate_column(),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task(_("Reading"), total=None)
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    def found(self, count: int) -> None:
        """So many mails were found up to now."""
        self._progress.update(self._task, completed=count)

    def begin(self, total: int) -> None:
        """All sources are read."""
        self._progress.reset(self._task, total=total, description=_("Drafting"))

    def warn(self, text: str) -> None:
        """Something that a person should know."""
        self._progress.console.print(text)

    def tick(self, status: str) -> None:
        """One mail is done."""
        self._progress.advance(self._task)


def speed_and_rest(done: float, total: float | None, seconds: float) -> tuple[str, str]:
    """Return mails a second since the beginning, and how long it still takes: results come many at once."""
    if not (done and seconds):
        return "", ""
    rate = done / seconds
    rest = str(timedelta(seconds=round((total - done) / rate))) if total else ""
    return _("{rate}/s").format(rate=f"{rate:.0f}"), rest


def _rate_column() -> Any:
    from rich.progress import ProgressColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Mails a second, and the time that is left."""

        def render(self, task: Task) -> Text:
            return Text(" ".join(speed_and_rest(task.completed, task.total, task.elapsed or 0.0)))

    return Rate()
