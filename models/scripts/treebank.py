"""Read treebanks in CoNLL-U and bring them to one scheme: STTS tags, one set of features and relations.

The treebanks differ in small habits (PAV or PROAV, acl or acl:relcl); a parser
that learns from all of them needs one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

TAGS = {"PAV": "PROAV", "KOKON": "KOKOM", "VVINZU": "VVIZU", "$;": "$.", "APP": "APPR", "NNE": "NE"}
"""STTS tags as older treebanks write them, and slips."""

_TAG_LIST = (
    "$( $, $. ADJA ADJD ADV APPO APPR APPRART APZR ART CARD FM ITJ KOKOM KON KOUI KOUS NE NN PDAT PDS "
    "PIAT PIS PPER PPOSAT PPOSS PRELAT PRELS PRF PROAV PTKA PTKANT PTKNEG PTKVZ PTKZU PWAT PWAV PWS TRUNC "
    "VAFIN VAIMP VAINF VAPP VMFIN VMINF VMPP VVFIN VVIMP VVINF VVIZU VVPP XY"
)
STTS = frozenset(_TAG_LIST.split())
"""The tags we teach."""

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
    "Case Definite Degree Gender Mood Number Person Polarity Polite Poss PronType Reflex Tense VerbForm Voice".split()  # noqa: SIM905
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


def write_treebank(sentences: Iterable[Sentence], path: Path) -> None:
    """Write sentences as CoNLL-U; what is unknown is written as an underscore."""
    with path.open("w", encoding="utf-8") as file:
        for sentence in sentences:
            for number, word in enumerate(sentence.words, start=1):
                head = 0 if word.head == number - 1 else word.head + 1
                fields = (word.text, word.lemma, word.pos, word.tag, word.features, head, word.relation, None)
                space = "_" if word.space else "SpaceAfter=No"
                file.write(
                    "\t".join([str(number), *(str(f) if f not in ("", None) else "_" for f in fields), space]) + "\n"
                )
            file.write("\n")


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
    return [
        _word(group, surface, index, place) for index, (group, surface) in enumerate(zip(groups, texts, strict=True))
    ]


def _word(group: list[list[str]], surface: list[str], index: int, place: dict[str, int]) -> Word:
    """Make one token of the syntactic words in a group; the one that depends on another token leads."""
    lead = next((row for row in group if place.get(row[6], -1) != index), group[0])
    contracted = len(group) == 2 and group[0][3] == "ADP"
    pos = _known(lead[3])
    return Word(
        text=surface[1],
        lemma=lead[2] if surface[1] == "_" else _known(lead[2]),
        pos=pos,
        tag="APPRART" if contracted else _known(lead[4]),
        features=_known(group[1][5] if contracted else lead[5]) if pos else None,
        head=place.get(lead[6], index),
        relation=_known(lead[7]),
        space="SpaceAfter=No" not in surface[9],
    )


def _known(field: str) -> str:
    return "" if field == "_" else field


def common_scheme(sentence: Sentence) -> Sentence:
    """Bring tags, features and relations of a sentence to the scheme we teach."""
    words = sentence.words
    return replace(sentence, words=tuple(_common(word, index, words) for index, word in enumerate(words)))


def _common(word: Word, index: int, words: tuple[Word, ...]) -> Word:
    tag = TAGS.get(word.tag, word.tag)
    polite = "Polite=Form" in (word.features or "")
    return replace(
        word,
        tag=tag if tag in STTS else "",
        lemma=word.lemma.capitalize() if polite else word.lemma,
        features=_features(word),
        relation=_relation(word, index, words),
    )


def _features(word: Word) -> str | None:
    if word.features is None:
        return None
    pairs = {pair for pair in word.features.split("|") if pair.split("=")[0] in FEATURES}
    if word.pos in ("AUX", "VERB") and any(pair.startswith("Mood=") for pair in pairs):
        pairs.add("VerbForm=Fin")  # PUD leaves it out
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
    """Make one spaCy Doc of consecutive sentences; what is unknown stays unset."""
    words = [word for sentence in sentences for word in sentence.words]
    heads = [start + word.head for start, sentence in _offsets(sentences) for word in sentence.words]
    parsed = all(word.relation for word in words)
    doc = Doc(
        vocab,
        words=[word.text for word in words],
        spaces=[word.space for word in words],
        tags=[word.tag for word in words],
        pos=[word.pos for word in words],
        lemmas=[word.lemma for word in words],
        heads=heads if parsed else None,
        deps=["ROOT" if word.relation == "root" else word.relation for word in words] if parsed else None,
    )
    for token, word in zip(doc, words, strict=True):
        if word.features is not None:
            token.set_morph(word.features)  # type: ignore[attr-defined]
    if parsed and [sent.start for sent in doc.sents] != [start for start, _ in _offsets(sentences)]:
        raise ValueError(f"{sentences[0].name}: a sentence is no tree")
    return doc


def _offsets(sentences: list[Sentence]) -> Iterator[tuple[int, Sentence]]:
    start = 0
    for sentence in sentences:
        yield start, sentence
        start += len(sentence.words)


def split_trees(sentences: list[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    """Split the complaint treebank: every third sentence is held out for testing."""
    return [s for i, s in enumerate(sentences) if i % 3 != 2], [s for i, s in enumerate(sentences) if i % 3 == 2]


def align(sentence: Sentence, tokenizer: Callable[[str], Doc]) -> Sentence | None:
    """Merge the tokens that spaCy does not split ("US-Dollar"); None where it splits what the treebank does not."""
    ours = [token.text for token in tokenizer(sentence.text) if not token.is_space]
    groups: list[list[int]] = []
    index = 0
    for text in ours:
        group: list[int] = []
        while index < len(sentence.words) and sum(len(sentence.words[i].text) for i in group) < len(text):
            group.append(index)
            index += 1
        if "".join(sentence.words[i].text for i in group) != text:
            return None
        groups.append(group)
    place = {old: new for new, group in enumerate(groups) for old in group}
    words = tuple(_merged(sentence.words, group, place) for group in groups)
    return replace(sentence, words=words) if _is_tree(words) else None


def _is_tree(words: tuple[Word, ...]) -> bool:
    """Whether every token hangs, over others, on the one root."""
    roots = [i for i, word in enumerate(words) if word.head == i]
    reached, size = set(roots), 0
    while size < len(reached):
        size = len(reached)
        reached.update(i for i, word in enumerate(words) if word.head in reached)
    return len(roots) == 1 and len(reached) == len(words)


def _merged(words: tuple[Word, ...], group: list[int], place: dict[int, int]) -> Word:
    """Make one token of several: it stands where the group hangs and is of the kind of its last part."""
    last = words[group[-1]]
    outside = [i for i in group if place[words[i].head] != place[i] or words[i].head == i]
    lead = words[outside[-1] if outside else group[-1]]
    parts = [words[i] for i in group]
    lemma = "".join(w.text for w in parts[:-1]) + last.lemma if last.lemma else ""
    return replace(
        last, text="".join(w.text for w in parts), lemma=lemma, head=place[lead.head], relation=lead.relation
    )
