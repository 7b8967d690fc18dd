"""Data files are checked at loading, with file and line; and no German stands in the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from conftest import HERE

from drafter.data import read_rules, read_table
from drafter.errors import DataError

ROOT = HERE.parent

RULE_FAULTS = [
    ("- id: a\n  x: 1\n- id: b\n  y: 2\n", 3, "unknown field y"),
    ("- id: a\n", 1, "missing field x"),
    ("- id: a\n  x: 1\n- id: a\n  x: 2\n", 3, "taken already"),
    ("a: 1\n", 1, "list of rules"),
    ("- id: [a\n", 2, ""),
    ("- word\n", 1, "mapping"),
    ("- id: a\n  x: 1\n  x: 2\n", 3, "field 'x' stands twice"),
    ("- id: a\n  x: &b\n    - *b\n", 2, "endless"),
    (
        "- id: a\n  x:\n  - &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        + "".join(f"  - &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)),
        3,
        "endless",
    ),
    ("- id: a\n  x: !!python/object/apply:os.system [date]\n", 2, "tag"),
    ("- id: a\n  x: !ours 1\n", 2, "tag"),
    ("- id: a\n  x: 0x1F\n", 2, "is no plain number"),
    ("- id: a\n  x: 12:30:45\n", 2, "is no plain number"),
    ("- id: a\n  [x]: 1\n", 2, "must be a word"),
    ("- id: a\n  x: " + "[" * 3000 + "\n", None, ""),
]


@pytest.mark.parametrize(("text", "line", "words"), RULE_FAULTS)
def test_a_wrong_rule_is_refused_with_its_line(tmp_path: Path, text: str, line: int | None, words: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DataError) as error:
        read_rules(path, {"id", "x"}, set())

    assert f"rules.yaml:{line or ''}" in error.value.message and words in error.value.message


def test_a_wrong_table_row_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("# remark\na\tb\na\tb\tc\n", encoding="utf-8")

    with pytest.raises(DataError, match="words.tsv:3:"):
        list(read_table(path, ("one", "two")))


def test_no_german_text_stands_in_the_code() -> None:
    """Umlauts in string literals betray German; character classes and typography are fine."""
    german = re.compile(r"[A-Za-zäöüÄÖÜß]*[äöüÄÖÜß][A-Za-zäöüÄÖÜß]*[a-z]{2,}|[a-z]{2,}[äöüß]")
    found = []
    for path in sorted((ROOT / "drafter").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.body[0].value) for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
                and isinstance(node.body[0], ast.Expr)}  # fmt: skip
        found += [
            f"{path.name}:{node.lineno}: {node.value!r}" for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
            and german.search(node.value)
        ]  # fmt: skip

    assert found == []


def test_tracked_text_files_name_no_folder_of_a_machine() -> None:
    needle = re.compile(r"(^|[^A-Za-z0-9_.])/(work|home|root|farm)/[A-Za-z.]")
    files = [path for folder in ("drafter", "templates", "tests", "models") for path in (ROOT / folder).rglob("*")
             if path.suffix in (".py", ".yaml", ".yml", ".toml", ".txt", ".md", ".tsv", ".cfg")
             and "work" not in path.relative_to(ROOT).parts]  # fmt: skip

    assert not [path for path in files if needle.search(path.read_text(encoding="utf-8"))]
