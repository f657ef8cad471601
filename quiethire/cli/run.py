"""`quiethire up`: the platform in the foreground."""

import asyncio

from quiethire.cli.output import DONE, run, settings, talk
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
