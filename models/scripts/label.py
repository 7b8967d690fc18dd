"""Parse the tagged raw texts with a trained pipeline, for a second round of training.

    python label.py MODEL TAGGED PARSED

A parse is kept where the pipeline, which reads the sentence its own way, comes to the very tags the teacher
gave: an independent sign that it has understood the sentence. The second round then sees the sentence
misspelt, in lower case and so on (augment.py) with the parse of the clean one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token
from treebank import Sentence, Word, read_treebank, write_treebank

SHORTEST, LONGEST = 4, 40
"""Parses of longer sentences are too often wrong, of shorter ones teach nothing."""


def parsed(nlp: Language, sentences: list[Sentence]) -> Iterator[Sentence]:
    """Add the pipeline's analysis to every sentence where it agrees with the teacher."""
    docs = (Doc(nlp.vocab, words=[w.text for w in s.words], spaces=[w.space for w in s.words]) for s in sentences)
    for sentence, doc in zip(sentences, nlp.pipe(docs), strict=True):
        yield analysed(sentence, doc) if agrees(sentence.words, doc) else sentence


def agrees(words: Iterable[Word], doc: Doc) -> bool:
    """Whether the pipeline sees one sentence with a verb, tagged as the teacher does."""
    known = [word.tag == token.tag_ for word, token in zip(words, doc, strict=True) if word.tag]
    tree = len(list(doc.sents)) == 1 and any(token.tag_.endswith(("FIN", "IMP")) for token in doc)
    return tree and all(known) and len(known) > 0.9 * len(doc) and SHORTEST <= len(doc) <= LONGEST


def analysed(sentence: Sentence, doc: Doc) -> Sentence:
    """Take over parts of speech, features, heads and relations; tags and lemmas stay the teacher's."""
    pairs = zip(sentence.words, doc, strict=True)
    return replace(sentence, words=tuple(_analysed(word, token) for word, token in pairs))


def _analysed(word: Word, token: Token) -> Word:
    relation = "root" if token.dep_ == "ROOT" else token.dep_
    return replace(word, pos=token.pos_, features=str(token.morph), head=token.head.i, relation=relation)


def main() -> None:
    """Write the texts with the parses that were kept."""
    model, tagged, out = (Path(argument) for argument in sys.argv[1:4])
    sentences = list(parsed(spacy.load(model), list(read_treebank(tagged))))
    write_treebank(sentences, out)
    kept = sum(bool(sentence.words[0].relation) for sentence in sentences)
    print(f"{kept} of {len(sentences)} sentences parsed")


if __name__ == "__main__":
    main()
