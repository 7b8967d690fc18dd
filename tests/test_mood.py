"""Intensity, emotions and hostility of bare texts; the cases stand in cases/mood.yaml."""

from pathlib import Path

import pytest
import yaml

from drafter.analysis.families import Families
from drafter.analysis.featurereader import FeatureReader
from drafter.analysis.mood import MoodReader
from drafter.analysis.moodrules import MoodRules, read_mood_rules
from drafter.data import read_rules
from drafter.errors import DataError
from drafter.places import Places, shipped
from drafter.records import EMOTIONS, Insult

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "mood.yaml").read_text(encoding="utf-8"))
RULES = shipped("models") / "rules" / "mood.yaml"
FIELDS = {
    "weight",
    "reason",
    "because",
    "measure",
    "words",
    "within",
    "unless",
    "whole",
    "most",
    "above",
    "limits",
    "from_level",
    "between",
    "floor",
    "ceiling",
    "most_words",
}
BLOCKS = read_rules(RULES, {"id"}, FIELDS | {"hit", "miss"})
HITS = [
    (block["id"], text, kind == "hit") for block in BLOCKS for kind in ("hit", "miss") for text in block.texts(kind)
]


@pytest.fixture(scope="module")
def reader():
    return MoodReader.load(Places())


def _insult(target, severity):
    return Insult(0, 0, "so", target, severity, False, "", "")


@pytest.mark.parametrize("case", CASES["pairs"], ids=lambda case: case["stronger"][:40])
def test_stronger_scores_above_milder(reader, case):
    strong, mild = (reader.read_prose(case[name])[0].score for name in ("stronger", "milder"))
    assert strong > mild


@pytest.mark.parametrize("case", CASES["insults"], ids=lambda case: case["text"])
def test_insults_count_by_target_and_severity(reader, case):
    none, mild, strong = (reader.read_prose(case["text"], insults)[0].score
                          for insults in ([], [_insult(*case["milder"])], [_insult(*case["stronger"])]))  # fmt: skip
    assert none < mild < strong


@pytest.mark.parametrize("case", CASES["emotions"], ids=lambda case: case["text"][:40])
def test_emotions(reader, case):
    emotions = reader.read_prose(case["text"])[1]
    assert all(emotions[name] > 0 for name in case.get("some", [])), emotions
    assert all(emotions[name] == 0 for name in case.get("none", [])), emotions


@pytest.mark.parametrize("case", CASES["levels"], ids=lambda case: case["text"][:40])
def test_named_feelings_and_plain_mails_bound_the_level(reader, case):
    level = reader.read_prose(case["text"])[0].level
    assert case.get("least", 0) <= level <= case.get("most", 4)


def test_an_insult_lifts_the_ceiling_of_a_plain_question(reader):
    text = "Können Sie mir sagen, wann Sie am Samstag öffnen?"
    calm, rude = (reader.read_prose(text, insults)[0].level for insults in ([], [_insult("agent", 3)]))
    assert calm == 0 < rude


@pytest.mark.parametrize("text", CASES["irony"], ids=lambda text: text[:40])
def test_irony_is_not_joy(reader, text):
    intensity, emotions, _ = reader.read_prose(text)
    assert intensity.level >= 1 and emotions["joy"] == 0


def test_hostility_tells_offensive_from_harmless(reader):
    offensive = [reader.read_prose(text)[2] for text in CASES["offensive"]]
    harmless = [reader.read_prose(text)[2] for text in CASES["harmless"]]
    assert min(offensive) > 0.5 > max(harmless)


@pytest.mark.parametrize(("rule", "text", "expected"), HITS, ids=lambda value: str(value)[:40])
def test_rules_keep_their_examples(rule, text, expected):
    features = FeatureReader.load(Places())
    rules = MoodRules.load(Places(), features.families)
    assert (rule in rules.apply(features.read(text))) == expected


def test_reasons_name_what_was_counted(reader):
    why = reader.read_prose("Ich warte seit neun Wochen!!! Das ist OHNE Worte.", [_insult("agent", 2)])[0].why
    assert "3 exclamation marks in a row" in why
    assert "waiting: neun Wochen" in why
    assert "insult of agent: 'so'" in why


def test_nothing_written_nothing_felt(reader):
    intensity, emotions, hostility = reader.read_prose("  \n")
    assert (intensity.score, intensity.level, hostility) == (0.0, 0, 0.0)
    assert emotions == dict.fromkeys(EMOTIONS, 0)


def test_same_text_same_mood(reader):
    text = CASES["irony"][0]
    assert reader.read_prose(text) == MoodReader.load(Places()).read_prose(text)


def test_an_unknown_measure_is_named_with_its_line(tmp_path):
    path = tmp_path / "mood.yaml"
    path.write_text("- {id: x, measure: volume, weight: 1, reason: '', because: ''}\n")
    with pytest.raises(DataError, match=r"mood.yaml:1: unknown measure 'volume'"):
        read_mood_rules(path)


@pytest.mark.parametrize(("pattern", "word", "found"), [
    ("warten", "warten", True), ("warten", "warten|de", False), ("wart*", "wartung", True),
    ("*tisch", "esstisch", True), ("*tisch", "tischler", False), ("*tisch~", "esstische", True),
    ("*stör*", "entstoerung", True), ("fleck~", "flecken", True), ("fleck~", "fleckentferner", False),
])  # fmt: skip
def test_families_match_by_word_formation(pattern, word, found):
    families = Families(["en", "e"])
    families.add(pattern, "notion")
    assert (families.of(word) == ("notion",)) == found
