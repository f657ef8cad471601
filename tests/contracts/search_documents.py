"""Documents of the search index, and which of them a query finds."""

from uuid import UUID

from quiethire.domain.search import SearchDocument, SearchQuery
from quiethire.storage.typesense.index import TypesenseIndex
from quiethire.storage.typesense.memory import MemoryIndex


def document(number: int, **changes: object) -> SearchDocument:
    fields: dict[str, object] = {
        "id": str(UUID(int=number)),
        "title": "Data Engineer",
        "company": "Northwind",
        "location": ("Berlin, Germany",),
        "description": "Build pipelines.",
        "remote": "none",
        "job_type": "full_time",
        "skills": ("Python",),
        "quality_score": 90,
        "posted_at": 1_700_000_000 + number,
    }
    return SearchDocument.model_validate(fields | changes)


async def found(index: MemoryIndex | TypesenseIndex, **query: object) -> list[int]:
    result = await index.search(SearchQuery.model_validate(query))
    assert result.found == len(result.hits)
    return [UUID(hit.document.id).int for hit in result.hits]
