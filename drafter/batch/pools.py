"""Where the work of a run is done: in this process, in processes of this machine, or on a Dask cluster.

A pool takes a function and its arguments, calls it as function(kit, *arguments) where a kit is loaded, and gives back a
future. How many tasks may be under way at once (`width`) bounds memory.
"""

from __future__ import annotations

import atexit
import io
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol, Self

from drafter.drafting import Kit, load
from drafter.errors import DrafterError, SourceError
from drafter.messages import _, language

QUEUED = 3
"""Tasks under way for each worker: one at work, the others at hand."""

CONNECT_SECONDS = 15


class Pool(Protocol):
    """Takes work; `width` tasks may be under way."""

    width: int

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
        """Begin a task; the result is had by calling what is returned."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None: ...


@dataclass(frozen=True)
class KitSpec:
    """From what another process loads the same kit; `packed` is the company folder where no disk is shared."""

    home: str = ""
    model: str = ""
    packed: bytes = b""
    language: str = field(default_factory=language)  # of the messages, which other machines do not know


class Inline:
    """No workers: everything is done at once, here."""

    width = 1

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
        """Do a task and keep its result."""
        result = function(self._kit, *arguments)
        return lambda: result

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Processes:
    """Worker processes on this machine; each loads the kit once."""

    def __init__(self, spec: KitSpec, workers: int) -> None:
        self.width = workers * QUEUED
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # the matrices are small: threads only get in the way
            os.environ.setdefault(name, "1")
        context = multiprocessing.get_context("spawn")
        self._until, self._alive = context.Pipe(duplex=False)  # closed, also by the death of this process, workers end
        self._pool = ProcessPoolExecutor(workers, context, initializer=_begin_worker, initargs=(self._until,))
        self._spec = spec

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
        """Hand a task to a worker."""
        future: Future[Any] = self._pool.submit(_call, self._spec, function, arguments)
        return lambda: _result_of(future)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:  # what they are at will be done again: nobody has to wait for it
            self._alive.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._alive.close()
        self._until.close()


class Cluster:
    """Workers of a Dask cluster; they need this package and nothing else."""

    def __init__(self, address: str, spec: KitSpec) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            message = _("A scheduler needs the package distributed.")
            raise SourceError(message, 'pip install "drafter[dask]"') from error
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            message = _("{address}: no scheduler answers there.").format(address=address)
            raise SourceError(message, _("Start one with `dask scheduler`, and check the address.")) from error
        self._spec = spec
        self.width = max(1, sum(self._client.nthreads().values())) * QUEUED

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
        """Hand a task to the cluster."""
        future = self._client.submit(_call_alone, self._spec, function, arguments, pure=False)
        return lambda: self._result_of(future)

    def _result_of(self, future: Any) -> Any:
        try:
            return future.result()
        except DrafterError:
            raise
        except Exception as error:
            message = _("The cluster could not do the work: {problem}").format(
                problem=str(error)[:300] or type(error).__name__
            )
            raise SourceError(message, _("Check that its workers have the same version of drafter.")) from error
        finally:
            future.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


def packed(folder: Path | None) -> bytes:
    """Return a company folder as bytes, for workers that do not see this disk."""
    if folder is None:
        return b""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            is_policy = len(relative.parts) == 1 and path.suffix == ".toml"
            wanted = is_policy or relative.parts[0] in ("templates", "rules")
            if wanted and path.is_file():
                archive.writestr(zipfile.ZipInfo(relative.as_posix()), path.read_bytes())
    return stream.getvalue()


def _result_of(future: Future[Any]) -> Any:
    try:
        return future.result()
    except BrokenProcessPool as error:
        message = _("A worker process has died; what was done until then is kept.")
        raise SourceError(
            message, _("Run the same command again: it goes on. With --workers 1 it needs less memory.")
        ) from error


@lru_cache(maxsize=2)
def _kit_of(spec: KitSpec) -> Kit:
    home = spec.home or None
    if spec.packed:
        home = tempfile.mkdtemp(prefix="drafter-")
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        with zipfile.ZipFile(io.BytesIO(spec.packed)) as archive:
            archive.extractall(home)  # made by `packed` above: relative names, no links
    return load(home, spec.model or None, "none")


def _call(spec: KitSpec, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    os.environ["DRAFTER_LANG"] = spec.language
    return function(_kit_of(spec), *arguments)


_alone = threading.Lock()


def _call_alone(spec: KitSpec, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Call where a worker may have several threads: a kit serves one at a time."""
    with _alone:
        return _call(spec, function, arguments)


def _begin_worker(until: Connection) -> None:
    """Leave Ctrl-C to the process that writes, and end when that does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(until,), daemon=True).start()


def _end_with(until: Connection) -> None:
    until.poll(None)
    os._exit(1)
