"""The check finds the faults of the labelled replies, and lets good replies and our own drafts be."""

import json

import pytest
from conftest import HERE

from drafter.check import Spot
from drafter.checking import check_reply
from drafter.records import Mail

BLIND = 4
GOLDEN = [path for path in sorted((HERE / "golden").rglob("*.txt")) if "\nSubject:" in path.read_text("utf-8")]


@pytest.fixture(scope="module")
def judged(kit) -> list[tuple[dict, list[Spot]]]:
    rows = [json.loads(line) for line in (HERE / "gold" / "replies-dev.jsonl").read_text("utf-8").splitlines()]
    return [(row, _spots(kit, row)) for row in rows]


def _spots(kit, row: dict) -> list[Spot]:
    spots = check_reply(kit, row["reply"], Mail(row["mail"]) if row["mail"] else None, row["register"])
    return [spot for spot in spots if spot.level != "suggestion"]


@pytest.mark.parametrize("blind", [True, False], ids=["blind", "rest"])
def test_faults_are_found_and_named(judged, blind: bool) -> None:
    part = [(row, spots) for row, spots in judged if (int(row["id"].split("-")[1]) % BLIND == 0) == blind]
    hits = [[spot for spot in spots if _meets(row, fault, spot)] for row, spots in part for fault in row["faults"]]
    kinds = [fault["kind"] for row, _ in part for fault in row["faults"]]
    found = [(kind, spots) for kind, spots in zip(kinds, hits, strict=True) if spots]
    said = [any(_meets(row, fault, spot) for fault in row["faults"]) for row, spots in part for spot in spots]

    assert len(found) / len(kinds) >= 0.85
    assert sum(said) / len(said) >= 0.88
    assert sum(any(spot.kind == kind for spot in spots) for kind, spots in found) / len(found) >= 0.9


def test_good_replies_are_left_alone(judged) -> None:
    flagged = [bool(spots) for row, spots in judged if not row["faults"]]

    assert sum(flagged) / len(flagged) <= 0.05


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_our_own_drafts_sound_right(kit, path) -> None:
    body = path.read_text("utf-8").partition("\nSubject:")[2].partition("\n")[2]

    assert [spot for spot in kit.checker.spots(body) if "-sounds-" in spot.code] == []


def _meets(row: dict, fault: dict, spot: Spot) -> bool:
    """Overlap with the labelled span; what is missing has no span and must be of the kind."""
    if not fault["text"]:
        return spot.start == spot.end and spot.kind == fault["kind"]
    start = row["reply"].index(fault["text"])
    return spot.start < start + len(fault["text"]) and start < spot.end
