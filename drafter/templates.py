"""The templates of a tone: found in the folders, turned into Jinja, rendered in a sandbox.

Templates come from the folders of the tone, the company's before ours, then from those of the base tone. A customer's
words reach a template only as values, never as source. `{Sie haben|du hast|ihr habt}` picks the form of address, a line
`===` parts wordings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemBytecodeCache, FileSystemLoader, Template, TemplateSyntaxError
from jinja2.exceptions import TemplateNotFound

from drafter.data import read_text
from drafter.errors import DrafterError, TemplateError
from drafter.messages import _, known_names, near
from drafter.places import Places
from drafter.sandbox import Environment, joined, prepare_source, start_counting
from drafter.snapshot import cache_folder
from drafter.syntax import plain_problem

if TYPE_CHECKING:
    from drafter.branches import Probe

BASE_TONE = "sachlich"
"""Every other tone falls back to this one, file by file."""

SUFFIX = ".txt"
PAGES, SAMPLES = "pages", "samples"
NO_TONES = frozenset((PAGES, SAMPLES))
"""The folders beside the tones: page templates, and sample mails."""

TONE_NAME = re.compile(r"[a-z0-9_-]{1,40}")
_WORD = re.compile(r"\w+")
_BLANK_LINES = re.compile(r"\n{3,}")
_UNDEFINED = re.compile(r"'(\w+)' is undefined")


class Templates:
    """The templates of one tone."""

    def __init__(self, places: Places, tone: str, probe: Probe | None = None) -> None:
        folders = [str(folder) for folder in tone_folders(places, tone)]
        self._loader = _ToneLoader(folders, encoding="utf-8-sig")
        self._environment = _environment(self._loader, probe)
        self._of_policy: dict[tuple[str, str], Template] = {}  # no more than the policy has options and reasons

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words of all templates in small letters: what we say to everybody."""
        sources = (self._loader.read(self._environment, name)[0] for name in self._loader.list_templates())
        return frozenset(word.lower() for source in sources for word in _WORD.findall(source))

    def render(self, name: str, context: dict[str, Any]) -> str:
        """Fill the template of a name.

        Raises:
            TemplateError: it is missing or wrong, or takes too long; with file and line.
        """
        try:
            start_counting()
            return _tidy(joined(self._environment.get_template(name + SUFFIX).generate(context)))
        except Exception as error:  # whatever a template provokes is a fault of the template
            raise template_error(error, name + SUFFIX, context) from error

    def render_source(self, source: str, name: str, context: dict[str, Any]) -> str:
        """Fill a template that stands in no file of its own, to one line.

        Raises:
            TemplateError: it is wrong, or takes too long; with its name and the line.
        """
        try:
            start_counting()
            template = self._compiled(source, name)
            return " ".join(_tidy(joined(template.generate(context))).split())
        except Exception as error:
            raise template_error(error, name, context) from error

    def _compiled(self, source: str, name: str) -> Template:
        """Compile a text of the policy once: compiling it costs ten times what filling it does."""
        if (name, source) not in self._of_policy:
            self._of_policy[name, source] = self._environment.from_string(prepare_source(source, name))
        return self._of_policy[name, source]


class _ToneLoader(FileSystemLoader):
    """Reads templates and turns the two notations of template writers into Jinja."""

    probe: Probe | None = None

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, filename, uptodate = self.read(environment, template)
        source = self.probe.source(source, filename) if self.probe else source
        try:
            return prepare_source(source, template), filename, uptodate
        except TemplateSyntaxError as error:
            error.filename = filename
            raise

    def read(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return a template as it stands in its file.

        Raises:
            DataError: it is not UTF-8 or cannot be read; with the file.
        """
        try:
            return super().get_source(environment, template)
        except TemplateNotFound:  # an OSError too
            raise
        except (UnicodeDecodeError, OSError):
            places = (Path(folder) / template for folder in self.searchpath)
            text = read_text(path := next(place for place in places if place.exists()))  # says what is wrong with it
            return text, str(path), lambda: False


def is_tone_name(name: str) -> bool:
    """Tell whether a folder of that name can be a tone."""
    return bool(TONE_NAME.fullmatch(name)) and name not in NO_TONES


def tone_folders(places: Places, tone: str) -> list[Path]:
    """Return the template folders of a tone: the company's and ours, then those of the base tone.

    Raises:
        TemplateError: no folder has the tone.
    """
    roots = places.folders("templates")
    own = [root / tone for root in roots if any((root / tone).rglob("*" + SUFFIX))]
    if not own or not is_tone_name(tone):
        folders = (path for root in roots for path in root.iterdir() if any(path.rglob("*" + SUFFIX)))
        known = sorted({path.name for path in folders if is_tone_name(path.name)})
        raise TemplateError(_("Unknown tone '{name}'").format(name=tone) + near(tone, known), known_names(known))
    base = [root / BASE_TONE for root in roots if (root / BASE_TONE).is_dir()]
    return list(dict.fromkeys(own + base))


def template_error(error: Exception, name: str, known: Iterable[str] = ()) -> DrafterError:
    """Say where a template is wrong: file, line, problem, and the nearest name where one is unknown."""
    if isinstance(error, DrafterError):
        return TemplateError(error.message, error.remedy)
    if isinstance(error, TemplateNotFound):
        filename, line = _place_in_traceback(error, "")
        place = f"{filename}:{line}: " if filename else ""
        return TemplateError(
            place + _("the template '{name}' is missing").format(name=error.name), _("Restore it, or take it out.")
        )
    if isinstance(error, TemplateSyntaxError):
        return TemplateError(f"{error.filename or name}:{error.lineno}: {plain_problem(str(error.message))}")
    filename, line = _place_in_traceback(error, name)
    unknown = _UNDEFINED.fullmatch(str(error))
    variable = _("unknown variable '{name}'{near}")
    problem = variable.format(name=unknown[1], near=near(unknown[1], known)) if unknown else str(error)
    return TemplateError(f"{filename}:{line}: {problem or type(error).__name__}")


def _place_in_traceback(error: Exception, name: str) -> tuple[str, int]:
    """Jinja rewrites tracebacks so that template lines appear in them; the innermost one counts."""
    place, trace = (name, 1), error.__traceback__
    while trace:
        filename = trace.tb_frame.f_code.co_filename
        if filename.endswith(SUFFIX) or filename == "<template>":
            place = (name if filename == "<template>" else filename, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _tidy(text: str) -> str:
    """Strip the white space that blocks leave behind; at most one blank line stays."""
    lines = text.strip().splitlines()
    if len(lines) == 1:
        return lines[0]
    return _BLANK_LINES.sub("\n\n", "\n".join([line.strip() for line in lines]))


def _environment(loader: _ToneLoader, probe: Probe | None) -> Environment:
    """Return the sandbox for templates; with a probe nothing of it is kept."""
    if probe is None:
        return Environment(loader=loader, bytecode_cache=_bytecode_cache(), auto_reload=False)
    from drafter.branches import ProbedEnvironment  # for template writers alone

    loader.probe = probe
    return ProbedEnvironment(probe, loader=loader)


def _bytecode_cache() -> FileSystemBytecodeCache | None:
    """Keep compiled templates in the user's cache folder; Jinja compares them with the source.

    The number in their names rises when the sandbox compiles otherwise."""
    folder = cache_folder()
    return FileSystemBytecodeCache(str(folder), "templates-2-%s.cache") if folder else None
