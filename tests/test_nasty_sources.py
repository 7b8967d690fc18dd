"""Nasty exports: every mail in them is counted, the broken ones with a reason, and nothing else is touched."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import BOX, CASES, SEPARATOR

from drafter.errors import MailError
from drafter.places import Places
from drafter.records import Mail
from drafter.sources import Raw, mbox, read_mails, read_raw
from drafter.sources.origin import Origin
from drafter.zones import ZoneFinder

ZONES = ZoneFinder.load(Places())
PIECES = [
    b"\n",
    b"\r\n",
    b" ",
    b"x",
    b"From ",
    b">From here\n",
    b"From a\n",
    SEPARATOR,
    SEPARATOR[:-1],
    BOX,
    b"Subject: x\n",
    b"From: y\n",
]


def said(found: Mail | MailError, wanted: str) -> str:
    """Return what was wanted where it is there, else what there is."""
    if isinstance(found, MailError):
        return wanted if wanted.startswith("!") and wanted[1:] in found.message else f"! {found.message}"
    return wanted if found.body == wanted or (wanted and wanted in found.body) else found.body[:200]


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_lost_and_nothing_stops_the_run(name: str, tmp_path: Path) -> None:
    build, wanted = CASES[name]
    for file, data in build().items():
        path = tmp_path / "work" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    before = sorted(tmp_path.rglob("*"))

    source = tmp_path / "work" / "in" if (tmp_path / "work" / "in").exists() else path
    found = list(read_mails(source))

    assert [said(mail, text) for (_key, mail), text in zip(found, wanted, strict=True)] == wanted
    assert len({key for key, _mail in found}) == len(found)
    for key, mail in found:
        assert key.isprintable() and ".." not in key.split("/") and not key.startswith("/")
        assert isinstance(mail, MailError) or all(
            "\n" not in text and "\r" not in text for text in (mail.subject, mail.message_id, mail.from_name)
        )
    assert sorted(tmp_path.rglob("*")) == before


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["eml", "txt", "record"]))
def test_any_bytes_are_a_mail_or_have_a_reason(data: bytes, kind: str) -> None:
    try:
        mail = read_raw(Raw("x", data, kind))
    except MailError as error:
        assert error.message
    else:
        zones = ZONES.find(mail)
        assert "".join(mail.body[zone.start : zone.end] for zone in zones) == mail.body


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(1, 400))
def test_an_mbox_is_split_alike_however_it_is_read(pieces: list[bytes], size: int) -> None:
    origin = Origin("x", lambda: io.BytesIO(b"".join(pieces)))
    with pytest.MonkeyPatch.context() as monkeypatch:
        whole = list(mbox.read_mbox(origin))
        monkeypatch.setattr(mbox, "_CHUNK", size)
        assert list(mbox.read_mbox(origin)) == whole
