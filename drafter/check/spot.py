"""What the check is given and what it says: the records of this package."""

from __future__ import annotations

from typing import Any, NamedTuple

from drafter.check.text import strip_word
from drafter.records import Finding

MAX_SOURCE = 100_000
"""Characters of mail and given texts that are read."""


class CheckContext(NamedTuple):
    """What the reply is held against; every field may stay empty."""

    mail: str = ""  # body of the mail that is answered; without it nothing is compared with it
    register: str = ""  # how the customer is to be addressed: sie, du, ihr; "" reads it from the reply
    insults: tuple[str, ...] = ()  # the customer's insults as written
    given: tuple[str, ...] = ()  # texts of the staff and of the policy: their numbers and dates are covered
    max_words: int = 220

    @property
    def source(self) -> str:
        """All that covers a statement of the reply: the mail and what was given."""
        return "\n".join((self.mail, *self.given))[:MAX_SOURCE]

    @property
    def known(self) -> str:
        """The same with every word as `strip_word` writes it."""
        return strip_word(self.source)


class Spot(NamedTuple):
    """A finding with its place in the text; an empty span at the end means that something is missing."""

    kind: str  # the kinds of the labelled replies: blame, excuse, ..., or gap, fact, wordy
    code: str
    level: str
    start: int
    end: int
    text: str
    message: str
    suggestion: str = ""
    advice: str = ""

    def to_finding(self, reply: str) -> Finding:
        """Return the finding of the contract, with line and column instead of offsets."""
        before = reply[: self.start]
        line = before.count("\n") + 1
        column = self.start - (before.rfind("\n") + 1) + 1
        return Finding(self.code, self.level, line, column, self.message, self.suggestion, self.advice)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of the contract."""
        return self._asdict()
