"""The index of the page archive: which request was answered by which body, and when."""

from quiethire.domain.page import FetchSpec, PageRef
from quiethire.storage.postgres.connection import Pool, rows

_COLUMNS = (
    "url, final_url, status, content_type, content_hash, size, fetched_at, via, etag, last_modified, from_archive"
)
_RECORD = f"""
    INSERT INTO page_fetches (request_key, {_COLUMNS})
    VALUES (%(request_key)s, %(url)s, %(final_url)s, %(status)s, %(content_type)s, %(content_hash)s, %(size)s,
            %(fetched_at)s, %(via)s, %(etag)s, %(last_modified)s, %(from_archive)s)
    ON CONFLICT (text_sha256(request_key), fetched_at, content_hash) DO NOTHING
"""  # noqa: S608 - made of constants of this module
_LATEST = f"""
    SELECT {_COLUMNS} FROM page_fetches
    WHERE text_sha256(request_key) = text_sha256(%(request_key)s)
    ORDER BY fetched_at DESC, id DESC LIMIT 1
"""  # noqa: S608 - made of constants of this module


class PostgresPages:
    """`PageIndex` over PostgreSQL. Every fetch is kept; recording one again inserts nothing."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def record(self, spec: FetchSpec, ref: PageRef) -> None:
        """Remember that this request was answered so."""
        await rows(self.pool, _RECORD, {"request_key": spec.key, **ref.model_dump(mode="python"), "via": ref.via.value})

    async def latest(self, spec: FetchSpec) -> PageRef | None:
        """The newest answer to this request."""
        found = await rows(self.pool, _LATEST, {"request_key": spec.key})
        return PageRef.model_validate(found[0]) if found else None
