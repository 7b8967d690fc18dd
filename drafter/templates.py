"""The templates of a tone: found in the folders, turned into Jinja, rendered in a sandbox.

Templates come from the folders of the tone, the company's before ours, then from those of the base tone. A customer's
words reach a template only as values, never as source. `{Sie haben|du hast|ihr habt}` picks the form of address, a line
`===` parts wordings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from drafter.errors import TemplateError
from drafter.messages import _
from drafter.places import Places
from drafter.snapshot import cache_folder

BASE_TONE = "sachlich"
"""Every other tone falls back to this one, file by file."""

SUFFIX = ".txt"
MAX_PARAGRAPH_CHARACTERS = 6_000
_ADDRESS = re.compile(r"(?<![{%#])\{(?![{%#])([^{}|\n]*(?:\|[^{}|\n]*){1,2})\}")
_VARIANT = re.compile(r"^===[ \t]*$", re.MULTILINE)
_WORD = re.compile(r"\w+")


class Templates:
    """The templates of one tone."""

    def __init__(self, places: Places, tone: str) -> None:
        self._loader = _ToneLoader([str(folder) for folder in tone_folders(places, tone)])
        self._environment = _Environment(
            loader=self._loader,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # plain text: mail bodies, never HTML
            bytecode_cache=_bytecode_cache(),
        )

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words of all templates in small letters: what we say to everybody."""
        sources = (self._loader.get_source(self._environment, name)[0] for name in self._loader.list_templates())
        return frozenset(word.lower() for source in sources for word in _WORD.findall(source))

    def render(self, name: str, context: dict[str, Any]) -> str:
        """Fill the template of a name.

        Raises:
            TemplateError: it is missing or wrong; with file and line.
        """
        try:
            return _tidy(self._environment.get_template(name + SUFFIX).render(context))
        except (JinjaError, ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise template_error(error, name + SUFFIX) from error

    def render_source(self, source: str, name: str, context: dict[str, Any]) -> str:
        """Fill a template that stands in no file of its own, to one line.

        Raises:
            TemplateError: it is wrong; with its name and the line.
        """
        try:
            template = self._environment.from_string(prepare_source(source, name))
            return " ".join(_tidy(template.render(context)).split())
        except (JinjaError, ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise template_error(error, name) from error


class _ToneLoader(FileSystemLoader):
    """Reads templates and turns the two notations of template writers into Jinja."""

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, filename, uptodate = super().get_source(environment, template)
        return prepare_source(source, template), filename, uptodate


def prepare_source(source: str, name: str) -> str:
    """Turn `{Sie|du|ihr}` and `===` into Jinja; line numbers stay."""
    source = _ADDRESS.sub(lambda match: "{{ you(" + ", ".join(map(repr, match[1].split("|"))) + ") }}", source)
    variants = _VARIANT.split(source)
    if len(variants) == 1:
        return source
    opening = f"{{%- set chosen = variant({name!r}, {len(variants)}, turn) -%}}{{%- if chosen == 0 -%}}"
    rest = "".join(f"{{%- elif chosen == {i} -%}}{text}" for i, text in enumerate(variants[1:], 1))
    return f"{opening}{variants[0]}{rest}{{%- endif -%}}"


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which templates may read the given values and nothing else, and can fill no memory."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse what one short line could blow up: repeated texts and powers."""
        if operator == "**" or not all(isinstance(side, int | float) for side in (left, right)):
            raise ValueError(f"'{operator}' is not for templates")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow fields of mappings and the loop variable; methods and everything else are refused."""
        return type(obj).__name__ == "LoopContext" and not attr.startswith("_")


def tone_folders(places: Places, tone: str) -> list[Path]:
    """Return the template folders of a tone: the company's and ours, then those of the base tone.

    Raises:
        TemplateError: no folder has the tone.
    """
    roots = places.folders("templates")
    own = [root / tone for root in roots if (root / tone).is_dir()]
    if not own or not re.fullmatch(r"[a-z0-9_-]+", tone):
        known = sorted({path.name for root in roots for path in root.iterdir() if path.is_dir()})
        names = ", ".join(known)
        raise TemplateError(_("Unknown tone '{name}'.").format(name=tone), _("Known: {names}.").format(names=names))
    base = [root / BASE_TONE for root in roots if (root / BASE_TONE).is_dir()]
    return list(dict.fromkeys(own + base))


def template_error(error: Exception, name: str) -> TemplateError:
    """Say where a template is wrong: file, line, problem."""
    if isinstance(error, TemplateNotFound):
        return TemplateError(f"template '{error.name}' is missing", "Restore it, or drop the step from plan.yaml.")
    if isinstance(error, TemplateSyntaxError):
        return TemplateError(f"{error.filename or name}:{error.lineno}: {error.message}")
    filename, line = _place_in_traceback(error, name)
    return TemplateError(f"{filename}:{line}: {error}")


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
    if len(text) > MAX_PARAGRAPH_CHARACTERS * 10:
        raise ValueError("the template writes more than a letter can hold")
    lines = [line.strip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _bytecode_cache() -> FileSystemBytecodeCache | None:
    """Keep compiled templates in the user's cache folder; Jinja compares them with the source."""
    folder = cache_folder()
    return FileSystemBytecodeCache(str(folder)) if folder else None
