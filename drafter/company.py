"""The company folder: policy, templates and rules of one's own, laid out beside each other."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from drafter.data import read_text
from drafter.errors import DrafterError, PolicyError, TemplateError
from drafter.messages import _
from drafter.places import POLICY_NAME, Places, shipped
from drafter.template_files import TemplateFile, find_template, in_force, tones
from drafter.templates import SUFFIX, is_tone_name

LAYOUT = {
    POLICY_NAME: POLICY_NAME,
    "templates/README.md": "company-templates.md",
    "rules/README.md": "company-rules.md",
}
"""The files of a fresh company folder, and the shipped files in templates/ that they are copies of."""


class LaidOut(NamedTuple):
    """The files of a company folder: those written now, and those that stood there before and were left alone."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def lay_out(folder: Path) -> LaidOut:
    """Write what a company folder lacks; nothing that stands there is touched, so a second run does no harm.

    Raises:
        DrafterError: the folder cannot be written, or a file stands where a folder has to be.
    """
    written, kept = [], []
    for relative, source in LAYOUT.items():
        target = folder / relative
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(read_text(shipped("templates") / source))
        except FileExistsError as error:
            if not target.is_file():
                raise DrafterError(f"{error.filename}: {error.strerror}", _("Name another folder.")) from error
            kept.append(target)
        except OSError as error:
            remedy = _("Name a folder that can be written.")
            raise DrafterError(f"{error.filename or target}: {error.strerror}", remedy) from error
        else:
            written.append(target)
    return LaidOut(tuple(written), tuple(kept))


def new_tone(places: Places, name: str, origin: str) -> list[Path]:
    """Make a tone in the company folder from the templates that another tone words itself; return the files.

    Raises:
        DrafterError: there is no company folder, the name is no name or taken, or the folder cannot be written.
    """
    folder = _own_templates(places)
    if not is_tone_name(name):
        message = _("'{name}' is no name for a tone.").format(name=name)
        raise TemplateError(message, _("Up to 40 small letters, digits, - and _: it names a folder."))
    target = folder / name
    if name in tones(places) or target.exists():
        taken = _("The tone '{name}' exists already.").format(name=name)
        raise TemplateError(taken, _("Choose another name, or edit the files of that tone."))
    copied = [template for template in in_force(places, origin).values() if template.tone == origin]
    return _copy_whole(copied, target)


def copy_template(places: Places, name: str, tone: str) -> Path:
    """Copy the template that a tone uses into the company folder, to be changed there; return the copy.

    Raises:
        DrafterError: there is no company folder, no such template, or the copy exists already or cannot be written.
    """
    target = _own_templates(places) / tone / (name.removesuffix(SUFFIX) + SUFFIX)
    template = find_template(places, name, tone)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(template.source)
    except FileExistsError as error:
        raise TemplateError(f"{target}: " + _("exists already"), _("Edit it, or delete it first.")) from error
    except OSError as error:
        place = error.filename or target
        raise DrafterError(f"{place}: {error.strerror}", _("Make the company folder writable.")) from error
    return target


def _own_templates(places: Places) -> Path:
    if places.home is None:
        message = _("There is no company folder here.")
        raise PolicyError(message, _("Make one with: {command}").format(command="drafter init"))
    return places.home / "templates"


def _copy_whole(templates: list[TemplateFile], target: Path) -> list[Path]:
    """Write all files or none: beside the folder first."""
    beside = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
        beside.chmod(0o755)
        for template in templates:
            path = beside / (template.name + SUFFIX)
            path.parent.mkdir(exist_ok=True)
            path.write_text(template.source, encoding="utf-8", newline="\n")
        os.rename(beside, target)
    except OSError as error:
        if beside:
            shutil.rmtree(beside, ignore_errors=True)
        place = error.filename or target
        raise DrafterError(f"{place}: {error.strerror}", _("Make the company folder writable.")) from error
    return [target / (template.name + SUFFIX) for template in templates]
