"""Whose mailbox: the URL of a folder, what a connection may do, and the password, which never stands in the URL."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import NamedTuple, Self
from urllib.parse import SplitResult, unquote, urlsplit

from drafter.errors import MailboxError
from drafter.messages import _

PASSWORD = "DRAFTER_IMAP_PASSWORD"
TIMEOUT = 30.0
"""Seconds after which a server that says nothing is given up."""

_EXAMPLE = "imaps://user@imap.example.org/INBOX"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Account(NamedTuple):
    """A user of a server, and one of his folders; without folder the one that the purpose suggests."""

    scheme: str
    user: str
    host: str
    port: int
    folder: str = ""

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine, so that nobody listens on the way."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.user}@{self.host}"


class ImapSettings(NamedTuple):
    """How a server is spoken to."""

    timeout: float = TIMEOUT
    ca_file: str = ""  # further certificates to trust; the variable SSL_CERT_FILE replaces the system's
    insecure: bool = False  # speak without TLS to a server elsewhere that has none

    @classmethod
    def from_environment(cls) -> Self:
        """Read DRAFTER_IMAP_TIMEOUT, DRAFTER_IMAP_CA_FILE and DRAFTER_IMAP_INSECURE.

        Raises:
            MailboxError: the timeout is no number of seconds.
        """
        text = os.environ.get("DRAFTER_IMAP_TIMEOUT") or str(TIMEOUT)
        seconds = float(text) if re.fullmatch(r"\d{1,5}(?:\.\d{1,6})?", text) else 0.0
        if not seconds:
            problem = _("DRAFTER_IMAP_TIMEOUT: no number of seconds: {value}").format(value=text)
            raise MailboxError(problem, _("Give the seconds, such as 30."))
        insecure = os.environ.get("DRAFTER_IMAP_INSECURE", "") not in ("", "0")
        return cls(seconds, os.environ.get("DRAFTER_IMAP_CA_FILE", ""), insecure)


def parse_account(spec: str) -> Account:
    """Take a URL such as imaps://user@host:993/Folder apart; one that was a path has lost a slash.

    Raises:
        MailboxError: it is none, or holds a password; the message does not repeat it.
    """
    try:
        url = urlsplit(re.sub(r"^(\w+):/+", r"\1://", spec))
        port = url.port or (993 if url.scheme == "imaps" else 143)
    except ValueError as error:
        raise _unfit(_("not the URL of a mailbox")) from error
    if url.scheme not in ("imap", "imaps"):
        raise _unfit(_("not the URL of a mailbox"))
    if url.password is not None:
        remedy = _("Take it out: others can see it there. Set {name} instead, or store it once: {command}")
        command = f"keyring set {url.hostname or 'HOST'} USER"
        raise MailboxError(
            _("a password stands in the URL of the mailbox"), remedy.format(name=PASSWORD, command=command)
        )
    account = Account(url.scheme, unquote(url.username or ""), url.hostname or "", port, _folder(url))
    if not account.user or not account.host:
        raise _unfit(_("the URL of the mailbox names no user or no server"))
    if _CONTROL.search(account.user + account.host + account.folder):
        raise _unfit(_("the URL of the mailbox holds control characters"))
    return account


def read_password(account: Account) -> str:
    """Return the password from the environment, else from the keyring of the system.

    Raises:
        MailboxError: there is none.
    """
    password = os.environ.get(PASSWORD) or _from_keyring(account) or ""
    password = password.rstrip("\r\n")
    if not password:
        remedy = _("Set {name}, or store it once: {command}")
        command = f"keyring set {account.host} {account.user}"
        raise MailboxError(
            _("no password for {account}").format(account=account), remedy.format(name=PASSWORD, command=command)
        )
    if _CONTROL.search(password):
        raise MailboxError(_("the password for {account} holds control characters").format(account=account))
    return password


def _from_keyring(account: Account) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(account.host, account.user)
    except (KeyringError, OSError, RuntimeError):  # locked, or none on this machine
        return None


def _folder(url: SplitResult) -> str:
    """Return the folder of a URL; a ? or # is taken as part of its name."""
    more = (f"?{url.query}" if url.query else "") + (f"#{url.fragment}" if url.fragment else "")
    return unquote(url.path.removeprefix("/") + more)


def _unfit(problem: str) -> MailboxError:
    return MailboxError(problem, _("Write it like {example}").format(example=_EXAMPLE))
