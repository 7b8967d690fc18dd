"""Template writers see what their templates write, how tones differ, and what a save changes."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner
from conftest import HERE, MAILS
from hypothesis import given
from hypothesis import strategies as st

from drafter.analysis import Analyzer
from drafter.cli import main
from drafter.company import copy_template, lay_out
from drafter.places import Places, shipped
from drafter.preview import Column, Studio, _remembering
from drafter.preview_page import page_of
from drafter.sheet import Change, Sheet
from drafter.watching import saved, state_of
from drafter.worddiff import GONE, NEW, pieces_of

NASTY = HERE / "cases" / "nasty_mail.eml"
PATIENCE = 120  # seconds; the first start reads all rules anew
"""Seconds until a silent process counts as hanging."""

OWN_RULE = """
- id: OWN-lob
  kind: jargon
  level: suggestion
  advice: E5
  message: praise
  suggestion: none
  patterns: ["Lob"]
  hit: ["Danke für Ihr Lob."]
  miss: ["Danke."]
"""


@pytest.fixture(scope="session")
def reader(kit):
    """What reads mails by the shipped rules, and remembers what it read from test to test."""
    return _remembering(kit)


@pytest.fixture
def run(reader, monkeypatch: pytest.MonkeyPatch):
    """Run the command with what is loaded already."""
    monkeypatch.setattr("drafter.preview.load_pipeline", lambda *_: reader.analyzer.pipeline)
    monkeypatch.setattr("drafter.preview.load_from", lambda *_: reader)
    return lambda *args: CliRunner().invoke(main, ["templates", "preview", *map(str, args)])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def titles(result) -> list[str]:
    assert result.exit_code == 0, result.stderr
    return re.findall(r"^== ([^·\n]+?)(?: ·|$)", result.stdout, re.MULTILINE)


def edit(home: Path, step: str, old: str, new: str) -> Path:
    """Change words of a template in the company folder."""
    path = home / "templates" / "sachlich" / f"{step}.txt"
    path = path if path.exists() else copy_template(Places(home), step, "sachlich")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_a_step_shows_its_paragraphs_in_the_samples_that_take_it(run) -> None:
    result = run("thank_praise")

    assert "friseur-du" in titles(result) and "bett-saftladen" not in titles(result)
    assert "[thank_praise (E7)]" in result.stdout and "Hallo Lena" not in result.stdout
    assert "Hallo Lena" in run("thank_praise", "--whole").stdout


def test_a_part_of_a_step_and_its_file_show_the_step(run, home: Path) -> None:
    path = copy_template(Places(home), "goal", "sachlich")

    result = run("goal")

    assert "quote_opener" in result.stdout and "thank_praise" not in result.stdout
    assert titles(run(path)) == titles(result)


def test_samples_mails_and_folders_are_shown_and_no_others(run, tmp_path: Path) -> None:
    mail = MAILS / "01_opener_saftladen.eml"
    (tmp_path / "own.txt").write_text("Wo bleibt mein Bett? Seit drei Wochen warte ich.", encoding="utf-8")

    assert titles(run("bett-saftladen", mail, tmp_path)) == ["bett-saftladen", mail.name, "own.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["comit_to_act"], "did you mean 'commit_to_act'"),
        (["bett-saftlden"], "did you mean 'bett-saftladen'"),
        (["no/such/mail.eml"], "Unknown step, sample or file"),
        (["--tone", "frech"], "Unknown tone 'frech'"),
        (["--against", "frech"], "Unknown tone 'frech'"),
        (["--against", "shipped"], "There is no company folder here"),
        (["--html", "/no/such/folder/page.html", "friseur-du"], "No such file or directory"),
    ],
)
def test_what_is_not_known_is_wrong_usage(run, tmp_path: Path, monkeypatch, arguments: list[str], message: str) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)

    assert result.exit_code == 2 and message in result.stderr


def test_an_unreadable_mail_is_told_and_the_others_are_shown(run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x7fELF\x00\x01\x02" * 50)
    (tmp_path / "b.txt").write_text("Wo bleibt mein Bett?", encoding="utf-8")
    result = run(tmp_path)

    assert result.exit_code == 1 and "a.txt" in result.stderr and "== b.txt" in result.stdout


def test_two_tones_are_compared_word_by_word(run) -> None:
    result = run("thank_praise", "friseur-du", "--tone", "knapp", "--against", "herzlich")

    assert "herzlich → knapp" in result.stdout and result.stdout.endswith("1 of 1 drafts differ.\n")
    assert "[-" in result.stdout and "{+" in result.stdout and "[offer_options" not in result.stdout
    assert run("friseur-du", "--tone", "knapp", "--against", "knapp").stdout == "0 of 1 drafts differ.\n"


def test_the_working_copy_is_compared_with_what_is_shipped(run, home: Path) -> None:
    policy = home / "drafter.toml"
    policy.write_text('[company]\nsignature = "Anna Beispiel"\n', encoding="utf-8")
    none = run("friseur-du", "bett-saftladen", "--against", "shipped")
    edit(home, "thank_praise", "Lob", "dicke Lob")
    some = run("friseur-du", "bett-saftladen", "--against", "shipped")

    assert none.stdout == "0 of 2 drafts differ.\n"
    assert titles(some) == ["friseur-du"] and "{+dicke+}" in some.stdout and "1 of 2 drafts differ." in some.stdout
    assert "sachlich · shipped → sachlich" in some.stdout


def test_every_form_of_address_is_tried(run) -> None:
    text = run("bett-saftladen", "--register", "sie", "--register", "ihr").stdout

    assert "sachlich · sie" in text and "sachlich · ihr" in text and "euer Bett" in text and "Ihr Bett" in text


def test_a_broken_template_is_named_with_its_line(run, home: Path) -> None:
    path = edit(home, "thank_praise", "Lob", "Lob {{ nobody }}")
    result = run("friseur-du")

    assert result.exit_code == 2 and re.search(rf"{re.escape(str(path))}:\d+: unknown variable 'nobody'", result.stderr)


def test_a_folder_that_cannot_be_written_can_be_previewed(run, home: Path) -> None:
    edit(home, "thank_praise", "Lob", "dicke Lob")
    for path in (home / "templates" / "sachlich", home / "templates", home):
        path.chmod(0o555)

    assert "dicke Lob" in run("friseur-du").stdout


def test_a_mail_is_analysed_once_for_all_tones_and_saves(kit, home: Path, monkeypatch) -> None:
    read: list[str] = []
    whole = Analyzer.analyze_many

    def counting(self, mails):
        mails = list(mails)
        read.extend(mail.id for mail, _ in mails)
        return whole(self, mails)

    monkeypatch.setattr(Analyzer, "analyze_many", counting)
    studio = Studio(Places(home), kit.analyzer.pipeline)
    columns = studio.columns(("sachlich", "herzlich", "knapp"), ("auto", "du"))
    samples = studio.choose(["friseur-du", "bett-saftladen"]).samples
    studio.draft(samples, columns)
    studio.reload([edit(home, "thank_praise", "Lob", "dicke Lob")])
    shipped_too = (Column("sachlich"), Column("sachlich", shipped=True))
    friseur, _bett = studio.draft(studio.choose(["friseur-du", "bett-saftladen"]).samples, shipped_too)

    assert sorted(read) == ["bett-saftladen", "friseur-du"]
    assert ["dicke" in friseur.outcomes[column].draft.body for column in shipped_too] == [True, False]


def test_an_own_check_rule_works_as_soon_as_it_is_saved(kit, home: Path) -> None:
    studio = Studio(Places(home), kit.analyzer.pipeline)
    rules = home / "rules" / "check.yaml"
    rules.write_text(OWN_RULE, encoding="utf-8")
    before, after = Column("sachlich", shipped=True), Column("sachlich")
    studio.reload([rules])
    (row,) = studio.draft(studio.choose(["friseur-du"]).samples, (before, after))
    change = Change("", row.outcomes[before], row.outcomes[after])

    assert not change.differs() and [finding.code for finding in change.findings[1]] == ["OWN-lob"]


class Page(HTMLParser):
    """What a browser would see: elements, the address of everything, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def page(reader, monkeypatch: pytest.MonkeyPatch):
    """Make the page of some samples in two tones."""
    monkeypatch.setattr("drafter.preview.load_from", lambda *_: reader)

    def make(*names: str) -> Page:
        studio = Studio(Places(), reader.analyzer.pipeline)
        chosen, columns = studio.choose(names), studio.columns(("sachlich", "knapp"), ())
        return Page(page_of(Sheet(studio.draft(chosen.samples, columns), columns, {}, told=chosen.told)))

    return make


def test_the_page_stands_alone_and_lets_nothing_run_but_its_own_script(page) -> None:
    found = page("friseur-du")
    pages = shipped("templates") / "pages"
    policy = next(value for _name, value in found.attributes if "default-src" in value)

    assert not {name for name, _ in found.attributes} & {"src", "href", "style", "onclick", "action", "srcset"}
    for kind, name in (("style", "preview.css"), ("script", "preview.js")):
        text = (pages / name).read_bytes()
        assert found.tags.count(kind) == 1 and not re.search(rb"url\(|@import|https?:|fetch|import\(", text)
        assert f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'" in policy


def test_the_page_shows_mail_steps_gaps_and_differences_side_by_side(page) -> None:
    found = page("bett-saftladen")

    assert found.tags.count("section") == 3 and found.tags.count("mark") >= 2 and "ins" in found.tags
    assert "Luftmatratze" in found.text and "quote_opener" in found.text and "[[Liefertermin ergänzen]]" in found.text
    assert (
        "data-step",
        "acknowledge_emotion name_matter quote_opener offer_options offer_call fix_in_writing",
    ) in found.attributes


def test_a_hostile_mail_is_only_text_in_the_page(page, tmp_path: Path) -> None:
    plain = page("friseur-du")
    nasty = tmp_path / "<img src=x onerror=alert(1)>.eml"
    nasty.write_bytes(NASTY.read_bytes())
    found = page("friseur-du", str(nasty))

    assert set(found.tags) <= {*plain.tags, "blockquote", "mark", "ins", "del", "ul", "li"}
    assert found.tags.count("script") == 1 and not [name for name, _ in found.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in found.text and "{{ 7*7 }}" in found.text and "49" not in found.text


def test_every_text_of_the_page_is_translated() -> None:
    source = (shipped("templates") / "pages" / "preview.html").read_text(encoding="utf-8")
    with (HERE.parent / "drafter/locale/de/LC_MESSAGES/drafter.po").open("rb") as stream:
        catalogue = read_po(stream)

    texts = re.findall(r"""_\(["']([^"']+)["']\)""", source)
    assert texts and not [text for text in texts if not (message := catalogue.get(text)) or not message.string]


@given(st.text("ab ,.\n[]–ß", max_size=60), st.text("ab ,.\n[]–ß", max_size=60))
def test_the_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = pieces_of(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != GONE).strip() == new.strip()
    assert _dense("".join(piece.text for piece in pieces if piece.kind != NEW)) == _dense(old)


def _dense(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_a_save_is_seen_however_the_editor_writes(tmp_path: Path) -> None:
    kept, gone = tmp_path / "a.txt", tmp_path / "b.txt"
    kept.write_text("1"), gone.write_text("1")
    saves = saved([tmp_path], state_of([tmp_path]))
    (tmp_path / ".a.txt.swp").write_text("x"), (tmp_path / "a.txt~").write_text("x")
    beside = tmp_path / "a.txt.new"
    beside.write_text("2")
    beside.replace(kept)

    assert next(saves) == {kept}
    gone.unlink(), (tmp_path / "new").mkdir(), (tmp_path / "new" / "c.yaml").write_text("")
    assert next(saves) == {gone, tmp_path / "new" / "c.yaml"}


def test_watching_shows_what_a_save_changes_and_outlives_a_broken_template(home: Path) -> None:
    path = edit(home, "thank_praise", "Lob", "dicke Lob")
    page = home / "page.html"
    with watching("friseur-du", "bett-saftladen", "--tone", "sachlich", "--html", page) as (out, err):
        wait(err, "Waiting")
        first = page.read_text(encoding="utf-8")
        edit(home, "thank_praise", "dicke Lob", "{{ nobody }}")
        wait(err, "unknown variable 'nobody'")
        assert page.read_text(encoding="utf-8") == first
        path.write_text("vielen Dank für das nette Lob.", encoding="utf-8")
        wait(out, "1 of 2 drafts differ.")
        assert "nette Lob" in page.read_text(encoding="utf-8")


def test_watching_begins_also_with_a_broken_template(home: Path) -> None:
    path = edit(home, "thank_praise", "Lob", "{{ nobody }}")
    with watching("friseur-du") as (out, err):
        wait(err, "Waiting")
        path.write_text("vielen Dank für das nette Lob.", encoding="utf-8")
        wait(out, "nette Lob")
        path.write_text("vielen Dank für das liebe Lob.", encoding="utf-8")
        wait(out, "[-nette-] {+liebe+}")
        wait(out, "1 of 1 drafts differ.")
        (home / "rules" / "check.yaml").write_text(OWN_RULE, encoding="utf-8")
        wait(out, "+ OWN-lob")


@contextmanager
def watching(*arguments: object) -> Iterator[tuple[Queue[str], Queue[str]]]:
    """Run `templates preview --watch` as people do; at the end Ctrl-C is to end it with 0."""
    command = [sys.executable, "-m", "drafter", "templates", "preview", "--watch", *map(str, arguments)]
    path = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
                               env={**os.environ, "PYTHONPATH": path})  # fmt: skip
    try:
        yield _lines_of(process.stdout), _lines_of(process.stderr)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()


def _lines_of(stream) -> Queue[str]:
    lines: Queue[str] = Queue()
    Thread(target=lambda: [lines.put(line) for line in stream], daemon=True).start()
    return lines


def wait(lines: Queue[str], text: str) -> None:
    """Read on until a line holds the text; an error if none comes."""
    while text not in lines.get(timeout=PATIENCE):
        pass
