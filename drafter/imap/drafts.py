"""Append drafts to the folder for drafts on a server, each once, and look whether they arrived as they were sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from drafter.deliver import Contents, read_contents
from drafter.errors import DeliveryError
from drafter.imap.account import ImapSettings, parse_account
from drafter.imap.session import ConnectionLostError, Session, Stored
from drafter.messages import _
from drafter.outbox import marker

LISTED = 500
"""Drafts whose markers are looked at in one go."""

_APPENDED = re.compile(rb"APPENDUID \d{1,10} (\d{1,10})", re.IGNORECASE)
_MARK = re.compile(rb"^%s: ([0-9a-f]{32})\s*$" % marker.NAME.encode(), re.IGNORECASE | re.MULTILINE)
_MARK_OF_ALL = f"(BODY.PEEK[HEADER.FIELDS ({marker.NAME})])"
_FLAG = "\\Draft"


class ImapDrafts:
    """Puts drafts into a folder of a mailbox; the markers of those that lie there are read at opening.

    Markers are fetched, not searched for: some servers search only the headers that they have indexed.
    """

    def __init__(self, spec: str, warn: Callable[[str], None], settings: ImapSettings | None = None) -> None:
        self._account, self._warn = parse_account(spec), warn
        self._settings = settings or ImapSettings.from_environment()
        self._session: Session | None = None
        self._folder = ""
        self._seen: set[bytes] = set()
        self._warned: set[str] = set()

    def __enter__(self) -> Self:
        """Connect, find the folder, and read which drafts lie there.

        Raises:
            MailboxError: the server cannot be used, or has no such folder.
        """
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            self._session.__exit__(kind, error, trace)

    def put(self, key: str, eml: bytes) -> bool:
        """Append a draft with the flag \\Draft and read it back.

        A connection that broke off while mails were drafted is opened once more, and looked again what lies there.

        Raises:
            DeliveryError: the server does not take it or gives back another text.
        """
        mark = marker.digest(key).encode()
        if mark in self._seen:
            return False
        try:
            self._append(mark, marker.marked(key, eml))
        except ConnectionLostError:
            self._open()
            if mark not in self._seen:  # else it had arrived before
                self._append(mark, marker.marked(key, eml))
        return True

    def flush(self) -> None:
        """Do nothing: a server answers when it has a draft."""

    def _open(self) -> None:
        if self._session:
            self._session.drop()
        self._session = session = Session(self._account, self._settings)
        try:
            self._folder = session.find(self._account.folder) if self._account.folder else session.find_drafts()
            self._seen = set(_marks(session, session.examine(self._folder).mails))
        except BaseException:
            session.drop()
            raise

    def _append(self, mark: bytes, eml: bytes) -> None:
        assert self._session
        with self._session.told():
            result = self._session.box.append(eml, self._folder, flag_set=[_FLAG])
        self._seen.add(mark)
        appended = _APPENDED.search(b" ".join(item for item in result[1] if isinstance(item, bytes)))
        self._look(eml, self._session.read_back(appended[1].decode() if appended else "", (marker.NAME, mark.decode())))

    def _look(self, eml: bytes, stored: Stored | None) -> None:
        """Hold what lies there against what was sent.

        Raises:
            DeliveryError: it reads otherwise.
        """
        if stored is None:
            self._warn_once(_("the server does not give drafts back, so that they could not be compared"))
            return
        sent, found = read_contents(eml), read_contents(stored.data)
        wrong = [name for name in ("subject", "text") if _words(sent, name) != _words(found, name)]
        if wrong:
            problem = _("{folder}: the server has changed a draft: {what}")
            raise DeliveryError(problem.format(folder=self._folder, what=", ".join(wrong)))
        if (sent.in_reply_to, sent.references) != (found.in_reply_to, found.references):
            self._warn_once(_("the server drops what joins a draft to its thread (In-Reply-To, References)"))
        if not _MARK.search(stored.data):
            self._warn_once(_("the server drops the marker of drafts: a second run would put them there twice"))
        if _FLAG.lower() not in stored.flags:
            self._warn_once(_("the server does not keep the flag of a draft"))

    def _warn_once(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            self._warn(f"{self._account}: {text}")


def _marks(session: Session, count: int) -> Iterator[bytes]:
    for first in range(1, count + 1, LISTED):
        for item in session.fetch(f"{first}:{min(first + LISTED - 1, count)}", _MARK_OF_ALL):
            if isinstance(item, tuple) and (match := _MARK.search(item[1])):
                yield match[1]


def _words(contents: Contents, name: str) -> list[str]:
    return str(getattr(contents, name)).split()
