"""Whatever stands in a template, rendering it ends soon, fills no memory, runs nothing, and says what is wrong where."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import read_cases

from drafter.errors import TemplateError
from drafter.places import Places
from drafter.sandbox import guarded
from drafter.templates import Templates

CONTEXT = {
    "product": "Bett", "options": [], "questions": [{"text": "Wann?", "label": "Antwort"}] * 4, "turn": 0,
    "variant": lambda name, count, turn: 0, "you": lambda *forms: forms[0], "your": guarded("your", lambda case: {}[case]),
}  # fmt: skip
LONG_LIST = str(list(range(10)))


def rendered(folder: Path, source: str) -> str:
    (folder / "templates" / "sachlich").mkdir(parents=True)
    (folder / "templates" / "sachlich" / "t.txt").write_text(source, encoding="utf-8")
    return Templates(Places(folder), "sachlich").render("t", CONTEXT)


@pytest.mark.parametrize("case", read_cases("sandbox"), ids=lambda case: case["says"])
def test_what_is_not_for_templates_is_refused_with_its_place(tmp_path: Path, case: dict) -> None:
    with pytest.raises(TemplateError) as error:
        rendered(tmp_path, "Gut.\n" + case["source"].replace("LIST", LONG_LIST))

    assert f"t.txt:{case.get('line', 2)}: " in error.value.message and case["says"] in error.value.message


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% for q in questions %}{{ q.text }}{{ ',' if not loop.last }}{% endfor %}", "Wann?,Wann?,Wann?,Wann?"),
        ("{{ 'a' ~ 1 ~ product }}{{ 1 + 2 }}{{ 'a' + 'b' }}", "a1Bett3ab"),
        ("{{ ['a', 'b']|join(', ') }}{{ []|join }}{{ ''|default('x', true) }}", "a, bx"),
        ("{# {x} #}\ufeff" + "a\n===\nb", "\ufeffa"),
        ("{{ [1, 2]|length }}{% if product is defined and 1 in [1] %}!{% endif %}", "2!"),
    ],
)
def test_what_letters_need_works(tmp_path: Path, source: str, text: str) -> None:
    assert rendered(tmp_path, source) == text


def test_a_bom_is_no_part_of_the_letter(tmp_path: Path) -> None:
    assert rendered(tmp_path, "\ufeffGut.") == "Gut."
