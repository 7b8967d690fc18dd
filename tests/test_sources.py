"""Exports: every form of them is split into its mails, and what is wrong with one costs that one alone."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from conftest import CASES

from drafter.cli import main
from drafter.errors import MailError, SourceError
from drafter.records import Mail
from drafter.sources import parse_mapping, read_mails, read_source

BOXES = yaml.safe_load((CASES / "mboxes.yaml").read_text(encoding="utf-8"))
TABLES = yaml.safe_load((CASES / "tables.yaml").read_text(encoding="utf-8"))
Write = Callable[..., Path]

GOOD = b"From: Ute <ute@example.org>\nSubject: Bett\n\nWo ist es?\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, data: bytes | str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write_file


def mails(path: Path, *mapping: str) -> dict[str, Mail | MailError]:
    """Read all mails of a source; no key may come twice."""
    found = list(read_mails(path, parse_mapping(mapping)))
    assert len(dict(found)) == len(found)
    return dict(found)


def subset(mail: Mail | MailError, wanted: dict) -> dict:
    """Return what a case looks at; of a mail that cannot be read the reason."""
    if isinstance(mail, MailError):
        return {"error": wanted["error"] if wanted.get("error", "?") in mail.message else mail.message}
    return {name: list(value) if isinstance(value := getattr(mail, name), tuple) else value for name in wanted}


@pytest.mark.parametrize("case", BOXES, ids=[case["name"] for case in BOXES])
def test_an_mbox_is_split_at_its_mails_alone(case: dict, write: Write) -> None:
    data = case["box"].encode(case.get("encoding", "utf-8"))
    found = mails(write("box.mbox", data.replace(b"\n", b"\r\n") if case.get("crlf") else data))

    assert [subset(mail, wanted) for mail, wanted in zip(found.values(), case["mails"], strict=True)] == case["mails"]


@pytest.mark.parametrize("case", TABLES, ids=[case["name"] for case in TABLES])
def test_a_table_gives_a_mail_for_each_row(case: dict, write: Write) -> None:
    data = case["table"].encode(case.get("encoding", "utf-8"))
    found = mails(write(case.get("file", "t.csv"), data), *case.get("map", []))

    assert [subset(mail, wanted) for mail, wanted in zip(found.values(), case["mails"], strict=True)] == case["mails"]
    assert list(found)[: len(case.get("keys", []))] == case.get("keys", [])


def test_memory_does_not_grow_with_an_export(write: Write) -> None:
    mail = b"From a Mon May  4 09:12:00 2026\n" + GOOD + b"x" * 10_000 + b"\n\n"
    row = b'a,"' + b"y" * 10_000 + b'"\n'
    item = json.dumps({"id": 1, "body": "z" * 10_000}).encode()
    sources = [
        write("a.mbox", mail * 500),
        write("a.csv", b"id,body\n" + row * 500),
        write("a.json", b"[" + b",".join([item] * 500) + b"]"),
    ]
    for source in sources:
        tracemalloc.start()
        assert sum(1 for _ in read_source(source)) == 500
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert peak < 4_000_000 < source.stat().st_size


def test_a_folder_is_read_through_without_following_links(write: Write, tmp_path: Path) -> None:
    outside = write("outside/secret.eml", GOOD)
    inbox = write("in/b/2.eml", GOOD).parent.parent
    (
        write("in/a.txt", "Hallo?"),
        write("in/.hidden/3.eml", GOOD),
        write("in/.4.eml", GOOD),
        write("in/notes.pdf", b"%PDF"),
    )
    (inbox / "loop").symlink_to(inbox, target_is_directory=True)
    (inbox / "link.eml").symlink_to(outside)
    (inbox / "out").symlink_to(outside.parent, target_is_directory=True)
    os.mkfifo(inbox / "pipe.eml")

    found = mails(inbox)

    assert list(found) == ["a.txt", "b/2.eml"]
    assert found["b/2.eml"].labels == ("b",)


def test_a_profile_of_thunderbird_is_a_tree_of_mboxes(write: Write, tmp_path: Path) -> None:
    box = b"From - Mon May  4 09:12:00 2026\nX-Mozilla-Status: %s\n" + GOOD
    root = write("mail/Inbox", box % b"0001" + b"\n" + box % b"0008").parent
    write("mail/Inbox.msf", "x"), write("mail/Firma e.V.", box % b"0000"), write("mail/Firma e.V..msf", "x")
    write("mail/Inbox.sbd/Sent", box % b"0003"), write("mail/Inbox.sbd/Empty", ""), write("mail/popstate.dat", "x")

    found = {key: mail.labels for key, mail in mails(root).items()}

    assert found == {
        "Firma e.V.:1": ("Firma e.V.",),
        "Inbox:1": ("Inbox",),
        "Inbox:2": ("Inbox", "deleted"),
        "Inbox.sbd/Sent:1": ("Inbox", "Sent", "replied"),
    }


def test_the_flags_of_a_maildir_are_labels(write: Write, tmp_path: Path) -> None:
    for name in ("cur/1.x:2,S", "cur/2.x:2,ST", "cur/3.x:2,DS", "new/4.x", "tmp/5.x", ".Sent/cur/6.x:2,S"):
        write(f"box/{name}", GOOD)
    for name in ("new", ".Sent/new", ".Sent/tmp"):
        (tmp_path / "box" / name).mkdir(exist_ok=True)

    found = {key: mail.labels for key, mail in mails(tmp_path / "box").items()}

    assert found == {
        ".Sent/cur/6.x:2,S": ("Sent",), "cur/1.x:2,S": (), "cur/2.x:2,ST": ("trashed",), "cur/3.x:2,DS": ("draft",), "new/4.x": (),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.pst", b"!BDN", "readpst -e"),
        ("a.ost", b"!BDN", "readpst -e"),
        ("a.olm", b"PK\x03\x04", "drag the mail folder"),
        ("a.tgz", b"\x1f\x8b", "Unpack it"),
        ("a.xlsx", b"PK\x03\x04", "as CSV"),
        ("a.bin", b"\x00\x01", "What is read: mbox"),
        ("a.zip", b"PK\x03\x04 broken", "not a readable zip"),
        ("a.csv", b"", "empty table"),
        ("a.csv", b"Betreff;Von\nx;y\n", "Columns: Betreff, Von."),
        ("a.json", b'[{"a": 1}]', "Fields: a."),
    ],
)
def test_what_cannot_be_read_says_what_to_do(name: str, data: bytes, said: str, write: Write) -> None:
    with pytest.raises(SourceError) as caught:
        read_source(write(name, data))  # the call itself: nothing has been written yet

    assert said in f"{caught.value.message} {caught.value.remedy}"


@pytest.mark.parametrize(
    ("item", "said"),
    [("body=Text", "Columns: Betreff, Von"), ("stimmung=Betreff", "Fields: id, subject"), ("body", "FIELD=COLUMN")],
)
@pytest.mark.parametrize(
    ("name", "data"), [("a.csv", "Betreff;Von\nx;y\n"), ("a.json", '[{"Betreff": "x", "Von": "y"}]')]
)
def test_a_mapping_that_does_not_fit_is_refused(name: str, data: str, item: str, said: str, write: Write) -> None:
    with pytest.raises(SourceError) as caught:
        read_source(write(name, data), parse_mapping([item]))

    assert said in f"{caught.value.message} {caught.value.remedy}"


def test_nothing_is_written_where_a_mapping_does_not_fit(write: Write, tmp_path: Path) -> None:
    table, out = write("a.csv", "Betreff;Von\nx;y\n"), tmp_path / "out"

    result = CliRunner().invoke(main, ["batch", str(table), "--map", "body=Text", "--out", str(out)])

    assert result.exit_code == 2 and "Columns: Betreff, Von." in result.output
    assert not out.exists()
