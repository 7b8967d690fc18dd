"""Zones: cases as data, the rules' own examples, and a property that holds for any text."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.data import read_rules
from drafter.places import Places, shipped
from drafter.records import ZONE_KINDS, Mail, Zone
from drafter.zones import ZoneFinder
from drafter.zones.rules import SEARCHED, WHOLE, expand, read_blocks

FINDER = ZoneFinder.load(Places())
CASES = read_rules(Path(__file__).parent / "cases" / "zones.yaml", {"id", "parts"}, {"from", "subject"})
BLOCKS = read_blocks(shipped("models") / "rules" / "zones.yaml")
PIECES = {block["id"]: block["pattern"] for block in BLOCKS if block["kind"] == "fragment"}
RULES = [block for block in BLOCKS if block["kind"] != "fragment"]

LINES = st.sampled_from(
    [text for rule in RULES for text in (*rule.texts("hit"), *rule.texts("miss"))] + ["", "> alt", ">", "-- ", "Kolb"]
)


def build(parts: list[dict[str, str]]) -> tuple[str, tuple[Zone, ...]]:
    """Join the parts to a body and note where each begins."""
    body, starts = "", []
    for part in parts:
        ((kind, text),) = part.items()
        body += "" if not body else " " if kind.endswith("+") else "\n"
        starts.append((kind.rstrip("+"), len(body)))
        body += text
    ends = [start for _, start in starts[1:]] + [len(body)]
    return body, tuple(Zone(kind, start, end) for (kind, start), end in zip(starts, ends, strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_mail_is_cut_into_its_zones(case):
    body, expected = build(case["parts"])
    found = FINDER.find(Mail(body, from_name=case.get("from", ""), subject=case.get("subject", "")))
    assert [(z.kind, body[z.start : z.end]) for z in found] == [(z.kind, body[z.start : z.end]) for z in expected]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_rule_fires_on_its_hits_and_stays_silent_on_its_misses(rule):
    pattern = re.compile(expand(rule, PIECES), re.IGNORECASE)
    matches = (
        pattern.search if rule["kind"] in SEARCHED else pattern.fullmatch if rule["kind"] in WHOLE else pattern.match
    )
    assert rule.texts("hit") and rule.texts("miss")
    assert [text for text in rule.texts("hit") if not matches(text)] == []
    assert [text for text in rule.texts("miss") if matches(text)] == []


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(LINES, max_size=14).map("\n".join)), st.text(max_size=20))
def test_zones_cover_any_text_in_order(body, name):
    zones = FINDER.find(Mail(body, from_name=name))
    assert "".join(body[zone.start : zone.end] for zone in zones) == body
    assert all(zone.kind in ZONE_KINDS and zone.start < zone.end for zone in zones)
    assert all(left.end == right.start and left.kind != right.kind for left, right in itertools.pairwise(zones))
