"""A connection to a mailbox: encrypted, with timeouts, folders by name; what goes wrong is said in words.

imap-tools does the talking; mails are fetched through the standard library's client below it, for imap-tools hands out
parsed messages, and our reader wants their bytes.
"""

from __future__ import annotations

import contextlib
import imaplib
import importlib.util
import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from drafter.data import read_table
from drafter.errors import MailboxError
from drafter.headerlines import one_line
from drafter.imap.account import Account, ImapSettings, read_password
from drafter.messages import _
from drafter.places import shipped

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

MAX_NAMED = 30
"""Folders that a message names."""

_FLAGS = re.compile(rb"FLAGS \(([^)]{0,2000})\)", re.IGNORECASE)


_LOST = (imaplib.IMAP4.abort, ConnectionError, ssl.SSLEOFError)


class Folder(NamedTuple):
    """A folder as the server lists it."""

    name: str
    separator: str
    flags: tuple[str, ...]  # lower case: \\drafts, \\noselect

    @property
    def can_be_opened(self) -> bool:
        """Whether it holds mails, not only folders."""
        return not {"\\noselect", "\\nonexistent"} & set(self.flags)


class Opened(NamedTuple):
    """The folder at hand."""

    name: str
    mails: int
    validity: int  # as long as it stays, so do the ids of the mails


class Stored(NamedTuple):
    """A mail as it lies in the open folder."""

    data: bytes
    flags: tuple[str, ...]  # lower case


class ConnectionLostError(MailboxError):
    """The connection broke off; another one may work."""


class Session:
    """A user's connection; a context manager that says goodbye."""

    def __init__(self, account: Account, settings: ImapSettings) -> None:
        """Connect and log in.

        Raises:
            MailboxError: no answer, no TLS, not trusted, or not let in.
        """
        _require()
        self.account, self._settings = account, settings
        password = read_password(account)
        with self.told():
            self.box = _connect(account, settings)
            try:
                self._log_in(password)
            except BaseException:
                self.drop()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop() if error else self.close()

    def close(self) -> None:
        """Log out."""
        with contextlib.suppress(Exception):  # all is done: what the server says now changes nothing
            self.box.client.logout()
        self.drop()

    def drop(self) -> None:
        """Cut the connection without a word: a server that does not answer would be waited for once more."""
        with contextlib.suppress(Exception):
            self.box.client.shutdown()

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Turn whatever goes wrong with the server into words.

        Raises:
            MailboxError: it went wrong.
        """
        from imap_tools import ImapToolsError

        try:
            yield
        except (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError) as error:
            raise _said(self.account, self._settings, error) from error

    def folders(self) -> list[Folder]:
        """List the folders, with their purposes where the server knows them."""
        with self.told():
            listed = self.box.folder.list()
            special = self._special()
        return [
            Folder(
                one.name,
                one.delim,
                tuple(dict.fromkeys([flag.lower() for flag in one.flags] + special.get(one.name, []))),
            )
            for one in listed
        ]

    def find(self, wanted: str) -> str:
        """Return the name of a folder as the server has it; a / may stand for its own separator.

        Raises:
            MailboxError: there is no such folder; the message names those there are.
        """
        folders = [folder for folder in self.folders() if folder.can_be_opened]
        for folder in folders:
            if folder.name == wanted or wanted.upper() == "INBOX" == folder.name.upper():
                return folder.name
        for folder in folders:
            if folder.separator not in ("", "NIL") and folder.name == wanted.replace("/", folder.separator):
                return folder.name
        raise self._no_folder(_("no folder {name}").format(name=one_line(wanted)), folders)

    def find_drafts(self) -> str:
        """Return the folder for drafts: the one that the server marks, else one that is called so.

        Raises:
            MailboxError: there is none; the message names the folders there are.
        """
        folders = [folder for folder in self.folders() if folder.can_be_opened]
        if marked := next((folder for folder in folders if "\\drafts" in folder.flags), None):
            return marked.name
        for name in _drafts_names():
            for folder in folders:
                if folder.name.rpartition(folder.separator)[2].lower() == name.lower():
                    return folder.name
        raise self._no_folder(_("no folder for drafts found"), folders)

    def examine(self, name: str) -> Opened:
        """Open a folder for reading only.

        Raises:
            MailboxError: it cannot be opened.
        """
        with self.told():
            count = self.box.folder.set(name, readonly=True)[1][0]
            validity = self.box.client.response("UIDVALIDITY")[1][0]
            return Opened(name, int(count or 0), int(validity or 0))

    def fetch(self, numbers: str, what: str) -> list[Any]:
        """Fetch from the open folder by number; numbers stay while nothing else is asked (RFC 3501, 7.4.1).

        Returns:
            What imaplib gives: bytes for a line, a pair of bytes for a line and the literal after it.

        Raises:
            MailboxError: the server does not give it.
        """
        with self.told():
            status, data = self.box.client.fetch(numbers, what)
            if status != "OK":
                raise imaplib.IMAP4.error(_text(data))
            return [item for item in data if item is not None]

    def read_back(self, uid: str, header: tuple[str, str]) -> Stored | None:
        """Return a mail of the open folder by its id, else by a header that only it has; None where it is not found.

        Raises:
            MailboxError: the server does not answer.
        """
        client = self.box.client
        with self.told():
            client.noop()  # lets the server see what was appended meanwhile
            if not uid:
                status, data = client.uid("SEARCH", "HEADER", *header)
                uid = (data[0] or b"").decode().split()[-1] if status == "OK" and data[0] else ""
            status, data = client.uid("FETCH", uid, "(FLAGS BODY.PEEK[])") if uid else ("NO", [])
        body = next((item[1] for item in data if isinstance(item, tuple)), None) if status == "OK" else None
        if not body:
            return None
        flags = _FLAGS.search(b" ".join(item if isinstance(item, bytes) else item[0] for item in data if item))
        return Stored(body, tuple((flags[1] if flags else b"").decode("ascii", "replace").lower().split()))

    def _log_in(self, password: str) -> None:
        from imap_tools import ImapToolsError

        user = self.account.user
        log_in = self.box.login if (user + password).isascii() else self.box.login_utf8
        try:
            log_in(user, password, initial_folder=None)
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, ImapToolsError) as error:
            answer = _answer(error).replace(password, "***")
            problem = _("{account} is not let in: {answer}").format(account=self.account, answer=answer)
            remedy = _("Check user and password; some providers want a password made for one program alone.")
            raise MailboxError(problem, remedy) from None

    def _special(self) -> dict[str, list[str]]:
        """Return the purposes that some servers tell only on request (RFC 6154)."""
        if "SPECIAL-USE" not in self.box.client.capabilities:
            return {}
        with contextlib.suppress(imaplib.IMAP4.error):
            status, _data = self.box.client.list('""', '"*" RETURN (SPECIAL-USE)')
            if status == "OK":
                return _purposes(_data)
        return {}

    def _no_folder(self, problem: str, folders: list[Folder]) -> MailboxError:
        names = ", ".join(one_line(folder.name) for folder in folders[:MAX_NAMED])
        return MailboxError(f"{self.account}: {problem}", _("Name one of: {names}").format(names=names or "-"))


def _connect(account: Account, settings: ImapSettings) -> BaseMailBox:
    """Open a connection that nobody on the way can read, unless there is no way or it is wanted so."""
    from imap_tools import MailBox, MailBoxUnencrypted

    context = _trust(settings)
    if account.scheme == "imaps" or account.port == 993:
        return MailBox(account.host, account.port, settings.timeout, ssl_context=context)
    box = MailBoxUnencrypted(account.host, account.port, settings.timeout)
    if "STARTTLS" in box.client.capabilities:
        _go_over_to_tls(box, context)
    elif not account.is_local and not settings.insecure:
        box.client.shutdown()
        problem = _("{account}: the server offers no encryption").format(account=account)
        raise MailboxError(
            problem, _("Try imaps:// instead of imap://; --insecure goes on without, passwords can be read.")
        )
    return box


def _go_over_to_tls(box: BaseMailBox, context: ssl.SSLContext) -> None:
    try:
        box.client.starttls(context)
    except BaseException:
        with contextlib.suppress(OSError):  # the wrapping has closed it already, or not
            box.client.shutdown()
        raise


def _trust(settings: ImapSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file:
        try:
            context.load_verify_locations(settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            problem = error.strerror if not isinstance(error, ssl.SSLError) else _("no certificates in it")
            raise MailboxError(
                f"{settings.ca_file}: {problem}", _("Name a file of certificates in PEM form.")
            ) from error
    return context


def _said(account: Account, settings: ImapSettings, error: Exception) -> MailboxError:
    """Say what went wrong and what can be done."""
    where = f"{account.host}:{account.port}"
    if isinstance(error, TimeoutError):
        problem = _("{server}: no answer within {seconds:g} seconds").format(server=where, seconds=settings.timeout)
        return MailboxError(problem, _("Check the server, the port, and the way there."))
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = _("{server}: its certificate is not trusted: {reason}")
        remedy = _("Name the file of your own authority with --ca-file, or check the name of the server.")
        return MailboxError(problem.format(server=where, reason=one_line(error.verify_message)), remedy)
    if isinstance(error, _LOST) and not isinstance(error, ConnectionRefusedError):
        problem = _("{server}: the connection broke off").format(server=where)
        return ConnectionLostError(problem, _("Run it again: it goes on where it stopped."))
    if isinstance(error, ssl.SSLError):
        problem = _("{server}: no encrypted connection: {reason}").format(
            server=where, reason=one_line(error.reason or "")
        )
        return MailboxError(problem, _("imaps:// is for port 993; imap:// begins in plain text and goes over to TLS."))
    if isinstance(error, socket.gaierror):
        return MailboxError(_("{server}: no such server").format(server=where), _("Check its name."))
    if isinstance(error, ValueError):
        problem = _("{server}: answers in a way that is no IMAP: {reason}")
        return MailboxError(
            problem.format(server=where, reason=one_line(str(error))), _("Check the server and the port.")
        )
    reason = error.strerror if isinstance(error, OSError) and error.strerror else _answer(error)
    return MailboxError(f"{where}: {reason}", _("Check the server, the port, and the way there."))


def _answer(error: Exception) -> str:
    """Return what the server said, as one line."""
    result = getattr(error, "command_result", None)
    return _text(result[1]) if result else one_line(str(error)) or type(error).__name__


def _text(data: Any) -> str:
    parts = (item if isinstance(item, bytes) else item[0] for item in data or () if item)
    return one_line(b" ".join(parts).decode("utf-8", "replace"))


def _purposes(lines: list[Any]) -> dict[str, list[str]]:
    from imap_tools.imap_utf7 import utf7_decode

    found = {}
    for line in lines:
        head, name = (line[0], line[1]) if isinstance(line, tuple) else (line or b"", None)
        match = re.match(rb'\(([^)]{0,500})\) (?:"[^"]{0,3}"|NIL) ?"?(.*?)"?$', head)
        if match:
            flags = match[1].decode("ascii", "replace").lower().split()
            found[utf7_decode(match[2] if name is None else name)] = flags
    return found


def _drafts_names() -> list[str]:
    path: Path = shipped("models") / "lexicon" / "draft_folders.tsv"
    return [row["name"] for row, _where in read_table(path, ("name",))]


def _require() -> None:
    if importlib.util.find_spec("imap_tools") is None:
        remedy = _("Install it: {command}").format(command='pip install "drafter[imap]"')
        raise MailboxError(_("a mailbox needs the package imap-tools"), remedy)
