"""Nasty exports, built when they are needed: name → (files, what must come of them).

Files are written below a folder of the test's own; the source is the first of them, or the folder `in` where there is one.
What comes of them is a list, one entry for each mail in order: a piece of the body, or "!" and a piece of the reason.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable

Files = dict[str, bytes]
Case = tuple[Callable[[], Files], list[str]]

HEAD = b"From: Ute <ute@example.org>\nSubject: Bett\n"
GOOD = HEAD + b"\nWo ist es?\n"
SEPARATOR = b"From ute@example.org Mon May  4 09:12:00 2026\n"
BOX = SEPARATOR + GOOD + b"\n"
MB = 1024 * 1024


def zipped(*members: tuple[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack members; names may come twice and may be anything."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", level) as archive:
        for name, data in members:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, level
            archive.writestr(info, data)
    return stream.getvalue()


def encrypted() -> bytes:
    """Set the flag of encryption in both headers of the only member."""
    data = bytearray(zipped(("a.eml", GOOD)))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


def damaged() -> bytes:
    """Break the packed bytes of the first member; the second one stays whole."""
    data = bytearray(zipped(("a.eml", GOOD * 50), ("b.eml", GOOD)))
    at = data.index(b"a.eml") + 20
    data[at : at + 8] = b"\xff" * 8
    return bytes(data)


def lying() -> bytes:
    """Announce a hundredth of the size that the member has."""
    data = bytearray(zipped(("a.eml", GOOD * 1000)))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(mark) + at, 600)
    return bytes(data)


def overlapping() -> bytes:
    """Let a hundred members of the directory share the same packed megabyte."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = HEAD + b"\n" + b"a" * MB
    data = packed.compress(plain) + packed.flush()
    fields = (20, 0, 8, 0, 0, zlib.crc32(plain), len(data), len(plain))
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields, 5, 0) + b"a.eml"
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, *fields, 5, 0, 0, 0, 0, 0, 0) + b"a.eml"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 100, 100, len(entry) * 100, len(local) + len(data), 0)
    return local + data + entry * 100 + end


def nested(depth: int) -> bytes:
    """Put a mail into that many containers, each in the other."""
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    closed = b"".join(b"\n--b%d--\n" % n for n in reversed(range(depth)))
    return HEAD + opened + b"Content-Type: text/plain\n\nWo ist es?\n" + closed


def attached(size: int) -> bytes:
    """A mail with a large attachment behind its text."""
    part = b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=x.pdf\n\n"
    lines = (b"QUJD" * 19 + b"\n") * (size // 57)
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWo ist es?\n--b\n" + part + lines + b"--b--\n"


def table(*rows: str, encoding: str = "utf-8") -> Callable[[], Files]:
    """A table of subjects and bodies."""
    return lambda: {"t.csv": "\n".join(("subject;body", *rows, "")).encode(encoding)}


def files(name: str, data: bytes) -> Callable[[], Files]:
    """One file."""
    return lambda: {name: data}


def built(name: str, build: Callable[[], bytes]) -> Callable[[], Files]:
    """One file that is made when it is needed."""
    return lambda: {name: build()}


def mail(data: bytes) -> Callable[[], Files]:
    """One .eml."""
    return files("a.eml", data)


TICKET = {"id": 1, "subject": "x", "requester": {"id": 1}, "comments": [{"id": 1, "author_id": 1, "body": "Wo?"}]}

CASES: dict[str, Case] = {
    # mails
    "no headers at all": (mail(b"Wo ist es?\n"), ["Wo ist es?"]),
    "headers alone": (mail(HEAD), [""]),
    "empty file": (mail(b""), [""]),
    "blank lines alone": (mail(b"\n \r\n\n"), [""]),
    "NUL bytes in header and text": (
        mail(b"From: U\0te <ute@example.org>\nSubject: B\0ett\n\nWo ist\0 es?\n"),
        ["Wo ist es?"],
    ),
    "binary in an eml": (mail(bytes(range(256)) * 40), ["!binary"]),
    "an image called eml": (mail(b"\x89PNG\r\n\x1a\n" + b"\0" * 100), ["!binary"]),
    "utf-16 with a mark": (mail(GOOD.decode().encode("utf-16")), ["Wo ist es?"]),
    "utf-8 called ascii": (
        mail(HEAD + b"Content-Type: text/plain; charset=us-ascii\n\n" + "Größe?".encode()),
        ["Größe?"],
    ),
    "latin-1 called utf-8": (
        mail(HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + "Größe?".encode("latin-1")),
        ["Größe?"],
    ),
    "an unknown charset": (mail(HEAD + b"Content-Type: text/plain; charset=klingon\n\nWo?"), ["Wo?"]),
    "a codec that is none": (mail(HEAD + b"Content-Type: text/plain; charset=zlib_codec\n\nWo?"), ["Wo?"]),
    "broken base64": (mail(HEAD + b"Content-Transfer-Encoding: base64\n\nV28/!!"), ["Wo?"]),
    "broken quoted-printable": (mail(HEAD + b"Content-Transfer-Encoding: quoted-printable\n\nWo=ZZ ist=3"), ["Wo"]),
    "cut off in a part": (mail(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWo ist"), ["Wo ist"]),
    "no boundary": (mail(HEAD + b"Content-Type: multipart/mixed\n\n--b\n\nWo?\n--b--\n"), ["Wo?"]),
    "fifty containers deep": (built("a.eml", lambda: nested(50)), [""]),
    "a thousand containers deep": (built("a.eml", lambda: nested(1000)), ["!nested"]),
    "an attachment of 20 MB": (built("a.eml", lambda: attached(20 * MB)), ["Wo ist es?"]),
    "a text of 30 MB": (built("a.eml", lambda: HEAD + b"\nWo ist es?\n" + b"x" * 30 * MB), ["Wo ist es?"]),
    "a header of 10 MB": (built("a.eml", lambda: HEAD + b"X-A: " + b"y" * 10 * MB + b"\n\nWo ist es?\n"), [""]),
    "a hundred thousand headers": (built("a.eml", lambda: HEAD + b"X-A: y\n" * 100_000 + b"\nWo?\n"), ["Wo?"]),
    "the same header a thousand times": (mail(HEAD + b"Subject: z\n" * 1000 + b"\nWo ist es?\n"), ["Wo ist es?"]),
    "a header is injected": (
        mail(b"From: Ute <ute@example.org>\nSubject: =?utf-8?q?Bett=0D=0ABcc:_x=40example.com?=\n\nWo?"),
        ["Wo?"],
    ),
    "a message id with a line end": (
        mail(HEAD + b"Message-ID: <a\n b@example.org>\nIn-Reply-To: <x> <y>\n\nWo?"),
        ["Wo?"],
    ),
    "dates of 1970 and of nowhere": (
        lambda: {
            "in/a.eml": b"Date: Thu, 1 Jan 1970 00:00:00 +0000\n" + GOOD,
            "in/b.eml": b"Date: Mon, 99 Foo 2099 99:99\n" + GOOD,
            "in/c.eml": b"Date: Mon, 4 May 2026 09:12:00 +9999\n" + GOOD,
            "in/d.eml": b"Date: 0001-01-01T00:00:00Z\n" + GOOD,
        },
        ["Wo ist es?"] * 4,
    ),
    "html with a script": (
        mail(HEAD + b"Content-Type: text/html\n\n<script>alert(1)</script><p>Wo?<img src=x onerror=y>"),
        ["Wo?"],
    ),
    "html ten thousand deep": (mail(HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 10_000 + b"Wo?"), ["Wo?"]),
    "a msg that is none": (files("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100), ["!msg"]),
    # mboxes
    "garbage between two mails": (
        files("a.mbox", BOX + b"\xff\xfe\0\0" * 100 + b"\n\n" + BOX),
        ["Wo ist es?", "Wo ist es?"],
    ),
    "a box of separators": (files("a.mbox", SEPARATOR * 50), ["From"]),
    "a line of 30 MB": (
        built("a.mbox", lambda: BOX + SEPARATOR + HEAD + b"\n" + b"x" * 30 * MB + b"\n\n" + BOX),
        ["Wo ist es?", "xxx", "Wo ist es?"],
    ),
    "a box that ends in a separator": (files("a.mbox", BOX + SEPARATOR[:-1]), ["Wo ist es?"]),
    # tables
    "formulas": (table("=cmd|' /C calc'!A0;=1+1", "+1;-1"), ["=1+1", "-1"]),
    "one cell of 10 MB": (
        lambda: {"t.csv": b"subject;body\na;" + b"x" * 10 * MB + b"\nb;Wo?\n"},
        ["!larger", "Wo?"],
    ),
    "a quote that swallows the table": (table('a;"Wo?', *["b;Ja."] * 5), ["!never closed", *["Ja."] * 5]),
    "a header alone": (table(), []),
    "more columns than names": (table("a;b;c;d", "a;Wo?"), ["!cells", "Wo?"]),
    "ten thousand columns": (
        lambda: {"t.csv": ";".join(["body", *map(str, range(10_000))]).encode() + b"\nWo?" + b";" * 10_000 + b"\n"},
        ["Wo?"],
    ),
    "the same column twice": (lambda: {"t.csv": b"body;body\nWo?;Da.\n"}, ["Wo?"]),
    "bytes that no encoding has": (lambda: {"t.csv": b"subject;body\nx;Wo\x81\x8d?\n"}, ["Wo"]),
    # JSON
    "arrays a hundred thousand deep": (files("t.json", b"[" * 100_000 + b"]" * 100_000), ["!nested too deeply"]),
    "an object a hundred thousand deep": (
        files("t.jsonl", b'{"body": "Wo?"}\n{"a":' + b'{"a":' * 100_000 + b"\n"),
        ["Wo?", "!not a JSON"],
    ),
    "a lone surrogate": (files("t.json", b'[{"body": "Wo\\ud800?", "subject": "\\udfff"}]'), ["Wo"]),
    "a number of ten thousand digits": (
        files("t.jsonl", b'{"body": "Wo?", "id": ' + b"9" * 10_000 + b"}\n"),
        ["!not a JSON"],
    ),
    "a raw line end and NUL in a text": (files("t.json", b'[{"body": "Wo\n\0?"}]'), ["Wo"]),
    "not a number": (files("t.jsonl", b'{"body": "Wo?", "date": NaN, "id": Infinity}\n'), ["Wo?"]),
    "fields of the wrong type": (
        files(
            "t.json",
            json.dumps(
                [{"body": ["a"], "from": {"x": 1}}, {"body": 7}, {"body": None}, {"body": {"a": 1}}, "x", None]
            ).encode(),
        ),
        ["a", "7", "!no field holds", "!no field holds", "!not an object", "!not an object"],
    ),
    "articles that are none": (
        files(
            "t.json",
            json.dumps(
                [TICKET, {**TICKET, "comments": "x"}, {**TICKET, "comments": [1, None, []]}, {**TICKET, "id": {}}]
            ).encode(),
        ),
        ["Wo?", "!neither text nor articles", "!neither text nor articles", "Wo?"],
    ),
    "the same ticket twice": (files("t.json", json.dumps([TICKET, TICKET]).encode()), ["Wo?", "Wo?"]),
    "numbers without end": (
        built(
            "t.json",
            lambda: b'[{"body": "Wo?", "id": ' + b"9" * 9_000 + b'}, {"body": "Da?", "n": 1' + b"0" * 600_000 + b"}]",
        ),
        ["Wo?", "Da?"],
    ),
    "an object with a number without end": (
        files("t.json", b'{"body": "Wo?", "id": ' + b"9" * 9_000 + b"}"),
        ["!not a JSON object"],
    ),
    "a number beyond all exponents": (
        files("t.json", b'{"body": "Wo?", "id": 9e' + b"9" * 300 + b"}"),
        ["!broken JSON"],
    ),
    "a charset with a NUL": (
        files(
            "a.eml",
            b'From: a@example.org\nMessage-ID: <a@x>\nContent-Type: text/plain; charset="utf\0-8"\n\nWo? \xfc\n',
        ),
        ["Wo? ü"],
    ),
    "an object of 30 MB": (
        built("t.json", lambda: b'[{"body": "Wo?"}, {"body": "' + b"x" * 30 * MB + b'"}, {"body": "Da."}]'),
        ["Wo?", "!larger than"],
    ),
    # archives
    "names that are paths": (
        built(
            "a.zip",
            lambda: zipped(
                ("../../x.eml", GOOD),
                ("/etc/y.eml", GOOD),
                ("..\\z.eml", GOOD),
                ("C:\\w.eml", GOOD),
                ("a/../../v.eml", GOOD),
            ),
        ),
        ["Wo ist es?"] * 5,
    ),
    "names twice": (built("a.zip", lambda: zipped(*[("a.eml", GOOD)] * 3, ("a~2.eml", GOOD))), ["Wo ist es?"] * 4),
    "members without a name": (built("a.zip", lambda: zipped(("a.eml", GOOD), ("", GOOD))), ["Wo ist es?"]),
    "names with line ends": (
        built("a.zip", lambda: zipped(("a\r\nb\x1b[31m.eml", GOOD), ("é\u202e.eml", GOOD))),
        ["Wo ist es?"] * 2,
    ),
    "a bomb": (
        built("a.zip", lambda: zipped(("a.eml", HEAD + b"\n" + b"0" * 50 * MB), ("b.eml", GOOD))),
        ["!bomb", "Wo ist es?"],
    ),
    "members that overlap": (built("a.zip", overlapping), ["aaa"] * 2 + ["!bomb"] * 98),
    "a size that lies": (built("a.zip", lying), ["!damaged"]),
    "encrypted": (built("a.zip", encrypted), ["!encrypted"]),
    "an archive in an archive": (
        built("a.zip", lambda: zipped(("b.zip", zipped(("c.eml", GOOD))), ("d.eml", GOOD))),
        ["!archive in an archive", "Wo ist es?"],
    ),
    "a damaged member": (built("a.zip", damaged), ["!damaged", "Wo ist es?"]),
    "what is no mail is passed over": (
        built("a.zip", lambda: zipped(("x.pdf", b"%PDF"), ("__MACOSX/a.eml", b"x"), (".b.eml", b"x"), ("c.eml", GOOD))),
        ["Wo ist es?"],
    ),
    "an export of each kind": (
        built(
            "a.zip",
            lambda: zipped(
                ("x/Sent.mbox", BOX),
                ("t.csv", b"body\nWo?\n"),
                ("t.json", b'[{"body": "Da?"}]'),
                ("bad.csv", b"a\nb\n"),
            ),
        ),
        ["Wo ist es?", "Wo?", "Da?", "!--map body=COLUMN"],
    ),
    # folders
    "a folder with a table that is none": (
        lambda: {"in/a.eml": GOOD, "in/b.csv": b"x\ny\n", "in/c.json": b"{", "in/d.mbox": b"x"},
        ["Wo ist es?", "!--map body=COLUMN", "!broken JSON"],
    ),
    "names of files that are no text": (
        lambda: {"in/a\udcff\udcfe.eml": GOOD, "in/b\n\r.eml": GOOD},
        ["Wo ist es?"] * 2,
    ),
}
