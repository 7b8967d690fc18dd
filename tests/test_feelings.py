"""What words speak of, and the heads over it."""

from pathlib import Path

import numpy as np
import pytest

from drafter.analysis.featurereader import FeatureReader
from drafter.analysis.feelings import FeelingHead, NotionCounter, bent
from drafter.errors import ModelError
from drafter.features import fold, tokens
from drafter.places import Places, shipped

HEADS = shipped("models") / "heads"


@pytest.fixture(scope="module")
def counter():
    return NotionCounter.load(Places())


def _counts(counter, text):
    """Return the notions that stand in a text and those that are denied."""
    found = counter.read([fold(token) for token in tokens(text)])
    plain, denied = np.split(found > 0, 2)
    return ({name for name, here in zip(counter.names, side, strict=True) if here} for side in (plain, denied))


@pytest.mark.parametrize(("text", "plain", "denied"), [
    ("Ich freue mich sehr.", {"joy.happy"}, set()),
    ("Ich freue mich nicht.", {"joy.happy"}, set()),
    ("Ich habe keine Angst.", set(), {"fear.fear"}),
    ("Nein, nicht. Angst habe ich.", {"fear.fear"}, set()),
    ("Das ist nicht mehr, was man eine gute Freude nennt.", {"joy.happy"}, set()),
])  # fmt: skip
def test_a_denial_reaches_three_words_and_ends_at_a_mark(counter, text, plain, denied):
    found_plain, found_denied = _counts(counter, text)
    assert plain <= found_plain and denied <= found_denied
    assert plain.isdisjoint(found_denied) and denied.isdisjoint(found_plain)


def test_no_word_no_notion(counter):
    assert not counter.read([]).any()


@pytest.mark.parametrize("name", ["emotions", "hostility"])
def test_a_head_knows_the_notions_of_the_list(counter, name):
    head = FeelingHead.load(HEADS / f"{name}.npz")
    assert head.notions == counter.names
    assert head.notion_weights.shape == (2 * len(counter.names), len(head.linear.labels))


def test_scores_are_finite_whatever_comes(counter):
    reader = FeatureReader.load(Places())
    for text in ("", "\x00", "!" * 5000, "nicht " * 3000, "😡" * 500):
        features = reader.read(text)
        for name in ("emotions", "hostility"):
            scores = FeelingHead.load(HEADS / f"{name}.npz").scores(features, counter.read(features.folded))
            assert np.isfinite(scores).all()


def test_a_bend_keeps_scores_and_what_exceeds_each_step():
    assert bent(np.array([0.5, 9.0]), np.array([0.25])).tolist() == [0.5, 3.0, 0.25, 2.75]


def test_a_notion_that_no_head_knows_is_passed_over():
    counts = NotionCounter.load(Places(), ["joy.happy"]).read(["freue", "wut"])
    assert counts.shape == (2,) and counts[0] > 0


def test_a_linear_head_is_no_feeling_head():
    with pytest.raises(ModelError, match="cannot be loaded"):
        FeelingHead.load(HEADS / "intensity.npz")


def test_a_missing_head_is_named(tmp_path: Path):
    with pytest.raises(ModelError, match=r"none\.npz"):
        FeelingHead.load(tmp_path / "none.npz")
