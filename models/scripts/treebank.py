"""Read treebanks in CoNLL-U and bring them to one scheme: STTS tags, one set of features and relations.

The treebanks differ in small habits (PAV or PROAV, acl or acl:relcl); a parser
that learns from all of them needs one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

TAGS = {"PAV": "PROAV", "KOKON": "KOKOM", "VVINZU": "VVIZU", "$;": "$.", "APP": "APPR", "NNE": "NE"}
"""STTS tags as older treebanks write them, and slips."""

STTS = frozenset(
    "$( $, $. ADJA ADJD ADV APPO APPR APPRART APZR ART CARD FM ITJ KOKOM KON KOUI KOUS NE NN PDAT PDS PIAT PIS PPER "
    "PPOSAT PPOSS PRELAT PRELS PRF PROAV PTKA PTKANT PTKNEG PTKVZ PTKZU PWAT PWAV PWS TRUNC VAFIN VAIMP VAINF VAPP "
    "VMFIN VMINF VMPP VVFIN VVIMP VVINF VVIZU VVPP XY".split()
)

RELATIONS = {
    "cc:preconj": "cc",
    "csubj:pass": "csubj",
    "expl:pv": "expl",
    "flat:name": "flat",
    "nmod:poss": "nmod",
    "nsubj:outer": "nsubj",
    "obl:tmod": "obl",
    "orphan": "dep",
}
"""Relations that too few sentences have, and the ones we teach instead."""

FEATURES = frozenset(
    "Case Definite Degree Gender Mood Number Person Polarity Polite Poss PronType Reflex Tense VerbForm Voice".split()
)
"""The features we teach; the others are rare or only some treebanks have them."""


@dataclass(frozen=True, slots=True)
class Word:
    """One token with its annotation; `head` is an index into the sentence, the root's own for the root.

    An empty tag, pos, lemma or relation is unknown: nothing is learnt from it. `features` is None where unknown.
    """

    text: str
    lemma: str
    pos: str
    tag: str
    features: str | None
    head: int
    relation: str
    space: bool = True


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a treebank."""

    name: str
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The sentence as it was written."""
        return "".join(word.text + " " * word.space for word in self.words).rstrip()


def read_treebank(path: Path) -> Iterator[Sentence]:
    """Read a CoNLL-U file; contractions ("zum") become one token, annotations the common scheme."""
    for number, block in enumerate(path.read_text(encoding="utf-8").split("\n\n"), start=1):
        rows = [line.split("\t") for line in block.splitlines() if line and not line.startswith("#")]
        if rows:
            yield common_scheme(Sentence(f"{path.stem}-{number}", tuple(_words(rows))))


def _words(rows: list[list[str]]) -> list[Word]:
    """Merge contractions and turn the head numbers into indices."""
    ranges = {row[0].split("-")[0]: row for row in rows if "-" in row[0]}
    groups: list[list[list[str]]] = []
    texts: list[list[str]] = []
    last = 0
    for row in rows:
        if not row[0].isdigit():
            continue
        if int(row[0]) <= last:
            groups[-1].append(row)
            continue
        surface = ranges.get(row[0], row)
        last = int(surface[0].split("-")[-1])
        groups.append([row])
        texts.append(surface)
    place = {row[0]: index for index, group in enumerate(groups) for row in group}
    return [_word(group, surface, index, place) for index, (group, surface) in enumerate(zip(groups, texts, strict=True))]


def _word(group: list[list[str]], surface: list[str], index: int, place: dict[str, int]) -> Word:
    """Make one token of the syntactic words in a group; the one that depends on another token leads."""
    lead = next((row for row in group if place.get(row[6], -1) != index), group[0])
    contracted = len(group) == 2 and group[0][3] == "ADP"
    return Word(
        text=surface[1],
        lemma=lead[2],
        pos=lead[3],
        tag="APPRART" if contracted else lead[4],
        features=group[1][5] if contracted else lead[5],
        head=place.get(lead[6], index),
        relation=lead[7],
        space="SpaceAfter=No" not in surface[9],
    )


def common_scheme(sentence: Sentence) -> Sentence:
    """Bring tags, features and relations of a sentence to the scheme we teach."""
    words = sentence.words
    return replace(sentence, words=tuple(_common(word, index, words) for index, word in enumerate(words)))


def _common(word: Word, index: int, words: tuple[Word, ...]) -> Word:
    tag = TAGS.get(word.tag, word.tag)
    return replace(
        word,
        tag=tag if tag in STTS else "",
        features=_features(word),
        relation=_relation(word, index, words),
    )


def _features(word: Word) -> str | None:
    if word.features is None:
        return None
    pairs = [pair for pair in word.features.split("|") if pair.split("=")[0] in FEATURES]
    return "|".join(sorted(pairs))


def _relation(word: Word, index: int, words: tuple[Word, ...]) -> str:
    """Name the relation; bare datives are iobj and relative clauses acl:relcl in every treebank."""
    relation = RELATIONS.get(word.relation, word.relation)
    children = [child for child in words if child.head == index and child is not word]
    if relation == "obl:arg" and "Case=Dat" in (word.features or "") and all(c.relation != "case" for c in children):
        return "iobj"
    if relation == "acl" and any(c.tag in ("PRELS", "PRELAT") for c in children):
        return "acl:relcl"
    return relation


def to_doc(vocab: Vocab, sentences: list[Sentence]) -> Doc:
    """Make one spaCy Doc of consecutive sentences."""
    words = [word for sentence in sentences for word in sentence.words]
    starts = [start for start, _ in _offsets(sentences)]
    heads = [start + word.head for start, sentence in _offsets(sentences) for word in sentence.words]
    doc = Doc(
        vocab,
        words=[word.text for word in words],
        spaces=[word.space for word in words],
        tags=[word.tag for word in words],
        pos=[word.pos for word in words],
        morphs=[word.features or "" for word in words],
        lemmas=[word.lemma for word in words],
        heads=heads,
        deps=["ROOT" if word.relation == "root" else word.relation for word in words],
    )
    assert [sent.start for sent in doc.sents] == starts, sentences[0].name
    return doc


def _offsets(sentences: list[Sentence]) -> Iterator[tuple[int, Sentence]]:
    start = 0
    for sentence in sentences:
        yield start, sentence
        start += len(sentence.words)
