"""The splitter gives the tokens of spaCy's tokenizer."""

import pytest
import spacy

from drafter.analysis.tokens import Splitter

TEXTS = [
    "So einen Saftladen habe ich noch nie erlebt!",
    "Gibt's das,  z. B. am 3.5.,   auch für 20,- €?  ",
    "  (Nein!!!) :-) : ) Sch...verein; www.beispiel.de/a?b=c x@y.de \U0001f621\U0001f621",
    "",
    " ",
    "Dipl.-Ing. Meier/Müller u.a.",
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_tokens_are_those_of_spacy(text: str) -> None:
    nlp = spacy.blank("de")
    doc = nlp.make_doc(text)
    tokens = Splitter(nlp).split(text)
    assert tokens.words == [token.text for token in doc]
    assert tokens.starts == [token.idx for token in doc]
    assert tokens.spaced == [bool(token.whitespace_) for token in doc]


def test_a_rule_that_spans_several_words_is_kept() -> None:
    nlp = spacy.blank("de")
    nlp.tokenizer.add_special_case("im Allgemeinen", [{"ORTH": "im Allgemeinen"}])
    assert Splitter(nlp).split("Das ist im Allgemeinen so").words == ["Das", "ist", "im Allgemeinen", "so"]
