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
    r"DROP\s+(TABLE|COLUMN|FUNCTION|VIEW|TYPE|SCHEMA|TRIGGER|DEFAULT)|\bRENAME\b|ALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE|SET\s+NOT\s+NULL|\bTRUNCATE\s+TABLE",
    re.IGNORECASE,
)
LOCKING = re.compile(r"\bLOCK\s+TABLE|\bCLUSTER\b|\bVACUUM\s+FULL|\bREINDEX\b", re.IGNORECASE)
HARD_ON_THE_OLD = re.compile(
    r"\bREVOKE\b|\bADD\s+(CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE)\b"
    r"|CREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?TRIGGER|CREATE\s+(UNIQUE\s+)?INDEX\b(?!\s+CONCURRENTLY)",
    re.IGNORECASE,
)
"""What a table may have from its start, and what on one that is in use takes rows or rights from the release before, or keeps its
writes waiting for as long as an index is built."""

EXCUSED: dict[str, str] = {
    "0018_own_rows": "it takes a right from a role that it makes itself",
    "0020_decisions_end": "an index of runs of pages is made in one reading of the log, and needs no sorting",
    "0026_owners_functions": "the functions that it takes from others are newer than the release before: 0022 and 0025",
    "0027_what_people_may": "the role that it takes rights from is newer than the release before: 0018",
    "0028_sealed_alerts": "indexes of columns that are empty yet, on a table of one row an alert; its triggers take nothing from the release "
    "before but deliveries that it could not make; the functions that it takes from others are its own",
}
"""Migration → why it may: the release before it uses none of that any more, since which release, or never did."""

NEW = [migration for migration in migrations() if migration.version > BEFORE["migration"]]


def plain(text: str) -> str:
    """Without comments and string literals; those that are executed stay."""
    literal = r"(EXECUTE\s+(?:format\s*\(\s*)?)?'(?:[^']|'')*'"
    return re.sub(rf"--[^\n]*|{literal}", lambda found: found[0] if found[1] else "", text, flags=re.IGNORECASE)


def refused(sql: str, made: frozenset[str] = frozenset()) -> list[str]:
    """What a migration may not do, where these tables were made since the release before."""
    text = plain(sql)
    found = [match[0] for pattern in (NARROWING, LOCKING) for match in pattern.finditer(text)]
    for statement in text.split(";"):
        hard = HARD_ON_THE_OLD.search(statement)
        if hard is not None and not (tables_of(statement) and tables_of(statement) <= made):
            found.append(hard[0])
    return found


def tables_of(statement: str) -> set[str]:
    """The tables that it says it is about."""
    named = re.search(r"(?:ALTER\s+TABLE|\bON)\s+(?:TABLE\s+|ONLY\s+)?(\w+(?:\s*,\s*\w+)*)", statement, re.IGNORECASE)
    return set(re.split(r"\s*,\s*", named[1])) if named else set()


def made_by(sql: str) -> list[str]:
    return re.findall(r"CREATE\s+TABLE\s+(\w+)", plain(sql), re.IGNORECASE)


MADE = frozenset(table for migration in NEW for table in made_by(migration.sql)) - BEFORE["tables"].keys()


@pytest.mark.parametrize("migration", NEW, ids=lambda migration: f"{migration.version:04}_{migration.name}")
def test_a_migration_only_adds(migration):
    found = refused(migration.sql, MADE)
    # An excuse that nothing needs would excuse what comes later.
    assert bool(found) == (f"{migration.version:04}_{migration.name}" in EXCUSED), found


@pytest.mark.parametrize(
    "wrong",
    [
        "ALTER TABLE a DROP COLUMN b",
        "ALTER TABLE a RENAME b TO c",
        "ALTER TABLE a ALTER COLUMN b TYPE text",
        "ALTER TABLE a ALTER b SET NOT NULL",
        "ALTER TABLE a ALTER COLUMN b DROP DEFAULT",
        "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)",
        "ALTER TABLE a ADD CHECK (b > 0)",
        "DROP TABLE a",
        "DROP TRIGGER t ON a",
        "CREATE TRIGGER t BEFORE UPDATE OF b ON a FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE OR REPLACE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f()",
        "CREATE INDEX i ON a (b)",
        "CREATE UNIQUE INDEX i ON a (b)",
        "REVOKE ALL ON fresh, a FROM somebody",
        "REVOKE somebody FROM somebody_else",
        "DO $$ BEGIN EXECUTE format('REVOKE ALL ON %I FROM somebody', 'a'); END $$",
    ],
)
def test_what_narrows_or_keeps_writes_waiting_is_seen(wrong):
    assert refused(f"CREATE TABLE fresh (c text);\n{wrong};", frozenset({"fresh"}))


@pytest.mark.parametrize(
    "right",
    [
        "-- DROP TABLE a\nCREATE TABLE b (c text DEFAULT 'DROP TABLE', CHECK (c <> ''))",
        "CREATE INDEX CONCURRENTLY i ON a (b)",
        "CREATE INDEX i ON fresh (b)",
        "CREATE TRIGGER t BEFORE UPDATE ON fresh FOR EACH ROW EXECUTE FUNCTION f()",
        "REVOKE ALL ON fresh FROM somebody",
        "ALTER TABLE fresh ADD CONSTRAINT c CHECK (b > 0)",
        "ALTER TABLE a ADD COLUMN b text DEFAULT ''",
    ],
)
def test_what_only_adds_is_not(right):
    assert refused(right, frozenset({"fresh"})) == []


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
