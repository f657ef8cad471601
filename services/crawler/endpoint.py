"""Asking a service that the operator chose: a model's API, say.

Its address is of the settings and so is trusted, as a mail server's is: it may be on this machine. Its answers are not.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from quiethire.domain.errors import InvalidInput, Permanent, QuietHireError, Throttled, Transient

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
WHOLE_TIMEOUT = 90.0
"""Seconds for one try: a server that sends a byte now and then holds nobody up."""
MAX_ANSWER = 20_000_000
"""Bytes."""
ATTEMPTS = 3
FIRST_WAIT = 0.5
LONGEST_WAIT = 20.0
"""Seconds between two tries; a service that asks for more is not asked again here."""
_AGAIN = {408, 409, 425, 429, 500, 502, 503, 504, 529}


class HttpEndpoint:
    """`JsonEndpoint` over HTTP. Redirects are not followed, and no proxy of the environment is used."""

    def __init__(self, http: httpx.AsyncClient, where: str, *, first_wait: float = FIRST_WAIT) -> None:
        self._http = http
        self._first_wait = first_wait
        self.where = where

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """The answer, after up to three tries. Raises Transient or Permanent."""
        wait = self._first_wait
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._try(path, body)
            except Throttled as error:
                if error.retry_after > LONGEST_WAIT:
                    raise
                await asyncio.sleep(max(wait, error.retry_after))
            except Transient:
                await asyncio.sleep(wait)
            wait *= 2
        return await self._try(path, body)

    async def _try(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        try:
            async with (
                asyncio.timeout(WHOLE_TIMEOUT),
                self._http.stream("POST", path, content=orjson.dumps(body)) as response,
            ):
                return self._read(response, await _bounded(response))
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Transient("no answer in time", where=self.where, kind="timeout") from error
        except httpx.HTTPError as error:
            detail = f"out of reach: {type(error).__name__} {error}"[:300].rstrip()
            raise Transient(detail, where=self.where, hint="is the service running?", kind="connection") from error

    def _read(self, response: httpx.Response, answer: bytes) -> Any:  # noqa: ANN401 - JSON
        if response.status_code != 200:
            raise self._refusal(response, answer)
        try:
            return orjson.loads(answer)
        except orjson.JSONDecodeError as error:
            raise Permanent("the answer is no JSON", where=self.where) from error

    def _refusal(self, response: httpx.Response, answer: bytes) -> QuietHireError:
        status = response.status_code
        said = " ".join(answer[:300].decode("utf-8", "replace").split())
        detail = f"answered {status}: {said}" if said else f"answered {status}"
        if status in (401, 403):
            # What it says may repeat the key.
            return Permanent(f"answered {status}", where=self.where, hint="is the key right?", kind="key_refused")
        if status not in _AGAIN:
            return Permanent(detail, where=self.where, kind=f"http_{status}")
        after = response.headers.get("retry-after", "")
        if after.isascii() and after.isdigit() and len(after) < 8:
            return Throttled(detail, retry_after=float(after), where=self.where)
        return Transient(detail, where=self.where, kind=f"http_{status}")


async def _bounded(response: httpx.Response) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > MAX_ANSWER:
            raise Permanent(f"the answer is longer than {MAX_ANSWER} bytes", where=str(response.url.host))
        parts.append(part)
    return b"".join(parts)


@asynccontextmanager
async def open_endpoint(url: str, key: str, *, first_wait: float = FIRST_WAIT) -> AsyncIterator[HttpEndpoint]:
    """The service below this address, open until the block ends. Raises InvalidInput for an address that cannot be."""
    address = _checked(url, key)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    async with httpx.AsyncClient(
        base_url=address, headers=headers, timeout=TIMEOUT, trust_env=False, follow_redirects=False
    ) as http:
        yield HttpEndpoint(http, address.host, first_wait=first_wait)


def _checked(url: str, key: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InvalidInput("is no address", where=url, hint="write it as https://host/v1") from error
    if address.scheme not in ("http", "https") or not address.host or address.userinfo or address.query:
        raise InvalidInput("is no http(s) address alone", where=address.host, hint="write it as https://host/v1")
    if key and address.scheme == "http" and not _is_here(address.host):
        raise InvalidInput("a key is not sent in the clear", where=address.host, hint="use https")
    return address


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
