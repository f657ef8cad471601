"""`quiethire migrate` and `quiethire serve`: what a deployment runs on its own servers."""

from typing import Annotated

import typer
import uvicorn

from quiethire.cli.output import print_json, run, settings, talk
from quiethire.clients import migrate as migrate_stores
from quiethire.domain.errors import InvalidInput
from quiethire.http_server import HttpServer
from quiethire.platform.body_limit import BodyLimit
from quiethire.platform.faces import FACES
from quiethire.processes import DONE
from quiethire.settings import Settings
from quiethire.stack.ports import obstacle
from quiethire.telemetry import configure_logging

GRACE = 30
"""Seconds for what is under way when a service is told to stop; deployments kill it after 40."""


def migrate(
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Bring the stores that the settings name to the shape this version needs. It may be run again, and by several at once.

    A platform of `quiethire up` does so by itself.

    Exit codes: 0 all have it, 1 one is away or kept busy, 2 wrong use.
    """
    run(_migrate(settings(), json=json))


async def _migrate(settings: Settings, *, json: bool) -> int:
    if (away := await migrate_stores(settings)) is not None:
        raise away
    if json:
        print_json({"up_to_date": ["postgresql", "clickhouse", "typesense"]})
    else:
        talk.print("PostgreSQL, ClickHouse and Typesense are up to date")
    return DONE


def serve(service: Annotated[str, typer.Argument(help=f"One of {', '.join(FACES)}.")]) -> None:
    """Serve one service over HTTP, for a deployment that scales it alone.

    Example: quiethire serve parser
    """
    run(_serve(service, settings()))


async def _serve(service: str, settings: Settings) -> int:
    if service not in FACES:
        raise InvalidInput("no such service", where=service, hint=f"one of {', '.join(FACES)}")
    configure_logging(settings, service)
    open_face, port = FACES[service]
    if (error := obstacle(port, settings.api_host)) is not None:
        # The server itself would end with a code that means "partly done" here.
        raise InvalidInput(
            f"port {port} cannot be had: {error.strerror or error}",
            where=f"{settings.api_host}:{port}",
            hint="end what listens there, or set QUIETHIRE_API_HOST to another address of this machine",
            kind="port_unusable",
        )
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
