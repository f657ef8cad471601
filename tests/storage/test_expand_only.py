"""Two releases that follow each other run on one schema: what a migration may do to the tables of the release before it."""

import json
import re
from pathlib import Path

import psycopg
import pytest
from record_shape import shape_of, unique_of

from quiethire.storage import postgres
from quiethire.storage.postgres.migration import migrations

BEFORE = json.loads((Path(__file__).parents[1] / "schemas" / "postgres-shape.json").read_text())
"""What the release before this one reads and writes: see record_shape.py."""

NARROWING = re.compile(
    r"DROP\s+(TABLE|COLUMN|FUNCTION|VIEW|TYPE|SCHEMA)|\bRENAME\b|ALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE|SET\s+NOT\s+NULL|\bTRUNCATE\s+TABLE",
    re.IGNORECASE,
)
LOCKING = re.compile(r"\bLOCK\s+TABLE|\bCLUSTER\b|\bVACUUM\s+FULL|\bREINDEX\b", re.IGNORECASE)
EXCUSED: dict[str, str] = {}
"""Migration → why it may narrow: the release before it uses none of that any more, since which release."""

NEW = [migration for migration in migrations() if migration.version > BEFORE["migration"]]


def plain(text: str) -> str:
    """Without comments and string literals."""
    return re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", text)


@pytest.mark.parametrize("migration", NEW, ids=lambda migration: f"{migration.version:04}_{migration.name}")
def test_a_migration_only_adds(migration):
    name = f"{migration.version:04}_{migration.name}"
    found = [match[0] for pattern in (NARROWING, LOCKING) for match in pattern.finditer(plain(migration.sql))]
    assert name in EXCUSED or found == []


def test_what_narrows_is_seen():
    for wrong in (
        "ALTER TABLE a DROP COLUMN b", "ALTER TABLE a RENAME b TO c", "ALTER TABLE a ALTER COLUMN b TYPE text",
        "ALTER TABLE a ALTER b SET NOT NULL", "DROP TABLE a",
    ):  # fmt: skip
        assert NARROWING.search(plain(wrong))
    assert not NARROWING.search(plain("-- DROP TABLE a\nCREATE TABLE b (c text DEFAULT 'DROP TABLE')"))


@pytest.fixture
async def now(postgres_dsn):
    """A database with the migrations of today."""
    await postgres.migrate(postgres_dsn)
    return shape_of(postgres_dsn), unique_of(postgres_dsn)


async def test_the_release_before_finds_its_tables_and_columns_as_they_were(now):
    shape, _ = now
    for table, columns in BEFORE["tables"].items():
        for column, was in columns.items():
            found = shape[table][column]
            assert found["type"] == was["type"], f"{table}.{column}"
            assert found["nullable"] >= was["nullable"], f"{table}.{column} may be NULL no more"
            assert found["filled"] >= was["filled"], f"{table}.{column} is not filled any more"


async def test_rows_of_the_release_before_are_still_taken(now):
    shape, unique = now
    for table, columns in BEFORE["tables"].items():
        for column, what in shape[table].items():
            assert column in columns or what["nullable"] or what["filled"], f"{table}.{column} must be given now"
    new = {name: held for name, held in unique.items() if name not in BEFORE["unique"]}
    tables = {re.search(r" ON (?:public\.)?(\w+)", held)[1] for held in new.values()}
    assert not tables & BEFORE["tables"].keys()
    # What is written "ON CONFLICT" names the columns of an index that has to be there.
    assert {name: unique.get(name) for name in BEFORE["unique"]} == BEFORE["unique"]


async def test_migrating_a_database_that_is_in_use_changes_no_row(postgres_dsn):
    columns = ", ".join(sorted(BEFORE["tables"]["companies"]))
    asked = f"SELECT {columns} FROM companies".encode()
    await postgres.migrate(postgres_dsn, [each for each in migrations() if each.version <= BEFORE["migration"]])
    with psycopg.connect(postgres_dsn) as connection:
        connection.execute("INSERT INTO companies (id, domain) VALUES (gen_random_uuid(), 'acme.example')")
        before = connection.execute(asked).fetchall()
    await postgres.migrate(postgres_dsn)
    await postgres.migrate(postgres_dsn)
    with psycopg.connect(postgres_dsn) as connection:
        assert connection.execute(asked).fetchall() == before
