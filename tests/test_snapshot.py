"""A snapshot saves time and changes nothing: it is used while nothing changed, and dropped otherwise."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from drafter.analysis import Detectors
from drafter.lazypattern import lazy, needles
from drafter.places import Places
from drafter.snapshot import KEPT, remember


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "drafter"


def test_what_was_made_is_remembered_until_a_file_changes(cache: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "words.tsv").write_text("one")
    made: list[str] = []

    def make() -> str:
        made.append((data / "words.tsv").read_text())
        return made[-1]

    assert [remember("x", [data], make), remember("x", [data], make)] == ["one", "one"]
    (data / "words.tsv").write_text("three")
    assert remember("x", [data], make) == "three"
    assert made == ["one", "three"]


def test_folders_used_in_turn_keep_their_snapshots_and_the_oldest_go(cache: Path, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(KEPT + 1)]
    for folder in folders:
        folder.mkdir()
        (folder / "words.tsv").write_text(folder.name)
        remember("x", [folder], lambda: "made")

    assert len(list(cache.glob("x-*.pickle"))) == KEPT
    assert remember("x", [folders[-2]], lambda: "made again") == "made"
    assert remember("x", [folders[0]], lambda: "made again") == "made again"


def test_a_torn_snapshot_costs_nothing_but_time(cache: Path, tmp_path: Path) -> None:
    remember("x", [tmp_path / "none"], lambda: "good")
    for path in cache.glob("x-*.pickle"):
        path.write_bytes(b"torn")

    assert remember("x", [tmp_path / "none"], lambda: "good") == "good"


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    assert remember("x", [], lambda: 1) == 1


def test_detectors_find_the_same_after_a_round_trip(kit) -> None:
    again = pickle.loads(pickle.dumps(Detectors.load(Places())))
    text = "Ich weiß, Sie können nichts dafür, aber Sie sind nicht ganz dicht, Sie I d i o t! Ich gehe zum Anwalt."

    from drafter.analysis import Analyzer
    from drafter.records import Mail, Zone

    zones = (Zone("body", 0, len(text)),)
    assert Analyzer(kit.analyzer.pipeline, again).analyze(Mail(text), zones) == kit.analyzer.analyze(Mail(text), zones)


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("das kann {neg} sein", (("das",), ("kann",), ("nicht", "nie"), ("sein",))),
        ("(?:alt|neu)e Ware", (("alt", "neu"), ("ware",))),
        ("gern(?:e)? gescheh?en", (("gern",), ("gesche",), ("en",))),
        ("a|b", ()),
        (r"[a-z]{3}\d+", ()),
        ("(?!nein)ja", (("ja",),)),
    ],
)
def test_needles_are_what_every_match_must_hold(pattern: str, needed: tuple) -> None:
    assert needles(pattern, {"neg": ("nicht", "nie")}) == needed


def test_a_lazy_pattern_matches_like_an_eager_one() -> None:
    from drafter.data import Where

    pattern = lazy(r"\bwarte\w* (?:schon )?seit", Where(Path("x"), 1))

    assert pattern.search("Ich WARTE schon seit Mai").group() == "WARTE schon seit"
    assert pattern.search("Ich schlafe seit Mai") is None
