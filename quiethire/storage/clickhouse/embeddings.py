"""The vectors of postings in ClickHouse, a byte for each component."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from clickhouse_connect.driver.client import Client

from quiethire.domain.ports import EmbeddedPosting, Vector
from quiethire.storage.clickhouse.connection import in_thread
from quiethire.storage.clickhouse.inserting import Inserter

_FULL = 127
"""What 1.0 is kept as. The cosine between a vector and what is kept of it is above 0.999."""

_COLUMNS = ("job_id", "model", "row", "text_hash", "vector")
_OF_POSTINGS = """
    SELECT job_id, vector FROM {database:Identifier}.embeddings FINAL
    WHERE model = {model:String} AND job_id IN {wanted:Array(UUID)}
"""
_KEPT = """
    SELECT job_id, model, toDateTime(0, 'UTC') AS row, text_hash, vector FROM {database:Identifier}.embeddings FINAL
    WHERE model = {model:String} AND job_id IN {wanted:Array(UUID)}
"""
"""What is kept, as of no row."""
_OF_TEXTS = """
    SELECT text_hash, any(vector) AS vector FROM {database:Identifier}.embeddings
    WHERE model = {model:String} AND hex(text_hash) IN {wanted:Array(String)} AND text_hash IN (
        SELECT toFixedString(unhex(arrayJoin({wanted:Array(String)})), 32))
    GROUP BY text_hash
"""
_KEPT_SINCE = """
    SELECT DISTINCT job_id FROM {database:Identifier}.embeddings
    WHERE model = {model:String} AND kept_at >= {moment:DateTime64(3, 'UTC')}
"""
_MISSING = """
    SELECT id FROM (SELECT id, updated_at FROM {database:Identifier}.jobs FINAL WHERE closed_at IS NULL) AS open
    LEFT JOIN (
        SELECT job_id, row FROM {database:Identifier}.embeddings FINAL WHERE model = {model:String}
    ) AS known ON known.job_id = open.id
    WHERE known.row != toDateTime(open.updated_at, 'UTC')
    ORDER BY updated_at DESC, id LIMIT {limit:UInt32}
"""
"""A posting without a vector has one of 1970 here."""


class ClickHouseEmbeddings:
    """`EmbeddingStore` over ClickHouse, in the database of the postings."""

    def __init__(self, client: Client, database: str = "quiethire") -> None:
        self._client = client
        self._database = database
        self._insert = Inserter(client, database)

    async def keep(self, model: str, postings: Sequence[EmbeddedPosting]) -> None:
        """Add or replace."""
        if not postings:
            return
        columns: list[list[Any]] = [
            [each.job_id for each in postings],
            [model] * len(postings),
            [datetime.fromtimestamp(each.row, UTC) for each in postings],
            [bytes.fromhex(each.text_hash) for each in postings],
            np.rint(np.array([each.vector for each in postings]) * _FULL).astype(np.int8).tolist(),
        ]
        await in_thread(self._insert, "embeddings", _COLUMNS, columns)

    async def look_again(self, model: str, job_ids: Collection[UUID]) -> None:
        """They are missing from now on, and keep their vectors."""
        kept = await self._rows(_KEPT, model, wanted=list(job_ids)) if job_ids else ()
        if kept:
            await in_thread(self._insert, "embeddings", _COLUMNS, [[each[name] for each in kept] for name in _COLUMNS])

    async def of_postings(self, model: str, job_ids: Collection[UUID]) -> Mapping[UUID, Vector]:
        """The vectors of these postings, of those that have one."""
        found = await self._rows(_OF_POSTINGS, model, wanted=list(job_ids)) if job_ids else []
        return {row["job_id"]: _vector(row["vector"]) for row in found}

    async def of_texts(self, model: str, text_hashes: Collection[str]) -> Mapping[str, Vector]:
        """The vectors of these texts, of those that some posting has."""
        wanted = [text_hash.upper() for text_hash in text_hashes]
        found = await self._rows(_OF_TEXTS, model, wanted=wanted) if wanted else []
        return {row["text_hash"].hex(): _vector(row["vector"]) for row in found}

    async def kept_since(self, model: str, moment: datetime) -> set[UUID]:
        """The postings whose vectors were kept at this moment or later."""
        return {row["job_id"] for row in await self._rows(_KEPT_SINCE, model, moment=moment)}

    async def missing(self, model: str, limit: int) -> list[UUID]:
        """Open postings without a vector of this model that was made of their row, those changed last first."""
        return [row["id"] for row in await self._rows(_MISSING, model, limit=limit)]

    async def _rows(self, sql: str, model: str, **parameters: object) -> Sequence[Mapping[str, Any]]:
        return await in_thread(self._query, sql, {"database": self._database, "model": model, **parameters})

    def _query(self, sql: str, parameters: dict[str, Any]) -> Sequence[Mapping[str, Any]]:
        answer = self._client.query(sql, parameters=parameters, column_formats={"text_hash": "bytes"})
        return list(answer.named_results())


def _vector(kept: Sequence[int]) -> Vector:
    raw = np.array(kept, np.float32)
    length = float(np.linalg.norm(raw)) or 1.0
    return tuple((raw / length).tolist())
