"""The README cannot rot: its example is a golden draft, and every command it shows exists."""

from __future__ import annotations

import re

from click.testing import CliRunner
from conftest import HERE

from drafter.cli import main

README = (HERE.parent / "README.md").read_text(encoding="utf-8")


def test_the_example_is_what_the_software_writes() -> None:
    golden = (HERE / "golden" / "01_opener_saftladen.txt").read_text(encoding="utf-8")
    draft = golden[golden.index("Guten Tag") :].strip()

    assert "\n".join(f"> {line}".rstrip() for line in draft.splitlines()) in README


def test_every_command_in_the_tour_exists() -> None:
    commands = {
        " ".join(match.split()[:2])
        for match in re.findall(
            r"^drafter ([a-z]+(?: (?:lint|list|show|copy|new|diff|preview|reference))?)", README, re.MULTILINE
        )
    }

    assert commands
    for command in commands:
        assert CliRunner().invoke(main, [*command.split(), "--help"]).exit_code == 0, command


def test_every_command_stands_in_the_readme() -> None:
    assert not [name for name in main.commands if f"drafter {name}" not in README]
