"""The policy says with file and line what is wrong, and the company's is laid over ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from drafter.errors import PolicyError
from drafter.places import Places
from drafter.policy import load_policy

FAULTS = [
    ("[company]\nnmae = 'x'\n", 2, "nmae"),
    ("[style]\nmax_words = -3\n", 2, "max_words"),
    ("[style]\nregister = 'Ihr'\n", 2, "register"),
    ("[[option]]\nid = 'a'\nsituations = ['delivery_late']\ntext = 'abc'\ncost = -1\n", 5, "cost"),
    ("[[option]]\nid = 'a'\nsituations = ['late']\ntext = 'abc'\n", 3, "late"),
    ("[review]\nthreats = ['war']\n", 2, "war"),
    ("[tolerance]\nmirror_from = 1.0\n", 1, "mirror_from must not be smaller than request_from"),
    ("[tolerance]\npoints_clear = 4.0\n", 1, "must not fall"),
    ("[tolerance]\nweight_staff = 1\noverlook_mails = -1\n", 3, "overlook_mails"),
    ("[tolerance]\ncalm_days = 'never'\n", 2, "calm_days"),
    ("[goodwill]\nper_customer = 1\nmonth_total = 5\n", 3, "smaller than the cost of every goodwill option"),
    ("[deadlock]\npause_after_rounds = 2.5\n", 2, "pause_after_rounds"),
    ("[calendar]\ncountry = 'FR'\n", 2, "country"),
    ("[calendar]\nsaturdays = true\nstate = 'Byern'\n", 3, "'Byern' is no state of DE (known: BB (Brandenburg)"),
    ("[calendar]\ncountry = 'AT'\nstate = 'BY'\n", 3, "no state of AT"),
    ("[calendar]\nstate = 'ZH'\ncountry = 'CH'\ndays_off = ['31.02.']\n", 4, "'31.02.' is on no calendar"),
    ("[calendar]\ndays_off = ['Heiligabend']\n", 2, "write 24.12. for every year"),
    ("[calendar]\ndays_of = []\n", 2, "days_of"),
    ("[deadlines]\nanswer_days = -1\n", 2, "answer_days"),
    ("[deadlines]\ndecision_days = 'bald'\n", 2, "decision_days"),
    ("[deadlines]\nanswer_days = 2\nremind_days = 3\n", 3, "must not be greater than answer_days (2)"),
    (
        "[[option]]\nid = 'a'\nsituations = ['outage']\ntext = 'abc'\npromises = { what = 'abc', due = 'Tag' }\n",
        5,
        "'Tag' is no gap of the text",
    ),
    ("[[option]]\nid = 'a'\nsituations = ['outage']\ntext = 'abc'\npromises = { what = 'abc' }\n", 5, "either due"),
    (
        "[[option]]\nid = 'a'\nsituations = ['outage']\ntext = 'abc'\npromises = { what = 'abc', within = -1 }\n",
        5,
        "within",
    ),
    ("[style\n", 1, ""),
    ("[unknown]\nx = 1\n", 1, "unknown"),
]


@pytest.mark.parametrize(("text", "line", "word"), FAULTS)
def test_a_wrong_policy_is_refused_with_its_place(tmp_path: Path, text: str, line: int, word: str) -> None:
    (tmp_path / "drafter.toml").write_text(text, encoding="utf-8")

    with pytest.raises(PolicyError) as error:
        load_policy(Places(tmp_path))

    assert f"drafter.toml:{line}:" in error.value.message
    assert word in error.value.message


def test_a_company_policy_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "drafter.toml").write_text(
        "[company]\nsignature = 'Anna'\n[[option]]\nid = 'withdraw'\nsituations = ['outage']\ntext = 'Anders.'\n",
        encoding="utf-8",
    )
    ours, theirs = load_policy(Places()), load_policy(Places(tmp_path))

    assert theirs.company.signature == "Anna"
    assert theirs.style == ours.style
    assert len(theirs.option) == len(ours.option)
    assert next(option for option in theirs.option if option.id == "withdraw").text == "Anders."


def test_a_policy_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "drafter.toml").write_bytes(b"[company]\nname = '\xe4'\n")

    with pytest.raises(PolicyError, match="drafter.toml:2: not UTF-8"):
        load_policy(Places(tmp_path))
