"""Companies and what discovery found of them, in PostgreSQL."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from quiethire.domain.board import Board
from quiethire.domain.company import (
    FAILED_AGAIN,
    FAILED_AT_LATEST,
    BoardCandidate,
    Company,
    DorkResult,
    Subdomain,
    company_id,
)
from quiethire.domain.urls import canonical_url
from quiethire.storage.postgres.boards import BOARD_COLUMNS, board_of, upsert_boards
from quiethire.storage.postgres.connection import Pool, rows, transaction

_ADD = """
    INSERT INTO companies (id, domain, name, last_crawled_at, last_tried_at, failures)
    SELECT * FROM unnest(%(ids)s::uuid[], %(domains)s::text[], %(names)s::text[], %(crawled)s::timestamptz[],
                         %(tried)s::timestamptz[], %(failures)s::integer[])
    ON CONFLICT (domain) DO UPDATE SET name = coalesce(excluded.name, companies.name), updated_at = now()
    RETURNING (xmax = 0) AS is_new
"""
_COLUMNS = "id, domain, name, last_crawled_at, last_tried_at, failures"
_IS_DUE = """
    (last_crawled_at IS NULL OR last_crawled_at <= %(now)s - %(older_than)s::interval)
    AND (failures = 0 OR last_tried_at IS NULL
         OR last_tried_at + least(%(again)s::interval * power(2, least(failures - 1, 10)), %(at_latest)s::interval,
                                  %(older_than)s::interval) <= %(now)s)
"""
_STALE = f"""
    SELECT {_COLUMNS} FROM companies
    WHERE {_IS_DUE} AND CASE
        WHEN %(domain)s::text IS NULL THEN true
        WHEN %(tried)s::timestamptz IS NULL THEN last_tried_at IS NOT NULL OR domain > %(domain)s
        ELSE (last_tried_at, domain) > (%(tried)s, %(domain)s)
    END
    ORDER BY last_tried_at NULLS FIRST, domain LIMIT %(limit)s
"""  # noqa: S608 - made of constants of this module
_COUNT_STALE = f"SELECT count(*) AS companies FROM companies WHERE {_IS_DUE}"  # noqa: S608 - as above
_PAGE = f"SELECT {_COLUMNS} FROM companies WHERE domain > %(after)s ORDER BY domain LIMIT %(limit)s"  # noqa: S608 - as above
_BY_DOMAIN = f"SELECT {_COLUMNS} FROM companies WHERE domain = %(domain)s"  # noqa: S608 - as above
_MARK = """
    INSERT INTO companies (id, domain, last_crawled_at, last_tried_at) VALUES (%(id)s, %(domain)s, %(at)s, %(at)s)
    ON CONFLICT (domain) DO UPDATE
    SET last_crawled_at = greatest(companies.last_crawled_at, excluded.last_crawled_at),
        last_tried_at = greatest(companies.last_tried_at, excluded.last_tried_at),
        failures = CASE WHEN companies.last_tried_at > excluded.last_tried_at THEN companies.failures ELSE 0 END,
        updated_at = now()
"""
_MARK_FAILED = """
    UPDATE companies SET last_tried_at = %(at)s, failures = failures + 1, updated_at = now()
    WHERE domain = %(domain)s AND (last_tried_at IS NULL OR last_tried_at < %(at)s)
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
_STORE_DORK_RESULTS = """
    INSERT INTO dork_results (query, url, title, snippet, rank)
    SELECT * FROM unnest(%(queries)s::text[], %(urls)s::text[], %(titles)s::text[], %(snippets)s::text[], %(ranks)s::int[])
    ON CONFLICT (text_sha256(query), text_sha256(url)) DO UPDATE
    SET title = excluded.title, snippet = excluded.snippet, rank = excluded.rank
"""
_DORK_RESULTS = """
    SELECT query, url, coalesce(title, '') AS title, coalesce(snippet, '') AS snippet, rank FROM dork_results
    WHERE text_sha256(query) = text_sha256(%(query)s) ORDER BY rank, url
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
                "tried": [company.last_tried_at for company in batch],
                "failures": [company.failures for company in batch],
            },
        )
        return sum(row["is_new"] for row in added)

    async def by_domain(self, domain: str) -> Company | None:
        """One company."""
        found = await rows(self.pool, _BY_DOMAIN, {"domain": domain})
        return Company.model_validate(found[0]) if found else None

    async def stale(
        self, older_than: timedelta, limit: int, now: datetime, after: Company | None = None
    ) -> list[Company]:
        """Companies that are due, the longest waiting first, behind `after`."""
        place = {"domain": after and after.domain, "tried": after and after.last_tried_at}
        found = await rows(self.pool, _STALE, {**_due(older_than, now), "limit": limit, **place})
        return [Company.model_validate(row) for row in found]

    async def count_stale(self, older_than: timedelta, now: datetime) -> int:
        """How many companies these are."""
        [row] = await rows(self.pool, _COUNT_STALE, _due(older_than, now))
        return int(row["companies"])

    async def page(self, *, limit: int, after: str | None = None) -> list[Company]:
        """Companies by domain, those after the domain `after`."""
        found = await rows(self.pool, _PAGE, {"limit": limit, "after": after or ""})
        return [Company.model_validate(row) for row in found]

    async def mark_crawled(self, domain: str, at: datetime) -> None:
        """Its discovery succeeded. A company not known yet is added."""
        await rows(self.pool, _MARK, {"id": company_id(domain), "domain": domain, "at": at})

    async def mark_failed(self, domain: str, at: datetime) -> None:
        """Its discovery failed. Said twice of the same moment, it counts once."""
        await rows(self.pool, _MARK_FAILED, {"domain": domain, "at": at})

    async def store_discovered(
        self, domain: str, candidates: Sequence[BoardCandidate], subdomains: Sequence[Subdomain]
    ) -> None:
        """Store findings in one transaction; the newest finding of a URL wins.

        A board that names no company, and has none yet, becomes this company's. One that is not worth crawling is not added:
        its URL is kept without a board, unless it is known anyway.
        """
        found = best_by_url(candidates)
        boards = [board for candidate in found.values() if (board := candidate.sure_board) is not None]
        async with transaction(self.pool) as connection:
            await connection.execute(_KNOW, {"id": company_id(domain), "domain": domain})
            await upsert_boards(connection, boards)
            await connection.execute(_ADOPT, {"keys": [board.key for board in boards], "domain": domain})
            await connection.execute(_DISCOVER_URLS.encode(), _url_columns(domain, found))
            await _store_subdomains(connection, domain, subdomains)

    async def discovered(self, domain: str) -> list[BoardCandidate]:
        """The discovered URLs of a company, best first."""
        return [_candidate_of(row) for row in await rows(self.pool, _DISCOVERED, {"domain": domain})]

    async def store_dork_results(self, results: Sequence[DorkResult]) -> None:
        """Store what search-engine queries gave; of a result given twice the last word counts."""
        batch = [result for _, result in sorted({(result.query, result.url): result for result in results}.items())]
        columns = {
            "queries": [result.query for result in batch],
            "urls": [result.url for result in batch],
            "titles": [result.title for result in batch],
            "snippets": [result.snippet for result in batch],
            "ranks": [result.rank for result in batch],
        }
        async with transaction(self.pool) as connection:
            await connection.execute(_STORE_DORK_RESULTS, columns)

    async def dork_results(self, query: str) -> list[DorkResult]:
        """What a query gave, now and before, by rank."""
        return [DorkResult.model_validate(row) for row in await rows(self.pool, _DORK_RESULTS, {"query": query})]

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


def _due(older_than: timedelta, now: datetime) -> dict[str, Any]:
    return {"older_than": older_than, "now": now, "again": FAILED_AGAIN, "at_latest": FAILED_AT_LATEST}


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
