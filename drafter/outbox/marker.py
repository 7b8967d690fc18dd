"""The header by which a draft is known again: a digest of where its mail stands, of which nothing can be read."""

from __future__ import annotations

import hashlib

NAME = "X-Drafter-Key"


def digest(key: str) -> str:
    """Return the digest of the key of a mail."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def marked(key: str, eml: bytes) -> bytes:
    """Return a message with its marker as first header."""
    return f"{NAME}: {digest(key)}\r\n".encode() + eml
