"""The journal: lines that hang on one another, in PostgreSQL and in its twin."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest

from quiethire.domain import acting
from quiethire.domain.journal import Deed, Journal, pseudonym_of, verified
from quiethire.storage.postgres import Pool, PostgresJournal, migrate, open_pool
from quiethire.storage.postgres.connection import rows, transaction
from quiethire.storage.postgres.journal import MemoryJournal

ADA = UUID(int=8)


@pytest.fixture
async def pool(postgres_dsn: str) -> AsyncIterator[Pool]:
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        yield pool


@pytest.fixture(params=["memory", "postgres"])
def journal(request: pytest.FixtureRequest) -> Journal:
    return MemoryJournal() if request.param == "memory" else PostgresJournal(request.getfixturevalue("pool"))


async def test_lines_hang_on_one_another_and_hold(journal: Journal) -> None:
    assert (await verified(journal.lines())).lines == 0
    await journal.add("operator", Deed.KEY_MADE, "prefix:aaaaaaaa", "r-1")
    await journal.add(pseudonym_of(ADA), Deed.EXPORTED, "", "")
    first, second = [line async for line in journal.lines()]
    assert (first.seq, first.who, first.deed, first.whom, first.request_id) == (
        1,
        "operator",
        "key-made",
        "prefix:aaaaaaaa",
        "r-1",
    )
    assert (second.seq, second.previous) == (2, first.hash)
    found = await verified(journal.lines())
    assert (found.lines, found.head, found.wrong) == (2, second.hash.hex(), None)
    assert (await verified(journal.lines(), first.hash.hex())).wrong is None
    assert "cut off" in (await verified(journal.lines(), "00" * 32)).wrong


async def test_lines_that_are_written_at_once_come_one_after_the_other(pool: Pool) -> None:
    journal = PostgresJournal(pool)
    await asyncio.gather(*(journal.add("operator", Deed.KEY_MADE, str(number), "") for number in range(20)))
    found = await verified(journal.lines())
    assert (found.lines, found.wrong) == (20, None)


@pytest.mark.parametrize(
    ("meddling", "told"),
    [
        ("UPDATE journal SET who = 'nobody' WHERE seq = 2", "line 2 was changed"),
        ("UPDATE journal SET at = at + interval '1 microsecond' WHERE seq = 3", "line 3 was changed"),
        ("DELETE FROM journal WHERE seq = 2", "line 2 is missing"),
        ("DELETE FROM journal WHERE seq = 1", "line 1 is missing"),
        ("UPDATE journal SET seq = CASE seq WHEN 2 THEN 3 ELSE 2 END WHERE seq IN (2, 3)", "line 2"),
        ("DELETE FROM journal WHERE seq > 3", "cut off"),
        ("DELETE FROM journal", "cut off"),
    ],
)
async def test_what_is_changed_taken_out_reordered_or_cut_off_is_found(pool: Pool, meddling: str, told: str) -> None:
    journal = PostgresJournal(pool)
    for number in range(5):
        await journal.add("operator", Deed.KEY_MADE, str(number), "")
    head = (await verified(journal.lines())).head
    async with transaction(pool) as connection:
        # As somebody who has the whole database in their hands.
        await connection.execute("ALTER TABLE journal DISABLE TRIGGER USER")
        await connection.execute("ALTER TABLE journal DROP CONSTRAINT journal_pkey")
        await connection.execute(meddling.encode())
    found = await verified(journal.lines(), head)
    assert told in (found.wrong or "")


@pytest.mark.parametrize("statement", ["UPDATE journal SET who = ''", "DELETE FROM journal", "TRUNCATE journal"])
async def test_it_is_only_added_to(pool: Pool, statement: str) -> None:
    await PostgresJournal(pool).add("operator", Deed.KEY_MADE, "", "")
    with pytest.raises(psycopg.errors.RestrictViolation, match="only added to"):
        await rows(pool, statement, {})


async def test_who_acts_for_a_person_adds_lines_and_reads_none(pool: Pool) -> None:
    journal = PostgresJournal(pool)
    with acting.request():
        acting.act_for(ADA)
        await journal.add(pseudonym_of(ADA), Deed.EXPORTED, "", "")
        for statement in ("SELECT * FROM journal", "INSERT INTO journal SELECT * FROM journal", "DELETE FROM journal"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await rows(pool, statement, {})
    assert (await verified(journal.lines())).lines == 1


def test_a_pseudonym_stays_and_holds_no_id() -> None:
    assert pseudonym_of(ADA) == pseudonym_of(UUID(int=8)) != pseudonym_of(UUID(int=9))
    assert ADA.hex not in pseudonym_of(ADA)
