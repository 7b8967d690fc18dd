"""Write the header lines of a message: whatever a value holds, it stays one value of one header.

Values come from mails of strangers. What is no plain ASCII becomes encoded words (RFC 2047), addresses and ids are
written only where they have the shape of one. The email package does this too, at twenty times the price.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from email.utils import getaddresses
from functools import lru_cache
from itertools import chain

import idna

from drafter.decode import field
from drafter.headers import parse_address

MAX_TEXT = 400
"""Characters of a subject or a name."""

MAX_LIST = 2_000
"""Characters of a list of addresses."""

_LINE = 76
_WORD_BYTES = 39  # 64 characters as an encoded word: fits beside the name of a header
_PLAIN = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_ID = re.compile(r"<[!-;=?-~]{1,400}>")
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}")
_DOT_ATOM = re.compile(r"[^.]+(?:\.[^.]+)*")
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


def text_header(name: str, text: str) -> str:
    """Return the lines of a header that holds text, such as a subject."""
    text = one_line(text)
    plain = _PLAIN.fullmatch(text) and "=?" not in text and len(name) + 2 + len(text) <= _LINE
    return f"{name}: {text if plain else _encoded(text)}\r\n"


def address_header(name: str, display: str, address: str) -> str:
    """Return the lines of a header that holds one address; nothing where it is none."""
    written = written_address(address)
    if not written:
        return ""
    display = one_line(display)
    if not display or display == address:
        return f"{name}: {written}\r\n"
    plain = _ATOMS.fullmatch(display) and "=?" not in display and len(name) + len(display) <= _LINE - 3
    shown = display if plain else _encoded(display)
    fold = " " if len(name) + len(shown) + len(written) <= _LINE - 5 and "\r" not in shown else "\r\n "
    return f"{name}: {shown}{fold}<{written}>\r\n"


def id_header(name: str, ids: Iterable[str]) -> str:
    """Return the lines of a header that holds message ids, one a line; nothing where there is none."""
    known = "\r\n ".join(ids)
    return f"{name}: {known}\r\n" if known else ""


def valid_ids(ids: Iterable[str]) -> list[str]:
    """Return those that can be written as message ids, each once; exports may have taken off their brackets."""
    bracketed = (one if one.startswith("<") else f"<{one}>" for one in ids)
    return list(dict.fromkeys(one for one in bracketed if _ID.fullmatch(one)))


@lru_cache(4_096)
def written_address(address: str) -> str:
    """Return an address as headers have it, its domain in ASCII; "" where it is none.

    The part before the @ stays in UTF-8 where it is (RFC 6532): there is no other way to write it.
    """
    local, _, domain = address.rpartition("@")
    if not _LOCAL.fullmatch(local) or field(local, MAX_TEXT) != local:
        return ""
    try:
        ascii_domain = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return ""
    if not _DOMAIN.fullmatch(ascii_domain):
        return ""
    return f"{local if _DOT_ATOM.fullmatch(local) else chr(34) + local + chr(34)}@{ascii_domain}"


def first_address(value: str, wanted: Callable[[str], bool] = bool) -> tuple[str, str]:
    """Return name and address of the first in a list of addresses that can be written and is wanted, else ("", "")."""
    found = chain(getaddresses([value[:MAX_LIST]]), map(parse_address, [value]))
    return next((pair for pair in found if written_address(pair[1]) and wanted(pair[1])), ("", ""))


def one_line(text: str) -> str:
    """Return a text as one bounded line without control characters."""
    return field(text, MAX_TEXT)


def _encoded(text: str) -> str:
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in _chunks(text))


def _chunks(text: str) -> Iterator[bytes]:
    chunk = b""
    for char in text:
        piece = char.encode()
        if len(chunk) + len(piece) > _WORD_BYTES:
            yield chunk
            chunk = b""
        chunk += piece
    yield chunk
