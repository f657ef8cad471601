"""`quiethire journal`: the look that an operator takes."""

import asyncio
import json

import psycopg
import pytest
from typer.testing import CliRunner

from quiethire.cli import _app
from quiethire.domain.journal import Deed
from quiethire.storage.postgres import PostgresJournal, migrate, open_pool


@pytest.fixture
def journal(stack, postgres_dsn, monkeypatch, tmp_path):
    """Run the command against a database that holds three lines."""

    async def seed():
        await migrate(postgres_dsn)
        async with open_pool(postgres_dsn) as pool:
            for number in range(3):
                await PostgresJournal(pool).add("operator", Deed.KEY_MADE, f"prefix:{number}", "")

    asyncio.run(seed())
    addresses = {"TEMPORAL_ADDRESS": stack.temporal_address, "API_URL": "http://127.0.0.1:9"}
    for setting, value in {"POSTGRES_DSN": postgres_dsn, "DATA_DIR": str(tmp_path), **addresses}.items():
        monkeypatch.setenv(f"QUIETHIRE_{setting}", value)
    return lambda *given: CliRunner().invoke(_app(["journal"]), ["journal", *given])


def test_a_journal_that_holds_tells_its_head_and_one_that_was_meddled_with_the_line(journal, postgres_dsn):
    told = journal("verify")
    assert (told.exit_code, "3 lines, all hold" in told.stdout) == (0, True)
    found = json.loads(journal("verify", "--json").stdout)
    assert (found["lines"], found["wrong"], found["head"] in told.stdout) == (3, None, True)
    assert journal("verify", "--head", found["head"].upper()).exit_code == 0
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute("ALTER TABLE journal DISABLE TRIGGER USER")
        connection.execute("DELETE FROM journal WHERE seq = 3")
    assert journal("verify").exit_code == 0
    cut = journal("verify", "--head", found["head"])
    assert (cut.exit_code, "cut off" in cut.stdout) == (1, True)
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute("UPDATE journal SET who = 'nobody' WHERE seq = 2")
    changed = journal("verify")
    assert (changed.exit_code, "line 2 was changed" in changed.stdout) == (1, True)
