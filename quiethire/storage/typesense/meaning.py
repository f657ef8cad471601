"""Searching by meaning: keyword hits and the nearest vectors, fused by rank.

Typesense 0.24 refuses keyword and vector in one query, so both are asked in one round trip, and the page of what they give
together in a second one.
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from quiethire.domain.ports import Vector
from quiethire.domain.search import SearchQuery, SearchResult
from quiethire.storage.typesense import query as ask
from quiethire.storage.typesense.answer import checked, search_result

NEAREST = 100
"""Hits of each kind that are fused: what comes later is found by narrowing the search, not by leafing."""

FARTHEST = 0.65
"""Cosine distance beyond which two texts have nothing in common; measured on the corpus, work of other trades lies beyond .7."""

RANK_CONSTANT = 60
"""Of reciprocal rank fusion, as Cormack, Clarke and Büttcher (2009) have it."""

Asked = Callable[[Sequence[Mapping[str, Any]]], Awaitable[Sequence[Mapping[str, Any]]]]


async def search_by_meaning(query: SearchQuery, vector: Vector, collection: str, asked: Asked) -> SearchResult:
    """One page of at most twice `NEAREST` hits; facets are counted over all of these."""
    started = time.perf_counter()
    by_words, by_vector = await asked(
        [ask.best_by_words(query, collection, NEAREST), ask.nearest(query, vector, collection, NEAREST)]
    )
    # The server knows a threshold, and keeps to it in large collections alone.
    near = [hit for hit in checked(by_vector)["hits"] if hit["vector_distance"] <= FARTHEST]
    fused = fuse([[hit["document"]["id"] for hit in hits] for hits in (checked(by_words)["hits"], near)])
    start = (query.page - 1) * query.per_page
    page = fused[start : start + query.per_page]
    whole, marked, counted = await asked([*ask.page_of(page, query, collection), ask.counting_of(fused, collection)])
    documents, marks = ({hit["document"]["id"]: hit for hit in checked(answer)["hits"]} for answer in (whole, marked))
    # A posting that was closed since is in the ranking and has no document any more.
    hits = [marks.get(each) or documents[each] for each in page if each in documents]
    # Each of them is to be of the whole collection: the ranking above all.
    held = min(each["out_of"] for each in (by_words, by_vector, whole, marked))
    answer = {"found": len(fused), "hits": hits, "facet_counts": [], "out_of": held}
    return search_result([answer, counted], query, (time.perf_counter() - started) * 1_000)


def fuse(rankings: Sequence[Sequence[str]]) -> list[str]:
    """Reciprocal rank fusion: whoever stands high in any ranking stands high, and higher where it does in several."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, each in enumerate(ranking, start=1):
            scores[each] = scores.get(each, 0.0) + 1 / (RANK_CONSTANT + rank)
    return sorted(scores, key=lambda each: (-scores[each], each))


def vector_line(job_id: UUID, vector: Vector) -> str:
    """The change of a document that tells its vector. Four digits: a component that is kept in a byte has fewer."""
    return json.dumps({"id": str(job_id), "embedding": [round(part, 4) for part in vector]})
