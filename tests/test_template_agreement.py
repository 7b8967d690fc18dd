"""The lint finds verbs that do not go with Sie, du and ihr, and nothing where they do."""

from __future__ import annotations

import pytest
from conftest import read_cases

from drafter.lint.agreement import Agreement
from drafter.lint.tags import MAX_PATHS, paths_of
from drafter.places import Places

AGREEMENT = Agreement.load(Places())


@pytest.mark.parametrize("case", read_cases("template_agreement"), ids=lambda case: case["name"])
def test_exactly_the_braces_without_a_verb_are_found(case: dict) -> None:
    assert [fault.fields["text"] for fault in AGREEMENT.faults(case["text"])] == case.get("lonely", [])


def test_a_finding_stands_at_its_place() -> None:
    faults = list(AGREEMENT.faults("{# advice: A2 #}\nGut.\n{% if asked %}Ob {Sie|du|ihr} kommen.{% endif %}"))

    assert [(fault.code, fault.line, fault.column) for fault in faults] == [("T027", 3, 18)]


def test_every_branch_is_read_and_branches_of_other_blocks_are_not_mixed_in() -> None:
    source = "{% if a %}1{% elif b %}2{% else %}3{% endif %}-{% if c %}4{% endif %}."
    texts = [path.text for path in paths_of(source, source)]

    assert texts == ["1-4.", "2-.", "3-."]


@pytest.mark.parametrize("text", ["", "{", "{% if", "{% endif %}{% else %}{Sie|du|ihr}", "{Sie|du}", "{||}", "{# x"])
def test_broken_templates_break_nothing(text: str) -> None:
    assert isinstance(list(AGREEMENT.faults(text)), list)


def test_the_branches_that_are_read_are_bounded() -> None:
    source = "{% if a %}" + "{% elif a %}x" * 5000 + "{% endif %}"

    assert len(list(paths_of(source, source))) == MAX_PATHS
