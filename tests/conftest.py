"""What every test shares: one loaded kit, English messages, no company folder or history of the machine."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from hypothesis import settings

settings.register_profile("steady", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
"""The same examples in every run; `HYPOTHESIS_PROFILE=default` looks for others."""

HERE = Path(__file__).parent
CASES = HERE / "cases"
MAILS = HERE / "mails"


def read_cases(name: str) -> list[dict]:
    """Read tests/cases/<name>.yaml."""
    return yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))


def pytest_configure(config: pytest.Config) -> None:
    """Caches of the tests lie apart from those of the user, and Ctrl-C is heard."""
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="drafter-test-cache-")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # of a shell's background: programs started here heed Ctrl-C
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from what the code gives now")
    parser.addoption("--update-floors", action="store_true", help="raise tests/gold/floors.json to the figures of now")


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Messages come in English, and no setting of the machine reaches a test."""
    monkeypatch.setenv("DRAFTER_LANG", "en")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("DRAFTER_HOME", "DRAFTER_HISTORY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def kit():
    """Everything loaded once, with the pipeline of DRAFTER_TEST_MODEL where one is named."""
    from drafter.drafting import load

    return load(model=os.environ.get("DRAFTER_TEST_MODEL"))


@pytest.fixture(scope="session")
def remembering_kit(kit):
    """The kit that analyses every mail once: for tests that draft the same mails in many ways."""
    from drafter.drafting import Kit

    found: dict[object, object] = {}

    class RememberingKit(Kit):
        def analyze(self, mail):
            key = (mail.id, mail.body) if not isinstance(mail, str) else mail
            if key not in found:
                found[key] = super().analyze(mail)
            return found[key]

    return RememberingKit(**{field.name: getattr(kit, field.name) for field in fields(kit)})


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL of our own; where it must not be missing (DRAFTER_TEST_POSTGRES), its absence fails."""
    import postgres

    folder = postgres.programs()
    try:
        import psycopg  # noqa: F401
    except ImportError:
        folder = None
    if folder is None:
        (pytest.fail if os.environ.get("DRAFTER_TEST_POSTGRES") else pytest.skip)(postgres.MISSING)
    with postgres.cluster(folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def history_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty history: a file, then a database on a server."""
    if request.param == "sqlite":
        return str(tmp_path / "new" / "history.sqlite")
    url = request.getfixturevalue("postgres")
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return url
