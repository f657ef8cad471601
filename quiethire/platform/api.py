"""Asking the API of a platform: the one that QUIETHIRE_API_URL names, else the one of this machine."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx

from quiethire.settings import Settings

API_TIMEOUT = 60.0
"""Seconds. Requests of the command line may wait for a match run."""


@asynccontextmanager
async def open_api(settings: Settings, *, say: Callable[[str], object]) -> AsyncIterator[httpx.AsyncClient]:
    """The API under the address of the settings; else that of the platform on this data directory, started where none runs.

    What also needs Temporal opens a session of `quiethire.platform.local` instead.
    """
    if settings.api_url:
        async with client_of(settings) as api:
            yield api
        return
    # What starts a platform takes longer to load than all the rest, and is not needed above.
    from quiethire.platform.local import open_session  # noqa: PLC0415

    async with open_session(settings, say=say) as session:
        yield session.api


def client_of(settings: Settings) -> httpx.AsyncClient:
    """A client of the API at the address of the settings, with their key."""
    headers = {"Authorization": f"Bearer {settings.operator_key}"} if settings.operator_key else {}
    return httpx.AsyncClient(base_url=settings.api_url or "", timeout=API_TIMEOUT, headers=headers)
