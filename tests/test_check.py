"""The check says what is wrong with a reply, where, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.check import CheckContext, Checker, Spot
from drafter.check.sentences import SentenceReader
from drafter.check.text import ReplyText
from drafter.places import Places

CHECKER = Checker.load(Places())
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "check.yaml").read_text(encoding="utf-8"))


PIECES = [text for rule in CHECKER.rules for text in (*rule.hit, *rule.miss)] + ["Guten Tag,", "Freundliche Grüße"]
RULES = {rule.id: rule for rule in CHECKER.rules}


def rule_spots(rule_id: str, example: str) -> list[Spot]:
    mail, arrow, reply = example.partition(" => ")
    if RULES[rule_id].type == "coded":
        insults = ("Saftladen",) if arrow and "Saftladen" in mail else ()
        spots = CHECKER.spots(reply if arrow else mail, CheckContext(mail=mail if arrow else "", insults=insults))
        return [spot for spot in spots if spot.code == rule_id]
    text = ReplyText(reply if arrow else mail, CHECKER.abbreviations, CHECKER.greeting)
    return list(RULES[rule_id].find(text, CheckContext(mail=mail if arrow else "")))


@pytest.mark.parametrize(("rule", "text"), [(rule.id, text) for rule in CHECKER.rules for text in rule.hit])
def test_a_rule_finds_its_hits(rule: str, text: str) -> None:
    assert rule_spots(rule, text)


@pytest.mark.parametrize(("rule", "text"), [(rule.id, text) for rule in CHECKER.rules for text in rule.miss])
def test_a_rule_is_silent_on_its_misses(rule: str, text: str) -> None:
    assert not rule_spots(rule, text)


@pytest.mark.parametrize("rule", CHECKER.rules, ids=lambda rule: rule.id)
def test_every_rule_shows_both_sides(rule) -> None:
    assert rule.hit and rule.miss


@pytest.mark.parametrize("rule", CHECKER.rules, ids=lambda rule: rule.id)
def test_every_pattern_is_well_formed(rule) -> None:
    for pattern in (rule.pattern, rule.first, rule.unless, rule.unless_near, rule.unless_reply, rule.unless_mail):
        if pattern is not None:
            pattern.compile()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_coded_check(case: dict) -> None:
    """`finds` lists "code: text" of all spots of the codes that the case looks at."""
    context = CheckContext(**{key: _frozen(value) for key, value in case.get("context", {}).items()})
    spots = CHECKER.spots(case["reply"], context)
    found = [f"{spot.code}: {spot.text}" if spot.text else spot.code for spot in spots if spot.code in case["codes"]]
    assert found == case["finds"]


def test_a_finding_names_line_and_column() -> None:
    finding = next(f for f in CHECKER.check("Guten Tag,\n\nam [[Tag]] kommt er.") if f.code == "GAP")
    assert (finding.line, finding.column) == (3, 4)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=200), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_gives_findings_that_lie_inside_it(reply: str, mail: str, insults: list[str]) -> None:
    for spot in CHECKER.spots(reply, CheckContext(mail=mail, insults=tuple(insults))):
        assert 0 <= spot.start <= spot.end <= len(reply)
        assert reply[spot.start : spot.end] == spot.text
        assert spot.to_finding(reply).line >= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=9), st.sampled_from([" ", "\n", "\n\n"]))
def test_what_is_remembered_of_sentences_changes_nothing(pieces: list[str], between: str) -> None:
    reply, mail = between.join(pieces), between.join(pieces[::2])
    context = CheckContext(mail=mail, insults=("Saftladen",))
    text = ReplyText(reply, CHECKER.abbreviations, CHECKER.greeting)
    seen = SentenceReader(CHECKER.rules).read(text.sentences)

    assert CHECKER._marks.read(text.text) == CHECKER._marks._find(text.text)  # stretch by stretch, and at a glance
    assert CHECKER.spots(reply, context) == replace(CHECKER).spots(reply, context)  # the other has read nothing before
    for number, rule in enumerate(CHECKER.rules):
        assert [*rule.find(text, context)] == [*rule.find(text, context, seen.get(number, ()))]


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "!" * 50_000, "die " * 50_000, "1." * 30_000, "{{" * 20_000, "Sie, " * 20_000]
)
def test_hostile_texts_end(text: str) -> None:
    CHECKER.spots(text, CheckContext(mail=text))


def _frozen(value):
    return tuple(value) if isinstance(value, list) else value
