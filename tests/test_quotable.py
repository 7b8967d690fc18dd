"""Words that a reply gives back are calm, stand in the mail, and state what happened."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import drafter
from drafter.analysis.quotable import load_unfit
from drafter.data import read_rules
from drafter.places import Places
from drafter.records import Mail

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "quotable.yaml").read_text(encoding="utf-8"))
BLOCKS = read_rules(Places().file("rules", "quotable.yaml"), {"id", "pattern", "hit", "miss"}, set())
UNFIT = load_unfit(Places())
KIT = drafter.load(history="none")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_sentence_is_fit_to_be_given_back(case: dict) -> None:
    mail = Mail(case["body"])

    assert KIT.analyzer.quotes.sentence(mail, KIT.analyze(mail)) == case["sentence"]


@pytest.mark.parametrize(
    ("subject", "topic"),
    [
        ("Re: Portierung meiner Rufnummer", "Portierung meiner Rufnummer"),
        ("So eine Unverschämtheit", ""),
        ("Ihr Idioten", ""),
        ("{{ 7 * 7 }}", ""),
        ("RECHNUNG FALSCH", ""),
    ],
)
def test_a_subject_is_repeated_only_when_calm(subject: str, topic: str) -> None:
    assert KIT.analyzer.quotes.topic(subject) == topic


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block["id"])
def test_what_is_unfit_is_found_in_its_examples_alone(block) -> None:
    assert all(UNFIT[block["id"]].search(text) for text in block.texts("hit"))
    assert not any(UNFIT[block["id"]].search(text) for text in block.texts("miss"))


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.text(alphabet="abc ABC.,!?{}%|<>„“\n0123€Äß", max_size=300))
def test_a_quoted_sentence_always_stands_in_the_mail_and_holds_no_markup(body: str) -> None:
    mail = Mail(body)
    sentence = KIT.analyzer.quotes.sentence(mail, KIT.analyze(mail))

    assert sentence in " ".join(body.split()) and not set("{}<>|!?") & set(sentence)


def test_a_draft_gives_the_sentence_back_whole() -> None:
    said = (
        "Ich hatte gefragt, wo die 4.200 EUR geblieben sind, die am 9. Januar abgebucht und nie gutgeschrieben wurden"
    )
    body = f"Guten Tag,\n\n{said}. Das regelt sich bei Ihnen offenbar nie.\n\nF. Kern"

    draft = KIT.draft(Mail(body, subject="Ihr Schreiben")).draft

    assert draft and (f"„{said}“" in draft.body or "4.200 €" in draft.body)
