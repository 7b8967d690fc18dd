"""Files that are whole or not there: for what a reader may open, or a program stop, at any time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def replacing(path: Path, **form: Any) -> Iterator[IO[str]]:
    """Open a file for writing that takes its name, and the place of an older one, when it was written to its end.

    Args:
        form: encoding, newline and the like, as for `open`.

    Raises:
        OSError: it cannot be written; then an older one stands as it was.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", **form) as stream:
            yield stream
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
