"""How rows get into a table of ClickHouse: by columns, in one statement."""

from collections.abc import Sequence
from typing import Any

from clickhouse_connect.datatypes.base import ClickHouseType
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DataError


class Inserter:
    """Inserts into the tables of one database.

    By itself the client asks before every insert what types the columns have, which takes as long as the insert of a crawl's few
    postings. Here it asks once for each table and set of columns, and once more where a value does not fit what it knows: tables
    only grow while older processes run (docs/upgrade.md), but a column may have grown wider.
    """

    def __init__(self, client: Client, database: str) -> None:
        self._client = client
        self._database = database
        self._types: dict[tuple[str, ...], Sequence[ClickHouseType]] = {}

    def __call__(self, table: str, columns: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
        """Insert `values`, one sequence for each of these columns. Blocks. Raises the client's errors."""
        known = self._types.get((table, *columns))
        try:
            self._insert(table, columns, values, known or self._asked(table, columns))
        except DataError:
            if known is None:
                raise
            self._insert(table, columns, values, self._asked(table, columns))

    def _asked(self, table: str, columns: Sequence[str]) -> Sequence[ClickHouseType]:
        types = self._client.create_insert_context(table, columns, self._database).column_types
        self._types[(table, *columns)] = types
        return types

    def _insert(
        self, table: str, columns: Sequence[str], values: Sequence[Sequence[Any]], types: Sequence[ClickHouseType]
    ) -> None:
        self._client.insert(
            table, values, column_names=columns, database=self._database, column_types=types, column_oriented=True
        )
