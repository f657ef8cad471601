"""The search index in memory: the twin for tests. Words, prefixes, filters, facets and marks; no typos."""

import html
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from quiethire.domain.errors import Gone, InvalidInput
from quiethire.domain.search import (
    FacetCount,
    IndexFailure,
    SearchDocument,
    SearchHit,
    SearchQuery,
    SearchResult,
    Sort,
)
from quiethire.storage.typesense.schema import (
    FACETS,
    SEPARATORS,
    SYMBOLS,
    WEIGHTS,
    check_collection_name,
    is_collection_of,
)

_SPLIT = re.compile(rf"[\s{re.escape(''.join(SEPARATORS))}]+")


class MemoryIndex:
    """SearchIndex in a dictionary."""

    def __init__(self, alias: str = "jobs") -> None:
        self.alias = alias
        self._collections: dict[str, dict[str, SearchDocument]] = {}
        self._target: str | None = None

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

    async def delete(self, job_ids: Collection[UUID]) -> None:
        """Remove; those not there are no error."""
        for job_id in job_ids:
            self._documents().pop(str(job_id), None)

    async def count(self, collection: str | None = None) -> int:
        """Number of documents."""
        return len(self._documents(collection))

    async def ids(self) -> set[UUID]:
        """The ids of all documents."""
        return {UUID(name) for name in self._documents()}

    async def create(self, name: str) -> None:
        """A new, empty collection of this name."""
        check_collection_name(self.alias, name)
        if name == self._target:
            raise InvalidInput(f"{name!r} serves searches now", where="typesense", hint="choose a new name")
        self._collections[name] = {}

    async def swap(self, name: str) -> None:
        """Point the alias to this collection and drop the others."""
        check_collection_name(self.alias, name)
        self._documents(name)
        self._target = name
        for other in [other for other in self._collections if is_collection_of(self.alias, other) and other != name]:
            del self._collections[other]

    async def search(self, query: SearchQuery) -> SearchResult:
        """Search."""
        started = time.perf_counter()
        words = _words(query.q)
        scored = [
            (score, document)
            for document in self._documents().values()
            if _passes(document, query) and (score := _score(document, words))
        ]
        scored.sort(key=_order(query.sort), reverse=True)
        start = (query.page - 1) * query.per_page
        return SearchResult(
            found=len(scored),
            page=query.page,
            hits=tuple(
                SearchHit(document=document, highlights=_highlights(document, words))
                for _, document in scored[start : start + query.per_page]
            ),
            facets={facet: _counts(facet, [document for _, document in scored]) for facet in FACETS},
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def _documents(self, collection: str | None = None) -> dict[str, SearchDocument]:
        name = collection if collection is not None else self._target
        if name is None or name not in self._collections:
            raise Gone("no such collection", where="typesense", hint="has the index been built?")
        return self._collections[name]


def _words(text: str) -> list[str]:
    """Lower-case words without accents; `+` and `#` belong to a word, other signs are dropped."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = ("".join(c for c in word if c.isalnum() or c in SYMBOLS) for word in _SPLIT.split(plain))
    return [word for word in kept if word]


def _texts(document: SearchDocument, field: str) -> tuple[str, ...]:
    value = getattr(document, field)
    return (value,) if isinstance(value, str) else tuple(value)


def _passes(document: SearchDocument, query: SearchQuery) -> bool:
    for field in ("remote", "company", "job_type"):
        wanted = getattr(query, field)
        if wanted and _words(getattr(document, field)) not in [_words(value) for value in wanted]:
            return False
    if query.location and query.location.strip():
        wanted = set(_words(query.location))
        if not wanted or not any(wanted <= set(_words(place)) for place in document.location):
            return False
    pay = max(document.salary_min or 0, document.salary_max or 0)
    return query.salary_min is None or (
        pay >= query.salary_min.amount and (document.salary_max, document.salary_min) != (None, None)
    )


def _matches(word: str, text_word: str, *, last: bool) -> bool:
    return text_word.startswith(word) if last else text_word == word


def _score(document: SearchDocument, words: Sequence[str]) -> int:
    """The weights of the best field for each word; 0 where a word is nowhere."""
    total = 1
    for position, word in enumerate(words):
        weights = [
            weight
            for field, weight in WEIGHTS.items()
            for text in _texts(document, field)
            if any(_matches(word, other, last=position == len(words) - 1) for other in _words(text))
        ]
        if not weights:
            return 0
        total += max(weights)
    return total


def _order(sort: Sort) -> Callable[[tuple[int, SearchDocument]], tuple[int, ...]]:
    def key(entry: tuple[int, SearchDocument]) -> tuple[int, ...]:
        score, document = entry
        if sort is Sort.DATE:
            return (document.posted_at,)
        if sort is Sort.SALARY:
            return (document.salary_max or -1, document.salary_min or -1, document.posted_at)
        return (score, document.posted_at)

    return key


def _counts(facet: str, documents: Iterable[SearchDocument]) -> tuple[FacetCount, ...]:
    counted = Counter(value for document in documents for value in _texts(document, facet))
    return tuple(FacetCount(value=value, count=count) for value, count in counted.most_common(20))


def _highlights(document: SearchDocument, words: Sequence[str]) -> dict[str, str]:
    marked = {}
    for field in ("title", "company", "skills", "description"):
        pieces = [_marked(piece, words) for piece in re.split(r"(\s+)", ", ".join(_texts(document, field)))]
        if any(piece.startswith("<mark>") for piece in pieces):
            marked[field] = "".join(pieces)
    return marked


def _marked(piece: str, words: Sequence[str]) -> str:
    found = any(other.startswith(word) for word in words for other in _words(piece))
    return f"<mark>{html.escape(piece)}</mark>" if found else html.escape(piece)
