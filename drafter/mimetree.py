"""The parts of an ordinary mail, found in one pass over its bytes.

The standard library's parser takes a mail line by line; this one looks for boundaries alone and is several times
faster. It only reads mails that are well formed: of all others `parse` returns None, and the standard parser says
what is wrong with them. What came of either is a `Part`.
"""

from __future__ import annotations

import binascii
import re
from email.message import Message

MAX_PARTS = 50
MAX_DEPTH = 6
MAX_HEAD_BYTES = 64 * 1024

_HEAD = re.compile(r"(?:[!-9;-~]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*+")
_FIELD = re.compile(r"^([!-9;-~]+):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_TYPE = re.compile(r"\s{0,9}([\w.+-]{1,60}/[\w.+-]{1,100})\s{0,9}")
_PARAMETER = re.compile(
    r";\s{0,9}([\w-]{1,40})\s{0,3}=\s{0,3}(?:\"((?:[^\"\\\n]){0,300})\"|([^\s;\"()<>@,:\\]{1,300}))\s{0,9}"
)
_REST = re.compile(r";?\s{0,9}")
_NAMED = re.compile(r";\s{0,9}(?:file)?name\*?(?:\d\*?)?\s{0,9}=", re.IGNORECASE)
_ENCODINGS = frozenset(("", "7bit", "8bit", "binary", "quoted-printable", "base64"))
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\n"


class Part:
    """A mail, or one of its parts; `content` is what stands below the headers of a part without children."""

    __slots__ = ("_disposition", "_encoding", "_named", "_parameters", "children", "content", "kind", "values")
    defects: tuple[str, ...] = ()

    def __init__(self, values: dict[str, str], content: bytes, kind: str, parameters: dict[str, str]) -> None:
        self.values, self.content, self.kind, self._parameters = values, content, kind, parameters
        self.children: list[AnyPart] = []
        self._disposition = values.get("content-disposition", "")
        self._named = bool(_NAMED.search(self._disposition) or _NAMED.search(values.get("content-type", "")))
        self._encoding = values.get("content-transfer-encoding", "").strip().lower()

    @property
    def text(self) -> bytes:
        """The content, decoded."""
        if self._encoding == "quoted-printable":
            return binascii.a2b_qp(self.content)
        return _base64(self.content) if self._encoding == "base64" else self.content

    @property
    def is_attachment(self) -> bool:
        """Whether it is a file that came with the mail."""
        return self._named or self._disposition.partition(";")[0].strip().lower() == "attachment"

    def parameter(self, name: str) -> str:
        """Return a parameter of the content type, "" where there is none."""
        return self._parameters.get(name, "")


class ParsedPart:
    """What the standard parser made of a part, for the same questions."""

    def __init__(self, message: Message) -> None:
        self._message = message
        inner = message.get_payload() if message.is_multipart() else []  # of a text it would try the charset
        self.children = [ParsedPart(child) for child in inner if isinstance(child, Message)]
        self.values: dict[str, str] = {}
        for name, value in message.raw_items():
            self.values.setdefault(name.lower(), str(value))
        self.kind = message.get_content_type()
        self.defects = tuple(sorted({type(defect).__name__ for defect in message.defects}))

    @property
    def text(self) -> bytes:
        """The content, decoded."""
        payload = self._message.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b""

    @property
    def is_attachment(self) -> bool:
        """Whether it is a file that came with the mail."""
        return self._message.get_content_disposition() == "attachment" or bool(self._message.get_filename())

    def parameter(self, name: str) -> str:
        """Return a parameter of the content type, "" where there is none."""
        if name != "charset":
            return str(self._message.get_param(name, ""))
        try:
            return self._message.get_content_charset() or ""
        except (LookupError, ValueError, TypeError, AttributeError):
            return ""


AnyPart = Part | ParsedPart


def parse(raw: bytes) -> Part | None:
    """Return the tree of an ordinary mail, None for one that is not well formed."""
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n")
        if b"\r" in raw:
            return None
    return _parse(raw, 0, [MAX_PARTS])


def _parse(raw: bytes, depth: int, budget: list[int]) -> Part | None:
    budget[0] -= 1
    end = 0 if raw.startswith(b"\n") else raw.find(b"\n\n", 0, MAX_HEAD_BYTES) + 1
    if budget[0] < 0 or depth > MAX_DEPTH or (not end and not raw.startswith(b"\n")):
        return None
    head = raw[:end].decode("ascii", "surrogateescape")
    if not _HEAD.fullmatch(head):
        return None
    values: dict[str, str] = {}
    for name, value in _FIELD.findall(head):
        values.setdefault(name.lower(), value)
    found = _content_type(values.get("content-type", "text/plain"))
    if not found or values.get("content-transfer-encoding", "").strip().lower() not in _ENCODINGS:
        return None
    part = Part(values, raw[end + 1 :], *found)
    if part.kind.startswith("multipart/"):
        return _with_children(part, depth, budget)
    if part.kind == "message/rfc822":
        inner = _parse(part.content, depth + 1, budget)
        part.children = [inner] if inner else []
        return part if inner else None
    return None if part.kind.startswith("message/") else part


def _content_type(value: str) -> tuple[str, dict[str, str]] | None:
    match = _TYPE.match(value)
    if not match:
        return None
    parameters: dict[str, str] = {}
    at = match.end()
    while parameter := _PARAMETER.match(value, at):
        name, quoted, bare = parameter.groups()
        parameters.setdefault(name.lower(), quoted if quoted is not None else bare)
        at = parameter.end()
    return (match[1].lower(), parameters) if _REST.fullmatch(value, at) else None


def _with_children(part: Part, depth: int, budget: list[int]) -> Part | None:
    """Split a container at its boundaries; the outer ones count before those of parts in parts."""
    boundary = part.parameter("boundary").rstrip()
    if not boundary or not boundary.isascii() or part.kind == "multipart/digest":
        return None
    mark = b"\n--" + boundary.encode()
    body, start, closed = b"\n" + part.content, -1, False
    at = body.find(mark)
    while at >= 0 and not closed:
        line_end = body.find(b"\n", at + len(mark))
        rest = body[at + len(mark) : line_end if line_end >= 0 else len(body)].rstrip(b" \t")
        if rest not in (b"", b"--"):
            return None
        if start >= 0:
            child = _parse(body[start:at], depth + 1, budget)
            if child is None:
                return None
            part.children.append(child)
        closed = rest == b"--"
        start = line_end + 1
        at = body.find(mark, line_end) if line_end >= 0 else -1
    part.content = b""
    return part if closed and part.children else None


def _base64(content: bytes) -> bytes:
    try:
        return binascii.a2b_base64(content) if _is_clean(content) else _tolerant(content)
    except binascii.Error:
        return _tolerant(content)


def _is_clean(content: bytes) -> bool:
    """Tell whether there is nothing but base64 in whole groups, padded at the end only."""
    return not content.rstrip(b"\n=").translate(None, _ALPHABET) and len(content.translate(None, b"\n")) % 4 == 0


def _tolerant(content: bytes) -> bytes:
    """Decode as much of broken base64 as the standard library does."""
    message = Message()
    message["Content-Transfer-Encoding"] = "base64"
    message.set_payload(content.decode("ascii", "surrogateescape"))
    payload = message.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
