"""Masking hides the insult, keeps the text's length, and never fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.masking import mask


@pytest.mark.parametrize(
    ("text", "spans", "masked"),
    [
        ("Ihr Saftladen!", [(4, 13)], "Ihr S········!"),
        ("Sie arrogante Zicke.", [(4, 19)], "Sie a········ Z····."),
        ("so ein\nIdiot", [(0, 12)], "s· e··\nI····"),
        ("Saftladen, Saftladen", [(0, 9)], "S········, Saftladen"),
        ("Idiot", [(2, 5), (0, 3)], "I····"),
        ("Idiot", [(-5, 99)], "I····"),
        ("Idiot", [(4, 2), (9, 12)], "Idiot"),
        ("Sch...verein", [(0, 12)], "S··...v·····"),
        ("1d10t", [(0, 5)], "·····"),
        ("", [(0, 3)], ""),
    ],
)
def test_the_first_letter_stays(text: str, spans: list[tuple[int, int]], masked: str) -> None:
    assert mask(text, spans) == masked


@given(st.text(), st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50))))
def test_length_and_line_breaks_stay(text: str, spans: list[tuple[int, int]]) -> None:
    masked = mask(text, spans)
    assert len(masked) == len(text)
    assert [i for i, c in enumerate(masked) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]
