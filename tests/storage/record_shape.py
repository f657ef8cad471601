"""What a release reads and writes, for the test of the next one: `python tests/storage/record_shape.py DSN FILE`, at each release.

DSN names an empty database of PostgreSQL. The shape is that of the migrations of this program.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import psycopg

from quiethire.storage.postgres.migration import migrate, migrations

Shape = dict[str, dict[str, dict[str, Any]]]
"""Table → column → its type, whether it may be NULL, whether the database fills it."""

_COLUMNS = """
    SELECT table_name, column_name, format_type(atttypid, atttypmod), is_nullable = 'YES',
        column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS'
    FROM information_schema.columns
    JOIN pg_attribute ON attrelid = format('public.%I', table_name)::regclass AND attname = column_name
    WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""
_UNIQUE = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indrelid AND relnamespace = 'public'::regnamespace
    WHERE indisunique ORDER BY 1
"""


def shape_of(dsn: str) -> Shape:
    """The tables of a database."""
    shape: Shape = {}
    with psycopg.connect(dsn) as connection:
        for table, column, kind, nullable, filled in connection.execute(_COLUMNS):
            shape.setdefault(table, {})[column] = {"type": kind, "nullable": nullable, "filled": filled}
    return shape


def unique_of(dsn: str) -> dict[str, str]:
    """Unique index → what it holds apart."""
    with psycopg.connect(dsn) as connection:
        return dict(connection.execute(_UNIQUE).fetchall())


def record(dsn: str, file: Path) -> None:
    """Migrate an empty database, and write down its shape."""
    known = migrations()
    asyncio.run(migrate(dsn, known))
    told = {"migration": known[-1].version, "tables": shape_of(dsn), "unique": unique_of(dsn)}
    file.write_text(json.dumps(told, sort_keys=True, indent=1) + "\n")


if __name__ == "__main__":
    record(sys.argv[1], Path(sys.argv[2]))
