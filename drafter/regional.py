"""How the same German is written in Germany, Austria and Switzerland: spelling, quotation marks, months, amounts.

The words stand in templates/words.yaml, the forms of amounts come from Babel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from babel import Locale
from babel.numbers import format_currency

from drafter.wording import Words

Region = Literal["DE", "AT", "CH"]
REGIONS: tuple[str, ...] = get_args(Region)

_AMOUNT = re.compile(r"(\d[\d.,'’]*?)(?:[.,][-–]{1,2})?", re.ASCII)
_THOUSANDS = re.compile(r"[.'’](?=\d{3}(?!\d))")


class Variant(NamedTuple):
    """How a letter is written: its region, and the currency of the company's own amounts."""

    region: str
    currency: str

    @classmethod
    def of(cls, words: Words, region: str, company: str) -> Variant:
        """Return the variant of a letter in the spelling of `region` by a company of the region `company`."""
        return cls(region, words.tables["currency"]["known"][REGIONS.index(company)])

    @property
    def is_swiss(self) -> bool:
        """Whether the letter has ss, guillemets, and no comma after the salutation."""
        return self.region == "CH"

    def money(self, value: float, currency: str = "") -> str:
        """Write an amount as the region does; whole ones without decimals: 49,90 €, € 50, CHF 49.90."""
        return _written(value, currency or self.currency, self.region)

    def rewrite_amount(self, text: str, words: Words) -> str:
        """Write a customer's amount as the region does; what cannot be read for certain stays as it is."""
        names: dict[str, str] = words.tables["currency"]["forms"]
        parts = re.fullmatch(r"(?P<before>[^\d\s]*)\s?(?P<number>[\d.,'’–-]+)\s?(?P<after>[^\d\s]*)", text.strip())
        number = _AMOUNT.fullmatch(parts["number"]) if parts else None
        currency = names.get((parts["before"] or parts["after"]).lower(), "") if parts else ""
        if not parts or not number or not currency or (parts["before"] and parts["after"]):
            return text
        digits = _THOUSANDS.sub("", number[1]).replace(",", ".")
        return self.money(float(digits), currency) if re.fullmatch(r"\d{1,9}(?:\.\d\d)?", digits) else text

    def months(self, text: str, words: Words) -> str:
        """Call the months as the region does: Jänner."""
        local: dict[str, str] = words.tables["months"]["forms"].get(self.region, {})
        for month, name in local.items():
            text = re.sub(rf"(?<!\w){month}(?!\w)", name, text)
        return text

    def spell(self, text: str, words: Words, names: Iterable[str] = ()) -> str:
        """Respell a finished text; the customer's name keeps its letters."""
        if not self.is_swiss:
            return text
        quotes = words.tables["quotes"]["forms"]
        for german, swiss in zip(quotes["de"], quotes["swiss"], strict=True):
            text = text.replace(german, swiss)
        text = text.replace("ß", "ss")
        for name in {name for name in names if "ß" in name}:
            text = name.join(re.split(rf"(?<!\w){re.escape(name.replace('ß', 'ss'))}(?!\w)", text))
        return text


@lru_cache(maxsize=1000, typed=True)
def _written(value: float, currency: str, region: str) -> str:
    locale = Locale("de", region)
    pattern = locale.currency_formats["standard"].pattern
    pattern = pattern.replace(".00", "") if value == int(value) else pattern
    text = format_currency(value, currency, pattern, locale, currency_digits=False)
    return str(text).replace("\xa0", " ")
