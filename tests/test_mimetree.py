"""The quick parser takes ordinary mails alone, and says of them what the standard library says."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import MAILS
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter import mime, mimetree
from drafter.errors import MailError
from drafter.read import read_bytes

HEAD = b"From: Ute <ute@example.org>\nSubject: Bett\nMIME-Version: 1.0\n"
LINES = [
    b"Content-Type: text/plain; charset=utf-8", b"Content-Type: text/html", b"Content-Type: multipart/alternative; boundary=b",
    b'Content-Type: multipart/mixed; boundary="c d"', b"Content-Type: multipart/mixed; boundary=bb", b"Content-Type: message/rfc822",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"Content-Disposition: attachment; filename*=x",
    b"", b"", b"--b", b"--b--", b"--c d", b"--c d--", b"--bb", b"--bb--", b"Hallo?", b"SGFsbG8/", b"SGFsb", b"H=C3=A4=\nnde", b"<p>Ja</p>",
    b"\xe4\xff", b" folded", b"From: x",
]  # fmt: skip


def read(raw: bytes) -> object:
    try:
        return read_bytes(raw, "x", "eml")
    except MailError as error:
        return error.message


def slowly(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> object:
    """Read a mail with the standard library alone."""
    with monkeypatch.context() as patch:
        patch.setattr(mime, "parse", lambda raw: None)
        return read(raw)


@pytest.mark.parametrize("path", sorted(MAILS.rglob("*.eml")), ids=lambda path: path.stem)
def test_shipped_mails_are_read_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(path.read_bytes()) == slowly(path.read_bytes(), monkeypatch)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_any_order_of_parts_is_read_alike(lines: list[bytes]) -> None:
    raw = HEAD + b"\n".join(lines) + b"\n"
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert read(raw) == slowly(raw, monkeypatch)


@pytest.mark.parametrize(
    "raw",
    [
        b"no header\n\nx", HEAD, HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n",
        HEAD + b"Content-Type: multipart/mixed\n\n--b\n\nx\n--b--\n", HEAD + b"Content-Transfer-Encoding: x-uue\n\nx",
        HEAD + b"Content-Type: text/plain; charset*0=utf; charset*1=-8\n\nx",
        HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(50)),
    ],
)  # fmt: skip
def test_a_mail_that_is_not_well_formed_is_left_to_the_standard_library(raw: bytes) -> None:
    assert mimetree.parse(raw) is None


def test_an_ordinary_mail_is_not(tmp_path: Path) -> None:
    parts = b"--b\n\nHallo?\n--b\nContent-Type: text/html\n\n<p>Hallo?</p>\n--b--\n"
    part = mimetree.parse(HEAD + b"Content-Type: multipart/alternative; boundary=b\n\n" + parts)

    assert part and [child.kind for child in part.children] == ["text/plain", "text/html"]
