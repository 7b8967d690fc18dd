"""The encoder in numpy gives what spaCy's own gives."""

import numpy as np
import pytest
import spacy

from drafter.analysis.encoder import Encoder
from drafter.analysis.pipeline import load_pipeline
from drafter.analysis.posrules import PosRules
from drafter.analysis.text import OwnText
from drafter.places import Places
from drafter.records import Zone

TEXTS = ["So einen Saftladen habe ich noch nie erlebt!", "Nein.", "Gibt's das, z. B. am 3.5., auch in Rot?"]


@pytest.fixture(scope="module")
def nlp() -> spacy.Language:
    return spacy.load(Places().pipeline)


def test_the_vectors_are_those_of_the_pipeline(nlp: spacy.Language) -> None:
    tok2vec = nlp.get_pipe("tok2vec")
    docs = [nlp.make_doc(text) for text in TEXTS]
    encoder = Encoder.of(tok2vec.model)
    assert encoder is not None
    for _ in range(2):  # the second time all words are known
        for ours, theirs in zip(encoder.encode(docs), tok2vec.predict(docs), strict=True):
            assert np.allclose(ours, theirs, atol=1e-4)


def test_parsing_gives_what_the_whole_pipeline_gives(nlp: spacy.Language) -> None:
    pipeline = load_pipeline(None, Places().pipeline)
    for ours, theirs in zip(pipeline.parse(list(map(pipeline.tokenize, TEXTS))), nlp.pipe(TEXTS), strict=True):
        assert [(t.tag_, t.pos_, t.dep_, t.head.i) for t in ours] == [
            (t.tag_, t.pos_, t.dep_, t.head.i) for t in theirs
        ]


def test_a_copy_of_a_sentence_is_what_spacy_makes_of_it() -> None:
    body = " ".join(TEXTS)
    for sentence in OwnText(body, [Zone("body", 0, len(body))], load_pipeline(None, Places().pipeline)).sentences:
        first, last = sentence._range
        ours, theirs = sentence.copy(), sentence._piece.doc[first:last].as_doc()
        assert [(t.text, t.whitespace_, t.norm_) for t in ours] == [(t.text, t.whitespace_, t.norm_) for t in theirs]


def test_a_ruler_of_another_build_is_left_to_spacy(nlp: spacy.Language) -> None:
    assert PosRules.of(nlp.get_pipe("attribute_ruler")) is not None
    other = spacy.blank("de").add_pipe("attribute_ruler")
    other.add([[{"LOWER": "sie"}]], {"POS": "PRON"})
    assert PosRules.of(other) is None


def test_a_model_of_another_build_is_left_to_spacy() -> None:
    assert Encoder.of(spacy.blank("de").add_pipe("tagger").model) is None
