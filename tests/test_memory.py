"""What is remembered is bounded, and stays in its process."""

from __future__ import annotations

import copy
import pickle

from drafter.memory import Memory


def test_no_more_is_remembered_than_the_bound() -> None:
    memory: Memory[str, int] = Memory(3)

    kept = [memory.keep(word, number) for number, word in enumerate("abcdefg")]

    assert kept == list(range(7)) and len(memory) <= 3 and memory["g"] == 6


def test_long_texts_are_not_remembered() -> None:
    memory: Memory[str, int] = Memory(3, longest=2)

    assert memory.keep("abc", 1) == 1 and memory.keep("ab", 2) == 2
    assert dict(memory) == {"ab": 2}


def test_a_copy_begins_empty_with_the_same_bounds() -> None:
    memory: Memory[str, int] = Memory(3, longest=2)
    memory.keep("a", 1)

    for twin in (pickle.loads(pickle.dumps(memory)), copy.copy(memory)):
        assert not twin and (twin.most, twin.longest) == (3, 2)
