"""Write an mbox of realistic mails for the benchmarks: sentences of the sample mails, mixed and altered.

Numbers are drawn anew, nouns are exchanged for others of their gender and letters are transposed now and then, so that
most sentences come once only, as in a real inbox. The same seed writes the same mails.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from drafter.data import read_table
from drafter.places import Places
from drafter.samples import load_samples

BEGIN = datetime(2026, 5, 4, 6, tzinfo=UTC)
TYPO_SHARE = 0.02
"""So many of the words have two letters transposed."""

_WORD = re.compile(r"\w+|\W+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def write_mailbox(path: Path, count: int, words: int = 100, seed: int = 1) -> None:
    """Write `count` mails of about so many words each as an mbox."""
    with path.open("wb") as stream:
        for raw in mails(count, words, seed):
            stream.write(b"From MAILER Mon May  4 09:12:00 2026\n")
            stream.write(re.sub(rb"^(>*From )", rb">\1", raw, flags=re.MULTILINE) + b"\n\n")


def mails(count: int, words: int = 100, seed: int = 1) -> Iterator[bytes]:
    """Yield raw mails, each from another customer; every fifth is HTML, some quote what went before."""
    dice = random.Random(seed)
    samples = [sample.mail for sample in load_samples(Places()) if sample.mail.body.strip()]
    sentences = [part for mail in samples for block in mail.body.split("\n\n")[1:-1] for part in _sentences(block)]
    nouns = _nouns()
    for number in range(count):
        sample = dice.choice(samples)
        greeting, signature = sample.body.split("\n\n")[0], sample.body.split("\n\n")[-1]
        body = "\n\n".join([greeting, _text(dice, sentences, nouns, words), signature])
        yield _message(dice, number, sample.subject, body)


def _sentences(block: str) -> list[str]:
    return [part for part in _SENTENCE.split(" ".join(block.split())) if part]


def _text(dice: random.Random, sentences: Sequence[str], nouns: dict[str, list[str]], words: int) -> str:
    parts, length = [], 0
    while length < words:
        parts.append(_altered(dice, dice.choice(sentences), nouns))
        length += len(parts[-1].split())
    third = max(1, len(parts) // 3)
    return "\n\n".join(" ".join(parts[start : start + third]) for start in range(0, len(parts), third))


def _altered(dice: random.Random, sentence: str, nouns: dict[str, list[str]]) -> str:
    return "".join(_other(dice, word, nouns) for word in _WORD.findall(sentence))


def _other(dice: random.Random, word: str, nouns: dict[str, list[str]]) -> str:
    if word.isdigit():
        return "".join(str(dice.randrange(1, 10)) for _ in word)
    if word in nouns:
        return dice.choice(nouns[word])
    if len(word) > 4 and word.isalpha() and dice.random() < TYPO_SHARE:
        place = dice.randrange(1, len(word) - 2)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word


def _nouns() -> dict[str, list[str]]:
    """Return for each known noun all those of its gender."""
    by_gender: dict[str, list[str]] = {}
    for row, _where in read_table(Places().file("templates", "nouns.tsv"), ("noun", "gender")):
        by_gender.setdefault(row["gender"], []).append(row["noun"])
    return {noun: group for group in by_gender.values() for noun in group}


def _message(dice: random.Random, number: int, subject: str, body: str) -> bytes:
    when = format_datetime(BEGIN + timedelta(seconds=40 * number))
    message = EmailMessage(policy=SMTP)
    message["Received"] = (
        f"from mx{number % 7}.example.net by mail.shop.example with ESMTPS id {dice.getrandbits(64):x}; {when}"
    )
    message["From"] = f"Kunde {number} <k{number}@example.org>"
    message["To"] = "service@shop.example"
    message["Subject"] = f"{subject} {dice.randrange(10_000, 99_999)}"
    message["Date"] = when
    message["Message-ID"] = f"<{number}.{dice.getrandbits(64):x}@mail.example.org>"
    if dice.random() < 0.2:
        message["In-Reply-To"] = f"<{dice.getrandbits(64):x}@shop.example>"
        body += f"\n\nAm {BEGIN:%d.%m.%Y} um 09:12 schrieb Service <service@shop.example>:\n> " + body[:300].replace(
            "\n", "\n> "
        )
    message.set_content(body, cte=dice.choice(("8bit", "quoted-printable", "base64")))
    if number % 5 == 0:
        message.add_alternative(
            "<html><body><p>" + body.replace("\n\n", "</p><p>") + "</p></body></html>", subtype="html"
        )
    return message.as_bytes()
