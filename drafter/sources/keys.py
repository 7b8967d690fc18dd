"""Keys of mails that are records: by ticket and article, so that a later export of the same helpdesk says the same."""

from __future__ import annotations

from typing import Any

from drafter.decode import field


class Keys:
    """Makes the keys of one export; every key once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._taken = set[int]()  # hashes: some 60 bytes a mail are all that is kept of an export

    def key(self, record: dict[str, Any], place: str, index: int = 0) -> str:
        """Return the key of a record; one without a ticket is known by its place alone.

        Args:
            place: the number of its line, row or object.
            index: the number of the article in its ticket, 0 where it is the only one.
        """
        ticket, number = field(str(record.get("ticket", "")), 100), field(str(record.get("id", "")), 100)
        part = number if number != ticket else ""
        if not ticket:
            return f"{self._name}:{place}" + (f"/{index}" if index else "")
        key = f"{self._name}:#{ticket}" + (f"/{part or index}" if part or index else "")
        if hash(key) in self._taken:
            return f"{key}~{place}" + (f"/{index}" if index else "")
        self._taken.add(hash(key))
        return key
