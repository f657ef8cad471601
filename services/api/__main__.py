"""`python -m services.api`: the gateway as a process of its own."""

import asyncio

import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from quiethire.clients import open_clients
from quiethire.settings import Settings
from quiethire.telemetry import configure_logging
from services.api.app import create_app


async def main() -> None:
    """Open the clients, serve until told to stop, close them."""
    settings = Settings()
    configure_logging(settings, "api")
    async with open_clients(settings) as clients:
        config = uvicorn.Config(
            create_app(clients),
            host=settings.api_host,
            port=settings.api_port,
            log_config=None,
            access_log=False,
            server_header=False,
            # The gateway itself tells whose X-Forwarded-For to believe.
            proxy_headers=False,
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(main())
