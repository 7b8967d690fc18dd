"""Load the spaCy pipeline: the bundled one, or any German pipeline the user names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.pipeline import AttributeRuler, Tok2Vec, TrainablePipe
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from drafter.analysis.encoder import Encoder
from drafter.analysis.posrules import PosRules
from drafter.analysis.tokens import Splitter, Tokens
from drafter.errors import ModelError

_UNUSED_PIPES = ("ner", "senter", "lemmatizer", "trainable_lemmatizer", "textcat", "textcat_multilabel", "spancat")
"""No grammar question needs them, so they are neither loaded nor run."""


class Pipeline:
    """A German spaCy pipeline: tokens for every mail, grammar only where asked."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        self._splitter = Splitter(nlp)
        first = nlp.pipeline[0][1] if nlp.pipeline else None
        self._encoder = Encoder.of(first.model) if isinstance(first, Tok2Vec) else None
        rulers = {name: PosRules.of(pipe) for name, pipe in nlp.pipeline if isinstance(pipe, AttributeRuler)}
        self._pos_rules = {name: rules for name, rules in rulers.items() if rules}
        for _, pipe in nlp.pipeline:
            if isinstance(pipe, TrainablePipe):
                _multiply_with_numpy(pipe.model)

    def tokenize(self, text: str, tokens: Tokens | None = None) -> Doc:
        """Make a Doc of a text; costs a small part of what parsing does. Where `tokens` are given, it has those."""
        doc = self.nlp.make_doc(text)
        if tokens and doc.to_array("LENGTH").tolist() != list(map(len, tokens.words)):
            return Doc(self.nlp.vocab, words=tokens.words, spaces=tokens.spaced)
        return doc

    def split(self, text: str) -> Tokens:
        """Return the tokens as plain texts, for a small part of the cost again."""
        return self._splitter.split(text)

    def parse(self, docs: Sequence[Doc]) -> Sequence[Doc]:
        """Run tagger, morphology and parser over tokenised texts, in place; nlp.pipe costs twice as much for a few."""
        if not docs:
            return docs
        for name, pipe in self.nlp.pipeline:
            if isinstance(pipe, Tok2Vec) and self._encoder:
                pipe.set_annotations(docs, self._encoder.encode(docs))
            elif isinstance(pipe, TrainablePipe):
                pipe.set_annotations(docs, pipe.predict(docs))
            else:
                correct = self._pos_rules.get(name, pipe)
                for doc in docs:
                    correct(doc)
        return docs


def _multiply_with_numpy(model: Model[Any, Any]) -> None:
    """Let numpy multiply the matrices: its libraries know more processors than spaCy's own."""
    for node in model.walk():
        if type(node.ops) is NumpyOps:
            node.ops = NumpyOps(use_blis=False)


def load_pipeline(name: str | None, bundled: Path) -> Pipeline:
    """Load a pipeline by package name or folder; None loads the bundled one.

    Raises:
        ModelError: it is not installed, not German, or cannot parse.
    """
    source = name or str(bundled)
    try:
        nlp = spacy.load(source, exclude=_UNUSED_PIPES)
    except (OSError, ValueError, ImportError) as error:
        raise ModelError(
            f"The spaCy pipeline '{source}' cannot be loaded: {_first_line(error)}", _remedy(source)
        ) from error
    if nlp.lang != "de":
        raise ModelError(f"'{source}' is a pipeline for '{nlp.lang}', not for German.", _remedy(source))
    if not nlp.has_pipe("parser"):
        raise ModelError(f"'{source}' has no parser; drafter needs one.", _remedy(source))
    return Pipeline(nlp)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _remedy(source: str) -> str:
    bundled = "Without --model the bundled one serves."
    if source.startswith("de_core_news_"):
        return f"Install it: make official (or: python -m spacy download {source}). {bundled}"
    return f"Name an installed package or the folder of a German spaCy pipeline. {bundled}"
