"""Heads say what a whole reading says, and stand whatever the headers are."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from conftest import MAILS
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.errors import MailError
from drafter.headers import MAX_FIELD
from drafter.inbox.head import Head, aware, head_of
from drafter.inbox.opening import opening
from drafter.sources.raw import Raw, read_raw

FILES = sorted(path for path in MAILS.rglob("*") if path.suffix in (".eml", ".txt"))
NASTY = {
    "encoded words": b"From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\nSubject: =?utf-8?b?SGVpenVuZyBrYWx0?= =?utf-8?q?_und_na=C3=9F?=\n\nx",
    "8-bit": "From: Jürgen <j@example.org>\nSubject: Größe\n\nx".encode("latin-1"),
    "NUL": b"From: a\x00b@example.org\nSubject: a\x00b\nMessage-ID: <a\x00b@c>\n\nx",
    "folded": b"From: a@example.org\nSubject: a\n b\n\tc\nReferences: <1@a>\n <2@a>\n\t<3@a>\n\nx",
    "CRLF": b"From: a@example.org\r\nSubject: a\r\n b\r\nMessage-ID: <1@a>\r\n\r\nx",
    "lone returns": b"From: a@example.org\rSubject: a\rMessage-ID: <1@a>\r\rx",
    "several From": b"From: a@example.org\nFrom: b@example.org\nSubject: x\n\nx",
    "first empty": b"Subject:\nFrom: a@example.org\nSubject: b\n\nx",
    "no blank line": b"From: a@example.org\nSubject: b\nKein Header\nSubject: c\n",
    "malformed ids": b"From: a@example.org\nMessage-ID: kaputt hier\nIn-Reply-To: <>\nReferences: a b <c@d> <e f>\nSubject: x\n\nx",
    "envelope": b"From lena Mon May  4 10:00:00 2026\nFrom: a@example.org\nSubject: b\n\nx",
    "byte order mark": b"\xef\xbb\xbfFrom: a@example.org\nSubject: b\nMessage-ID: <1@a>\n\nx",
    "blank lines first": b"\n\r\nFrom: a@example.org\nSubject: b\nMessage-ID: <1@a>\n\nx",
    "broken encoded word": b"From: a@example.org\nSubject: =?utf-8?b?!!!?= =?nix?q?a=FC?= =?utf-8?q?=C3?=\n\nx",
    "header only": b"From: a@example.org\nSubject: b\nMessage-ID: <1@a>",
    "space before colon": b"From: a@example.org\nSubject : b\nMessage-ID: <1@a>\n\nx",
    "injection": b"From: a@example.org\nSubject: =?utf-8?q?a=0D=0ABcc:_b@example.org?=\nMessage-ID: <1@a>\n\nx",
    "long": b"From: a@example.org\nSubject: " + b"x" * 100_000 + b"\nMessage-ID: <" + b"y" * 10_000 + b">\n\nx",
    "folded for ever": b"Subject: a\n" + b" b\n" * 40_000 + b"From: a@example.org\nMessage-ID: <1@a>\n\nx",
}
DATES = {
    "Mon, 04 May 2026 10:00:00 +0200": datetime(2026, 5, 4, 8, tzinfo=UTC),
    "Mon, 04 May 2026 10:00:00 -0000": datetime(2026, 5, 4, 10, tzinfo=UTC),
    "2026-05-04T10:00:07+02:00": datetime(2026, 5, 4, 8, 0, 7, tzinfo=UTC),
    "2026-05-04T08:00:00Z": datetime(2026, 5, 4, 8, tzinfo=UTC),
    "4. Mai 2026 um 10:00": datetime(2026, 5, 4, 10, tzinfo=UTC),
    "Thu, 01 Jan 1970 00:00:00 +0000": datetime(1970, 1, 1, tzinfo=UTC),
    "Fri, 31 Dec 9999 23:59:59 -1400": None,
    "gestern": None,
    "Mon, 99 May 2026 10:00:00 +9999": None,
}


def _agree(raw: Raw) -> None:
    head, mail = head_of(raw), read_raw(raw)
    names = (
        "message_id",
        "in_reply_to",
        "references",
        "subject",
        "from_name",
        "from_address",
        "to",
        "ticket",
        "direction",
    )
    assert {name: getattr(head, name) for name in names} == {name: getattr(mail, name) for name in names}
    assert head.date == aware(mail.date)
    assert {name: head.marks[name] for name in mail.headers} == mail.headers


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_head_says_what_the_whole_mail_says(path) -> None:
    raw = Raw(path.name, path.read_bytes(), path.suffix[1:])
    try:
        read_raw(raw)
    except MailError:
        assert head_of(raw).key == path.name
    else:
        _agree(raw)


@pytest.mark.parametrize("data", NASTY.values(), ids=NASTY)
def test_nasty_headers_are_read_as_with_the_whole_mail(data: bytes) -> None:
    _agree(Raw("a", data, "eml"))


@pytest.mark.parametrize(("value", "date"), DATES.items(), ids=lambda value: str(value)[:40])
def test_dates(value: str, date: datetime | None) -> None:
    mail = f"From: a@example.org\nSubject: x\nDate: {value}\n\nx".encode()
    record = json.dumps({"body": "x", "date": value}).encode()
    assert head_of(Raw("a", mail, "eml")).date == date == head_of(Raw("a", record, "record")).date


def test_a_record_gives_what_it_has() -> None:
    record = {"body": "Kalt", "from": "Lena <l@example.org>", "to": "s@wir.example", "message_id": "<1@a>", "ticket": 4711,
              "references": ["<0@a>", 7], "labels": ["vip"], "public": False, "thread": "t", "direction": "agent"}  # fmt: skip
    raw = Raw("a", json.dumps(record).encode(), "record", "", ("Ordner",))
    _agree(raw)
    head = head_of(raw)
    assert (head.labels, head.public, head.recipients, head.thread) == (
        ("Ordner", "vip"),
        False,
        ("s@wir.example",),
        "t",
    )


@pytest.mark.parametrize(
    "data", [b"", b"null", b"[1]", b"{", b"\xff\xfe{", b"[" * 100_000, b'{"from": [], "date": {}}']
)
@pytest.mark.parametrize("kind", ["record", "eml", "txt", "msg"])
def test_rubbish_has_a_head_too(kind: str, data: bytes) -> None:
    assert head_of(Raw("a", data, kind)).key == "a"


def test_ten_megabytes_of_headers_give_short_fields() -> None:
    lines = b"Received: x\n" * 300_000 + b"Subject: " + b"a" * 10_000_000 + b"\n\nx"
    head = head_of(
        Raw("a", b"From: a@example.org\nSubject: b\nReferences: " + b"<1@a> " * 100_000 + b"\n" + lines, "eml")
    )
    assert head.from_address == "a@example.org" and len(head.references) <= 100
    assert all(len(value) <= 2 * MAX_FIELD for value in head if isinstance(value, str))


HEADERS = st.lists(
    st.tuples(st.sampled_from([b"From", b"SUBJECT", b"Date", b"Message-ID", b"References", b"To", b"X-Gmail-Labels", b"x y"]),
              st.sampled_from([b":", b": ", b" :", b":\n ", b":\r\n\t"]), st.binary(max_size=40)), max_size=8)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(HEADERS, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.binary(max_size=30))
def test_any_bytes_have_a_head(fields: list[tuple[bytes, bytes, bytes]], end: bytes, body: bytes) -> None:
    data = end.join(b"".join(parts) for parts in fields) + end + end + body
    for kind in ("eml", "txt", "record"):
        assert isinstance(head_of(Raw("a", data, kind)), Head)


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".eml"], ids=lambda path: path.name)
def test_the_opening_is_the_beginning_of_the_text(path) -> None:
    raw = Raw(path.name, path.read_bytes(), "eml")
    text = opening(raw)
    if text is not None:
        assert _words(read_raw(raw).body)[:60] == _words(text)[:60][: len(_words(read_raw(raw).body))]


PARTS = {
    "plain": "Content-Type: text/plain; charset=utf-8\n\nGrüße, 5 € fehlen.\n",
    "quoted-printable": "Content-Type: text/plain;\n charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe, 5 =E2=82=AC fe=\nhlen.\n",
    "alternative": "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nGrüße, 5 € fehlen.\n--b\nContent-Type: text/html\n\n<p>x</p>\n--b--\n",
    "no type": "\nGrüße, 5 € fehlen.\n",
}
UNPARSED = ["Content-Type: text/html\n\n<p>x</p>", "Content-Transfer-Encoding: base64\n\nR3LDvMOfZQ==\n",
            "Content-Type: multipart/mixed; boundary=b\n\nnichts\n"]  # fmt: skip


@pytest.mark.parametrize("text", PARTS.values(), ids=PARTS)
def test_openings_are_found_in_plain_text(text: str) -> None:
    found = opening(Raw("a", ("From: a@example.org\n" + text).encode(), "eml"))
    assert found is not None and found.lstrip().startswith("Grüße, 5 € fehlen.")


@pytest.mark.parametrize("text", UNPARSED)
def test_what_only_parsing_finds_has_no_opening(text: str) -> None:
    assert opening(Raw("a", ("From: a@example.org\n" + text).encode(), "eml")) is None


def _words(text: str) -> list[str]:
    return text.split()
