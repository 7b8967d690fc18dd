"""The patterns of zones, read from data: one compiled pattern for each kind of rule."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from drafter.data import Block, Where, read_rules, read_table
from drafter.lazypattern import LazyPattern
from drafter.places import Places

KINDS = (
    "salutation", "address", "addressee", "not_addressee", "vocative", "closing", "farewell", "not_closing",
    "inline_closing", "postscript", "quoted_intro", "intro", "separator", "forward", "footer", "legal", "disclaimer",
    "banner", "not_quote", "not_name", "name_title", "name_particle", "contact", "reply_subject",
)  # fmt: skip
SEARCHED = frozenset(("not_addressee", "not_closing", "inline_closing", "contact"))
"""These kinds match anywhere in a line, the others at its beginning."""

WHOLE = frozenset(("vocative",))
"""These kinds must match the whole line."""

_PIECE = re.compile(r"%(\w{2,20})%")


class ZoneRules(NamedTuple):
    """All patterns by kind, the names of header lines, and first names as evidence for signatures."""

    patterns: dict[str, LazyPattern]
    headers: dict[str, str]
    first_names: frozenset[str]

    def match(self, kind: str, text: str) -> re.Match[str] | None:
        """Apply the rules of a kind in the way that the kind says."""
        pattern = self.patterns[kind]
        if kind in SEARCHED:
            return pattern.search(text)
        return pattern.fullmatch(text) if kind in WHOLE else pattern.match(text)


def load_rules(places: Places) -> ZoneRules:
    """Read the rules, the header names and the first names.

    Raises:
        DataError: a file breaks its format.
    """
    blocks = read_blocks(places.file("rules", "zones.yaml"))
    pieces = {block["id"]: block["pattern"] for block in blocks if block["kind"] == "fragment"}
    by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for block in blocks:
        if block["kind"] != "fragment":
            by_kind[block["kind"]].append(f"(?:{expand(block, pieces)})")
    where = Where(places.file("rules", "zones.yaml"), 1)
    patterns = {kind: LazyPattern(zip(parts, parts, strict=True), re.IGNORECASE, where)
                for kind, parts in by_kind.items()}  # fmt: skip
    headers = _pairs(places.file("lexicon", "mail_headers.tsv"), ("name", "field"))
    names = _pairs(places.file("lexicon", "first_names.tsv"), ("name", "gender"))
    return ZoneRules(patterns, headers, frozenset(names))


def read_blocks(path: Path) -> list[Block]:
    """Read the rule file and check kinds.

    Raises:
        DataError: an unknown kind, or another breach of the format.
    """
    blocks = read_rules(path, {"id", "kind", "pattern"}, {"hit", "miss"})
    for block in blocks:
        if block["kind"] not in (*KINDS, "fragment"):
            raise block.where.error(f"unknown kind '{block['kind']}'", f"Known kinds: {', '.join(KINDS)}")
    return blocks


def expand(block: Block, pieces: dict[str, str]) -> str:
    """Put the fragments into a pattern.

    Raises:
        DataError: an unknown fragment.
    """
    text = block["pattern"]
    for _ in range(3):  # fragments may use fragments
        for name in _PIECE.findall(text):
            if name not in pieces:
                raise block.where.error(f"unknown fragment %{name}%")
        text = _PIECE.sub(lambda match: pieces[match[1]], text)
    return str(text)


def _pairs(path: Path, columns: tuple[str, str]) -> dict[str, str]:
    if not path.is_file():
        return {}
    return {row[columns[0]].lower(): row[columns[1]] for row, _ in read_table(path, columns)}
