"""A Dovecot of Debian's package for the tests: a temporary server with TLS, run without privileges, for any user."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

PASSWORD = 'ge"heim\\ß'
MISSING = "Dovecot is missing: install Debian's package dovecot-imapd, openssl, and 'drafter[imap]'"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {ports[0]}
  }}
  inet_listener imaps {{
    port = {ports[1]}
    ssl = yes
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=all {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = .
  mailbox Entwürfe {{
    auto = create
    special_use = \\Drafts
  }}
  mailbox Projekte {{
    auto = create
  }}
  mailbox Projekte.Büro {{
    auto = create
  }}
}}
"""


class Server(NamedTuple):
    """Where it listens; `ca_file` says whom to trust."""

    plain: int
    tls: int
    ca_file: Path
    log: Path


def programs() -> bool:
    """Tell whether what is needed is there."""
    return bool(shutil.which("dovecot") and shutil.which("openssl"))


@contextmanager
def server() -> Iterator[Server]:
    """Start a server in a folder of its own and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="drafter-imap-", dir="/tmp"))  # a socket path must be short
    try:
        for name in ("run", "state", "mail", "home"):
            (folder / name).mkdir()
        _certify(folder)
        ports = _free_ports()
        (folder / "users").write_text(f"all:{PASSWORD}\n", encoding="utf-8")
        uid, gid, user, group = _somebody()
        config = folder / "dovecot.conf"
        config.write_text(
            CONFIG.format(folder=folder, ports=ports, uid=uid, gid=gid, user=user, group=group), encoding="utf-8"
        )
        for path in (folder, *folder.rglob("*")):
            os.chown(path, uid, gid)
        process = subprocess.Popen(
            [*_as(uid, gid), "dovecot", "-F", "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        try:
            _wait(ports[1], process, folder / "log")
            yield Server(*ports, folder / "ca.pem", folder / "log")
        finally:
            process.terminate()
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _certify(folder: Path) -> None:
    """Make an authority and a certificate of it for this machine."""
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=drafter tests",
             "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    _openssl(folder, "req", *key, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost")
    (folder / "extensions").write_text(
        "subjectAltName=DNS:localhost\nauthorityKeyIdentifier=keyid\nbasicConstraints=CA:FALSE\n"
    )
    _openssl(folder, "x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
             "-extfile", "extensions", "-out", "cert.pem")  # fmt: skip


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder, timeout=60)


def _free_ports() -> list[int]:
    with socket.socket() as one, socket.socket() as other:
        for free in (one, other):
            free.bind(("127.0.0.1", 0))
        return [one.getsockname()[1], other.getsockname()[1]]


def _somebody() -> tuple[int, int, str, str]:
    """Return whom it runs as: ourselves, but for root somebody without privileges."""
    import pwd

    entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwnam(getpass.getuser())
    return entry.pw_uid, entry.pw_gid, entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name


def _as(uid: int, gid: int) -> list[str]:
    return ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"] if os.geteuid() == 0 else []


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError(f"dovecot did not start: {log.read_text() if log.exists() else ''}")
