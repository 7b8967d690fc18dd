"""A reply of ours that stands in an export counts like an accepted draft, by what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from runs import lines_of, message, run_over, write_box

import drafter
from drafter.data import read_rules
from drafter.history import History
from drafter.places import Places
from drafter.sent import load_stage_rules

RULES = load_stage_rules(Places())
EXAMPLES = read_rules(Places().file("rules", "sent_replies.yaml"), {"id", "stage", "pattern", "hit", "miss"}, {"never"})
INSULT = "Guten Tag,\n\nwo bleibt mein Bett? Sie sind ein Idiot und ein Versager!\n\nLena Voss\n"
ASKED = "Guten Tag Frau Voss,\n\nich kümmere mich darum. Bitte sprechen Sie respektvoll mit mir.\n\nIhr Kundendienst\n"
PLAIN = "Guten Tag Frau Voss,\n\nIhr Bett kommt am Montag.\n\nIhr Kundendienst\n"


def draft_all(tmp_path: Path, mails: list[str]) -> list[dict]:
    """Run a batch over an mbox with a history of its own; returns the lines of the report."""
    kit = drafter.load(history=str(tmp_path / "history.sqlite"))
    company = kit.policy.company.model_copy(update={"own_addresses": ("shop.example",)})
    kit = replace(kit, policy=kit.policy.model_copy(update={"company": company}))
    run_over(kit, write_box(tmp_path / "box.mbox", mails), tmp_path / "out")
    return lines_of(tmp_path / "out")


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
    assert sorted(line["reason"] for line in lines) == ["", "answered", "own"]
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
