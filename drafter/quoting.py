"""What stands below a reply: who wrote when, and the mail that is answered."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time, get_timezone

from drafter.data import read_rules
from drafter.headerlines import one_line
from drafter.places import shipped
from drafter.records import Mail

MAX_QUOTED_CHARACTERS = 50_000

_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Return a text as it can stand in a message: lines end with a line feed, no other control characters but tabs."""
    if not _ODD.search(text):
        return text
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _BREAK.sub("\n", text)))


def quoted_lines(mail: Mail) -> list[str]:
    """Return the lines of the mail that is answered, bounded; none where it has no text."""
    text = clean_text(mail.body[:MAX_QUOTED_CHARACTERS]).strip("\n")
    return [line.rstrip() for line in text.split("\n")] if text.strip() else []


def attribution(mail: Mail, country: str) -> str:
    """Say who wrote the quoted mail and when, in the time of our country."""
    words = _words()
    name = one_line(mail.from_name or mail.from_address)[:100]
    if not name:
        return str(words["empty"])
    if mail.date is None:
        return str(words["otherwise"]).format(name=name)
    when, locale = _at_home(mail.date, country), Locale("de", country)
    day, clock = format_date(when, "d. MMMM y", locale), format_time(when, "HH:mm", locale=locale)
    return str(words["form"]).format(name=name, date=day, time=clock)


def _at_home(when: datetime, country: str) -> datetime:
    """Return a moment without zone as the clocks of a country show it; one without zone stays as it is."""
    if when.tzinfo is None:
        return when
    try:
        return when.astimezone(get_timezone(get_global("territory_zones")[country][0])).replace(tzinfo=None)
    except (OverflowError, ValueError):  # the first or last day that there is
        return when.replace(tzinfo=None)


@lru_cache
def _words() -> dict[str, Any]:
    blocks = read_rules(shipped("templates") / "pages" / "quote.yaml", {"id", "form", "otherwise", "empty"}, set())
    return next(block.fields for block in blocks if block["id"] == "attribution")
