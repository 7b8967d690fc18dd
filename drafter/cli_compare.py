"""`drafter compare`: what people changed in drafts before they sent them, and which steps they rewrite most."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drafter.cli_options import format_option, help_text, home_option
from drafter.errors import SourceError
from drafter.messages import _, told

if TYPE_CHECKING:
    from drafter.compare import Comparison, Reader, Replacement
    from drafter.pairs import Found
    from drafter.rewrites import Ranking

MAX_NAMED = 5
"""So many drafts that nothing sent belongs to are named."""

SHOWN_EXAMPLES = 3


@click.command(
    "compare",
    help=help_text(
        _("Say what people changed in a draft before they sent it, and of many drafts which steps are rewritten most."),
        "drafter compare reply.draft.txt reply.sent.txt",
        "drafter compare --folder replies",
        "drafter compare --report today/report.jsonl --sent sent.mbox --format json",
    ),
)  # fmt: skip
@click.argument("draft", required=False, type=click.Path(path_type=Path))
@click.argument("sent_letter", metavar="[SENT]", required=False, type=click.Path(path_type=Path))
@click.option("--folder", type=click.Path(path_type=Path),
              help=_("Pairs by name (x.draft.txt, x.sent.txt), in drafts/ and sent/, or by mail ids."))  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path), help=_("Drafts from the report.jsonl of a batch."))
@click.option("--sent", type=click.Path(path_type=Path), help=_("With --report: mbox or folder of what was sent."))
@format_option("text", "json")
@home_option
@click.pass_context
def compare_command(ctx: click.Context, draft: Path | None, sent_letter: Path | None, folder: Path | None,
                    report: Path | None, sent: Path | None, format_: str, home: Path | None) -> None:  # fmt: skip
    from drafter.compare import compare
    from drafter.pairs import folder_pairs, read_letter, report_pairs

    whole = [bool(draft and sent_letter), bool(folder), bool(report and sent)].count(True) == 1
    if not whole or bool(draft) != bool(sent_letter) or bool(report) != bool(sent):
        raise click.UsageError(_("Name DRAFT and SENT, or --folder, or --report and --sent."))
    if draft and sent_letter:
        before, after = read_letter(draft), read_letter(sent_letter)
        _show_one(compare(before, after, _reader(home)), format_)
        return
    found = folder_pairs(folder) if folder else report_pairs(report, sent)  # type: ignore[arg-type]
    ctx.exit(1 if _rank(found, _reader(home), format_) else 0)


def _reader(home: Path | None) -> Reader:
    from drafter.compare import Reader
    from drafter.places import find_places

    return Reader.load(find_places(home))


def _rank(found: Iterable[Found], reader: Reader, format_: str) -> int:
    """Compare all pairs and print the ranking; returns how many could not be read."""
    from drafter.compare import compare
    from drafter.pairs import Alone, Broken
    from drafter.rewrites import Ranking

    ranking, broken, alone = Ranking(), 0, []
    pairs = []
    for item in found:
        if isinstance(item, Broken):
            broken += 1
            click.echo(_("{name}: left out: {reason}").format(name=item.name, reason=told(item.reason)), err=True)
        elif isinstance(item, Alone):
            alone.append(item.name)
        else:
            comparison = compare(item.draft, item.sent, reader)
            ranking.add(comparison)
            pairs.append({"name": item.name, "similarity": comparison.similarity, "kinds": comparison.kinds})
    if alone:
        names = ", ".join(alone[:MAX_NAMED]) + (", …" if len(alone) > MAX_NAMED else "")
        click.echo(_("Drafts without a sent letter: {count} ({names})").format(count=len(alone), names=names), err=True)
    if not ranking.letters:
        raise SourceError(
            _("There is no pair of a draft and a sent letter."),
            _("Name files x.draft.txt and x.sent.txt, put them into drafts/ and sent/, or give mails of one thread."),
        )
    if format_ == "json":
        click.echo(json.dumps(ranking.to_json() | {"pairs": pairs}, ensure_ascii=False))
    else:
        _show_ranking(ranking)
    return broken


def _show_one(comparison: Comparison, format_: str) -> None:
    if format_ == "json":
        click.echo(json.dumps(comparison.to_json(), ensure_ascii=False))
        return
    if comparison.cut:
        click.echo(_("The text is very long; only its beginning was compared."), err=True)
    click.echo(_("Similarity: {number}").format(number=f"{comparison.similarity:.2f}"))
    click.echo(_("Tone: {tone}").format(tone=comparison.tone or "–"))
    click.echo(_("Changes: {kinds}").format(kinds=_named(comparison.kinds) or _("nothing")))
    rows = [(change.step or _("(own words)"), f"{change.similarity:.2f}", _named(change.kinds) or "–")
            for change in comparison.steps]  # fmt: skip
    _print_table((_("Step"), _("Similarity"), _("Changes")), rows)
    for change in comparison.steps:
        for pair in change.replacements:
            click.echo(f"  {change.step or _('(own words)')}: {_replaced(pair)}")


def _show_ranking(ranking: Ranking) -> None:
    click.echo(_("Letters: {count}, similarity {number}").format(count=ranking.letters,
                                                                number=f"{ranking.similarity:.2f}"))  # fmt: skip
    click.echo(_("Changes: {kinds}").format(kinds=_counted(ranking.kinds.most_common()) or _("nothing")))
    rows = ranking.rows()
    titles = (_("Step"), _("Tone"), _("Letters"), _("Rewritten"), _("Similarity"), _("Changes"))
    cells = [(row.step, row.tone or "–", str(row.letters), f"{row.rate:.0%}", f"{row.similarity:.2f}",
              _counted(row.kinds.most_common(SHOWN_EXAMPLES))) for row in rows]  # fmt: skip
    _print_table(titles, cells)
    for (tone, step), count in ranking.added.most_common():
        where = _("added by people: {step}").format(step=step or _("(own words)"))
        click.echo(f"{where}, {tone or '–'}: {count}")
    for row in rows:
        for pair, count in ranking.examples(row, SHOWN_EXAMPLES):
            click.echo(f"  {row.step}, {row.tone}: {_replaced(pair)} ({count})")


def _print_table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from drafter.console import make_console

    if not rows:
        return
    console = make_console()
    table = Table(*titles, box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for row in rows:
        table.add_row(*map(Text, row))
    if not console.is_terminal:
        console.width = 400  # a pipe neither wraps nor cuts
    click.echo()
    console.print(table)
    click.echo()


def _named(kinds: Iterable[str]) -> str:
    return ", ".join(_(kind.replace("_", " ")) for kind in kinds)


def _counted(kinds: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{_(kind.replace('_', ' '))} {count}" for kind, count in kinds)


def _replaced(pair: Replacement) -> str:
    """Show what was taken out and what was put in."""
    old, new = (f"“{text}”" if text else "–" for text in pair)
    return f"{old} → {new}"
