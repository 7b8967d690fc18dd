"""A PostgreSQL of Debian's package for the tests: a temporary cluster, run without privileges, reached by a socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "drafter"
MISSING = "PostgreSQL is missing: install Debian's package postgresql and 'drafter[postgresql]'"


def programs() -> Path | None:
    """Return the folder of initdb: Debian's of the newest version, else what PATH finds."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def cluster(bin_folder: Path) -> Iterator[str]:
    """Start a cluster in a folder of its own and stop it at the end; gives the URL of its database."""
    folder = Path(tempfile.mkdtemp(prefix="drafter-pg-", dir="/tmp"))  # a socket path must be short
    try:
        for path in (folder, folder / "socket"):
            path.mkdir(exist_ok=True)
            _give_away(path)
        data = folder / "data"
        _run(bin_folder / "initdb", "-D", data, "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync", "--locale=C")
        options = f"-k {folder}/socket -c listen_addresses='' -c fsync=off -c max_connections=30"
        _run(bin_folder / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql://{USER}@/postgres?host={folder}/socket"
        finally:
            _run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: Path, *arguments: object) -> None:
    """Run a program of PostgreSQL; it refuses root, so root runs it as somebody without privileges."""
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:
        user, group = _nobody()
        command = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", *command]
    subprocess.run(command, check=True, capture_output=True, text=True, cwd="/", timeout=60)


def _give_away(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, *_nobody())


def _nobody() -> tuple[int, int]:
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    return 65534, 65534
