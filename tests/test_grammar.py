"""The grammar questions get the same answers from both label schemes (cases/grammar.yaml)."""

from __future__ import annotations

import pytest
import spacy
from conftest import read_cases
from spacy.tokens import Doc

from drafter.analysis.bearers import is_quoted
from drafter.analysis.grammar import Grammar
from drafter.analysis.parsed import Parsed, Token
from drafter.places import Places

VOCAB = spacy.blank("de").vocab  # knows capitals from small letters
GRAMMAR = Grammar.load(Places())
POS = {"NN": "NOUN", "NE": "PROPN", "AD": "ADJ", "VV": "VERB", "VA": "AUX", "VM": "AUX", "PP": "PRON", "AR": "DET",
       "AP": "ADP", "PT": "PART", "KO": "CCONJ", "PD": "PRON", "PI": "DET", "$.": "PUNCT", "$,": "PUNCT"}  # fmt: skip
WHOLE = {"ADV": "ADV", "PPOSAT": "DET", "PDAT": "DET", "KOUS": "SCONJ", "PTKVZ": "ADP"}
CASES = [(scheme, case) for case in read_cases("grammar") for scheme in ("ud", "tiger") if scheme in case]


def build(notation: str) -> Parsed:
    """Build a parsed sentence from word|TAG|label|head."""
    rows = [token.split("|") for token in notation.split(" ")]
    heads = [int(head) - 1 if int(head) else number for number, (*_, head) in enumerate(rows)]
    pos = [WHOLE.get(tag) or POS[tag[:2]] for _, tag, _, _ in rows]
    columns = {"words": 0, "tags": 1, "deps": 2}
    return Parsed.of(
        Doc(VOCAB, pos=pos, heads=heads, **{name: [row[i] for row in rows] for name, i in columns.items()})
    )


@pytest.mark.parametrize(
    ("scheme", "case"), CASES, ids=lambda value: value if isinstance(value, str) else value["name"]
)
def test_question_is_answered(scheme: str, case: dict) -> None:
    """Each question gives the token, truth value or class that the case names."""
    token = build(case[scheme])[case["at"] - 1]
    answer = getattr(GRAMMAR, case["ask"])(token)
    assert (answer.text if isinstance(answer, Token) else answer) == case["answer"]


def test_quotation_marks_come_in_pairs() -> None:
    """Words between two marks are quoted, words after them are not."""
    doc = Parsed(["Er", "rief", "„", "Depp", "“", "laut"], [True] * 6)
    assert is_quoted(doc[3], doc[3])
    assert not is_quoted(doc[5], doc[5])
