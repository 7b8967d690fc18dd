"""A reply of ours that stands in an export counts like an accepted draft, by what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import drafter
from drafter.batch import run
from drafter.data import read_rules
from drafter.history import History
from drafter.places import Places
from drafter.sent import load_stage_rules
from drafter.wishes import Wishes

RULES = load_stage_rules(Places())
EXAMPLES = read_rules(Places().file("rules", "sent_replies.yaml"), {"id", "stage", "pattern", "hit", "miss"}, {"never"})
INSULT = "Guten Tag,\n\nwo bleibt mein Bett? Sie sind ein Idiot und ein Versager!\n\nLena Voss\n"
ASKED = "Guten Tag Frau Voss,\n\nich kümmere mich darum. Bitte sprechen Sie respektvoll mit mir.\n\nIhr Kundendienst\n"
PLAIN = "Guten Tag Frau Voss,\n\nIhr Bett kommt am Montag.\n\nIhr Kundendienst\n"


def message(number: int, sender: str, body: str, answers: int = 0) -> str:
    """Write one mail of an mbox; `number` is its day in May 2026 and its message id."""
    reply = f"In-Reply-To: <{answers}@example.org>\n" if answers else ""
    return (
        f"From x Mon May  4 09:12:00 2026\nFrom: {sender}\nSubject: Bett\nMessage-ID: <{number}@example.org>\n"
        f"{reply}Date: {number} May 2026 09:00:00 +0200\n\n{body}\n"
    )


def draft_all(tmp_path: Path, mails: list[str]) -> list[dict]:
    """Run a batch over an mbox with a history of its own; returns the lines of the report."""
    kit = drafter.load(history=str(tmp_path / "history.sqlite"))
    company = kit.policy.company.model_copy(update={"own_addresses": ("shop.example",)})
    kit = replace(kit, policy=kit.policy.model_copy(update={"company": company}))
    box = tmp_path / "box.mbox"
    box.write_text("\n".join(mails), encoding="utf-8")
    run(kit, [box], tmp_path / "out", Wishes(), lambda status: None)
    return [json.loads(line) for line in (tmp_path / "out" / "report.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: block["id"])
def test_a_stage_is_heard_in_its_examples_alone(block) -> None:
    rule = RULES[block["id"]]

    assert all(rule.finds(text) for text in block.texts("hit"))
    assert not any(rule.finds(text) for text in block.texts("miss"))


@pytest.mark.parametrize("sent_first", [False, True], ids=["mail-first", "reply-first"])
@pytest.mark.parametrize(("said", "stage"), [(ASKED, "mirror"), (PLAIN, "request")])
def test_what_we_wrote_decides_what_comes_next(tmp_path: Path, said: str, stage: str, sent_first: bool) -> None:
    mails = [message(4, "lena@example.org", INSULT), message(5, "Team <hallo@shop.example>", said, answers=4)]
    last = message(9, "lena@example.org", INSULT, answers=5)

    lines = draft_all(tmp_path, [*(mails[::-1] if sent_first else mails), last])

    assert lines[-1]["plan"]["stage"] == stage
    assert [line["status"] for line in lines].count("skipped") == 1
    assert [kept.reply.stage for kept in History(str(tmp_path / "history.sqlite")).replies()][-1:] != []


def test_a_reply_that_quotes_the_customer_says_only_what_we_wrote(tmp_path: Path) -> None:
    quoting = PLAIN + "\nAm 4. Mai 2026 schrieb Lena Voss:\n> Bitte sprechen Sie respektvoll mit mir.\n"

    lines = draft_all(
        tmp_path,
        [
            message(4, "lena@example.org", INSULT),
            message(5, "hallo@shop.example", quoting, answers=4),
            message(9, "lena@example.org", INSULT, answers=5),
        ],
    )

    assert lines[-1]["plan"]["stage"] == "request"


def test_a_reply_to_nothing_in_the_export_is_skipped_and_counts_nothing(tmp_path: Path) -> None:
    lines = draft_all(tmp_path, [message(5, "hallo@shop.example", ASKED, answers=1)])

    assert [line["status"] for line in lines] == ["skipped"]
    assert not (tmp_path / "history.sqlite").exists()
