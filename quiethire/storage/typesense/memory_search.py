"""What the twin in memory finds, counts and marks."""

import html
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from quiethire.domain.grid import cell
from quiethire.domain.money import in_euros
from quiethire.domain.search import (
    ANYWHERE,
    FACET_VALUES,
    Circle,
    CountryPart,
    FacetCount,
    PayFloor,
    SearchDocument,
    SearchQuery,
    Sort,
)
from quiethire.domain.search_words import Asked
from quiethire.storage.typesense.schema import ALSO, DESCRIPTION, WEIGHTS, searched_in, tie
from quiethire.storage.typesense.synonyms import also
from quiethire.storage.typesense.words import words_of

_EARTH_KM = 6_371.0

Check = Callable[[SearchDocument], bool]


def texts_of(document: SearchDocument, field: str) -> tuple[str, ...]:
    """The text or texts of a field."""
    value = getattr(document, field)
    return (value,) if isinstance(value, str) else tuple(value)


def passes(document: SearchDocument, query: SearchQuery, without: str | None = None) -> bool:
    """Whether every filter lets it through, but for the one of a facet that is counted without its own."""
    checks: dict[str, Check] = {
        "location": lambda one: _is_in_place(one, query),
        "skills": lambda one: all(_has("skills", (skill,))(one) for skill in query.skills),
        "remote_from": _has("remote_from", (*query.remote_from, ANYWHERE) if query.remote_from else ()),
        "not company": lambda one: not query.exclude_company or not _has("company", query.exclude_company)(one),
        "pay": lambda one: query.salary_min is None or _pays(one, query.salary_min),
        "circle": lambda one: query.circle is None or _is_around(one, query.circle),
        "posted": lambda one: query.posted_since is None or one.posted_at >= query.posted_since,
        "seen": lambda one: query.seen_by is None or one.seen_at <= query.seen_by,
        "visa": lambda one: query.sponsorship is None or one.visa_sponsorship is query.sponsorship,
        "among": lambda one: query.among is None or UUID(one.id) in query.among,
    }
    for facet in ("remote", "company", "job_type", "seniority", "language"):
        checks[facet] = _has(facet, getattr(query, facet))
    return all(check(document) for name, check in checks.items() if name != without)


def _has(field: str, values: Collection[str]) -> Check:
    """Whether it has any of these; all pass where none is asked for."""
    wanted = [words_of(value) for value in values]
    return lambda one: not values or any(words_of(text) in wanted for text in texts_of(one, field))


def _is_in_place(document: SearchDocument, query: SearchQuery) -> bool:
    if query.location and query.location.strip():
        wanted = set(words_of(query.location))
        names = [set(words_of(place)) for place in document.location]
        is_there = not set(query.area).isdisjoint(document.countries)
        if not (is_there or (wanted and any(wanted <= name for name in names))):
            return False
    if query.part is not None and not _is_in_part(document, query.part):
        return False
    return query.country is None or query.country in document.countries


def _is_in_part(document: SearchDocument, part: CountryPart) -> bool:
    names = [set(words_of(place)) for place in document.location]
    words = part.own_words + (part.words if part.country in document.countries else ())
    is_called = any(set(words_of(word)) <= name for word in words for name in names)
    lies_there = any(cell(*point) in part.cells for point in document.geopoint or ())
    return (
        is_called
        or lies_there
        or f"{part.country}-{part.code}" in document.regions
        or any(words_of(own) == words_of(name) for own in part.names for name in document.location)
    )


def _is_around(document: SearchDocument, circle: Circle) -> bool:
    return any(_is_within(circle, point) for point in document.geopoint or ())


def _is_within(circle: Circle, point: tuple[float, float]) -> bool:
    """Great-circle distance by the haversine formula."""
    lat, lon, to_lat, to_lon = map(math.radians, (circle.lat, circle.lon, *point))
    chord = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(chord)) <= circle.km


def _pays(document: SearchDocument, floor: PayFloor) -> bool:
    ends = [pay for pay in (document.salary_min, document.salary_max) if pay is not None]
    stated = any(pay >= floor.amount for pay in ends)
    if floor.currency is None:
        return stated
    euros = in_euros(floor.amount, floor.currency)
    return stated and document.salary_currency == floor.currency if euros is None else document.pay_eur >= euros


def score(document: SearchDocument, parts: Asked) -> int:
    """The weights of the best field for each word; 0 where a word is nowhere, or one is there that must not be."""
    texts = {field: also(document) if field == ALSO else texts_of(document, field) for field in searched_in(parts)}
    fields = {field: [words_of(text) for text in found] for field, found in texts.items()}
    found = [_weight(fields, words_of(phrase)) for phrase in parts.phrases]
    if not all(found) or any(_weight(fields, words_of(phrase)) for phrase in parts.excluded):
        return 0
    written = words_of(" ".join(parts.words))
    weights = [
        _weight(fields, [word], prefix=parts.ends_open and n == len(written) - 1) for n, word in enumerate(written)
    ]
    return 1 + sum(found) + sum(weights) if all(weights) else 0


def _weight(fields: dict[str, list[list[str]]], phrase: Sequence[str], *, prefix: bool = False) -> int:
    """The weight of the best field that has these words one after the other."""
    return max(
        (
            WEIGHTS[field]
            for field, texts in fields.items()
            if any(_is_in(phrase, text, prefix and field != DESCRIPTION) for text in texts)
        ),
        default=0,
    )


def _is_in(phrase: Sequence[str], text: Sequence[str], prefix: bool) -> bool:
    if prefix:
        return any(word.startswith(phrase[0]) for word in text)
    return any(list(phrase) == text[start : start + len(phrase)] for start in range(len(text)))


def order(sort: Sort) -> Callable[[tuple[int, SearchDocument]], tuple[int, ...]]:
    """What a scored document is ordered by, the highest first."""

    def key(entry: tuple[int, SearchDocument]) -> tuple[int, ...]:
        points, document = entry
        age = (document.posted_at, tie(UUID(document.id)))
        return {Sort.DATE: age, Sort.SALARY: (document.pay_eur, *age), Sort.RELEVANCE: (points, *age)}[sort]

    return key


def counts(field: str, documents: Iterable[SearchDocument], limit: int = FACET_VALUES) -> tuple[FacetCount, ...]:
    """The most frequent values of a field."""
    counted = Counter(value for document in documents for value in texts_of(document, field))
    return tuple(FacetCount(value=value, count=count) for value, count in counted.most_common(limit))


def begins(text: str, words: Sequence[str]) -> bool:
    """Whether the text has all the words, the last of them as a beginning."""
    there = words_of(text)
    return all(_is_in([word], there, n == len(words) - 1) for n, word in enumerate(words))


def highlights(document: SearchDocument, words: Sequence[str]) -> dict[str, str]:
    """The fields that have a word, with marks."""
    marked = {}
    for field in ("title", "company", "skills", "description"):
        pieces = [_marked(piece, words) for piece in re.split(r"(\s+)", ", ".join(texts_of(document, field)))]
        if any(piece.startswith("<mark>") for piece in pieces):
            marked[field] = "".join(pieces)
    return marked


def _marked(piece: str, words: Sequence[str]) -> str:
    found = any(other.startswith(word) for word in words for other in words_of(piece))
    return f"<mark>{html.escape(piece)}</mark>" if found else html.escape(piece)
