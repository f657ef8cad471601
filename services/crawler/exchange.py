"""One request and its answer, within bounds: a slot, the guard, a deadline, a whole body."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpcore

from quiethire.domain.errors import Blocked, Permanent, QuietHireError, Throttled, Transient
from services.crawler.body import ACCEPT_ENCODING, read_body
from services.crawler.guard import Guard
from services.crawler.politeness import Politeness
from services.crawler.statuses import failure, limit_wait, retry_after
from services.crawler.steps import step
from services.crawler.target import Target
from services.crawler.transport import WIRE_ERRORS, PinnedTransport

REDIRECTS = (301, 302, 303, 307, 308)
LONGEST_PAUSE = 30.0
"""Seconds that are waited before a redirect is followed that asks for them; a longer wait is not sat out."""
STOOD_STILL = 5.0
"""Seconds by which a time limit is told too late where this process itself stood still: no busy loop is so late."""
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))
"""C0 and C1: nothing in a header needs them, and a terminal may obey them."""


@dataclass(frozen=True)
class Request:
    """What is sent. `where` names it in errors and logs: the URL without what is private."""

    url: Target
    where: str
    method: str = "GET"
    headers: Mapping[str, str] | None = None
    body: bytes | None = None
    limit: int = 10_000_000
    """Most bytes of the decoded body."""
    cut: bool = False
    """Take the first `limit` bytes of a longer body instead of refusing it."""
    refusal_rests: bool = True
    """Whether the host rests after it refused this request (401, 403, a challenge)."""

    @property
    def conditional(self) -> bool:
        """Whether "not modified" is an answer to it."""
        return any(name in (self.headers or {}) for name in ("If-None-Match", "If-Modified-Since"))


@dataclass(frozen=True)
class Answer:
    """What came back. The body of a redirect or of "not modified" is not read."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    error: QuietHireError | None
    """What the status means, where it is no success."""


class Deadline:
    """Seconds that a fetch may spend on the wire, over all of its requests. Waiting for a slot does not count."""

    def __init__(self, seconds: float) -> None:
        self._left = self._total = seconds

    @asynccontextmanager
    async def running(self, where: str) -> AsyncIterator[None]:
        """Let the time run. Raises Transient: `timeout` when it is used up, and without that name where this process stood still meanwhile.

        Then the host may well have answered: nothing is held against it, and whoever asks again learns.
        """
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._left):
                yield
        except TimeoutError as error:
            if time.monotonic() - started > self._left + STOOD_STILL:
                raise Transient("this process stood still meanwhile", where=where, hint="try again") from error
            raise Transient(
                f"not done within {self._total:g} s",
                where=where,
                hint="try again later; QUIETHIRE_FETCH_TIMEOUT bounds a fetch",
                kind="timeout",
            ) from error
        finally:
            self._left -= time.monotonic() - started


class Exchange:
    """Sends requests, one hop each."""

    def __init__(self, transport: PinnedTransport, guard: Guard, politeness: Politeness, user_agent: str) -> None:
        self._transport = transport
        self._guard = guard
        self._politeness = politeness
        self._user_agent = user_agent

    async def send(self, request: Request, deadline: Deadline) -> Answer:
        """One request. Raises for what kept an answer from coming whole, and while the host rests.

        An answer with an error status is returned: its meaning is the caller's, but the host rests if it asked to.
        """
        self._guard.check_url(request.url)
        answer: Answer | None = None
        unsent: Throttled | None = None
        try:
            async with self._politeness.slot(request.url.hostname) as visit, deadline.running(request.where):
                with step("answer", request.where) as facts:
                    try:
                        answer = await self._send(request)
                    except Throttled as error:
                        unsent = error  # Every proxy rests: that is no word of the host's, which does not rest for it.
                    else:
                        facts.update(status=answer.status, bytes=len(answer.body))
                if answer is not None and answer.error is not None:
                    visit.retry_after = max(retry_after(answer.headers), limit_wait(answer.headers))
                    rests = (Throttled, Blocked) if request.refusal_rests else (Throttled,)
                    if isinstance(answer.error, rests):
                        raise answer.error
        except QuietHireError as error:
            if answer is None or error is not answer.error:
                raise
        if answer is None:
            raise unsent or AssertionError("neither an answer nor an error")
        return answer

    async def _send(self, request: Request) -> Answer:
        with _NetworkErrors(request.where) as errors:
            response = await self._transport.send(self._prepare(request))
            try:
                errors.answered = True
                return await self._receive(request, response)
            finally:
                await response.aclose()

    def _prepare(self, request: Request) -> httpcore.Request:
        url = request.url
        host = url.host
        # Mapped hosts speak plain HTTP, whatever the scheme of their URLs.
        scheme = "http" if self._guard.mapped(url.hostname) else url.protocol.removesuffix(":")
        headers = {
            "Host": host,
            "User-Agent": self._user_agent,
            "Accept-Encoding": ACCEPT_ENCODING,
            "Accept-Language": "en, *;q=0.5",
            **(request.headers or {}),
        }
        if request.method == "POST":
            headers["Content-Length"] = str(len(request.body or b""))
        target = httpcore.URL(
            scheme=scheme,
            host=url.hostname.strip("[]"),
            port=int(url.port) if url.port else None,
            target=f"{url.pathname}{url.search}".encode("ascii"),  # as the URL parser wrote it
        )
        return httpcore.Request(request.method, target, headers=list(headers.items()), content=request.body)

    async def _receive(self, request: Request, response: httpcore.Response) -> Answer:
        status, headers = response.status, _headers(response.headers)
        bodiless = status in REDIRECTS or (status == 304 and request.conditional)
        error = None if bodiless else failure(status, headers, request.where)
        body = b""
        if error is None and not bodiless:
            body = await read_body(
                response.aiter_stream(),
                encoding=headers.get("content-encoding", ""),
                length=headers.get("content-length"),
                limit=request.limit,
                where=request.where,
                cut=request.cut,
            )
        return Answer(status, headers, body, error)


async def wait_as_asked(redirect: Answer, where: str) -> None:
    """Wait before a redirect is followed, where it says for how long (RFC 9110 10.2.3). Raises Throttled if for too long."""
    seconds = retry_after(redirect.headers)
    if seconds > LONGEST_PAUSE:
        detail = "wants its redirect followed later"
        raise Throttled(detail, where=where, hint="it is left alone meanwhile", retry_after=seconds)
    await asyncio.sleep(seconds)


def _headers(received: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """By lower-case name; of several of one name, their values joined."""
    headers: dict[str, str] = {}
    for name, value in received:
        key, text = name.decode("latin-1").lower(), _text(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _text(value: bytes) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return text.translate(_CONTROLS)


class _NetworkErrors:
    """Maps what httpcore and the sockets raise to the error tree."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.answered = False
        """Set once the head of the answer is there: what breaks afterwards cuts the body short."""

    def __enter__(self) -> "_NetworkErrors":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, TimeoutError) or not isinstance(error, WIRE_ERRORS):
            return
        raise self._mapped(error) from error

    def _mapped(self, error: Exception) -> QuietHireError:
        if isinstance(error, httpcore.TimeoutException):
            return Transient("no connection in time", where=self._where, hint="try again later", kind="timeout")
        if self.answered:
            return Transient(
                "the connection broke amid the body",
                where=self._where,
                hint="half a page is no page; try again",
                kind="truncated",
            )
        if isinstance(error, httpcore.ConnectError) and (tls := _tls_cause(error)):
            return Permanent(
                f"TLS: {tls}"[:300],
                where=self._where,
                hint="the host's certificate must be valid for its name",
                kind="tls",
            )
        return Transient(
            f"{type(error).__name__}: {error}"[:300], where=self._where, hint="try again later", kind="connection"
        )


def _tls_cause(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error
