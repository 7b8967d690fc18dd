"""The exports of helpdesks and mail programs, as models/rules/exports.yaml describes them, brought to common records.

A block says by which fields an export is known and where its objects keep what. A ticket with articles makes one record
an article, each with the fields of its ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from drafter.data import Block, read_rules
from drafter.mime import MESSAGE_ID
from drafter.places import shipped
from drafter.sources.paths import at_path

FIELDS = (
    "id", "subject", "from", "from_name", "from_address", "to", "date", "message_id", "in_reply_to", "references",
    "thread", "ticket", "direction", "public", "labels", "body", "html", "body_is_html",
)  # fmt: skip
"""The fields of a common record; see record.py."""

Record = dict[str, Any]
Fields = Mapping[str, tuple[str, ...]]

_MAPS = ("ticket", "fields", "opening", "customer", "agent")
_RULES = ("direction", "public", "flags")
_KEYS = {*_MAPS, *_RULES, "title", "table", "articles", "first", "opening_always", "hit", "miss"}
_MAX_LABELS = 100
_EPOCH_LIMIT = 10**11
"""Larger numbers of a date are milliseconds."""


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of export; every field of a record has the paths where it may stand, the first filled one counts."""

    id: str
    known_by: tuple[tuple[str, ...], ...]
    table: bool  # names of columns, in small letters, instead of paths
    ticket: Fields
    fields: Fields
    articles: tuple[str, ...]
    first: str
    opening: Fields  # the first mail where it stands in the ticket itself
    opening_always: bool  # ... also beside articles
    customer: Fields  # who wrote, where the article does not say it
    agent: Fields
    direction: Mapping[str, tuple[str, ...]]
    public: Mapping[str, tuple[str, ...]]
    flags: Fields  # labels, and where it is said that they hold

    def knows(self, value: Record) -> bool:
        """Tell whether an object is of this kind."""
        return any(all(self._at(value, path) is not None for path in paths) for paths in self.known_by)

    def records(self, value: Record, extra: Fields) -> list[Record]:
        """Return the mails of an object; `extra` fields come first."""
        common = self._filled({**self.ticket, **extra}, value)
        fields = {**self.fields, **extra}
        if not self.articles:
            return [self._record(fields, value, value, common)]
        articles = self._articles(value)
        records = [self._record(fields, article, value, common) for article in articles]
        if self.opening and (self.opening_always or not articles):
            common |= {"direction": "customer"} if self.direction else {}
            records.insert(0, self._record({**self.opening, **extra}, value, value, common))
        return [record for record in records if isinstance(record.get("body", record.get("html")), str)]

    def _articles(self, value: Record) -> list[Record]:
        lists = (found for path in self.articles if isinstance(found := at_path(value, path), list))
        articles = next((mails for items in lists if (mails := [item for item in items if isinstance(item, dict)])), [])
        first = at_path(value, self.first) if self.first else None
        return [first, *articles] if isinstance(first, dict) else articles

    def _record(self, fields: Fields, article: Record, ticket: Record, common: Record) -> Record:
        record = common | self._filled(fields, article)
        if self.direction and not record.get("direction"):
            record["direction"] = self._direction(article, ticket)
        author = self.agent if record.get("direction") == "agent" else self.customer
        if not record.get("from") and not record.get("from_address"):
            record |= {name: found for name, found in self._filled(author, ticket).items() if not record.get(name)}
        if self.public:
            record["public"] = self._public(article)
        labels = [label for label, paths in self.flags.items() if any(self._holds(article, ticket, p) for p in paths)]
        if labels:
            record["labels"] = [*record.get("labels", ()), *labels]
        return record

    def _at(self, value: Record, path: str) -> Any:
        return value.get(path) if self.table else at_path(value, path)

    def _filled(self, fields: Fields, value: Record) -> Record:
        """Return the fields that are filled, in the form that records have."""
        record: Record = {}
        for name, paths in fields.items():
            found = next((item for path in paths if (item := self._at(value, path)) not in (None, "", [])), None)
            if found is None and name in ("body", "html"):
                found = next((item for path in paths if (item := self._at(value, path)) is not None), None)
            if (formed := formed_value(name, found)) is not None:
                record[name] = formed
        return record

    def _direction(self, article: Record, ticket: Record) -> str:
        if same := self.direction.get("same"):
            author = self._at(article, same[0])
            asking = [self._at(ticket, path) for path in same[1:]]
            return "" if author is None else "customer" if author in asking else "agent"
        said = self._said(article, self.direction["at"])
        return next((who for who in ("customer", "agent", "system") if said in self.direction.get(who, ())), "")

    def _public(self, article: Record) -> bool:
        return self._said(article, self.public["at"]) not in self.public["unless"]

    def _said(self, article: Record, paths: tuple[str, ...]) -> str:
        found = (self._at(article, path) for path in paths)
        return next((str(value).casefold().strip() for value in found if value is not None), "")

    def _holds(self, article: Record, ticket: Record, condition: str) -> bool:
        path, _, wanted = condition.partition("==")
        found = [self._at(article, path.strip()), self._at(ticket, path.strip())]
        return any(str(item).casefold() == (wanted.strip() or "true") for item in found if item is not None)


def formed_value(name: str, found: Any) -> Any:
    """Bring a value to the form that a field of a record has; None where it is none."""
    if name in ("labels", "references"):
        return _listed(name, found)
    if isinstance(found, list):
        texts = [str(item) for item in found if isinstance(item, str | int) and str(item).strip()]
        found = ", ".join(texts[:_MAX_LABELS]) or None
    if found is None or isinstance(found, dict):
        return None
    if name == "public":
        return str(found).casefold() not in ("false", "0", "no", "")
    if name == "body_is_html":
        return found is True or "html" in str(found).casefold()
    if name == "date":
        return _iso(found)
    if name == "direction":
        return str(found).casefold() if str(found).casefold() in ("customer", "agent", "system") else None
    if name == "from_address":
        return str(found) if "@" in str(found) else None
    return found if isinstance(found, str) else str(found)


def _listed(name: str, found: Any) -> list[str] | None:
    if isinstance(found, str):
        found = MESSAGE_ID.findall(found) if name == "references" else found.split(",")
    if not isinstance(found, list):
        return None
    texts = [str(item).strip(' "') for item in found[:_MAX_LABELS] if isinstance(item, str | int)]
    return [text for text in texts if text] or None


def _iso(found: Any) -> str:
    """Return a date as text; numbers count the seconds or milliseconds from 1970."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return str(found)
    try:
        return datetime.fromtimestamp(found / 1000 if found > _EPOCH_LIMIT else found, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        return ""


def recognise(value: Record) -> tuple[Export, Record] | None:
    """Return the kind of export that an object belongs to, and the object as its paths expect it."""
    folded = columns(value)
    for export in exports():
        if export.knows(folded if export.table else value):
            return export, folded if export.table else value
    return None


def recognise_table(names: Iterable[str]) -> Export | None:
    """Return the kind of export that a table with these columns belongs to."""
    row = dict.fromkeys(map(column, names), "")
    return next((export for export in exports() if export.table and export.knows(row)), None)


def mapped(mapping: Mapping[str, str], table: bool) -> Export:
    """Return a kind of export that only the user knows."""
    return Export("mapped", (), table, {}, extra_fields(mapping, table), (), "", {}, False, {}, {}, {}, {}, {})


def extra_fields(mapping: Mapping[str, str], table: bool) -> Fields:
    """Return what the user maps, as fields with their paths."""
    return {name: (column(path) if table else path,) for name, path in mapping.items()}


def columns(value: Record) -> Record:
    """Return an object with the names of its fields as columns have them."""
    folded: Record = {}
    for name, found in value.items():
        folded.setdefault(column(name), found)
    return folded


def column(name: str) -> str:
    """Return the name of a column in small letters, without what surrounds it."""
    return " ".join(name.replace("\ufeff", "").casefold().split())


@cache
def exports() -> tuple[Export, ...]:
    """Return all kinds, the surest signs first."""
    return load(shipped("models") / "rules" / "exports.yaml")


def load(path: Path) -> tuple[Export, ...]:
    """Read a file of kinds.

    Raises:
        DataError: the file breaks its format.
    """
    return tuple(map(_export, read_rules(path, {"id", "known_by"}, _KEYS)))


def blocks() -> Iterator[Block]:
    """Yield the blocks of the shipped file, whose examples the tests run."""
    yield from read_rules(shipped("models") / "rules" / "exports.yaml", {"id", "known_by"}, _KEYS)


def _export(block: Block) -> Export:
    table = bool(block.get("table", False))
    known_by = block["known_by"]
    if not isinstance(known_by, list) or not all(isinstance(paths, list) and paths for paths in known_by):
        raise block.where.error("'known_by' must be a list of lists of paths")
    maps = {name: _map(block, name, table) for name in (*_MAPS, *_RULES)}
    for name in _MAPS:
        if unknown := set(maps[name]) - set(FIELDS):
            raise block.where.error(f"'{name}' fills unknown fields: {', '.join(sorted(unknown))}")
    return Export(
        id=block["id"],
        known_by=tuple(tuple(map(str, paths)) for paths in known_by),
        table=table,
        articles=tuple(block.texts("articles")),
        first=str(block.get("first", "")),
        opening_always=bool(block.get("opening_always", False)),
        **maps,
    )


def _map(block: Block, name: str, table: bool) -> dict[str, tuple[str, ...]]:
    value = block.get(name, {})
    if not isinstance(value, dict):
        raise block.where.error(f"'{name}' must be a mapping")
    lists = {str(key): found if isinstance(found, list) else [found] for key, found in value.items()}
    return {key: tuple(map(_spelling(name, key, table), map(str, found))) for key, found in lists.items()}


def _spelling(name: str, key: str, table: bool) -> Callable[[str], str]:
    """Places keep their capitals but for columns; values that are compared have none."""
    is_value = name in _RULES and name != "flags" and key not in ("at", "same")
    return str.casefold if is_value or table else str
