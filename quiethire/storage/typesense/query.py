"""A SearchQuery as Typesense's parameters, and Typesense's answer as a SearchResult."""

import html
import secrets
from collections.abc import Mapping
from typing import Any

from quiethire.domain.errors import Permanent, Transient
from quiethire.domain.search import FacetCount, SearchDocument, SearchHit, SearchQuery, SearchResult, Sort
from quiethire.storage.typesense.schema import FACETS, WEIGHTS

# The marks are unguessable: a description that contained them could otherwise open a tag that nothing closes.
_MARK = secrets.token_hex(8)
_OPEN, _CLOSE = f"{_MARK}a", f"{_MARK}z"

_ORDERS = {
    Sort.RELEVANCE: "_text_match:desc,posted_at:desc",
    Sort.DATE: "posted_at:desc",
    Sort.SALARY: "salary_max:desc,salary_min:desc,posted_at:desc",
}


def search_parameters(query: SearchQuery, collection: str) -> dict[str, Any]:
    """The parameters of one search. All words must match: few good hits and a hint beat many bad ones."""
    return {
        "collection": collection,
        "q": query.q.strip() or "*",
        "query_by": ",".join(WEIGHTS),
        "query_by_weights": ",".join(str(weight) for weight in WEIGHTS.values()),
        "num_typos": 2,
        "prefix": True,
        "drop_tokens_threshold": 0,
        "filter_by": " && ".join(_filters(query)),
        "facet_by": ",".join(FACETS),
        "max_facet_values": 20,
        "sort_by": _ORDERS[query.sort],
        "page": query.page,
        "per_page": query.per_page,
        "highlight_fields": "title,company,skills,description",
        "highlight_full_fields": "title,company",
        "highlight_start_tag": _OPEN,
        "highlight_end_tag": _CLOSE,
    }


def _filters(query: SearchQuery) -> list[str]:
    filters = []
    for field, values in (("remote", query.remote), ("company", query.company), ("job_type", query.job_type)):
        if values:
            filters.append(f"{field}:=[{','.join(_quoted(value) for value in values)}]")
    if query.location and query.location.strip():
        filters.append(f"location:{_quoted(query.location)}")
    if query.salary_min is not None:
        floor = query.salary_min.amount
        filters.append(f"(salary_max:>={floor} || salary_min:>={floor})")
    return filters


def _quoted(value: str) -> str:
    """Between backticks nothing is syntax but a backtick, for which there is no escape.

    It is left out, which changes no match: Typesense drops it from what it indexes as well.
    """
    return f"`{value.replace('`', '')}`"


def search_result(answer: Mapping[str, Any], query: SearchQuery, took_ms: float) -> SearchResult:
    """Read one answer. Raises Transient or Permanent where it is an error."""
    if "hits" not in answer:
        code, error = answer.get("code"), str(answer.get("error"))[:500]
        if isinstance(code, int) and 400 <= code < 500 and code not in (404, 408, 429):
            raise Permanent(f"the search was refused: {error}", where="typesense")
        raise Transient(f"the search failed: {error}", where="typesense", hint="has the index been built?")
    return SearchResult(
        found=answer["found"],
        page=query.page,
        hits=tuple(_hit(hit) for hit in answer["hits"]),
        facets={
            facet["field_name"]: tuple(FacetCount(value=c["value"], count=c["count"]) for c in facet["counts"])
            for facet in answer.get("facet_counts", ())
        },
        took_ms=took_ms,
    )


def _hit(hit: Mapping[str, Any]) -> SearchHit:
    known = {name: value for name, value in hit["document"].items() if name in SearchDocument.model_fields}
    highlights = {entry["field"]: _marked(entry) for entry in hit.get("highlights", ())}
    return SearchHit(document=SearchDocument.model_validate(known), highlights=highlights)


def _marked(entry: Mapping[str, Any]) -> str:
    """The snippet as HTML: the text escaped whole, then our marks made into tags."""
    text = entry.get("value") or entry.get("snippet") or ", ".join(entry.get("snippets", ()))
    return html.escape(text).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
