"""The policy: what a team lead decides, read from drafter.toml and checked.

A company file is laid over the shipped one, table by table; its options replace the
shipped options of the same id and add new ones.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from drafter.data import read_text
from drafter.errors import DataError, PolicyError, VersionError
from drafter.messages import _
from drafter.places import POLICY_NAME, Places, shipped
from drafter.records import DEMANDS, SITUATIONS, THREATS
from drafter.regional import Region
from drafter.workdays import Workdays, known_state, read_day_off

VERSION = 1
"""The version of company folders that this drafter reads; it rises when an older drafter would misread a folder."""

Fault = Literal["ours", "unclear", "theirs"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Company(_Table):
    """Who writes."""

    name: str = ""
    signature: str = ""
    from_address: str = ""
    own_addresses: tuple[str, ...] = ()

    def owns(self, address: str) -> bool:
        """Tell whether an address is one of ours, or of one of our domains."""
        address = address.lower()
        own = (entry.lower().lstrip("@") for entry in self.own_addresses)
        return any(address == entry or address.endswith("@" + entry) for entry in own if entry)


class Style(_Table):
    """How the drafts sound."""

    tone: str = Field("sachlich", pattern=r"^[a-z0-9_-]+$")
    register_: Literal["auto", "sie", "du"] = Field("auto", alias="register")
    register_for_ihr: Literal["sie", "du"] = "sie"
    max_words: int = Field(220, ge=40, le=2000)
    swiss_spelling: Literal["auto", "always", "never"] = "auto"


class Phone(_Table):
    """Whether and when we call (advice D3)."""

    offer_call: bool = True
    hours: str = ""


class Tolerance(_Table):
    """How much disrespect we overlook, and how the ladder climbs and falls over a conversation (advice B7)."""

    weight_agent: float = Field(1.0, ge=0)
    weight_staff: float = Field(0.5, ge=0)
    weight_company: float = Field(0.5, ge=0)
    points_mild: float = Field(1.0, ge=0)
    points_clear: float = Field(2.0, ge=0)
    points_vulgar: float = Field(3.0, ge=0)
    request_from: float = Field(2.0, gt=0)
    mirror_from: float = Field(3.0, gt=0)
    climb_from: float = Field(1.0, ge=0)
    overlook_mails: int = Field(2, ge=0, le=100)
    vulgar_asks: bool = True
    calm_days: int = Field(30, ge=0, le=3650)

    @model_validator(mode="after")
    def _in_order(self) -> Tolerance:
        if self.mirror_from < self.request_from:
            raise ValueError("mirror_from must not be smaller than request_from")
        if not self.points_mild <= self.points_clear <= self.points_vulgar:
            raise ValueError("points_mild, points_clear and points_vulgar must not fall")
        return self


class Goodwill(_Table):
    """How often and how much we oblige beyond what is owed (advice C5)."""

    per_customer: int = Field(1, ge=0, le=100)
    months: int = Field(12, ge=1, le=120)
    month_total: float = Field(0, ge=0)


class Deadlock(_Table):
    """When an exchange goes round in circles (advice A7)."""

    pause_after_rounds: int = Field(3, ge=0, le=100)


class Review(_Table):
    """When a person has to look first."""

    threats: tuple[str, ...] = ("lawyer", "violence")
    hostility: float = Field(0.97, ge=0, le=1)
    tell: str = Field("", max_length=200)

    @field_validator("threats")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _only_known(value, THREATS, "threat")


class Calendar(_Table):
    """Where we are: which days are worked, and how letters are spelled there."""

    country: Region = "DE"
    state: str = Field("", max_length=40)
    days_off: tuple[str, ...] = Field((), max_length=400)
    saturdays: bool = False

    @field_validator("state")
    @classmethod
    def _of_the_country(cls, value: str, info: ValidationInfo) -> str:
        return known_state(info.data["country"], value) if value and "country" in info.data else value

    @field_validator("days_off")
    @classmethod
    def _are_days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for day in value:
            read_day_off(day)
        return value

    @property
    def workdays(self) -> Workdays:
        """Return what counts the days."""
        return Workdays(self.country, self.state, self.days_off, self.saturdays)


class Deadlines(_Table):
    """Within how many working days we do what a reply promises without a date (advice E2, E3)."""

    answer_days: int = Field(3, ge=0, le=250)
    decision_days: int = Field(5, ge=0, le=250)
    remind_days: int = Field(1, ge=0, le=250)

    @field_validator("remind_days")
    @classmethod
    def _before_it_is_due(cls, value: int, info: ValidationInfo) -> int:
        for name in ("answer_days", "decision_days"):
            if value > info.data.get(name, value):
                raise ValueError(f"must not be greater than {name} ({info.data[name]})")
        return value


class PromiseRule(_Table):
    """What a step or an option promises: by the day in a gap, or within so many days."""

    what: str = Field(min_length=3, max_length=120)
    due: str = Field("", max_length=80)
    within: Literal["answer_days", "decision_days"] | Annotated[int, Field(ge=0, le=250)] | None = None
    calendar: bool = False

    @model_validator(mode="after")
    def _one_day(self) -> PromiseRule:
        if bool(self.due) == (self.within is not None):
            raise ValueError("a promise has either due, the name of a gap, or within, a number of days")
        return self


class OptionRule(_Table):
    """A solution to choose from; `text` is a template."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    situations: tuple[str, ...] = Field(min_length=1)
    text: str = Field(min_length=3, max_length=600)
    goodwill: bool = False
    cost: float = Field(0, ge=0)
    meets: tuple[str, ...] = ()
    fault: tuple[Fault, ...] = ("ours", "unclear", "theirs")
    from_level: int = Field(0, ge=0, le=4)
    from_attempts: int = Field(0, ge=0, le=100)
    per_customer: int = Field(0, ge=0, le=100)
    promises: PromiseRule | None = None

    @field_validator("promises")
    @classmethod
    def _names_its_gap(cls, value: PromiseRule | None, info: ValidationInfo) -> PromiseRule | None:
        if value and value.due and value.due not in info.data.get("text", value.due):
            raise ValueError(f"due: '{value.due}' is no gap of the text")
        return value

    @field_validator("situations")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _only_known(value, SITUATIONS, "situation")


class DeclineRule(_Table):
    """Something we say no to, early and with the reason (advice E6)."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    demands: tuple[str, ...] = Field(min_length=1)
    reason: str = Field(min_length=10, max_length=600)
    situations: tuple[str, ...] = ()
    fault: tuple[Fault, ...] = ("ours", "unclear", "theirs")

    @field_validator("situations")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _only_known(value, SITUATIONS, "situation")

    @field_validator("demands")
    @classmethod
    def _known_demands(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _only_known(value, DEMANDS, "demand")


class Policy(_Table):
    """All of drafter.toml."""

    version: int = VERSION
    company: Company = Company()
    style: Style = Style()
    phone: Phone = Phone()
    tolerance: Tolerance = Tolerance()
    goodwill: Goodwill = Goodwill()
    deadlock: Deadlock = Deadlock()
    review: Review = Review()
    calendar: Calendar = Calendar()
    deadlines: Deadlines = Deadlines()
    option: tuple[OptionRule, ...] = ()
    decline: tuple[DeclineRule, ...] = ()


def load_policy(places: Places) -> Policy:
    """Read the shipped policy and lay the company's over it.

    Raises:
        PolicyError: with file, line and remedy.
    """
    base_path = shipped("templates") / POLICY_NAME
    base = _read(base_path)
    if places.policy == base_path:
        return _validate(base, base_path)
    own = _read(places.policy)
    _validate(own, places.policy)  # alone first: then a fault stands at a line of this file
    return _validate(_merge(base, own), places.policy)


def altered(policy: Policy, changes: Mapping[str, Any]) -> Policy:
    """Return a policy with some keys changed, as a file of them would.

    Raises:
        PolicyError: a key is unknown or a value wrong.
    """
    try:
        return Policy.model_validate(_merge(policy.model_dump(by_alias=True), changes))
    except ValidationError as error:
        first = error.errors()[0]
        raise PolicyError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", _("Correct the value.")) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise PolicyError(f"{path}:{line[1] if line else 1}: {error}", "TOML wants key = value.") from error
    except DataError as error:
        raise PolicyError(error.message, error.remedy) from error
    version = values.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:  # said first: its keys need not be ours
        line = _line_of(read_text(path), ("version",))
        newer = _("written for version {version} of the company folder; this drafter reads version {known}")
        raise VersionError(f"{path}:{line}: " + newer.format(version=version, known=VERSION), _("Update drafter."))
    return values


def _merge(base: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        if key in ("option", "decline"):
            ours = {option["id"]: option for option in value}
            kept = [ours.pop(option["id"], option) for option in base.get(key, [])]
            merged[key] = kept + list(ours.values())
        elif isinstance(value, dict):
            merged[key] = {**base.get(key, {}), **value}
        else:
            merged[key] = value
    return merged


def _validate(values: dict[str, Any], path: Path) -> Policy:
    try:
        policy = Policy.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        remedy = "Remove the key or correct its name." if first["type"] == "extra_forbidden" else "Correct the value."
        line = _line_of(read_text(path), first["loc"])
        raise PolicyError(f"{path}:{line}: {'.'.join(place)}: {first['msg']}", remedy) from error
    for kind, ids in (("option", [o.id for o in policy.option]), ("decline", [d.id for d in policy.decline])):
        if twin := next((name for name in ids if ids.count(name) > 1), None):
            second = [index for index, name in enumerate(ids) if name == twin][1]
            line = _line_of(read_text(path), (kind, second, "id"))
            raise PolicyError(f"{path}:{line}: {kind} id '{twin}' stands twice", f"Give each {kind} its own id.")
    costs = [option.cost for option in policy.option if option.goodwill]
    if policy.goodwill.month_total and costs and min(costs) > policy.goodwill.month_total:
        line = _line_of(read_text(path), ("goodwill", "month_total"))
        raise PolicyError(
            f"{path}:{line}: goodwill.month_total: smaller than the cost of every goodwill option",
            "Raise it, lower the cost of an option, or set per_customer = 0 to offer none.",
        )
    return policy


def _line_of(text: str, place: tuple[int | str, ...]) -> int:
    """Find the line of a key: tables by their header, list items by counting headers."""
    lines = text.splitlines()
    start, wanted = 0, [part for part in place if isinstance(part, str)]
    number = next((part for part in place if isinstance(part, int)), 0)
    headers = [i for i, line in enumerate(lines) if wanted and re.match(rf"\s*\[\[?{re.escape(wanted[0])}\b", line)]
    if headers:
        start = headers[min(number, len(headers) - 1)]
    key = next(iter(wanted[1:] if headers else wanted[:1]), "")  # a key of its own stands above all tables
    for index in range(start, len(lines)):
        if key and re.match(rf"\s*{re.escape(key)}\s*=", lines[index]):
            return index + 1
    return start + 1


def _only_known(values: tuple[str, ...], known: tuple[str, ...], what: str) -> tuple[str, ...]:
    unknown = [value for value in values if value not in known]
    if unknown:
        raise ValueError(f"unknown {what} {', '.join(unknown)} (known: {', '.join(known)})")
    return values
