"""Mails that are the rows of a table: CSV and TSV, as helpdesks, Outlook and Excel write them."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TextIO

from drafter.decode import encoding_of
from drafter.errors import SourceError
from drafter.messages import _
from drafter.sources.exports import Export, column, extra_fields, mapped, recognise_table
from drafter.sources.keys import Keys
from drafter.sources.mapping import missing_column
from drafter.sources.origin import Origin
from drafter.sources.raw import RECORD, Raw, record_raw

SUFFIXES = (".csv", ".tsv", ".tab")
MAX_ROW = 8 * 1024 * 1024
"""Characters of a row; a quote that is never closed would else take the rest of the table."""

MAX_REPAIRS = 200
"""So many times a row of several lines that makes no sense is given up for its first line alone."""

_CHUNK = 1024 * 1024
_DELIMITERS = ";,\t|"
_HINT = "sep="


class _Shape(NamedTuple):
    """How a table is written, and what its columns are called."""

    encoding: str
    delimiter: str
    columns: list[str]
    hinted: bool  # a line `sep=;` comes first


class _Row(NamedTuple):
    cells: list[str]
    problem: str = ""


def read_table(origin: Origin, mapping: Mapping[str, str]) -> Iterator[Raw]:
    """Return the rows of a table; one that cannot be read costs itself only.

    Raises:
        SourceError: no column holds the text, or the mapping names a column that is not there.
        OSError: it cannot be read.
    """
    csv.field_size_limit(MAX_ROW)
    shape = _shape(origin)
    known = [column(name) for name in shape.columns]
    for wanted in mapping.values():
        if column(wanted) not in known:
            raise missing_column(origin.name, wanted, shape.columns)
    export = recognise_table(known)
    if not export and not {"body", "html"} & mapping.keys():
        raise SourceError(
            _("{path}: no column holds the text of the mails").format(path=origin.name),
            _("Name it: --map body=COLUMN. Columns: {names}.").format(names=", ".join(shape.columns[:100])),
        )
    return _mails(origin, shape, known, export or mapped(mapping, table=True), mapping)


def _mails(
    origin: Origin, shape: _Shape, known: list[str], export: Export, mapping: Mapping[str, str]
) -> Iterator[Raw]:
    extra, keys = extra_fields(mapping, table=True), Keys(origin.name)
    with _opened(origin, shape.encoding) as stream:
        for number, row in enumerate(_rows(stream, shape), 2):  # the header is row 1, as people see it
            if row.problem:
                yield Raw(f"{origin.name}:{number}", b"", RECORD, row.problem, origin.labels)
                continue
            cells: dict[str, str] = {}
            for name, cell in zip(known, row.cells, strict=True):
                cells.setdefault(name, cell)
            records = export.records(cells, extra)
            record = records[0] if records else {}
            yield record_raw(keys.key(record, str(number)), record, origin.labels)


def _rows(stream: TextIO, shape: _Shape) -> Iterator[_Row]:
    """Yield the rows below the header; empty ones are left out."""
    lines, repairs, width = _Lines(stream), 0, len(shape.columns)
    _skip_head(lines, shape)
    while row := _row(lines, shape):
        if not row.problem and not any(cell.strip() for cell in row.cells):
            continue
        while len(row.cells) > width and not row.cells[-1].strip():
            row.cells.pop()
        if not row.problem and len(row.cells) != width:
            problem = _("{found} cells, but {expected} columns").format(found=len(row.cells), expected=width)
            row = _Row([], problem)
        if row.problem and len(lines.row) > 1 and repairs < MAX_REPAIRS:
            repairs += 1
            lines.give_back(1)
        yield row


def _row(lines: _Lines, shape: _Shape) -> _Row | None:
    """Read the next row: by the rules, and where it breaks them, as it was probably meant; None at the end."""
    lines.begin_row()
    try:
        cells = next(csv.reader(lines, delimiter=shape.delimiter, strict=True), None)
        return None if cells is None else _Row(cells)
    except csv.Error as error:
        if lines.is_cut:
            return _Row([], str(error))
        lines.give_back(0)
    lines.begin_row()
    try:
        cells = next(csv.reader(lines, delimiter=shape.delimiter), [])
    except csv.Error as error:
        return _Row([], str(error))
    if len(lines.row) > 1 and all(line.count(shape.delimiter) == len(shape.columns) - 1 for line in lines.row):
        return _Row([], _("a quotation mark that is never closed"))
    return _Row(cells)


class _Lines:
    """The lines of a table; those of a row that makes no sense can be given back, but for the first one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._back = stream, deque[str]()
        self.row: list[str] = []
        self.is_cut = False  # a line of the row was longer than a whole row may be
        self.begin_row()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._next()
        if not line:
            raise StopIteration
        self.row.append(line)
        self._size += len(line)
        if self._size > MAX_ROW or self.is_cut:
            raise csv.Error(_("larger than {limit} MB").format(limit=MAX_ROW // 1024 // 1024))
        return line

    def _next(self) -> str:
        """Read a line; one over the limit as far as that, and its rest is passed over."""
        line = rest = self._stream.readline(MAX_ROW)
        while len(rest) == MAX_ROW and not rest.endswith(("\n", "\r")):
            self.is_cut = True
            rest = self._stream.readline(MAX_ROW)
        return line.replace("\0", "")

    def begin_row(self) -> None:
        """Forget the lines of the row before."""
        self.row, self._size, self.is_cut = [], 0, False

    def give_back(self, kept: int) -> None:
        """Let the lines of the row be read again, but for the first ones."""
        self._back.extendleft(reversed(self.row[kept:]))


def _shape(origin: Origin) -> _Shape:
    encoding = _encoding(origin)
    with _opened(origin, encoding) as stream:
        lines = _Lines(stream)
        head = next((line for line in lines if line.strip()), "")
        hinted = head.lower().startswith(_HINT) and len(head.strip()) == len(_HINT) + 1
        if hinted:
            delimiter = head.strip()[-1]
            head = next((line for line in lines if line.strip()), "")
        else:
            delimiter = max(_DELIMITERS, key=lambda sign: (len(_cells([head], sign)), -_DELIMITERS.index(sign)))
        names = _cells([head], delimiter)
        if head.count('"') % 2:
            names = _cells([head, *(line for _, line in zip(range(20), lines, strict=False))], delimiter)
    while names and not names[-1].strip():
        names.pop()
    if not names:
        raise SourceError(_("{path}: an empty table").format(path=origin.name))
    return _Shape(encoding, delimiter, [" ".join(name.split()) for name in names], hinted)


def _skip_head(lines: _Lines, shape: _Shape) -> None:
    if shape.hinted:
        next((line for line in lines if line.strip()), "")
    lines.begin_row()
    for cells in csv.reader(lines, delimiter=shape.delimiter):
        if any(cell.strip() for cell in cells):
            return


def _cells(lines: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:
        return []


def _encoding(origin: Origin) -> str:
    with origin.open() as stream:
        return encoding_of(iter(lambda: stream.read(_CHUNK), b""))


def _opened(origin: Origin, encoding: str) -> TextIO:
    return io.TextIOWrapper(origin.open(), encoding, errors="replace", newline="")
