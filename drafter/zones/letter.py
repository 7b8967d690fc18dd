"""Find greeting, sign-off, postscript and footer in a run of the customer's own lines."""

from __future__ import annotations

import itertools
import re

from drafter.zones.lines import Line
from drafter.zones.names import name_evidence
from drafter.zones.rules import ZoneRules

MAX_GREETING = 90
MAX_GREETING_LINES = 3
MAX_LETTERHEAD_LINES = 10
MAX_ADDRESSEE_WORDS = 9
MAX_SIGNATURE_LINE = 75
MAX_SIGNATURE_WORDS = 8
MAX_SIGNATURE_BLOCK = 40
MAX_CLOSING_REST = 60
MAX_CLOSING_WORDS = 7
MAX_BARE_TAIL = 4
"""So many lines may follow a bare name: place, customer number, telephone."""

_MARK = re.compile(r"--")
_TERMINATOR = re.compile(r"\s*(?:[,!.:;…]+|[–—]|\s-\s)+\s*")
_SENTENCE_END = re.compile(r"[^\W\d_]{3,}[)\"“”]?[.!…]+$|[?!]$")
_STOP = re.compile(r"[.!?…:)\"“”»]$")
_BULLET = re.compile(r"[-*•–+]\s|\d{1,2}[.)]\s")
_LAST_STOP = re.compile(r"[.!?…)][)\"“”]?\s+(?=[^.!?…]{2,60}$)")


class Letter:
    """One run of own lines; finding fills in their kinds."""

    def __init__(self, lines: list[Line], rules: ZoneRules, sender: frozenset[str], alone: bool) -> None:
        self.lines = lines
        self.rules = rules
        self.sender = sender
        self.alone = alone  # no other own run in the mail: short last lines may be names

    def label(self, with_greeting: bool) -> None:
        """Give every line a kind."""
        first = self._banner()
        if with_greeting:
            first = self._greeting(first)
        self._rest(first)
        if not any(line.kind == "signoff" for line in self.lines):
            self._bare_signature(first)
        if not any(line.kind == "signoff" for line in self.lines):
            self._inline_signature(first)

    # ---- the beginning ----

    def _banner(self) -> int:
        """Label the warnings of a mail gateway on top; return the index of the first line that is open."""
        first = self._filled(0)
        while first < len(self.lines) and self.rules.match("banner", self.lines[first].text):
            while first < len(self.lines) and not self.lines[first].blank:
                self.lines[first].kind = "disclaimer"
                first += 1
            first = self._filled(first)
        return first

    def _greeting(self, first: int) -> int:
        """Label the greeting; return the index of the first line after it."""
        index = first
        for _ in range(MAX_GREETING_LINES):
            index = self._filled(index)
            if index >= len(self.lines):
                break
            line = self.lines[index]
            length = self._greeting_length(line.text)
            if not length:
                break
            line.kind = "greeting"
            if length < len(line.text):
                line.cuts.append((line.text_start + length, "body"))
                return index + 1
            index += 1
        if index == first:
            return self._greeting_below_letterhead(first)
        return index

    def _greeting_below_letterhead(self, first: int) -> int:
        """Find a greeting that stands below sender, date and subject lines, as in a typed letter."""
        seen = 0
        for index in range(first + 1, len(self.lines)):
            line = self.lines[index]
            seen += not line.blank
            if seen > MAX_LETTERHEAD_LINES or len(line.text) > MAX_GREETING:
                return first
            whole = self.lines[index - 1].blank and self._greeting_length(line.text) == len(line.text) > 0
            if whole and self.rules.match("address", line.text):
                for above in self.lines[:index]:
                    above.kind = above.kind or "body"
                line.kind = "greeting"
                return index + 1
        return first

    def _greeting_length(self, text: str) -> int:
        """Return how many characters of a line are greetings; two people may be greeted in a row."""
        length = 0
        for _ in range(MAX_GREETING_LINES):
            more = self._one_greeting(text[length:])
            length += more
            if not more or length >= len(text):
                break
        return length

    def _one_greeting(self, text: str) -> int:
        if self.rules.match("vocative", text):
            return len(text)
        salutation = self.rules.match("salutation", text)
        opening = salutation or self.rules.match("address", text)
        if not opening:
            return 0
        rest = text[opening.end() :]
        stop = self._first_stop(rest)
        addressee = rest[: stop.start()] if stop else rest
        words = addressee.split()
        if not salutation and not words:
            return 0
        fits = len(words) <= MAX_ADDRESSEE_WORDS and (stop is not None or len(text) <= MAX_GREETING)
        if fits and not self.rules.match("not_addressee", addressee):
            return opening.end() + (stop.end() if stop else len(rest))
        certain = self.rules.patterns["addressee"].match(rest)
        if certain:
            return opening.end() + certain.end() + _gap(rest[certain.end() :])
        return opening.end() + _gap(rest) if salutation else 0

    def _first_stop(self, rest: str) -> re.Match[str] | None:
        """Find the mark that ends the addressee; the stop of an abbreviated title does not."""
        for stop in itertools.islice(_TERMINATOR.finditer(rest), 5):
            word = rest[: stop.start() + 1].rsplit(None, 1)[-1:]
            abbreviated = bool(word) and word[0].endswith(".")
            if not (abbreviated and (len(word[0]) <= 3 or self.rules.match("name_title", word[0] + " "))):
                return stop
        return None

    # ---- body and end ----

    def _rest(self, first: int) -> None:
        state = "body"
        for index in range(first, len(self.lines)):
            line = self.lines[index]
            if line.kind:
                state = state if state == "footer" else line.last_kind
            elif line.blank:
                line.kind = state = "body" if state == "disclaimer-paragraph" else state
            else:
                above, state = state, self._next_state(index, state)
                line.kind = state.partition("-")[0]
                if state == "footer-line":
                    state = above if above in ("signoff", "postscript") else "body"
                elif state == "signoff-mark":
                    state = "footer"

    def _next_state(self, index: int, state: str) -> str:
        """Return the state on a filled line, given the state above it."""
        text = self.lines[index].text
        if self.rules.match("footer", text):
            return "footer-line"
        if state == "disclaimer":
            return state
        if self.rules.match("disclaimer", text):
            return "disclaimer-paragraph" if state == "body" else "disclaimer"
        if self.rules.match("postscript", text) and (state != "body" or ":" in text[:8] or "." in text[:4]):
            return "postscript"
        if state in ("footer", "disclaimer-paragraph"):
            return state
        if _MARK.fullmatch(text) and self._signature_below(index):
            return self._signature_mark(index)
        if state == "signoff" and self.rules.match("legal", text):
            return "footer"
        if self._closes(index):
            return "signoff"
        if state == "signoff":
            return state if self._signs(text) else "body"
        return state

    def _closes(self, index: int) -> bool:
        """Whether a closing formula stands on the line, and nothing but a name or place behind it."""
        text = self.lines[index].text
        closing = self.rules.match("closing", text)
        farewell = None if closing else self.rules.match("farewell", text)
        formula = closing or farewell
        if not formula:
            return False
        rest = text[formula.end() :].strip(" \t,.!;:–-")
        if (
            len(rest) > MAX_CLOSING_REST
            or len(rest.split()) > MAX_CLOSING_WORDS
            or self.rules.match("not_closing", rest)
        ):
            return False
        following = self._next_filled_text(index + 1)
        ends = not following or self._signs(following) or self._is_after_signature(following)
        if farewell:
            return not following or name_evidence(following, self.sender, self.rules) > 0 or self._closing_next(index)
        return ends or (not rest or name_evidence(rest, self.sender, self.rules) > 1)

    def _closing_next(self, index: int) -> bool:
        following = self._next_filled_text(index + 1)
        return bool(self.rules.match("closing", following) or self._is_after_signature(following))

    def _is_after_signature(self, text: str) -> bool:
        """Whether a line of a kind follows that only stands below a signature."""
        kinds = ("footer", "postscript", "disclaimer", "legal")
        return bool(_MARK.fullmatch(text)) or any(self.rules.match(kind, text) for kind in kinds)

    def _signs(self, text: str) -> bool:
        """Whether a line can belong to a signature: name, office, address, customer number."""
        if len(text) > MAX_SIGNATURE_LINE or len(text.split()) > MAX_SIGNATURE_WORDS:
            return bool(self.rules.match("contact", text)) and len(text) < 2 * MAX_SIGNATURE_LINE
        if self.rules.match("contact", text):
            return not text.endswith("?")
        if _BULLET.match(text) or self.rules.match("not_closing", text):
            return False
        return not _SENTENCE_END.search(text) or name_evidence(text, self.sender, self.rules) > 1

    def _signature_below(self, index: int) -> bool:
        """Whether the lines below a "-- " are a signature block, not prose."""
        below = [line.text for line in self.lines[index + 1 : index + MAX_SIGNATURE_BLOCK] if not line.blank]
        if any(self.rules.match("closing", text) for text in below):
            return False
        signing = sum(self._signs(text) or self._is_after_signature(text) for text in below)
        return bool(below) and signing >= 0.6 * len(below)

    def _signature_mark(self, index: int) -> str:
        """A name right below the mark is the signature; the rest of the block is footer."""
        below = self._filled(index + 1)
        line = self.lines[below]
        if name_evidence(line.text, self.sender, self.rules) > 1 and not self._signed(index):
            for inside in self.lines[index + 1 : below + 1]:
                inside.kind = "signoff"
            return "signoff-mark"
        return "footer"

    def _signed(self, index: int) -> bool:
        """Whether a name stands already in the sign-off above."""
        above = [
            line.text
            for line in self.lines[max(0, index - MAX_SIGNATURE_BLOCK) : index]
            if line.kind == "signoff" and not line.blank
        ]
        return any(name_evidence(text, self.sender, self.rules) > 1 for text in above)

    # ---- signatures without a closing formula ----

    def _bare_signature(self, first: int) -> None:
        """Label a name at the end of the body, and the short lines below it, as sign-off."""
        body = [i for i in range(first, len(self.lines)) if self.lines[i].kind == "body" and not self.lines[i].blank]
        tail = body[-MAX_BARE_TAIL:]
        for index in [i for i in reversed(tail) if i != body[0] or first > 0]:
            text = self.lines[index].text
            if self._is_signature(index, name_evidence(text, self.sender, self.rules)):
                stop = next((j for j in range(index, len(self.lines)) if self.lines[j].kind != "body"), len(self.lines))
                for line in self.lines[index:stop]:
                    line.kind = "signoff"
                return
            if not self._signs(text):
                return

    def _is_signature(self, index: int, evidence: int) -> bool:
        above = self.lines[index - 1].tail if index else ""
        previous = next((line.tail for line in reversed(self.lines[:index]) if not line.blank), "")
        if evidence == 0 or (previous.endswith((":", ",")) and evidence < 3):
            return False
        if evidence == 3:
            return not previous.endswith(":")
        parted = not above or bool(_STOP.search(above))
        below = (line for line in self.lines[index + 1 :] if line.kind == "body" and not line.blank)
        last = all(self.rules.match("contact", line.text) for line in below)
        if evidence == 2:
            return parted and self.alone
        return parted and last and self.alone and not self.sender

    def _inline_signature(self, first: int) -> None:
        """Split the last line of the body where closing words or the sender's name end it."""
        filled = [line for line in self.lines[max(0, first - 1) :] if not line.blank and line.last_kind == "body"]
        if not filled or len(filled[-1].text) < 12:
            return
        line = filled[-1]
        at = self._inline_closing(line.tail) or self._inline_name(line.tail)
        start = line.cuts[-1][0] if line.cuts else line.text_start
        if not at or line.text_end - len(line.tail) + at <= start:
            return
        line.cuts.append((line.text_end - len(line.tail) + at, "signoff"))

    def _inline_closing(self, tail: str) -> int:
        found = self.rules.match("inline_closing", tail[-120:])
        at = found.start() + max(0, len(tail) - 120) if found else 0
        if not found or not at or self.rules.match("not_closing", tail[at:]):
            return 0
        names = [found[0].split()[-count:] for count in (1, 2)]
        surely = any(name_evidence(" ".join(name), self.sender, self.rules) == 3 for name in names)
        return at if surely or _STOP.search(tail[:at].rstrip()) else 0

    def _inline_name(self, tail: str) -> int:
        """Return where a trailing name begins: surely a name after a stop, or the sender's own words without one."""
        stops = list(_LAST_STOP.finditer(tail, max(0, len(tail) - 80)))
        stop = stops[-1] if stops else None
        if stop and name_evidence(tail[stop.end() :], self.sender, self.rules) == 3:
            return stop.end()
        words = tail.rsplit(None, 2)
        if len(words) == 3 and self.sender and {words[1].lower(), words[2].lower()} <= self.sender:
            return len(tail) - len(f"{words[1]} {words[2]}") if tail.endswith(f"{words[1]} {words[2]}") else 0
        return 0

    # ---- small things ----

    def _filled(self, index: int) -> int:
        while index < len(self.lines) and self.lines[index].blank:
            index += 1
        return index

    def _next_filled_text(self, index: int) -> str:
        index = self._filled(index)
        return self.lines[index].text if index < len(self.lines) else ""


def _gap(rest: str) -> int:
    match = _TERMINATOR.match(rest)
    return match.end() if match else len(rest) - len(rest.lstrip())
