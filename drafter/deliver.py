"""Hand a draft over: as an .eml that opens unsent in the thread, to the clipboard, or through the editor."""

from __future__ import annotations

import re
import shutil
import subprocess
from email.message import EmailMessage
from email.policy import SMTP

from drafter.policy import Policy
from drafter.records import Draft, Mail

MAX_QUOTED_CHARACTERS = 50_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,400}>")
_ADDRESS = re.compile(r"[^@\s<>\",;:]{1,64}@[^@\s<>\",;:]{1,253}")
_CLIPBOARDS = (("wl-copy",), ("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input"), ("pbcopy",),
               ("clip.exe",))  # fmt: skip


def to_eml(mail: Mail, draft: Draft, policy: Policy) -> bytes:
    """Write the draft as a message that is a reply in the thread and is marked unsent.

    Values from the customer's mail are cut to one line and checked by shape before they become headers.
    """
    message = EmailMessage(policy=SMTP.clone(utf8=False))
    message["X-Unsent"] = "1"
    message["Subject"] = _line(draft.subject)
    sender = policy.company.from_address or mail.to
    if address := _ADDRESS.search(_line(sender)):
        message["From"] = address[0]
    if address := _ADDRESS.fullmatch(_line(mail.from_address)):
        message["To"] = address[0]
    if reply_to := _MESSAGE_ID.fullmatch(_line(mail.message_id)):
        message["In-Reply-To"] = reply_to[0]
        thread = [part for part in mail.references if _MESSAGE_ID.fullmatch(part)]
        message["References"] = " ".join(dict.fromkeys([*thread[-20:], reply_to[0]]))
    message.set_content(draft.body + _quote(mail), cte="quoted-printable")
    return message.as_bytes()


def _quote(mail: Mail) -> str:
    body = mail.body[:MAX_QUOTED_CHARACTERS].replace("\x00", "")
    return "\n" + "".join(f"> {line}".rstrip() + "\n" for line in body.splitlines())


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()[:400]


def copy_to_clipboard(text: str) -> bool:
    """Put a text on the clipboard; False where no clipboard program is at hand."""
    for command in _CLIPBOARDS:
        if shutil.which(command[0]):
            try:
                subprocess.run(command, input=text.encode(), check=True, timeout=5,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
                return True
            except (OSError, subprocess.SubprocessError):
                continue
    return False
