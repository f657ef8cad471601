"""Bringing ClickHouse to the shape that this version needs."""

import re
import threading
from importlib.resources import files

from clickhouse_connect.driver.client import Client

_REBUILDS = {"0006_jobs_by_identity.sql": ("jobs", "id")}
"""Files that make a table anew, with the table and the sorting key that it has before."""

_ONE_AT_A_TIME = threading.Lock()
"""Of this process; on a server, one process migrates at a time."""


def migrate(client: Client, database: str) -> None:
    """Apply the schema files in order. Safe to run again, after a death at any statement too.

    What only adds is written so that it may run again. A rebuild runs as long as its table is the former one: until the
    last statement but one, which exchanges the two, it changes nothing that anybody reads.
    """
    with _ONE_AT_A_TIME:
        _run(client, database, "CREATE DATABASE IF NOT EXISTS {database:Identifier}")
        for file in sorted(files(__package__).joinpath("schema").iterdir(), key=lambda file: file.name):
            if (
                file.name in _REBUILDS
                and _sorting_key(client, database, _REBUILDS[file.name][0]) != _REBUILDS[file.name][1]
            ):
                continue
            text = re.sub(r"^\s*--.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
            for statement in filter(None, map(str.strip, text.split(";"))):
                _run(client, database, statement)


def _sorting_key(client: Client, database: str, table: str) -> str:
    asked = "SELECT sorting_key FROM system.tables WHERE database = {database:String} AND name = {table:String}"
    return str(client.command(asked, parameters={"database": database, "table": table}))


def _run(client: Client, database: str, statement: str) -> None:
    client.command(statement, parameters={"database": database})
