"""Replies as .eml: in the thread, whole, and with no header but ours, whatever a mail holds."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.deliver import to_eml, verify_eml
from drafter.errors import DeliveryError
from drafter.policy import Company, Policy
from drafter.read import read_bytes
from drafter.records import Draft, Mail

MAIL = Mail(
    "Wo bleibt mein Bett?\n-- \nLena Voß",
    subject="Größe",
    from_name="Lena Voß",
    from_address="lena@example.org",
    to="Service <service@firma.example>",
    date=datetime(2026, 5, 4, 7, 12, tzinfo=UTC),
    message_id="<m3@example.org>",
    references=("<m1@example.org>", "<m2@example.org>"),
)
DRAFT = Draft(
    "AW: Größe",
    "Guten Tag Frau Voß,\n\ndas dauert bis [[Liefertermin ergänzen]].\n\n1. Ja\n2. Nein\n\nFreundliche Grüße\n\n-- \nKolb",
)
POLICY = Policy()
ALLOWED = {
    "X-Unsent",
    "From",
    "To",
    "Subject",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
}
ANYTHING = st.one_of(st.text(), st.text(alphabet=st.sampled_from('a\r\n :<>@,;"\\=?utf8bq.()ß\x00\ud800\u2028\t-')))


def read(mail=MAIL, draft=DRAFT, policy=POLICY):
    return message_from_bytes(to_eml(mail, draft, policy), policy=default)


def text_of(message, kind="plain"):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def test_it_is_an_unsent_reply_in_the_thread():
    message = read()
    assert message["X-Unsent"] == "1"
    assert message["In-Reply-To"] == "<m3@example.org>"
    assert message["References"].split() == ["<m1@example.org>", "<m2@example.org>", "<m3@example.org>"]
    assert (message["From"], message["To"]) == ("Service <service@firma.example>", "Lena Voß <lena@example.org>")
    assert message["Subject"] == "AW: Größe"
    assert "Date" not in message and "Message-ID" not in message


def test_the_same_mail_gives_the_same_bytes():
    assert to_eml(MAIL, DRAFT, POLICY) == to_eml(replace(MAIL), replace(DRAFT), POLICY)


def test_the_original_stands_below_with_who_wrote_it_when_and_not_in_the_signature():
    text = text_of(read())
    own, _, quote = text.partition("Am 4. Mai 2026 um 09:12 schrieb Lena Voß:\n\n")
    assert quote == "> Wo bleibt mein Bett?\n> --\n> Lena Voß\n"
    assert own.endswith("Freundliche Grüße\n\n\nKolb\n\n")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"date": None}, "Lena Voß schrieb:"),
        ({"from_name": ""}, "Am 4. Mai 2026 um 09:12 schrieb lena@example.org:"),
        ({"date": datetime(2026, 1, 4, 23, 30, tzinfo=UTC)}, "Am 5. Januar 2026 um 00:30 schrieb Lena Voß:"),
        ({"date": datetime(9999, 12, 31, 23, 30, tzinfo=UTC)}, "Am 31. Dezember 9999 um 23:30 schrieb Lena Voß:"),
        ({"from_name": "", "from_address": ""}, "Ursprüngliche Nachricht:"),
    ],
)
def test_the_line_above_the_quote_tells_what_is_known(changes, line):
    assert f"\n{line}\n\n> Wo bleibt" in text_of(read(replace(MAIL, **changes)))


def test_austrian_letters_have_austrian_months():
    policy = Policy.model_validate({"calendar": {"country": "AT"}})
    mail = replace(MAIL, date=datetime(2026, 1, 4, 8, 30, tzinfo=UTC))
    assert "Am 4. Jänner 2026 um 09:30 schrieb" in text_of(read(mail, policy=policy))


def test_without_a_text_to_quote_the_signature_keeps_its_mark():
    assert text_of(read(replace(MAIL, body="\n \n"))) == DRAFT.body + "\n"


def test_an_answer_to_html_is_html_too_and_takes_nothing_of_it_but_text():
    mail = replace(MAIL, body="<script>alert(1)</script> & {{ 7 * 7 }}", was_html=True)
    message = read(mail, replace(DRAFT, body="Am\n5. Mai\n\n" + DRAFT.body))
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    page = text_of(message, "html")
    assert "<ol>\n<li>Ja</li>\n<li>Nein</li>\n</ol>" in page
    assert "<p>Am</p>\n\n<p>5. Mai</p>" in page
    assert '<span style="background-color:#ffe08a">[[Liefertermin ergänzen]]</span>' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ 7 * 7 }}<br>" in page and "<script" not in page


@pytest.mark.parametrize(
    ("reply_to", "to"),
    [
        ("Büro Voß <buero@voss.example>", "Büro Voß <buero@voss.example>"),
        ("a@b.example, c@d.example", "a@b.example"),
        ("not an address", "Lena Voß <lena@example.org>"),
        ("service@firma.example", "Lena Voß <lena@example.org>"),
        ("lena@straße.example", "lena@xn--strae-oqa.example"),
        ("müller@müller.example", "müller@xn--mller-kva.example"),
        ("lena@-.example", "Lena Voß <lena@example.org>"),
    ],
)
def test_it_goes_where_the_customer_wants_the_answer(reply_to, to):
    policy = Policy(company=Company(own_addresses=("firma.example",)))
    data = to_eml(replace(MAIL, headers={"reply-to": reply_to}), DRAFT, policy)
    assert message_from_bytes(data, policy=default.clone(utf8=True))["To"].replace("\udcc3\udcbc", "ü") == to


def test_an_address_that_needs_quotation_marks_gets_them():
    assert b'\r\nTo: "lena..v"@example.org\r\n' in to_eml(
        replace(MAIL, from_name="", from_address="lena..v@example.org"), DRAFT, POLICY
    )


@pytest.mark.parametrize(
    ("company", "sender"),
    [
        ({"from_address": "Kundendienst <hilfe@firma.example>"}, "Kundendienst <hilfe@firma.example>"),
        ({"own_addresses": ("firma.example",)}, "us@firma.example"),
        ({}, "other@example.org"),
    ],
)
def test_it_comes_from_the_address_of_the_policy_or_that_to_which_he_wrote(company, sender):
    mail = replace(MAIL, to="other@example.org, us@firma.example")
    assert read(mail, policy=Policy(company=Company(**company)))["From"] == sender


def test_a_long_thread_keeps_its_first_and_last_ids():
    ids = tuple(f"<m{number}@example.org>" for number in range(200))
    found = read(replace(MAIL, references=ids, message_id=ids[-1]))["References"].split()
    assert (found[0], found[-1], len(found)) == (ids[0], ids[-1], 20)


def test_a_thread_without_references_goes_on_from_the_mail_answered_before():
    found = read(replace(MAIL, references=(), in_reply_to="<m0@example.org>"))["References"].split()
    assert found == ["<m0@example.org>", "<m3@example.org>"]


def test_ids_without_brackets_join_the_thread_too():
    message = read(replace(MAIL, message_id="m3@example.org", references=("m1@example.org",)))
    assert (message["In-Reply-To"], message["References"]) == ("<m3@example.org>", "<m1@example.org> <m3@example.org>")


@given(
    subject=ANYTHING,
    name=ANYTHING,
    address=ANYTHING,
    ident=ANYTHING,
    reply_to=ANYTHING,
    body=ANYTHING,
    html=st.booleans(),
)
def test_nothing_a_mail_holds_becomes_a_header_or_is_lost(subject, name, address, ident, reply_to, body, html):
    mail = Mail(body, subject=subject, from_name=name, from_address=address, to=f"{name} <{address}>", message_id=f"<{ident}>",
                in_reply_to=ident, references=(ident, f"<{subject}>"), headers={"reply-to": reply_to}, was_html=html)  # fmt: skip
    data = to_eml(
        mail, replace(DRAFT, subject=f"AW: {subject}"), POLICY
    )  # reads back and compares subject, thread, text
    message = message_from_bytes(data, policy=default)
    assert set(message.keys()) <= ALLOWED and len(message.keys()) == len(set(message.keys()))
    assert [part.get_content_type() for part in message.walk()][-1] == ("text/html" if html else "text/plain")
    assert not any(part.defects for part in message.walk())
    assert max(map(len, data.split(b"\r\n"))) < 998
    assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r")


@given(
    subject=st.text(
        alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs"]),
        min_size=1,
        max_size=300,
    )
)
def test_a_subject_is_read_by_others_as_it_was_written(subject):
    assert read(draft=replace(DRAFT, subject=f"AW: {subject}"))["Subject"] == f"AW: {subject}"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [(b"Subject: =?utf-8?b?QVc", b"Subject: =?utf-8?b?QVd", "Subject"), (b"In-Reply-To: <m3", b"In-Reply-To: <m4", "In-Reply-To"),
     (b"References: <m1", b"References: <m2", "References"), (b"das dauert", b"das dauer", "text"), (b"> Wo", b"> wo", "text")],
)  # fmt: skip
def test_what_reads_otherwise_is_refused(old, new, what):
    data = to_eml(MAIL, DRAFT, POLICY)
    assert old in data
    with pytest.raises(DeliveryError, match=f"written: {what}"):
        verify_eml(data.replace(old, new), MAIL, DRAFT)


@pytest.mark.parametrize(("parts", "expected"), [(("plain",), False), (("html",), True), (("plain", "html"), True)])
def test_who_wrote_html_gets_html_also_where_plain_text_stands_beside_it(parts, expected) -> None:
    body = "".join(f"--b\nContent-Type: text/{kind}\n\nWo bleibt mein Bett?\n" for kind in parts)
    raw = f"From: a@example.org\nContent-Type: multipart/alternative; boundary=b\n\n{body}--b--\n"

    assert read_bytes(raw.encode(), kind="eml").was_html is expected
