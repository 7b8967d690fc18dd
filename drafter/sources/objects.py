"""Mails that are objects of JSON: one to a line, or in an array of any length, which is never held as a whole."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, BinaryIO

from drafter.decode import encoding_of, field
from drafter.errors import MailError, SourceError
from drafter.messages import _
from drafter.sources.exports import Export, Record, extra_fields, mapped, recognise
from drafter.sources.keys import Keys
from drafter.sources.mapping import missing_column
from drafter.sources.origin import Origin
from drafter.sources.paths import at_path
from drafter.sources.raw import RECORD, Raw, record_raw
from drafter.sources.record import json_object

SUFFIXES = (".json", ".jsonl", ".ndjson")
MAX_OBJECT_BYTES = 25 * 1024 * 1024
"""A longer line or object is no ticket."""

MAX_DEPTH = 3
MAX_ARRAYS = 20
"""Arrays of tickets lie no deeper than this in an export, and among no more arrays."""

MAX_NESTING = 1_000

_CHUNK = 512 * 1024
_TRIED = 20
"""So many objects are looked at for the columns of a mapping."""

_SPACES = bytes(range(32))
_TO_SPACE = bytes.maketrans(_SPACES, b" " * 32)

_PAIR = 12
_LONE_HALF = re.compile(
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F][0-9a-fA-F]{2})"
)

_ENDLESS_NUMBER = re.compile(rb"[0-9]{400,}")
"""Digits that the parser in C does not bear: Python makes no number of more than 4,300, and the process ends."""

Numbered = tuple[int, "Record | MailError"]


def read_objects(origin: Origin, mapping: Mapping[str, str]) -> Iterator[Raw]:
    """Return the mails of a file of JSON.

    Raises:
        SourceError: nothing in it is known, or the mapping names a field that is not there.
        OSError: it cannot be read.
    """
    objects = _lines(origin) if _is_lines(origin) else _array(origin)
    tried = list(islice(objects, _TRIED))
    _check(origin, [value for _number, value in tried if not isinstance(value, MailError)], mapping)
    return _mails(origin, chain(tried, objects), mapping)


def _check(origin: Origin, values: list[Record], mapping: Mapping[str, str]) -> None:
    found = [recognise(value) for value in values]
    for wanted in mapping.values():
        if values and not any(_has(value, match, wanted) for value, match in zip(values, found, strict=True)):
            raise missing_column(origin.name, wanted, dict.fromkeys(name for value in values for name in value))
    if values and not any(found) and not {"body", "html"} & mapping.keys():
        names = ", ".join(islice(dict.fromkeys(name for value in values for name in value), 100))
        raise SourceError(
            _("{path}: no field holds the text of the mails").format(path=origin.name),
            _("Name it: --map body=FIELD. Fields: {names}.").format(names=names),
        )


def _has(value: Record, match: tuple[Export, Record] | None, path: str) -> bool:
    articles = [item for at in match[0].articles if isinstance(item := at_path(value, at), list)] if match else []
    return any(at_path(item, path) is not None for item in (value, *chain.from_iterable(articles)))


def _mails(origin: Origin, objects: Iterator[Numbered], mapping: Mapping[str, str]) -> Iterator[Raw]:
    keys = Keys(origin.name)
    for number, value in objects:
        if isinstance(value, MailError):
            yield Raw(f"{origin.name}:{number}", b"", RECORD, value.message, origin.labels)
            continue
        try:
            records = _records(value, mapping)
        except MailError as error:
            yield Raw(f"{origin.name}:{number}", b"", RECORD, error.message, origin.labels)
            continue
        for index, record in enumerate(records, 1):
            key = keys.key(record, str(number), index if len(records) > 1 else 0)
            yield record_raw(key, record, origin.labels)


def _records(value: Record, mapping: Mapping[str, str]) -> list[Record]:
    match = recognise(value) or ((mapped(mapping, table=False), value) if mapping else None)
    if not match:
        raise MailError(_("no field holds the text of a mail"))
    export, seen = match
    records = export.records(seen, extra_fields(mapping, export.table))
    if not records:
        raise MailError(_("no mail in it: neither text nor articles"))
    return records


def _is_lines(origin: Origin) -> bool:
    """Tell one object to a line from one text of JSON, whatever the file is called."""
    if origin.suffix in (".jsonl", ".ndjson"):
        return True
    if not origin.head(1_024).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        return False
    with origin.open() as stream:
        first = stream.readline(MAX_OBJECT_BYTES).removeprefix(codecs.BOM_UTF8).strip()
        second = stream.readline(64).strip()
    if not (first.startswith(b"{") and second.startswith(b"{")):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _lines(origin: Origin) -> Iterator[Numbered]:
    with origin.open() as stream:
        number = 0
        while line := stream.readline(MAX_OBJECT_BYTES):
            number += 1
            if number == 1 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                yield number, MailError(_("not UTF-8"))
                return
            if line.strip():
                yield number, _object(line)


def _object(line: bytes) -> Record | MailError:
    try:
        value = json_object(line)
    except MailError as error:
        return error
    return _unwrapped(value) if isinstance(value, dict) else MailError(_("not an object of JSON"))


def _unwrapped(value: Record) -> Record:
    """Take `{"ticket": {...}}` for what lies in it."""
    inner = next(iter(value.values())) if len(value) == 1 else None
    return inner if isinstance(inner, dict) else value


def _array(origin: Origin) -> Iterator[Numbered]:
    """Yield the objects of the outermost array, of the array in an object that holds tickets, or the object itself."""
    import ijson  # type: ignore[import-untyped,unused-ignore]  # its parser is C; only these files need it

    number = 0
    try:
        prefix = _prefix(origin)
        if prefix is None:
            yield 1, _whole(origin)
            return
        for value in _items(origin, prefix):
            number += 1
            yield number, _unwrapped(value) if isinstance(value, dict) else MailError(_("not an object of JSON"))
    except (ijson.JSONError, ValueError, RecursionError, ArithmeticError) as error:
        problem = field(str(error), 100)
        yield number + 1, MailError(_("broken JSON, nothing behind it can be read: {problem}").format(problem=problem))


def _items(origin: Origin, prefix: str) -> Iterator[Any]:
    import ijson

    with _Json(origin) as stream:
        for value in ijson.items(stream, prefix, use_float=True):
            stream.begin()
            yield value


def _prefix(origin: Origin) -> str | None:
    """Return where the objects lie, None for an object that is itself a ticket.

    In an object with several arrays it is the first one whose objects are known, else the first one at all.
    """
    arrays: list[str] = []
    for prefix in _arrays(origin):
        if prefix == "item":
            return prefix
        if not arrays and isinstance(whole := _whole(origin), dict) and recognise(whole):
            return None
        first = next(_items(origin, prefix), None)
        if isinstance(first, dict) and recognise(_unwrapped(first)):
            return prefix
        arrays.append(prefix)
        if len(arrays) == MAX_ARRAYS:
            break
    return arrays[0] if arrays else None


def _arrays(origin: Origin) -> Iterator[str]:
    """Yield the places of arrays of objects that lie in no other array."""
    import ijson

    inside, begun = 0, ""
    with _Json(origin) as stream:
        for path, event, _value in ijson.parse(stream):
            if event == "end_map":
                stream.begin()
            if event == "start_map" and inside == 1 and begun:
                yield begun
            begun = ""
            if event == "start_array" and not path:
                yield "item"
            inside += (event == "start_array") - (event == "end_array")
            if event == "start_array" and inside == 1 and path.count(".") < MAX_DEPTH:
                begun = f"{path}.item".removeprefix(".")


def _whole(origin: Origin) -> Record | MailError:
    with origin.open() as stream:
        data = stream.read(MAX_OBJECT_BYTES)
    return _object(data)


class _Json:
    """The bytes of a file of JSON as the parser wants them: UTF-8, and spaces for control characters.

    It bounds what is read for one object, and how deep that is: the parser takes quadratic time for depth. Brackets in
    texts count as well, which does no harm.
    """

    def __init__(self, origin: Origin) -> None:
        with origin.open() as stream:
            sample = stream.read(_CHUNK)
        encoding = encoding_of([sample if len(sample) < _CHUNK else sample[:-4]])  # a letter may be cut at the end
        self._stream: BinaryIO = origin.open()
        decoding = "utf-8-sig" if encoding == "utf-8" else encoding
        self._held = b""
        self._decoder = codecs.getincrementaldecoder(decoding)("replace")
        self.begin()

    def begin(self) -> None:
        """Tell that an object has been read."""
        self._rest, self._depth = MAX_OBJECT_BYTES, 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; none where none are wanted, which is how the parser asks what kind of file this is."""
        while size and (data := self._stream.read(_CHUNK)):
            self._bound(data)
            text = self._decoder.decode(data).encode("utf-8", "replace").translate(_TO_SPACE)
            if whole := self._without_halves(self._held + _ENDLESS_NUMBER.sub(b"1", text)):
                return whole
        if not size:
            return b""
        held, self._held = self._held, b""
        return _LONE_HALF.sub(rb"\\ufffd", held)

    def _bound(self, data: bytes) -> None:
        self._rest -= len(data)
        for start in range(0, len(data), MAX_NESTING):
            count = data[start : start + MAX_NESTING].count
            self._depth += count(b"[") + count(b"{") - count(b"]") - count(b"}")
            if self._depth > MAX_NESTING:
                raise ValueError(_("nested too deeply"))
        if self._rest < 0:
            raise ValueError(_("larger than {limit} MB").format(limit=MAX_OBJECT_BYTES // 1024 // 1024))

    def _without_halves(self, data: bytes) -> bytes:
        """Replace lone halves of surrogate pairs, which the parser does not bear; the end is held until it is whole."""
        at = data.find(b"\\", max(0, len(data) - _PAIR))
        data, self._held = (data[:at], data[at:]) if at >= 0 else (data, b"")
        return _LONE_HALF.sub(rb"\\ufffd", data) if b"\\ud" in data.lower() else data

    def __enter__(self) -> _Json:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()
