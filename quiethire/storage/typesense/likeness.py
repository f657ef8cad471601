"""How like two postings are, by what the index holds of them."""

import re
from collections.abc import Collection, Iterable

from quiethire.domain.search import SearchDocument
from quiethire.domain.search_words import asked

_WEIGHTS = {"title": 3.0, "skills": 2.0, "seniority": 0.5, "place": 0.5, "job_type": 0.25}
"""The same trade first, then what one has to know, then the rest."""


def likest(document: SearchDocument, candidates: Iterable[SearchDocument], limit: int) -> list[SearchDocument]:
    """Those most like `document`, without itself and without those that share neither a word of the title nor a skill."""
    others = {candidate.id: candidate for candidate in candidates if candidate.id != document.id}
    scored = [(likeness(document, other), other.posted_at, other.id, other) for other in others.values()]
    scored.sort(key=lambda entry: entry[:3], reverse=True)
    return [entry[-1] for entry in scored if entry[0] > 0][:limit]


def likeness(one: SearchDocument, other: SearchDocument) -> float:
    """0 for postings of different trades; the higher the more alike."""
    title = _shared(_title_words(one), _title_words(other))
    skills = _shared({skill.casefold() for skill in one.skills}, {skill.casefold() for skill in other.skills})
    if not title and not skills:
        return 0.0
    return (
        _WEIGHTS["title"] * title
        + _WEIGHTS["skills"] * skills
        + _WEIGHTS["seniority"] * (one.seniority == other.seniority)
        + _WEIGHTS["place"] * _same_place(one, other)
        + _WEIGHTS["job_type"] * (one.job_type == other.job_type)
    )


def _same_place(one: SearchDocument, other: SearchDocument) -> float:
    """A full share in the same town, half of it in the same country or where both are remote."""
    if set(one.location) & set(other.location):
        return 1.0
    both_remote = one.remote == other.remote == "remote"
    return 0.5 * (both_remote or bool(set(one.countries) & set(other.countries)))


def _title_words(document: SearchDocument) -> set[str]:
    words = " ".join(asked(document.title.replace('"', " ").replace("-", " ")).words)
    return {word for word in re.split(r"[^\w+#]+", words.casefold()) if word}


def _shared(one: Collection[str], other: Collection[str]) -> float:
    """Jaccard's share of what is in both."""
    either = set(one) | set(other)
    return len(set(one) & set(other)) / len(either) if either else 0.0
