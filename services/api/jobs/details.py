"""Everything that is known of one posting, for its page, the API and whoever else shows it."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from quiethire.clients import Clients
from quiethire.domain.base import Model
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import QuietHireError, Transient
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import Location, Period
from quiethire.domain.search import SearchDocument, SearchHit, SearchQuery
from services.api.jobs.examples import PARTIAL
from services.api.jobs.mates import mates_of
from services.api.jobs.postings import Pay, PostingDetail, Status
from services.api.outage import Outage
from services.api.search.answers import FoundPosting

SIMILAR = 6
"""Similar postings that are told."""

_WORDS = 10
"""Words of a title that its like must have."""

_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[,|–—:/].*| - .*")
"""What a title says beside the job: `(m/w/d)`, a team, a place."""

_no_index = Outage("the index does not answer, a posting is told without its like")
_no_crawls = Outage("the log of crawls does not answer, a posting was last seen when it last changed")


class PartialPosting(Model):
    """What the search index knows of a posting while the store of postings is out of reach: an open one, without its history.

    Its fields are named and mean as in the whole posting.
    """

    model_config = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"example": PARTIAL})

    partial: Literal[True] = True
    id: UUID
    title: str
    company_name: str
    company_domain: str | None
    locations: tuple[Location, ...]
    """By their names alone."""
    remote: str
    on_site_days: int | None
    visa_sponsorship: bool | None
    job_type: str | None
    seniority: str | None
    skills: tuple[str, ...]
    salary: Pay | None
    """By the year."""
    posted_at: datetime
    language: str | None
    quality_score: int
    description_text: str
    """The beginning of it."""
    status: Status = Status.OPEN
    first_seen_at: datetime
    similar: tuple[FoundPosting, ...] = ()
    """Open postings most like this one, the likest first."""

    @classmethod
    def of(cls, document: SearchDocument) -> "PartialPosting":
        """The document as the API tells it."""
        same = set(cls.model_fields) & set(SearchDocument.model_fields)
        return cls(
            **document.model_dump(include=same - {"posted_at", "job_type", "seniority", "language"}),
            company_name=document.company,
            locations=tuple(Location(name=name) for name in document.location),
            job_type=_known(document.job_type),
            seniority=_known(document.seniority),
            language=_known(document.language),
            salary=_pay(document),
            posted_at=datetime.fromtimestamp(document.posted_at, UTC),
            first_seen_at=datetime.fromtimestamp(document.seen_at, UTC),
            description_text=document.description,
        )


def _known(value: str) -> str | None:
    return None if value == "unknown" else value


def _pay(document: SearchDocument) -> Pay | None:
    low, high = document.salary_min, document.salary_max
    if document.salary_currency is None or (low is None and high is None):
        return None
    return Pay(
        min=low, max=high, currency=document.salary_currency, period=Period.YEAR, yearly_min=low, yearly_max=high
    )


async def detail_of(clients: Clients, job_id: UUID) -> PostingDetail | None:
    """The whole posting; None where there is none. Raises Transient where the store is out of reach."""
    row = await clients.postings.get(job_id)
    if row is None:
        return None
    history, mates, crawls, similar = await asyncio.gather(
        clients.postings.history(job_id), mates_of(clients, job_id), _crawls(clients, row), _similar(clients, row)
    )
    detail = PostingDetail.whole(row, history, crawls, mates)
    return detail.model_copy(update={"similar": similar or (), "similar_known": similar is not None})


async def part_of(clients: Clients, job_id: UUID) -> PartialPosting | None:
    """What the index knows of a posting; None where it has none. Raises the error of the index."""
    found = await clients.index.search(SearchQuery(among=(job_id,), per_page=1, facets=()))
    if not found.hits:
        return None
    hits = await clients.index.similar(job_id, SIMILAR)
    return PartialPosting.of(found.hits[0].document).model_copy(update={"similar": _told(hits)})


async def _crawls(clients: Clients, row: StoredPosting) -> list[CrawlRecord]:
    """The latest of its board. Where they cannot be read, the posting was last seen when its row was written."""
    if row.posting.board_key is None:
        return []
    try:
        return await clients.boards.recent_crawls(row.posting.board_key)
    except Transient as error:
        _no_crawls.note(error)
        return []


async def _similar(clients: Clients, row: StoredPosting) -> tuple[FoundPosting, ...] | None:
    """The open postings most like this one. None where the index is out of reach: it is told without its like then."""
    try:
        if row.is_open:
            return _told(await clients.index.similar(row.posting.id, SIMILAR))
        return await _of_its_title(clients, row.posting.title)
    except QuietHireError as error:
        _no_index.note(error)
        return None


async def _of_its_title(clients: Clients, title: str) -> tuple[FoundPosting, ...]:
    """The index does not hold what is closed: those are taken that have all words of its title, else the last two."""
    words = [word.strip('-"“”') for word in _ASIDE.sub(" ", title).split()[:_WORDS]]
    for wanted in dict.fromkeys((" ".join(words), " ".join(words[-2:]))):
        if wanted:
            found = await clients.index.search(SearchQuery(q=wanted[:200], per_page=SIMILAR, facets=()))
            if found.hits:
                return _told(found.hits)
    return ()


def _told(hits: Sequence[SearchHit]) -> tuple[FoundPosting, ...]:
    return tuple(FoundPosting.of(hit) for hit in hits)
