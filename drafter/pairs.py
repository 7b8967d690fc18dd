"""Find drafts and what was sent of them: by names, by folders, by message ids, or from the report of a batch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from drafter.compare import Letter
from drafter.errors import MailError, SourceError
from drafter.headers import parse_address
from drafter.messages import _
from drafter.read import MAX_FILE_BYTES, read_file
from drafter.records import Mail
from drafter.sources import MAX_LINE_BYTES, read_mails

SUFFIXES = (".txt", ".eml", ".msg", ".json")
DRAFT, SENT = "draft", "sent"
FOLDERS = {"drafts": DRAFT, "sent": SENT}


class Pair(NamedTuple):
    """A draft and what was sent of it."""

    name: str
    draft: Letter
    sent: Letter


class Broken(NamedTuple):
    """What could not be read, and why."""

    name: str
    reason: str


class Alone(NamedTuple):
    """A draft that nothing sent belongs to."""

    name: str


Found = Pair | Broken | Alone


class _File(NamedTuple):
    """A file of a folder: whether it is a draft or was sent (empty where its name does not say), and its bare name."""

    path: Path
    name: str
    kind: str
    key: str


def read_letter(path: Path) -> Letter:
    """Read a draft or a sent letter: plain text, a mail, or the JSON of `draft --format json`.

    Raises:
        MailError: it cannot be read or holds no text.
    """
    if path.is_dir():
        raise MailError(_("{path}: is a folder").format(path=path), _("Take --folder for a folder of pairs."))
    if path.suffix.lower() == ".json":
        return _named(path.name, lambda: draft_letter(_json(path)))
    return _letter(read_file(path))


def draft_letter(value: object) -> Letter:
    """Read a draft from the JSON object of an outcome.

    Raises:
        MailError: it holds no draft.
    """
    draft = value.get("draft") if isinstance(value, dict) else None
    body = draft.get("body") if isinstance(draft, dict) else None
    if not isinstance(value, dict) or not isinstance(body, str) or not body.strip():
        raise MailError(_("no draft in it"), _("Take what `drafter draft --format json` writes."))
    plan = value.get("plan")
    steps = plan.get("steps") if isinstance(plan, dict) else None
    rows = steps if isinstance(steps, list) else []
    names = [row["name"] for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]
    return Letter(body, tuple(names))


def folder_pairs(folder: Path) -> Iterator[Found]:
    """Yield the pairs of a folder: x.draft.txt and x.sent.txt, drafts/x and sent/x, or mails by their ids.

    Raises:
        SourceError: it is no folder, or nothing in it can be a pair.
    """
    if not folder.is_dir():
        raise SourceError(_("{path}: no such folder").format(path=folder))
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    files = [_file(path, folder) for path in paths]
    sent = {file.key: file for file in files if file.kind == SENT}
    by_name = [(file, sent[file.key]) for file in files if file.kind == DRAFT and file.key in sent]
    paired = {file.path for pair in by_name for file in pair}
    yield from (_read_pair(draft, answer) for draft, answer in by_name)
    yield from _by_ids([file for file in files if file.path not in paired])


def report_pairs(report: Path, sent: Path) -> Iterator[Found]:
    """Yield the drafts of a report.jsonl with the replies to the same mails among what was sent.

    Raises:
        SourceError: one of them cannot be opened.
    """
    drafts: dict[str, Letter] = {}
    for name, value in _report_lines(report):
        try:
            if isinstance(value, Broken):
                yield value
            elif isinstance(value, dict) and value.get("draft"):
                drafts[str(value.get("id") or name)] = draft_letter(value)
        except MailError as error:
            yield Broken(name, error.message)
    for key, mail in read_mails(sent):
        if isinstance(mail, MailError):
            yield Broken(key, mail.message)
        elif draft := drafts.pop(mail.in_reply_to.strip("<>"), None):
            yield _pair(key, draft, mail)
    yield from map(Alone, drafts)


def _file(path: Path, folder: Path) -> _File:
    """Tell by the name what a file is; `key` is what both of a pair are called."""
    parts = path.relative_to(folder).parts
    stem, _dot, tag = path.stem.rpartition(".")
    name = "/".join(parts).encode("utf-8", "replace").decode()
    if tag.lower() in (DRAFT, SENT) and stem:
        return _File(path, name, tag.lower(), "/".join((*parts[:-1], stem)))
    places = [number for number, part in enumerate(parts[:-1]) if part.lower() in FOLDERS]
    if not places:
        return _File(path, name, "", "")
    at = places[-1]
    return _File(path, name, FOLDERS[parts[at].lower()], "/".join((*parts[:at], "", *parts[at + 1 : -1], path.stem)))


def _read_pair(draft: _File, sent: _File) -> Pair | Broken:
    letters: list[Letter] = []
    for file in (draft, sent):
        try:
            letters.append(read_letter(file.path))
        except MailError as error:
            return _broken(file, error)
    return Pair(draft.name, letters[0], letters[1])


def _broken(file: _File, error: MailError) -> Broken:
    """Say why a file cannot be read; its name stands there once."""
    reason = error.message
    for name in (str(file.path), file.path.name):
        reason = reason.removeprefix(f"{name}: ")
    return Broken(file.name, reason)


def _by_ids(files: Iterable[_File]) -> Iterator[Found]:
    """Pair mails that answer the same mail, or are the same; a mail without an id of its own was not sent yet."""
    drafts: list[tuple[_File, Mail | None]] = []
    answers: dict[str, Mail] = {}
    for file in files:
        if file.path.suffix.lower() not in (".eml", ".msg"):
            drafts += [(file, None)] if file.kind == DRAFT else []
            continue
        try:
            mail = read_file(file.path)
        except MailError as error:
            yield _broken(file, error)
            continue
        if file.kind == DRAFT or not (file.kind or mail.message_id):
            drafts.append((file, mail))
        else:
            for number in filter(None, (mail.in_reply_to, mail.message_id)):
                answers.setdefault(number, mail)
    for file, draft in drafts:
        numbers = (draft.message_id, draft.in_reply_to) if draft else ()
        sent = next((answers[number] for number in numbers if number in answers), None)
        try:
            yield _pair(file.name, _letter(draft), sent) if draft and sent else Alone(file.name)
        except MailError as error:
            yield _broken(file, error)


def _pair(name: str, draft: Letter, sent: Mail) -> Pair | Broken:
    try:
        return Pair(name, draft, _letter(sent))
    except MailError as error:
        return Broken(name, error.message)


def _letter(mail: Mail) -> Letter:
    if not mail.body.strip():
        raise MailError(_("{name}: is empty").format(name=mail.source), _("Name a file with the text of a letter."))
    return Letter(mail.body, people=(mail.from_name, parse_address(mail.to)[0]))


def _json(path: Path) -> object:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise MailError(_("too large"))
        return json.loads(path.read_bytes().decode("utf-8-sig", "replace"))
    except OSError as error:
        raise MailError(str(error.strerror)) from error
    except (ValueError, RecursionError) as error:
        raise MailError(_("not a JSON object: {problem}").format(problem=error)) from error


def _named(name: str, read: Any) -> Letter:
    """Put the name of the file before the message of an error."""
    try:
        letter: Letter = read()
        return letter
    except MailError as error:
        raise MailError(f"{name}: {error.message}", error.remedy) from error


def _report_lines(report: Path) -> Iterator[tuple[str, object]]:
    try:
        with report.open("rb") as stream:
            number = 0
            while line := stream.readline(MAX_LINE_BYTES):
                number += 1
                name = f"{report.name}:{number}"
                try:
                    yield name, json.loads(line.decode("utf-8-sig", "replace")) if line.strip() else None
                except (ValueError, RecursionError) as error:
                    yield name, Broken(name, _("not a JSON object: {problem}").format(problem=error))
    except OSError as error:
        raise SourceError(f"{report}: {error.strerror}", _("Name the report.jsonl of a batch.")) from error
