"""One form for all ways to ask the same question."""

from quiethire.domain.search import FACETS, SearchQuery

_LISTS = (
    *("remote", "remote_from", "company", "exclude_company", "job_type", "seniority", "skills", "language", "among"),
)
"""Lists whose order and repetitions mean nothing."""


def canonical(query: SearchQuery) -> SearchQuery:
    """The same question in its one form: words in lower case with single blanks, lists in order, each value once.

    It is what is searched, and what the answer is kept under: two questions with one form have one answer.
    """
    changes: dict[str, object] = {
        "q": _words(query.q),
        "facets": tuple(facet for facet in FACETS if facet in query.facets),
    }
    if query.location is not None:
        changes["location"] = _words(query.location)
    for name in _LISTS:
        values = getattr(query, name)
        if values:
            changes[name] = tuple(sorted(set(values)))
    return query.model_copy(update=changes)


def _words(text: str) -> str:
    return " ".join(text.lower().split())
