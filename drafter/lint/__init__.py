"""Check templates, and the data files beside them, without a mail.

    lint(places)  →  findings, in the order of files and lines

`files.py` looks at names and bytes, `source.py` reads a template, `register.py` its forms of address, `spelling.py` its
words, `samples.py` renders it and checks what it writes, `datafiles.py` loads policy, plan and rules. The codes and
their messages stand in models/rules/template_lint.yaml. With a company folder only its own files are looked at, else
the shipped ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from drafter.check import Checker
from drafter.coverage import cover
from drafter.data import read_rules, read_text
from drafter.errors import DrafterError
from drafter.letters import load_letters
from drafter.lint.datafiles import data_faults, load_checker, placed, unknown_advice
from drafter.lint.files import file_faults, rule_file_faults
from drafter.lint.finding import Code, Fault, TemplateFinding, load_codes, place_of, worded
from drafter.lint.register import Address
from drafter.lint.samples import Samples, Variable, load_variables
from drafter.lint.source import Known, source_faults
from drafter.lint.spelling import WORD, Speller
from drafter.messages import _, near
from drafter.places import Places, shipped
from drafter.plan import load_steps
from drafter.policy import load_policy
from drafter.template_files import TemplateFile, closure, in_force, is_hidden, tones, unused, wanted
from drafter.templates import BASE_TONE, SUFFIX

__all__ = ["Code", "TemplateFinding", "lint", "load_codes"]


def lint(places: Places) -> list[TemplateFinding]:
    """Check all templates of the company folder, or the shipped ones where there is none.

    Raises:
        DrafterError: a shipped file is wrong.
    """
    codes = load_codes(Places())
    found = [finding for file, fault in data_faults(places) for finding in worded([fault], file, codes)]
    sound = places if not found else Places()  # what is broken is not asked again
    found += _Linter(places, sound, codes).findings()
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda finding: (finding.file, finding.line, finding.column, finding.code))


@dataclass(frozen=True)
class _Linter:
    """The templates of a folder held against what is known; `sound` says where data files come from."""

    places: Places
    sound: Places
    codes: dict[str, Code]

    def findings(self) -> list[TemplateFinding]:
        found: list[TemplateFinding] = []
        broken: set[Path] = set()
        misplaced = rule_file_faults(self.places.home) if self.places.home else ()
        for path, fault in (*file_faults(self.root), *misplaced):
            found += worded([fault], path, self.codes)
        for path in sorted(self.root.rglob("*" + SUFFIX)):
            if path.is_file() and not is_hidden(path):
                findings = worded(self._file(path), path, self.codes)
                broken |= {path} if any(finding.level == "error" for finding in findings) else set()
                found += findings
        if self.sound is self.places:
            found += self._policy()
            for name, fault in unknown_advice(self.places, self.advice):
                found += worded([fault], name, self.codes)
        found += self._spelling(broken)
        for tone in tones(self.places):
            found += self._tone(tone, broken)
        if self.sound is self.places and not any(finding.level == "error" for finding in found):
            found += self._unreached()
        return found

    @property
    def root(self) -> Path:
        return self.places.home / "templates" if self.places.home else shipped("templates")

    @cached_property
    def variables(self) -> dict[str, Variable]:
        return load_variables(self.sound)

    @cached_property
    def checker(self) -> Checker:
        return load_checker(self.sound)

    @cached_property
    def address(self) -> Address:
        return Address.load(self.sound, self.checker)

    @cached_property
    def advice(self) -> frozenset[str]:
        path = self.sound.file("templates", "advice.yaml")
        fields = {"advice", "article", "kinds", "text"}
        return frozenset(block["advice"] for block in read_rules(path, fields, {"policy", "feature"}))

    @cached_property
    def steps(self) -> frozenset[str]:
        letters = load_letters(self.sound).values()
        return frozenset(rule.name for rule in load_steps(self.sound)) | {
            step.name for steps in letters for step in steps
        }

    def known(self, tone: str) -> Known:
        try:
            templates = in_force(self.places, tone if tone in tones(self.places) else BASE_TONE)
        except DrafterError:  # an unreadable file has its own finding
            templates = in_force(Places(), BASE_TONE)
        return Known(frozenset(self.variables), self.advice, self.steps, templates, self.address)

    def _file(self, path: Path) -> list[Fault]:
        relative = path.relative_to(self.root)
        if len(relative.parts) == 1:
            return []
        try:
            source = read_text(path)
        except DrafterError as error:
            line = error.message.removeprefix(f"{path}:").partition(":")[0]
            problem = " ".join(filter(None, (_(error.message.rpartition(": ")[2]) + ".", _(error.remedy))))
            return [Fault("T001", int(line) if line.isdigit() else 1, 1, {"problem": problem})]
        name = Path(*relative.parts[1:]).with_suffix("").as_posix()
        return list(source_faults(source, name, self.known(relative.parts[0])))

    def _policy(self) -> Iterator[TemplateFinding]:
        known, source = self.known(BASE_TONE), read_text(self.places.policy)
        if (tone := load_policy(self.places).style.tone) not in tones(self.places):
            problem = _("Unknown tone '{name}'").format(name=tone) + near(tone, tones(self.places))
            yield from worded(
                [Fault("T019", *place_of(source, tone), {"problem": problem})], self.places.policy, self.codes
            )
        for name, text in self._policy_texts().items():
            for fault in source_faults(text, name, known, is_file=False):
                yield from worded([_at_text(fault, source, text)], self.places.policy, self.codes)

    def _policy_texts(self) -> dict[str, str]:
        policy = load_policy(self.places)
        texts = {f"option {option.id}": option.text for option in policy.option}
        return texts | {f"decline {no.id}": no.reason for no in policy.decline}

    def _spelling(self, broken: set[Path]) -> Iterator[TemplateFinding]:
        paths = [
            path
            for path in sorted(self.root.glob("*/**/*" + SUFFIX))
            if path.is_file() and not is_hidden(path) and path not in broken
        ]
        sources = {str(path): read_text(path) for path in paths}
        policy, inline = str(self.places.policy), {}
        if self.sound is self.places:
            written = read_text(self.places.policy)
            inline = {name: text for name, text in self._policy_texts().items() if text in written}
        for key, fault in Speller.load(self.sound).faults(sources | inline, self.vocabulary):
            placed = _at_text(fault, written, inline[key]) if key in inline else fault
            yield from worded([placed], policy if key in inline else key, self.codes)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words of our own templates: what a misspelt one was likely meant to be."""
        return frozenset(word for file in in_force(Places(), BASE_TONE).values() for word in WORD.findall(file.source))

    def _tone(self, tone: str, broken: set[Path]) -> Iterator[TemplateFinding]:
        try:
            templates = in_force(self.places, tone)
        except DrafterError:
            return
        asked = wanted(self.sound)
        for name in unused(templates, asked, tone):
            if self._is_looked_at(templates[name]):
                fields = {"name": name, "near": near(name, asked)}
                yield from worded([Fault("T007", fields=fields)], templates[name].path, self.codes)
        for name, file in asked.items():
            if name not in templates and tone == BASE_TONE:
                path = self.sound.file("templates", file)
                place = place_of(read_text(path), f"step: {name}") if path.is_file() else (1, 1)
                yield from worded([Fault("T005", *place, {"name": name})], path, self.codes)
        if not broken:
            yield from self._samples(tone, templates, asked)

    def _samples(
        self, tone: str, templates: dict[str, TemplateFile], asked: dict[str, str]
    ) -> Iterator[TemplateFinding]:
        samples: Samples | None = None
        for name in asked:
            template = templates.get(name)
            files = closure(template, templates) if template else []
            looked_at = [file for file in files if self._is_looked_at(file) and file.tone == tone]
            if not template or not looked_at:
                continue
            samples = samples or Samples(self.places, tone, self.variables, self.checker)
            for fault in samples.faults(template, files[1:]):
                file, line, column = _origin(fault, looked_at)
                fields = {**fault.fields, "problem": str(fault.fields.get("problem")).removeprefix(f"{file}:{line}: ")}
                yield from worded([Fault(fault.code, line, column, fields)], file, self.codes)

    def _unreached(self) -> Iterator[TemplateFinding]:
        """Yield the branches that no sample reaches: said only where nothing worse is wrong."""
        try:
            rows = cover(self.places, own_only=self.root != shipped("templates"))
        except DrafterError as error:
            file, fault = placed(error, "T023")
            yield from worded([fault], file, self.codes)
            return
        for row in rows:
            for branch in row.shown:
                fault = Fault("T028", branch.line, branch.column, {"branch": branch.label})
                yield from worded([fault], branch.file, self.codes)

    def _is_looked_at(self, template: TemplateFile) -> bool:
        return template.own or self.root == shipped("templates")


def _at_text(fault: Fault, source: str, text: str) -> Fault:
    """Put a fault of a text of the policy at its place in the file."""
    lines = text.strip("\n").splitlines() or [""]
    line, column = place_of(source, lines[0])
    inner = min(fault.line, len(lines)) - 1
    return fault._replace(line=line + inner, column=column + fault.column - 1 if not inner else fault.column)


def _origin(fault: Fault, files: list[TemplateFile]) -> tuple[Path, int, int]:
    """Return the place that a fault of the written text comes from, as near as its words tell."""
    problem = str(fault.fields.get("problem", ""))
    for file in files:
        if problem.startswith(f"{file.path}:"):
            line = problem.removeprefix(f"{file.path}:").partition(":")[0]
            return file.path, int(line), 1
    words = str(fault.fields.get("text", ""))
    for text in (words, *sorted(words.split(), key=len, reverse=True)):
        for file in files:
            if text and text in file.source:
                return file.path, *place_of(file.source, text)
    return files[0].path, 1, 1
