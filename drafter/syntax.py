"""Say in plain words, and in the reader's language, what Jinja finds wrong with a template."""

from __future__ import annotations

import re

from drafter.messages import _, near

TAGS = ("if", "elif", "else", "endif", "for", "endfor", "set", "include")
"""The words that may stand behind {%."""

_MEANT = {"elseif": "elif", "elsif": "elif", "end": "endif"}
_BLOCK = re.compile(r"\{%-?\s*(end)?(if|for|set)\b([^%]*)")
_REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)
_OPEN = re.compile(r"innermost block that needs to be closed is '(\w+)'")
_TAG = re.compile(r"Encountered unknown tag '(\w+)'")
_SIGN = re.compile(r"unexpected char (['\"])(.+)\1 at \d+", re.DOTALL)
_UNCLOSED = re.compile(r"unexpected '(.+)', expected '(.+)'", re.DOTALL)
_PLACE = re.compile(
    r"(?:expected token '(?P<expected>.+)', got|Expected an expression, got|unexpected) '(?P<found>.+)'", re.DOTALL
)
_UNENDED = re.compile(r"unexpected end of template, expected '(.+)'")
_CLOSERS = {"end of print statement": "}}", "end of statement block": "%}"}
_QUOTES = "„“”‚‘’«»‹›"


def plain_problem(message: str) -> str:
    """Return what a message of Jinja means; one that nobody has foreseen stays as it is."""
    opened = _OPEN.search(message)
    if opened and message.startswith("Unexpected end of template"):
        return _unclosed(opened[1])
    if tag := _TAG.match(message):
        return _unknown_tag(tag[1], opened[1] if opened else "")
    if sign := _SIGN.fullmatch(message):
        return _unexpected_sign(sign[2])
    if unclosed := _UNCLOSED.fullmatch(message):
        return _("'{sign}' is missing").format(sign=unclosed[2])
    if unended := _UNENDED.match(message):
        return _("'{sign}' is missing").format(sign=_CLOSERS.get(unended[1], unended[1]))
    if message.startswith("Missing end of comment tag"):
        return _("'{sign}' is missing").format(sign="#}")
    if place := _PLACE.fullmatch(message):
        return _out_of_place(place["expected"] or "", place["found"])
    return message


def sign_of(message: str) -> str:
    """Return the word or sign at which Jinja stumbled, so that its column can be found; empty where none is named."""
    if found := _TAG.match(message) or _UNCLOSED.fullmatch(message):
        return found[1]
    if sign := _SIGN.fullmatch(message):
        return sign[2]
    place = _PLACE.fullmatch(message)
    return _CLOSERS.get(place["found"], place["found"]) if place else ""


def open_block(source: str, message: str) -> int:
    """Return where the block begins that a message of Jinja calls unclosed, or -1."""
    opened = _OPEN.search(message)
    if not opened or not message.startswith("Unexpected end of template"):
        return -1
    waiting: list[int] = []
    for match in _BLOCK.finditer(_REMARK.sub(lambda remark: " " * len(remark[0]), source)):
        if match[1]:
            waiting = waiting[:-1]
        elif match[2] != "set" or "=" not in match[3]:
            waiting.append(match.start())
    return waiting[-1] if waiting else -1


def _unclosed(name: str) -> str:
    if name == "set":
        return _("{% set %} needs a name and a value, as in {% set thing = 'Bett' %}")
    return _("the block {open} is never closed; {end} is missing").format(
        open=f"{{% {name} … %}}", end=f"{{% end{name} %}}"
    )


def _unknown_tag(name: str, opened: str) -> str:
    if name.startswith("end") and name in TAGS:
        if opened:
            return _("'{name}' closes another block than the one that is open: '{open}'").format(name=name, open=opened)
        return _("'{name}' closes a block that is not open").format(name=name)
    if name in ("elif", "else"):
        return _("'{name}' stands outside of a block '{block}'").format(name=name, block="if")
    meant = near(_MEANT.get(name, name), TAGS) or f" ({', '.join(TAGS)})"
    return _("no block begins with '{name}'").format(name=name) + meant


def _unexpected_sign(sign: str) -> str:
    if sign in _QUOTES:
        return _("'{sign}' cannot stand here; in braces quotes are straight, as in 'outage'").format(sign=sign)
    if sign in "'\"":
        return _("a quote {sign} is opened and not closed").format(sign=sign)
    return _("'{sign}' cannot stand here").format(sign=sign)


def _out_of_place(expected: str, found: str) -> str:
    if found == "=":
        return _("a single '=' does not compare; write '=='")
    if found in _CLOSERS:
        return _("something is missing before '{sign}'").format(sign=_CLOSERS[found])
    missing = "; " + _("'{sign}' is missing").format(sign=_CLOSERS[expected]) if expected in _CLOSERS else ""
    return _("'{sign}' cannot stand here").format(sign=found) + missing
