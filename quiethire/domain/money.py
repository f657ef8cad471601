"""Pay of different currencies made comparable, at the European Central Bank's reference rates that a library carries.

For comparing and sorting only: what a posting says of its pay is shown in its own currency. The rates are as new as the
installed `currencyconverter`; a floor that is a few percent off is no harm where pay is a range.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated

from currency_converter import CurrencyConverter
from pydantic import AfterValidator, WithJsonSchema

COMPARED_IN = "EUR"
_BECAME_THE_EURO = frozenset({"BGN", "CYP", "EEK", "HRK", "LTL", "LVL", "MTL", "SIT", "SKK"})
"""Whose last rate holds for good."""
_CODE = re.compile(r"[A-Z]{3}")
_THOUSANDS = re.compile(r"(\d{1,6}(?:[.,]\d)?) ?k", re.ASCII | re.IGNORECASE)
_CENTS = re.compile(r"(\d{1,6})[.,](\d{1,2})", re.ASCII)
_WHOLE = re.compile(r"\d{1,12}|\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3}){1,3}", re.ASCII)


def _code(written: str) -> str:
    code = written.strip().upper()
    if not _CODE.fullmatch(code):
        raise ValueError("is no currency's code, which has three letters (ISO 4217), such as EUR")
    return code


Currency = Annotated[str, AfterValidator(_code), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]
"""ISO 4217, in whatever letters it is given."""


def whole_amount(written: str) -> int | None:
    """Whole units as people write them in one country or another: `70000`, `70,000`, `70.000`, `70 000`, `70'000`. None for anything else."""
    bare = written.strip()
    return int(re.sub(r"\D", "", bare)) if _WHOLE.fullmatch(bare) else None


def asked_amount(written: str) -> float | None:
    """Pay as people ask for it: `70k`, `82.5k`, a whole amount, or one with cents, `15.50`. None for anything else. What is whole is an int."""
    if (short := _THOUSANDS.fullmatch(written.strip())) is not None:
        return round(float(short[1].replace(",", ".")) * 1_000)
    if (cents := _CENTS.fullmatch(written.strip())) is not None:
        return plain_amount(float(f"{cents[1]}.{cents[2]}"))
    return whole_amount(written)


def plain_amount(amount: float) -> float:
    """As people write it: 15, and not 15.0."""
    return int(amount) if float(amount).is_integer() else amount


@cache
def euros() -> Mapping[str, float]:
    """ISO 4217 code → what one unit is in euros, at the newest rate of each. Those that became the euro are there too.

    None is whose rate the bank has ceased to publish: what the rouble was in 2022 says nothing of today.
    """
    converter = CurrencyConverter()
    last = {code: bounds.last_date for code, bounds in converter.bounds.items() if bounds is not None}
    kept = {code: date for code, date in last.items() if code in _BECAME_THE_EURO or date == max(last.values())}
    return MappingProxyType(
        {code: converter.convert(1, code, COMPARED_IN, date) for code, date in kept.items()} | {COMPARED_IN: 1.0}
    )


def in_euros(amount: int, currency: str) -> int | None:
    """The amount in whole euros; None for a currency that the bank publishes no rate of."""
    rate = euros().get(currency.upper())
    return None if rate is None else round(amount * rate)
