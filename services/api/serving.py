"""Serving the gateway, alone or beside a worker, until the process is told to stop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from quiethire.clients import Clients
from quiethire.watch.face import served
from services.api.app import create_app


class _Server(uvicorn.Server):
    """Told to stop it returns, so that whatever runs beside it ends in good order.

    uvicorn's own raises the signal once more when it is done, which ends the process there and then.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """See `uvicorn.Server`. A further signal changes nothing: who cannot wait any longer kills."""
        for number in HANDLED_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self.handle_exit, number, None)
        yield


async def serve(clients: Clients) -> None:
    """Serve the API and its pages at the address of the settings. Returns when the process got SIGINT or SIGTERM.

    Where the settings name a port for those who watch, /readyz and /metrics are told there alone.
    """
    settings = clients.settings
    config = uvicorn.Config(
        create_app(clients, inside=settings.metrics_port is None),
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        # The gateway itself tells whose X-Forwarded-For to believe.
        proxy_headers=False,
        # Streams of notifications have no end of their own; their readers say nothing worth a kilobyte.
        timeout_graceful_shutdown=5,
        ws_max_size=1_024,
    )
    async with served(clients.readiness, settings.api_host, settings.metrics_port):
        await _Server(config).serve()
