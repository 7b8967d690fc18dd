"""Measure a pipeline on the test part of UD German GSD and on the held-out third of the complaint treebank.

python evaluate.py MODEL SHARED [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from treebank import Sentence, align, read_treebank, split_trees, to_doc

TREES = Path(__file__).parent.parent / "trees" / "complaints.conllu"
GROUP = 5
"""So many sentences stand in one text when the sentence ends are measured."""

COLUMNS = ("tokens", "UPOS", "STTS", "lemma", "UAS", "LAS", "LAS-p", "sent-F", "words/s")


def test_sets(shared: Path) -> dict[str, list[Sentence]]:
    """Read the sentences nothing was trained on."""
    gsd = list(read_treebank(shared / "data" / "ud" / "gsd-test.conllu"))
    held_out = split_trees(list(read_treebank(TREES)))[1]
    tokenizer = spacy.blank("de").tokenizer
    return {"GSD test": [align(s, tokenizer) or s for s in gsd], "complaints": held_out}


def measure(nlp: Language, sentences: list[Sentence]) -> dict[str, float]:
    """Score one sentence at a time with its tokens given; sentence ends in texts of GROUP sentences."""
    gold = [to_doc(nlp.vocab, [sentence]) for sentence in sentences]
    started = time.perf_counter()
    guess = list(nlp.pipe(_bare(gold)))
    seconds = time.perf_counter() - started
    pairs = [(g, p) for gold_doc, doc in zip(gold, guess, strict=True) for g, p in zip(gold_doc, doc, strict=True)]
    words = [(g, p) for g, p in pairs if g.dep_ != "punct"]
    return {
        "tokens": len(pairs),
        "UPOS": _share(g.pos_ == p.pos_ for g, p in pairs if g.pos_),
        "STTS": _share(g.tag_ == p.tag_ for g, p in pairs if g.tag_),
        "lemma": _share(g.lemma_ == p.lemma_ for g, p in pairs if g.lemma_),
        "UAS": _share(g.head.i == p.head.i for g, p in pairs),
        "LAS": _share(g.head.i == p.head.i and g.dep_ == p.dep_ for g, p in pairs),
        "LAS-p": _share(g.head.i == p.head.i and g.dep_ == p.dep_ for g, p in words),
        "sent-F": _sentence_f(nlp, sentences),
        "words/s": len(pairs) / seconds,
    }


def _bare(docs: Iterable[Doc]) -> list[Doc]:
    return [Doc(d.vocab, words=[t.text for t in d], spaces=[bool(t.whitespace_) for t in d]) for d in docs]


def _share(hits: Iterable[bool]) -> float:
    values = list(hits)
    return 100 * sum(values) / max(1, len(values))


def _sentence_f(nlp: Language, sentences: list[Sentence]) -> float:
    groups = [sentences[i : i + GROUP] for i in range(0, len(sentences), GROUP)]
    gold = [to_doc(nlp.vocab, group) for group in groups]
    found = right = real = 0
    for truth, doc in zip(gold, nlp.pipe(_bare(gold)), strict=True):
        wanted, got = ({(s.start, s.end) for s in d.sents} for d in (truth, doc))
        found, real, right = found + len(got), real + len(wanted), right + len(wanted & got)
    return 200 * right / max(1, found + real)


def table(figures: dict[str, dict[str, float]]) -> str:
    """Lay the figures out as a Markdown table."""
    head = ["| test set | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    whole = ("tokens", "words/s")
    rows = (
        f"| {name} | " + " | ".join(f"{row[c]:.0f}" if c in whole else f"{row[c]:.1f}" for c in COLUMNS) + " |"
        for name, row in figures.items()
    )
    return "\n".join([*head, *rows])


def main() -> None:
    """Print the table; write the figures as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    nlp = spacy.load(options.model)
    figures = {name: measure(nlp, sentences) for name, sentences in test_sets(options.shared).items()}
    print(table(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
