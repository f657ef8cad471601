"""A look at ClickHouse."""

from datetime import UTC, datetime

from clickhouse_connect.driver.client import Client

from quiethire.domain.health import Look
from quiethire.storage.clickhouse.connection import in_thread

_ASKED = (
    "SELECT version(), toUnixTimestamp64Milli(now64(3)), count() FROM {database:Identifier}.jobs WHERE identity = ''"
)
"""Of the table, so that a server without our schema is not taken for ready."""


class ClickHouseProbe:
    """Looks whether it answers from our table."""

    name = "clickhouse"

    def __init__(self, client: Client, database: str = "quiethire") -> None:
        self._client = client
        self._database = database

    async def look(self) -> Look:
        """Raises Transient, or InvalidInput `not_migrated`."""
        found = await in_thread(self._client.query, _ASKED, {"database": self._database})
        version, milliseconds, _ = found.result_rows[0]
        return Look(version=str(version), now=datetime.fromtimestamp(milliseconds / 1000, UTC))
