"""Hashed features and linear heads: the same text gives the same numbers, and whatever comes is read."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from drafter.analysis.featurereader import FeatureReader
from drafter.errors import ModelError
from drafter.features import Vector, extract, fold, tokens
from drafter.heads import LinearHead
from drafter.places import Places, shipped

HEADS = ("intensity", "emotions", "hostility", "situations")
TEXT = "Ihr habt mir zum DRITTEN Mal die falschen Schuhe geschickt!!! #LeereVersprechen 😡"


def _vector(text):
    raw = tokens(text)
    return extract(raw, [fold(token) for token in raw])


def _head(weights):
    weights = np.array(weights, np.int8)
    ones = np.ones(weights.shape[1], np.float32)
    return LinearHead(("a", "b"), weights, ones, np.zeros(2, np.float32), np.array([[0.5, 2], [1, np.inf]], np.float32))


def test_features_do_not_depend_on_the_process():
    code = f"from test_heads import _vector; print(int(_vector({TEXT!r}).hashes.sum(dtype='u8')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         cwd=Path(__file__).parent, env={**os.environ, "PYTHONHASHSEED": "7"})  # fmt: skip
    assert int(run.stdout) == int(_vector(TEXT).hashes.sum(dtype="u8"))


def test_same_text_same_numbers_with_the_shipped_families():
    first, second = (FeatureReader.load(Places())._read(TEXT).vector for _ in range(2))
    assert np.array_equal(first.hashes, second.hashes) and np.array_equal(first.values, second.values)


def test_spelling_variants_fold_together():
    assert fold("GRÖSSE") == fold("größe") == fold("groesse")
    assert fold("@jemand") == "@user" and fold("https://example.org/x") == "@url"
    assert fold("soooooo") == "soo"


def test_tokens_keep_marks_and_split_hashtags():
    assert tokens("#LeereVersprechen ja!!! 12,50 €") == ["#", "Leere", "Versprechen", "ja", "!!!", "12,50", "€"]


@pytest.mark.parametrize("text", ["", " ", "\x00", "!" * 10_000, "a" * 200_000, "😀" * 500, "‮abc", "wort " * 20_000])
def test_any_text_is_read(text):
    assert np.isfinite(_vector(text).values).all()


def test_head_scores_levels_and_explains():
    head = _head([[1, 0], [3, 0], [0, 2], [0, -1]])
    vector = Vector(np.array([1, 4], np.uint32), np.array([0.5, 1], np.float32))  # bucket 1, and 4 masked to 0
    scores = head.scores(vector)
    assert scores.tolist() == [2.5, 0.0]
    assert head.levels(scores) == [2, 0]
    assert head.explain({"null": 2, "eins": 1, "vier": 4}, "a") == ["eins", "vier"]


def test_missing_head_is_a_model_error(tmp_path):
    with pytest.raises(ModelError):
        LinearHead.load(tmp_path / "none.npz")


@pytest.mark.parametrize("name", HEADS)
def test_shipped_heads_have_a_power_of_two_of_buckets(name):
    head = LinearHead.load(shipped("models") / "heads" / f"{name}.npz")
    assert len(head.weights) & (len(head.weights) - 1) == 0
    assert head.weights.shape[1] == len(head.labels) == len(head.cuts)


def test_shipped_heads_stay_small():
    assert sum(path.stat().st_size for path in (shipped("models") / "heads").glob("*.npz")) <= 1_800_000
