"""Where drafts are put: a folder of .eml, one mbox, or the drafts folder of a mailbox.

Each is a context manager with `put(key, eml)` and `flush()`, for waiting for the disk is dear and done for many drafts
at once. Nothing there is overwritten, what lies there already is not put twice, and whatever interrupts a run, a draft
lies there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from drafter.errors import DeliveryError
from drafter.messages import _
from drafter.outbox.folder import DraftFolder
from drafter.outbox.mbox import DraftMbox

if TYPE_CHECKING:
    from drafter.imap import ImapSettings

__all__ = ["DraftFolder", "DraftMbox", "Outbox", "open_outbox"]


class Outbox(Protocol):
    """A place for drafts."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def put(self, key: str, eml: bytes) -> bool:
        """Put the draft to the mail of this key there, to stay.

        Returns:
            Whether it is new; False where it was there already.

        Raises:
            DeliveryError: it cannot be put there; nothing of it is left.
        """

    def flush(self) -> None:
        """Make sure that what was put there outlives a loss of power.

        Raises:
            DeliveryError: it cannot be written.
        """


def open_outbox(where: str, out: Path, warn: Callable[[str], None], settings: ImapSettings | None = None) -> Outbox:
    """Return the place that `--drafts` names: eml, mbox, or the URL of a mailbox; entering it opens it.

    Args:
        out: the output folder, for those that are files.
        warn: told what a person should know, such as a server that changes drafts.
        settings: how a server is spoken to; None reads it from the environment.

    Raises:
        DeliveryError: there is no such place.
    """
    if where == "eml":
        return DraftFolder(out / "drafts")
    if where == "mbox":
        return DraftMbox(out / "drafts.mbox")
    if where.lower().startswith(("imap://", "imaps://")):
        from drafter.imap.drafts import ImapDrafts

        return ImapDrafts(where, warn, settings)
    raise DeliveryError(_("no place for drafts: {where}").format(where=where), _("Known: {names}.").format(
        names="eml, mbox, imaps://user@server"))  # fmt: skip
