"""What the customer wants or proposes himself, and the questions that wait for an answer."""

from __future__ import annotations

from drafter.analysis.text import OwnText
from drafter.places import Places
from drafter.records import Demand, Question


class DemandReader:
    """Finds demands and open questions."""

    @classmethod
    def load(cls, places: Places) -> DemandReader:
        """Read the rules."""
        return cls()

    def read(self, text: OwnText) -> tuple[Demand, ...]:
        """Return what the customer wants."""
        return ()

    def questions(self, text: OwnText) -> tuple[Question, ...]:
        """Return the questions that wait for an answer."""
        return ()
