"""A managed PostgreSQL: its user owns a database and may make roles, and is no superuser."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from quiethire.domain import acting
from quiethire.domain.candidate import Candidate
from quiethire.storage.postgres import MasterKeys, PostgresCandidates, migrate, open_pool
from quiethire.storage.postgres.connection import rows

ADA, BOB = UUID(int=8), UUID(int=9)


@pytest.fixture
async def managed_dsn(postgres_dsn: str) -> AsyncIterator[str]:
    """The database, as its owner opens it. Towards the role of people it is as if it had made that itself: its admin, and no more."""
    name = f"owner_{uuid4().hex[:8]}"
    owner, database = sql.Identifier(name), sql.Identifier(postgres_dsn.rpartition("/")[2])
    async with await psycopg.AsyncConnection.connect(postgres_dsn, autocommit=True) as admin:
        known = await admin.execute("SELECT FROM pg_roles WHERE rolname = 'quiethire_person'")
        if not known.rowcount:
            await admin.execute("CREATE ROLE quiethire_person NOLOGIN")
        await admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD 'x'").format(owner))
        await admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))
        given = "GRANT quiethire_person TO {} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"
        await admin.execute(sql.SQL(given).format(owner))
        yield make_conninfo(postgres_dsn, user=name, password="x")
        await admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO CURRENT_USER").format(database))
        await admin.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(owner))
        await admin.execute(sql.SQL("DROP ROLE {}").format(owner))


async def test_its_owner_migrates_and_acts_for_a_person(managed_dsn: str) -> None:
    await migrate(managed_dsn)
    async with open_pool(managed_dsn) as pool:
        [row] = await rows(pool, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", {})
        assert row["rolsuper"] is False
        candidates = PostgresCandidates(pool, MasterKeys("a master key for tests alone"))
        for who in (ADA, BOB):
            await candidates.save(Candidate(id=who, name="Somebody"))
        with acting.request():
            acting.act_for(ADA)
            assert [one.id for one in await candidates.page(limit=9)] == [ADA]
        assert len(await candidates.page(limit=9)) == 2
