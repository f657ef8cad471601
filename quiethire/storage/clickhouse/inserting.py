"""How rows get into a table of ClickHouse: by columns, in one statement."""

from collections.abc import Sequence
from typing import Any

from clickhouse_connect.datatypes.base import ClickHouseType
from clickhouse_connect.driver.client import Client


class Inserter:
    """Inserts into the tables of one database.

    By itself the client asks before every insert what types the columns have, which takes as long as the insert of a crawl's few
    postings. Here it asks once for each table and set of columns, and again after an insert that failed: a migration may have
    changed the table, and whoever tries again meets it as it is.
    """

    def __init__(self, client: Client, database: str) -> None:
        self._client = client
        self._database = database
        self._types: dict[tuple[str, ...], Sequence[ClickHouseType]] = {}

    def __call__(self, table: str, columns: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
        """Insert `values`, one sequence for each of these columns. Blocks. Raises the client's errors."""
        key = (table, *columns)
        types = self._types.pop(key, None) or self._asked(table, columns)
        self._client.insert(
            table, values, column_names=columns, database=self._database, column_types=types, column_oriented=True
        )
        self._types[key] = types

    def _asked(self, table: str, columns: Sequence[str]) -> Sequence[ClickHouseType]:
        return self._client.create_insert_context(table, columns, self._database).column_types
