"""What can be mended without a person is mended, and nothing else."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.check import CheckContext, Checker
from drafter.check.fix import Fixer
from drafter.places import Places

CHECKER = Checker.load(Places())
FIXER = Fixer.load(CHECKER, Places())
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "fixes.yaml").read_text(encoding="utf-8"))
PIECES = [case["reply"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_reply_is_mended(case: dict) -> None:
    assert FIXER.fix(case["reply"], CheckContext(mail=case.get("mail", ""))) == case.get("mended", case["reply"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=40), max_size=4).map(" ".join))
def test_mending_twice_changes_nothing_more_and_no_number(reply: str) -> None:
    mended = FIXER.fix(reply)

    assert FIXER.fix(mended) == mended
    assert set(re.findall(r"\d+", mended)) == set(re.findall(r"\d+", reply))  # a doubled signature may go
