"""The words of a text and their grammar as plain objects; a spaCy token works everything out anew at every look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, overload

from spacy.lang.lex_attrs import is_punct
from spacy.tokens import Doc


class Token:
    """A word of a text; `head` is itself at the top, and where nothing was parsed."""

    __slots__ = (
        "children", "dep_", "doc", "head", "i", "idx", "is_alpha", "is_punct", "plural", "pos_", "tag_", "text",
    )  # fmt: skip

    def __init__(self, doc: Parsed, i: int, idx: int, text: str) -> None:
        self.doc = doc
        self.i = i  # its place in the doc
        self.idx = idx  # the offset of its first character
        self.text = text
        self.is_alpha, self.is_punct = _kind(text)
        self.pos_ = self.tag_ = self.dep_ = ""
        self.plural = False
        self.head = self
        self.children: list[Token] = []  # those that have it as head, in order

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return self.text


class Parsed(Sequence[Token]):
    """The tokens of a text; `kept` is for what is found out about the text as a whole."""

    def __init__(self, words: Iterable[str], spaced: Iterable[bool]) -> None:
        """Take words, and whether a space follows each."""
        self._tokens: list[Token] = []
        self.kept: dict[str, Any] = {}
        pieces: list[str] = []
        place = 0
        for number, (word, space) in enumerate(zip(words, spaced, strict=True)):
            self._tokens.append(Token(self, number, place, word))
            pieces.append(word + " " if space else word)
            place += len(pieces[-1])
        self.text = "".join(pieces)

    @classmethod
    def of(cls, doc: Doc) -> Parsed:
        """Take over what spaCy has found."""
        parsed = cls([token.text for token in doc], [bool(token.whitespace_) for token in doc])
        return parsed.annotated(doc)

    def annotated(self, doc: Doc) -> Parsed:
        """Take over the grammar of a doc of the same words."""
        strings, tokens = doc.vocab.strings, self._tokens
        rows = doc.to_array(["POS", "TAG", "DEP", "HEAD", "MORPH"])
        heads = rows[:, 3].astype("int64").tolist()  # how many words away
        for token, away, (pos, tag, dep, _, features) in zip(tokens, heads, rows.tolist(), strict=True):
            token.pos_, token.tag_, token.dep_ = strings[pos], strings[tag], strings[dep]
            token.plural = "Number=Plur" in strings[features]
            token.head = tokens[token.i + away]
            if away:
                token.head.children.append(token)
        return self

    def __len__(self) -> int:
        return len(self._tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self._tokens)

    @overload
    def __getitem__(self, place: int) -> Token: ...

    @overload
    def __getitem__(self, place: slice) -> list[Token]: ...

    def __getitem__(self, place: int | slice) -> Token | list[Token]:
        return self._tokens[place]


@lru_cache(maxsize=8_000)
def _kind(text: str) -> tuple[bool, bool]:
    """Tell whether a word has nothing but letters, and nothing but marks."""
    return text.isalpha(), bool(is_punct(text))
