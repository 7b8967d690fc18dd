"""Read templates/samples/*.yaml: every block is checked, and says with file and line what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from drafter.data import Block, Where, read_rules
from drafter.errors import PolicyError
from drafter.notes import Item, Notes
from drafter.notice import Delay
from drafter.places import Places
from drafter.policy import Fault, Policy, altered
from drafter.records import STAGES, Accepted, Offer
from drafter.templates import SAMPLES
from drafter.wishes import Wishes

FOLDER = SAMPLES
SUFFIX = ".yaml"
REGISTERS = ("auto", "sie", "du")
MAX_TEXT = 20_000
_SOME_DAY = datetime(2026, 3, 2, 9, 0)
"""When samples without a date were written: a Monday."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Reply(_Record):
    """A reply that was accepted before: how many days before the mail, and what the next one needs to know of it."""

    days: float = Field(2, ge=0, le=3650)
    stage: Literal["none", "overlook", "request", "mirror", "announce", "end"] = "none"
    frame: Literal["praise", "question", "request", "complaint"] = "complaint"
    points: float = Field(0, ge=0)
    apologised: bool = False
    goodwill: tuple[str, ...] = ()  # ids of options that were offered as an obligement

    def accepted(self, mail_day: datetime) -> Accepted:
        """Return it as the history would."""
        when = mail_day - timedelta(days=self.days)
        offers = tuple(Offer(name, True) for name in self.goodwill)
        return Accepted(when, when, self.stage, self.frame, self.points, apologised=self.apologised, offers=offers)


class _Item(_Record):
    """One thing agreed in a call."""

    text: str = Field(min_length=1, max_length=500)
    who: Literal["", "us", "customer"] = ""
    due: date | None = None

    def item(self) -> Item:
        """Return it as the reader of notes would."""
        return Item(self.text, self.who, self.due, labelled=bool(self.who), apart=self.due is not None)


class SampleBlock(_Record):
    """A sample as it stands in its file."""

    id: str = Field(pattern=r"^[\w-]{1,60}$")
    shows: str = Field(min_length=1, max_length=300)
    text: str = Field("", max_length=MAX_TEXT)
    from_: str = Field("", alias="from", max_length=300)
    subject: str = Field("", max_length=300)
    sent: datetime = Field(_SOME_DAY, alias="date")
    wishes: Wishes = Wishes()
    past: tuple[_Reply, ...] = Field((), max_length=100)
    policy: dict[str, Any] = {}
    letter: Literal["", "confirm", "notice"] = ""
    name: str = ""  # from here on only for letters
    number: str = ""
    call_day: date | None = None
    agreed: tuple[_Item, ...] = ()
    following: tuple[str, ...] = ()
    what: str = ""
    old: date | None = None
    new: date | None = None
    reason: str = ""
    alternatives: tuple[str, ...] = ()
    situation: str = "delivery_late"

    @field_validator("wishes")
    @classmethod
    def _can_be_wished(cls, value: Wishes) -> Wishes:
        for name, known in (("fault", get_args(Fault)), ("register", REGISTERS), ("stage", ("", *STAGES))):
            if getattr(value, name) not in known:
                raise ValueError(f"{name} '{getattr(value, name)}' is unknown (known: {', '.join(known)})")
        return value

    @field_validator("policy")
    @classmethod
    def _is_policy(cls, value: dict[str, Any]) -> dict[str, Any]:
        try:
            altered(Policy(), value)
        except PolicyError as error:
            raise ValueError(error.message) from error
        return value

    @property
    def notes(self) -> Notes:
        """What a call has brought."""
        items = tuple(item.item() for item in self.agreed)
        return Notes(items, self.following, name=self.name, number=self.number, day=self.call_day)

    @property
    def delay(self) -> Delay:
        """What is late."""
        return Delay(self.what, self.number, self.old, self.new, self.reason, self.alternatives, self.situation)


_FIELDS = {field.alias or name for name, field in SampleBlock.model_fields.items()}
_REQUIRED = {"id", "shows"}


def read_blocks(places: Places) -> Iterator[SampleBlock]:
    """Yield all samples, the company's before ours; one with the id of ours replaces it.

    Raises:
        DataError: a file breaks its format, or two samples of a folder have one id.
    """
    seen: dict[str, Where] = {}
    for path in sample_files(places):
        status = path.stat()
        for where, block in _blocks_of(path, status.st_mtime_ns, status.st_size):
            twin = seen.setdefault(block.id, where)
            if twin is where:
                yield block
            elif twin.path.parent == path.parent:
                raise where.error(f"id '{block.id}' is taken already ({twin})")


def sample_files(places: Places) -> list[Path]:
    """Return the files of samples: the company's, and those of ours that it does not replace."""
    found: dict[str, Path] = {}
    for root in places.folders("templates"):
        for path in sorted((root / FOLDER).glob("*" + SUFFIX)):
            if path.is_file():
                found.setdefault(path.name, path)
    return list(found.values())


@lru_cache(maxsize=32)
def _blocks_of(path: Path, _changed: int, _size: int) -> tuple[tuple[Where, SampleBlock], ...]:
    """Read a file once for all who ask for its samples, and again when it has changed."""
    return tuple((block.where, _checked(block)) for block in read_rules(path, _REQUIRED, _FIELDS - _REQUIRED))


def _checked(block: Block) -> SampleBlock:
    try:
        found = SampleBlock.model_validate(block.fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise block.where.error(f"{place}: {first['msg']}") from error
    if not found.letter and not found.text.strip():
        raise block.where.error("a sample mail needs a text")
    return found
