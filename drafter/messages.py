"""Texts for people in their language: English source, German catalogue in locale/.

DRAFTER_LANG decides, else the locale of the environment.
"""

from __future__ import annotations

import difflib
import gettext
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drafter.records import Promise

_FOLDER = Path(__file__).parent / "locale"


def language() -> str:
    """Return the language wished for, such as "de" or "en"."""
    for name in ("DRAFTER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return _code(value)
    return "en"


@lru_cache
def _code(locale: str) -> str:
    return locale.split(".")[0].split("_")[0].lower()


@lru_cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation("drafter", _FOLDER, [code], fallback=True)


def _(text: str) -> str:
    """Return the text in the user's language; an unknown text stays as it is."""
    return _said(language(), text) if text else ""


@lru_cache(maxsize=2_000)
def _said(code: str, text: str) -> str:
    return _catalogue(code).gettext(text)


def known_names(names: Iterable[str]) -> str:
    """Say which names there are, as the remedy for an unknown one."""
    return _("Known: {names}.").format(names=", ".join(names))


def near(name: str, known: Iterable[str]) -> str:
    """Return a question for the nearest known name, to follow a message; empty where none is near."""
    found = difflib.get_close_matches(name, list(known), 1)
    return _(", did you mean '{name}'?").format(name=found[0]) if found else ""


def threat_name(kind: str) -> str:
    """Return the name of a threat; a review is a rating here, elsewhere a person's look."""
    return _catalogue(language()).pgettext("threat", kind.replace("_", " "))


def told(message: str) -> str:
    """Translate a message that may begin with a place: FILE:LINE: text."""
    whole = _(message)
    if whole != message or ": " not in message:
        return whole
    place, text = message.split(": ", 1)
    return f"{place}: {_(text)}"


def told_promise(promise: Promise) -> str:
    """Say what was promised; what a customer has to choose first, with that condition."""
    if promise.kind == "notice":
        return _("New date: {what}").format(what=promise.what).rstrip(": ")
    if promise.kind == "option":
        return _("{what} (if he chooses it)").format(what=_(promise.what))
    return _(promise.what)
