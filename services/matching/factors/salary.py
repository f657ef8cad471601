"""Salary: how much of the range paid lies at or above the candidate's floor."""

import numpy as np

from quiethire.domain.matching import Profile, SalaryFloor
from quiethire.domain.posting import YEARLY_FACTOR
from services.matching.matrix import PostingMatrix
from services.matching.sparse import Bools, Floats


def yearly(floor: SalaryFloor) -> int:
    """The floor a year, in its own currency."""
    return floor.amount * YEARLY_FACTOR[floor.period]


def same_currency(floor: SalaryFloor, matrix: PostingMatrix) -> Bools:
    """Rows that state pay in the currency of the floor. Others are not converted, and so not compared."""
    same: Bools = matrix.currencies == floor.currency.upper()
    return same


class Salary:
    """Share of the yearly range at or above the floor. Unknown without both, and where an open end leaves it open."""

    name = "salary"
    weight = 10.0

    def values(self, profile: Profile, matrix: PostingMatrix) -> Floats:
        """0-1 for each row, NaN where unknown."""
        if profile.salary_floor is None:
            return np.full(len(matrix), np.nan)
        floor = yearly(profile.salary_floor)
        low, high = matrix.pay_low, matrix.pay_high
        values = np.full(len(matrix), np.nan)
        np.divide(high - floor, high - low, out=values, where=(low < floor) & (high >= floor))
        values[high < floor] = 0.0
        values[low >= floor] = 1.0
        values[~same_currency(profile.salary_floor, matrix)] = np.nan
        return values

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int, value: float) -> str:
        """Both sides, a year."""
        floor = profile.salary_floor
        paid = matrix.postings[row].salary
        if floor is None:
            return "unknown: no salary floor is set"
        if paid is None:
            return "unknown: the posting states no pay"
        if paid.currency.upper() != floor.currency.upper():
            return f"unknown: pay is in {paid.currency}, the floor in {floor.currency}"
        stated = pay(matrix, row)
        if np.isnan(value):
            return f"unknown: {stated} does not say how it compares with the floor of {yearly(floor):,}"
        if value == 1.0:
            return f"{stated} starts at or above the floor of {yearly(floor):,}"
        return f"{value:.0%} of {stated} is at or above the floor of {yearly(floor):,}"


def pay(matrix: PostingMatrix, row: int) -> str:
    """The yearly pay of a row in words."""
    low, high, currency = matrix.pay_low[row], matrix.pay_high[row], matrix.currencies[row]
    if np.isnan(low):
        return f"pay up to {high:,.0f} {currency} a year"
    if np.isnan(high):
        return f"pay from {low:,.0f} {currency} a year"
    amount = f"{low:,.0f}" if low == high else f"{low:,.0f}–{high:,.0f}"
    return f"pay of {amount} {currency} a year"
