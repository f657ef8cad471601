"""Pay of different currencies made comparable, at the European Central Bank's reference rates that a library carries.

For comparing and sorting only: what a posting says of its pay is shown in its own currency. The rates are as new as the
installed `currencyconverter`; a floor that is a few percent off is no harm where pay is a range.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from currency_converter import CurrencyConverter

COMPARED_IN = "EUR"


@cache
def euros() -> Mapping[str, float]:
    """ISO 4217 code → what one unit is in euros, at the newest rate of each. Currencies that no longer exist are there too."""
    converter = CurrencyConverter()
    newest = {code: bounds.last_date for code, bounds in converter.bounds.items() if bounds is not None}
    return MappingProxyType(
        {code: converter.convert(1, code, COMPARED_IN, date) for code, date in newest.items()} | {COMPARED_IN: 1.0}
    )


def in_euros(amount: int, currency: str) -> int | None:
    """The amount in whole euros; None for a currency that the bank publishes no rate of."""
    rate = euros().get(currency.upper())
    return None if rate is None else round(amount * rate)
