"""Template coverage: which branches of which templates the samples reach, in every tone and form of address.

    cover(places)  →  a row for each template of each tone, with the branches that no sample reaches

Every wording of a template is taken in turn, for any mail could get it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from drafter.branches import FORM, Branch, Probe
from drafter.letters import letter_case, load_letters, subject_of, values_of
from drafter.places import Places
from drafter.plan import Case, load_steps, make_case, make_plan
from drafter.policy import Policy, altered, load_policy
from drafter.readings import Reading, sample_readings
from drafter.records import Conversation, Mail, Quotable
from drafter.rendering import NOTHING, Renderer
from drafter.samples import LetterSample, Sample, addressing, letter_of, load_letter_samples, load_samples
from drafter.template_files import FRAME, TemplateFile, closure, in_force, tones, unused
from drafter.template_files import wanted as asked_for
from drafter.templates import SUFFIX
from drafter.wording import FORMS


class Row(NamedTuple):
    """How much of a template is reached in a tone."""

    tone: str
    template: TemplateFile
    branches: int
    missed: tuple[Branch, ...]

    @property
    def reached(self) -> int:
        """How many branches a sample reaches."""
        return self.branches - len(self.missed)

    @property
    def shown(self) -> tuple[Branch, ...]:
        """The missed branches without the forms of address in those that no form reaches."""
        places = Counter((branch.line, branch.column) for branch in self.missed if branch.kind == FORM)
        return tuple(b for b in self.missed if b.kind != FORM or places[b.line, b.column] < len(FORMS))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of a row."""
        missed = [branch._asdict() | {"file": str(branch.file)} for branch in self.missed]
        return {"tone": self.tone, "template": self.template.name, "file": str(self.template.path),
                "own": self.template.own, "branches": self.branches, "reached": self.reached,
                "missed": missed}  # fmt: skip


class _Task(NamedTuple):
    """A sample in one form of address, ready to be worded."""

    form: str
    mail: Mail
    case: Case
    names: tuple[str, ...]  # the templates that it needs
    fit: Quotable = NOTHING
    values: Mapping[str, Any] = {}


def cover(
    places: Places, tone: str = "", mails: Sequence[Sample] = (), found: Mapping[str, Reading] | None = None,
    own_only: bool = False,
) -> list[Row]:  # fmt: skip
    """Return how much of each template is reached: of all that a tone uses, or of every template in its own tone.

    Args:
        mails: further mails beside the samples, and
        found: what stands in them, by their ids.
        own_only: look at what the company has written alone, not at its copies of ours.

    Raises:
        DrafterError: a template, a sample, the plan or the policy is wrong.
    """
    chosen = {
        name: list(_looked_at(places, name, bool(tone), own_only)) for name in ([tone] if tone else tones(places))
    }
    if not any(chosen.values()):
        return []
    tasks = list(_tasks(places, mails, {**sample_readings(places), **(found or {})}))
    return [row for name, files in chosen.items() if files for row in _ToneRun(places, name, files).rows(tasks)]


def _looked_at(places: Places, tone: str, all_in_force: bool, own_only: bool) -> Iterator[TemplateFile]:
    templates = in_force(places, tone)
    idle = set(unused(templates, asked_for(places)))
    for name, template in templates.items():
        if name not in idle and (all_in_force or template.tone == tone) and (not own_only or template.is_written):
            yield template


def _tasks(places: Places, mails: Sequence[Sample], found: Mapping[str, Reading]) -> Iterator[_Task]:
    policy = load_policy(places)
    steps = load_steps(places)
    for sample in (*load_samples(places), *mails):
        reading, own = found[sample.id], _policy(policy, sample)
        for form in FORMS:
            case = make_case(own, *addressing(reading.analysis, sample.wishes, form), sample.past)
            names = tuple(step.name for step in make_plan(steps, case).steps)
            yield _Task(form, sample.mail, case, names, reading.fit)
    letters = load_letters(places)
    for told in load_letter_samples(places):
        letter = letter_of(told, own := _policy(policy, told))
        for form in FORMS:
            analysis, wishes = addressing(found[told.id].analysis, told.wishes, form)
            case = letter_case(own, letter, analysis, wishes, Conversation())
            names = tuple(step.name for step in letters[letter.kind])
            names += () if letter.mail.subject else (subject_of(letter.kind),)
            yield _Task(form, letter.mail, case, names, values=values_of(letter))


def _policy(policy: Policy, sample: Sample | LetterSample) -> Policy:
    return altered(policy, sample.policy) if sample.policy else policy


class _ToneRun:
    """The templates of one tone with a probe in them."""

    def __init__(self, places: Places, tone: str, looked_at: Iterable[TemplateFile]) -> None:
        self._tone, self._probe = tone, Probe()
        self._renderer = Renderer(places, (), tone, self._probe)
        self._templates = {template.name: template for template in looked_at}
        templates = in_force(places, tone)
        for template in self._templates.values():
            self._probe.source(template.source, str(template.path))
        self._closures = {name: closure(template, templates) for name, template in templates.items()}

    def rows(self, tasks: Iterable[_Task]) -> list[Row]:
        """Word all tasks, then count."""
        for task in tasks:
            self._word(task)
        return [self._row(template, str(template.path)) for template in self._templates.values()]

    def _row(self, template: TemplateFile, file: str) -> Row:
        return Row(self._tone, template, len(self._probe.of(file)), tuple(self._probe.missed(file)))

    def _word(self, task: _Task) -> None:
        names = [name for name in task.names if self._is_open(name)]
        if not names and not self._is_open(FRAME):
            return
        self._probe.form = task.form
        context = self._renderer.context(task.mail, task.case, task.fit, task.values)
        for name in names:
            self._take_turns(name, context)
        if self._is_open(FRAME):
            self._take_turns(FRAME, self._renderer.frame(task.mail, task.case, "", context))

    def _is_open(self, name: str) -> bool:
        """Tell whether branches of a template, or of what it includes, are still to be reached."""
        files = [file for file in self._closures.get(name, ()) if file.name in self._templates]
        return any(not self._probe.is_done(str(file.path)) for file in files)

    def _take_turns(self, name: str, context: dict[str, Any]) -> None:
        """Word a template in each of its wordings, with each wording of what it includes."""
        first, *others = [1 + file.source.count("\n===") for file in self._closures[name]]

        def variant(asked: str, count: int, turn: int) -> int:
            return (turn if asked == name + SUFFIX else turn // first) % count

        for turn in range(first * max(others, default=1)):
            self._renderer.templates.render(name, {**context, "variant": variant, "turn": turn})
