"""Does a proxy work? It must bring the check URL's answer in time."""

import time
from collections.abc import Awaitable, Callable

import httpx

from quiethire.domain.errors import InvalidInput, Transient

Check = Callable[[str], Awaitable[float]]
"""A proxy's URL → seconds to the answer. Raises Transient where the proxy does not work."""

TIMEOUT = 10.0


def http_check(check_url: str) -> Check:
    """A check that asks for `check_url` through the proxy; only the head of the answer is read."""

    async def check(proxy_url: str) -> float:
        started = time.monotonic()
        try:
            async with (
                httpx.AsyncClient(proxy=proxy_url, timeout=TIMEOUT, trust_env=False) as client,
                client.stream("GET", check_url) as response,
            ):
                status = response.status_code
        except httpx.TransportError as error:
            # Its text may name the proxy; its type says enough.
            raise Transient(type(error).__name__, where=check_url, kind="proxy") from None
        except httpx.InvalidURL as error:
            raise InvalidInput("not a URL", where=check_url, hint="mend QUIETHIRE_PROXY_CHECK_URL") from error
        if status >= 400:
            raise Transient(f"answered {status}", where=check_url, kind="proxy")
        return time.monotonic() - started

    return check
