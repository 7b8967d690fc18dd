"""Tell from shape and evidence whether a line is the name that a mail is signed with."""

from __future__ import annotations

import re

from drafter.records import Mail
from drafter.zones.rules import ZoneRules

MAX_NAME = 60
MAX_NAME_WORDS = 5
MAX_ADDITION_WORDS = 6

_WORD = re.compile(r"[^\W\d_]+(?:['’.-]{1,2}[^\W\d_]+)*\.?")
_INITIAL = re.compile(r"[^\W\d_](?:\.|\.-[^\W\d_]\.)?")
_BREAK = re.compile(r"\s*[,(/|]\s*|\s[–-]\s")
_EVIDENCE = re.compile(r"[^\W\d_]{3,}")


def sender_words(mail: Mail) -> frozenset[str]:
    """The words of the sender's name and of the local part of the address, lower case."""
    local = mail.from_address.partition("@")[0]
    return frozenset(word.lower() for word in _EVIDENCE.findall(f"{mail.from_name} {local}"))


def name_evidence(line: str, sender: frozenset[str], rules: ZoneRules) -> int:
    """Rate a line as a signature: 0 no name, 1 shaped like one word, 2 shaped like a full name, 3 surely a name."""
    line = line.strip().rstrip(".,;") if len(line) <= MAX_NAME + 20 else ""
    title = rules.match("name_title", line)
    rest = line[title.end() :] if title else line
    pieces = _BREAK.split(rest, maxsplit=1)
    words = pieces[0].split()
    addition = pieces[1].split() if len(pieces) > 1 else []
    if not 1 <= len(words) <= MAX_NAME_WORDS or len(pieces[0]) > MAX_NAME or len(addition) > MAX_ADDITION_WORDS:
        return 0
    core = [word for word in words if not rules.match("name_particle", word)]
    if not core or not all(_WORD.fullmatch(word) for word in core):
        return 0
    return _rate(line, core, sender, rules)


def _rate(line: str, core: list[str], sender: frozenset[str], rules: ZoneRules) -> int:
    lower = [word.lower().rstrip(".") for word in core]
    if sender and all(_known(word, sender) for word in lower):
        return 3
    if rules.match("not_name", line):
        return 0
    capital = all(word[0].isupper() for word in core)
    initials = len(core) > 1 and all(_INITIAL.fullmatch(word) for word in core[:-1]) and len(core[-1]) > 2
    first_name = lower[0].split("-")[0] in rules.first_names
    if initials or (first_name and (capital or len(core) == 1 or lower[0] in sender)):
        return 3
    if first_name and len(core) == 2 and not rules.match("not_closing", line):
        return 2
    if capital and sender & {part for word in lower for part in _EVIDENCE.findall(word)}:
        return 3
    return 0 if not capital else min(len(core), 2)


def _known(word: str, sender: frozenset[str]) -> bool:
    """Whether a word is part of the sender's name, or an initial of it."""
    parts = _EVIDENCE.findall(word)
    if parts:
        return all(part in sender for part in parts)
    return bool(_INITIAL.fullmatch(word)) and any(name.startswith(word[:1]) for name in sender)
