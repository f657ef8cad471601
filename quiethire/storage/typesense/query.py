"""A SearchQuery as Typesense's parameters."""

import secrets
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from functools import lru_cache
from math import ceil
from typing import Any
from uuid import UUID

from quiethire.domain.money import in_euros
from quiethire.domain.ports import Vector
from quiethire.domain.search import (
    ANYWHERE,
    FACET_VALUES,
    Circle,
    CountryPart,
    PayFloor,
    SearchDocument,
    SearchQuery,
    Sort,
)
from quiethire.domain.search_words import Asked, asked
from quiethire.storage.typesense.circles import in_rows, ranges
from quiethire.storage.typesense.schema import (
    DESCRIPTION,
    LOT,
    LOTS,
    NEVER_TOLD,
    REGIONS,
    SPOT,
    TIE,
    TIES,
    Served,
    searched_in,
    tie,
)

# The marks are unguessable: a description that contained them could otherwise open a tag that nothing closes.
_MARK = secrets.token_hex(8)
MARK_OPENS, MARK_CLOSES = f"{_MARK}a", f"{_MARK}z"

WALK_BATCH = 250
"""Hits a step of a walk: the most that Typesense gives at once."""

COUNTED, SAMPLED = 1_000, 500
"""So many hits are counted one by one. Of more than these as many as the second are counted, chosen by chance, and the rest inferred:
a value that a fifth of them have is then told within a tenth or so, and a search for a word that everybody uses takes no longer. To
count a hit in all facets takes the server 8 µs, to find it a tenth of that."""

FEW = 3
"""Conditions, words and filters together, that leave few of 100,000 postings, so that finding these costs more than counting them."""

COUNTED_WITH_PAGE = 2
"""So many facets are counted with the page where the others are counted beside it: either then takes about as long."""

CANDIDATES = 50
"""Postings that are looked at for being similar."""

ALL_COMPARED = 5_000
"""Where a filter leaves fewer, the vectors of all are compared: the graph of neighbours is left too early by those who look for a few
in it. It takes 2 ms."""

_ORDERS = {
    Sort.RELEVANCE: f"_text_match:desc,posted_at:desc,{TIE}:desc",
    Sort.DATE: f"posted_at:desc,{TIE}:desc",
    Sort.SALARY: f"pay_eur:desc,posted_at:desc,{TIE}:desc",
}


def page_search(query: SearchQuery, served: Served) -> dict[str, Any]:
    """The search for one page of hits."""
    return _told_whole(query, served) | {
        "sort_by": _ORDERS[query.sort],
        "page": query.page,
        "per_page": query.per_page,
    }


def page_with_counts(query: SearchQuery, served: Served, *, beside: bool = False) -> list[dict[str, Any]]:
    """The same, with what is counted of all its hits, and the searches that count the rest.

    `beside`: whether there are two processors for it. Then a second search counts most of what narrows nothing, unless there
    is one to be made anyway.
    """
    free, narrowed = _narrowing_nothing(query), narrowed_counts(query, served)
    if not beside or narrowed or len(free) <= COUNTED_WITH_PAGE:
        return [page_search(query, served) | _counting(free), *narrowed]
    with_page, others = free[:COUNTED_WITH_PAGE], free[COUNTED_WITH_PAGE:]
    return [
        page_search(query, served) | _counting(with_page),
        _matching(query, served) | _counting(others) | {"per_page": 0},
    ]


def _told_whole(query: SearchQuery, served: Served) -> dict[str, Any]:
    """The search with all of its hits that is told, and marks."""
    return _matching(query, served) | {
        "highlight_fields": "title,company,skills,description",
        "highlight_full_fields": "title,company",
        "highlight_start_tag": MARK_OPENS,
        "highlight_end_tag": MARK_CLOSES,
        # Else all that is marked is told twice, in two shapes.
        "enable_highlight_v1": False,
        "exclude_fields": ",".join(NEVER_TOLD),
    }


class Counting(StrEnum):
    """How the hits of a search are counted, as far as that can be told before they are found."""

    ALL = "all"
    """All of them, however many: where finding costs more than counting, as it does within a circle."""
    PERHAPS_ALL = "perhaps all"
    """So few may be found that all of them are counted."""
    SAMPLE = "sample"
    """What all have in common leaves many."""


def counting_of(query: SearchQuery) -> Counting:
    """How the hits of this search are counted."""
    if query.circle is not None:
        return Counting.ALL
    parts = asked(query.q)
    # That one leafs narrows nothing.
    filters = _filters(query.model_copy(update={"seen_by": None}), Served(""))
    conditions = len(parts.words) + len(parts.phrases) + len(filters)
    if conditions >= FEW:
        return Counting.ALL
    return Counting.PERHAPS_ALL if conditions > 1 else Counting.SAMPLE


def counts(query: SearchQuery, served: Served, found: int) -> list[dict[str, Any]]:
    """The searches that count a share of so many hits: one for the facets that narrow nothing, and the narrowed ones."""
    share = counted_share(found)
    counted = _counting(_narrowing_nothing(query)) | {"per_page": 0}
    own = [_matching(query, served, share=share) | counted] if found and counted["facet_by"] else []
    return [*own, *narrowed_counts(query, served, share)]


def narrowed_counts(query: SearchQuery, served: Served, share: float = 1.0) -> list[dict[str, Any]]:
    """One search for each facet that is counted without its own narrowing, among this share of all postings."""
    free = _narrowing_nothing(query)
    return [
        _matching(query, served, without=facet, share=share) | _counting([facet]) | {"per_page": 0}
        for facet in query.facets
        if facet not in free
    ]


def _narrowing_nothing(query: SearchQuery) -> list[str]:
    narrowing = {facet for facet, narrow in _NARROWS.items() if list(narrow(query))}
    return [facet for facet in query.facets if facet not in narrowing and not (facet == "location" and query.part)]


def _counting(facets: Iterable[str]) -> dict[str, Any]:
    return {"facet_by": ",".join(facets), "max_facet_values": FACET_VALUES}


def counted_share(found: int) -> float:
    """Which share of all postings is looked at where not all hits are counted: all of them but where very many are found."""
    if found <= COUNTED:
        return 1.0
    share = SAMPLED / found
    return ceil(share * LOTS) / LOTS if share * LOTS > 1 else share


def _sample(share: float) -> list[str]:
    """The filter that lets this share through: some of the lots, or a part of one, which takes longer for each posting in it."""
    if share == 1.0:
        return []
    return [f"{LOT}:<{round(share * LOTS)}" if share * LOTS >= 1 else f"{TIE}:<{round(share * TIES)}"]


def walk_step(query: SearchQuery, served: Served, after: tuple[int, int] | None) -> dict[str, Any]:
    """The hits next after the one of this `posted_at` and `tie`, newest first."""
    step = _matching(query, served) | {
        "sort_by": _ORDERS[Sort.DATE],
        "per_page": WALK_BATCH,
        "include_fields": "id,posted_at",
        "highlight_fields": "none",
    }
    if after is not None:
        posted_at, number = after
        older = f"(posted_at:<{posted_at} || (posted_at:={posted_at} && {TIE}:<{number}))"
        step["filter_by"] = " && ".join(part for part in (step["filter_by"], older) if part)
    return step


def best_by_words(query: SearchQuery, served: Served, limit: int) -> dict[str, Any]:
    """The first hits of a query, in the order of relevance."""
    return _told_whole(query, served) | {"per_page": limit, "sort_by": _ORDERS[Sort.RELEVANCE]}


def nearest(query: SearchQuery, vector: Vector, served: Served, limit: int) -> list[dict[str, Any]]:
    """The searches for the hits whose vectors are nearest, of those that the rest of the query lets through.

    Where it lets not all through, two, which find more together. Where all are compared, the server (0.24) misses documents whose vector was
    changed in place: it finds vectors by the document then, and of several that change at once it forgets which is whose.
    """
    told, filters = ",".join(f"{part:.4f}" for part in vector), _filters(query, served)
    return [
        {
            "collection": served.name,
            "q": "*",
            "filter_by": " && ".join(filters),
            "vector_query": f"embedding:([{told}], k: {limit}, flat_search_cutoff: {compared})",
            "exclude_fields": ",".join(NEVER_TOLD),
            "per_page": limit,
        }
        for compared in ((ALL_COMPARED, 0) if filters else (0,))
    ]


def place_in_walk(found: dict[str, Any]) -> tuple[int, int]:
    """Where the walk goes on after this document."""
    return found["posted_at"], tie(UUID(found["id"]))


def suggestions(prefix: str, limit: int, served: Served) -> list[dict[str, Any]]:
    """For titles, companies and skills: how many postings have which, of those with a word of this beginning.

    None where no word is there.
    """
    words = " ".join(asked(prefix).words)
    fields = ("title", "company", "skills") if words else ()
    return [
        {
            "collection": served.name,
            "q": words,
            "query_by": field,
            "facet_by": field,
            "facet_query": f"{field}:{words}",
            "max_facet_values": limit,
            "num_typos": 1,
            "prefix": True,
            "drop_tokens_threshold": 0,
            "enable_synonyms": False,
            "per_page": 0,
        }
        for field in fields
    ]


def by_id(job_id: UUID, served: Served) -> dict[str, Any]:
    """One document."""
    one = {"q": "*", "filter_by": f"id:{job_id}", "per_page": 1}
    return {"collection": served.name, "exclude_fields": ",".join(NEVER_TOLD)} | one


def candidates(document: SearchDocument, served: Served) -> list[dict[str, Any]]:
    """Two searches for what may be like this posting: by the words of its title, and by its skills."""
    asks = {"title": document.title, "skills": " ".join(document.skills)}
    return [
        {
            "collection": served.name,
            "q": text,
            "query_by": field,
            "num_typos": 0,
            "prefix": False,
            "drop_tokens_threshold": CANDIDATES,
            "per_page": CANDIDATES + 1,
            "exclude_fields": ",".join(NEVER_TOLD),
            "highlight_fields": "none",
        }
        for field, words in asks.items()
        if (text := " ".join(asked(words.replace('"', " ").replace("-", " ")).words))
    ]


def _matching(query: SearchQuery, served: Served, *, without: str | None = None, share: float = 1.0) -> dict[str, Any]:
    """What is found, whatever is then told of it. All words must match: few good hits and a hint beat many bad ones."""
    parts = asked(query.q)
    fields = searched_in(parts)
    filters = _filters(query, served, without) + _sample(share)
    return {
        "collection": served.name,
        "q": typed(parts),
        "query_by": ",".join(fields),
        "query_by_weights": ",".join(str(weight) for weight in fields.values()),
        # In the description a word is matched as it is written: parts and typos of words are everywhere in so much text.
        "num_typos": ",".join("0" if field == DESCRIPTION else "2" for field in fields),
        "prefix": ",".join("true" if parts.ends_open and field != DESCRIPTION else "false" for field in fields),
        "drop_tokens_threshold": 0,
        # Else a list's item that is the query whole, such as a skill, comes before the titles that have it among other words.
        "prioritize_exact_match": False,
        "filter_by": " && ".join(filters),
    }


def typed(parts: Asked) -> str:
    """The query in Typesense's own syntax. The words come last: the last of them may be a beginning."""
    if parts.matches_all:
        return "*"
    excluded = (f'-"{phrase}"' if " " in phrase else f"-{phrase}" for phrase in parts.excluded)
    return " ".join((*(f'"{phrase}"' for phrase in parts.phrases), *excluded, *parts.words))


def _filters(query: SearchQuery, served: Served, without: str | None = None) -> list[str]:
    filters = [one for facet, narrow in _NARROWS.items() if facet != without for one in narrow(query)]
    if query.part is not None and without != "location":
        filters.append(_in_part(query.part, served))
    if query.exclude_company:
        filters.append(f"company:!={_list(query.exclude_company)}")
    filters += [f"skills:={_quoted(skill)}" for skill in query.skills]
    filters += _any_of("remote_from", (*query.remote_from, ANYWHERE) if query.remote_from else ())
    if query.salary_min is not None:
        filters.append(_pays(query.salary_min))
    if query.circle is not None:
        filters.append(_around(query.circle, served))
    if query.posted_since is not None:
        filters.append(f"posted_at:>={query.posted_since}")
    if query.seen_by is not None:
        filters.append(f"seen_at:<={query.seen_by}")
    if query.sponsorship is not None:
        filters.append(f"visa_sponsorship:={str(query.sponsorship).lower()}")
    if query.among is not None:
        filters.append(f"id:[{','.join(map(str, query.among)) or 'none'}]")
    return filters


def _place(query: SearchQuery) -> Iterable[str]:
    if query.location and query.location.strip():
        named = f"location:{_quoted(query.location)}"
        yield f"({named} || countries:=[{','.join(query.area)}])" if query.area else named
    if query.country is not None:
        yield f"countries:={query.country}"


def _in_part(part: CountryPart, served: Served) -> str:
    there = [*_any_of("location", part.names)]
    if part.code and served.has_places:
        there.append(f"{REGIONS}:={part.country}-{part.code}")
    if words := part.words if served.has_places else part.spelled:
        there.append(f"(countries:={part.country} && location:{_list(words)})")
    if part.own_words:
        there.append(f"location:{_list(part.own_words)}")
    if part.cells and served.has_places:
        there.append(f"{SPOT}:[{','.join(map(str, part.cells))}]")
    return f"({' || '.join(there) or 'id:none'})"


def _around(circle: Circle, served: Served) -> str:
    if served.has_places and not served.is_exact and in_rows(circle):
        return _rows(circle)
    return f"geopoint:({circle.lat:.6f}, {circle.lon:.6f}, {circle.km:.3f} km)"


@lru_cache(maxsize=100)  # A search tells its circle once more for each facet that is counted apart.
def _rows(circle: Circle) -> str:
    return f"{SPOT}:[{','.join(f'{first}..{last}' for first, last in ranges(circle))}]"


def _pays(floor: PayFloor) -> str:
    """Either end of what is stated reaches the floor; or the euros do, where both currencies have a rate."""
    stated = f"(salary_max:>={floor.amount} || salary_min:>={floor.amount})"
    if floor.currency is None:
        return stated
    euros = in_euros(floor.amount, floor.currency)
    return f"(salary_currency:={floor.currency} && {stated})" if euros is None else f"pay_eur:>={euros}"


def _any_of(field: str, values: Collection[str]) -> Iterable[str]:
    if values:
        yield f"{field}:={_list(values)}"


def _list(values: Iterable[str]) -> str:
    return f"[{','.join(_quoted(value) for value in values)}]"


def _quoted(value: str) -> str:
    """Between backticks nothing is syntax but a backtick, for which there is no escape.

    It is left out, which changes no match: Typesense drops it from what it indexes as well.
    """
    return f"`{value.replace('`', '')}`"


_NARROWS: dict[str, Callable[[SearchQuery], Iterable[str]]] = {
    "location": _place,
    "remote": lambda query: _any_of("remote", query.remote),
    "company": lambda query: _any_of("company", query.company),
    "job_type": lambda query: _any_of("job_type", query.job_type),
    "seniority": lambda query: _any_of("seniority", query.seniority),
    "language": lambda query: _any_of("language", query.language),
}
"""The facets that are counted without their own narrowing, and how the query narrows each."""
