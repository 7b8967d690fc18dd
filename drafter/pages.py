"""Pages for people: HTML from templates/pages/, escaped throughout, and nothing is fetched from anywhere."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from drafter.messages import _, language
from drafter.places import shipped


def page(name: str, **values: Any) -> str:
    """Render a page template; mails and drafts are values, never templates."""
    return _environment().get_template(name).render(**values, language=_locale())


def source_hash(text: str) -> str:
    """Return by what a Content-Security-Policy allows exactly this inline script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def read_page_file(name: str) -> str:
    """Return a file of templates/pages/ as it is: a script or a style sheet to be put into a page."""
    return (shipped("templates") / "pages" / name).read_text(encoding="utf-8")


def _locale() -> str:
    """Return the language in which pages are written: there are two."""
    return "de" if language() == "de" else "en"


def _day(iso: str) -> str:
    """Write the day of an ISO date as people do."""
    return format_date(date.fromisoformat(iso[:10]), "medium", locale=_locale())


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(shipped("templates") / "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["_"] = _
    environment.filters["day"] = _day
    return environment
