"""Make the training data of the pipeline.

python prepare.py teach SHARED OUT           tag raw texts with the teacher: OUT/tagged.conllu
python prepare.py mix SHARED OUT [PARSED]    mix treebanks and tagged (or parsed) texts: OUT/train.spacy
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import spacy
from augment import vary
from spacy.tokens import DocBin
from spacy.vocab import Vocab
from teacher import Teacher
from treebank import Sentence, Word, align, read_treebank, split_trees, to_doc, write_treebank

MODELS = Path(__file__).parent.parent
SEED = 7
COPIES = {"gsd-dev": 10, "pud": 8, "trees": 28}
"""How often each treebank is in the training data; all copies but the first are varied."""

LONGEST = 60
"""A longer sentence teaches little and costs much."""


def treebanks(shared: Path) -> dict[str, list[Sentence]]:
    """Read the treebanks we train on, in spaCy's tokens."""
    tokenizer = spacy.blank("de").tokenizer
    found = {name: list(read_treebank(shared / "data" / "ud" / f"{name}.conllu")) for name in COPIES if name != "trees"}
    found["trees"] = split_trees(list(read_treebank(MODELS / "trees" / "complaints.conllu")))[0]
    aligned = {name: [align(s, tokenizer) for s in sentences] for name, sentences in found.items()}
    return {name: [s for s in bank if s and 1 < len(s.words) <= LONGEST] for name, bank in aligned.items()}


def with_stts(sentence: Sentence, teacher: Teacher) -> Sentence:
    """Give a sentence of PUD, which has English tags, those of the teacher that fit its parts of speech."""
    answers = teacher.tag(sentence).words
    pairs = zip(sentence.words, answers, strict=True)
    words = (w if w.tag == "APPRART" else replace(w, tag=a.tag if teacher.fits(a.tag, w.pos) else "") for w, a in pairs)
    return replace(sentence, words=tuple(words))


def raw_texts(shared: Path) -> Iterator[str]:
    """Read informal texts without annotation: our passages, then tweets and forum posts."""
    for path in sorted((MODELS / "corpus").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]
    for name in ("germeval2018-train.tsv", "germeval2019-train.tsv"):
        for line in (shared / "data" / name).read_text(encoding="utf-8").splitlines():
            yield line.split("\t")[0]
    with (shared / "data" / "semeval2025-task11-deu-train.csv").open(encoding="utf-8", newline="") as file:
        yield from (row["text"] for row in csv.DictReader(file))


def as_sentences(texts: Iterable[str]) -> Iterator[Sentence]:
    """Cut texts into sentences, roughly, without any annotation."""
    tokenizer = spacy.blank("de").tokenizer
    for number, text in enumerate(texts):
        clean = re.sub(r"@\w+|\|LBR\||https?\S+|#(?=\w)", " ", text)
        for part in re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ„»\"])", " ".join(clean.split())):
            doc = tokenizer(part)
            if 2 < len(doc) <= LONGEST:
                words = (Word(t.text, "", "", "", None, t.i, "", bool(t.whitespace_)) for t in doc)
                yield Sentence(f"raw-{number}", tuple(words))


def unseen(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """Leave out the sentences that test: most of our treebank was taken from the passages."""
    held_out = {_letters(s) for s in split_trees(list(read_treebank(MODELS / "trees" / "complaints.conllu")))[1]}
    return (sentence for sentence in sentences if _letters(sentence) not in held_out)


def _letters(sentence: Sentence) -> str:
    return "".join(word.text for word in sentence.words).lower()


def copies(banks: dict[str, list[Sentence]], dice: random.Random) -> Iterator[list[Sentence]]:
    """Yield texts of one to four sentences of the treebanks, each bank as often as COPIES says."""
    for name, bank in banks.items():
        for turn in range(COPIES[name]):
            order = bank if turn == 0 else [vary(sentence, dice) for sentence in bank]
            yield from grouped(order, dice)


def grouped(sentences: list[Sentence], dice: random.Random) -> Iterator[list[Sentence]]:
    """Join some neighbouring sentences to texts, so that sentence ends are learnt as well."""
    rest = list(reversed(sentences))
    while rest:
        size = dice.choice((1, 1, 1, 1, 2, 3, 4))
        group = [rest.pop() for _ in range(min(size, len(rest)))]
        yield [_spaced(sentence) for sentence in group]


def _spaced(sentence: Sentence) -> Sentence:
    return replace(sentence, words=(*sentence.words[:-1], replace(sentence.words[-1], space=True)))


def write(texts: list[list[Sentence]], path: Path) -> None:
    """Store texts as spaCy training data."""
    vocab = Vocab()
    DocBin(docs=[to_doc(vocab, text) for text in texts]).to_disk(path)


def teach(shared: Path, out: Path) -> None:
    """Tag the raw texts."""
    banks = treebanks(shared)
    teacher = Teacher([*banks["gsd-dev"], *banks["trees"]])
    raw = unseen(as_sentences(raw_texts(shared)))
    write_treebank((teacher.tag(sentence) for sentence in raw), out / "tagged.conllu")
    write_treebank((with_stts(sentence, teacher) for sentence in banks["pud"]), out / "pud.conllu")


def mix(shared: Path, out: Path, extra: Path) -> None:
    """Write train.spacy, and dev.spacy (a few training sentences, only to watch the progress)."""
    dice = random.Random(SEED)
    banks = {**treebanks(shared), "pud": list(read_treebank(out / "pud.conllu"))}
    texts = list(copies(banks, dice))
    texts.extend([vary(sentence, dice)] for sentence in read_treebank(extra))
    dice.shuffle(texts)
    write(texts, out / "train.spacy")
    write([[sentence] for sentence in banks["trees"][::4]], out / "dev.spacy")
    print(len(texts), "texts,", sum(len(s.words) for text in texts for s in text), "words")


def main() -> None:
    """Do the step that the command line names."""
    step, shared, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    if step == "teach":
        teach(shared, out)
    else:
        mix(shared, out, Path(sys.argv[4]) if len(sys.argv) > 4 else out / "tagged.conllu")


if __name__ == "__main__":
    main()
