"""Make the tables where there are none, lift those of an older version, refuse those of a newer one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, inspect, select

from drafter.errors import HistoryError
from drafter.history.tables import VERSION, meta, promise, tables
from drafter.messages import _


def _renew_promises(connection: Connection) -> None:
    """Make the table of promises anew: before version 3 nothing was written to it."""
    promise.drop(connection)
    promise.create(connection)


MIGRATIONS: Mapping[int, Callable[[Connection], None]] = {
    2: promise.create,
    3: _renew_promises,
}
"""What lifts the tables to each version from the one before; all in the transaction of the connection."""

_VERSION_ROW = "schema"


def version_of(connection: Connection) -> int:
    """Return the version of the tables; 0 where there are none.

    Raises:
        HistoryError: they are of a newer version, or a file holds the tables of another program.
    """
    names = inspect(connection).get_table_names()
    if meta.name not in names:
        if names and connection.dialect.name == "sqlite":  # a server's database may well hold other tables
            raise HistoryError(_("This is a database of another program."), _("Name another file for the history."))
        return 0
    value = connection.scalar(select(meta.c.value).where(meta.c.name == _VERSION_ROW))
    if not value or not value.isdigit():
        raise HistoryError(_("The history is damaged, or it is no history."), _("Restore it from a backup."))
    number = int(value)
    if number > VERSION:
        raise HistoryError(
            _("The history is of version {number}; this drafter knows up to {known}.").format(
                number=number, known=VERSION
            ),
            _("Install a newer drafter, or name another history."),
        )
    return number


def lift(connection: Connection) -> None:
    """Bring the tables to the version of this program, in the transaction of the connection.

    Raises:
        HistoryError: they are of a newer version.
    """
    found = version_of(connection)
    if found == VERSION:
        return
    if found == 0:
        tables.create_all(connection)
        connection.execute(meta.insert().values(name=_VERSION_ROW, value=str(VERSION)))
        return
    for number in range(found + 1, VERSION + 1):
        MIGRATIONS[number](connection)
    connection.execute(meta.update().where(meta.c.name == _VERSION_ROW).values(value=str(VERSION)))
