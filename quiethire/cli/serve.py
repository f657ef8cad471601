"""`quiethire migrate` and `quiethire serve`: what a deployment runs on its own servers."""

from typing import Annotated

import typer
import uvicorn

from quiethire.cli.output import DONE, run, settings, talk
from quiethire.clients import migrate as migrate_stores
from quiethire.domain.errors import InvalidInput
from quiethire.http_server import HttpServer
from quiethire.platform.body_limit import BodyLimit
from quiethire.platform.faces import FACES
from quiethire.settings import Settings
from quiethire.telemetry import configure_logging

GRACE = 30
"""Seconds for what is under way when a service is told to stop; deployments kill it after 40."""


def migrate() -> None:
    """Bring the stores that the settings name to the shape this version needs."""
    run(_migrate(settings()))


async def _migrate(settings: Settings) -> int:
    if (away := await migrate_stores(settings)) is not None:
        raise away
    talk.print("PostgreSQL, ClickHouse and Typesense are up to date")
    return DONE


def serve(service: Annotated[str, typer.Argument(help=f"One of {', '.join(FACES)}.")]) -> None:
    """Serve one service over HTTP, for a deployment that scales it alone."""
    run(_serve(service, settings()))


async def _serve(service: str, settings: Settings) -> int:
    if service not in FACES:
        raise InvalidInput("no such service", where=service, hint=f"one of {', '.join(FACES)}")
    configure_logging(settings, service)
    open_face, port = FACES[service]
    async with open_face(settings) as app:
        config = uvicorn.Config(
            BodyLimit(app),
            host=settings.api_host,
            port=port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE,
        )
        await HttpServer(config).serve()
    return DONE
