"""The index of the page archive: which request was answered by which body, when and how."""

from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb

from quiethire.domain.page import ArchivedFetch, FetchSpec, FetchTrace, PageRef
from quiethire.storage.postgres.connection import Pool, rows

WINDOW = 2_000
"""Rows that one statement looks at: it must end within the time limit of a connection, however few of them it gives."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_REF = "url, final_url, status, content_type, content_hash, size, fetched_at, via, etag, last_modified, from_archive"
_TRACE = "headers, redirects, why"
_RECORD = f"""
    INSERT INTO page_fetches (request_key, method, request_body, {_REF}, {_TRACE})
    VALUES (%(request_key)s, %(method)s, %(request_body)s, %(url)s, %(final_url)s, %(status)s, %(content_type)s,
            %(content_hash)s, %(size)s, %(fetched_at)s, %(via)s, %(etag)s, %(last_modified)s, %(from_archive)s,
            %(headers)s, %(redirects)s, %(why)s)
    ON CONFLICT (text_sha256(request_key), fetched_at, content_hash) DO NOTHING
"""  # noqa: S608 - made of constants of this module
_LATEST = f"""
    SELECT {_REF} FROM page_fetches
    WHERE text_sha256(request_key) = text_sha256(%(request_key)s)
    ORDER BY fetched_at DESC, id DESC LIMIT 1
"""  # noqa: S608 - made of constants of this module
_SUPERSEDED = """
    EXISTS (SELECT FROM page_fetches newer
            WHERE text_sha256(newer.request_key) = text_sha256(page_fetches.request_key)
              AND (newer.fetched_at, newer.id) > (page_fetches.fetched_at, page_fetches.id))
"""
_NEXT = "SELECT id FROM page_fetches WHERE id > %(after)s ORDER BY id LIMIT %(most)s"
_SCAN = f"""
    SELECT method, request_body, {_REF}, {_TRACE} FROM page_fetches
    WHERE id > %(after)s AND id <= %(last)s
      AND (%(since)s::timestamptz IS NULL OR fetched_at >= %(since)s) AND NOT {_SUPERSEDED}
    ORDER BY id
"""  # noqa: S608 - made of constants of this module
_OLD = """
    SELECT recorded_at, id FROM page_fetches
    WHERE recorded_at < %(before)s AND (recorded_at, id) > (%(after_at)s, %(after)s)
    ORDER BY recorded_at, id LIMIT %(most)s
"""
_DROP = "DELETE FROM page_fetches WHERE id = ANY(%(ids)s) RETURNING id"
_DROP_SUPERSEDED = f"DELETE FROM page_fetches WHERE id = ANY(%(ids)s) AND {_SUPERSEDED} RETURNING id"  # noqa: S608


class PostgresPages:
    """`PageIndex` over PostgreSQL. Every fetch is kept; recording one again inserts nothing."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def record(self, spec: FetchSpec, ref: PageRef, trace: FetchTrace) -> None:
        """Remember that this request was answered so."""
        values: dict[str, Any] = {
            **ref.model_dump(mode="python"),
            "via": ref.via.value,
            "request_key": spec.key,
            "method": spec.method,
            "request_body": spec.body,
            "headers": Jsonb(trace.headers),
            "redirects": list(trace.redirects),
            "why": trace.why,
        }
        await rows(self.pool, _RECORD, values)

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        """The newest answer to this request."""
        found = await rows(self.pool, _LATEST, {"request_key": spec.key})
        return PageRef.model_validate(found[0]) if found else None

    async def scan(self, since: datetime | None = None) -> AsyncIterator[ArchivedFetch]:
        """The newest answer to every request, those fetched at `since` or later, in the order they were recorded."""
        after = 0
        while window := await rows(self.pool, _NEXT, {"after": after, "most": WINDOW}):
            last = window[-1]["id"]
            for row in await rows(self.pool, _SCAN, {"after": after, "last": last, "since": since}):
                yield _fetch(row)
            after = last

    async def drop(self, *, superseded: datetime | None, last: datetime | None) -> int:
        """Forget answers that were recorded before these moments; returns how many."""
        dropped = await self._drop(_DROP, last) if last is not None else 0
        return dropped + (await self._drop(_DROP_SUPERSEDED, superseded) if superseded is not None else 0)

    async def _drop(self, sql: str, before: datetime) -> int:
        """Walk over what is old, oldest first: each statement looks at a bounded part, however much is kept."""
        dropped, at, last_id = 0, _LONG_AGO, 0
        place = {"before": before, "most": WINDOW}
        while old := await rows(self.pool, _OLD, {**place, "after_at": at, "after": last_id}):
            at, last_id = old[-1]["recorded_at"], old[-1]["id"]
            dropped += len(await rows(self.pool, sql, {"ids": [row["id"] for row in old]}))
        return dropped

    async def unnamed(self, content_hashes: Collection[str]) -> set[str]:
        """Those of these bodies that no answer names."""
        sql = "SELECT DISTINCT content_hash FROM page_fetches WHERE content_hash = ANY(%(hashes)s)"
        found = await rows(self.pool, sql, {"hashes": list(content_hashes)})
        return set(content_hashes) - {row["content_hash"] for row in found}


def _fetch(row: dict[str, Any]) -> ArchivedFetch:
    spec = FetchSpec(url=row["url"], method=row.pop("method"), body=row.pop("request_body"))
    trace = FetchTrace(**{name: row.pop(name) for name in ("headers", "redirects", "why")})
    return ArchivedFetch(spec=spec, ref=PageRef.model_validate(row), trace=trace)
