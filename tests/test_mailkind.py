"""Which mails wait for no answer, and which language a mail is in; the cases stand in cases/mailkind.yaml."""

from __future__ import annotations

import pytest
from conftest import read_cases

from drafter.analysis.mailkind import MailKindDetector
from drafter.analysis.wordpatterns import read_patterns, words_of
from drafter.data import read_rules
from drafter.places import Places
from drafter.records import Mail

CASES = read_cases("mailkind")
BLOCKS = read_rules(
    Places().file("rules", "auto_replies.yaml"), {"id", "field", "reason", "patterns"}, {"sure", "hit", "miss"}
)
PATTERNS = read_patterns(BLOCKS)
EXAMPLES = [(block, text, name == "hit") for block in BLOCKS for name in ("hit", "miss") for text in block.texts(name)]


@pytest.fixture(scope="module")
def detector() -> MailKindDetector:
    return MailKindDetector.load(Places())


@pytest.mark.parametrize("case", CASES["auto"], ids=lambda case: (case.get("subject") or case["body"])[:50] or "empty")
def test_automatic_mails(case: dict, detector: MailKindDetector) -> None:
    mail = Mail(case["body"], subject=case.get("subject", ""), from_address=case.get("from", ""),
                headers=case.get("headers", {}))  # fmt: skip

    assert detector.auto_reply(mail) == case["reason"]


@pytest.mark.parametrize("case", CASES["language"], ids=lambda case: case["text"][:40] or "empty")
def test_language(case: dict, detector: MailKindDetector) -> None:
    assert detector.language(case["text"]) == case["code"]


@pytest.mark.parametrize(("block", "text", "hits"), EXAMPLES, ids=lambda value: str(value)[:40])
def test_rule_examples(block, text: str, hits: bool) -> None:
    """Subjects and headers count from their beginning only."""
    anywhere = block["field"] in ("from", "body")
    found = {name for name, (first, _) in PATTERNS.find(words_of(text)) if anywhere or first == 0}

    assert (block["id"] in found) == hits


@pytest.mark.parametrize("text", ["a" * 200_000, "!" * 10_000, "\x00\u202e", "ich bin " * 20_000])
def test_hostile_text_gives_an_answer(text: str, detector: MailKindDetector) -> None:
    assert detector.language(text) in ("de", "und") and detector.auto_reply(Mail(text, subject=text)) == ""
