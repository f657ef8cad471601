"""`python -m services.api`: the gateway as a process of its own."""

import asyncio

from uvicorn.loops.auto import auto_loop_factory

from quiethire.clients import open_clients
from quiethire.processes import leave
from quiethire.settings import Settings
from quiethire.telemetry import configure_logging
from quiethire.trail import tracing
from services.api.serving import serve


async def main() -> None:
    """Open the clients, serve until told to stop, close them."""
    settings = Settings()
    configure_logging(settings, "api")
    with tracing(settings, "api"):
        await _serve(settings)


async def _serve(settings: Settings) -> None:
    async with open_clients(settings) as clients:
        await serve(clients)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(main())
    leave(0)
