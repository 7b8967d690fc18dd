"""The words of inbox.yaml: where mails lie, tickets in subjects, subjects that name no matter, web forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from drafter.data import Block, read_rules
from drafter.headers import MAX_FIELD, addresses
from drafter.places import Places
from drafter.wording import Words

FIELDS = ("place", "ticket", "tag", "forward", "empty", "form", "robot")
PLACES = ("spam", "trash", "draft", "chat", "sent", "answered")
"""What a place says, the weightiest first: a mail that lies in two of them is what the first says."""

_COPY = re.compile(r"-\d{1,3}$")
_SEPARATOR = re.compile(r"[/\\]")
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
_MAX_LINES = 400


@dataclass(frozen=True)
class InboxRules:
    """The rules, ready to be asked."""

    places: dict[str, str]  # folded name → what it says
    tickets: tuple[tuple[re.Pattern[str], int], ...]  # pattern, shortest number that stands for itself
    prefix: re.Pattern[str]  # all prefixes and tags at the beginning of a subject
    forward: re.Pattern[str]
    empty: frozenset[str]
    form: re.Pattern[str]
    robots: frozenset[str]

    def place(self, names: tuple[str, ...]) -> set[str]:
        """Return what labels, flags and folders say about a mail."""
        return {self.places[part] for name in names for part in _parts(name) if part in self.places}

    def ticket(self, subject: str) -> tuple[str, bool]:
        """Return the ticket that a subject names, and whether it stands for itself, whoever writes."""
        for pattern, least in self.tickets:
            if match := pattern.search(subject):
                number = match[match.lastindex or 0].upper()
                return number, len(number) >= least
        return "", False

    def bare(self, subject: str) -> str:
        """Return a subject without prefixes, tags and tickets, folded; empty where it names no matter."""
        rest = self._without_prefix(subject)
        for pattern, _ in self.tickets:
            if pattern.search(rest):
                rest = self._without_prefix(pattern.sub(" ", rest).lstrip(" []()#"))
        words = _WORD.findall(unicodedata.normalize("NFC", rest).casefold())
        return "" if all(word in self.empty for word in words) else " ".join(words)

    def _without_prefix(self, subject: str) -> str:
        prefix = self.prefix.match(subject)
        return subject[prefix.end() :] if prefix else subject

    def is_forward(self, subject: str) -> bool:
        """Tell whether a subject says that the mail was handed on."""
        return bool(self.forward.match(subject))

    def robot(self, address: str) -> bool:
        """Tell whether an address is named like one under which web forms write."""
        return bool(self.robots.intersection(_LETTERS.findall(_fold(address.partition("@")[0]))))

    def form_address(self, text: str) -> str:
        """Return the customer's address in the text of a web form, "" where there is none."""
        for line in text.split("\n", _MAX_LINES)[:_MAX_LINES]:
            if self.form.match(line[:MAX_FIELD]) and (found := addresses(line[:MAX_FIELD])):
                return found[0]
        return ""


@lru_cache(maxsize=1024)
def _parts(name: str) -> tuple[str, ...]:
    """Return the folded names in a path of folders, of Maildir++ too; a number behind a name says that it is a copy."""
    parts = [part.strip() for part in _SEPARATOR.split(unicodedata.normalize("NFC", name[:MAX_FIELD]).casefold())]
    parts += [piece for part in parts if part.startswith((".", "inbox.")) for piece in part.split(".")]
    return tuple(_COPY.sub("", part) for part in parts if part)


def load_rules(places: Places) -> InboxRules:
    """Read inbox.yaml and the prefixes of subjects in words.yaml.

    Raises:
        DataError: a field, a pattern or an example is wrong.
    """
    blocks = read_rules(
        places.file("rules", "inbox.yaml"), {"id", "field", "hit", "miss"}, {"reason", "words", "pattern", "least"}
    )
    for block in blocks:
        _check(block)
    answers = Words.load(places).tables["subject"]["known"]
    rules = InboxRules(
        places={_fold(word): block["reason"] for block in _of(blocks, "place") for word in block.texts("words")},
        tickets=tuple((_pattern(block), int(block.get("least", 0))) for block in _of(blocks, "ticket")),
        prefix=_prefix([*answers, *_words(blocks, "forward")], _of(blocks, "tag")),
        forward=_prefix(_words(blocks, "forward"), []),
        empty=frozenset(_fold(word) for word in _words(blocks, "empty")),
        robots=frozenset(_fold(word) for word in _words(blocks, "robot")),
        form=re.compile(rf"[\s>*_-]{{0,9}}(?:{_choice(_words(blocks, 'form'))})[\s*_]{{0,9}}[:=]", re.IGNORECASE),
    )
    _try_examples(rules, blocks)
    return rules


def tester(rules: InboxRules, block: Block) -> Callable[[str], bool]:
    """Return how an example of a rule is tried."""
    if block["field"] == "place":
        return lambda text: block["reason"] in rules.place((text,))
    if block["field"] in ("ticket", "tag"):
        pattern = _pattern(block)
        return lambda text: bool(pattern.search(text))
    if block["field"] == "forward":
        return rules.is_forward
    if block["field"] == "robot":
        return rules.robot
    if block["field"] == "empty":
        return lambda text: not rules.bare(text)
    return lambda text: bool(rules.form_address(text))


def _check(block: Block) -> None:
    if block["field"] not in FIELDS:
        raise block.where.error(f"unknown field '{block['field']}'", f"Known: {', '.join(FIELDS)}.")
    if block["field"] == "place" and block.get("reason") not in PLACES:
        raise block.where.error(f"unknown reason '{block.get('reason')}'", f"Known: {', '.join(PLACES)}.")
    needed = "pattern" if block["field"] in ("ticket", "tag") else "words"
    if not block.get(needed):
        raise block.where.error(f"missing field {needed}")
    if not isinstance(block.get("least", 0), int):
        raise block.where.error("'least' must be a number")


def _try_examples(rules: InboxRules, blocks: list[Block]) -> None:
    for block in blocks:
        finds = tester(rules, block)
        for name in ("hit", "miss"):
            for text in block.texts(name):
                if finds(text) != (name == "hit"):
                    raise block.where.error(f"the {name} example '{text}' of '{block['id']}' is none")


def _of(blocks: list[Block], field: str) -> list[Block]:
    return [block for block in blocks if block["field"] == field]


def _words(blocks: list[Block], field: str) -> list[str]:
    return [word for block in _of(blocks, field) for word in block.texts("words")]


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


def _pattern(block: Block) -> re.Pattern[str]:
    try:
        return re.compile(block["pattern"])
    except (re.error, TypeError) as error:
        raise block.where.error(f"not a regular expression: {error}") from error


def _prefix(words: list[str], tags: list[Block]) -> re.Pattern[str]:
    tag = "|".join(_pattern(block).pattern.removeprefix("(?i)") for block in tags)
    more = rf"|(?:{tag})" if tag else ""
    return re.compile(rf"(?:\s*(?:(?:{_choice(words)})\s*(?:[\[(]\d+[\])])?\s*:{more}))+\s*", re.IGNORECASE)


def _choice(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
