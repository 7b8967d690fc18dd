"""Tell mails that wait for no answer (out of office, bounce, newsletter, receipt) and the language of a mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from drafter.analysis.language import LanguageGuesser
from drafter.analysis.wordpatterns import PatternSet, read_patterns, words_of
from drafter.data import Block, read_rules
from drafter.headers import parse_address
from drafter.memory import Memory
from drafter.places import Places
from drafter.records import Mail

_FIELDS = ("header", "from", "subject", "body")
_BODY_CHARACTERS = 1200
"""An automatic answer says so at once; a complaint may mention one further down."""

_ENOUGH_HINTS = 2
_MOST_SENDERS = 4096
_AUTOMATIC = "auto-submitted"


class MailKindDetector:
    """Judges mails by the rules of `auto_replies.yaml` and the words of `languages.tsv`."""

    def __init__(self, rules: dict[str, Block], patterns: dict[str, PatternSet], languages: LanguageGuesser) -> None:
        self._rules = rules
        self._patterns = patterns
        self._languages = languages
        self._senders: Memory[str, tuple[Block, ...]] = Memory(_MOST_SENDERS)

    @classmethod
    def load(cls, places: Places) -> MailKindDetector:
        """Read rules and words.

        Raises:
            DataError: one of the files is wrong.
        """
        path = places.file("rules", "auto_replies.yaml")
        blocks = read_rules(path, {"id", "field", "reason", "patterns"}, {"sure", "hit", "miss"})
        patterns = {field: read_patterns(block for block in blocks if block["field"] == field) for field in _FIELDS}
        return cls({block["id"]: block for block in blocks}, patterns, LanguageGuesser.load(places))

    def language(self, text: str) -> str:
        """Return the ISO 639-1 code of a text's language, or "und"."""
        return self._languages.guess(text)

    def auto_reply(self, mail: Mail) -> str:
        """Return why nobody waits for an answer to the mail, or "" where somebody does."""
        hints: dict[str, set[str]] = defaultdict(set)
        for rule in self._matches(mail):
            if rule.get("sure"):
                return str(rule["reason"])
            hints[rule["reason"]].add(rule["id"])
        if self.form_sender(mail.from_address, mail.headers.get("reply-to", "")):
            hints.pop(_AUTOMATIC, None)
        return next((reason for reason, rules in hints.items() if len(rules) >= _ENOUGH_HINTS), "")

    def is_no_reply(self, address: str) -> bool:
        """Tell whether nobody reads what is sent to an address."""
        return any(rule["reason"] == _AUTOMATIC for rule in self._of_sender(address))

    def form_sender(self, address: str, reply_to: str) -> str:
        """Return the customer who filled in the web form behind a no-reply address: answers go to him, elsewhere."""
        customer = parse_address(reply_to)[1] if reply_to else ""
        elsewhere = customer.rpartition("@")[2].lower() != address.rpartition("@")[2].lower()
        return customer if customer and elsewhere and not self.is_no_reply(customer) else ""

    def _matches(self, mail: Mail) -> Iterable[Block]:
        """Yield the rules that match, by field; the sender first, for bounces call themselves automatic too."""
        yield from self._of_sender(mail.from_address)
        for name, value in mail.headers.items():
            yield from self._found("header", f"{name}: {value}", 0)
        yield from self._found("subject", mail.subject, 0)
        yield from self._found("body", mail.body[:_BODY_CHARACTERS])

    def _of_sender(self, address: str) -> tuple[Block, ...]:
        found = self._senders.get(address)
        return self._senders.keep(address, tuple(self._found("from", address))) if found is None else found

    def _found(self, field: str, text: str, latest: int | None = None) -> Iterable[Block]:
        """Yield the rules of a field that match, no later than the word `latest`."""
        for name, (first, _) in self._patterns[field].find(words_of(text[: _BODY_CHARACTERS * 2])):
            if latest is None or first <= latest:
                yield self._rules[name]
