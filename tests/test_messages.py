"""Every text for people has a German translation, and the compiled catalogue is that of the source."""

from __future__ import annotations

import gettext

import pytest
import yaml
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from conftest import HERE

from drafter.advice import KINDS, load_advice
from drafter.analysis.moodrules import read_mood_rules
from drafter.briefing import load_hints
from drafter.compare import KINDS as CHANGES
from drafter.duelist import STATES
from drafter.letters import load_letters
from drafter.lint import load_codes
from drafter.messages import _
from drafter.places import Places
from drafter.plan import load_steps
from drafter.records import EMOTIONS, SITUATIONS, STAGES, TARGETS

PACKAGE = HERE.parent / "drafter"
FOLDER = PACKAGE / "locale" / "de" / "LC_MESSAGES"


@pytest.fixture(scope="module")
def catalogue():
    return read_po((FOLDER / "drafter.po").open("rb"), locale="de")


def test_every_text_of_the_code_is_translated(catalogue) -> None:
    found = extract_from_dir(str(PACKAGE), method_map=[("**.py", "python")], keywords={"_": None})
    texts = {message for _file, _line, message, _comments, _context in found}

    assert not {text for text in texts if not (catalogue.get(text) and catalogue.get(text).string)}


def test_names_and_reasons_are_translated(catalogue) -> None:
    names = {name.replace("_", " ") for name in (*SITUATIONS, *EMOTIONS, *TARGETS, *CHANGES)}
    reasons = {rule.because for rule in load_steps(Places())}
    reasons |= {rule.promises.what for rule in load_steps(Places()) if rule.promises} | set(STATES)
    reasons |= {step.why for letter in load_letters(Places()).values() for step in letter}

    assert not {text for text in names | reasons if not catalogue.get(text)}


def test_the_briefing_speaks_the_language_of_its_reader(catalogue) -> None:
    reasons = {rule.reason.partition(":")[0] for rule in read_mood_rules(Places().file("rules", "mood.yaml"))} - {""}
    targets = {reason for reason in reasons if "{target}" in reason}
    reasons |= {reason.format(target=target) for reason in targets for target in TARGETS}
    texts = {advice.text for advice in load_advice(Places())} | set(KINDS.values())
    texts |= reasons - targets | {hint.line for hint in load_hints(Places())} | set(STAGES) - {"none"}

    assert not {text for text in texts if not catalogue.get(text)}


def test_the_messages_of_the_check_are_translated(catalogue) -> None:
    rules = yaml.safe_load(Places().file("rules", "check.yaml").read_text(encoding="utf-8"))
    texts = {rule.get(field) for rule in rules for field in ("message", "suggestion")} - {None, ""}

    assert not {text for text in texts if not catalogue.get(text)}


def test_the_codes_of_the_template_lint_are_translated(catalogue) -> None:
    texts = {text for code in load_codes(Places()).values() for text in (code.message, code.meaning)}

    assert not {text for text in texts if not catalogue.get(text)}


def test_the_compiled_catalogue_is_up_to_date(catalogue) -> None:
    compiled = gettext.GNUTranslations((FOLDER / "drafter.mo").open("rb"))
    entries = [message for message in catalogue if message.id]

    def lookup(message) -> str:
        return compiled.pgettext(message.context, message.id) if message.context else compiled.gettext(message.id)

    stale = [message.id for message in entries if lookup(message) != message.string]
    assert not stale, "run: pybabel compile -d drafter/locale -D drafter"


def test_the_language_is_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAFTER_LANG", "de")
    assert _("Draft") == "Entwurf"

    monkeypatch.setenv("DRAFTER_LANG", "fr")
    assert _("Draft") == "Draft"
