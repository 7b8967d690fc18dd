"""The bundled German pipeline: it loads in plain spaCy, is small, says where it comes from, and reads complaints right."""

from __future__ import annotations

import json

import pytest
import spacy
from conftest import read_cases
from spacy.language import Language
from spacy.tokens import Doc, Token

from drafter.places import shipped

FOLDER = shipped("models") / "de_complaint_sm"
MOST_BYTES = 7_500_000


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.load(FOLDER)


def test_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= MOST_BYTES


def test_meta_names_sources_and_licence() -> None:
    meta = json.loads((FOLDER / "meta.json").read_text(encoding="utf-8"))
    assert meta["lang"] == "de"
    assert meta["license"] == "CC BY-SA 4.0"
    assert {"UD_German-GSD", "UD_German-PUD"} <= {source["url"].rsplit("/", 1)[-1] for source in meta["sources"]}
    assert not any("NC" in source["license"] for source in meta["sources"]), "no non-commercial data in the weights"


def test_pipeline_needs_no_foreign_code(nlp: Language) -> None:
    assert nlp.pipe_names == ["tok2vec", "tagger", "morphologizer", "attribute_ruler", "parser", "trainable_lemmatizer"]


@pytest.mark.parametrize("case", read_cases("pipeline"), ids=lambda case: case["text"][:40])
def test_reads_sentence(nlp: Language, case: dict) -> None:
    doc = nlp(case["text"])
    for word, wanted in case["words"].items():
        assert _seen(_find(doc, word), wanted) == wanted, word


def test_same_text_gives_same_analysis(nlp: Language) -> None:
    text = "Ich weiß, Sie können nichts dafür, aber Ihr Laden ist ein Saustall."
    assert nlp(text).to_json() == next(nlp.pipe([text])).to_json()


@pytest.mark.parametrize("text", ["", " ", "\n\n", "!!!", "😡😡", "a" * 5000, "\u0000\ufffd", "http://x.y/ @z #w"])
def test_odd_text_is_harmless(nlp: Language, text: str) -> None:
    assert nlp(text).text == text


def _find(doc: Doc, text: str) -> Token:
    return next(token for token in doc if token.text == text)


def _seen(token: Token, wanted: dict) -> dict:
    """Look up in a token what a case asks about."""
    seen = {"tag": token.tag_, "pos": token.pos_, "dep": token.dep_, "lemma": token.lemma_, "head": token.head.text}
    return {key: seen[key] if key in seen else (token.morph.get(key) or [""])[0] for key in wanted}
