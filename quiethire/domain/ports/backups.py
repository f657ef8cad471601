"""Port of what is known of backups."""

from datetime import datetime
from typing import Protocol


class LastBackup(Protocol):
    """What is known of the newest backup, wherever it was written from."""

    async def at(self) -> datetime | None:
        """When it was taken; None where there never was one."""
        ...
