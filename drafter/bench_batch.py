"""The benchmark of a whole run: read, analyse, plan, render, check and write, as `drafter batch` does it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from drafter.batch import Order, run
from drafter.bench_mails import write_mailbox
from drafter.drafting import load
from drafter.places import Places
from drafter.sources import read_raw, read_source

WARM_UP = 200
"""Mails of another mailbox that come first and do not count: words are looked up once, in a run as in a year."""

_PEAK = """
import resource, sys
from drafter.batch import Order, run
from drafter.bench_batch import Silent
from drafter.drafting import load
from pathlib import Path
run(load(history="none"), Order((sys.argv[1],), Path(sys.argv[2]), workers=1), Silent())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class Silent:
    """Watches a run and says nothing."""

    def found(self, count: int) -> None:
        """So many mails were found."""

    def begin(self, total: int) -> None:
        """All sources are read."""

    def tick(self, status: str) -> None:
        """One mail is done."""

    def warn(self, text: str) -> None:
        """Something that a person should know."""


def compare(folder: Path, mailbox: Path | None, count: int, words: int) -> Iterator[str]:
    """Yield mails a second of CPU time: parsing alone, nlp.pipe of the whole bundled pipeline, a whole run."""
    import spacy

    box, warm = _mailbox(folder, mailbox, count, words), folder / "warm.mbox"
    write_mailbox(warm, WARM_UP, words, seed=2)
    kit, nlp = load(history="none"), spacy.load(Places().pipeline)
    raws = [raw.data for raw in read_source(box)]
    texts = [read_raw(raw).body for raw in read_source(box)]
    run(kit, Order((str(warm),), folder / "warm", workers=1), Silent())
    list(nlp.pipe(texts[:WARM_UP]))
    parsing = _cpu(lambda: [_parse(raw) for raw in raws])
    ours = _cpu(lambda: run(kit, Order((str(box),), folder / "out", workers=1), Silent()))
    piped = _cpu(lambda: list(nlp.pipe(texts)))
    length = sum(len(text.split()) for text in texts) / len(texts)
    yield f"{len(raws)} different mails of {length:.0f} words on one core"
    for name, seconds in (("parsing alone", parsing), ("nlp.pipe", piped), ("drafter batch", ours)):
        yield f"{name:14} {len(raws) / seconds:7.0f} mails/s"
    yield f"batch to parsing alone {parsing / ours:.2f}, batch to nlp.pipe {piped / ours:.2f}"


def scaling(folder: Path, mailbox: Path | None, count: int, words: int, workers: int) -> str:
    """Compare one worker process with several, in seconds of the clock, loading of the kits left out."""
    box = _mailbox(folder, mailbox, count, words)
    kit = load(history="none")
    one, several = (_rate(kit, box, folder / f"w{number}", number) for number in (1, workers))
    return f"1 worker {one:.0f} mails/s, {workers} workers {several:.0f} mails/s, ratio {several / one:.2f}"


def peak_memory(folder: Path, counts: Sequence[int], words: int) -> str:
    """Compare the peak memory of runs over a small and a large mailbox, each in a process of its own."""
    peaks = []
    for count in counts:
        box = folder / f"peak{count}.mbox"
        write_mailbox(box, count, words)
        command = [sys.executable, "-c", _PEAK, str(box), str(folder / f"peak{count}")]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1024)
    small, large = peaks
    return (f"peak memory {small:.0f} MB at {counts[0]} mails, {large:.0f} MB at {counts[1]}, "
            f"ratio {large / small:.2f}")  # fmt: skip


def _mailbox(folder: Path, mailbox: Path | None, count: int, words: int) -> Path:
    if mailbox:
        return mailbox
    box = folder / "box.mbox"
    if not box.exists():
        write_mailbox(box, count, words)
    return box


def _parse(raw: bytes) -> tuple[str, ...]:
    """Read of a mail what a reader needs at least, with the standard library alone."""
    message = message_from_bytes(raw, policy=default)
    body = message.get_body(("plain", "html"))
    headers = (str(message[name]) for name in ("From", "To", "Subject", "Date", "Message-ID"))
    return (*headers, body.get_content() if body else "")


def _rate(kit, box: Path, out: Path, workers: int) -> float:
    watch = _Clock()
    run(kit, Order((str(box),), out, workers=workers), watch)
    return watch.rate()


class _Clock(Silent):
    """Measures from the first finished mails on, when all workers have loaded."""

    def __init__(self) -> None:
        self._times: list[float] = []

    def tick(self, status: str) -> None:
        """One mail is done."""
        self._times.append(time.perf_counter())

    def rate(self) -> float:
        """Return mails a second over the second half of the run, when all workers are at work."""
        half = len(self._times) // 2
        return (len(self._times) - half) / (self._times[-1] - self._times[half])


def _cpu(work) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin
