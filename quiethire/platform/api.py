"""Asking the API of a platform: the one that QUIETHIRE_API_URL names, else the one of this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from quiethire.domain.errors import Transient
from quiethire.settings import Settings
from quiethire.stack.lock import holder, holder_lives
from quiethire.stack.running import Running, read_running, use

API_TIMEOUT = 60.0
"""Seconds. Requests of the command line may wait for a match run."""
STARTING_TIMEOUT = 300.0
"""Seconds until a platform is ready. Typesense may load for a minute or two after a kill, and the index is waited for."""


@asynccontextmanager
async def open_api(settings: Settings, *, say: Callable[[str], object]) -> AsyncIterator[httpx.AsyncClient]:
    """The API under the address of the settings; else that of the platform on this data directory, started where none runs.

    What also needs Temporal opens a session of `quiethire.platform.local` instead.
    """
    if settings.api_url:
        async with client_of(settings) as api:
            yield api
        return
    async with joined_platform(settings.data_path, say=say) as running:
        if running is not None:
            async with client_of(running.apply(settings)) as api:
                yield api
            return
    # What starts a platform takes longer to load than all the rest, and is not needed above.
    from quiethire.platform.local import open_session  # noqa: PLC0415

    async with open_session(settings, say=say) as session:
        yield session.api


@asynccontextmanager
async def joined_platform(data_dir: Path, *, say: Callable[[str], object]) -> AsyncIterator[Running | None]:
    """As `ready_platform`; a platform that another command started for itself goes on for as long as the body."""
    while await ready_platform(data_dir, say=say) is not None:
        with use(data_dir) as running:
            # It may have ended in between, and another one begun.
            if running is not None and running.api_url is not None:
                yield running
                return
    yield None


async def ready_platform(data_dir: Path, *, say: Callable[[str], object]) -> Running | None:
    """The platform that runs on this data directory, once it is ready; None where none does, or one has just ended.

    Raises Transient where it neither gets ready nor ends.
    """
    if _is_between(data_dir):
        say(f"waiting for the platform on {data_dir}, which starts or ends")
    try:
        async with asyncio.timeout(STARTING_TIMEOUT):
            # Another process writes the file; there is nothing of ours to wait on.
            while _is_between(data_dir):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    except TimeoutError as error:
        who = holder(data_dir)
        what = f"process {who.pid} ({who.command})" if who else "the process that holds it"
        hint = "wait for it, or stop it; its logs are in 'logs' there"
        raise Transient(f"{what} does not get ready", where=str(data_dir), hint=hint) from error
    return read_running(data_dir)


def _is_between(data_dir: Path) -> bool:
    """Whether a process that lives holds the directory and does not say where its API is: not yet, or not any more."""
    running = read_running(data_dir)
    if running is not None:
        return running.api_url is None
    return holder_lives(data_dir)


def client_of(settings: Settings) -> httpx.AsyncClient:
    """A client of the API at the address of the settings, with their key."""
    headers = {"Authorization": f"Bearer {settings.operator_key}"} if settings.operator_key else {}
    return httpx.AsyncClient(base_url=settings.api_url or "", timeout=API_TIMEOUT, headers=headers)
