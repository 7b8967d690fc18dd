"""Sample mails and letters: what template writers see their templates with, and what reaches every branch.

They stand in templates/samples/*.yaml, ours and the company's: a file or a sample of the company replaces ours of the
same name, all others come together. A sample brings its own past, and its own keys of the policy where it shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path
from typing import Any, NamedTuple

from drafter.confirm import confirmation
from drafter.drafting import Kit
from drafter.errors import DrafterError, MailError
from drafter.headers import parse_address
from drafter.history import NONE, History
from drafter.letters import Letter, addressed, write
from drafter.messages import _
from drafter.notes import Notes
from drafter.notice import Delay, delay_notice
from drafter.places import Places
from drafter.policy import Policy, altered
from drafter.read import finish, read_file
from drafter.records import Analysis, Conversation, Mail, Outcome
from drafter.sample_files import FOLDER, SampleBlock, read_blocks
from drafter.wishes import Wishes

__all__ = ["FOLDER", "LetterSample", "Sample", "addressing", "draft_letter_sample", "draft_sample", "kit_for",
           "letter_of", "load_letter_samples", "load_mail_samples", "load_samples"]  # fmt: skip

MAIL_SUFFIXES = (".eml", ".txt")
MAX_MAILS = 500
"""So many mails of a folder are read."""

FORMS = {"sie": "sie", "du": "du", "ihr": "du"}
"""The forms of address and the register that is wished for each; several who are addressed with du get ihr."""


class Sample(NamedTuple):
    """A mail with all that its answer depends on."""

    id: str
    mail: Mail
    wishes: Wishes = Wishes()
    past: Conversation = Conversation()  # what was accepted before
    policy: Mapping[str, Any] = {}  # keys of drafter.toml that differ from those in force
    note: str = ""  # what it shows


class LetterSample(NamedTuple):
    """What a letter is made of that answers no mail."""

    id: str
    mail: Mail
    name: str  # how the customer is called
    about: Notes | Delay  # what was agreed in a call, or what is late
    today: date
    wishes: Wishes = Wishes()
    policy: Mapping[str, Any] = {}
    note: str = ""


def load_samples(places: Places) -> tuple[Sample, ...]:
    """Return the sample mails, the company's before ours.

    Raises:
        DrafterError: a file is wrong; with its line.
    """
    return tuple(_sample(block) for block in read_blocks(places) if not block.letter)


def load_letter_samples(places: Places) -> tuple[LetterSample, ...]:
    """Return the samples of letters, the company's before ours.

    Raises:
        DrafterError: a file is wrong; with its line.
    """
    return tuple(_letter_sample(block) for block in read_blocks(places) if block.letter)


def load_mail_samples(folder: Path) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """Return the mails of a folder (.eml, .txt) as samples, and what is to be told of those that cannot be read.

    Raises:
        MailError: there is no such folder.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in MAIL_SUFFIXES)
    except OSError as error:
        raise MailError(f"{folder}: {error.strerror or error}", _("Name a folder of mails.")) from error
    samples, told = [], []
    for path in paths[:MAX_MAILS]:
        try:
            samples.append(Sample(path.name, replace(read_file(path), id=path.name)))
        except DrafterError as error:
            told.append(error.message)
    if len(paths) > MAX_MAILS:
        told.append(_("{folder}: only the first {count} mails are read.").format(folder=folder, count=MAX_MAILS))
    return tuple(samples), tuple(told)


def kit_for(kit: Kit, sample: Sample | LetterSample) -> Kit:
    """Return the kit with the policy of a sample, and without the history of the machine."""
    policy = altered(kit.policy, sample.policy) if sample.policy else kit.policy
    return replace(kit, policy=policy, history=History(NONE))


def draft_sample(
    kit: Kit, sample: Sample, tone: str = "", register: str = "auto", analysis: Analysis | None = None
) -> Outcome:
    """Draft the reply to a sample, with its own past instead of the history.

    Args:
        register: auto (as the sample wants it), sie, du or ihr.
        analysis: what was found in the sample, where it is known.

    Raises:
        DrafterError: the policy or a template is wrong.
    """
    analysis, wishes = addressing(analysis or kit.analyze(sample.mail), sample.wishes, register)
    return kit_for(kit, sample).draft(sample.mail, replace(wishes, tone=tone or wishes.tone), analysis, sample.past)


def draft_letter_sample(kit: Kit, sample: LetterSample, tone: str = "", register: str = "auto") -> Outcome:
    """Write the letter of a sample; `register` as for mails, but without ihr, which only a mail can show.

    Raises:
        DrafterError: the policy or a template is wrong.
    """
    wishes = replace(sample.wishes, tone=tone or sample.wishes.tone)
    wishes = wishes if register == "auto" else replace(wishes, register=FORMS[register])
    kit = kit_for(kit, sample)
    return write(kit, letter_of(sample, kit.policy), wishes)


def letter_of(sample: LetterSample, policy: Policy) -> Letter:
    """Return what the letter of a sample says under a policy."""
    workdays, about = policy.calendar.workdays, sample.about
    if isinstance(about, Notes):
        return confirmation(about, sample.mail, workdays)
    return delay_notice(about, sample.mail, sample.name, sample.today, workdays)


def addressing(analysis: Analysis, wishes: Wishes, form: str) -> tuple[Analysis, Wishes]:
    """Return what was found and wished so that the reply takes a form of address; auto leaves both alone."""
    if form == "auto":
        return analysis, wishes
    facts = replace(analysis.facts, several=form == "ihr")
    return replace(analysis, facts=facts), replace(wishes, register=FORMS[form])


def _sample(block: SampleBlock) -> Sample:
    past = Conversation(block.sent, block.sent, tuple(reply.accepted(block.sent) for reply in block.past))
    return Sample(block.id, _mail(block), block.wishes, past, block.policy, block.shows)


def _letter_sample(block: SampleBlock) -> LetterSample:
    mail = addressed(_mail(block) if block.text else None, block.name, "")
    about = block.notes if block.letter == "confirm" else block.delay
    return LetterSample(block.id, mail, block.name, about, block.sent.date(), block.wishes, block.policy, block.shows)


def _mail(block: SampleBlock) -> Mail:
    name, address = parse_address(block.from_)
    return finish(Mail(block.text.rstrip(), block.id, subject=block.subject, from_name=name, from_address=address,
                       date=block.sent.replace(tzinfo=UTC)))  # fmt: skip
