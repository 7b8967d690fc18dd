"""What templates there are: where each stands, what it replaces, what it uses, and who uses it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import TemplateSyntaxError, meta, nodes

from drafter.data import read_text
from drafter.errors import TemplateError
from drafter.letters import load_letters, subject_of
from drafter.messages import _, near
from drafter.places import Places, shipped
from drafter.plan import load_steps
from drafter.sandbox import Environment, prepare_source
from drafter.templates import BASE_TONE, SUFFIX, is_tone_name, tone_folders

FRAME = "letter"
"""The template that holds every letter together."""

_HEAD = re.compile(
    r"\{#-?\s*(?:advice:\s*(?P<advice>\w+(?:\s*,\s*\w+)*)\s*(?:--|$|(?=-?#\})))?(?P<note>.*?)-?#\}", re.DOTALL
)
_COMPARED = (SUFFIX, ".yaml", ".tsv")


class TemplateFile(NamedTuple):
    """One template as it is in force."""

    name: str  # commit_to_act, matter/other
    tone: str  # the folder in which it stands: the tone's own or the base tone's
    path: Path
    own: bool  # it stands in the company folder
    replaces: Path | None  # the shipped template that it overrides
    source: str

    @property
    def advice(self) -> tuple[str, ...]:
        """The advice that the head comment names."""
        return self.advice_of(self.source)

    @staticmethod
    def advice_of(source: str) -> tuple[str, ...]:
        """Return the advice that the first remark of a template names."""
        head = _HEAD.match(source.lstrip("\ufeff \r\n"))
        return tuple(re.findall(r"\w+", head["advice"])) if head and head["advice"] else ()

    @property
    def note(self) -> str:
        """What the head comment says beside the advice."""
        head = _HEAD.match(self.source.lstrip("\ufeff"))
        return " ".join(head["note"].split()) if head else ""

    @property
    def is_written(self) -> bool:
        """Whether the company wrote it: it is more than a copy of one of ours, as a new tone begins with."""
        ours = shipped("templates").glob(f"*/{self.name}{SUFFIX}") if self.own else ()
        return self.own and all(read_text(path) != self.source for path in ours)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object, without what others use of it."""
        variables, includes = used(self.source, self.name)
        return {"name": self.name, "tone": self.tone, "file": str(self.path),
                "origin": "company" if self.own else "shipped",
                "replaces": str(self.replaces) if self.replaces else None, "advice": list(self.advice),
                "note": self.note, "variables": variables, "includes": includes}  # fmt: skip


def tones(places: Places) -> list[str]:
    """Return the names of all tones, the base tone first."""
    folders = (path for root in places.folders("templates") for path in sorted(root.iterdir()) if path.is_dir())
    names = dict.fromkeys(path.name for path in folders if is_tone_name(path.name) and any(path.glob("*" + SUFFIX)))
    return sorted(names, key=lambda name: (name != BASE_TONE, name))


def in_force(places: Places, tone: str) -> dict[str, TemplateFile]:
    """Return the templates that a tone uses, by name: its own, else those of the base tone.

    Raises:
        DrafterError: no such tone, or a file cannot be read.
    """
    found: dict[str, TemplateFile] = {}
    for folder in tone_folders(places, tone):
        for path in sorted(folder.rglob("*" + SUFFIX)):
            name = path.relative_to(folder).with_suffix("").as_posix()
            if name not in found and path.is_file() and not is_hidden(path):
                found[name] = _template(places, name, folder, path)
    return dict(sorted(found.items()))


def is_hidden(path: Path) -> bool:
    """Tell whether a file is none of the user's: hidden, or what an office program leaves beside an open one."""
    return path.name.startswith((".", "~$"))


def _template(places: Places, name: str, folder: Path, path: Path) -> TemplateFile:
    ours = shipped("templates") / folder.name / (name + SUFFIX)
    own = bool(places.home) and path != ours
    return TemplateFile(name, folder.name, path, own, ours if own and ours.is_file() else None, read_text(path))


@lru_cache(maxsize=1024)
def used(source: str, name: str) -> tuple[list[str], list[str]]:
    """Return the variables that a template uses and the templates that it includes, `*` for what is known later.

    A template with a fault uses nothing; the lint says what is wrong with it.
    """
    try:
        tree = Environment().parse(prepare_source(source, name), name)
        variables = meta.find_undeclared_variables(tree)
    except (TemplateSyntaxError, RecursionError, ValueError):
        return [], []
    own = {"you", "variant", "turn", "chosen"}  # behind {Sie|du|ihr} and ===
    return sorted(variables - own), sorted({text for _line, text in includes(tree)})


def includes(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield line and name of the templates that a template includes, without their ending."""
    for node in tree.find_all(nodes.Include):
        parts = node.template.items if isinstance(node.template, nodes.List | nodes.Tuple) else [node.template]
        for part in parts:
            pieces = part.nodes if isinstance(part, nodes.Concat) else [part]
            name = "".join(str(piece.value) if isinstance(piece, nodes.Const) else "*" for piece in pieces)
            yield node.lineno, name.removesuffix(SUFFIX)


def wanted(places: Places) -> dict[str, str]:
    """Return the templates that plan.yaml, letters.yaml and the frame ask for, each with the file that asks.

    Raises:
        DataError: one of them is wrong.
    """
    letters = load_letters(places)
    names = {FRAME: "every letter"} | {subject_of(letter): "letters.yaml" for letter in letters}
    names |= {step.name: "letters.yaml" for steps in letters.values() for step in steps}
    return names | {rule.name: "plan.yaml" for rule in load_steps(places)}


def included_by(templates: Mapping[str, TemplateFile]) -> dict[str, list[str]]:
    """Return for each template which others include it."""
    found: dict[str, list[str]] = {}
    for template in templates.values():
        for pattern in used(template.source, template.name)[1]:
            for name in templates:
                if fnmatchcase(name, pattern):
                    found.setdefault(name, []).append(template.name)
    return found


def unused(templates: Mapping[str, TemplateFile], asked: Iterable[str], tone: str = "") -> list[str]:
    """Return the templates, or those in the folder of a tone, that no step and no used template reaches."""
    reached: set[str] = set()
    waiting = [name for name in asked if name in templates]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            patterns = used(templates[name].source, name)[1]
            waiting += [other for other in templates if any(fnmatchcase(other, pattern) for pattern in patterns)]
    return [name for name, template in templates.items() if name not in reached and tone in ("", template.tone)]


def has_own(places: Places) -> bool:
    """Tell whether a company folder has templates of its own."""
    return any(template.own for tone in tones(places) for template in in_force(places, tone).values())


def closure(template: TemplateFile, templates: Mapping[str, TemplateFile]) -> list[TemplateFile]:
    """Return a template and all that it includes."""
    found = {template.name: template}
    waiting = [template]
    while waiting:
        for pattern in used(waiting[0].source, waiting[0].name)[1]:
            names = [name for name in templates if name not in found and fnmatchcase(name, pattern)]
            waiting += [templates[name] for name in names]
            found |= {name: templates[name] for name in names}
        waiting.pop(0)
    return list(found.values())


def find_template(places: Places, name: str, tone: str) -> TemplateFile:
    """Return the template of a name that a tone uses.

    Raises:
        TemplateError: there is none; with the nearest name.
    """
    templates = in_force(places, tone)
    plain = name.removesuffix(SUFFIX)
    if plain not in templates:
        message = _("Unknown template '{name}'").format(name=plain)
        raise TemplateError(
            message + near(plain, templates), _("They are named by: {command}").format(command="drafter templates list")
        )
    return templates[plain]


def differences(places: Places, name: str = "", tone: str = "") -> Iterator[str]:
    """Yield the lines of a unified diff: how the company's templates differ from those that they replace.

    Files without a counterpart in the shipped tone are compared with the tone that theirs was copied from, then with
    the base tone, else with nothing.
    """
    root, base = places.folders("templates")[0], shipped("templates")
    for path in sorted(root.rglob("*")) if root != base else []:
        relative = path.relative_to(root)
        if path.suffix not in _COMPARED or not path.is_file() or not _is_meant(relative, name, tone):
            continue
        inside, folder = Path(*relative.parts[1:]), relative.parts[0]
        candidates = [base / relative, base / origin_of(root / folder) / inside, base / BASE_TONE / inside]
        ours = next((candidate for candidate in candidates if candidate.is_file()), None)
        before = read_text(ours).splitlines() if ours else []
        title = f"shipped/{ours.relative_to(base).as_posix()}" if ours else "/dev/null"
        yield from difflib.unified_diff(before, read_text(path).splitlines(), title,
                                        f"company/{relative.as_posix()}", lineterm="")  # fmt: skip


def origin_of(folder: Path) -> str:
    """Return the shipped tone that shares most files with a folder of templates: what it was copied from.

    The base tone where none does.
    """
    names = {path.relative_to(folder) for path in folder.rglob("*" + SUFFIX) if path.is_file()}

    def shared(tone: str) -> int:
        ours = shipped("templates") / tone
        pairs = ((folder / name, ours / name) for name in names if (ours / name).is_file())
        return sum(own.read_bytes() == other.read_bytes() for own, other in pairs)

    return max(tones(Places()), key=shared)


def _is_meant(relative: Path, name: str, tone: str) -> bool:
    """Tell whether a file is the template of a name and a tone; either may be empty."""
    in_tone = len(relative.parts) > 1
    plain = Path(*relative.parts[1:]).as_posix() if in_tone else relative.as_posix()
    return (not name or plain == name.removesuffix(SUFFIX) + SUFFIX) and (
        not tone or (in_tone and relative.parts[0] == tone)
    )
