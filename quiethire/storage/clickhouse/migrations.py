"""Bringing ClickHouse to the shape that this version needs."""

import re
import threading
from importlib.resources import files

from clickhouse_connect.driver.client import Client

_ONLY_WHILE = {"0006_jobs_by_identity.sql": ("jobs", "id"), "0007_jobs_by_id.sql": ("jobs_by_identity", "id")}
"""Files that rebuild a table: each is run while this table is there and has this sorting key."""

_ONE_AT_A_TIME = threading.Lock()
"""Of this process; of several processes one migrates at a time, by the lock that `quiethire.clients.migrate` holds."""


def migrate(client: Client, database: str) -> None:
    """Apply the schema files in order. Safe to run again, after a death at any statement too.

    What only adds is written so that it may run again. A rebuild copies into a table beside the one that is read, exchanges
    the two in one step, and drops the former one only after it took over what was written there meanwhile.
    """
    with _ONE_AT_A_TIME:
        _run(client, database, "CREATE DATABASE IF NOT EXISTS {database:Identifier}")
        for file in sorted(files(__package__).joinpath("schema").iterdir(), key=lambda file: file.name):
            if file.name in _ONLY_WHILE and not _is_sorted_by(client, database, *_ONLY_WHILE[file.name]):
                continue
            text = re.sub(r"^\s*--.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
            for statement in filter(None, map(str.strip, text.split(";"))):
                _run(client, database, statement)


def _is_sorted_by(client: Client, database: str, table: str, key: str) -> bool:
    asked = "SELECT sorting_key FROM system.tables WHERE database = {database:String} AND name = {table:String}"
    return str(client.command(asked, parameters={"database": database, "table": table})) == key


def _run(client: Client, database: str, statement: str) -> None:
    client.command(statement, parameters={"database": database})
