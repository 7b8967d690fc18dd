"""Make the folder that ships: the trained pipeline without what only training needs, and with its licence notes.

    python pack.py TRAINED OUT SHARED [FIGURES]

Weights are rounded to half precision: spaCy stores single precision all the same, but the
zeros compress, so the repository and the wheel carry about half. Figures are measured after rounding.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import spacy
import srsly
from prepare import treebanks
from spacy.language import Language
from treebank import Sentence

VERSION = "1.0.0"
LICENSE = "CC BY-SA 4.0"
DESCRIPTION = (
    "Small German pipeline for complaint mails: STTS tags, UD morphology and dependencies, lemmas. "
    "Tokens as spaCy's German tokenizer makes them; contractions such as 'zum' are one token (APPRART)."
)
SOURCES = [
    {
        "name": "UD German GSD (development part)",
        "url": "https://github.com/UniversalDependencies/UD_German-GSD",
        "license": "CC BY-SA 4.0",
    },
    {
        "name": "UD German PUD",
        "url": "https://github.com/UniversalDependencies/UD_German-PUD",
        "license": "CC BY-SA 3.0",
    },
    {"name": "Complaint treebank and complaint passages", "url": "models/trees, models/corpus", "license": "MIT"},
    {
        "name": "GermEval 2018 and 2019, offensive language (training texts, tagged with HanTa)",
        "url": "https://github.com/uds-lsv/GermEval-2018-Data",
        "license": "CC BY 4.0",
    },
    {
        "name": "SemEval-2025 task 11, German (training texts, tagged with HanTa)",
        "url": "https://github.com/emotion-analysis-project/SemEval2025-Task11",
        "license": "CC BY 4.0",
    },
]
"""What the weights were learnt from; README.md says more."""


LEAST, SURE = 5, 0.97
"""Rarer tags and pairs prove nothing; where nearly all words of a tag are one part of speech, all are."""

SIDES = ("prefix_tree", "suffix_tree")
NO_TREE = 4294967295
"""How spaCy writes that an edit tree has no part on a side."""


def round_weights(nlp: Language) -> None:
    """Round every weight to half precision."""
    for _, pipe in nlp.pipeline:
        for node in pipe.model.walk():
            for name in node.param_names:
                if node.has_param(name):
                    node.set_param(name, np.asarray(node.get_param(name)).astype("float16").astype("float32"))


def add_ruler(nlp: Language, sentences: Iterable[Sentence]) -> None:
    """Correct parts of speech that no word with this tag has: the tagger has read far more than the morphologizer."""
    pairs: dict[str, Counter[str]] = defaultdict(Counter)
    for word in (word for sentence in sentences for word in sentence.words):
        pairs[word.tag][word.pos] += 1
    ruler = nlp.add_pipe("attribute_ruler", after="morphologizer")
    for tag, count in sorted(pairs.items()):
        (usual, times), total = count.most_common(1)[0], count.total()
        if tag and total >= LEAST:
            seen = [usual] if times >= SURE * total else sorted(pos for pos in count if count[pos] >= LEAST)
            ruler.add([[{"TAG": tag, "POS": {"NOT_IN": seen or [usual]}}]], {"POS": usual})


def prune_trees(folder: Path) -> list[dict[str, int]]:
    """Drop the edit trees that no label uses from a saved lemmatiser; return those that stay."""
    cfg = srsly.read_json(folder / "cfg")
    trees = srsly.msgpack_loads((folder / "trees").read_bytes())["trees"]
    kept = set(cfg["labels"])
    for number in sorted(range(len(trees)), reverse=True):  # parents come after their children
        if number in kept:
            kept.update(trees[number][side] for side in SIDES if trees[number].get(side, NO_TREE) != NO_TREE)
    place = {old: new for new, old in enumerate(sorted(kept))} | {NO_TREE: NO_TREE}
    slim = [{key: place[value] if key in SIDES else value for key, value in trees[old].items()} for old in sorted(kept)]
    srsly.write_json(folder / "cfg", cfg | {"labels": [place[label] for label in cfg["labels"]]})
    (folder / "trees").write_bytes(srsly.msgpack_dumps({"trees": slim}))
    return slim


def needed_strings(nlp: Language, trees: list[dict[str, int]]) -> list[str]:
    """List the strings that labels, features and lemma rules refer to; the words of the training texts go."""
    found = {part for _, pipe in nlp.pipeline for label in getattr(pipe, "labels", ()) for part in _parts(str(label))}
    found.update(nlp.vocab.strings[tree[side]] for tree in trees for side in ("orig", "subst") if tree.get(side))
    return sorted(found | set(spacy.blank("de").vocab.strings))


def _parts(label: str) -> list[str]:
    """A parser label ("L-nsubj") and a feature label ("Case=Nom|POS=ADJ") hold other strings."""
    pairs = label.split("|")
    return [label, label.split("-", 1)[-1], "|".join(p for p in pairs if not p.startswith("POS=")), *pairs,
            *(side for pair in pairs for side in pair.split("=", 1))]  # fmt: skip


def main() -> None:
    """Write the folder."""
    trained, out = Path(sys.argv[1]), Path(sys.argv[2])
    nlp = spacy.load(trained)
    round_weights(nlp)
    banks = treebanks(Path(sys.argv[3]))
    add_ruler(nlp, [*banks["gsd-dev"], *banks["trees"]])
    figures = json.loads(Path(sys.argv[4]).read_text(encoding="utf-8")) if len(sys.argv) > 4 else {}
    nlp.meta.update(name="complaint_sm", version=VERSION, description=DESCRIPTION, license=LICENSE,
                    sources=SOURCES, performance=figures, author="drafter")  # fmt: skip
    shutil.rmtree(out, ignore_errors=True)
    nlp.to_disk(out)
    strings = needed_strings(nlp, prune_trees(out / "trainable_lemmatizer"))
    (out / "vocab" / "strings.json").write_text(json.dumps(strings, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
