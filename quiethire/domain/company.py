"""Companies and what discovery finds out about them."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from quiethire.domain.base import Model
from quiethire.domain.board import Board

COMPANY_NAMESPACE = UUID("2f1d6f0e-0f3b-5d3c-9a53-6a1d1e1c1b10")


FAILED_AGAIN = timedelta(hours=6)
"""A company whose discovery failed is tried again after so long, then after twice as long each time, …"""
FAILED_AT_LATEST = timedelta(days=7)
"""… and never later than after so long."""
WORTH_CRAWLING = 0.5
"""Confidence from which a board is crawled. Less sure ones are kept, with their evidence."""


def company_id(domain: str) -> UUID:
    """The same domain gives the same id on every machine."""
    return uuid5(COMPANY_NAMESPACE, domain)


class Company(Model):
    """An employer, known by its domain."""

    id: UUID
    domain: str
    name: str | None = None
    last_crawled_at: datetime | None = None
    """When its discovery last succeeded."""
    last_tried_at: datetime | None = None
    """When it was last tried, however that ended."""
    failures: int = 0
    """Tries that failed since the last one that did not."""

    def is_due(self, older_than: timedelta, now: datetime) -> bool:
        """Whether its last success is so old, and its last failure, if any, long enough ago: never longer than that."""
        if self.failures and self.last_tried_at is not None:
            again = min(FAILED_AGAIN * 2 ** min(self.failures - 1, 10), FAILED_AT_LATEST, older_than)
            if self.last_tried_at + again > now:
                return False
        return self.last_crawled_at is None or self.last_crawled_at <= now - older_than


class UrlType(StrEnum):
    """What a discovered URL leads to."""

    CAREER_PAGE = "career_page"
    JOB_BOARD = "job_board"
    ATS = "ats"


class DiscoveryMethod(StrEnum):
    """How a URL was found."""

    OSINT = "osint"
    GITHUB = "github"
    DORK = "dork"
    SUBDOMAIN = "subdomain"


class Evidence(Model):
    """One reason to believe in a candidate: `kind` for machines, `detail` for people."""

    kind: str
    detail: str


class BoardCandidate(Model):
    """A URL that may be a company's board, with how sure we are (0–1) and why."""

    url: str
    url_type: UrlType
    discovered_via: DiscoveryMethod
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    board: Board | None = None
    """Set once the ATS is recognised, or once the page is verified as a board of its own."""

    @property
    def sure_board(self) -> Board | None:
        """The board, where we are sure enough of it to crawl it."""
        return self.board if self.confidence >= WORTH_CRAWLING else None


class Subdomain(Model):
    """A host name below a company's domain."""

    subdomain: str
    method: str
    is_job_related: bool


class DorkResult(Model):
    """One result of a search engine's query. `query` and `url` identify it."""

    query: str
    url: str
    title: str = ""
    snippet: str = ""
    rank: int
    """Its place among all results of the query, from 1."""
