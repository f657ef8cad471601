"""The filters of the search page: groups of choices with their counts, the pay slider, and chips for what is chosen."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from quiethire.domain.money import euros
from quiethire.domain.posting import YEARLY_FACTOR, JobType, Period, Seniority, Workplace
from quiethire.domain.search import Sort
from services.api.pages.search_view import search_url
from services.api.pages.wording import circle_words, label, pay_range, period_words
from services.api.search.answers import SearchAnswer
from services.api.search.parameters import SearchParameters
from services.api.search.places import RADIUS_KM, resolve, told_place
from services.parser.normalise.gazetteer import country_names

_DEFAULTS = SearchParameters()
_SHOWN = 6
"""Values of a long group that are seen without opening it."""
_PLACES = 12
_RADII = (10, 25, 50, 100, 200)
_DAYS = {1: "24 hours", 7: "Week", 30: "Month"}
_CURRENCIES = (
    *("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "ISK", "TRY", "ILS", "ZAR"),
    *("CAD", "AUD", "NZD", "SGD", "HKD", "JPY", "KRW", "CNY", "INR", "IDR", "MYR", "PHP", "THB", "BRL", "MXN"),
)
"""Those the bank publishes a rate of, Europe's first."""
_SLIDER_EUROS = 200_000
_SLIDER_STEPS = 40


@dataclass(frozen=True)
class Option:
    """A value that can be chosen. `count`: how many jobs it would leave, where that is known."""

    name: str
    value: str
    label: str
    checked: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Group:
    """Choices of one kind. `adding`: the field for a value that is not listed."""

    name: str
    title: str
    options: tuple[Option, ...]
    more: tuple[Option, ...] = ()
    kind: str = "checkbox"
    adding: Option | None = None


@dataclass(frozen=True)
class Chip:
    """What narrows the search, and the search without it."""

    label: str
    without: SearchParameters

    @property
    def url(self) -> str:
        """Where it is taken away."""
        return search_url(self.without)


@dataclass(frozen=True)
class PayFilter:
    """The floor of pay: a slider whose scale suits the currency and the period, and the exact amount beside it."""

    amount: str
    words: str
    slider: int
    most: int
    step: int
    currencies: tuple[Option, ...]
    periods: tuple[Option, ...]


def filters_view(query: SearchParameters, answer: SearchAnswer, *, by_meaning: bool) -> Mapping[str, Any]:
    """What the template asks for on the filters' side. `by_meaning`: whether a model is there that knows what words mean."""
    return {
        "by_meaning": Option("semantic", "true", "Also by meaning", query.semantic) if by_meaning else None,
        "chips": chips_of(query),
        "workplace": _listed(query, answer, "remote", "Workplace", tuple(Workplace), always=True),
        "groups": _groups(query, answer),
        "pay": _pay(query),
        "radius": _radius(query),
        "places": _places(query, answer),
        "sorts": tuple(Option("sort", sort, label("sort", sort), query.sort is sort) for sort in Sort),
        "hidden": _hidden(query),
    }


def chips_of(query: SearchParameters) -> tuple[Chip, ...]:
    """What narrows the search, words aside."""
    chips = [_chip(query, told, name) for name, told in _single_words(query).items()]
    for name in ("remote", "seniority", "job_type", "skills", "company", "exclude_company", "language"):
        for value in getattr(query, name):
            rest = tuple(other for other in getattr(query, name) if other != value)
            told = label(name, value)
            chips.append(_chip(query, f"Not {told}" if name == "exclude_company" else told, name, rest))
    return tuple(chips)


def _chip(query: SearchParameters, told: str, name: str, rest: object = None) -> Chip:
    gone = {name: rest if rest is not None else getattr(_DEFAULTS, name), "page": 1}
    return Chip(told, query.model_copy(update=gone))


def _single_words(query: SearchParameters) -> dict[str, str]:
    """Parameter → what it says, of those that have one value."""
    told: dict[str, str] = {}
    if query.location:
        told["location"] = _where(query.location, query.radius_km)
    if query.geo:
        told["geo"] = circle_words(query.geo)
    if query.remote_from:
        told["remote_from"] = f"Remote from {query.remote_from}"
    if query.salary_min is not None:
        told["salary_min"] = f"At least {_pay_words(query)}"
    if query.posted_within:
        days = query.posted_within
        told["posted_within"] = "Last 24 hours" if days == 1 else f"Last {days} days"
    if query.sponsorship is not None:
        told["sponsorship"] = "Visa sponsored" if query.sponsorship else "Visa not sponsored"
    return told


def _where(location: str, radius_km: float) -> str:
    """What a city is taken for: there are many a Springfield. Else the place as it was written, a country's code with its name: `LA`."""
    meant = resolve(location, radius_km)
    if meant.circle is not None:
        return f"{meant.place}, {radius_km:g} km"
    is_code = meant.country is not None and meant.country == location.strip().upper()
    return f"{location} ({country_names()[meant.country]})" if is_code and meant.country else location


def _hidden(query: SearchParameters) -> tuple[tuple[str, str], ...]:
    """What has no field of its own, so that the form keeps it."""
    per_page = str(query.per_page) if query.per_page != _DEFAULTS.per_page else ""
    shown = {"geo": query.geo or "", "per_page": per_page}
    return tuple((name, value) for name, value in shown.items() if value)


def _groups(query: SearchParameters, answer: SearchAnswer) -> tuple[Group, ...]:
    return (
        _posted(query),
        _listed(query, answer, "seniority", "Level", tuple(Seniority)),
        _ranked(query, answer, "skills", "Skills", Option("skills", "skills", "Add a skill")),
        _companies(query, answer),
        _listed(query, answer, "job_type", "Type", tuple(JobType)),
        _ranked(query, answer, "language", "Language"),
        Group("sponsorship", "Visa", _sponsorship(query)),
    )


def _counts(answer: SearchAnswer, name: str) -> dict[str, int]:
    return {found.value: found.count for found in answer.facets.get(name, ())}


def _options(
    query: SearchParameters, name: str, values: Iterable[str], counts: Mapping[str, int], *, whole: bool = True
) -> tuple[Option, ...]:
    """`whole`: whether nothing is what no count tells. Of a sample it may be few."""
    chosen = set(getattr(query, name))
    missing = 0 if counts and whole else None
    return tuple(
        Option(name, value, label(name, value), value in chosen, counts.get(value, missing)) for value in values
    )


def _listed(
    query: SearchParameters,
    answer: SearchAnswer,
    name: str,
    title: str,
    known: tuple[str, ...],
    *,
    always: bool = False,
) -> Group:
    """A group whose values keep their order, so that nothing jumps. `always`: those without any job are shown too."""
    counts, chosen = _counts(answer, name), set(getattr(query, name))
    whole = not answer.facets_estimated
    uncounted = always or not answer.found or answer.degraded or not whole
    values = [value for value in known if uncounted or value in counts or value in chosen]
    return Group(name, title, _options(query, name, (str(value) for value in values), counts, whole=whole))


def _ranked(
    query: SearchParameters, answer: SearchAnswer, name: str, title: str, adding: Option | None = None
) -> Group:
    """A group whose values come by count; a chosen one is always seen."""
    counts = _counts(answer, name)
    chosen = [str(value) for value in getattr(query, name)]
    first = [*(value for value in chosen if value not in list(counts)[:_SHOWN]), *list(counts)[:_SHOWN]]
    rest = [value for value in counts if value not in first]
    return Group(
        name,
        title,
        _options(query, name, first, counts),
        _options(query, name, rest, counts),
        adding=adding,
    )


def _companies(query: SearchParameters, answer: SearchAnswer) -> Group:
    group = _ranked(query, answer, "company", "Company")
    left_out = tuple(Option("exclude_company", value, f"Not {value}", checked=True) for value in query.exclude_company)
    adding = Option("exclude_company", "companies", "Leave one out")
    return Group("company", group.title, left_out + group.options, group.more, adding=adding)


def _posted(query: SearchParameters) -> Group:
    days = query.posted_within
    told = _DAYS if days is None or days in _DAYS else _DAYS | {days: f"{days} days"}
    values = [Option("posted_within", "", "Any time", days is None)]
    values += [Option("posted_within", str(day), words, days == day) for day, words in sorted(told.items())]
    return Group("posted", "Posted", tuple(values), kind="radio")


def _sponsorship(query: SearchParameters) -> tuple[Option, ...]:
    options = [Option("sponsorship", "true", "Sponsored", query.sponsorship is True)]
    if query.sponsorship is False:
        options.append(Option("sponsorship", "false", "Not sponsored", checked=True))
    return tuple(options)


def _radius(query: SearchParameters) -> tuple[Option, ...]:
    """How far around a city; around a country, or nowhere, it says nothing."""
    if not query.location or resolve(query.location).circle is None:
        return ()
    radii = sorted({*_RADII, query.radius_km})
    return tuple(Option("radius_km", f"{km:g}", f"Within {km:g} km", km == query.radius_km) for km in radii)


def _places(query: SearchParameters, answer: SearchAnswer) -> tuple[tuple[str, str, int], ...]:
    """The most frequent places of the answer: name, the search there, count. Postings spell a place in many ways."""
    counts: Counter[str] = Counter()
    for stated, count in _counts(answer, "location").items():
        counts[told_place(stated)] += count
    return tuple(
        (place, search_url(query, location=place[:200], radius_km=RADIUS_KM, geo=None), count)
        for place, count in counts.most_common(_PLACES)
    )


def _pay_words(query: SearchParameters) -> str:
    currency = (query.salary_currency or "").upper() or None
    return f"{pay_range(query.salary_min, query.salary_min, currency)} {period_words(query.salary_period)}"


def _pay(query: SearchParameters) -> PayFilter:
    asked = query.salary_min
    currency = (query.salary_currency or "").upper() if asked is not None else _CURRENCIES[0]
    step = _slider_step(currency, query.salary_period)
    most = step * _SLIDER_STEPS
    # A floor of 0 is one too: it asks for postings that state any pay. Only no floor is none.
    codes = [*_CURRENCIES, *([currency] if currency and currency not in _CURRENCIES else [])]
    plain = [Option("salary_currency", "", "any", currency == "")]
    return PayFilter(
        amount="" if asked is None else str(asked),
        words=_pay_words(query) if asked is not None else "any",
        slider=min(most, int(asked or 0)),
        most=most,
        step=step,
        currencies=tuple(Option("salary_currency", code, code, code == currency) for code in codes) + tuple(plain),
        periods=tuple(
            Option("salary_period", period, period.value, period is query.salary_period) for period in reversed(Period)
        ),
    )


def _slider_step(currency: str, period: Period) -> int:
    """A fortieth of a good salary, as 1, 2 or 5 and noughts: 5,000 euros a year, 20 million rupiah a month."""
    wanted = _SLIDER_EUROS / euros().get(currency, 1.0) / YEARLY_FACTOR[period] / _SLIDER_STEPS
    size = 1
    while size * 10 <= wanted:
        size *= 10
    return next((size * lead for lead in (5, 2) if size * lead <= wanted), size)
