"""Boards and their crawls, in PostgreSQL."""

from collections.abc import Sequence

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from quiethire.domain.board import Board
from quiethire.domain.company import company_id
from quiethire.domain.crawl import CrawlRecord
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
        [row] = await rows(self.pool, "SELECT count(*) AS boards FROM boards", {})
        return int(row["boards"])

    async def record_crawl(self, crawl: CrawlRecord) -> None:
        """Store the facts of a crawl, by `crawl_id`."""
        await rows(self.pool, _RECORD, crawl.model_dump())

    async def recent_crawls(self, key: str, limit: int = 50) -> list[CrawlRecord]:
        """The crawls of this board, the one that started last first."""
        found = await rows(self.pool, _RECENT, {"key": key, "limit": limit})
        return [CrawlRecord.model_validate(row) for row in found]


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
