"""What the history keeps, the same on SQLite and on PostgreSQL: idempotent, separate by customer, forgetful on request."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from drafter.history import History
from drafter.records import Accepted, Mail, Offer

NOW = datetime(2026, 6, 1, 12)


def mail(name: str, sender: str = "lena@example.org", after: tuple[str, ...] = (), **fields) -> Mail:
    return Mail("x", message_id=f"<{name}>", from_address=sender, references=after, **fields)


def accepted(stage: str = "none", frame: str = "complaint", at: datetime = NOW, **fields) -> Accepted:
    return Accepted(at, at, stage, frame, **fields)


@pytest.fixture
def history(history_url: str) -> History:
    return History(history_url, clock=lambda: NOW)


def test_an_accepted_reply_is_recalled_for_the_next_mail(history: History) -> None:
    offers = (Offer("a"), Offer("b", True, 15.0))
    reply = accepted("request", points=2.5, insults=(1, 0, 2), apologised=True, offers=offers)

    assert history.accept(mail("1"), reply)

    past = history.recall(mail("2", after=("<1>",)))
    assert past.replies == (reply,)
    assert past.goodwill_spent == 15.0 and past.now == NOW


def test_nothing_is_known_before_the_first_reply(history: History) -> None:
    assert history.recall(mail("1")).replies == ()
    assert history.replies() == []
    assert history.forget("lena@example.org") == history.purge(NOW) == 0


def test_the_same_mail_counts_once_and_the_last_word_holds(history: History) -> None:
    first = history.accept(mail("1"), accepted("request", offers=(Offer("a"), Offer("b"))))
    again = history.accept(mail("1"), accepted("overlook", offers=(Offer("c"),)))

    assert (first, again) == (True, False)
    (kept,) = history.recall(mail("2")).replies
    assert kept.stage == "overlook" and kept.offers == (Offer("c"),)


def test_a_mail_is_drafted_from_what_was_known_before_it(history: History) -> None:
    for name in "123":
        history.accept(mail(name), accepted(frame=name, offers=(Offer("a", True, 10.0),)))

    past = history.recall(mail("2"))
    assert [reply.frame for reply in past.replies] == ["1"]
    assert past.goodwill_spent == 20.0


def test_customers_are_told_apart_and_known_under_all_their_spellings(history: History) -> None:
    history.accept(mail("1", "Lena+Shop@Example.org"), accepted("request"))
    history.accept(mail("1", "paul@example.org"), accepted("announce"))

    assert [reply.stage for reply in history.recall(mail("2")).replies] == ["request"]
    assert [reply.stage for reply in history.recall(mail("2", "PAUL@example.org")).replies] == ["announce"]
    assert history.recall(mail("2", "lena@example.com")).replies == ()


def test_a_shared_address_is_nobody(history: History) -> None:
    history.accept(mail("1", "noreply@example.org"), accepted("request"))
    history.accept(mail("a", ""), accepted("announce"))

    assert history.recall(mail("2", "noreply@example.org")).replies == ()
    assert [reply.stage for reply in history.recall(mail("b", "", ("<a>",))).replies] == ["announce"]
    assert history.forget("noreply@example.org") == 0


def test_rounds_are_counted_within_the_thread(history: History) -> None:
    history.accept(mail("1"), accepted())
    history.accept(mail("3", after=("<1>", "<our-2>")), accepted())
    history.accept(mail("other"), accepted())
    history.accept(mail("5", in_reply_to="<our-2>"), accepted())

    replies = history.recall(mail("7", after=("<5>",))).replies
    assert [(reply.here, reply.round) for reply in replies] == [(True, 1), (True, 2), (False, 1), (True, 3)]


@pytest.mark.parametrize(
    ("date", "when"),
    [(None, NOW), (NOW - timedelta(days=3), NOW - timedelta(days=3)), (NOW + timedelta(days=9), NOW),
     (datetime(2026, 6, 1, 12, tzinfo=UTC), NOW), (datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1))],
)  # fmt: skip
def test_a_mail_is_never_of_the_future(history: History, date: datetime | None, when: datetime) -> None:
    assert history.recall(mail("1", date=date)).when == when


def test_a_clock_that_goes_back_changes_no_order(history: History) -> None:
    late = History(history.url, clock=lambda: NOW - timedelta(days=3650))
    history.accept(mail("1"), accepted("request"))
    late.accept(mail("2"), accepted("mirror", at=NOW - timedelta(days=3650)))

    past = late.recall(mail("3", date=NOW + timedelta(days=1)))
    assert [reply.stage for reply in past.read] == [reply.stage for reply in past.replies] == ["request", "mirror"]


def test_forgetting_leaves_the_others(history: History) -> None:
    for name, sender in (("1", "lena@example.org"), ("2", "lena@example.org"), ("3", "paul@example.org")):
        history.accept(mail(name, sender), accepted(offers=(Offer("a", True, 5.0),)))

    assert history.forget("Lena@Example.ORG") == 2
    assert [kept.customer for kept in history.replies()] == ["paul@example.org"]
    assert history.recall(mail("9")).goodwill_spent == 5.0


def test_purging_removes_what_is_older(history: History) -> None:
    history.accept(mail("1"), accepted(at=NOW - timedelta(days=400)))
    history.accept(mail("2", after=("<1>",)), accepted(at=NOW - timedelta(days=10)))
    history.accept(mail("3", "paul@example.org"), accepted(at=NOW - timedelta(days=400)))

    assert history.purge(NOW - timedelta(days=365)) == 2
    assert [kept.mail for kept in history.replies()] == ["<2>"]
    assert history.accept(mail("1"), accepted())  # nothing is left of it


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a" * 5000, "'; DROP TABLE drafter_reply; --", "😡", "%s"])
def test_hostile_addresses_and_ids_are_only_values(history: History, text: str) -> None:
    hostile = Mail(
        "x", message_id=f"<{text}>", from_address=f"{text}@example.org", references=(text, "", text), in_reply_to=text
    )

    history.accept(hostile, accepted("request"))

    assert not history.accept(hostile, accepted("request"))
    assert history.recall(replace(hostile, message_id="<next>")).replies[0].stage == "request"
    assert history.forget(hostile.from_address) in (0, 1)


def test_many_references_are_cut(history: History) -> None:
    long = mail("2", after=tuple(f"<{number}>" for number in range(5000)))

    assert history.accept(mail("0"), accepted()) and history.accept(long, accepted())
    assert history.recall(mail("x", after=("<2>",))).replies[1].here


def test_nothing_of_a_mail_but_address_and_ids_is_kept(history: History) -> None:
    secret = Mail(
        "Geheim Bett", subject="Bett", from_name="Lena Geheim", message_id="<1>", from_address="lena@example.org"
    )

    history.accept(secret, accepted("request"))

    assert "Bett" not in str(history.replies()) and "Geheim" not in str(history.replies())
