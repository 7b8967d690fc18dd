"""Header values: addresses, dates as mail programs write them, and the names of header lines in a text."""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from functools import cache

from drafter.data import read_table
from drafter.decode import field
from drafter.places import shipped

MAX_FIELD = 500
"""No header value that is handed on is longer."""

MAX_ADDRESSES = 50

LABEL = re.compile(r"[*_ \t]{0,4}([^\W\d_][\w .-]{0,20}?)[ \t]?[*_]{0,3}:[*_]{0,3}(?:[ \t]+(.*)|$)")
"""A header line as it stands in a text, perhaps in bold: `**Von:** Name`."""

_BRACKETED = re.compile(r"<\s{0,3}([^<>\s]{1,320})\s{0,3}>")
_BARE_ADDRESS = re.compile(r"[^\s<>\"(),;:\[\]]{1,64}@[^\s<>\"(),;:\[\]]{1,255}")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NUMERIC_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})\b")
_NAMED_DATE = re.compile(r"(\d{1,2})\.?\s{1,3}([^\W\d_]{3,9})\.?,?\s{1,3}(\d{4})")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\b(?![.\d])")
_FLAGS = re.compile(r"[0-9a-fA-F]{1,8}")
_MOZILLA_FLAGS = ((0x0002, "replied"), (0x0008, "deleted"))


def parse_address(value: str) -> tuple[str, str]:
    """Split "Name <address>" into name and address; either may be empty."""
    value = field(value, 4 * MAX_FIELD)
    if match := _BRACKETED.search(value):
        name, address = value[: match.start()], match[1]
    elif match := _BARE_ADDRESS.search(value):
        name, address = value[: match.start()] + value[match.end() :], match[0]
    else:
        name, address = value, ""
    return field(name.strip(" \t\"'()[],;").replace('\\"', '"'), 200), field(address, 320)


def parse_date(value: str) -> datetime | None:
    """Read the date of a header line: RFC, ISO or as mail programs show it to people; None on doubt."""
    from email.utils import parsedate_to_datetime

    value = value[:200].strip()
    if _ISO_DATE.match(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return _shown_date(value)
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return _iso_date(value.strip()) or _shown_date(value)


def addresses(value: str) -> tuple[str, ...]:
    """Return the addresses in a header, in small letters and at most MAX_ADDRESSES."""
    found = itertools.islice(_BARE_ADDRESS.finditer(value), MAX_ADDRESSES)
    return tuple(dict.fromkeys(match[0].lower() for match in found))


def mailbox_labels(gmail: str, mozilla: str) -> tuple[str, ...]:
    """Return the labels of X-Gmail-Labels as they are called there, and what the flags of X-Mozilla-Status say.

    Of the flags come "deleted" (waits for the next compacting of the folder) and "replied".
    """
    labels = [label for part in gmail.split(",") if (label := part.strip(' "'))]
    flags = int(mozilla, 16) if _FLAGS.fullmatch(mozilla) else 0
    labels += [name for bit, name in _MOZILLA_FLAGS if flags & bit]
    return tuple(dict.fromkeys(labels))


@cache
def header_labels() -> dict[str, str]:
    """Header names as they stand in text, lower case, and what they mean."""
    path = shipped("models") / "lexicon" / "mail_headers.tsv"
    return {row["name"]: row["field"] for row, _ in read_table(path, ("name", "field"))}


@cache
def _months() -> dict[str, int]:
    path = shipped("models") / "lexicon" / "months.tsv"
    return {row["name"]: int(row["number"]) for row, _ in read_table(path, ("name", "number"))}


def _iso_date(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if value[4:5] == "-" else None
    except ValueError:
        return None


def _shown_date(value: str) -> datetime | None:
    if match := _NUMERIC_DATE.search(value):
        parts = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
        year, month, day = map(int, parts)
    elif match := _NAMED_DATE.search(value):
        year, month, day = int(match[3]), _months().get(match[2].lower(), 0), int(match[1])
    else:
        return None
    clock = _CLOCK.search(value, match.end())
    try:
        return datetime(year + 2000 * (year < 100), month, day, *(map(int, clock.groups()) if clock else ()))
    except ValueError:
        return None
