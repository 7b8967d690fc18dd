"""What can be said of the files of a template folder without reading them as templates."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from drafter.lint.finding import Fault
from drafter.lint.spelling import OWN_WORDS
from drafter.messages import near
from drafter.places import POLICY_NAME, shipped
from drafter.sample_files import FOLDER as SAMPLES
from drafter.sample_files import SUFFIX as SAMPLE_SUFFIX
from drafter.template_files import is_hidden
from drafter.templates import BASE_TONE, NO_TONES, SUFFIX, is_tone_name

_BOM = b"\xef\xbb\xbf"
_IGNORED = (".md", ".orig", ".bak")
_HOME = (POLICY_NAME, "templates", "rules", "lexicon")
"""What a company folder holds."""


def file_faults(root: Path) -> Iterator[tuple[Path, Fault]]:
    """Yield what of a folder of templates is named so that it is lost, and the files with a BOM."""
    for folder in sorted(root.glob("*")):
        lost = folder.is_dir() and not is_tone_name(folder.name) and folder.name not in NO_TONES
        if lost and any(folder.rglob("*" + SUFFIX)):
            yield folder, Fault("T030", fields={"name": folder.name})
    seen: dict[str, Path] = {}
    base = shipped("templates")
    data_files = {path.name for path in base.iterdir() if path.is_file()} - {POLICY_NAME}
    steps = {path.relative_to(tone).as_posix() for tone in base.iterdir() if tone.is_dir() for path in tone.rglob("*")}
    for path in sorted(root.rglob("*")):
        if is_hidden(path) or (path.is_dir() and path.suffix != SUFFIX):
            continue
        if not path.is_file():  # a link to nothing, a folder, a device
            yield path, Fault("T018", fields={"near": ""})
            continue
        relative = path.relative_to(root)
        folded = unicodedata.normalize("NFKC", relative.as_posix()).casefold()
        if other := seen.get(folded):
            yield path, Fault("T017", fields={"name": path.name, "other": other.relative_to(root).as_posix()})
        seen.setdefault(folded, path)
        if not _is_read(relative, data_files) and path.suffix not in _IGNORED and root != base:
            known = data_files if len(relative.parts) == 1 else steps
            yield path, Fault("T018", fields={"near": _meant(Path(*relative.parts[-1:]).as_posix(), known)})
        elif _begins_with_bom(path):
            yield path, Fault("T016")


def rule_file_faults(home: Path) -> Iterator[tuple[Path, Fault]]:
    """Yield what nothing reads of a company's rules, word lists and folders, and the files with a BOM."""
    for path in sorted(home.iterdir()):
        meant = difflib.get_close_matches(path.name.lower(), _HOME, 1, cutoff=0.75)
        if meant and path.name not in _HOME and path.suffix not in _IGNORED:
            yield path, Fault("T018", fields={"near": near(path.name.lower(), _HOME)})
    for name in _HOME[1:]:
        if (home / name).is_file():  # it has to be a folder
            yield home / name, Fault("T018", fields={"near": ""})
    for name in ("rules", "lexicon"):
        known = {path.name for path in (shipped("models") / name).iterdir()} | (
            {OWN_WORDS} if name == "rules" else set()
        )
        for path in sorted((home / name).rglob("*")):
            if not path.is_file() or is_hidden(path) or path.suffix in _IGNORED:
                continue
            if path.parent != home / name or path.name not in known:
                yield path, Fault("T018", fields={"near": _near_file(path.name, known)})
            elif _begins_with_bom(path):
                yield path, Fault("T016")


def _is_read(relative: Path, data_files: set[str]) -> bool:
    if len(relative.parts) == 1:
        return relative.name in data_files
    if relative.parts[0] == SAMPLES:
        return len(relative.parts) == 2 and relative.suffix == SAMPLE_SUFFIX
    return relative.suffix == SUFFIX and relative.name == relative.stem + SUFFIX


def _meant(name: str, known: set[str]) -> str:
    """Return the name that was meant: the nearest, or where a template has to lie."""
    if name in {Path(other).name for other in known} or (name.endswith(SUFFIX) and name not in known):
        return f", did you mean '{BASE_TONE}/{name}'?" if name.endswith(SUFFIX) else ""
    return near(name, known)


def _near_file(name: str, known: set[str]) -> str:
    """Ask for the nearest name of a file; that both end in .yaml brings them no nearer."""
    stems = {Path(other).stem: other for other in known}
    found = difflib.get_close_matches(Path(name).stem, stems, 1)
    return near(stems[found[0]], known) if found else ""


def _begins_with_bom(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(_BOM)) == _BOM
    except OSError:
        return False
