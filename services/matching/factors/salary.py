"""Salary: how much of the range paid lies at or above the candidate's floor."""

import math
from typing import NamedTuple

from quiethire.domain.matching import SalaryFloor
from quiethire.domain.money import in_euros
from quiethire.domain.posting import YEARLY_FACTOR
from services.matching.compiled import inlined

WEIGHT = 10.0


@inlined
def value(low: float, high: float, floor: float) -> float:
    """Share of the yearly range at or above the floor; 0-1. NaN without both, and where an open end leaves it open.

    NaN as well where all of it lies below: a filter hides that posting, and what it is worth but for the floor is asked.
    """
    if low >= floor:
        return 1.0
    if low < floor and high >= floor:
        return (high - floor) / (high - low)
    return math.nan


def yearly(floor: SalaryFloor) -> int:
    """The floor a year, in its own currency."""
    return floor.amount * YEARLY_FACTOR[floor.period]


class Paid(NamedTuple):
    """What a posting pays a year; NaN where an end is open."""

    low: float
    high: float
    currency: str
    """Empty where the posting states no pay."""

    @property
    def told(self) -> str:
        """In words."""
        low, high, currency = self.low, self.high, self.currency
        if math.isnan(low):
            return f"pay up to {high:,.0f} {currency} a year"
        if math.isnan(high):
            return f"pay from {low:,.0f} {currency} a year"
        amount = f"{low:,.0f}" if low == high else f"{low:,.0f}–{high:,.0f}"
        return f"pay of {amount} {currency} a year"


def told_floor(floor: SalaryFloor, paid: Paid) -> str:
    """The floor a year, and how it was compared where the currencies differ."""
    own = floor.currency.upper()
    if own == paid.currency:
        return f"{yearly(floor):,}"
    rate = in_euros(1_000_000, own), in_euros(1_000_000, paid.currency)
    about = f", about {yearly(floor) * rate[0] / rate[1]:,.0f} {paid.currency}" if rate[0] and rate[1] else ""
    return f"{yearly(floor):,} {own}{about} at the reference rate"


def sentence(factor: float, floor: SalaryFloor | None, paid: Paid) -> str:
    """Both sides, a year."""
    if floor is None:
        return "unknown: no salary floor is set"
    if not paid.currency:
        return "unknown: the posting states no pay"
    if floor.currency.upper() != paid.currency and None in (in_euros(1, floor.currency), in_euros(1, paid.currency)):
        return f"unknown: pay is in {paid.currency}, the floor in {floor.currency.upper()}, and no rate is known"
    against = told_floor(floor, paid)
    if math.isnan(factor):
        return f"unknown: {paid.told} does not say how it compares with the floor of {against}"
    if factor == 1.0:
        return f"{paid.told} starts at or above the floor of {against}"
    return f"{math.floor(factor * 100)}% of {paid.told} is at or above the floor of {against}"
