"""The exports of helpdesks: every kind brings its own examples."""

from __future__ import annotations

import pytest

from drafter.sources.exports import blocks, recognise
from drafter.sources.raw import read_raw, record_raw

BLOCKS = list(blocks())
HITS = [(block["id"], hit) for block in BLOCKS for hit in block.get("hit", [])]
MISSES = [(block["id"], miss) for block in BLOCKS for miss in block.get("miss", [])]


@pytest.mark.parametrize(("name", "hit"), HITS, ids=[name for name, _ in HITS])
def test_an_export_is_recognised_and_read(name: str, hit: dict) -> None:
    found = recognise(hit["object"])

    assert found and found[0].id == name
    records = found[0].records(found[1], {})
    assert [
        {key: record.get(key) for key in wanted} for record, wanted in zip(records, hit["mails"], strict=True)
    ] == hit["mails"]
    assert all(read_raw(record_raw("x", record)).body for record in records)


@pytest.mark.parametrize(("name", "miss"), MISSES, ids=[name for name, _ in MISSES])
def test_an_object_of_another_kind_is_not_taken_for_it(name: str, miss: dict) -> None:
    found = recognise(miss)

    assert not found or found[0].id != name


def test_every_kind_has_an_example() -> None:
    assert all(block.get("hit") for block in BLOCKS)
