"""Lazy patterns find what plain regular expressions find."""

import re
from pathlib import Path

import pytest

from drafter.data import Where
from drafter.lazypattern import PatternGroup, lazy, sign

WHERE = Where(Path("rules.yaml"), 1)
SOURCES = [r"\bapfel(?:baum)?\b", r"(?P<what>birne|pfla?ume)n?", r"kirsch\w{0,5}|\d+ kilo", r"x?y?"]
TEXTS = ["Ein Apfel", "Zwei Birnen und 3 Kilo Pflaumen", "APFELBAUM, Kirschen", "", "nichts davon"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_lazy_pattern_finds_what_a_plain_one_finds(text: str) -> None:
    for source in SOURCES:
        plain = [match.span() for match in re.finditer(source, text, re.IGNORECASE)]
        assert [match.span() for match in lazy(source, WHERE).finditer(text)] == plain


def test_a_group_names_the_patterns_that_may_match() -> None:
    group = PatternGroup(lazy(source, WHERE) for source in SOURCES)
    assert [group.possible(text) for text in TEXTS] == [(0, 3), (1, 2, 3), (0, 2, 3), (3,), (3,)]


def test_runs_that_come_in_later_are_found_in_texts_seen_before() -> None:
    assert lazy("quitte", WHERE).search("Quittengelee mit Zimt")
    assert lazy("gelee mit zimt", WHERE).search("Quittengelee mit Zimt")


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        (r"%\w{2,9}%", "%"),
        (r"\[\s{0,3}\]", "["),
        (r"(?:#|@)\d", ""),
        (r"_{0,3}\d", ""),
        (r"#?!\d", "!"),
        (r"\d\.", "."),
    ],
)
def test_a_pattern_without_letters_names_a_sign_that_it_needs(source: str, needed: str) -> None:
    assert sign(source) == needed
