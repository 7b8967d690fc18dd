"""The insult lexicon finds words, their families, masks and idioms, and stays silent on look-alikes."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path

import pytest
import spacy
import yaml

from drafter.analysis.compounds import FLAGS, KINDS, PART_COLUMNS, ROLES, WORD_COLUMNS, Vocabulary
from drafter.analysis.lexicon import PATTERN_FIELDS, PATTERN_OPTIONS, Candidate, InsultLexicon
from drafter.analysis.pipeline import Pipeline
from drafter.analysis.text import OwnText
from drafter.analysis.word_keys import fold
from drafter.data import read_rules, read_table
from drafter.places import Places, shipped
from drafter.records import Zone

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "insult_words.yaml").read_text(encoding="utf-8"))
LEXICON = shipped("models") / "lexicon"
RULES = read_rules(shipped("models") / "rules" / "insult_patterns.yaml", PATTERN_FIELDS, PATTERN_OPTIONS)
PIPELINE = Pipeline(spacy.blank("de"))


@cache
def lexicon() -> InsultLexicon:
    return InsultLexicon.load(Places())


def find(text: str, kind: str = "body") -> list[Candidate]:
    return lexicon().candidates(OwnText(text, [Zone(kind, 0, len(text))], PIPELINE))


@pytest.mark.parametrize("case", CASES["fire"], ids=lambda case: case["text"])
def test_finds_the_span_and_its_severity(case: dict) -> None:
    assert [f"{c.text}/{c.severity}" for c in find(case["text"])] == case["spans"]


@pytest.mark.parametrize("text", CASES["silent"])
def test_is_silent_on_look_alikes(text: str) -> None:
    assert [c.text for c in find(text)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_pattern_matches_its_hits_and_not_its_misses(rule) -> None:
    place = str(rule.where)
    for text in rule.texts("hit"):
        assert place in [c.rule for c in find(text)], text
    for text in rule.texts("miss"):
        assert place not in [c.rule for c in find(text)], text


def test_candidates_are_ordered_apart_and_true_to_the_body() -> None:
    body = "Ihr Idioten! Dumme, faule Bande. Nicht ganz dicht seid ihr, und der Sch... Laden auch."
    found = find(body)
    assert all(body[c.start : c.end] == c.text for c in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


def test_a_slip_is_known_also_after_a_long_run_of_strange_words() -> None:
    names = ("insults.tsv", "insult_parts.tsv", "inflection.tsv")
    words = Vocabulary.load(*(LEXICON / name for name in names), frozenset(), LEXICON / "insult_spellings.tsv")

    for letters in itertools.product("abcdefghijklmnopqrstu", repeat=3):
        words.near(f"xy{''.join(letters)}nabel")

    found = words.near("vollidoit")
    assert found and "Vollidiot" in found.why


def test_quoted_history_is_not_read() -> None:
    body = "Guten Tag\n> Ihr Idioten"
    text = OwnText(body, [Zone("body", 0, 10), Zone("quote", 10, len(body))], PIPELINE)
    assert lexicon().candidates(text) == []


def test_a_surname_in_the_sign_off_is_no_insult() -> None:
    assert find("Mit freundlichen Grüßen\nIlse Trottel", "signoff") == []


@pytest.mark.parametrize("text", ["", " ", "!" * 9999, "x" * 40_000, "a." * 9999, "*" * 9999, "i d " * 5000,
                                  "Sch*" * 4000, "\u202eIdiot\u0000", "1d10t" * 3000, "👍" * 500,
                                  "zu dumm nicht ganz " * 1500])  # fmt: skip
def test_hostile_text_is_read_without_an_error(text: str) -> None:
    find(text)


@pytest.mark.parametrize(("name", "columns", "by"), [
    ("insults.tsv", WORD_COLUMNS, "headword"),
    ("insult_parts.tsv", PART_COLUMNS, "part"),
])  # fmt: skip
def test_lists_are_sorted_unique_and_valid(name: str, columns: tuple[str, ...], by: str) -> None:
    rows = [row for row, _ in read_table(LEXICON / name, columns)]
    keys = [(row.get("role", ""), fold(row[by]), row.get("joins", "")) for row in rows]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))
    for row in rows:
        assert row["severity"] in ("1", "2", "3") or (row["severity"] == "" and "role" in row)
        assert row.get("kind", KINDS[0]) in KINDS
        assert row.get("role", ROLES[0]) in ROLES
        assert set(row.get("flags", "").split()) <= set(FLAGS)
