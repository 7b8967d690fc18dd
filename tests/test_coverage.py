"""The samples reach every branch of ours; the probe finds each at its place, and changes nothing that is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import MAILS, read_cases
from jinja2 import Template

from drafter.branches import Probe, ProbedEnvironment
from drafter.cli import main
from drafter.company import lay_out
from drafter.coverage import cover
from drafter.places import Places, shipped
from drafter.rendering import Renderer
from drafter.sandbox import Environment, prepare_source
from drafter.template_files import tones

CASES = read_cases("branches")


def values(a: int, b: list[str]) -> dict[str, object]:
    """Return what the templates of the cases may use; `a` is the chosen wording too."""
    return {"a": a, "b": b, "you": lambda *forms: forms[0], "variant": lambda *_asked: a, "turn": 0}


VALUES = [values(a, b) for a in (0, 1) for b in ([], ["x", "y"])]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    lay_out(tmp_path / "home")
    return tmp_path / "home"


def put(home: Path, name: str, text: str) -> None:
    path = home / "templates" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run(*args: object):
    return CliRunner().invoke(main, ["templates", "coverage", *map(str, args)], env={"DRAFTER_LANG": "en"})


@pytest.mark.parametrize("tone", tones(Places()))
def test_the_samples_reach_every_branch_of_the_shipped_templates(tone: str) -> None:
    rows = cover(Places(), tone)

    assert [branch for row in rows for branch in row.missed] == []
    assert sum(row.reached for row in rows) > 900


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_branch_is_found_at_its_place_and_marked_when_it_is_taken(case: dict) -> None:
    probe = Probe()
    environment = ProbedEnvironment(probe)
    code = environment.compile(prepare_source(probe.source(case["source"], "a.txt"), "a"), "a", "a.txt")
    for given in VALUES:
        Template.from_code(environment, code, environment.make_globals(None)).render(given)

    assert [f"{b.line}:{b.column} {b.kind}" for b in probe.of("a.txt")] == case["branches"]
    assert [f"{b.line}:{b.column} {b.kind}" for b in probe.missed("a.txt")] == case.get("missed", [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_probe_leaves_what_is_written_as_it_is(case: dict) -> None:
    probe = Probe()
    plain = Environment().from_string(prepare_source(case["source"], "a"))
    probed = ProbedEnvironment(probe).from_string(prepare_source(probe.source(case["source"], "a.txt"), "a"))

    assert [probed.render(given) for given in VALUES] == [plain.render(given) for given in VALUES]


def test_without_a_probe_templates_are_what_they_were() -> None:
    templates = Renderer(Places(), ()).templates

    assert type(templates._environment) is Environment
    assert templates._loader.probe is None


def test_what_a_company_adds_is_measured_and_its_own_samples_and_mails_count(home: Path, tmp_path: Path) -> None:
    put(home, "sachlich/commit_to_act.txt", "{# advice: A2 #}\n{% if mentions('xylophon') %}Ah.{% endif %}\nGut.\n")

    missed = run("--home", home)
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails/a.txt").write_text("Guten Tag,\n\nmein Xylophon ist kaputt!\n\nPia Holm\n", encoding="utf-8")
    with_mails = run("--home", home, "--mails", tmp_path / "mails")
    put(home, "samples/own.yaml", "- id: own\n  shows: A thing.\n  text: Das Xylophon ist kaputt!\n")
    with_sample = run("--home", home)

    place = f"{(home / 'templates/sachlich/commit_to_act.txt').resolve()}:2:1"
    assert f"{place} no sample reaches {{% if mentions('xylophon') %}}" in missed.stdout
    assert (missed.exit_code, with_mails.exit_code, with_sample.exit_code) == (1, 0, 0)


def test_a_branch_that_the_policy_of_a_company_closes_is_no_fault_of_ours(home: Path) -> None:
    (home / "drafter.toml").write_text("[phone]\noffer_call = false\n", encoding="utf-8")
    put(home, "sachlich/thank_praise.txt", "{# advice: E7 #}\nDanke!\n")

    rows = json.loads(run("--home", home, "--tone", "sachlich", "--format", "json").stdout)
    unreached = {row["template"] for row in rows if row["missed"]}

    assert unreached == {"offer_call"}
    assert run("--home", home, "--tone", "sachlich").exit_code == 0


def test_a_copy_of_ours_is_not_looked_at_until_it_is_changed(home: Path) -> None:
    ours = (shipped("templates") / "herzlich/goal.txt").read_text(encoding="utf-8")
    put(home, "herzlich/goal.txt", ours)
    copied = cover(Places(home), own_only=True)
    put(home, "herzlich/goal.txt", ours + "\n")

    assert copied == []
    assert [row.template.name for row in cover(Places(home), own_only=True)] == ["goal"]


def test_broken_mails_are_told_and_wrong_usage_too(home: Path, tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails/a.eml").write_bytes(b"\x00\x01\x02" * 400)
    (tmp_path / "mails/b.eml").write_bytes((MAILS / "12_out_of_office.eml").read_bytes())
    put(home, "sachlich/thank_praise.txt", "{# advice: E7 #}\nDanke!\n")

    broken = run("--home", home, "--mails", tmp_path / "mails")

    assert broken.exit_code == 1 and "a.eml" in broken.stderr and "100 %" in broken.stdout
    assert run("--mails", tmp_path / "nowhere").exit_code == 2
    assert run("--tone", "samples").exit_code == 2
