"""What we write is spelled right, by Debian's hunspell: every word of the templates, and every draft with its bent words.

Words that hunspell does not know stand in models/lexicon/spelling.tsv. Where hunspell must not be missing, DRAFTER_TEST_SPELLING is set.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from conftest import HERE

from drafter.data import read_table
from drafter.places import Places
from drafter.sources import read_record
from drafter.wishes import Wishes

DICTIONARIES = {"DE": "de_DE", "AT": "de_AT", "CH": "de_CH"}
MISSING = "hunspell is missing: install Debian's packages hunspell, hunspell-de-de, hunspell-de-at and hunspell-de-ch"
MAILS = [read_record(json.loads(line)) for line in (HERE / "gold" / "dev.jsonl").open(encoding="utf-8")]
TONES = ("sachlich", "herzlich", "knapp")
NOT_OURS = re.compile(r"„[^“]*“|«[^»]*»|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|\[\[|\]\]", re.DOTALL)
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@pytest.fixture(scope="module")
def misspelt():
    """Return the words of a set that a dictionary and the project's list do not know."""
    if shutil.which("hunspell") is None or not all(map(has_dictionary, DICTIONARIES.values())):
        (pytest.fail if os.environ.get("DRAFTER_TEST_SPELLING") else pytest.skip)(MISSING)
    listed = {row["word"] for row, _where in read_table(Places().file("lexicon", "spelling.tsv"), ("word",))}

    def check(words: set[str], country: str) -> list[str]:
        command = ["hunspell", "-d", DICTIONARIES[country], "-i", "utf-8", "-l"]
        text = "\n".join(sorted(words - listed))
        found = subprocess.run(command, input=text, capture_output=True, text=True, check=True, encoding="utf-8")
        return found.stdout.split()

    return check


def has_dictionary(name: str) -> bool:
    return any(os.path.exists(f"{folder}/{name}.dic") for folder in ("/usr/share/hunspell", "/usr/share/myspell/dicts"))


def words_of(text: str) -> set[str]:
    return set(WORD.findall(NOT_OURS.sub(" ", text)))


def test_every_word_of_the_templates_is_spelled_right(misspelt, remembering_kit) -> None:
    for path in sorted(remembering_kit.places.folders("templates")[-1].rglob("*.txt")):
        assert misspelt(words_of(path.read_text(encoding="utf-8")), "DE") == [], path.name


@pytest.mark.parametrize("country", DICTIONARIES)
def test_every_draft_is_spelled_right(country: str, misspelt, remembering_kit) -> None:
    calendar = remembering_kit.policy.calendar.model_copy(update={"country": country})
    kit = replace(remembering_kit, policy=remembering_kit.policy.model_copy(update={"calendar": calendar}))
    mails = MAILS if country == "DE" else MAILS[::4]
    words: set[str] = set()
    for mail in mails:
        for tone in TONES:
            for register in ("sie", "du"):
                outcome = kit.draft(mail, Wishes(tone=tone, register=register))
                if outcome.draft and (country == "CH" or not outcome.analysis.facts.swiss):
                    theirs = words_of(
                        f"{mail.body} {mail.subject} {mail.from_name} {outcome.analysis.facts.salutation}"
                    )
                    known = {word.replace("ß", "ss").lower() for word in theirs}
                    words |= {w for w in words_of(outcome.draft.body) if w.replace("ß", "ss").lower() not in known}

    assert misspelt(words, country) == []
