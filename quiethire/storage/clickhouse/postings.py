"""Postings and their history in ClickHouse."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection, KeysView, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from clickhouse_connect.driver.client import Client

from quiethire.domain.errors import Transient
from quiethire.domain.history import HiringFacts, SalaryChange
from quiethire.domain.lifecycle import JobEvent, StoredPosting
from quiethire.domain.ports import Changed, CompanyOpenings, PostingStats
from quiethire.domain.posting import JobPosting
from quiethire.domain.reading import BoardReadings, StoredReading
from quiethire.domain.search import SearchQuery, SearchResult
from quiethire.storage.clickhouse import changes, counts, history
from quiethire.storage.clickhouse.connection import WHERE, in_thread
from quiethire.storage.clickhouse.inserting import Inserter
from quiethire.storage.clickhouse.migrations import migrate
from quiethire.storage.clickhouse.rows import (
    EVENT_COLUMNS,
    EVENT_ORDER,
    HIT_COLUMNS,
    JOB_COLUMNS,
    READ_COLUMNS,
    VERSION_COLUMNS,
    event_columns,
    job_columns,
    posting_of,
    version_of,
)
from quiethire.storage.clickhouse.search import ANY_MATES, HITS, SEARCH_PATIENCE, Rows, search_postings

_IDS_AT_ONCE = 2_000
"""Ids in one statement: about 80 kB, below what servers accept without being told; identities are about as long."""

SEARCHES_AT_ONCE = 2
"""Plain searches of one process that are under way at a time. More would not be answered sooner."""

_DATABASE_NAME = re.compile(r"[A-Za-z_]\w{0,62}", re.ASCII)
_JOBS = f"SELECT {READ_COLUMNS} FROM {{database:Identifier}}.jobs FINAL"  # noqa: S608 - made of constants
# FINAL reads the columns of every row that the index cannot rule out. So conditions on other columns than the identity,
# by which rows are sorted, are answered from narrow columns, and the wide ones are read for the rows that are left.
_CHOSEN = f"{_JOBS} WHERE identity IN (SELECT identity FROM {{database:Identifier}}.jobs FINAL WHERE "  # noqa: S608 - constants
# An id has one identity for ever, so any version of the row tells it.
_OF_IDS = "identity IN (SELECT identity FROM {database:Identifier}.jobs WHERE id IN {ids:Array(UUID)})"
_BY_ID = f"{_JOBS} WHERE {_OF_IDS}"
_EXCERPTS = f"SELECT {HIT_COLUMNS} FROM {{database:Identifier}}.jobs FINAL WHERE {_OF_IDS}"  # noqa: S608 - constants
_VERSIONS = f"SELECT {VERSION_COLUMNS} FROM {{database:Identifier}}.jobs FINAL WHERE identity IN {{seen:Array(String)}}"  # noqa: S608 - constants
_STATS = """
    SELECT countIf(closed_at IS NULL) AS open, countIf(closed_at IS NOT NULL) AS closed,
           uniqExactIf(company_name, closed_at IS NULL) AS companies,
           uniqExactIf(board_key, closed_at IS NULL) AS boards,
           countIf(salary_currency IS NOT NULL AND closed_at IS NULL) AS with_salary,
           countIf(remote = 'remote' AND closed_at IS NULL) AS remote_jobs
    FROM {database:Identifier}.jobs FINAL
"""
_BY_ATS = "SELECT ats AS name, count() AS n FROM {database:Identifier}.jobs FINAL WHERE closed_at IS NULL GROUP BY ats"
_BY_KIND = "SELECT kind AS name, count() AS n FROM {database:Identifier}.job_events FINAL GROUP BY kind"
_HISTORY = """
    SELECT id, job_id, kind, at, field, old, new FROM {database:Identifier}.job_events FINAL
    WHERE job_id = {job:UUID} ORDER BY at, indexOf({kinds:Array(String)}, kind), field, toString(id)
"""


class ClickHousePostings:
    """`PostingStore` over ClickHouse: a server, or the engine in this process.

    Searches have threads of their own, and clients where `SEARCHES_AT_ONCE` of them are given, one each: of the engine in this process
    a client takes one call at a time, and crawls ask all the time.
    """

    def __init__(self, client: Client, database: str = "quiethire", *, searched: Sequence[Client] = ()) -> None:
        if not _DATABASE_NAME.fullmatch(database):
            raise ValueError(f"{database!r} is no name for a database")
        self.client = client
        self._threads = ThreadPoolExecutor(SEARCHES_AT_ONCE, "clickhouse-search")
        self._free = asyncio.Queue[Client]()
        for each in searched or [client] * SEARCHES_AT_ONCE:
            self._free.put_nowait(each)
        self._mated = False
        self.database = database
        self._insert = Inserter(client, database)

    async def migrate(self) -> None:
        """Create the database and its tables where they are missing. Safe to run again, and from several threads.

        Of several processes one may run it at a time: `quiethire.clients.migrate` sees to that.
        """
        await in_thread(migrate, self.client, self.database)

    async def known(self, job_ids: Collection[UUID]) -> Mapping[UUID, StoredPosting]:
        """The rows of these postings, those that are there."""
        return await self._of_ids(_BY_ID, job_ids)

    async def excerpts(self, job_ids: Collection[UUID]) -> Mapping[UUID, StoredPosting]:
        """The same with no more of their texts than the search index holds."""
        return await self._of_ids(_EXCERPTS, job_ids)

    async def known_of(self, seen: Collection[JobPosting]) -> Mapping[UUID, StoredPosting]:
        """The rows of these postings. Those that were seen as they are stored are read without their texts."""
        by_id = {posting.id: posting for posting in seen}
        identities = [posting.identity for posting in by_id.values()]
        found: dict[UUID, StoredPosting] = {}
        changed: list[UUID] = []
        for start in range(0, len(identities), _IDS_AT_ONCE):
            for row in await self._rows(_VERSIONS, {"seen": identities[start : start + _IDS_AT_ONCE]}):
                if (same := version_of(row, by_id[row["id"]])) is not None:
                    found[row["id"]] = same
                else:
                    changed.append(row["id"])
        return {**found, **await self.known(changed)}

    async def of_board(self, board_key: str, closed_at: datetime | None = None) -> Mapping[UUID, StoredReading]:
        """The open postings of a board, and those that were closed at this very moment, without their texts."""
        return await history.of_board(board_key, closed_at, self._rows)

    async def save(self, rows: Sequence[StoredPosting], events: Sequence[JobEvent]) -> None:
        """Write events, then rows, each in one insert. Raises InvalidInput `unstorable` before anything is written."""
        jobs = job_columns(rows)
        if events:
            await in_thread(self._insert, "job_events", EVENT_COLUMNS, event_columns(events))
        if rows:
            await in_thread(self._insert_jobs, jobs)

    async def get(self, job_id: UUID) -> StoredPosting | None:
        """One posting, open or closed."""
        return (await self.known([job_id])).get(job_id)

    async def history(self, job_id: UUID) -> list[JobEvent]:
        """What happened to a posting, oldest first."""
        told = await self._rows(_HISTORY, {"job": job_id, "kinds": [kind.value for kind in EVENT_ORDER]})
        return [JobEvent.model_validate(row) for row in told]

    async def salary_changes(self, job_ids: Collection[UUID]) -> Mapping[UUID, SalaryChange]:
        """The newest change of the pay of each of these postings, of those that have one."""
        return await history.salary_changes(job_ids, self._rows)

    async def page(
        self,
        *,
        limit: int,
        after: UUID | None = None,
        company: str | None = None,
        closed: bool | None = False,
        updated_since: datetime | None = None,
    ) -> list[StoredPosting]:
        """Postings by identity; the company by its name, in any case of letters, or its domain."""
        conditions = ["1"]
        if after is not None:
            conditions.append(
                "identity > (SELECT identity FROM {database:Identifier}.jobs WHERE id = {after:UUID} LIMIT 1)"
            )
        if company is not None:
            conditions.append(
                "(lowerUTF8(company_name) = lowerUTF8({company:String}) OR company_domain = lowerUTF8({company:String}))"
            )
        if closed is not None:
            conditions.append(f"closed_at IS {'NOT ' * closed}NULL")
        if updated_since is not None:
            conditions.append("kept_at >= {since:DateTime64(6, 'UTC')}")
        sql = f"{_CHOSEN} {' AND '.join(conditions)} ORDER BY identity LIMIT {{limit:UInt64}}) ORDER BY identity"
        given = {"after": after, "company": company, "since": updated_since}
        return await self._postings(sql, {k: v for k, v in given.items() if v is not None} | {"limit": limit})

    async def scan(self, batch: int = 500) -> AsyncIterator[list[StoredPosting]]:
        """All open postings, a batch at a time: memory is bounded, and writers are not kept waiting."""
        after: UUID | None = None
        while rows := await self.page(limit=batch, after=after):
            yield rows
            after = rows[-1].posting.id

    async def open_count(self) -> int:
        """How many postings are open."""
        sql = "SELECT count() AS n FROM {database:Identifier}.jobs FINAL WHERE closed_at IS NULL"
        return int((await self._rows(sql, {}))[0]["n"])

    async def open_ids(self) -> KeysView[UUID]:
        """The ids of all open postings, by identity."""
        sql = "SELECT id FROM {database:Identifier}.jobs FINAL WHERE closed_at IS NULL ORDER BY identity"
        return dict.fromkeys(row["id"] for row in await self._rows(sql, {})).keys()

    async def written_since(self, since: datetime) -> set[UUID]:
        """The ids of the postings, open and closed, of which a row was written at `since` or later."""
        sql = "SELECT DISTINCT id FROM {database:Identifier}.jobs WHERE kept_at >= {since:DateTime64(6, 'UTC')}"
        return {row["id"] for row in await self._rows(sql, {"since": since})}

    async def changed_postings(self, *, limit: int, after: UUID | None = None) -> list[Changed]:
        """Open postings by identity, with the time of their last change."""
        return await changes.changed_postings(limit, after, self._rows)

    async def milestones(self, every: int) -> list[UUID]:
        """Each so-manieth open posting by identity."""
        return await changes.milestones(every, self._rows)

    async def changed_companies(self, *, limit: int, after: str = "") -> list[Changed]:
        """Companies with open postings by name, with the last change of any of these."""
        return await changes.changed_companies(limit, after, self._rows)

    async def search(self, query: SearchQuery) -> SearchResult:
        """A plain search: every word somewhere in title, company, skills or the description's first part."""
        try:
            async with asyncio.timeout(SEARCH_PATIENCE):
                client = await self._free.get()
                searching = asyncio.create_task(self._search(query, client))
                # Its client is taken for as long as it works, whether or not somebody waits for it still.
                searching.add_done_callback(partial(self._ended, client))
                return await asyncio.shield(searching)
        except TimeoutError as error:
            raise Transient(f"no answer within {SEARCH_PATIENCE:g} s", where=WHERE, kind="timeout") from error

    async def _search(self, query: SearchQuery, client: Client) -> SearchResult:
        ask, read = partial(self._asked, client), partial(self._hits, client)
        # Once there were mates they are looked for, whether or not some are left: that finds the same, and asks once less.
        self._mated = self._mated or bool(await ask(ANY_MATES, {}))
        return await search_postings(query, ask, read, mated=self._mated)

    def _ended(self, client: Client, searching: asyncio.Task[SearchResult]) -> None:
        self._free.put_nowait(client)
        if not searching.cancelled():
            searching.exception()  # Seen: who asked may have gone.

    async def stats(self) -> PostingStats:
        """Counts; all but `closed` and `events` are of open postings."""
        counts = dict((await self._rows(_STATS, {}))[0])
        by_ats = {row["name"]: row["n"] for row in await self._rows(_BY_ATS, {})}
        by_kind = {row["name"]: row["n"] for row in await self._rows(_BY_KIND, {})}
        return PostingStats(remote=counts.pop("remote_jobs"), **counts, by_ats=by_ats, events=by_kind)

    async def readings(self, board_keys: Collection[str]) -> Mapping[UUID, StoredReading]:
        """How all postings of these boards were read, open and closed ones."""
        return await history.readings_of(board_keys, self._rows)

    async def readings_by_board(self, version: int) -> Mapping[str, BoardReadings]:
        """How many postings each board has, and how many of them a parser older than this version read."""
        return await history.readings_by_board(version, self._rows)

    async def hiring(self, *, domain: str | None, names: Collection[str], now: datetime) -> HiringFacts | None:
        """What is stored of the postings that bear this domain, or one of these names."""
        return await history.hiring(domain, names, now, self._rows)

    async def companies(
        self, *, limit: int, after: tuple[int, str] | None = None, name: str = ""
    ) -> list[CompanyOpenings]:
        """Companies with open postings, the most first."""
        return await counts.companies(limit, after, name, self._rows)

    async def boards_of(self, *, domain: str | None, names: Collection[str]) -> Mapping[str, int]:
        """The boards that list postings of a company, and how many each has open."""
        return await counts.boards_of(domain, names, self._rows)

    async def places(self) -> Mapping[tuple[str | None, str], int]:
        """(city, country) → open postings there."""
        return await counts.places(self._rows)

    async def _of_ids(self, sql: str, job_ids: Collection[UUID]) -> Mapping[UUID, StoredPosting]:
        ids = list(dict.fromkeys(job_ids))
        found: list[StoredPosting] = []
        for start in range(0, len(ids), _IDS_AT_ONCE):
            found += await self._postings(sql, {"ids": ids[start : start + _IDS_AT_ONCE]})
        return {row.posting.id: row for row in found}

    async def _hits(self, client: Client, identities: Sequence[str]) -> list[StoredPosting]:
        found: list[StoredPosting] = []
        for start in range(0, len(identities), _IDS_AT_ONCE):
            given = {"database": self.database, "identities": identities[start : start + _IDS_AT_ONCE]}
            found += await in_thread(_read, client, HITS, given, threads=self._threads)
        return found

    async def _asked(self, client: Client, sql: str, parameters: dict[str, Any]) -> Rows:
        given = {"database": self.database, **parameters}
        return await in_thread(_query, client, sql, given, threads=self._threads)

    async def _postings(self, sql: str, parameters: dict[str, Any]) -> list[StoredPosting]:
        # A third of a millisecond each: read beside the loop, which serves others meanwhile.
        return await in_thread(_read, self.client, sql, {"database": self.database, **parameters})

    async def _rows(self, sql: str, parameters: dict[str, Any]) -> Rows:
        return await in_thread(_query, self.client, sql, {"database": self.database, **parameters})

    def _insert_jobs(self, columns: list[list[Any]]) -> None:
        kept_at = [datetime.now(UTC)] * len(columns[0])
        self._insert("jobs", (*JOB_COLUMNS, "kept_at"), [*columns, kept_at])


def _read(client: Client, sql: str, parameters: dict[str, Any]) -> list[StoredPosting]:
    return [posting_of(row) for row in _query(client, sql, parameters)]


def _query(client: Client, sql: str, parameters: dict[str, Any]) -> Rows:
    return list(client.query(sql, parameters=parameters, tz_mode="aware").named_results())
