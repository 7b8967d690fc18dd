"""Read the mails of a folder on a server, some at a time, and leave them as they are: unread, unmarked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from drafter.imap.account import ImapSettings, parse_account
from drafter.imap.session import Opened, Session
from drafter.messages import _
from drafter.read import MAX_FILE_BYTES
from drafter.sources.raw import Raw

INBOX = "INBOX"
LISTED = 500
"""Mails that are listed at a time."""

MAX_FETCHED = 50
MAX_FETCHED_BYTES = 4 * 1024 * 1024
"""Mails that are fetched at a time, unless a single one is larger."""

_NUMBER = re.compile(rb"(\d{1,10}) \(")
_UID = re.compile(rb"\bUID (\d{1,10})", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})", re.IGNORECASE)
_FLAGS = re.compile(rb"\bFLAGS \(([^)]{0,2000})\)", re.IGNORECASE)
_LABELS = {b"\\deleted": "trashed", b"\\draft": "draft", b"\\answered": "replied"}


class _Listed(NamedTuple):
    number: int
    uid: int
    size: int
    labels: tuple[str, ...]


def read_imap(spec: str, settings: ImapSettings | None = None) -> Iterator[Raw]:
    """Return the mails of a folder on a server, without a folder those of the inbox.

    The server is reached here and now, the mails are fetched as they are asked for. Keys are made of the ids that the
    server gives for good: imap/INBOX:UIDVALIDITY/UID.

    Args:
        settings: None reads them from the environment.

    Raises:
        MailboxError: the server cannot be used, or has no such folder; while reading, the connection broke off.
    """
    session = Session(parse_account(spec), settings or ImapSettings.from_environment())
    try:
        opened = session.examine(session.find(session.account.folder or INBOX))
    except BaseException:
        session.drop()
        raise
    return _mails(session, opened)


def _mails(session: Session, opened: Opened) -> Iterator[Raw]:
    with session:
        for first in range(1, opened.mails + 1, LISTED):
            last = min(first + LISTED - 1, opened.mails)
            listed = _list(session, first, last)
            for some in _portions(listed):
                yield from _fetch(session, opened, some)


def _list(session: Session, first: int, last: int) -> list[_Listed]:
    found: dict[int, _Listed] = {}
    for item in session.fetch(f"{first}:{last}", "(UID RFC822.SIZE FLAGS)"):
        line = item if isinstance(item, bytes) else item[0]
        number, uid, size, flags = (pattern.search(line) for pattern in (_NUMBER, _UID, _SIZE, _FLAGS))
        if number and uid and size:  # others tell of flags that somebody sets meanwhile
            labels = [_LABELS.get(flag.lower(), "") for flag in (flags[1] if flags else b"").split()]
            found[int(number[1])] = _Listed(int(number[1]), int(uid[1]), int(size[1]), tuple(filter(None, labels)))
    return [found[number] for number in sorted(found)]


def _portions(listed: list[_Listed]) -> Iterator[list[_Listed]]:
    """Yield mails in portions that are fetched at once; one that is too large stands alone."""
    some: list[_Listed] = []
    for one in listed:
        size = sum(other.size for other in some)
        if some and (len(some) >= MAX_FETCHED or size + one.size > MAX_FETCHED_BYTES):
            yield some
            some = []
        some.append(one)
    if some:
        yield some


def _fetch(session: Session, opened: Opened, some: list[_Listed]) -> Iterator[Raw]:
    wanted = [str(one.number) for one in some if one.size <= MAX_FILE_BYTES]
    found = _bodies(session.fetch(",".join(wanted), "(UID BODY.PEEK[])")) if wanted else {}
    for one in some:
        key, labels = f"imap/{opened.name}:{opened.validity}/{one.uid}", (opened.name, *one.labels)
        if one.size > MAX_FILE_BYTES:
            error = _("larger than {size} MB").format(size=MAX_FILE_BYTES // 1024 // 1024)
        else:
            error = "" if found.get(one.number) else _("the server did not hand it over")
        yield Raw(key, found.get(one.number, b""), "eml", error, labels)


def _bodies(items: list[Any]) -> dict[int, bytes]:
    heads = ((_NUMBER.match(item[0]), item[1]) for item in items if isinstance(item, tuple))
    return {int(number[1]): body for number, body in heads if number}
