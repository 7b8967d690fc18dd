"""A sieve lets through exactly the patterns whose every choice is met by some word."""

import pickle
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from drafter.sieve import Sieve, numbers

SIGNS = st.text("abc", min_size=1, max_size=2)
NEEDS = st.lists(st.lists(st.frozensets(SIGNS, min_size=1, max_size=3), max_size=3), max_size=8)
WORDS = st.lists(st.text("abcd", max_size=5), max_size=5)


def parts(word: str) -> Iterator[str]:
    """Yield all that a word holds."""
    return (word[start:end] for start in range(len(word)) for end in range(start + 1, len(word) + 1))


@given(NEEDS, WORDS)
def test_a_pattern_is_possible_where_each_of_its_choices_is_met(
    needs: list[list[frozenset[str]]], words: list[str]
) -> None:
    sieve = pickle.loads(pickle.dumps(Sieve(needs, parts)))
    held = {part for word in words for part in parts(word)}
    expected = [number for number, choices in enumerate(needs) if not any(held.isdisjoint(c) for c in choices)]
    assert numbers(sieve.possible(words)) == expected
    assert numbers(sieve.possible(words)) == expected  # now the words are remembered
