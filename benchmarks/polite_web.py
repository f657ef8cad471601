"""Hosts on loopback with manners of their own, and a log of what they saw: for the simulation of politeness."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum

LATENCY = (0.005, 0.05)
"""Seconds that an answer takes, at random."""
SLOWNESS = (0.4, 0.6)
"""The same of a slow host, as a part of the Crawl-delay that others ask for."""
DELAY_FACTOR = 2.0
"""After an answer a host is to be left alone for so many times as long as it took, whatever the crawler believes."""
REFUSED = {3: 429, 5: 503}
"""Which page of a throttling host is refused, and how: the first with seconds, the second with a date."""


class Manner(StrEnum):
    """How a host treats its visitors."""

    PLAIN = "plain"
    THROTTLING = "throttling"
    """429 and 503 now and then, with a Retry-After in either form."""
    CRAWL_DELAY = "crawl-delay"
    SLOW = "slow"
    """Takes its time for each answer, and asks for a Crawl-delay that is shorter than what it needs."""
    REFUSING = "refusing"
    """403 from the second page on."""


@dataclass(frozen=True)
class Seen:
    """One request, on the loop's clock. `until`: what the answer asked to wait for."""

    target: str
    start: float
    end: float
    status: int
    until: float = 0.0


@dataclass
class Host:
    """A host and its log."""

    name: str
    manner: Manner
    crawl_delay: float
    seen: list[Seen] = field(default_factory=list)
    busy: int = 0
    overlapping: int = 0
    pages: int = 0

    def early(self, delay: float, longest: float) -> int:
        """Requests that came before they might: after the delay, the Crawl-delay, a Retry-After, a refusal or a slow answer.

        `longest`: seconds that the pause after a slow answer lasts at most.
        """
        least = max(delay, self.crawl_delay if self.manner is Manner.CRAWL_DELAY else 0.0)
        count, until = 0, 0.0
        for before, now in zip(self.seen, self.seen[1:], strict=False):
            wait = max(least, min(DELAY_FACTOR * (before.end - before.start), longest))
            until = max(until, before.until, before.end + wait)
            count += now.start < until
        return count


@dataclass
class PoliteWeb:
    """Hosts by name, and where they listen."""

    hosts: dict[str, Host]
    address: str
    retry_after: int
    """Seconds that a throttling host asks for."""
    chance: random.Random = field(default_factory=lambda: random.Random(20261120))

    @property
    def host_map(self) -> dict[str, str]:
        """What the crawler must be told to find them."""
        return dict.fromkeys(self.hosts, self.address)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                names = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
                writer.write(await self._answer(self.hosts[names["host"]], head[0].split(" ")[1]))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, host: Host, target: str) -> bytes:
        clock = asyncio.get_running_loop().time
        start = clock()
        host.overlapping += host.busy > 0
        host.busy += 1
        latency = self.chance.uniform(*LATENCY)
        if host.manner is Manner.SLOW:
            latency = self.chance.uniform(*SLOWNESS) * host.crawl_delay
        await asyncio.sleep(latency)
        status, body, headers, until = self._decide(host, target, clock())
        host.busy -= 1
        host.seen.append(Seen(target, start, clock(), status, until))
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: text/html", *headers]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _decide(self, host: Host, target: str, now: float) -> tuple[int, bytes, list[str], float]:
        if target == "/robots.txt":
            asked = {Manner.CRAWL_DELAY: host.crawl_delay, Manner.SLOW: host.crawl_delay / 10}.get(host.manner)
            delay = f"Crawl-delay: {asked}\n" if asked else ""
            return 200, f"User-agent: *\n{delay}Allow: /\n".encode(), [], 0.0
        host.pages += 1
        if host.manner is Manner.REFUSING and host.pages > 1:
            return 403, b"", [], now + 600
        if host.manner is not Manner.THROTTLING or host.pages not in REFUSED:
            return 200, b"<h1>Nurse</h1>", [], 0.0
        status = REFUSED[host.pages]
        if status == 429:
            return status, b"", [f"Retry-After: {self.retry_after}"], now + self.retry_after
        ours = datetime.now(UTC)
        date = (ours + timedelta(seconds=self.retry_after)).replace(microsecond=0)
        left = (date - ours).total_seconds()
        return status, b"", [f"Retry-After: {format_datetime(date, usegmt=True)}"], now + left


@asynccontextmanager
async def polite_web(manners: Iterable[Manner], *, crawl_delay: float, retry_after: int) -> AsyncIterator[PoliteWeb]:
    """Hosts with these manners, for as long as the block lasts."""
    hosts = {
        name: Host(name, manner, crawl_delay)
        for name, manner in ((f"{manner.value}-{number}.example", manner) for number, manner in enumerate(manners))
    }
    web = PoliteWeb(hosts, "", retry_after)
    serving: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(web.serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, backlog=1_000)
    web.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield web
    finally:
        server.close()
        for task in list(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
