"""`quiethire up`: the platform in the foreground."""

import asyncio
from typing import Annotated

import typer

from quiethire.cli.output import print_json, run, settings, talk
from quiethire.platform.local import start_platform
from quiethire.processes import DONE
from quiethire.settings import Settings
from quiethire.stack.ports import Ports
from quiethire.telemetry import configure_logging


def up(
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object on stdout once it is ready: where its parts are found.")
    ] = False,
) -> None:
    """Run the platform in the foreground: stack, worker, API with the search page, schedules.

    The search page is on port 3000 (QUIETHIRE_API_PORT), the Temporal UI on 8080 (QUIETHIRE_TEMPORAL_UI_PORT). Data
    stays in QUIETHIRE_DATA_DIR. Ctrl-C stops every process.
    """
    run(_up(settings(), json=json))


async def _up(settings: Settings, *, json: bool) -> int:
    configure_logging(settings, "up")
    talk.print(f"starting on {settings.data_path} …", soft_wrap=True)
    try:
        await _keep_up(settings, json=json)
    except asyncio.CancelledError:
        talk.print("stopped; data is kept")
    return DONE


async def _keep_up(settings: Settings, *, json: bool) -> None:
    async with start_platform(settings, Ports.of(settings), schedules=settings.schedules) as (supervisor, running):
        found = {
            "search page": running.api_url,
            "API": f"{running.api_url}/api/v1/openapi.json",
            "Temporal UI": running.temporal_ui_url,
            "logs": f"{settings.data_path}/logs",
        }
        for name, where in found.items():
            if where:
                talk.print(f"  {name:<13} {where}", markup=False, soft_wrap=True)
        if json:
            print_json({name.lower().replace(" ", "_"): where for name, where in found.items()})
        talk.print("ready; Ctrl-C stops everything")
        await supervisor.wait()
