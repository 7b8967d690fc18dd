"""Why a mail of an export is not answered, in words for people."""

from __future__ import annotations

from functools import lru_cache

from drafter.messages import _, language

_TEXTS = {
    "answered": "The mail program says that it was answered; the answer is not in the export.",
    "auto_reply": "An automatic reply.",
    "bounce": "A mail that could not be delivered.",
    "chat": "A chat, no mail.",
    "draft": "An unsent draft.",
    "empty": "The mail is empty.",
    "internal": "A note among colleagues.",
    "list": "A mailing list.",
    "newsletter": "A newsletter or advertising.",
    "no_reply": "Sent by an address that nobody reads, and it names no customer.",
    "own": "The mail is our own.",
    "sent": "Lies among the sent mails.",
    "spam": "Lies in the spam folder.",
    "trash": "Lies in the trash.",
    "unreadable": "The mail cannot be read.",
}
_WITH_OTHER = {
    "answered": "Answered already: {key}.",
    "duplicate": "The same mail is there already: {key}.",
    "superseded": "A later mail is answered for it: {key}.",
}
_OWN_FORWARD = "Forwarded by ourselves: a customer's mail in it is to be answered where it came in."
_OWN_SILENT = "Our own mail, which answers nobody: automatic, or among colleagues."


def why(reason: str, other: str, is_forward: bool, is_silent: bool) -> str:
    """Return the sentence for a reason; `other` is the key of the mail because of which it is so.

    Args:
        is_forward: our own mail, which hands another on.
        is_silent: our own mail, which cannot be an answer.
    """
    if other and reason in _WITH_OTHER:
        return _said(_WITH_OTHER[reason], language()).format(key=other)
    text = _OWN_FORWARD if is_forward else _OWN_SILENT if is_silent else _TEXTS.get(reason, "")
    return _said(text, language())


@lru_cache(maxsize=64)
def _said(text: str, language: str) -> str:
    return _(text)
