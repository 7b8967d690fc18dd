"""Tag and lemmatise raw text with HanTa, a German tagger whose model knows far more words than our treebanks.

What it says of pronouns, articles and the like is replaced by what the treebanks say: their lemmas differ.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from HanTa import HanoverTagger
from treebank import STTS, TAGS, Sentence, Word

TAG_NAMES = {"NNA": "NN", "NNI": "NN", "ADJ(A)": "ADJA", "ADJ(D)": "ADJD"}
CLOSED = re.compile(r"P(?!TKVZ)|ART|K|APP|VA|VM|ADV|CARD")
"""Tags of closed word classes, whose lemmas the treebanks list."""

UNSURE = frozenset({"XY", "FM", "TRUNC", "ITJ"})
"""Tags HanTa often gives to what it does not know: nothing is learnt from them."""

ANY_CASE = "~"
"""Marks the entries that serve when a form with just these capitals is not listed (Sie, sie)."""

PUNCTUATION = {",": "$,", ".": "$.", "!": "$.", "?": "$.", ":": "$.", ";": "$."}


class Teacher:
    """HanTa, taught the lemmas and the tag-to-part-of-speech pairs of the treebanks."""

    def __init__(self, gold: Iterable[Sentence]) -> None:
        self._tagger = HanoverTagger.HanoverTagger("morphmodel_ger.pgz")
        lemmas: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._pairs: Counter[tuple[str, str]] = Counter()
        for word in (word for sentence in gold for word in sentence.words if word.tag):
            self._pairs[word.tag, word.pos] += 1
            lemmas[word.tag, word.text][word.lemma] += 1
            lemmas[word.tag, ANY_CASE + word.text.lower()][word.lemma] += 1
        self._lemmas = {key: count.most_common(1)[0][0] for key, count in lemmas.items() if CLOSED.match(key[0])}

    def fits(self, tag: str, pos: str) -> bool:
        """Whether the treebanks give words with this tag this part of speech."""
        return self._pairs[tag, pos] >= 3

    def tag(self, sentence: Sentence) -> Sentence:
        """Replace tags and lemmas by the teacher's; empty where it is unsure."""
        answers = self._tagger.tag_sent([word.text for word in sentence.words])
        words = (self._word(word, answer[1], answer[2]) for word, answer in zip(sentence.words, answers, strict=True))
        return replace(sentence, words=tuple(words))

    def _word(self, word: Word, lemma: str, answer: str) -> Word:
        text = word.text
        if not any(c.isalnum() for c in text):
            stop = "$." if set(text) <= set(".!?…") else PUNCTUATION.get(text, "$(")
            return replace(word, tag=stop, lemma=text)
        tag = TAG_NAMES.get(answer, re.sub(r"[()]", "", answer))
        tag = TAGS.get(tag, tag)
        if tag not in STTS or tag in UNSURE or text[0] in "@#" or "http" in text:
            return replace(word, tag="", lemma="")
        return replace(word, tag=tag, lemma=self._lemma(tag, text, lemma))

    def _lemma(self, tag: str, text: str, lemma: str) -> str:
        if CLOSED.match(tag) and tag != "CARD":
            return self._lemmas.get((tag, text)) or self._lemmas.get((tag, ANY_CASE + text.lower()), lemma)
        if tag in ("NN", "NE") and text.isupper() and len(text) <= 5:
            return text
        inner = "".join(t if t.lower() == a.lower() else a for t, a in zip(text[1:], lemma[1:], strict=False))
        return lemma[:1] + inner + lemma[1 + len(inner) :]
