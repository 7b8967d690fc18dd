"""Mailboxes on a server: read a folder without touching it, append drafts. Needs the extra drafter[imap].

account.py takes the URL apart, session.py connects and finds folders, source.py reads, drafts.py appends.
"""

from __future__ import annotations

from drafter.imap.account import ImapSettings
from drafter.imap.source import read_imap

__all__ = ["ImapSettings", "read_imap"]
