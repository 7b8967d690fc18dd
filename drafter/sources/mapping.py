"""`--map FIELD=COLUMN`: what the user says about the columns of his export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from drafter.errors import SourceError
from drafter.messages import _
from drafter.sources.exports import FIELDS

NO_MAPPING: Mapping[str, str] = {}


def parse_mapping(items: Iterable[str]) -> dict[str, str]:
    """Read FIELD=COLUMN pairs.

    Raises:
        SourceError: one is no pair, or names an unknown field.
    """
    mapping = {}
    for item in items:
        name, sign, column = item.partition("=")
        if not sign or not column.strip():
            raise SourceError(_("--map {item}: not of the form FIELD=COLUMN").format(item=item), "--map body=Nachricht")
        mapping[name.strip()] = column.strip()
    check_fields(mapping)
    return mapping


def check_fields(mapping: Mapping[str, str]) -> None:
    """Refuse a mapping of fields that no mail has.

    Raises:
        SourceError: it names one.
    """
    for name in mapping:
        if name not in FIELDS:
            remedy = _("Fields: {names}.").format(names=", ".join(FIELDS))
            raise SourceError(_("--map {item}: no such field").format(item=name), remedy)


def missing_column(where: object, column: str, columns: Iterable[str]) -> SourceError:
    """Make the error for a column that an export does not have."""
    shown = ", ".join(list(columns)[:100])
    return SourceError(
        _("{path}: no column '{column}'").format(path=where, column=column), _("Columns: {names}.").format(names=shown)
    )
