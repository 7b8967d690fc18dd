"""Where things lie: the one module that knows folders.

In a checkout `templates/` and `models/` stand beside the package; in a wheel they
lie inside it. A company folder overrides them file by file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from drafter.errors import PolicyError
from drafter.messages import _

POLICY_NAME = "drafter.toml"
"""The file whose presence makes a folder a company folder."""

RULE_FOLDERS = ("rules", "lexicon", "heads")
"""What is loaded for reading mails and checking replies; all other files are for writing."""

_RULE_SUFFIXES = (".yaml", ".tsv", ".npz")
_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Return the folder `templates` or `models` that comes with the product."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


@dataclass(frozen=True, slots=True)
class Places:
    """The shipped folders and, where there is one, the company folder."""

    home: Path | None = None

    @property
    def policy(self) -> Path:
        """The policy file in force: the company's, else the shipped one."""
        own = self.home / POLICY_NAME if self.home else None
        return own if own and own.is_file() else shipped("templates") / POLICY_NAME

    def folders(self, name: str) -> list[Path]:
        """Return the folders to search for `templates` or `rules`, the company's first."""
        base = shipped("models") / name if name in RULE_FOLDERS else shipped(name)
        own = self.home / name if self.home else None
        return [own, base] if own and own.is_dir() else [base]

    def file(self, name: str, relative: str) -> Path:
        """Return the first existing file `relative` in the folders of `name`."""
        candidates = [folder / relative for folder in self.folders(name)]
        return next((path for path in candidates if path.is_file()), candidates[-1])

    @property
    def own_rules(self) -> frozenset[str]:
        """The names of the company's rules and word lists."""
        own = [folder for name in RULE_FOLDERS for folder in self.folders(name)[:-1]]
        return frozenset(path.name for folder in own for path in folder.rglob("*") if path.suffix in _RULE_SUFFIXES)

    @property
    def has_own_rules(self) -> bool:
        """Whether the company folder has rules or word lists of its own."""
        return bool(self.own_rules)

    @property
    def pipeline(self) -> Path:
        """The bundled spaCy pipeline."""
        return shipped("models") / "de_complaint_sm"


def find_places(home: str | os.PathLike[str] | None = None) -> Places:
    """Find the company folder: `home`, else DRAFTER_HOME, else upwards from the working folder.

    Raises:
        PolicyError: a folder was named but is none, or is only half of a company folder, or cannot be read.
    """
    named = home or os.environ.get("DRAFTER_HOME")
    try:
        return _named(Path(named)) if named else _upwards(Path.cwd())
    except OSError as error:
        raise PolicyError(f"{error.filename or named or '.'}: {error.strerror}", _("Make it readable.")) from error


def _named(folder: Path) -> Places:
    if not folder.is_dir():
        raise PolicyError(
            f"{folder}: " + _("no such folder"), _("Create it with: {command}").format(command=f"drafter init {folder}")
        )
    if not (folder / POLICY_NAME).is_file():
        raise _half(folder)
    return Places(folder.resolve())


def _upwards(here: Path) -> Places:
    for folder in (here, *here.parents):
        if (folder / POLICY_NAME).is_file() and folder.resolve() != shipped("templates").resolve():
            return Places(folder)
        if folder == here and _overrides_ours(folder):
            raise _half(folder)
    return Places()


def _half(folder: Path) -> PolicyError:
    missing = _("no {file} in it, so it is no company folder, or only a part of one").format(file=POLICY_NAME)
    command = f"drafter init {folder}"
    return PolicyError(f"{folder}: {missing}", _("Write what is missing with: {command}").format(command=command))


def _overrides_ours(folder: Path) -> bool:
    """Tell whether a folder holds templates of ours without a policy: a company folder that was copied by half."""
    ours, own = shipped("templates"), folder / "templates"
    if not own.is_dir() or (own / POLICY_NAME).is_file():  # a copy of all that is shipped, such as a checkout
        return False
    return any((ours / path.relative_to(own)).is_file() for path in own.glob("*/*.txt"))
