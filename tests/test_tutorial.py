"""The tutorial of the README does what it says: an empty folder, ten commands at most, a tone and a rule of one's own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import HERE

README = (HERE.parent / "README.md").read_text(encoding="utf-8")
CHAPTER = README[README.index("## Writing templates") :]
COMMANDS = re.findall(r"```bash\n(.*?)```", CHAPTER, re.DOTALL)[0].splitlines()

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the tutorial is for bash")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Run the commands, one bash for all, and return what each has said; a failing one ends the run."""
    home, work = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("empty")
    program = home / "drafter"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m drafter "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    env = {"HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "LANG": "C.UTF-8",
           "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"], "PYTHONPATH": str(HERE.parent), "DRAFTER_LANG": "en",
           "PATH": f"{home}{os.pathsep}{os.environ['PATH']}"}  # fmt: skip
    script = "\n".join(f"{command}\necho '--- done'" for command in COMMANDS)
    result = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=work, env=env, capture_output=True,
                            encoding="utf-8", check=False)  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.split("--- done\n")[:-1]


def test_the_tutorial_has_under_ten_commands() -> None:
    assert 0 < len(COMMANDS) < 10


def test_every_command_succeeds(said: list[str]) -> None:
    assert len(said) == len(COMMANDS)


def test_the_lint_has_nothing_to_say(said: list[str]) -> None:
    assert output_of("templates lint", said) == ""


@pytest.mark.parametrize("command", ["templates preview", "drafter draft"])
def test_preview_and_draft_show_the_changed_wording(command: str, said: list[str]) -> None:
    assert "darum kümmere ich mich ab jetzt selbst, damit Sie nicht länger warten." in output_of(command, said).replace(
        "Darum", "darum"
    )


def test_the_check_finds_what_the_new_rule_forbids(said: list[str]) -> None:
    assert "our-parcel Say Paket." in output_of("drafter check", said)


def output_of(command: str, said: list[str]) -> str:
    return next(text for line, text in zip(COMMANDS, said, strict=True) if command in line)
