"""Reading: broken mails as data, limits, and a property that holds for any bytes."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drafter.data import read_rules
from drafter.errors import MailError
from drafter.read import MAX_BODY_CHARACTERS, MAX_FILE_BYTES, read_bytes, read_file, read_paste
from drafter.records import Mail

FIELDS = {"raw", "bytes", "encoding", "repeat", "want", "want_lines", "note", "error"}
CASES = read_rules(Path(__file__).parent / "cases" / "read.yaml", {"id"}, FIELDS)
HEAD = b"From: a@example.org\nSubject: =?utf-8?q?"


def raw_of(case) -> bytes:
    """Turn a case into the bytes that it stands for."""
    if "bytes" in case.fields:
        return case["bytes"].encode("latin-1").decode("unicode_escape").encode("latin-1")
    return case["raw"].encode(case.get("encoding", "utf-8")) * int(case.get("repeat", 1))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_raw_mail_becomes_the_mail_that_was_meant(case):
    if error := case.get("error"):
        with pytest.raises(MailError, match=error):
            read_bytes(raw_of(case))
        return
    mail = read_bytes(raw_of(case))
    for name, value in case.get("want", {}).items():
        found = getattr(mail, name)
        assert (list(found) if isinstance(found, tuple) else str(found) if name == "date" and found else found) == value
    if lines := case.get("want_lines"):
        assert [line for line in mail.body.split("\n") if line.strip("> -")] == lines
    assert case.get("note", "") in " ".join(mail.notes)


def test_mail_without_message_id_has_a_stable_id():
    assert read_paste("Hallo").id == read_paste("Hallo").id != read_paste("Hallo!").id != ""


def test_long_body_is_cut_with_a_note():
    mail = read_paste("a b " * MAX_BODY_CHARACTERS)
    assert len(mail.body) == MAX_BODY_CHARACTERS and "cut" in mail.notes[0]


def test_files_that_cannot_be_read_are_named(tmp_path):
    large = tmp_path / "large.eml"
    with large.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    for path, problem in ((tmp_path / "missing.eml", "No such file"), (tmp_path, "folder"), (large, "25 MB")):
        with pytest.raises(MailError, match=problem) as caught:
            read_file(path)
        assert caught.value.remedy


def test_deep_and_silly_html_still_gives_its_words():
    page = b"From: a@example.org\nSubject: x\nContent-Type: text/html\n\n" + b"<div><table>" * 5_000 + b"Wort"
    assert read_bytes(page).body.strip() == "Wort"


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(HEAD.__add__), st.text().map(str.encode)))
@example(b"From: a@b\nContent-Type: text/html; charset=utf-8\n\n<?xml version='1.0' encoding='x'?><p>\x00")
def test_any_bytes_give_a_mail_or_a_mail_error(raw):
    try:
        mail = read_bytes(raw)
    except MailError:
        return
    assert isinstance(mail, Mail) and mail.id and "\r" not in mail.body and "\0" not in mail.body
    mail.body.encode()
    fields = (mail.subject, mail.from_name, mail.from_address, mail.to, mail.message_id, *mail.headers.values())
    assert all(len(value) <= 1_000 and not set(value) & set("\r\n\0\x1b") for value in fields)
