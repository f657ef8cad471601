"""The all-in-one process: `python -m quiethire.platform`.

One process, because ClickHouse in-process (chDB) belongs to one: the worker writes to it and the API reads from it.
"""

import asyncio
import logging

import uvicorn

from quiethire.clients import migrate, open_clients
from quiethire.settings import Settings
from quiethire.telemetry import configure_logging
from services.api.app import create_app
from worker import running_worker
from workflows.schedules import ensure_schedules

logger = logging.getLogger("quiethire.platform")


async def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    settings = Settings()
    configure_logging(settings, "platform")
    await migrate(settings)
    async with open_clients(settings) as clients, running_worker(clients):
        if settings.schedules:
            for name in await ensure_schedules(clients.temporal):
                logger.info("schedule created", extra={"schedule": name})
        config = uvicorn.Config(
            create_app(clients), host=settings.api_host, port=settings.api_port, log_config=None, access_log=False
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
