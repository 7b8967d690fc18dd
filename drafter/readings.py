"""What is found in the samples, kept from one start to the next, so that template writers need not wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from drafter.analysis import load_pipeline
from drafter.check import FILES as CHECK_FILES
from drafter.drafting import Kit, load_from
from drafter.history import NONE
from drafter.letters import analysis_of
from drafter.places import RULE_FOLDERS, Places
from drafter.policy import Policy
from drafter.records import Analysis, Quotable
from drafter.samples import FOLDER, Sample, letter_of, load_letter_samples, load_mail_samples, load_samples
from drafter.snapshot import remember


class Reading(NamedTuple):
    """What was found in a sample."""

    analysis: Analysis
    fit: Quotable = Quotable()  # the customer's own words that may be repeated


def sample_readings(places: Places) -> dict[str, Reading]:
    """Return what is found in all samples of mails and letters, by their ids.

    Raises:
        DrafterError: a sample or a rule is wrong.
    """
    reader = places if places.own_rules - CHECK_FILES else Places()  # folders that read mails as we do share a snapshot
    folders = [folder / FOLDER for folder in places.folders("templates") if (folder / FOLDER).is_dir()]
    folders += [folder for name in RULE_FOLDERS for folder in reader.folders(name)]
    return remember("samples", [*folders, reader.pipeline], lambda: _read_all(places, _kit(reader)))


def read_mails(kit: Kit, samples: Sequence[Sample]) -> dict[str, Reading]:
    """Return what is found in mails, by the ids of their samples."""
    found = kit.analyze_many(sample.mail for sample in samples)
    return {
        sample.id: Reading(analysis, kit.analyzer.quotes.find(sample.mail, analysis))
        for sample, analysis in zip(samples, found, strict=True)
    }


def read_folder(places: Places, folder: Path) -> tuple[tuple[Sample, ...], dict[str, Reading], tuple[str, ...]]:
    """Return the mails of a folder that get a reply, what is found in them, and what is to be told of the others.

    Raises:
        MailError: there is no such folder.
    """
    kit = _kit(places)
    samples, told = load_mail_samples(folder)
    found = read_mails(kit, samples)
    answered = tuple(s for s in samples if not kit.skip_reason(s.mail, found[s.id].analysis)[0])
    return answered, found, told


def _kit(places: Places) -> Kit:
    return load_from(places, load_pipeline(None, places.pipeline), NONE)


def _read_all(places: Places, kit: Kit) -> dict[str, Reading]:
    letters = load_letter_samples(places)
    found = {sample.id: Reading(analysis_of(kit, letter_of(sample, Policy()))) for sample in letters}
    return found | read_mails(kit, load_samples(places))
