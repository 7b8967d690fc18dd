"""Benchmarks, apart from the tests: every figure is a ratio measured side by side in one run.

python -m drafter.bench start MAIL         one cold `drafter draft` against importing spaCy and loading the pipeline
python -m drafter.bench analyze MAILS      the analysis against nlp.pipe of the whole pipeline, on the same mails
python -m drafter.bench draft MAILS        all that follows the analysis against the analysis, on the same mails
python -m drafter.bench length             seconds per analysis for texts of growing length
python -m drafter.bench batch              a whole run over a mailbox against parsing alone and nlp.pipe
"""

from __future__ import annotations

import compileall
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drafter.places import Places

if TYPE_CHECKING:
    from spacy.language import Language

    from drafter.drafting import Kit
    from drafter.records import Analysis, Mail

_ALONE = "import spacy, sys; spacy.load(sys.argv[1])"
SIZES = (2_000, 20_000, 200_000)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measure drafter against what it is built on."""


@bench.command()
@click.argument("mail", type=click.Path(exists=True, path_type=Path))
@click.option("--runs", default=7, show_default=True, help="Runs of each, taken in turn; medians are compared.")
def start(mail: Path, runs: int) -> None:
    """Compare one cold `drafter draft` with importing spaCy and loading the pipeline alone."""
    text = mail.read_bytes()
    alone = [sys.executable, "-c", _ALONE, str(Places().pipeline)]
    draft = [sys.executable, "-m", "drafter", "draft", "-", "--format", "json"]
    compileall.compile_dir(Path(__file__).parent, quiet=1)  # as pip does for what it installs, spaCy among it
    _wall(draft, text)  # the first start of all makes the snapshot
    pairs = [(_wall(alone, b""), _wall(draft, text)) for _ in range(runs)]
    base, whole = (statistics.median(times) for times in zip(*pairs, strict=True))
    click.echo(f"spacy alone {base:.2f} s, drafter draft {whole:.2f} s, ratio {whole / base:.2f}")


@bench.command()
@click.argument("mails", type=click.Path(exists=True, path_type=Path))
@click.option("--warm-up", default=200, show_default=True, help="Mails that come first and do not count, half at most.")
@click.option("--rounds", default=3, show_default=True, help="Rounds over the same mails; the fastest counts.")
def analyze(mails: Path, warm_up: int, rounds: int) -> None:
    """Compare the analysis with nlp.pipe of the whole bundled pipeline on the bodies of MAILS (JSON lines).

    Of the different mails the first ones only warm up. The rest is read in batches, by one and the other in turn: first
    as mails that neither has seen, so that what is remembered of words serves as in a stream of mails, then again.
    """
    import spacy

    from drafter.drafting import load

    kit = load()
    nlp = spacy.load(Places().pipeline)
    read = _different(mails)
    gc.freeze()  # as a batch does
    warm_up = min(warm_up, len(read) // 2)
    _in_turn(kit, nlp, read[:warm_up])
    fresh = read[warm_up:]
    first, *others = [_in_turn(kit, nlp, fresh) for _ in range(max(2, rounds))]
    again = min(ours for ours, _ in others), min(whole for _, whole in others)
    words = sum(len(mail.body.split()) for mail in fresh) / len(fresh)
    click.echo(f"{len(fresh)} different mails of {words:.0f} words on one core, after {warm_up} others")
    for name, (ours, whole) in (("new mails", first), ("once more", again)):
        click.echo(f"{name}: analysis {len(fresh) / ours:.0f} mails/s, nlp.pipe {len(fresh) / whole:.0f} mails/s, "
                   f"ratio {whole / ours:.2f}")  # fmt: skip


def _in_turn(kit: Kit, nlp: Language, mails: list[Mail]) -> tuple[float, float]:
    """Return the seconds that the analysis and nlp.pipe take for the mails, batch by batch in turn."""
    ours = whole = 0.0
    for start in range(0, len(mails), nlp.batch_size):
        batch = mails[start : start + nlp.batch_size]
        ours += _cpu(partial(list, kit.analyze_many(batch)))
        whole += _cpu(partial(list, nlp.pipe([mail.body for mail in batch])))
    return ours, whole


@bench.command()
@click.argument("mails", type=click.Path(exists=True, path_type=Path))
@click.option("--warm-up", default=200, show_default=True, help="Mails that come first and do not count, half at most.")
def draft(mails: Path, warm_up: int) -> None:
    """Compare plan, quotes, wording, check and briefing with the analysis, on the different mails of MAILS.

    Each batch is analysed and then answered, so that what is remembered of words and sentences serves as in a stream.
    """
    from drafter.analysis import BATCH
    from drafter.drafting import load

    kit = load(history="none")
    read = _different(mails)
    gc.freeze()  # as a batch does
    warm_up = min(warm_up, len(read) // 2)
    _read_and_answer(kit, read[:warm_up], BATCH)
    rest = read[warm_up:]
    analysis, quotes, answer = (seconds * 1000 / len(rest) for seconds in _read_and_answer(kit, rest, BATCH))
    click.echo(f"{len(rest)} different mails on one core, after {warm_up} others; ms a mail: analysis {analysis:.2f}, "
               f"draft {answer:.2f} (of it what to quote: {quotes:.2f}), ratio {answer / analysis:.2f}")  # fmt: skip


def _read_and_answer(kit: Kit, mails: list[Mail], size: int) -> tuple[float, float, float]:
    """Return the seconds for analyses, for what may be quoted, and for whole drafts with their JSON."""
    analysis = quotes = answer = 0.0
    for start in range(0, len(mails), size):
        batch = mails[start : start + size]
        found: list[Analysis] = []
        analysis += _cpu(lambda batch=batch, found=found: found.extend(kit.analyze_many(batch)))  # type: ignore[misc]
        for mail, one in zip(batch, found, strict=True):
            quotes += _cpu(partial(kit.analyzer.quotes.find, mail, one))
            answer += _cpu(lambda mail=mail, one=one: kit.draft(mail, analysis=one).to_json())  # type: ignore[misc]
    return analysis, quotes, answer


def _different(mails: Path) -> list[Mail]:
    """Return the mails of a source that differ in their bodies."""
    from drafter.records import Mail
    from drafter.sources import read_mails

    return list({mail.body: mail for _, mail in read_mails(mails) if isinstance(mail, Mail) and mail.body}.values())


@bench.command()
def length() -> None:
    """Show that the time of an analysis grows with the length of the text and no faster."""
    from drafter.drafting import load

    kit = load()
    texts: dict[str, Callable[[int], str]] = {
        "prose": lambda size: ("Ihr habt mir den falschen Router geschickt. " * size)[:size],
        "one word": lambda size: "a" * size,
        "stops": lambda size: "!" * size,
        "emoji": lambda size: "\U0001f621" * size,
    }
    for name, make in texts.items():
        seconds = [_cpu(partial(kit.analyze, make(size))) for size in SIZES]
        click.echo(f"{name:10} " + "  ".join(f"{value:6.2f} s" for value in seconds) + f"   at {SIZES} characters")


@bench.command()
@click.option("--count", default=1000, show_default=True, help="Mails of the mailbox.")
@click.option("--words", default=100, show_default=True, help="About so many words each.")
@click.option("--workers", default=2, show_default=True, help="Worker processes to compare one with.")
@click.option("--large", default=20_000, show_default=True, help="Mails of the large mailbox for peak memory; 0: none.")
@click.option("--mailbox", type=click.Path(exists=True, path_type=Path), help="An mbox of your own instead.")
def batch(count: int, words: int, workers: int, large: int, mailbox: Path | None) -> None:
    """Run over a mailbox of different mails on one core, against parsing it and against nlp.pipe of its texts."""
    from drafter.bench_batch import compare, peak_memory, scaling

    with tempfile.TemporaryDirectory() as folder:
        for line in compare(Path(folder), mailbox, count, words):
            click.echo(line)
        click.echo(scaling(Path(folder), mailbox, count, words, workers))
        if large:
            click.echo(peak_memory(Path(folder), (count, large), words))


def _wall(command: list[str], stdin: bytes) -> float:
    begin = time.perf_counter()
    subprocess.run(command, input=stdin, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - begin


def _cpu(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


if __name__ == "__main__":
    bench()
