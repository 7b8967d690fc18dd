"""The word encoder of the bundled pipeline in plain numpy, with the vectors of known words kept.

spaCy's own way is made for large batches; of the few milliseconds that a single sentence costs there, most go to
administration. An encoder gives the same numbers up to rounding; pipelines of any other build keep spaCy's own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import Model

_MAX_KNOWN = 8_000
_TINY = 1e-08
_FORM: list[int | str] = ["ORTH", "NORM"]

Floats = NDArray[np.float32]


class _Mixer(NamedTuple):
    """One maxout layer with normalised output; the window is the words that it sees on either side."""

    weights: Floats  # inputs x (pieces * outputs)
    bias: Floats
    scale: Floats
    shift: Floats
    pieces: int

    @classmethod
    def of(cls, model: Model[Any, Any]) -> _Mixer | None:
        """Read a chain of maxout, layer normalisation and dropout; None where it is none."""
        leaves = {node.name: node for node in model.walk() if not node.layers}
        if sorted(leaves) != ["dropout", "layernorm", "maxout"]:
            return None
        maxout, norm = leaves["maxout"], leaves["layernorm"]
        weights = np.asarray(maxout.get_param("W"))  # outputs x pieces x inputs
        outputs, pieces, inputs = weights.shape
        by_piece = weights.transpose(1, 0, 2).reshape(pieces * outputs, inputs)
        bias = np.asarray(maxout.get_param("b")).T.reshape(-1)
        return cls(
            np.ascontiguousarray(by_piece.T),
            bias,
            np.asarray(norm.get_param("G")),
            np.asarray(norm.get_param("b")),
            pieces,
        )

    def __call__(self, rows: Floats) -> Floats:
        raw = (rows @ self.weights + self.bias).reshape(len(rows), self.pieces, -1)
        best: Floats = raw.max(axis=1)
        width = best.shape[1]
        best -= (best.sum(axis=1) / width)[:, None]
        spread = np.einsum("ij,ij->i", best, best) / width + _TINY
        best *= (spread**-0.5)[:, None]
        best *= self.scale
        best += self.shift
        return best


class Encoder:
    """Sets the token vectors of docs as a tok2vec of the bundled build does."""

    def __init__(self, embed: Model[Any, Any], layers: Sequence[_Mixer], pad: int) -> None:
        self._embed = embed  # spaCy's, for words not seen before
        self._layers = layers
        self._pad = pad
        self._known: dict[tuple[int, int], Floats] = {}

    @classmethod
    def of(cls, model: Model[Any, Any]) -> Encoder | None:
        """Take over a tok2vec model of hashed words and windows of one word on either side; None for any other."""
        if len(model.layers) != 2 or model.layers[0].layers[0].name != "extract_features":
            return None
        embed, encode = model.layers
        blocks = encode.layers[0].layers if encode.name.startswith("with_array(residual(expand_window") else []
        cells = [block.layers[0] for block in blocks]
        windows = [cell.layers[0].attrs.get("window_size") for cell in cells]
        mixers = [_Mixer.of(cell.layers[1]) for cell in cells]
        known = [mixer for mixer in mixers if mixer is not None]
        if not known or len(known) < len(mixers) or set(windows) != {1}:
            return None
        return cls(embed, known, int(encode.attrs["pad"]))

    def encode(self, docs: Sequence[Doc]) -> list[Floats]:
        """Return the vectors of the tokens of each doc."""
        forms = [[(orth, norm) for orth, norm in doc.to_array(_FORM).tolist()] for doc in docs]
        self._meet(docs[0].vocab, dict.fromkeys(form for row in forms for form in row))
        width = len(self._layers[0].scale)
        places, total = [], self._pad
        for doc in docs:
            places.append((total, total + len(doc)))
            total += len(doc) + self._pad
        rows = np.zeros((total, width), np.float32)  # docs stand apart, so that none sees the words of another
        for row, (start, end) in zip(forms, places, strict=True):
            rows[start:end] = [self._known[form] for form in row]
        window = np.zeros((total, 3 * width), np.float32)
        for layer in self._layers:
            window[1:, :width] = rows[:-1]
            window[:, width : 2 * width] = rows
            window[:-1, 2 * width :] = rows[1:]
            rows = rows + layer(window)
        return [rows[start:end] for start, end in places]

    def _meet(self, vocab: Vocab, forms: Iterable[tuple[int, int]]) -> None:
        """Learn the vectors of words that are new: they depend on nothing but form and norm."""
        if len(self._known) > _MAX_KNOWN:
            self._known.clear()
        unknown = [form for form in forms if form not in self._known]
        if unknown:
            doc = Doc(vocab, words=[vocab.strings[orth] for orth, _ in unknown])
            for token, (_, norm) in zip(doc, unknown, strict=True):
                token.norm_ = vocab.strings[norm]
            (vectors,) = self._embed.predict([doc])
            self._known.update(zip(unknown, vectors, strict=True))
