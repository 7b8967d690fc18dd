"""The company folder: policy, templates and rules of one's own, laid out beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from drafter.data import read_text
from drafter.errors import DrafterError
from drafter.messages import _
from drafter.places import POLICY_NAME, shipped

LAYOUT = {
    POLICY_NAME: POLICY_NAME,
    "templates/README.md": "company-templates.md",
    "rules/README.md": "company-rules.md",
}
"""The files of a fresh company folder, and the shipped files in templates/ that they are copies of."""


class LaidOut(NamedTuple):
    """The files of a company folder: those written now, and those that stood there before and were left alone."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def lay_out(folder: Path) -> LaidOut:
    """Write what a company folder lacks; nothing that stands there is touched, so a second run does no harm.

    Raises:
        DrafterError: the folder cannot be written, or a file stands where a folder has to be.
    """
    written, kept = [], []
    for relative, source in LAYOUT.items():
        target = folder / relative
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(read_text(shipped("templates") / source))
        except FileExistsError as error:
            if not target.is_file():
                raise DrafterError(f"{error.filename}: {error.strerror}", _("Name another folder.")) from error
            kept.append(target)
        except OSError as error:
            remedy = _("Name a folder that can be written.")
            raise DrafterError(f"{error.filename or target}: {error.strerror}", remedy) from error
        else:
            written.append(target)
    return LaidOut(tuple(written), tuple(kept))
