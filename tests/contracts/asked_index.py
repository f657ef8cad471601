"""A search index with a few documents, and what is asked of it: for the contracts of the twins."""

from typing import Any
from uuid import UUID

from quiethire.domain.search import FACETS, SearchDocument, SearchQuery
from quiethire.storage.typesense.index import TypesenseIndex
from quiethire.storage.typesense.memory import MemoryIndex

Index = MemoryIndex | TypesenseIndex


async def holds(index: Index, *documents: dict[str, Any]) -> None:
    """Put documents in, numbered from 1, each newer than the one before."""
    plain = {"title": "Data Engineer", "company": "Northwind", "location": ("Berlin, Germany",), "description": "Work."}
    plain |= {"remote": "none", "job_type": "full_time", "skills": (), "quality_score": 90}
    made = [
        SearchDocument.model_validate(
            plain | {"id": str(UUID(int=number)), "posted_at": 1_700_000_000 + number, "seen_at": number} | changes
        )
        for number, changes in enumerate(documents, start=1)
    ]
    assert await index.upsert(made) == []


async def found(index: Index, **query: Any) -> list[int]:
    """The numbers of what is found, oldest first."""
    result = await index.search(SearchQuery.model_validate(query))
    assert result.found == len(result.hits)
    return sorted(UUID(hit.document.id).int for hit in result.hits)


async def counted(index: Index, **query: Any) -> dict[str, dict[str, int]]:
    """The counts of every facet."""
    facets = (await index.search(SearchQuery.model_validate(query))).facets
    assert tuple(facets) == FACETS
    return {name: {count.value: count.count for count in counts} for name, counts in facets.items()}


async def walked(index: Index, **query: Any) -> list[int]:
    """The numbers of what a walk passes, in its order."""
    return [job_id.int async for batch in index.walk(SearchQuery.model_validate(query)) for job_id in batch]
