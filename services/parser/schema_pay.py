"""Pay as schema.org items state it: an amount, a price, a distribution, a number, a text, or a list of any of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quiethire.domain.posting import Period, RawSalary, Source
from quiethire.domain.words import fold
from services.parser.normalise.pay_words import NOT_PAY, ONCE
from services.parser.normalise.period import paid
from services.parser.normalise.salary import may_be_pay
from services.parser.schema_values import Json, first_text, names_in, number_in

_LOWER = ("minValue", "minPrice", "percentile10", "percentile25")
_UPPER = ("maxValue", "maxPrice", "percentile90", "percentile75")
_SINGLE = ("value", "price", "median")
_PERIOD = ("unitText", "unitCode", "duration")
_CURRENCY = ("currency", "priceCurrency")
_WORDED = ("value", "minValue", "price", "name", "description")
_MAX_SUMS = 20
_DEEPEST = 4


def salary_of(item: Json, source: Source, path: str) -> RawSalary | None:
    """What a posting pays; an employer's own figure before an estimate.

    Several sums for as much time in one currency are one range, a year's before others: one for each town or grade.
    """
    unit = _Unit(first_text(item.get("salaryCurrency")), first_text(item.get("salaryUnit")))
    for name in ("baseSalary", "estimatedSalary"):
        sums = list(_sums(item.get(name), unit, RawSalary(source=source, path=f"{path}.{name}"), 0))[:_MAX_SUMS]
        if sums:
            return sums[0] if len(sums) == 1 else _as_one(sums)
    return None


@dataclass(frozen=True)
class _Unit:
    """What the sums within an item are in, unless they say otherwise themselves."""

    currency: str | None
    period: str | None

    def within(self, item: Json) -> "_Unit":
        return _Unit(_named(item, _CURRENCY) or self.currency, _named(item, _PERIOD) or self.period)


def _named(item: Json, properties: tuple[str, ...]) -> str | None:
    return next((found[0] for name in properties if (found := names_in(item.get(name)))), None)


def _sums(value: object, unit: _Unit, bare: RawSalary, depth: int) -> Iterator[RawSalary]:
    """Every sum of a value; what is empty, or paid beside the pay, is none."""
    if isinstance(value, list):
        for entry in value[:_MAX_SUMS]:
            yield from _sums(entry, unit, bare, depth + 1) if depth < _DEEPEST else ()
    elif isinstance(value, dict):
        yield from _amounts(value, unit.within(value), bare, depth)
    elif (text := first_text(value)) is not None and number_in(value) != 0:
        number = number_in(value) if unit.currency is not None else None
        yield _stated(bare, unit, low=number, high=number, text=text if number is None else None)


def _amounts(item: Json, unit: _Unit, bare: RawSalary, depth: int) -> Iterator[RawSalary]:
    name = fold(first_text(item.get("name")) or "")
    if depth >= _DEEPEST or NOT_PAY.search(name) or ONCE.search(name):
        return
    held = item.get("value")
    if held and isinstance(held, (dict, list)):
        yield from _sums(held, unit, bare, depth + 1)
        return
    # A form that was left empty says 0.
    low, high, single = (_number(item, names) for names in (_LOWER, _UPPER, _SINGLE))
    worded = _bounds(item) if low is None or high is None else None
    if low is None and high is None and worded is None:
        low = high = single
    if worded is None and (low is not None or high is not None):
        yield _stated(bare, unit, low=low, high=high)
    elif text := worded or next((text for name in _WORDED if (text := first_text(item.get(name)))), None):
        yield _stated(bare, unit, text=text)


def _stated(
    bare: RawSalary, unit: _Unit, *, low: float | None = None, high: float | None = None, text: str | None = None
) -> RawSalary:
    told = {"min": low, "max": high, "text": text, "currency": unit.currency, "period": unit.period}
    return bare.model_copy(update=told)


def _number(item: Json, properties: tuple[str, ...]) -> float | None:
    """The first of some properties that holds a number, alone or as the value of a thing."""
    for name in properties:
        value = item.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if number := number_in(value.get("value") if isinstance(value, dict) else value):
            return number
    return None


def _bounds(amount: Json) -> str | None:
    """Bounds that are stated in words, as one range: "$50,000" and "60k"; None where they are numbers, or none."""
    low, high = (first_text(amount.get(name)) or "" for name in ("minValue", "maxValue"))
    if all(number_in(end) is not None or not re.search(r"\d", end) for end in (low, high)):
        return None
    low, high = (end if number_in(end) != 0 and re.search(r"\d", end) else "" for end in (low, high))
    if low and high and low != high:
        return f"{low} - {high}"
    return low if low == high else f"from {low}" if low else f"up to {high}"


def _as_one(sums: list[RawSalary]) -> RawSalary:
    """The range of a year's sums, else of those that are like the first; where it can be no pay, the first that can."""
    groups: dict[tuple[str | None, Period | None], list[RawSalary]] = {}
    for each in sums:
        every = paid(each.period or "")
        groups.setdefault((each.currency, every.period if every else None), []).append(each)
    by_year = sorted(groups, key=lambda group: group[1] is not Period.YEAR)
    candidates = [raw for group in by_year for raw in (_range(groups[group]), *groups[group])]
    return next(filter(may_be_pay, candidates), sums[0])


def _range(sums: list[RawSalary]) -> RawSalary:
    lower = [raw.min for raw in sums if raw.min is not None]
    upper = [raw.max for raw in sums if raw.max is not None]
    return sums[0].model_copy(update={"min": min(lower, default=None), "max": max(upper, default=None)})
