"""Companies and what discovery found of them, in PostgreSQL."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, Company, Subdomain, company_id
from quiethire.domain.urls import canonical_url
from quiethire.storage.postgres.boards import BOARD_COLUMNS, board_of, upsert_boards
from quiethire.storage.postgres.connection import Pool, rows, transaction

_ADD = """
    INSERT INTO companies (id, domain, name, last_crawled_at)
    SELECT * FROM unnest(%(ids)s::uuid[], %(domains)s::text[], %(names)s::text[], %(crawled)s::timestamptz[])
    ON CONFLICT (domain) DO UPDATE SET name = coalesce(excluded.name, companies.name), updated_at = now()
    RETURNING (xmax = 0) AS is_new
"""
_STALE = """
    SELECT id, domain, name, last_crawled_at FROM companies
    WHERE last_crawled_at IS NULL OR last_crawled_at <= %(before)s
    ORDER BY last_crawled_at NULLS FIRST, domain LIMIT %(limit)s
"""
_MARK = """
    INSERT INTO companies (id, domain, last_crawled_at) VALUES (%(id)s, %(domain)s, %(at)s)
    ON CONFLICT (domain) DO UPDATE
    SET last_crawled_at = greatest(companies.last_crawled_at, excluded.last_crawled_at), updated_at = now()
"""
_KNOW = "INSERT INTO companies (id, domain) VALUES (%(id)s, %(domain)s) ON CONFLICT (domain) DO NOTHING"
_ADOPT = """
    UPDATE boards SET company_id = (SELECT id FROM companies WHERE domain = %(domain)s), updated_at = now()
    WHERE company_id IS NULL
      AND text_sha256(key) IN (SELECT text_sha256(given) FROM unnest(%(keys)s::text[]) AS given)
"""
_DISCOVER_URLS = """
    INSERT INTO discovered_urls (company_id, url, url_type, discovered_via, confidence, evidence, board_id)
    SELECT company.id, found.url, found.url_type, found.via, found.confidence, found.evidence, board.id
    FROM unnest(%(urls)s::text[], %(types)s::text[], %(vias)s::text[], %(confidences)s::float8[], %(evidences)s::jsonb[],
                %(boards)s::text[]) AS found (url, url_type, via, confidence, evidence, board_key)
    JOIN companies AS company ON company.domain = %(domain)s
    LEFT JOIN boards AS board ON text_sha256(board.key) = text_sha256(found.board_key)
    ON CONFLICT (company_id, text_sha256(url)) DO UPDATE
    SET url_type = excluded.url_type, discovered_via = excluded.discovered_via, confidence = excluded.confidence,
        evidence = excluded.evidence, board_id = excluded.board_id, updated_at = now()
"""
_DISCOVER_SUBDOMAINS = """
    INSERT INTO discovered_subdomains (company_id, subdomain, method, is_job_related)
    SELECT company.id, found.subdomain, found.method, found.is_job_related
    FROM unnest(%(subdomains)s::text[], %(methods)s::text[], %(related)s::boolean[])
        AS found (subdomain, method, is_job_related)
    JOIN companies AS company ON company.domain = %(domain)s
    ON CONFLICT (company_id, subdomain) DO UPDATE
    SET method = excluded.method, is_job_related = excluded.is_job_related
"""
_DISCOVERED = f"""
    SELECT found.url AS found_url, found.url_type, found.discovered_via, found.confidence, found.evidence,
           {BOARD_COLUMNS}
    FROM discovered_urls AS found
    JOIN companies AS finder ON finder.id = found.company_id
    LEFT JOIN boards AS board ON board.id = found.board_id
    LEFT JOIN companies AS owner ON owner.id = board.company_id
    WHERE finder.domain = %(domain)s
    ORDER BY found.confidence DESC, found.url
"""  # noqa: S608 - made of constants of this package


class PostgresCompanies:
    """`CompanyStore` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def add(self, companies: Iterable[Company]) -> int:
        """Add or rename; a company that is given without a name keeps the one it has."""
        # One statement cannot touch a row twice, and writers that go by the same order cannot deadlock.
        batch = sorted({company.domain: company for company in companies}.values(), key=lambda company: company.domain)
        added = await rows(
            self.pool,
            _ADD,
            {
                "ids": [company.id for company in batch],
                "domains": [company.domain for company in batch],
                "names": [company.name for company in batch],
                "crawled": [company.last_crawled_at for company in batch],
            },
        )
        return sum(row["is_new"] for row in added)

    async def by_domain(self, domain: str) -> Company | None:
        """One company."""
        sql = "SELECT id, domain, name, last_crawled_at FROM companies WHERE domain = %(domain)s"
        found = await rows(self.pool, sql, {"domain": domain})
        return Company.model_validate(found[0]) if found else None

    async def stale(self, older_than: timedelta, limit: int, now: datetime) -> list[Company]:
        """Companies to crawl, the longest waiting first."""
        found = await rows(self.pool, _STALE, {"before": now - older_than, "limit": limit})
        return [Company.model_validate(row) for row in found]

    async def mark_crawled(self, domain: str, at: datetime) -> None:
        """Set `last_crawled_at`, never backwards. A company not known yet is added."""
        await rows(self.pool, _MARK, {"id": company_id(domain), "domain": domain, "at": at})

    async def store_discovered(
        self, domain: str, candidates: Sequence[BoardCandidate], subdomains: Sequence[Subdomain]
    ) -> None:
        """Store findings in one transaction; the newest finding of a URL wins.

        A board that names no company, and has none yet, becomes this company's.
        """
        found = best_by_url(candidates)
        boards = [board for candidate in found.values() if (board := candidate.board) is not None]
        async with transaction(self.pool) as connection:
            await connection.execute(_KNOW, {"id": company_id(domain), "domain": domain})
            await upsert_boards(connection, boards)
            await connection.execute(_ADOPT, {"keys": [board.key for board in boards], "domain": domain})
            await connection.execute(_DISCOVER_URLS.encode(), _url_columns(domain, found))
            await _store_subdomains(connection, domain, subdomains)

    async def discovered(self, domain: str) -> list[BoardCandidate]:
        """The discovered URLs of a company, best first."""
        return [_candidate_of(row) for row in await rows(self.pool, _DISCOVERED, {"domain": domain})]

    async def count(self) -> int:
        """How many companies are known."""
        found = await rows(self.pool, "SELECT count(*) AS companies FROM companies", {})
        return int(found[0]["companies"])


def best_by_url(candidates: Iterable[BoardCandidate]) -> dict[str, BoardCandidate]:
    """The surest candidate of each canonical URL, by URL."""
    best: dict[str, BoardCandidate] = {}
    for candidate in candidates:
        url = canonical_url(candidate.url)
        if url not in best or candidate.confidence > best[url].confidence:
            best[url] = candidate.model_copy(update={"url": url})
    return dict(sorted(best.items()))


def _url_columns(domain: str, found: dict[str, BoardCandidate]) -> dict[str, Any]:
    candidates = found.values()
    return {
        "domain": domain,
        "urls": list(found),
        "types": [candidate.url_type.value for candidate in candidates],
        "vias": [candidate.discovered_via.value for candidate in candidates],
        "confidences": [candidate.confidence for candidate in candidates],
        "evidences": [Jsonb([reason.model_dump() for reason in candidate.evidence]) for candidate in candidates],
        "boards": [candidate.board.key if candidate.board else None for candidate in candidates],
    }


async def _store_subdomains(connection: AsyncConnection[DictRow], domain: str, subdomains: Sequence[Subdomain]) -> None:
    batch = {found.subdomain: found for found in sorted(subdomains, key=lambda found: found.subdomain)}.values()
    parameters = {
        "domain": domain,
        "subdomains": [found.subdomain for found in batch],
        "methods": [found.method for found in batch],
        "related": [found.is_job_related for found in batch],
    }
    await connection.execute(_DISCOVER_SUBDOMAINS, parameters)


def _candidate_of(row: DictRow) -> BoardCandidate:
    board: Board | None = board_of(row) if row["ats"] is not None else None
    return BoardCandidate(
        url=row["found_url"],
        url_type=row["url_type"],
        discovered_via=row["discovered_via"],
        confidence=row["confidence"],
        evidence=row["evidence"],
        board=board,
    )
