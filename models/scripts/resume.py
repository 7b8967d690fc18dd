"""Let the lemmatiser go on training: spaCy 3.8 loads its labels but not the map from edit trees to them.

Without the map every lemma would count as the first label. Given to `spacy train` with --code.
"""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.util import registry


@registry.callbacks("drafter.relabel_trees.v1")
def relabel_trees() -> Callable[[Language], Language]:
    """Make the callback that rebuilds the map."""

    def relabel(nlp: Language) -> Language:
        lemmatizer = nlp.get_pipe("trainable_lemmatizer")
        lemmatizer.tree2label = {tree: label for label, tree in enumerate(lemmatizer.labels)}
        return nlp

    return relabel
