"""Words that stand nowhere else: looked for in whatever a platform has written, they tell whether somebody's data is there."""

import base64
from collections.abc import Collection
from pathlib import Path

import psycopg
from psycopg import sql

Found = set[tuple[str, str]]
"""A canary, and the file or table that it stands in."""


def spellings(canary: str) -> list[bytes]:
    """As it stands, and as base64 has it wherever it begins; without the letters that depend on its neighbours."""
    shifted = (base64.b64encode(b"\0" * shift + canary.encode())[(shift * 8 + 5) // 6 :] for shift in range(3))
    return [canary.encode(), canary.encode("utf-16-le"), *(text.rstrip(b"=")[:-1] for text in shifted)]


def told_by_files(folder: Path, canaries: Collection[str]) -> Found:
    """Canaries that stand in a file of this directory, whatever the file is."""
    wanted = [(canary, spelling) for canary in canaries for spelling in spellings(canary)]
    found = set()
    for file in folder.rglob("*"):
        try:
            content = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        except FileNotFoundError:
            continue  # Its server has just removed it.
        found |= {(canary, str(file.relative_to(folder))) for canary, text in wanted if text in content}
    return found


def told_by_postgresql(dsn: str, canaries: Collection[str]) -> Found:
    """Canaries that stand in a row of any table: a value that PostgreSQL compressed hides from who reads its files."""
    found = set()
    with psycopg.connect(dsn) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for (row,) in connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))):
                found |= {(canary, table) for canary in canaries if canary in row or canary.encode().hex() in row}
    return found
