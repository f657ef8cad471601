"""The degraded search in memory: the twin of `search_conditions`, held to the same contract."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from quiethire.domain.grid import cell
from quiethire.domain.money import in_euros
from quiethire.domain.search import (
    ANYWHERE,
    FACET_VALUES,
    FACETS,
    Circle,
    CountryPart,
    FacetCount,
    PayFloor,
    SearchDocument,
    SearchQuery,
    Sort,
)
from quiethire.domain.search_words import Asked, apostrophes_apart, asked, without_accents
from quiethire.storage.clickhouse.search_conditions import phrase_pattern, words_pattern

_EARTH_KM = 6371.0


def found_in(
    documents: Sequence[SearchDocument], query: SearchQuery
) -> tuple[list[SearchDocument], dict[str, tuple[FacetCount, ...]]]:
    """What the query finds, in its order, and what is counted of it."""
    parts = apostrophes_apart(asked(query.q))
    rest = [document for document in documents if _fits(document, query, parts)]
    missed = [{facet for facet in FACETS if not _narrowed(document, query, facet)} for document in rest]
    found = [document for document, misses in zip(rest, missed, strict=True) if not misses]
    found.sort(key=_order(query.sort, parts))
    facets: dict[str, tuple[FacetCount, ...]] = {
        facet: _counts(
            _values(document, facet) for document, misses in zip(rest, missed, strict=True) if misses <= {facet}
        )
        for facet in query.facets
    }
    return found, facets


def _narrowed(document: SearchDocument, query: SearchQuery, facet: str) -> bool:
    """Whether the document has what the query wants of this facet."""
    if facet == "location":
        return _is_there(document, query)
    if facet == "skills":
        return True
    wanted = [str(value).lower() for value in getattr(query, facet)]
    return not wanted or getattr(document, facet).lower() in wanted


def _is_there(document: SearchDocument, query: SearchQuery) -> bool:
    place, circle = without_accents((query.location or "").strip()).lower(), query.circle
    return (
        (
            not place
            or any(place in without_accents(name).lower() for name in document.location)
            or not set(query.area).isdisjoint(document.countries)
        )
        and (query.part is None or _is_in_part(document, query.part))
        and (query.country is None or query.country in document.countries)
        and (circle is None or any(_kilometres(point, circle) <= circle.km for point in document.geopoint or ()))
    )


def _is_in_part(document: SearchDocument, part: CountryPart) -> bool:
    places = [without_accents(name) for name in document.location]
    names = {without_accents(name).lower() for name in part.names}
    patterns = [words_pattern(part.own_words)]
    if part.country in document.countries:
        patterns.append(words_pattern(part.spelled))
    is_called = any(re.search(pattern, name) for pattern in patterns if pattern for name in places)
    lies_there = any(cell(*point) in part.cells for point in document.geopoint or ())
    return is_called or lies_there or any(name.lower() in names for name in places)


def _kilometres(point: tuple[float, float], circle: Circle) -> float:
    """The haversine formula."""
    there, here = math.radians(point[0]), math.radians(circle.lat)
    across = math.radians(point[1] - circle.lon)
    part = math.sin((there - here) / 2) ** 2 + math.cos(there) * math.cos(here) * math.sin(across / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(part))


def _fits(document: SearchDocument, query: SearchQuery, parts: Asked) -> bool:
    skills = {skill.lower() for skill in document.skills}
    from_ = {name.lower() for name in document.remote_from}
    return (
        (query.among is None or document.id in map(str, query.among))
        and (query.posted_since is None or document.posted_at >= query.posted_since)
        and (query.seen_by is None or document.seen_at <= query.seen_by)
        and (query.sponsorship is None or document.visa_sponsorship is query.sponsorship)
        and document.company.lower() not in [name.lower() for name in query.exclude_company]
        and skills.issuperset(skill.lower() for skill in query.skills)
        and (not query.remote_from or not from_.isdisjoint(name.lower() for name in (*query.remote_from, ANYWHERE)))
        and (query.salary_min is None or _pays(document, query.salary_min))
        and _says(document, parts)
    )


def _pays(document: SearchDocument, floor: PayFloor) -> bool:
    stated = max(_or_least(document.salary_min), _or_least(document.salary_max)) >= floor.amount
    if floor.currency is None:
        return stated
    least = in_euros(floor.amount, floor.currency)
    return document.salary_currency == floor.currency and stated if least is None else document.pay_eur >= least


def _or_least(pay: int | None) -> int:
    return -1 if pay is None else pay


def _says(document: SearchDocument, parts: Asked) -> bool:
    short = "\n".join((document.title, document.company, *document.skills, *document.location))
    texts = (without_accents(short), document.description)
    words = [*parts.words, *(word for phrase in parts.phrases for word in phrase.split())]
    return (
        all(any(form.lower() in text.lower() for form, text in zip(_forms(word), texts, strict=True)) for word in words)
        and all(_has(texts, [phrase]) for phrase in parts.phrases)
        and not (parts.excluded and _has(texts, parts.excluded))
    )


def _has(texts: Iterable[str], phrases: Iterable[str]) -> bool:
    forms = zip(*map(_forms, phrases), strict=True)
    return any(re.search(phrase_pattern(form), text, re.ASCII) for form, text in zip(forms, texts, strict=True))


def _forms(typed: str) -> tuple[str, str]:
    """As it is looked for in the short fields, and in the description."""
    return without_accents(typed), typed


def _order(sort: Sort, parts: Asked) -> Callable[[SearchDocument], tuple[Any, ...]]:
    words = [*parts.words, *(word for phrase in parts.phrases for word in phrase.split())]

    def key(document: SearchDocument) -> tuple[Any, ...]:
        latest = (-document.posted_at, document.id)
        if sort is Sort.DATE:
            return latest
        if sort is Sort.SALARY:
            return (-document.pay_eur, *latest)
        return (
            -sum(without_accents(word).lower() in without_accents(document.title).lower() for word in words),
            *latest,
        )

    return key


def _values(document: SearchDocument, facet: str) -> Sequence[str]:
    value = getattr(document, facet)
    return (value,) if isinstance(value, str) else value


def _counts(values: Iterable[Iterable[str]]) -> tuple[FacetCount, ...]:
    counts = Counter(value for some in values for value in some)
    best = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES]
    return tuple(FacetCount(value=value, count=count) for value, count in best)
