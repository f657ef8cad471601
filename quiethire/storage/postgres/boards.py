"""Boards and their crawls, in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from quiethire.domain.board import Board
from quiethire.domain.company import company_id
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.ports import BoardSchedule
from quiethire.storage.postgres.connection import Pool, rows, transaction

BOARD_COLUMNS = "board.ats, board.token, board.url, board.company_name, owner.domain AS company_domain"
"""What `board_of` reads from `boards AS board LEFT JOIN companies AS owner`."""

_BOARDS = f"""
    SELECT {BOARD_COLUMNS} FROM boards AS board LEFT JOIN companies AS owner ON owner.id = board.company_id
"""  # noqa: S608 - made of constants of this package
_ADD_COMPANIES = """
    INSERT INTO companies (id, domain, name)
    SELECT * FROM unnest(%(ids)s::uuid[], %(domains)s::text[], %(names)s::text[])
    ON CONFLICT (domain) DO UPDATE SET name = coalesce(companies.name, excluded.name), updated_at = now()
"""
_ADD_BOARDS = """
    INSERT INTO boards (ats, token, url, company_id, company_name)
    SELECT given.ats, given.token, given.url, company.id, given.company_name
    FROM unnest(%(ats)s::text[], %(tokens)s::text[], %(urls)s::text[], %(domains)s::text[], %(names)s::text[])
        AS given (ats, token, url, domain, company_name)
    LEFT JOIN companies AS company ON company.domain = given.domain
    ON CONFLICT (text_sha256(key)) DO UPDATE
    SET url = excluded.url, company_id = coalesce(excluded.company_id, boards.company_id),
        company_name = coalesce(excluded.company_name, boards.company_name), updated_at = now()
"""
_FACTS = tuple(CrawlRecord.model_fields)
_RECORD = f"""
    INSERT INTO crawls ({", ".join(_FACTS)}) VALUES ({", ".join(f"%({name})s" for name in _FACTS)})
    ON CONFLICT (crawl_id) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in _FACTS)}, recorded_at = now()
"""  # noqa: S608 - made of names of our own model
_RECENT = f"""
    SELECT {", ".join(_FACTS)} FROM crawls WHERE text_sha256(board_key) = text_sha256(%(key)s)
    ORDER BY started_at DESC, crawl_id DESC LIMIT %(limit)s
"""  # noqa: S608 - made of names of our own model
_RECENT_OF = f"""
    SELECT recent.* FROM unnest(%(keys)s::text[]) AS given (key) CROSS JOIN LATERAL (
        SELECT {", ".join(_FACTS)} FROM crawls WHERE text_sha256(board_key) = text_sha256(given.key)
        ORDER BY started_at DESC, crawl_id DESC LIMIT %(limit)s
    ) AS recent
    ORDER BY recent.started_at DESC, recent.crawl_id DESC
"""  # noqa: S608 - made of names of our own model
_LAST = f"SELECT {', '.join(_FACTS)} FROM crawls ORDER BY started_at DESC, crawl_id DESC LIMIT %(limit)s"  # noqa: S608 - as above
_COUNT = "SELECT count(*) AS boards FROM boards"
# The lock is taken in the order of the key, as everywhere: who waits for the other's row is never waited for.
_MAKE_DUE = """
    UPDATE boards SET next_due_at = %(now)s, updated_at = now() WHERE id IN (
        SELECT id FROM boards
        WHERE text_sha256(key) IN (SELECT text_sha256(given) FROM unnest(%(keys)s::text[]) AS given)
          AND next_due_at > %(now)s AND claimed_by IS NULL
        ORDER BY key FOR UPDATE
    )
"""
# MATERIALIZED: the planner must not run the locking part twice.
_CLAIM = f"""
    WITH picked AS MATERIALIZED (
        SELECT id, next_due_at FROM boards WHERE next_due_at <= %(now)s
        ORDER BY next_due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), board AS (
        UPDATE boards SET claimed_by = %(owner)s, next_due_at = %(until)s
        FROM picked WHERE boards.id = picked.id
        RETURNING boards.*, picked.next_due_at AS was_due_at
    )
    SELECT {BOARD_COLUMNS} FROM board LEFT JOIN companies AS owner ON owner.id = board.company_id
    ORDER BY board.was_due_at, board.id
"""  # noqa: S608 - made of constants of this package
_HELD = f"{_BOARDS} WHERE board.claimed_by = %(owner)s AND board.next_due_at > %(now)s ORDER BY board.id"
_SET_DUE = """
    UPDATE boards SET next_due_at = %(due_at)s, claimed_by = NULL
    WHERE text_sha256(key) = text_sha256(%(board_key)s) AND NOT EXISTS (
        SELECT FROM crawls
        WHERE text_sha256(crawls.board_key) = text_sha256(%(board_key)s) AND crawls.started_at > %(started_at)s
    )
"""
_SCHEDULE = """
    SELECT count(*) AS boards,
           count(*) FILTER (WHERE next_due_at <= %(now)s) AS due,
           count(*) FILTER (WHERE next_due_at > %(now)s AND claimed_by IS NOT NULL) AS claimed,
           min(next_due_at) FILTER (WHERE next_due_at <= %(now)s) AS oldest_due_at,
           min(next_due_at) FILTER (WHERE next_due_at > %(now)s AND claimed_by IS NULL) AS next_due_at
    FROM boards
"""


class PostgresBoards:
    """`BoardStore` over PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def add(self, board: Board) -> None:
        """Add a board. One that names no company leaves the company known before."""
        async with transaction(self.pool) as connection:
            await upsert_boards(connection, [board])

    async def get(self, key: str) -> Board | None:
        """One board by `ats/token`."""
        found = await rows(self.pool, f"{_BOARDS} WHERE text_sha256(board.key) = text_sha256(%(key)s)", {"key": key})
        return board_of(found[0]) if found else None

    async def all(self) -> list[Board]:
        """All boards, by key."""
        return [board_of(row) for row in await rows(self.pool, f"{_BOARDS} ORDER BY board.key", {})]

    async def count(self) -> int:
        """How many boards are known."""
        [row] = await rows(self.pool, _COUNT, {})
        return int(row["boards"])

    async def add_due(self, boards: Iterable[Board], now: datetime) -> int:
        """Add boards and make them due, those known already too, but for those claimed."""
        batch = {board.key: board for board in boards}
        async with transaction(self.pool) as connection:
            before = await (await connection.execute(_COUNT)).fetchone()
            await upsert_boards(connection, list(batch.values()))
            after = await (await connection.execute(_COUNT)).fetchone()
            await connection.execute(_MAKE_DUE, {"keys": list(batch), "now": now})
        return int(after["boards"]) - int(before["boards"]) if before and after else 0

    async def claim_due(self, limit: int, *, owner: str, lease: timedelta, now: datetime) -> list[Board]:
        """Take boards that are due, the most overdue first; or give the owner what they hold."""
        values = {"limit": limit, "owner": owner, "until": now + lease, "now": now}
        taken = await rows(self.pool, _HELD, values) or await rows(self.pool, _CLAIM, values)
        return [board_of(row) for row in taken]

    async def schedule(self, now: datetime) -> BoardSchedule:
        """Counts."""
        [row] = await rows(self.pool, _SCHEDULE, {"now": now})
        return BoardSchedule.model_validate(row)

    async def record_crawl(self, crawl: CrawlRecord, *, due_at: datetime | None = None) -> None:
        """Store the facts of a crawl, by `crawl_id`, and when the board is due again, in one transaction."""
        async with transaction(self.pool) as connection:
            await connection.execute(_RECORD.encode(), crawl.model_dump())
            if due_at is not None:
                values = {"board_key": crawl.board_key, "started_at": crawl.started_at, "due_at": due_at}
                await connection.execute(_SET_DUE, values)

    async def recent_crawls(self, key: str, limit: int = 50) -> list[CrawlRecord]:
        """The crawls of this board, the one that started last first."""
        found = await rows(self.pool, _RECENT, {"key": key, "limit": limit})
        return [CrawlRecord.model_validate(row) for row in found]

    async def recent_crawls_of(self, keys: Collection[str], limit: int = 50) -> Mapping[str, list[CrawlRecord]]:
        """The same for many boards at once."""
        distinct = list(dict.fromkeys(keys))
        crawls: dict[str, list[CrawlRecord]] = {key: [] for key in distinct}
        for row in await rows(self.pool, _RECENT_OF, {"keys": distinct, "limit": limit}):
            crawls[row["board_key"]].append(CrawlRecord.model_validate(row))
        return crawls

    async def last_crawls(self, limit: int) -> list[CrawlRecord]:
        """The crawls of all boards, the one that started last first."""
        return [CrawlRecord.model_validate(row) for row in await rows(self.pool, _LAST, {"limit": limit})]


async def upsert_boards(connection: AsyncConnection[DictRow], boards: Sequence[Board]) -> None:
    """Add boards and the companies they name; a company that has a name keeps it."""
    batch = [board for _, board in sorted({board.key: board for board in boards}.items())]
    names = {board.company_domain: board.company_name for board in batch if board.company_domain}
    domains = sorted(names)
    companies = {
        "ids": [company_id(domain) for domain in domains],
        "domains": domains,
        "names": [names[domain] for domain in domains],
    }
    await connection.execute(_ADD_COMPANIES, companies)
    columns = {
        "ats": [board.ats for board in batch],
        "tokens": [board.token for board in batch],
        "urls": [board.url for board in batch],
        "domains": [board.company_domain for board in batch],
        "names": [board.company_name for board in batch],
    }
    await connection.execute(_ADD_BOARDS, columns)


def board_of(row: DictRow) -> Board:
    """A board out of a row that has `BOARD_COLUMNS`."""
    return Board.model_validate({name: row[name] for name in Board.model_fields})
