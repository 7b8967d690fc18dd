"""A real browser for the tests: Debian's chromium, driven by Playwright, without any network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

WANTED = "DRAFTER_TEST_BROWSER"
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync")  # fmt: skip


@contextmanager
def browser() -> Iterator[Any]:
    """Start the browser; where there is none the test is skipped, or fails if one is wanted."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if not program:
        missing = pytest.fail if os.environ.get(WANTED) else pytest.skip
        missing("chromium or the package playwright is missing")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(_QUIET))
        yield started
        started.close()
