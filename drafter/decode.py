"""Bytes to readable text: character sets that lie, mojibake, control characters.

Nothing here raises on bad input: what cannot be read becomes U+FFFD, and every
repair leaves a note.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from functools import lru_cache

SAMPLE_BYTES = 8_192
"""How much of a file is looked at to tell text from binary."""

MAX_BODY_CHARACTERS = 1_000_000
"""The text of a mail is cut here, with a note."""

MAX_TEXT_BYTES = 6 * MAX_BODY_CHARACTERS
"""More bytes than this are not looked at for the text of one part, however it is encoded."""

MAX_REPAIRED_LINES = 10_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"\x7fELF", b"Rar!")
_TEXT_CODECS = re.compile(r"(?:utf|iso|cp|koi8|mac|gb|big5|shift|euc|tis|hz|windows|latin|ascii)", re.IGNORECASE)
"""Python also knows codecs that are no character sets, some of them slow: only these are let in."""

_SINGLE_BYTE = re.compile(r"iso8859|cp125\d|latin")
_C0 = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_C1 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
_C1_ANY = re.compile("[\x80-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MOJIBAKE = re.compile("[ÃÂ][\x80-\xbf€ƒ„…†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ]|â€|Ãƒ|ðŸ")
_TROUBLE = re.compile("[ÃÂâð\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Without one of these a text needs no repair; most have none."""

_FIELD_JUNK = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")


def is_binary(raw: bytes) -> bool:
    """Tell whether bytes are no text in any character set."""
    sample = raw[:SAMPLE_BYTES]
    if sample.startswith(_MAGIC):
        return True
    if any(sample.startswith(bom) for bom, _ in _BOMS) or _wide(sample):
        return False
    control = sum(byte < 32 and byte not in b"\t\n\r\x0c\x1b" for byte in sample)
    allowed = 0.3 if _valid_utf8(sample) else 0.05
    return control > max(2, allowed * len(sample))


def encoding_of(chunks: Iterable[bytes]) -> str:
    """Return the character set of a text that carries no label, from all of its bytes, piece by piece."""
    decoder, first = codecs.getincrementaldecoder("utf-8")(), True
    for chunk in chunks:
        if first:
            if marked := next((name for bom, name in _BOMS if chunk.startswith(bom)), ""):
                return marked
            if wide := _wide(chunk[:SAMPLE_BYTES]):
                return wide
            first = False
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def decode(raw: bytes, charset: str | None = None) -> tuple[str, str]:
    """Return the text and a note on what had to be repaired ("" for nothing).

    The declared character set is believed where it fits. Without one, UTF-8 is tried, then Windows-1252.
    """
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return raw.decode(name, "replace"), ""
    known = _known(charset)
    if charset and not known:
        return _guess(raw), f"unknown character set '{field(charset, 40)}'"
    if known in ("", "ascii"):
        note = f"8-bit text labelled {charset}" if known and not raw.isascii() else ""
        return _guess(raw), note
    if known == "utf-8":
        return _utf8(raw)
    if _SINGLE_BYTE.match(known):
        return _single_byte(raw, known)
    try:
        return raw.decode(known), ""
    except (UnicodeError, ValueError):
        return raw.decode(known, "replace"), f"broken {known}"


def clean(text: str) -> tuple[str, str]:
    """Unify line ends, drop control characters, undo mojibake; return the text and a note."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _TROUBLE.search(text):
        return text, ""
    text = text.replace("\x0c", "\n").replace("\x85", "…")
    text, note = _undo_mojibake(text)
    if _C1_ANY.search(text):
        text = text.translate(_C1)
    if _SURROGATE.search(text):
        text = _SURROGATE.sub("\ufffd", text)
    return _C0.sub("", text), note


def field(value: str, limit: int) -> str:
    """Make a header value one bounded line: no control character can reach a later header."""
    line = value[: 4 * limit]
    if not (line.isascii() and line.isprintable()):
        line = _SURROGATE.sub("\ufffd", _FIELD_JUNK.sub(" ", line))
    return " ".join(line.split())[:limit]


@lru_cache(maxsize=256)
def _known(charset: str | None) -> str:
    """Return Python's name of a character set, "" where there is none."""
    try:
        name = codecs.lookup((charset or "").strip().strip("\"'")).name
    except (LookupError, ValueError):
        return ""
    return name if _TEXT_CODECS.match(name) else ""


def _utf8(raw: bytes) -> tuple[str, str]:
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _guess(raw), "text is not the UTF-8 that it claims to be"


def _single_byte(raw: bytes, known: str) -> tuple[str, str]:
    """Believe a single-byte label only where the bytes are not plainly UTF-8; Latin-1 is Windows-1252 in practice."""
    if not raw.isascii() and _valid_utf8(raw):
        return raw.decode("utf-8"), f"UTF-8 labelled {known}"
    return raw.decode("cp1252" if known in ("iso8859-1", "latin-1") else known, "replace"), ""


def _guess(raw: bytes) -> str:
    """Decode without a label: UTF-16 without mark, UTF-8 (also cut or slightly broken), else Windows-1252."""
    if wide := _wide(raw[:SAMPLE_BYTES]):
        return raw.decode(wide, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(map(len, re.findall("[^\x00-\x7f\ufffd]+", text)))
    return text if whole > broken else raw.decode("cp1252", "replace")


def _valid_utf8(raw: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(raw)
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes) -> str:
    """Recognise UTF-16 without a mark: nearly every second byte of Western text is zero."""
    if len(sample) < 8:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    enough = len(sample) * 0.4
    if odd > enough and even < odd / 8:
        return "utf-16-le"
    return "utf-16-be" if even > enough and odd < even / 8 else ""


def _undo_mojibake(text: str) -> tuple[str, str]:
    """Undo UTF-8 that was read as something else, line by line and only where its marks are plain."""
    if not _MOJIBAKE.search(text):
        return text, ""
    from ftfy import fix_encoding  # takes a tenth of a second to import; most mails never need it

    lines = text.split("\n")
    better = list(lines)
    broken = [index for index, line in enumerate(lines) if _MOJIBAKE.search(line)]
    for index in broken[:MAX_REPAIRED_LINES]:
        repaired = fix_encoding(lines[index])
        if len(_MOJIBAKE.findall(repaired)) < len(_MOJIBAKE.findall(lines[index])):
            better[index] = repaired
    return "\n".join(better), "mojibake undone" if better != lines else ""
