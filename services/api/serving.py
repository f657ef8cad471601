"""Serving the gateway, alone or beside a worker, until the process is told to stop."""

import uvicorn

from quiethire.clients import Clients
from quiethire.http_server import HttpServer
from quiethire.watch.face import served
from services.api.app import create_app


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
        await HttpServer(config).serve()
