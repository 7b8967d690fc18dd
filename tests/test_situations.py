"""What happened: clear mails, three and more for each situation, in cases/situations.yaml."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from drafter.analysis.families import anything, merged
from drafter.analysis.featurereader import FeatureReader, read_situation_rules
from drafter.analysis.situations import SituationReader
from drafter.data import read_rules
from drafter.errors import DataError
from drafter.places import Places, shipped
from drafter.records import SITUATIONS

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "situations.yaml").read_text(encoding="utf-8"))
RULES = shipped("models") / "rules" / "situations.yaml"
STATEMENTS = shipped("models") / "corpus" / "situations.tsv"
FIELDS = {"situation", "words", "weight", "within", "unless", "whole", "hit", "miss", "because"}
BLOCKS = read_rules(RULES, {"id"}, FIELDS)
SHORT_BLOCKS = read_rules(shipped("models") / "rules" / "short_mails.yaml", {"id"}, FIELDS)
SHORT = [(b["id"], text, kind == "hit") for b in SHORT_BLOCKS for kind in ("hit", "miss") for text in b.texts(kind)]
EXAMPLES = [(b["id"], text, kind == "hit") for b in BLOCKS for kind in ("hit", "miss") for text in b.texts(kind)]


@pytest.fixture(scope="module")
def reader():
    return SituationReader.load(Places())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_first_situation(reader, case):
    assert reader.read_prose(case["text"], case.get("subject", ""))[0].name == case["first"]


def test_every_situation_has_three_cases():
    assert min(Counter(case["first"] for case in CASES)[name] for name in SITUATIONS) >= 3


def test_the_subject_alone_can_name_the_matter(reader):
    assert reader.read_prose("", "Kündigung")[0].name == "cancellation"


def test_statements_name_known_situations_and_stand_once():
    files = [STATEMENTS, STATEMENTS.with_name("short_mails.tsv")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [line.split("\t") for line in lines if line[0] != "#"]
    assert {name for name, _ in rows} == set(SITUATIONS)
    assert len({text for _, text in rows}) == len(rows)


@pytest.mark.parametrize(("rule", "text", "expected"), EXAMPLES, ids=lambda value: str(value)[:40])
def test_rules_keep_their_examples(rule, text, expected):
    assert (f"rule:{rule}" in FeatureReader.load(Places()).read(text).noted) == expected


@pytest.mark.parametrize(("rule", "text", "expected"), SHORT, ids=lambda value: str(value)[:40])
def test_rules_of_short_mails_keep_their_examples(reader, rule, text, expected):
    notions = anything(merged(reader.features.read(text).sentences))
    assert (rule in [held.id for held in reader.short.hits(notions)]) == expected


def test_other_stands_alone(reader):
    texts = [case["text"] for case in CASES]
    assert not [text for text in texts if "other" in [s.name for s in reader.read_prose(text)][1:]]


def test_the_sign_off_is_read_where_nothing_else_was_written(kit):
    assert kit.analyze("Vielen Dank für die schnelle Hilfe!").situations[0].name == "praise"


def test_scores_fall_and_lie_between_0_and_1(reader):
    scores = [s.score for s in reader.read_prose("Die Rechnung ist falsch, und auf meine Mails antwortet niemand.")]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_an_empty_mail_is_other(reader):
    assert [s.name for s in reader.read_prose("")] == ["other"]


def test_an_unknown_situation_is_named_with_its_line(tmp_path):
    path = tmp_path / "situations.yaml"
    path.write_text("- {id: x, situation: flood, words: [a], weight: 1}\n")
    with pytest.raises(DataError, match=r"situations.yaml:1: unknown situation 'flood'"):
        read_situation_rules(path)
