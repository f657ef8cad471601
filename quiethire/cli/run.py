"""`quiethire up`, `quiethire migrate` and `quiethire serve`: what keeps running."""

import asyncio
from typing import Annotated

import typer
import uvicorn

from quiethire.cli.output import DONE, run, settings, talk
from quiethire.clients import migrate as migrate_stores
from quiethire.domain.errors import InvalidInput
from quiethire.platform.body_limit import BodyLimit
from quiethire.platform.faces import FACES
from quiethire.platform.local import start_platform
from quiethire.settings import Settings
from quiethire.stack.ports import Ports
from quiethire.telemetry import configure_logging


def up() -> None:
    """Run the platform in the foreground: stack, worker, API with the search page, schedules.

    The search page is on port 3000 (QUIETHIRE_API_PORT), the Temporal UI on 8080 (QUIETHIRE_TEMPORAL_UI_PORT). Data
    stays in QUIETHIRE_DATA_DIR. Ctrl-C stops every process.
    """
    run(_up(settings()))


async def _up(settings: Settings) -> int:
    configure_logging(settings, "up")
    talk.print(f"starting on {settings.data_path} …", soft_wrap=True)
    try:
        await _keep_up(settings)
    except asyncio.CancelledError:
        talk.print("stopped; data is kept")
    return DONE


async def _keep_up(settings: Settings) -> None:
    async with start_platform(settings, Ports.of(settings), schedules=settings.schedules) as (supervisor, running):
        talk.print(f"  search page   {running.api_url}", soft_wrap=True)
        talk.print(f"  API           {running.api_url}/api/v1/openapi.json", soft_wrap=True)
        if running.temporal_ui_url:
            talk.print(f"  Temporal UI   {running.temporal_ui_url}", soft_wrap=True)
        talk.print(f"  logs          {settings.data_path}/logs", soft_wrap=True)
        talk.print("ready; Ctrl-C stops everything")
        await supervisor.wait()


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
        config = uvicorn.Config(BodyLimit(app), host=settings.api_host, port=port, log_config=None, access_log=False)
        await uvicorn.Server(config).serve()
    return DONE
