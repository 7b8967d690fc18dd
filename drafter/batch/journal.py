"""report.jsonl as the memory of a run: what stands in it is done, and a second run goes on behind it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from drafter.batch.work import DRAFTS, Done, identity
from drafter.errors import SourceError
from drafter.inbox.head import Head
from drafter.messages import _

REPORT = "report.jsonl"
_LOCK = ".lock"


class Journal:
    """The lines of one output folder; one run at a time may write them."""

    def __init__(self, out: Path, resume: bool = True) -> None:
        self.path = out / REPORT
        self._resume = resume
        self._lock = FileLock(out / _LOCK, timeout=0)
        self._done: Counter[str] = Counter()
        self._is_new = False

    def __enter__(self) -> Self:
        """Lock the folder and read what an earlier run has done.

        Raises:
            SourceError: the folder cannot be written, or another run is at work in it.
        """
        try:
            self._is_new = not self.path.parent.exists()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            torn = self.read()
            if self._done and not self._resume:
                raise SourceError(_("{folder}: holds an earlier run.").format(folder=self.path.parent),
                                  _("Name another folder, or leave out --no-resume to go on."))  # fmt: skip
            self._stream = self.path.open("ab")
            self._stream.truncate(torn)
        except Timeout as error:
            message = _("{folder}: another run writes there.").format(folder=self.path.parent)
            raise SourceError(message, _("Wait for its end, or name another folder with --out.")) from error
        except SourceError:
            self._lock.release()
            raise
        except OSError as error:
            self._lock.release()
            raise unwritable(self.path.parent, error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        self._stream.close()
        if kind and self._is_new and not self.path.stat().st_size:
            self._leave_nothing()
        self._lock.release()

    def _leave_nothing(self) -> None:
        """Remove a folder that this run has made and written nothing into."""
        out = self.path.parent
        for remove in (self.path.unlink, (out / _LOCK).unlink, (out / DRAFTS).rmdir, out.rmdir):
            with suppress(OSError):  # a folder that is not empty stays
                remove()

    def take(self, head: Head) -> bool:
        """Tell whether a mail was done by an earlier run; each of several equal mails is taken once."""
        name = identity(head)
        found = self._done[name] > 0
        self._done[name] -= found
        return found

    def write(self, lines: Sequence[Done]) -> None:
        """Add lines and make sure that they outlive a loss of power.

        Raises:
            SourceError: the disk is full or gone; what was written before stands.
        """
        try:
            self._stream.write("".join(done.line + "\n" for done in lines).encode("utf-8", "replace"))
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise unwritable(self.path, error) from error

    def read(self) -> int:
        """Count what is done already; returns where a line begins that an earlier run left unfinished."""
        good = 0
        if self.path.exists():
            with self.path.open("rb") as stream:
                for line in stream:
                    name = _identity_in(line)
                    if not name:
                        break
                    self._done[name] += 1
                    good += len(line)
        return good


def _identity_in(line: bytes) -> str:
    try:
        return str(json.loads(line)["mail"]["identity"]) if line.endswith(b"\n") else ""
    except (ValueError, KeyError, TypeError):
        return ""


def unwritable(path: Path, error: OSError) -> SourceError:
    """Say that a place cannot be written, and that nothing is lost."""
    remedy = _("Make room or name another folder; the same command goes on where it stopped.")
    return SourceError(f"{path}: {error.strerror or error}", remedy)
