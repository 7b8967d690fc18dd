"""Write a draft as an .eml that opens unsent in the thread, and read back what was written.

Date and Message-ID stay out, for the program that sends the mail sets both: a draft that had them would be sent with a
stale date, and sent twice under one id. Without them the same mail also gives the same bytes. X-Unsent opens the file
for writing in Outlook; mail programs that do not know it show it, and edit it as new. Lines are not wrapped: what is
quoted-printable may be long, and every program wraps it to its window.
"""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_qp
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import NamedTuple

from drafter.errors import DeliveryError
from drafter.headerlines import address_header, first_address, id_header, one_line, text_header, valid_ids
from drafter.messages import _
from drafter.policy import Company, Policy
from drafter.quoting import attribution, clean_text, quoted_lines
from drafter.records import Draft, Mail
from drafter.replypage import reply_page

MAX_REFERENCES = 20

_SIGNATURE_MARK = re.compile(r"^-- ?$", re.MULTILINE)


class Contents(NamedTuple):
    """What has to arrive: read from the bytes of a message."""

    subject: str
    in_reply_to: str
    references: tuple[str, ...]
    to: str
    text: str


def to_eml(mail: Mail, draft: Draft, policy: Policy) -> bytes:
    """Write the draft as a message that is a reply in the thread and is marked unsent.

    Values from the customer's mail are cut to one line and checked by shape before they become headers.

    Raises:
        DeliveryError: what was written reads otherwise.
    """
    quoted, intro = quoted_lines(mail), attribution(mail, policy.calendar.country)
    own = _own_text(draft, bool(quoted))
    below = _below(quoted)
    text = f"{own}\n\n{intro}\n\n{below}" if quoted else f"{own}\n"
    page = reply_page(one_line(draft.subject), own, intro, quoted) if mail.was_html else ""
    data = (_head(mail, draft, policy) + _content(text, page)).encode()
    _compare(data, mail, draft, (own, below))
    return data


def verify_eml(data: bytes, mail: Mail, draft: Draft) -> None:
    """Read a message back: subject, thread and text must be those of the draft.

    The parser is the standard library's; of its policies the oldest, which is twenty times faster than the newest.

    Raises:
        DeliveryError: they are not.
    """
    quoted = quoted_lines(mail)
    _compare(data, mail, draft, (_own_text(draft, bool(quoted)), _below(quoted)))


def _compare(data: bytes, mail: Mail, draft: Draft, text: tuple[str, str]) -> None:
    """Compare with what was meant; the text by its beginning and its end, with only who wrote when between."""
    found = read_contents(data)
    right = {
        "Subject": found.subject == one_line(draft.subject),
        "In-Reply-To": found.in_reply_to == "".join(valid_ids([mail.message_id])),
        "References": found.references == _references(mail),
        "text": found.text.startswith(f"{text[0]}\n") and found.text.endswith(text[1]),
    }
    if wrong := ", ".join(name for name, is_right in right.items() if not is_right):
        raise DeliveryError(_("a draft reads otherwise than it was written: {what}").format(what=wrong))


def read_contents(data: bytes) -> Contents:
    """Read what a message of ours holds, or what a server made of it."""
    message = BytesParser(policy=compat32).parsebytes(data)
    text = next((part for part in message.walk() if part.get_content_type() == "text/plain"), None)
    return Contents(
        subject=_header(message, "Subject"),
        in_reply_to=_header(message, "In-Reply-To"),
        references=tuple(_header(message, "References").split()),
        to=_header(message, "To"),
        text=_payload(text) if text else "",
    )


def _payload(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(content, bytes) else ""


def _header(message: Message, name: str) -> str:
    value = str(message.get(name, ""))
    unfolded = re.sub(r"\r?\n[ \t]", " ", value)
    try:
        return str(make_header(decode_header(unfolded))) if "=?" in unfolded else unfolded
    except (HeaderParseError, LookupError, ValueError):
        return unfolded


def _head(mail: Mail, draft: Draft, policy: Policy) -> str:
    return "".join([
        "X-Unsent: 1\r\n",
        address_header("From", *_sender(mail, policy.company)),
        address_header("To", *_recipient(mail, policy.company)),
        text_header("Subject", draft.subject),
        id_header("In-Reply-To", valid_ids([mail.message_id])),
        id_header("References", _references(mail)),
        "MIME-Version: 1.0\r\n",
    ])  # fmt: skip


def _sender(mail: Mail, company: Company) -> tuple[str, str]:
    """Return who answers: as the policy says, else the address of ours to which the customer wrote."""
    if company.from_address:
        return first_address(company.from_address)
    own = first_address(mail.to, company.owns)
    return own if own[1] else first_address(mail.to)


def _recipient(mail: Mail, company: Company) -> tuple[str, str]:
    """Return whom to answer: where the customer wants it, unless that is ourselves, else himself."""
    wanted = first_address(mail.headers.get("reply-to", ""), lambda address: not company.owns(address))
    return wanted if wanted[1] else (mail.from_name, mail.from_address)


def _references(mail: Mail) -> tuple[str, ...]:
    """Return the thread (RFC 5322, 3.6.4): its first and its last ids where there are too many."""
    if not (parent := valid_ids([mail.message_id])):
        return ()
    thread = valid_ids([*(mail.references or [mail.in_reply_to]), *parent])
    thread = [one for one in thread if one != parent[0]] + parent
    return tuple(thread if len(thread) <= MAX_REFERENCES else thread[:1] + thread[1 - MAX_REFERENCES :])


def _own_text(draft: Draft, has_quote: bool) -> str:
    """Return the draft as text; mail programs hide what stands below a mark of the signature, so no quote may."""
    text = clean_text(draft.body).strip("\n")
    return _SIGNATURE_MARK.sub("", text) if has_quote else text


def _below(quoted: list[str]) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in quoted)


def _content(text: str, page: str) -> str:
    """Return the text, and where there is a page, both as alternatives; the boundary depends on them alone."""
    if not page:
        return _part("plain", text)
    boundary = f"=_{hashlib.blake2b((text + page).encode(), digest_size=16).hexdigest()}"  # no text has =_ when encoded
    parts = [f"--{boundary}\r\n{_part(kind, content)}\r\n" for kind, content in (("plain", text), ("html", page))]
    head = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    return head + "".join(parts) + f"--{boundary}--\r\n"


def _part(kind: str, text: str) -> str:
    encoded = b2a_qp(text.replace("\n", "\r\n").encode()).decode("ascii")
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{encoded}"
