"""Typesense's answers as what the port promises."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from quiethire.domain.errors import Permanent, Transient
from quiethire.domain.search import FacetCount, SearchDocument, SearchHit, SearchQuery, SearchResult
from quiethire.storage.typesense.query import MARK_CLOSES, MARK_OPENS
from quiethire.storage.typesense.schema import BORN_WITH

Answer = Mapping[str, Any]

# All models at once: one by one they take more than half as long again.
_HITS = TypeAdapter(tuple[SearchHit, ...])
_COUNTS = TypeAdapter(tuple[FacetCount, ...])


class WithoutPlaces(Transient):
    """The collection that serves was made before one of `BORN_WITH`."""


def checked(answer: Answer) -> Answer:
    """One answer of several. Raises Transient or Permanent where it is an error."""
    if "hits" in answer:
        return answer
    code, error = answer.get("code"), str(answer.get("error"))[:500]
    if isinstance(code, int) and 400 <= code < 500 and code not in (404, 408, 429):
        raise Permanent(f"the search was refused: {error}", where="typesense")
    kind = WithoutPlaces if any(f"filter field named `{field}`" in error for field in BORN_WITH) else Transient
    raise kind(f"the search failed: {error}", where="typesense", hint="has the index been built?")


def search_result(
    answers: Sequence[Answer], query: SearchQuery, took_ms: float, *, counted_share: float = 1.0
) -> SearchResult:
    """Read a page of hits and the answers that count, which looked at this share of all."""
    page = checked(answers[0])
    counted = {
        facet["field_name"]: counts(facet, counted_share)
        for answer in answers
        for facet in checked(answer)["facet_counts"]
    }
    return SearchResult(
        found=page["found"],
        page=query.page,
        hits=_HITS.validate_python([_hit(hit) for hit in page["hits"]], extra="ignore"),
        facets={facet: counted.get(facet, ()) for facet in query.facets},
        facets_estimated=counted_share < 1.0,
        took_ms=took_ms,
        # The least: each answer is to be of the whole collection.
        held=min((answer["out_of"] for answer in answers if "out_of" in answer), default=None),
    )


def counts(facet: Answer, share: float = 1.0) -> tuple[FacetCount, ...]:
    """The values of one facet, the most frequent first, where this share of all was counted."""
    told = ({"value": each["value"], "count": round(each["count"] / share)} for each in facet["counts"])
    return _COUNTS.validate_python(tuple(told))


def document_of(stored: Answer) -> SearchDocument:
    """The document without what only the collection needs, or what an older version wrote."""
    return SearchDocument.model_validate(stored, extra="ignore")


def _hit(hit: Answer) -> dict[str, Any]:
    """The fields of a `SearchHit`, with what only the collection needs."""
    highlights = {field: _marked(matched) for field, matched in hit.get("highlight", {}).items()}
    return {"document": hit["document"], "highlights": highlights}


def _marked(matched: Answer | Sequence[Answer]) -> str:
    """What matched in a field, or in the items of a list, as HTML: the text escaped whole, then our marks made into tags."""
    if isinstance(matched, Mapping):
        text = matched.get("value") or matched["snippet"]
    else:
        text = ", ".join(item["snippet"] for item in matched if item["matched_tokens"])
    return html.escape(text, quote=False).replace(MARK_OPENS, "<mark>").replace(MARK_CLOSES, "</mark>")
