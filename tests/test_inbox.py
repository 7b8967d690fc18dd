"""What of an export is answered; the conversations stand in cases/inbox.yaml."""

from __future__ import annotations

import base64
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import read_cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inboxes import decide, exports, is_own

from drafter import messages
from drafter.analysis.mailkind import MailKindDetector
from drafter.errors import DataError, SourceError
from drafter.inbox import reasons
from drafter.inbox.index import Entry, Inbox
from drafter.inbox.keep import kept
from drafter.inbox.rules import load_rules
from drafter.inbox.store import NAME
from drafter.places import Places
from drafter.sources.raw import Raw, read_raw

CASES = read_cases("inbox")


@pytest.fixture(scope="module")
def detector() -> MailKindDetector:
    return MailKindDetector.load(Places())


def _done(entry: Entry) -> str:
    reply = f" {entry.reply.key}" if entry.reply else ""
    return f"{entry.reason or entry.decision}{reply}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_conversations(case: dict, detector: MailKindDetector, tmp_path: Path) -> None:
    clashes: list[int] = []
    entries = decide(tmp_path, exports(case), detector, lambda inbox: clashes.append(inbox.clashes))
    before = f"{case['export']}:" if "export" in case else ""
    found = {entry.raw.key: entry for entry in entries}
    wanted = {before + mail["key"]: mail for mail in case["mails"]}

    assert {key: _done(entry) for key, entry in found.items()} == {key: mail["do"] for key, mail in wanted.items()}
    assert len(entries) == len(wanted) and clashes == [case.get("clashes", 0)]
    assert [entry.raw.key for entry in entries] == case.get("order", [entry.raw.key for entry in entries])
    for key, mail in wanted.items():
        entry = found[key]
        assert entry.decision == ("answer" if mail["do"] == "answer" else "answered" if "answered" in mail["do"]
                                  else "failed" if mail["do"] == "unreadable" else "skip")  # fmt: skip
        assert bool(entry.why) == (entry.decision != "answer")
        assert entry.stands_for == tuple(mail.get("stands_for", entry.stands_for))
        assert entry.unanswered == (len(entry.stands_for) + 1 if entry.decision == "answer" else 0)
        assert entry.customer == mail.get("customer", entry.customer)
        if "since" in mail:
            assert entry.since == datetime(2026, 5, mail["since"], tzinfo=UTC)
    _assert_threads({found[key].thread: set() for key in wanted}, found, wanted)


def _assert_threads(groups: dict[str, set[str]], found: dict[str, Entry], wanted: dict[str, dict]) -> None:
    """Mails with the same letter are in one thread, and only they."""
    letters = {key: mail["thread"] for key, mail in wanted.items() if "thread" in mail}
    for key in letters:
        groups[found[key].thread].add(key)
    expected = [{key for key, other in letters.items() if other == letter} for letter in set(letters.values())]
    assert sorted(map(sorted, filter(None, groups.values()))) == sorted(map(sorted, expected))


NAMES = st.sampled_from(["lena", "otto", "us"])
SUBJECTS = st.sampled_from(["Heizung defekt", "AW: Heizung defekt", "Anfrage", "[#123] Lampe", "WG: Paket", ""])
IDS = st.sampled_from([f"m{number}" for number in range(6)])


@st.composite
def conversations(draw: st.DrawFn) -> list[dict]:
    mails = []
    for key in "abcdefgh"[: draw(st.integers(1, 8))]:
        name = draw(NAMES)
        mail = {"key": key, "from": name, "to": draw(NAMES), "subject": draw(SUBJECTS), "day": draw(st.integers(1, 30)),
                "refs": draw(st.lists(IDS, max_size=3))}  # fmt: skip
        mail |= draw(
            st.fixed_dictionaries({}, optional={"id": IDS, "re": IDS, "body": st.sampled_from(["Eins", "Zwei"])})
        )
        mails.append(mail)
    return mails


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mails=conversations(), data=st.data())
def test_the_order_of_the_export_decides_nothing(
    mails: list[dict], data: st.DataObject, detector: MailKindDetector, tmp_path: Path
) -> None:
    entries = decide(tmp_path, exports({"mails": mails}), detector)
    shuffled = decide(tmp_path, exports({"mails": data.draw(st.permutations(mails))}), detector)

    assert shuffled == entries
    assert sorted(entry.raw.key for entry in entries) == [mail["key"] for mail in mails]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mails=conversations())
def test_every_waiting_mail_is_answered_or_stood_for(
    mails: list[dict], detector: MailKindDetector, tmp_path: Path
) -> None:
    entries = decide(tmp_path, exports({"mails": mails}), detector)
    stood_for = [key for entry in entries for key in entry.stands_for]

    assert sorted(stood_for) == sorted(entry.raw.key for entry in entries if entry.reason == "superseded")
    for entry in entries:
        if entry.reply:
            assert "service@wir.example" in entry.reply.data.decode()


def test_the_file_is_private_and_goes_with_the_inbox(detector: MailKindDetector, tmp_path: Path) -> None:
    left_behind = tmp_path / NAME
    left_behind.write_text("of a run that was cut off")
    left_behind.chmod(0o644)
    with Inbox(tmp_path, is_own, automatic=detector) as inbox:
        inbox.add(Raw("a", b"From: a@example.org\n\nKalt!\n", "eml"))
        assert [path.name for path in tmp_path.iterdir()] == [NAME]
        assert stat.S_IMODE(left_behind.stat().st_mode) == 0o600
        assert [entry.raw.key for entry in inbox.entries()] == ["a"] and len(inbox) == 1
    assert not list(tmp_path.iterdir())


def test_a_link_under_the_name_of_the_index_is_not_followed(detector: MailKindDetector, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("x")
    (tmp_path / NAME).symlink_to(precious)
    with Inbox(tmp_path, is_own, automatic=detector) as inbox:
        inbox.add(Raw("a", b"From: a@example.org\n\nKalt!\n", "eml"))
    assert precious.read_text() == "x"


def test_a_folder_that_is_missing_is_named(detector: MailKindDetector, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        Inbox(tmp_path / "nowhere", is_own, automatic=detector)


def test_a_full_disk_is_said(detector: MailKindDetector, tmp_path: Path) -> None:
    with Inbox(tmp_path, is_own, automatic=detector) as inbox:
        inbox._store.run("PRAGMA max_page_count = 40")
        with pytest.raises(SourceError, match="full"):
            for number in range(100):
                inbox.add(Raw(str(number), b"From: a@example.org\n\n" + b"x" * 10_000, "eml"))


def test_a_kept_mail_reads_as_the_whole_one() -> None:
    image = b"\n".join([b"QUJD" * 18] * 20_000)
    text = base64.encodebytes("Grüße, die Heizung ist kalt. ".encode() * 1_000)
    data = (
        b"From: lena@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + text + b"\r\n"
        b"--b\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + image + b"\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nDas war alles.\r\n--b--\r\n"
    )  # fmt: skip
    raw = Raw("a", data, "eml")
    short = raw._replace(data=kept(raw))

    assert len(short.data) < len(data) / 20
    assert read_raw(short) == read_raw(raw)
    assert "Das war alles." in read_raw(short).body and "kalt" in read_raw(short).body


@pytest.mark.parametrize("kind", ["eml", "txt", "record"])
def test_what_is_kept_is_bounded(kind: str) -> None:
    long = b'{"body": "' + b"x" * 20_000_000 + b'"}'
    raw = Raw("a", long if kind == "record" else b"Subject: x\nFrom: a@example.org\n\n" + long, kind)
    short = raw._replace(data=kept(raw))

    assert len(short.data) < 7_000_000
    assert read_raw(short).body == read_raw(raw).body


def test_every_reason_has_its_german_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*reasons._TEXTS.values(), *reasons._WITH_OTHER.values(), reasons._OWN_FORWARD, reasons._OWN_SILENT]
    monkeypatch.setenv("DRAFTER_LANG", "de")
    assert not [text for text in texts if messages._(text) == text]


def test_all_examples_of_the_rules_hold() -> None:
    """They are tried when the file is read; a wrong one is refused with its line."""
    load_rules(Places())


@pytest.mark.parametrize(("old", "new", "message"), [
    ('hit: ["Spam"', 'hit: ["Posteingang"', "inbox.yaml:14: the hit example 'Posteingang' of 'place-spam' is none"),
    ("reason: chat", "reason: talk", "unknown reason 'talk'"),
    ("field: form", "field: web", "unknown field 'web'"), ("least: 6", "least: six", "'least' must be a number"),
    ("(?i)\\b", "(?i)(\\b", "not a regular expression"),
])  # fmt: skip
def test_a_wrong_rule_is_named(old: str, new: str, message: str, tmp_path: Path) -> None:
    text = Places().file("rules", "inbox.yaml").read_text(encoding="utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "inbox.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(message)):
        load_rules(Places(tmp_path))
