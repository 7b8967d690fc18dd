"""Drafts in files: each whole and once, whatever interrupts the run or lies there already."""

import mailbox
import os

import pytest

from drafter.errors import DeliveryError
from drafter.outbox import DraftFolder, DraftMbox, open_outbox

EML = b"X-Unsent: 1\r\nSubject: AW: Bett\r\n\r\nGuten Tag,\r\n\r\nFrom Bett\r\n>From uns\r\n\r\nBis bald\r\n"


def fail_after(monkeypatch, name):
    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, name, fail)


def test_a_draft_lies_in_a_file_of_its_own_once(tmp_path):
    with DraftFolder(tmp_path / "drafts") as outbox:
        assert [outbox.put("in/a b.eml", EML), outbox.put("in/a b.eml", EML), outbox.put("../../x", EML)] == [
            True,
            False,
            True,
        ]
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.eml"))
    assert len(files) == 2 and {file.parts[0] for file in files} == {"drafts"}
    assert all((tmp_path / file).read_bytes() == EML for file in files)


def test_an_edited_draft_is_never_overwritten_and_a_new_one_lies_beside_it_once(tmp_path):
    with DraftFolder(tmp_path) as outbox:
        outbox.put("a", EML)
        outbox.flush()
        (first,) = tmp_path.iterdir()
        first.write_bytes(b"edited")
        assert [outbox.put("a", EML), outbox.put("a", EML)] == [True, False]
    assert first.read_bytes() == b"edited" and len(list(tmp_path.iterdir())) == 2


def test_what_an_interrupted_run_left_half_written_is_cleared_away(tmp_path):
    (tmp_path / ".a.eml.part").write_bytes(b"half")
    with DraftFolder(tmp_path):
        assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    with DraftFolder(tmp_path) as outbox:
        fail_after(monkeypatch, "fsync")
        outbox.put("a", EML)
        with pytest.raises(DeliveryError, match="No space left"):
            outbox.flush()
    assert not list(tmp_path.iterdir())


def test_an_mbox_holds_every_draft_once_and_others_can_read_it(tmp_path):
    path = tmp_path / "drafts.mbox"
    for _run in range(2):
        with DraftMbox(path) as outbox:
            for key in ("a", "b", "c"):
                outbox.put(key, EML)
    box = mailbox.mbox(path)
    assert [message["Subject"] for message in box] == ["AW: Bett"] * 3
    text = box[1].get_payload()
    assert "\n>From Bett\n>>From uns\n" in text and text.endswith("Bis bald\n")


@pytest.mark.parametrize("last", [b"", b"foreign"])
def test_a_last_draft_that_was_cut_off_anywhere_is_written_again(tmp_path, last):
    path, lead = tmp_path / "drafts.mbox", b"From somebody\nSubject: x\n\nhello\n" if last else b""
    path.write_bytes(lead)
    with DraftMbox(path) as outbox:
        outbox.put("a", EML)
        one = path.stat().st_size
        outbox.put("b", EML)
    whole = path.read_bytes()
    for cut in range(len(lead) + bool(last), len(whole)):
        path.write_bytes(whole[:cut])
        with DraftMbox(path) as outbox:
            assert outbox.put("a", EML) == (cut < one)
            assert outbox.put("b", EML)
        assert path.read_bytes() == whole


def test_a_full_disk_leaves_the_mbox_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "drafts.mbox"
    with DraftMbox(path) as outbox:
        outbox.put("a", EML)
        before = path.read_bytes()
        fail_after(monkeypatch, "write")
        with pytest.raises(DeliveryError, match="No space left"):
            outbox.put("b", EML)
        assert path.read_bytes() == before
        monkeypatch.undo()
        assert outbox.put("b", EML) and not outbox.put("a", EML)
    assert len(mailbox.mbox(path)) == 2


def test_a_marker_that_a_customer_wrote_counts_nothing(tmp_path):
    path = tmp_path / "drafts.mbox"
    with DraftMbox(path) as outbox:
        outbox.put("a", EML)
    mark = path.read_bytes().split(b"\n")[1]
    with DraftMbox(tmp_path / "other.mbox") as outbox:
        outbox.put("b", EML + b"\r\n" + mark + b"\r\n")
    with DraftMbox(tmp_path / "other.mbox") as outbox:
        assert outbox.put("a", EML)


def test_another_file_of_that_name_is_not_touched(tmp_path):
    (path := tmp_path / "drafts.mbox").write_bytes(b"no mbox")
    with pytest.raises(DeliveryError, match="is no mbox"), DraftMbox(path):
        pass
    assert path.read_bytes() == b"no mbox"


def test_an_unknown_place_names_those_there_are(tmp_path):
    with pytest.raises(DeliveryError, match="no place for drafts: pst") as caught:
        open_outbox("pst", tmp_path, print)
    assert "eml, mbox, imaps://user@server" in caught.value.remedy
