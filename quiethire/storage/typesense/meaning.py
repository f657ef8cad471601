"""Searching by meaning: keyword hits and the nearest vectors, fused by rank.

Typesense 0.24 refuses keyword and vector in one query, so both are asked, each as soon as it can be, and told with their documents: what
takes the server its time is to read these, which a second round for the page of what both give together would have it do again.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from quiethire.domain.ports import Meaning, Vector
from quiethire.domain.search import FACET_VALUES, SearchQuery, SearchResult
from quiethire.storage.typesense import query as ask
from quiethire.storage.typesense.answer import Answer, checked, search_result
from quiethire.storage.typesense.schema import Served, in_bytes

NEAREST = 40
"""Hits of each kind that are fused: two pages of twenty, or four where words and vectors find others. What comes later is found by
narrowing the search, not by leafing, and each has to be read: with 60, a search took 1.2 ms more, the slowest in a hundred 4 ms."""

FARTHEST = 0.65
"""Cosine distance beyond which two texts have nothing in common; measured on the corpus, work of other trades lies beyond .7."""

RANK_CONSTANT = 60
"""Of reciprocal rank fusion, as Cormack, Clarke and Büttcher (2009) have it."""

Asked = Callable[[Sequence[Mapping[str, Any]]], Awaitable[Sequence[Mapping[str, Any]]]]


async def search_by_meaning(query: SearchQuery, meaning: Meaning, served: Served, asked: Asked) -> SearchResult:
    """One page of at most twice `NEAREST` hits; facets are counted over all of these."""
    started = time.perf_counter()

    async def nearest() -> Sequence[Mapping[str, Any]]:
        # It is of use to others when this search is given up.
        vector = await asyncio.shield(meaning)
        return await asked(ask.nearest(query, vector, served, NEAREST))

    looking = asyncio.create_task(nearest())
    try:
        (by_words,), by_vector = await asyncio.gather(asked([ask.best_by_words(query, served, NEAREST)]), looking)
    finally:
        looking.cancel()
    worded, near = checked(by_words)["hits"], _near(by_vector)
    found = {hit["document"]["id"]: hit for hit in (*near, *worded)}
    fused = fuse([[hit["document"]["id"] for hit in hits] for hits in (worded, near)])
    start = (query.page - 1) * query.per_page
    answer = {
        "found": len(fused),
        "hits": [found[each] for each in fused[start : start + query.per_page]],
        "facet_counts": [_counted(facet, found.values()) for facet in query.facets],
        # Each of them is to be of the whole collection.
        "out_of": min(answer["out_of"] for answer in (by_words, *by_vector)),
    }
    return search_result([answer], query, (time.perf_counter() - started) * 1_000)


def _near(answers: Sequence[Answer]) -> list[Answer]:
    """What is near enough of all that was found, the nearest first. The server knows a threshold, and keeps to it in large collections alone.

    What several found counts as the first of them has it.
    """
    found = {hit["document"]["id"]: hit for answer in reversed(answers) for hit in checked(answer)["hits"]}
    near = (hit for hit in found.values() if hit["vector_distance"] <= FARTHEST)
    return sorted(near, key=lambda hit: hit["vector_distance"])[:NEAREST]


def _counted(facet: str, hits: Iterable[Answer]) -> Answer:
    """The most frequent values, as the server tells them."""
    values = Counter[str]()
    for hit in hits:
        told = hit["document"].get(facet, ())
        values.update((told,) if isinstance(told, str) else told)
    counts = [{"value": value, "count": count} for value, count in values.most_common(FACET_VALUES)]
    return {"field_name": facet, "counts": counts}


def fuse(rankings: Sequence[Sequence[str]]) -> list[str]:
    """Reciprocal rank fusion: whoever stands high in any ranking stands high, and higher where it does in several."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, each in enumerate(ranking, start=1):
            scores[each] = scores.get(each, 0.0) + 1 / (RANK_CONSTANT + rank)
    return sorted(scores, key=lambda each: (-scores[each], each))


def vector_line(job_id: UUID, vector: Vector) -> str:
    """The change of a document that tells its vector."""
    return orjson.dumps({"id": str(job_id), "embedding": in_bytes(vector)}).decode()
