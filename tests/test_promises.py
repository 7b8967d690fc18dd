"""What accepted drafts promise, the list of what is due, and its calendar."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from conftest import MAILS, read_cases
from icalendar import Calendar as Ics
from runs import run_over

from drafter import drafting
from drafter.cli import main
from drafter.history import History
from drafter.policy import Calendar
from drafter.records import Accepted, Mail, Promise
from drafter.wishes import Wishes

NOW = datetime(2026, 6, 3, 12)
BAVARIA = Calendar(country="DE", state="BY")


@pytest.fixture
def bavarian(kit):
    return replace(
        kit, policy=kit.policy.model_copy(update={"calendar": BAVARIA}), history=History("none", lambda: NOW)
    )


@pytest.fixture
def drafter(bavarian, history_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Run a command on 3 June 2026 in Bavaria; every command shares one history."""
    (tmp_path / "drafter.toml").write_text("[calendar]\nstate = 'BY'\n", encoding="utf-8")
    monkeypatch.setenv("DRAFTER_HOME", str(tmp_path))
    monkeypatch.setenv("DRAFTER_HISTORY", history_url)
    monkeypatch.setattr(History, "today", lambda self: NOW.date())
    monkeypatch.setattr(
        drafting,
        "load",
        lambda home=None, model=None, history="": replace(bavarian, history=History(history, lambda: NOW)),
    )

    def run(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)

    return run


def history_at(url: str, now: datetime) -> History:
    return History(url, clock=lambda: now)


def mail(name: str, sender: str = "lena@example.org", after: tuple[str, ...] = ()) -> Mail:
    return Mail("x", message_id=f"<{name}>", from_address=sender, references=after)


def reply(*promises: Promise, at: datetime = NOW) -> Accepted:
    return Accepted(at, at, "none", "complaint", promises=promises)


ANSWER = Promise("pick_up_demand", "Answer what the customer wants.", date(2026, 6, 9))
DELIVERY = Promise("option", "Lieferung", date(2026, 6, 9), "deliver-date")


@pytest.mark.parametrize("case", read_cases("promises"), ids=lambda case: case["name"])
def test_a_draft_promises_what_its_steps_and_options_say(bavarian, case: dict) -> None:
    outcome = bavarian.draft(case["mail"], Wishes(values=case.get("values", {})))
    body = outcome.draft.body
    for old, new in case.get("edit", {}).items():
        assert old in body
        body = body.replace(old, new)
    if "keep" in case:  # only the first paragraphs
        body = "\n\n".join(body.split("\n\n")[: case["keep"]])
    outcome = replace(outcome, draft=replace(outcome.draft, body=body))

    found = {promise.option or promise.kind: promise.due for promise in bavarian.promises(outcome)}
    assert found == case["promises"]


def test_a_promise_is_listed_until_it_is_kept(history_url: str) -> None:
    history = history_at(history_url, NOW)
    history.accept(mail("1"), reply(ANSWER, DELIVERY))

    listed = history.promises()
    assert [(kept.customer, kept.promise, kept.made, kept.done) for kept in listed] == [
        ("lena@example.org", ANSWER, NOW, None), ("lena@example.org", DELIVERY, NOW, None),
    ]  # fmt: skip
    assert history.settle([listed[0].id]) == []
    assert [kept.promise for kept in history.promises()] == [DELIVERY]
    assert [kept.done for kept in history.promises(done=True)] == [NOW, None]
    history.settle([listed[0].id], done=False)
    assert len(history.promises()) == 2


def test_promises_come_in_the_order_of_their_days(history_url: str) -> None:
    history = history_at(history_url, NOW)
    days = [None, date(2026, 7, 1), date(2026, 6, 5), date(2026, 6, 30)]
    for number, day in enumerate(days):
        history.accept(mail(str(number)), reply(Promise("agreed", f"no. {number}", day)))

    assert [kept.promise.what for kept in history.promises()] == ["no. 2", "no. 3", "no. 1", "no. 0"]
    assert [kept.promise.what for kept in history.promises(date(2026, 6, 30))] == ["no. 2", "no. 3"]


def test_the_same_reply_promises_once_and_what_it_promises_now(history_url: str) -> None:
    first = history_at(history_url, NOW)
    first.accept(mail("1"), reply(ANSWER, DELIVERY))
    first.settle([first.promises()[1].id])
    later = history_at(history_url, NOW + timedelta(days=3))
    later.accept(mail("1"), reply(ANSWER._replace(due=date(2026, 6, 20)), DELIVERY, at=NOW + timedelta(days=3)))

    assert [kept.promise for kept in later.promises()] == [ANSWER]  # due as it was promised first
    assert len(later.promises(done=True)) == 2  # what is kept stays kept
    later.accept(mail("1"), reply())
    assert later.promises(done=True) == []


def test_the_next_reply_in_the_thread_brings_what_was_announced(history_url: str) -> None:
    history = history_at(history_url, NOW)
    history.accept(mail("1"), reply(ANSWER, DELIVERY))
    history.accept(mail("other"), reply(ANSWER))
    history.accept(mail("2", after=("<1>",)), reply())

    assert [(kept.thread, kept.promise.kind) for kept in history.promises()] == [
        ("<1>", "option"),
        ("<other>", "pick_up_demand"),
    ]


def test_unknown_numbers_mark_nothing(history_url: str) -> None:
    history = history_at(history_url, NOW)
    assert history.settle([1]) == [1]
    history.accept(mail("1"), reply(ANSWER))
    number = history.promises()[0].id

    assert history.settle([number, 999]) == [999]
    assert len(history.promises()) == 1


def test_forgetting_and_purging_take_promises_along(history_url: str) -> None:
    history = history_at(history_url, NOW)
    history.accept(mail("1"), reply(ANSWER))
    history.accept(mail("2", "paul@example.org"), reply(DELIVERY))

    history.forget("LENA@example.org")
    assert [kept.customer for kept in history.promises()] == ["paul@example.org"]
    assert [len(kept.promises) for kept in history.replies()] == [1]
    history.purge(NOW + timedelta(days=1))
    assert history.promises(done=True) == []


@pytest.mark.parametrize(
    "text", ["\x00\ud800", "a" * 5000, "'; DROP TABLE drafter_promise; --", "😡\n\r\nBEGIN:VEVENT"]
)
def test_hostile_words_are_only_values(history_url: str, text: str) -> None:
    history = history_at(history_url, NOW)

    history.accept(mail("1"), reply(Promise("agreed", text, date(2026, 6, 9))))
    history.accept(mail("1"), reply(Promise("agreed", text, date(2026, 6, 9))))

    (kept,) = history.promises()
    assert len(kept.promise.what) <= 300 and "\n" not in kept.promise.what


def test_all_commands_that_accept_fill_the_list(drafter) -> None:
    saftladen = MAILS / "01_opener_saftladen.eml"
    draft = drafter("draft", saftladen, "--set", "liefertermin=9. Juni", "--accept")
    assert "Promised: " in draft.stderr
    confirm = drafter(
        "confirm",
        "--to",
        saftladen,
        "--accept",
        stdin="- wir: Gutschrift 20 €\n- Kunde: schickt Foto bis 9.6.\n- Technik am 5.6.\n- Preis bleibt",
    )
    assert confirm.exit_code == 0
    drafter("notice", "--to", MAILS / "06_du.eml", "--what", "Logo", "--old", "5.6.", "--new", "7.6.", "--accept")

    listed = json.loads(drafter("promises", "--format", "json").stdout)
    assert [(row["kind"], row["what"], row["due"], row["state"]) for row in listed] == [
        ("agreed", "Technik am Freitag, 5. Juni 2026", "2026-06-05", "soon"),
        ("notice", "Logo", "2026-06-07", "later"),
        ("option", "Lieferung zum festen Termin", "2026-06-09", "later"),
        ("agreed", "Gutschrift 20 €", None, "no date"),
    ]
    assert {row["thread"] for row in listed} == {"<01@example.org>", "<06@example.com>"}


def test_the_same_letter_is_remembered_once(drafter) -> None:
    for notes in ("- wir: Gutschrift bis 9.6.", "- wir: Gutschrift bis 10.6."):
        drafter("confirm", "--customer", "lena@example.org", "--date", "heute", "--accept", stdin=notes)
    drafter(
        "confirm", "--customer", "lena@example.org", "--date", "gestern", "--accept", stdin="- wir: Anruf bis 12.6."
    )

    listed = json.loads(drafter("promises", "--format", "json").stdout)
    assert [row["due"] for row in listed] == ["2026-06-10", "2026-06-12"]


def test_a_letter_counts_its_goodwill(drafter) -> None:
    first, second = (
        json.loads(drafter("notice", "--customer", "lena@example.org", "--what", what, "--new", "9.6.", "--accept", "--format", "json").stdout)
        for what in ("Bett", "Tisch")
    )  # fmt: skip

    assert [sum(option["goodwill"] for option in line["plan"]["options"]) for line in (first, second)] == [1, 0]


def test_promises_are_listed_by_day_and_marked_as_kept(drafter, history_url: str) -> None:
    history = history_at(history_url, NOW)
    for number, day in enumerate([date(2026, 6, 1), date(2026, 6, 3), date(2026, 6, 9), None]):
        history.accept(mail(str(number)), reply(Promise("agreed", f"Punkt {number}", day)))

    states = {row["what"]: row["state"] for row in json.loads(drafter("promises", "--format", "json").stdout)}
    assert states == {"Punkt 0": "overdue", "Punkt 1": "today", "Punkt 2": "later", "Punkt 3": "no date"}
    overdue = drafter("promises", "--overdue").stdout
    assert "Punkt 0" in overdue and "Punkt 1" not in overdue
    assert "Punkt 2" in drafter("promises", "--due", "Dienstag").stdout
    assert "Punkt 2" not in drafter("promises", "--due", "8.6.").stdout

    number = history.promises()[0].id
    assert drafter("promises", "done", number).exit_code == 0
    assert "Punkt 0" not in drafter("promises").stdout
    assert "Punkt 0" in drafter("promises", "--all").stdout
    drafter("promises", "done", number, "--undo")
    assert "Punkt 0" in drafter("promises").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["promises", "done", "99"], "no promise 99"), (["promises", "done", "x"], "not a valid integer"), (["promises", "done", "0"], "range"),
     (["promises", "--due", "bald"], "is no day"), (["promises", "--format", "pdf"], "pdf"), (["promises", "burn"], "burn")],
)  # fmt: skip
def test_wrong_usage_has_exit_status_2(drafter, arguments: list[str], words: str) -> None:
    result = drafter(*arguments)

    assert result.exit_code == 2 and words in result.stderr and "Traceback" not in result.output


def test_nothing_promised_is_said_so(drafter) -> None:
    result = drafter("promises")

    assert (result.exit_code, result.stdout) == (0, "") and "No promise is open." in result.stderr


def test_the_calendar_is_valid_and_its_texts_are_escaped(drafter, history_url: str) -> None:
    hostile = "Foto, bitte; \\n\nEND:VEVENT\r\nBEGIN:VEVENT „ä“ " + "lang " * 60
    history = history_at(history_url, NOW)
    history.accept(mail("1"), reply(Promise("agreed", hostile, date(2026, 6, 8)), Promise("agreed", "ohne Tag")))

    raw = drafter("promises", "--format", "ics").stdout_bytes
    calendar = Ics.from_ical(raw)
    (event,) = calendar.walk("VEVENT")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n")) and raw.endswith(b"END:VCALENDAR\r\n")
    assert (calendar["version"], event.decoded("dtstart"), event.decoded("dtend")) == (
        "2.0",
        date(2026, 6, 8),
        date(2026, 6, 9),
    )
    assert str(event["summary"]).startswith("Foto, bitte; \\n END:VEVENT BEGIN:VEVENT „ä“ lang")
    (alarm,) = calendar.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(hours=9, days=-3)  # a working day before Monday: Friday at nine
    assert raw == drafter("promises", "--format", "ics").stdout_bytes


def test_the_next_briefing_names_what_is_still_open(drafter, bavarian, history_url: str) -> None:
    overdue = Promise("agreed", "Rückruf", date(2026, 6, 1))
    history_at(history_url, NOW).accept(mail("1"), reply(overdue, DELIVERY))

    summary = json.loads(
        drafter("draft", "--customer", "lena@example.org", "--format", "json", stdin="Wo bleibt mein Bett?").stdout
    )["briefing"]["summary"]
    assert "Promised and overdue: Rückruf (2026-06-01). Promised: Lieferung (if he chooses it) (2026-06-09)" in summary
    other = drafter("draft", "--customer", "paul@example.org", stdin="Wo bleibt mein Bett?")
    assert "Promised" not in other.stdout


def test_history_shows_promises(drafter) -> None:
    drafter("draft", MAILS / "01_opener_saftladen.eml", "--accept")

    shown = drafter("history", "show", "b.scholl@example.org")
    assert "Confirm his choice in writing" in shown.stdout
    (kept,) = json.loads(drafter("history", "show", "--format", "json").stdout)
    assert [row["kind"] for row in kept["promises"]] == ["fix_in_writing"]


def test_a_run_that_accepts_fills_the_list(bavarian, tmp_path) -> None:
    history = history_at(str(tmp_path / "h.sqlite"), NOW)

    run_over(replace(bavarian, history=history), MAILS, tmp_path / "out", accept=True)

    promises = history.promises()
    assert len(promises) >= 8
    assert {kept.promise.kind for kept in promises} <= {"fix_in_writing", "pick_up_demand"}


def test_no_word_of_a_mail_is_remembered(drafter, history_url: str) -> None:
    drafter("draft", "--customer", "x@example.org", "--set", "liefertermin=9. Juni", "--accept",
            stdin="Seit Wochen warte ich auf mein Zauberbett, ein Geheimnis!")  # fmt: skip

    assert "auberbett" not in str(history_at(history_url, NOW).replies())
