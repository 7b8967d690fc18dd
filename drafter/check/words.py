"""The word lists of the coded checks, in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from drafter.check.answers import AnswerWords
from drafter.check.insults import InsultWords
from drafter.check.numbers import NumberWords
from drafter.check.patterns import compile_all
from drafter.check.register import AddressWords
from drafter.data import Where, read_table
from drafter.lazypattern import Groups, LazyPattern


class CodedWords(NamedTuple):
    """All word lists of the coded checks."""

    numbers: NumberWords
    address: AddressWords
    answers: AnswerWords
    insults: InsultWords
    acronyms: frozenset[str]
    may_double: LazyPattern | None  # words that may follow themselves
    may_double_after_comma: LazyPattern | None  # a relative pronoun and an article
    signoff: LazyPattern | None  # a line that closes a letter
    bare_apology: LazyPattern | None  # a sentence that does nothing but apologise
    request: LazyPattern | None  # a date in such a sentence asks the customer, it promises nothing

    @classmethod
    def load(cls, groups: Groups, where: Where, tables: Callable[[str], Path]) -> CodedWords:
        """Read and compile them.

        Raises:
            DataError: a list breaks its format.
        """
        return cls(
            numbers=NumberWords.load(tables("check_numbers.tsv")),
            address=AddressWords.load(groups, where),
            answers=AnswerWords.load(groups, where),
            insults=InsultWords.load(groups, tables("insults.tsv")),
            acronyms=frozenset(row["word"] for row, _ in read_table(tables("acronyms.tsv"), ("word",))),
            may_double=compile_all(["{may_double}"], groups, where),
            may_double_after_comma=compile_all(["{may_double_after_comma}"], groups, where),
            signoff=compile_all(["{signoff}"], groups, where),
            bare_apology=compile_all(["{bare_apology}"], groups, where),
            request=compile_all(["{request}"], groups, where),
        )
