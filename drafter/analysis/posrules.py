"""What a tag rules out, corrected as spaCy's attribute ruler does, but without its matcher.

The bundled ruler says of single words only which parts of speech a tag goes with, and which features a pronoun has;
looking these up costs a twentieth. Rulers of any other build keep spaCy's own way.
"""

from __future__ import annotations

from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc


class PosRules:
    """For a tag (by number) the parts of speech that it goes with and the one that it gets else; features by word."""

    def __init__(self, rules: dict[int, tuple[frozenset[int], int]], features: dict[tuple[int, int], str]) -> None:
        self._rules = rules
        self._features = features  # by the small form and the tag, both as numbers

    @classmethod
    def of(cls, ruler: AttributeRuler) -> PosRules | None:
        """Take over a ruler; None where it says anything else, or twice of the same."""
        rules: dict[int, tuple[frozenset[int], int]] = {}
        features: dict[tuple[int, int], str] = {}
        numbers = ruler.vocab.strings.as_int
        for rule in ruler.patterns:
            match rule:
                case {
                    "patterns": [[{"TAG": str(tag), "POS": {"NOT_IN": allowed}, **more}]],
                    "attrs": {"POS": pos, **others},
                }:
                    if more or others or numbers(tag) in rules:
                        return None
                    rules[numbers(tag)] = frozenset(map(numbers, allowed)), numbers(pos)
                case {
                    "patterns": [[{"LOWER": str(word), "TAG": str(tag), **more}]],
                    "attrs": {"MORPH": str(morph), **others},
                }:
                    key = ruler.vocab.strings.add(word), numbers(tag)
                    if more or others or key in features:
                        return None
                    features[key] = morph
                case _:
                    return None
        return cls(rules, features)

    def __call__(self, doc: Doc) -> Doc:
        """Correct the parts of speech and features of a tagged doc in place."""
        for place, (tag, pos, lower) in enumerate(doc.to_array(["TAG", "POS", "LOWER"]).tolist()):
            rule = self._rules.get(tag)
            if rule and pos not in rule[0]:
                doc[place].pos = rule[1]
            if morph := self._features.get((lower, tag)):
                doc[place].set_morph(morph)
        return doc
