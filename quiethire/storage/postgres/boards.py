"""Boards and their crawls, in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from quiethire.domain.board import Board, learnt
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
    SET url = excluded.url, company_id = coalesce(boards.company_id, excluded.company_id),
        company_name = CASE WHEN boards.company_id IS NULL OR boards.company_id = excluded.company_id
            THEN coalesce(excluded.company_name, boards.company_name) ELSE boards.company_name END,
        updated_at = now()
    RETURNING (xmax = 0) AS is_new
"""
# The ends of the crawls that are kept, a few hundred boards at a time: no statement reads the crawls of all.
_CRAWLED = """
    SELECT DISTINCT text_sha256(board_key) AS mark FROM crawls WHERE text_sha256(board_key) > %(after)s
    ORDER BY mark LIMIT %(boards)s
"""
_PRUNE = """
    DELETE FROM crawls USING (
        SELECT given.mark, last.started_at, last.crawl_id FROM unnest(%(marks)s::bytea[]) AS given (mark)
        CROSS JOIN LATERAL (
            SELECT started_at, crawl_id FROM crawls WHERE text_sha256(board_key) = given.mark
            ORDER BY started_at DESC, crawl_id DESC OFFSET %(keep)s - 1 LIMIT 1
        ) AS last
    ) AS kept
    WHERE text_sha256(crawls.board_key) = kept.mark AND crawls.started_at < %(before)s
      AND (crawls.started_at, crawls.crawl_id) < (kept.started_at, kept.crawl_id)
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
PRUNED_AT_ONCE = 200
"""Boards whose crawls one statement prunes."""
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
        SELECT id, boards.next_due_at FROM boards JOIN (
            SELECT id, row_number() OVER (
                PARTITION BY ats, CASE WHEN ats = 'website' THEN id END ORDER BY next_due_at, id
            ) * 2 > %(limit)s AS comes_last
            FROM boards WHERE next_due_at <= %(now)s
        ) AS due USING (id)
        WHERE boards.next_due_at <= %(now)s
        ORDER BY comes_last, boards.next_due_at, id LIMIT %(limit)s FOR UPDATE OF boards SKIP LOCKED
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
_DOUBTS = """
    SELECT job_id, missing_since FROM doubted_postings WHERE text_sha256(board_key) = text_sha256(%(key)s)
"""
_FORGET_DOUBTS = "DELETE FROM doubted_postings WHERE text_sha256(board_key) = text_sha256(%(key)s)"
_DOUBT = """
    INSERT INTO doubted_postings (board_key, job_id, missing_since)
    SELECT %(key)s, given.* FROM unnest(%(ids)s::uuid[], %(since)s::timestamptz[]) AS given
    ON CONFLICT (text_sha256(board_key), job_id) DO UPDATE SET missing_since = excluded.missing_since
"""
_ALSO_LISTED = """
    SELECT DISTINCT ON (job_id) job_id, board_key FROM also_listed
    WHERE job_id = ANY(%(ids)s) AND text_sha256(board_key) <> text_sha256(%(key)s)
    ORDER BY job_id, since DESC, board_key
"""
_FORGET_LISTED = """
    DELETE FROM also_listed WHERE text_sha256(board_key) = text_sha256(%(key)s) AND NOT job_id = ANY(%(ids)s)
"""
# What is noted already writes nothing: a crawl that finds nothing new leaves no more than its facts.
_LIST = """
    INSERT INTO also_listed (board_key, job_id, since) SELECT %(key)s, given, %(at)s FROM unnest(%(ids)s::uuid[]) AS given
    ON CONFLICT (job_id, text_sha256(board_key)) DO NOTHING
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
        """Add a board, or learn its company. The first that is named owns it for good."""
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
        given = list(boards)
        async with transaction(self.pool) as connection:
            new = await upsert_boards(connection, given)
            await connection.execute(_MAKE_DUE, {"keys": [board.key for board in given], "now": now})
        return new

    async def claim_due(self, limit: int, *, owner: str, lease: timedelta, now: datetime) -> list[Board]:
        """Take boards that are due, the most overdue first, no ATS crowding out others; or give the owner what they hold."""
        values = {"limit": limit, "owner": owner, "until": now + lease, "now": now}
        taken = await rows(self.pool, _HELD, values) or await rows(self.pool, _CLAIM, values)
        return [board_of(row) for row in taken]

    async def schedule(self, now: datetime) -> BoardSchedule:
        """Counts."""
        [row] = await rows(self.pool, _SCHEDULE, {"now": now})
        return BoardSchedule.model_validate(row)

    async def record_crawl(
        self,
        crawl: CrawlRecord,
        *,
        due_at: datetime | None = None,
        doubts: Mapping[UUID, datetime] | None = None,
        of_others: Collection[UUID] | None = None,
    ) -> None:
        """Store the facts of a crawl, by `crawl_id`, what it leaves in doubt, and when the board is due, in one transaction."""
        key = crawl.board_key
        async with transaction(self.pool) as connection:
            await connection.execute(_RECORD.encode(), crawl.model_dump())
            if due_at is not None:
                values = {"board_key": crawl.board_key, "started_at": crawl.started_at, "due_at": due_at}
                await connection.execute(_SET_DUE, values)
            if doubts is not None:
                await connection.execute(_FORGET_DOUBTS, {"key": key})
                # In one order, so that who waits for the other's row is never waited for.
                ids = sorted(doubts)
                if ids:
                    await connection.execute(_DOUBT, {"key": key, "ids": ids, "since": [doubts[each] for each in ids]})
            if of_others is not None:
                noted = {"key": key, "ids": sorted(of_others), "at": crawl.started_at}
                if crawl.complete:
                    await connection.execute(_FORGET_LISTED, noted)
                if of_others:
                    await connection.execute(_LIST, noted)

    async def doubts(self, key: str) -> Mapping[UUID, datetime]:
        """Postings of this board that are missing and not believed gone, and since when."""
        return {row["job_id"]: row["missing_since"] for row in await rows(self.pool, _DOUBTS, {"key": key})}

    async def also_listed(self, job_ids: Collection[UUID], key: str) -> Mapping[UUID, str]:
        """Those of these postings that boards other than `key` list, and which board."""
        found = await rows(self.pool, _ALSO_LISTED, {"ids": list(job_ids), "key": key})
        return {row["job_id"]: row["board_key"] for row in found}

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

    async def prune_crawls(self, *, keep: int, before: datetime) -> int:
        """Drop the crawls of each board that are older, but for its newest `keep`."""
        dropped, after = 0, b""
        while True:
            found = await rows(self.pool, _CRAWLED, {"after": after, "boards": PRUNED_AT_ONCE})
            if not found:
                return dropped
            marks = [row["mark"] for row in found]
            async with transaction(self.pool) as connection:
                pruned = await connection.execute(_PRUNE, {"marks": marks, "keep": keep, "before": before})
            dropped += pruned.rowcount
            after = marks[-1]


async def upsert_boards(connection: AsyncConnection[DictRow], boards: Sequence[Board]) -> int:
    """Add boards and the companies they name; a company that has a name keeps it. Returns how many boards were new."""
    given: dict[str, Board] = {}
    for board in boards:
        given[board.key] = learnt(given[board.key], board) if board.key in given else board
    batch = [board for _, board in sorted(given.items())]
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
    added = await connection.execute(_ADD_BOARDS, columns)
    return sum(row["is_new"] for row in await added.fetchall())


def board_of(row: DictRow) -> Board:
    """A board out of a row that has `BOARD_COLUMNS`."""
    return Board.model_validate({name: row[name] for name in Board.model_fields})
