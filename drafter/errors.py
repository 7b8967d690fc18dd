"""Errors that a user can read and act on.

DrafterError            message and remedy, shown without a traceback
├── DataError           a shipped or overridden word list, rule or case file is wrong
├── DeliveryError       a draft cannot be put where it should lie
├── HistoryError        the history of accepted replies cannot be used
├── MailError           one mail cannot be read; a batch goes on
├── ModelError          the spaCy pipeline cannot be loaded
├── PolicyError         drafter.toml is wrong
│   └── VersionError    it was written for a newer version
├── SourceError         an inbox export cannot be opened
│   └── MailboxError    a mail server cannot be used; a DeliveryError too
└── TemplateError       a template cannot be rendered
"""

from __future__ import annotations


class DrafterError(Exception):
    """What went wrong (`message`) and what the user can do about it (`remedy`)."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class DataError(DrafterError):
    """A data file breaks its own format; the message starts with file:line."""


class DeliveryError(DrafterError):
    """A draft cannot be written, or is not what was written when it is read back."""


class HistoryError(DrafterError):
    """The history cannot be opened, read or written."""


class MailError(DrafterError):
    """A single mail is unreadable."""


class ModelError(DrafterError):
    """The spaCy pipeline is missing or unfit."""


class PolicyError(DrafterError):
    """The policy file is wrong; the message starts with file:line."""


class VersionError(PolicyError):
    """The company folder was written for a newer version."""


class SourceError(DrafterError):
    """A source of mails cannot be opened."""


class MailboxError(SourceError, DeliveryError):
    """A mailbox on a server cannot be used, to read from or to put drafts into."""


class TemplateError(DrafterError):
    """A template is wrong; the message starts with file:line."""
