"""Read mails and exports that chance has broken, for as long as you like: `PYTHONPATH=. python tests/fuzz_reader.py --minutes 60`.

It begins with the shipped mails and the nasty exports, breaks and joins them, and prints every input that raises what it
must not raise, or takes too long, as a Python literal: a new case for tests/nasty.py.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from nasty import CASES

from drafter.errors import MailError, SourceError
from drafter.places import Places
from drafter.sources import Raw, read_mails, read_raw
from drafter.zones import ZoneFinder

MAX_SIZE = 20_000
SLOW = 5.0  # seconds
SUFFIXES = (".eml", ".mbox", ".csv", ".json", ".jsonl", ".zip", ".txt", "")
PIECES = [
    b"\n", b"\r\n", b"\r", b"\n\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"From ", b">From ", b"--b", b"--b--", b"=?utf-8?q?", b"?=", b"=", b";", b",", b'"',
    b"\t", b"{", b"[", b"]", b"}", b'{"body":', b"\\ud800", b"<blockquote>", b"<div>", b"-- \n", b"> ", b"Am 4.5.2026 schrieb Ute:\n", b"PK\x03\x04", b"1e999",
    b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: text/html; charset=utf-7\n", b"Content-Transfer-Encoding: base64\n", b"\x85", b"\xe2\x80\xa8",
    b"From x Mon May  4 09:12:00 2026\n", b"X-Mozilla-Status: 0009\n", b"Date: \n", b"Subject: =?x?b?/?=\n", "Größe ".encode("utf-16"), "Ã¼".encode(), b"begin 644 x\n",
]  # fmt: skip


def seeds() -> list[bytes]:
    """Return what to begin with: small files of the nasty exports and the shipped mails."""
    built = [data for build, _wanted in CASES.values() for data in small(build)]
    shipped = [path.read_bytes() for path in (Path(__file__).parent / "mails").rglob("*.eml")]
    return [data for data in built + shipped if len(data) <= MAX_SIZE]


def small(build: Callable[[], dict[str, bytes]]) -> Iterator[bytes]:
    """Yield the files of a case, which may be large; those are only cut."""
    yield from (data[:MAX_SIZE] for data in build().values())


def broken(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Change some places of an input."""
    for _ in range(chance.randint(1, 6)):
        at, end = sorted(chance.randint(0, len(data)) for _ in range(2))
        kind = chance.randrange(6)
        if kind == 0:
            data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + data[end:]
        elif kind == 2:
            data = data[:end] + data[at:end] * chance.randint(1, 5) + data[end:]
        elif kind == 3:
            data = data[:at] + chance.choice(PIECES) * chance.choice((1, 1, 2, 50)) + data[at:]
        elif kind == 4:
            other = chance.choice(others)
            data = data[:at] + other[chance.randint(0, len(other)) :]
        else:
            data = data[:at] + data[at:end][::-1] + data[end:]
    return data[:MAX_SIZE]


def try_one(data: bytes, folder: Path, suffix: str, zones: ZoneFinder) -> None:
    """Read an input as a single mail, and as an export of a kind; look for zones in what is read."""
    for kind in ("eml", "txt", "record"):
        with suppress(MailError):
            zones.find(read_raw(Raw("x", data, kind)))
    path = folder / f"x{suffix}"
    path.write_bytes(data)
    with suppress(SourceError):
        for _key, mail in read_mails(path):
            assert isinstance(mail, MailError) or mail.id


def main() -> int:
    """Run for the wanted time; the status is 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, corpus, found, count = random.Random(options.seed), seeds(), 0, 0
    zones = ZoneFinder.load(Places())
    end = time.monotonic() + 60 * options.minutes
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            count += 1
            data, suffix = broken(chance.choice(corpus), corpus, chance), chance.choice(SUFFIXES)
            begin = time.monotonic()
            try:
                try_one(data, Path(folder), suffix, zones)
                problem = ""
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"
            if problem or time.monotonic() - begin > SLOW:
                found += 1
                print(f"{suffix} {problem or 'slow'}\n{data!r}\n", flush=True)
            elif chance.random() < 0.02:
                corpus[chance.randrange(len(corpus))] = data
    print(f"{count} inputs, {found} found", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
