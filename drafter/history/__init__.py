"""The history of accepted replies: what the ladder, goodwill and rounds remember, and no text of any mail.

An SQLite file in the user's data folder, another file, or a PostgreSQL database for a team. SQL stands in this package
only. Nothing is imported for it and no file is made before the first reply is accepted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from drafter.history.keys import when_of
from drafter.records import Accepted, Conversation, Mail

if TYPE_CHECKING:
    from drafter.history.store import Kept, Promised, Store

NONE = "none"
"""Named instead of a place: neither read nor write any history."""

PATIENCE = 10.0
"""So many seconds a history that another process writes is waited for."""


def utc_now() -> datetime:
    """Return the time of the machine, UTC without zone."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class History:
    """Where the history lies: `url`, else DRAFTER_HISTORY, else a file in the user's data folder."""

    url: str = ""
    clock: Callable[[], datetime] = utc_now
    patience: float = PATIENCE
    run_since: datetime | None = None  # what is accepted in this run nobody has read, unless a mail answers it

    def place(self) -> str:
        """Return the URL or path in force."""
        return self.url or os.environ.get("DRAFTER_HISTORY") or str(user_data_path("drafter") / "history.sqlite")

    def today(self) -> date:
        """Return the day by the clock, where the machine stands."""
        return self.clock().replace(tzinfo=UTC).astimezone().date()

    def exists(self) -> bool:
        """Tell whether there may be something to read; a database server is asked later."""
        place = self.place()
        path = file_of(place)
        return place != NONE if path is None else _filled(path)

    def recall(self, mail: Mail) -> Conversation:
        """Return what is known about the customer before this mail; reading makes no file.

        Raises:
            HistoryError: the history cannot be read.
        """
        now = self.clock()
        if not self.exists():
            return Conversation(when_of(mail, now), now)
        return self._store().recall(mail, now, self.run_since)

    def for_run(self) -> History:
        """Return the history for a run over many mails, whose drafts are sent after all of them came."""
        return replace(self, run_since=self.clock())

    def accept(self, mail: Mail, reply: Accepted) -> bool:
        """Remember an accepted reply; the same mail counts once, however often its reply is accepted.

        Returns:
            Whether it was new.

        Raises:
            HistoryError: the history cannot be written; then nothing has changed.
        """
        return self.place() != NONE and self._store().accept(mail, reply)

    def customers(self) -> set[str]:
        """Return by what all customers are known of whom there is something to recall."""
        return self._store().customers() if self.exists() else set()

    def goodwill_spent(self) -> float:
        """Return what goodwill has cost this month."""
        return self._store().goodwill_spent(self.clock()) if self.exists() else 0.0

    def replies(self, address: str = "") -> list[Kept]:
        """Return the accepted replies to a customer, or all of them."""
        return self._store().replies(address) if self.exists() else []

    def promises(self, until: date | None = None, done: bool = False) -> list[Promised]:
        """Return open promises in the order of their days; up to a day, and with those that are done, on request."""
        return self._store().promises(until, done) if self.exists() else []

    def settle(self, numbers: Collection[int], done: bool = True) -> list[int]:
        """Mark promises as done or as open again; returns the ids that do not exist, and then nothing is marked."""
        return self._store().settle(numbers, self.clock() if done else None) if self.exists() else list(numbers)

    def forget(self, address: str) -> int:
        """Remove all that is known about a customer; returns how many replies that were."""
        return self._store().forget(address) if self.exists() else 0

    def purge(self, before: datetime) -> int:
        """Remove what was accepted before a day; returns how many replies that were."""
        return self._store().purge(before) if self.exists() else 0

    def _store(self) -> Store:
        from drafter.history.store import Store  # SQLAlchemy takes its time, and most mails have no history yet

        return Store(self.place(), self.patience)


def file_of(place: str) -> Path | None:
    """Return the file that a place names; None for a database server or for no history at all."""
    if place == NONE:
        return None
    if place.startswith("sqlite:///"):
        return Path(place.removeprefix("sqlite:///").partition("?")[0])
    return None if "://" in place else Path(place)


def _filled(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
