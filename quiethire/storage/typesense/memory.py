"""The search index in memory: the twin for tests. Everything but typos; its circles are exact."""

import operator
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from uuid import UUID

from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.ports import Meaning, Vector
from quiethire.domain.search import (
    FacetCount,
    IndexCollection,
    IndexFailure,
    SearchDocument,
    SearchHit,
    SearchQuery,
    SearchResult,
    Sort,
    Suggestions,
)
from quiethire.domain.search_words import asked
from quiethire.storage.typesense.likeness import likest
from quiethire.storage.typesense.meaning import FARTHEST, NEAREST, fuse
from quiethire.storage.typesense.memory_search import begins, counts, highlights, order, passes, score
from quiethire.storage.typesense.schema import check_collection_name, is_collection_of
from quiethire.storage.typesense.words import words_of

_BATCH = 250


class MemoryIndex:
    """SearchIndex in a dictionary."""

    def __init__(self, alias: str = "jobs") -> None:
        self.alias = alias
        self._collections: dict[str, dict[str, SearchDocument]] = {}
        self._target: str | None = None
        self._before: str | None = None

    async def ensure(self) -> None:
        """Create the first collection and the alias where they are missing."""
        if self._target is None:
            self._target = f"{self.alias}_1"
            self._collections.setdefault(self._target, {})

    async def ready(self) -> bool:
        """Whether there is anything to search in."""
        return self._target is not None

    async def upsert(self, documents: Sequence[SearchDocument], collection: str | None = None) -> list[IndexFailure]:
        """Add or replace. Nothing is refused."""
        self._documents(collection).update({document.id: document for document in documents})
        return []

    async def delete(self, job_ids: Collection[UUID], collection: str | None = None) -> None:
        """Remove; those not there are no error."""
        for job_id in job_ids:
            self._documents(collection).pop(str(job_id), None)

    async def count(self, collection: str | None = None) -> int:
        """Number of documents."""
        return len(self._documents(collection))

    async def ids(self, collection: str | None = None) -> set[UUID]:
        """The ids of all documents."""
        return {UUID(name) for name in self._documents(collection)}

    async def create(self, name: str) -> None:
        """A new, empty collection of this name."""
        check_collection_name(self.alias, name)
        if name == self._target:
            raise InvalidInput(f"{name!r} serves searches now", where="typesense", hint="choose a new name")
        self._collections[name] = {}

    async def swap(self, name: str) -> None:
        """Point the alias to this collection, keep the one that served until now, and drop the others."""
        check_collection_name(self.alias, name)
        self._documents(name)
        if self._target != name:
            self._before, self._target = self._target, name
        for other in [other for other in self._collections if is_collection_of(self.alias, other)]:
            if other not in (self._target, self._before):
                del self._collections[other]

    async def rollback(self) -> str:
        """Serve the collection from before the last swap again."""
        if self._before is None or self._before not in self._collections:
            raise Gone("no collection of before is kept", where="typesense", hint="quiethire index rebuild")
        before, self._before = self._before, self._target
        self._target = before
        return before

    async def collections(self) -> tuple[IndexCollection, ...]:
        """The collections with their counts, by name. When they were made is not kept."""
        return tuple(
            IndexCollection(
                name=name,
                documents=len(self._collections[name]),
                serves=name == self._target,
                previous=name == self._before,
                created_at=0,
            )
            for name in sorted(self._collections)
        )

    async def embed(self, vectors: Mapping[UUID, Vector], collection: str | None = None) -> None:
        """Tell what postings mean; those not there are left out."""
        documents = self._documents(collection)
        for job_id, vector in vectors.items():
            if (document := documents.get(str(job_id))) is not None:
                documents[document.id] = document.model_copy(update={"embedding": vector})

    async def search(self, query: SearchQuery, meaning: Meaning | None = None) -> SearchResult:
        """Search."""
        started = time.perf_counter()
        vector = None if meaning is None else await meaning
        scored = self._scored(query)
        scored.sort(key=order(query.sort if vector is None else Sort.RELEVANCE), reverse=True)
        if vector is not None:
            scored = self._fused(scored, query, vector)
        start = (query.page - 1) * query.per_page
        parts = asked(query.q)
        words = words_of(" ".join((*parts.phrases, *parts.words)))
        return SearchResult(
            found=len(scored),
            page=query.page,
            hits=tuple(
                SearchHit(document=document, highlights=highlights(document, words))
                for _, document in scored[start : start + query.per_page]
            ),
            facets={
                facet: self._facet(facet, query) if vector is None else counts(facet, [one for _, one in scored])
                for facet in query.facets
            },
            took_ms=(time.perf_counter() - started) * 1000,
            held=len(self._documents()),
        )

    async def walk(self, query: SearchQuery) -> AsyncIterator[list[UUID]]:
        """Every hit, newest first, in batches, each once."""
        scored = self._scored(query)
        scored.sort(key=order(Sort.DATE), reverse=True)
        for start in range(0, len(scored), _BATCH):
            yield [UUID(document.id) for _, document in scored[start : start + _BATCH]]

    async def suggest(self, prefix: str, limit: int) -> Suggestions:
        """Titles, companies and skills that have a word with this beginning."""
        words = words_of(" ".join(asked(prefix).words))
        documents = self._documents().values()

        def told(field: str) -> tuple[FacetCount, ...]:
            every = counts(field, documents, limit=len(documents) + sum(len(one.skills) for one in documents))
            return tuple(count for count in every if words and begins(count.value, words))[:limit]

        return Suggestions(titles=told("title"), companies=told("company"), skills=told("skills"))

    async def similar(self, job_id: UUID, limit: int) -> tuple[SearchHit, ...]:
        """The postings most like this one."""
        documents = self._documents()
        own = documents.get(str(job_id))
        found = likest(own, documents.values(), limit) if own is not None else []
        return tuple(SearchHit(document=other) for other in found)

    def _fused(
        self, scored: list[tuple[int, SearchDocument]], query: SearchQuery, vector: Vector
    ) -> list[tuple[int, SearchDocument]]:
        """With the nearest by meaning among those that the rest of the query lets through."""
        others = [one for _, one in self._scored(query.model_copy(update={"q": ""})) if one.embedding is not None]
        far = {one.id: 1 - sum(map(operator.mul, vector, one.embedding or ())) for one in others}
        near = sorted((each for each in far if far[each] <= FARTHEST), key=lambda each: (far[each], each))[:NEAREST]
        fused = fuse([[one.id for _, one in scored[:NEAREST]], near])
        return [(0, self._documents()[each]) for each in fused]

    def _scored(self, query: SearchQuery, without: str | None = None) -> list[tuple[int, SearchDocument]]:
        parts = asked(query.q)
        found = (one for one in self._documents().values() if passes(one, query, without))
        return [(points, one) for one in found if (points := score(one, parts))]

    def _facet(self, facet: str, query: SearchQuery) -> tuple[FacetCount, ...]:
        without = None if facet == "skills" else facet
        return counts(facet, [one for _, one in self._scored(query, without)])

    def _documents(self, collection: str | None = None) -> dict[str, SearchDocument]:
        name = collection if collection is not None else self._target
        if name is None or name not in self._collections:
            raise Gone("no such collection", where="typesense", hint="has the index been built?")
        return self._collections[name]
