"""A mailbox on a real server: read without a trace, drafts appended once and in the thread; and servers that misbehave."""

import imaplib
import itertools
import os
import re
import socket
import ssl
import threading
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from drafter.cli import main
from drafter.deliver import read_contents, to_eml
from drafter.errors import DeliveryError, MailboxError
from drafter.imap.account import ImapSettings, parse_account
from drafter.outbox import open_outbox
from drafter.policy import Policy
from drafter.read import read_bytes
from drafter.records import Draft

pytest.importorskip("imap_tools")

import dovecot
from runs import run_over

MAIL = "From: Lena Voß <lena@example.org>\r\nTo: service@firma.example\r\nSubject: Bett {0}\r\nMessage-ID: <m{0}@example.org>\r\n\r\nWo bleibt Bett {0}?\r\n"
USERS = (f"user{number}@firma.example" for number in itertools.count())


@pytest.fixture(scope="module")
def server():
    if not dovecot.programs():
        if os.environ.get("DRAFTER_TEST_DOVECOT"):
            pytest.fail(dovecot.MISSING)
        pytest.skip(dovecot.MISSING)
    with dovecot.server() as running:
        yield running


class Mailbox:
    """One user's mailbox, with a connection of its own to look into it."""

    def __init__(self, server: dovecot.Server) -> None:
        self.server, self.user = server, next(USERS)
        self.client = imaplib.IMAP4_SSL(
            "localhost", server.tls, ssl_context=ssl.create_default_context(cafile=str(server.ca_file))
        )
        self.client.authenticate("PLAIN", lambda _: f"\0{self.user}\0{dovecot.PASSWORD}".encode())

    def url(self, folder: str = "", scheme: str = "imaps") -> str:
        return (
            f"{scheme}://{self.user}@localhost:{self.server.tls if scheme == 'imaps' else self.server.plain}/{folder}"
        )

    def fill(self, *mails: str, folder: str = "INBOX", flags: str | None = None) -> None:
        for mail in mails:
            assert self.client.append(folder, flags, None, mail.encode())[0] == "OK"

    def state(self, folder: str = "INBOX") -> list:
        """Everything by which a mail could show that it was touched."""
        status = self.client.status(folder, "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)")[1]
        self.client.select(folder, readonly=True)
        return [status, self.client.fetch("1:*", "(UID FLAGS INTERNALDATE MODSEQ)")]

    def stored(self, folder: str = "Entw&APw-rfe") -> list[tuple[str, bytes]]:
        """Flags and bytes of the mails of a folder."""
        if self.client.select(folder, readonly=True)[1] == [b"0"]:
            return []
        data = self.client.fetch("1:*", "(FLAGS BODY.PEEK[])")[1]
        return [
            (re.search(rb"FLAGS \(([^)]*)\)", item[0])[1].decode(), item[1]) for item in data if isinstance(item, tuple)
        ]


@pytest.fixture
def box(server, monkeypatch):
    monkeypatch.setenv("DRAFTER_IMAP_PASSWORD", dovecot.PASSWORD)
    monkeypatch.setenv("DRAFTER_IMAP_CA_FILE", str(server.ca_file))
    mailbox = Mailbox(server)
    yield mailbox
    mailbox.client.logout()


def read(*arguments):
    from drafter.imap import read_imap

    return list(read_imap(*arguments))


def reply(number: int) -> bytes:
    return to_eml(
        read_bytes(MAIL.format(number).encode()), Draft(f"AW: Bett {number}", "Guten Tag,\n\nbald."), Policy()
    )


def put(url: str, *numbers: int) -> tuple[list[bool], list[str]]:
    warnings: list[str] = []
    with open_outbox(url, None, warnings.append) as outbox:
        return [outbox.put(f"imap/INBOX:1/{number}", reply(number)) for number in numbers], warnings


def test_a_folder_is_read_and_nothing_in_it_changes(box, monkeypatch):
    monkeypatch.setattr("drafter.imap.source.LISTED", 7)
    monkeypatch.setattr("drafter.imap.source.MAX_FETCHED", 3)
    box.fill(*(MAIL.format(number) for number in range(20)))
    box.fill(MAIL.format(20), flags=r"(\Answered \Seen)")
    before = box.state()
    mails = read(box.url())
    assert [raw.data.decode() for raw in mails] == [MAIL.format(number) for number in range(21)]
    assert len({raw.key for raw in mails}) == 21 and all(re.fullmatch(r"imap/INBOX:\d+/\d+", raw.key) for raw in mails)
    assert mails[0].labels == ("INBOX",) and mails[20].labels == ("INBOX", "replied")
    assert box.state() == before
    assert read(box.url()) == mails


def test_an_empty_folder_holds_nothing(box):
    assert read(box.url("Projekte")) == []


def test_a_mail_that_is_too_large_is_told_and_not_fetched(box, monkeypatch):
    monkeypatch.setattr("drafter.imap.source.MAX_FILE_BYTES", 1024 * 1024)
    box.fill(MAIL.format(1), MAIL.format(2) + "x" * 2 * 1024 * 1024, MAIL.format(3))
    assert [(bool(raw.data), raw.error) for raw in read(box.url())] == [
        (True, ""),
        (False, "larger than 1 MB"),
        (True, ""),
    ]


def test_a_folder_is_found_by_its_german_name_and_with_slashes(box):
    box.fill(MAIL.format(1), folder="Projekte.B&APw-ro")
    assert [raw.key.rpartition(":")[0] for raw in read(box.url("Projekte/B%C3%BCro"))] == ["imap/Projekte.Büro"]


def test_a_missing_folder_names_those_there_are(box):
    with pytest.raises(MailboxError, match="no folder Eingang") as caught:
        read(box.url("Eingang"))
    assert caught.value.remedy.startswith("Name one of: ") and "Entwürfe" in caught.value.remedy


def test_drafts_arrive_in_the_thread_as_drafts_and_a_second_run_adds_none(box):
    box.fill(MAIL.format(1), MAIL.format(2))
    before = box.state()
    assert put(box.url(), 1, 2) == ([True, True], [])
    stored = box.stored()
    assert [set(flags.split()) - {"\\Recent"} for flags, _ in stored] == [{"\\Draft"}] * 2
    assert [read_contents(data) for _, data in stored] == [read_contents(reply(number)) for number in (1, 2)]
    assert read_contents(stored[0][1]).references == ("<m1@example.org>",)
    assert put(box.url(), 1, 2, 3, 3) == ([False, False, True, False], [])
    assert len(box.stored()) == 3
    assert box.state() == before


def test_drafts_go_into_the_folder_that_is_named(box):
    put(box.url("Projekte"), 1)
    assert (len(box.stored("Projekte")), box.stored()) == (1, [])


def test_a_folder_for_drafts_is_known_by_its_name_where_the_server_does_not_mark_it(box, monkeypatch):
    monkeypatch.setattr("drafter.imap.session.Session._special", lambda session: {})
    box.client.create("INBOX.drafts")
    from imap_tools.folder import MailBoxFolderManager

    plain = MailBoxFolderManager.list

    def without_marks(self, *arguments):
        found = [folder for folder in plain(self, *arguments) if folder.name != "Entwürfe"]
        return found

    monkeypatch.setattr(MailBoxFolderManager, "list", without_marks)
    put(box.url(), 1)
    assert len(box.stored("INBOX.drafts")) == 1


def test_a_connection_that_broke_off_is_opened_again(box):
    with open_outbox(box.url(), None, print) as outbox:
        outbox.put("a", reply(1))
        outbox._session.box.client.sock.shutdown(socket.SHUT_RDWR)
        assert outbox.put("b", reply(2))
        outbox._session.box.client.sock.shutdown(socket.SHUT_RDWR)
        assert not outbox.put("b", reply(2))
    assert len(box.stored()) == 2


def test_a_server_that_loses_the_thread_is_told_once(box, monkeypatch):
    from imap_tools import BaseMailBox

    append = BaseMailBox.append
    monkeypatch.setattr(BaseMailBox, "append", lambda self, eml, *rest, **more: append(self, re.sub(rb"(?m)^(References|X-Drafter-Key|In-Reply-To): .*\r\n", b"", eml), *rest, **more))  # fmt: skip
    done, warnings = put(box.url(), 1, 2)
    assert done == [True, True] and len(warnings) == 2
    assert "drops what joins a draft to its thread" in warnings[0] and "drops the marker" in warnings[1]


def test_a_server_that_changes_the_text_is_an_error(box, monkeypatch):
    from imap_tools import BaseMailBox

    append = BaseMailBox.append
    monkeypatch.setattr(
        BaseMailBox,
        "append",
        lambda self, eml, *rest, **more: append(self, eml.replace(b"bald", b"nie"), *rest, **more),
    )
    with pytest.raises(DeliveryError, match="has changed a draft: text"):
        put(box.url(), 1)


def test_plain_connections_go_over_to_tls(box):
    box.fill(MAIL.format(1))
    assert len(read(box.url(scheme="imap"))) == 1
    assert "TLS" in [line for line in box.server.log.read_text().splitlines() if f"user=<{box.user}>" in line][-1]


def test_a_wrong_password_is_told_and_not_shown(box, monkeypatch):
    monkeypatch.setenv("DRAFTER_IMAP_PASSWORD", "hunter2")
    with pytest.raises(MailboxError, match=f"{box.user}@localhost is not let in: .*Authentication failed") as caught:
        read(box.url())
    assert "hunter2" not in f"{caught.value.message} {caught.value.remedy}"


def test_a_certificate_of_an_unknown_authority_is_refused(box, monkeypatch):
    monkeypatch.delenv("DRAFTER_IMAP_CA_FILE")
    for scheme in ("imap", "imaps"):
        with pytest.raises(MailboxError, match="certificate is not trusted: .*issuer") as caught:
            read(box.url(scheme=scheme))
        assert "--ca-file" in caught.value.remedy
    monkeypatch.setenv("SSL_CERT_FILE", str(box.server.ca_file))
    assert read(box.url()) == []


def test_a_certificate_for_another_name_is_refused(box):
    with pytest.raises(MailboxError, match="not trusted: .*127.0.0.1"):
        read(box.url().replace("localhost", "127.0.0.1"))


def test_the_batch_drafts_in_the_threads_of_a_mailbox_and_a_second_run_adds_none(box, kit, tmp_path):
    box.fill(MAIL.format(1), MAIL.format(2))
    before = box.state()
    for out, new in (("out", 2), ("out", 0), ("another", 2)):
        counts = run_over(kit, box.url(), tmp_path / out, drafts=box.url())
        assert counts.total() - counts["done before"] == new
        assert {read_contents(data).in_reply_to for _, data in box.stored()} == {"<m1@example.org>", "<m2@example.org>"}
        assert len(box.stored()) == 2
    assert box.state() == before


def test_the_command_drafts_from_mailbox_to_mailbox(box, kit, monkeypatch, tmp_path):
    monkeypatch.setattr("drafter.cli_batch.load_kit", lambda *_: kit)
    box.fill(MAIL.format(1), MAIL.format(2))
    before = box.state()
    command = ["batch", box.url("INBOX"), "--drafts", box.url(), "--workers", "1", "--out"]
    for out, said in (("out", "needs-fill: 2"), ("out", "done before: 2"), ("another", "needs-fill: 2")):
        result = CliRunner().invoke(main, [*command, str(tmp_path / out)])
        assert result.exit_code == 0 and result.stderr == f"2 mails. {said}\n"
        assert [set(flags.split()) - {"\\Recent"} for flags, _ in box.stored()] == [{"\\Draft"}] * 2
    threads = [read_contents(data) for _, data in box.stored()]
    assert [(one.in_reply_to, one.subject, one.to) for one in threads] == [
        (f"<m{number}@example.org>", f"AW: Bett {number}", "Lena Voß <lena@example.org>") for number in (1, 2)
    ]
    assert box.state() == before and not list((tmp_path / "out").rglob("*.eml"))


def test_a_source_that_cannot_be_read_ends_with_status_2_and_no_traceback(box, monkeypatch, tmp_path):
    monkeypatch.setenv("DRAFTER_IMAP_PASSWORD", "hunter2")
    result = CliRunner().invoke(
        main, ["batch", box.url(), "--out", str(tmp_path / "out"), "--history", "none", "--timeout", "9"]
    )
    assert result.exit_code == 2 and "is not let in" in result.stderr and "hunter2" not in result.output


def test_a_file_of_certificates_that_is_missing_is_told(box, tmp_path):
    with pytest.raises(MailboxError, match="none.pem: No such file"):
        read(box.url(), ImapSettings(ca_file=str(tmp_path / "none.pem")))
    (tmp_path / "empty.pem").touch()
    with pytest.raises(MailboxError, match="empty.pem: no certificates in it"):
        read(box.url(), ImapSettings(ca_file=str(tmp_path / "empty.pem")))


@contextmanager
def fake(answer: bytes, *more: bytes):
    """A server that says one thing, and others after the first commands, and then nothing."""

    def serve():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            clients.append(client)
            client.sendall(answer)
            for one in filter(None, more):
                client.sendall(one.replace(b"TAG", client.recv(1000).split(b" ")[0]))

    clients: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"user@localhost:{listener.getsockname()[1]}/INBOX"
        for client in clients:
            client.close()


@pytest.mark.parametrize(
    ("answer", "more", "scheme"),
    [
        (b"", b"", "imap"),
        (b"", b"", "imaps"),
        (b"* OK hello\r\n", b"", "imap"),
        (b"* OK hello\r\n", b"* CAPABILITY IMAP4REV1\r\nTAG OK done\r\n", "imap"),
    ],
)
def test_a_server_that_says_nothing_is_given_up(monkeypatch, answer, more, scheme):
    monkeypatch.setenv("DRAFTER_IMAP_PASSWORD", "x")
    with fake(answer, more) as place, pytest.raises(MailboxError, match="no answer within 0.2 seconds"):
        read(f"{scheme}://{place}", ImapSettings(timeout=0.2))


@pytest.mark.parametrize(
    ("answer", "scheme", "message"),
    [
        (b"* BYE too many\r\n", "imap", "too many"),
        (b"HTTP/1.1 400 Bad\r\n\r\n", "imap", "400 Bad|broke off|unexpected"),
        (b"* OK hello\r\n", "imaps", "no encrypted connection"),
    ],
)
def test_a_server_that_is_none_is_told(monkeypatch, answer, scheme, message):
    monkeypatch.setenv("DRAFTER_IMAP_PASSWORD", "x")
    with fake(answer) as place, pytest.raises(MailboxError, match=message):
        read(f"{scheme}://{place}", ImapSettings(timeout=2))


def test_a_server_elsewhere_without_encryption_gets_no_password(monkeypatch):
    monkeypatch.setenv("DRAFTER_IMAP_PASSWORD", "x")
    monkeypatch.setattr("drafter.imap.account.Account.is_local", False)
    with fake(b"* OK hello\r\n", b"* CAPABILITY IMAP4REV1\r\nTAG OK done\r\n") as place:
        with pytest.raises(MailboxError, match="offers no encryption") as caught:
            read(f"imap://{place}", ImapSettings(timeout=2))
        assert "--insecure" in caught.value.remedy
        with pytest.raises(MailboxError, match="no answer"):  # it is spoken to
            read(f"imap://{place}", ImapSettings(timeout=0.2, insecure=True))


def test_an_answer_that_is_no_imap_is_told(monkeypatch):
    monkeypatch.setenv("DRAFTER_IMAP_PASSWORD", "x")
    answers = b"* CAPABILITY IMAP4REV1\r\nTAG OK done\r\n", b"TAG OK in\r\n", b'* LIST () "/" "&AP-"\r\nTAG OK done\r\n'
    with fake(b"* OK hello\r\n", *answers) as place, pytest.raises(MailboxError, match="in a way that is no IMAP"):
        read(f"imap://{place}", ImapSettings(timeout=2))


def test_nobody_listening_is_told(monkeypatch):
    monkeypatch.setenv("DRAFTER_IMAP_PASSWORD", "x")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(MailboxError, match=f"localhost:{port}: Connection refused"):
        read(f"imaps://user@localhost:{port}")


@pytest.mark.parametrize(
    ("spec", "account"),
    [
        ("imaps://lena@host.example", ("imaps", "lena", "host.example", 993, "")),
        ("IMAP://lena@host.example/", ("imap", "lena", "host.example", 143, "")),
        (
            "imaps://lena@firma.example@host.example:1993/A%20b/c#1?d",
            ("imaps", "lena@firma.example", "host.example", 1993, "A b/c#1?d"),
        ),
        ("imap://lena%40firma.example@[::1]:1143/INBOX", ("imap", "lena@firma.example", "::1", 1143, "INBOX")),
    ],
)
def test_urls_are_taken_apart(spec, account):
    assert tuple(parse_account(spec)) == account


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("imaps://lena:hunter2@host.example/INBOX", "a password stands in the URL"),
        ("imaps://host.example/INBOX", "names no user"),
        ("imaps://lena@/INBOX", "no server"),
        ("imaps://lena@host:x/INBOX", "not the URL of a mailbox"),
        ("imaps://lena@host:99999/INBOX", "not the URL of a mailbox"),
        ("imaps://lena@host/a%0d%0ab", "control characters"),
        ("imaps://le%00na@host/a", "control characters"),
        ("pop://lena@host/a", "not the URL of a mailbox"),
    ],
)
def test_urls_that_are_none_are_refused_without_repeating_them(spec, message):
    with pytest.raises(MailboxError, match=message) as caught:
        parse_account(spec)
    assert "hunter2" not in f"{caught.value.message} {caught.value.remedy}"


def test_a_password_comes_from_the_keyring_and_its_absence_is_told(monkeypatch):
    keyring = pytest.importorskip("keyring")
    from drafter.imap.account import read_password

    account = parse_account("imaps://lena@host.example")
    monkeypatch.delenv("DRAFTER_IMAP_PASSWORD", raising=False)
    monkeypatch.setattr(
        keyring, "get_password", lambda service, user: {("host.example", "lena"): "geheim"}.get((service, user))
    )
    assert read_password(account) == "geheim"
    with pytest.raises(MailboxError, match="no password for otto@host.example") as caught:
        read_password(account._replace(user="otto"))
    assert "DRAFTER_IMAP_PASSWORD" in caught.value.remedy and "keyring set host.example otto" in caught.value.remedy


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MailboxError, match="needs the package imap-tools") as caught:
        read("imaps://lena@host.example")
    assert "drafter[imap]" in caught.value.remedy


@pytest.mark.parametrize(("value", "message"), [("x", "no number of seconds"), ("0", "no number of seconds")])
def test_a_timeout_is_a_number_of_seconds(monkeypatch, value, message):
    monkeypatch.setenv("DRAFTER_IMAP_TIMEOUT", value)
    with pytest.raises(MailboxError, match=message):
        ImapSettings.from_environment()
