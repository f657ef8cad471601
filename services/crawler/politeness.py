"""How many requests go out at once, and when the next one may go to a host.

One request at a time to a host, a pause after each that grows with the time its answer took, and peace for a host that
asked for it. What is known of a host is kept by `HostStates`, shared by all workers where there is a Redis. Each process
keeps its own as well: it is asked first, which spares most questions to Redis, and it alone decides while Redis is out of
reach.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

from quiethire.domain.errors import Blocked, Throttled
from quiethire.domain.hosts import HostRefusal, HostStates, Turn
from quiethire.telemetry.metrics import HOST_RESTS
from services.crawler.own_hosts import OwnHosts
from services.crawler.shared_hosts import SharedHosts, to_its_end

DELAY_FACTOR = 2.0
"""The pause after an answer is so many times the seconds it took: a host that labours is asked less."""
THROTTLED_REST = (5.0, 3_600.0)
BLOCKED_REST = (600.0, 86_400.0)
"""Seconds that a host rests after it refused us without saying for how long: the first time, and at most."""
POLL = 0.02
"""Least seconds between two questions whether another worker has left a host."""
MAX_QUEUES = 1_000
"""Hosts whose queues are kept though nobody waits in them."""
PATIENCE = 25.0
"""Seconds that a request waits for others to have had their turns at its host; who would wait longer is sent away."""
LONGEST_PROMISE = 300.0
"""Most seconds after which who was sent away is told to come again."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """How a host is treated."""

    per_host: int
    """Most requests at once to one host."""
    delay_min: float
    """Least and most seconds between the end of a request and the next one."""
    delay_max: float
    crawl_delay_max: float
    """A longer Crawl-delay is cut to this."""
    lease: float
    """Seconds after which a slot is free again whose worker died: longer than any request takes."""


@dataclass
class Visit:
    """A request under way. `retry_after`: the seconds that an answer asked for which is no success."""

    retry_after: float = 0.0


@dataclass
class _Queue:
    """Those of this process that wait for one host, in the order they came."""

    slots: asyncio.Semaphore
    users: int = 0
    crawl_delay: float = 0.0
    lasted: float = 0.0
    delay: float = 0.0
    """Seconds of the last visit, and of the pause after it."""
    promised: float = 0.0
    """Until when turns are promised to those that were sent away, on the monotonic clock."""


class Politeness:
    """Slots for requests: so many at once in all, and so many to one host. A host that asked for it rests."""

    def __init__(self, pace: Pace, *, everywhere: int, shared: HostStates | None = None) -> None:
        self._pace = pace
        self._everywhere = asyncio.Semaphore(everywhere)
        self._own = OwnHosts()
        self._shared = SharedHosts(shared, self._own) if shared is not None else None
        self._queues: dict[str, _Queue] = {}
        self._name, self._visits = uuid4().hex, count()
        """What each visit is called among those of all workers."""
        if shared is None:
            logger.info("no Redis: this process alone keeps the pace of its requests")

    def heed(self, host: str, crawl_delay: float | None) -> None:
        """Keep to a host's Crawl-delay (seconds) from now on, as far as the settings go."""
        self._queue(_known_as(host)).crawl_delay = min(crawl_delay or 0.0, self._pace.crawl_delay_max)

    async def learn(self, host: str, crawl_delay: float | None) -> None:
        """Heed a Crawl-delay that was read just now: the other workers, who do not know it yet, are held back too."""
        host = _known_as(host)
        self.heed(host, crawl_delay)
        if crawl_delay is None:
            return
        if crawl_delay > self._pace.crawl_delay_max:
            kept = self._pace.crawl_delay_max
            logger.warning("a Crawl-delay is cut", extra={"host": host, "asked": crawl_delay, "kept": kept})
        pause = Turn(granted=False, wait=self._queue(host).crawl_delay)
        await self._own.hold(host, pause)
        if self._shared is not None:
            await self._shared.hold(host, pause)

    @asynccontextmanager
    async def slot(self, host: str, among: asyncio.Semaphore | None = None) -> AsyncIterator[Visit]:
        """Wait for a free slot, one of `among` (the browser's) too. Raises Throttled or Blocked, without waiting, while the host rests.

        Raises Throttled `busy` where so many wait already that the turn would come too late: who comes again after
        `retry_after` seconds holds nothing meanwhile. A Throttled or Blocked that leaves the block lays the host to rest;
        a Throttled then says for how long.
        """
        host = _known_as(host)
        queue = self._queue(host)
        expected = queue.users * self._turn_lasts(queue) / self._pace.per_host
        if expected > max(PATIENCE, self._turn_lasts(queue)):
            raise self._busy(host, queue, expected)
        queue.users += 1
        try:
            # The host first: those that wait for a slow host must not hold slots that others could use.
            async with queue.slots, AsyncExitStack() as rooms:
                token = f"{self._name}-{next(self._visits)}"
                await self._turn(host, token, queue, rooms, among)
                visit, began = Visit(), time.monotonic()
                refused: Throttled | Blocked | None = None
                try:
                    yield visit
                except (Throttled, Blocked) as refusal:
                    refused = refusal
                    raise
                finally:
                    took = time.monotonic() - began
                    # No request takes longer than its lease: it was this process that stood still, and not the host.
                    stood_still = took > self._pace.lease
                    queue.lasted = queue.lasted if stood_still else took
                    # How long the browser was at a page says little of how hard its host had to work.
                    took = 0.0 if stood_still or among is not None else took
                    await to_its_end(self._leave(host, token, took, _refusal(visit, refused), refused))
        finally:
            queue.users -= 1
            self._forget_idle()

    async def _turn(
        self, host: str, token: str, queue: _Queue, rooms: AsyncExitStack, among: asyncio.Semaphore | None
    ) -> None:
        """Wait for our turn, and for room for one request more."""
        waited = 0.0
        while True:
            turn = await self._own.enter(
                host, token, slots=self._pace.per_host, lease=float("inf"), pause=queue.crawl_delay
            )
            if turn.granted:
                rooms.push_async_callback(self._own.withdraw, host, token)
                for room in (among, self._everywhere):
                    if room is not None:
                        await rooms.enter_async_context(room)
                turn = await self._ask(host, token, queue)
                if turn.granted:
                    return
                await rooms.aclose()
            if turn.rest is not None and self._shared is not None:
                await self._shared.in_reach()  # who asks for this host alone is the one to tell the others
            _check_rest(host, turn)
            if waited > max(PATIENCE, self._turn_lasts(queue)) + self._turn_lasts(queue):
                raise self._busy(host, queue, turn.wait)  # other workers' requests came before ours all the time
            wait = max(turn.wait, POLL)
            waited += wait
            await asyncio.sleep(wait)

    async def _ask(self, host: str, token: str, queue: _Queue) -> Turn:
        """What the workers' shared state says; without one our own has the word."""
        if self._shared is None:
            return Turn(granted=True)
        pace = self._pace
        return await self._shared.enter(host, token, slots=pace.per_host, lease=pace.lease, pause=queue.crawl_delay)

    async def _leave(
        self, host: str, token: str, took: float, refusal: HostRefusal | None, raised: Throttled | Blocked | None
    ) -> None:
        if refusal is not None:
            HOST_RESTS.labels(kind=refusal.kind).inc()
        queue = self._queue(host)
        delay = min(max(took * DELAY_FACTOR, self._pace.delay_min), self._pace.delay_max)
        queue.delay = delay = max(delay, queue.crawl_delay)
        rest = await self._own.leave(host, token, delay=delay, refusal=refusal)
        if self._shared is not None:
            rest = max(rest, await self._shared.leave(host, token, delay=delay, refusal=refusal))
        if isinstance(raised, Throttled):
            raised.retry_after = rest  # as long as everybody else is kept away

    def _turn_lasts(self, queue: _Queue) -> float:
        return queue.lasted + max(queue.delay, self._pace.delay_min, queue.crawl_delay)

    def _busy(self, host: str, queue: _Queue, expected: float) -> Throttled:
        """Each is told to come when the one before it has had its turn, lest all come back at once."""
        now = time.monotonic()
        promised = max(queue.promised, now + expected) + self._turn_lasts(queue) / self._pace.per_host
        queue.promised = min(promised, now + LONGEST_PROMISE)
        return Throttled(
            f"is busy: {queue.users} requests wait for their turn",
            where=host,
            hint="QUIETHIRE_HOST_DELAY_MIN and robots.txt set its pace; try again later",
            retry_after=queue.promised - now,
            kind="busy",
        )

    def _queue(self, host: str) -> _Queue:
        queue = self._queues.get(host)
        if queue is None:
            queue = self._queues[host] = _Queue(asyncio.Semaphore(self._pace.per_host))
        return queue

    def _forget_idle(self) -> None:
        if len(self._queues) > MAX_QUEUES:
            self._queues = {host: queue for host, queue in self._queues.items() if queue.users}


def _known_as(host: str) -> str:
    """With or without the final dot that names the root of the DNS it is one host."""
    return host.removesuffix(".")


def _refusal(visit: Visit, raised: Throttled | Blocked | None) -> HostRefusal | None:
    if isinstance(raised, Blocked):
        first, longest = BLOCKED_REST
        # One that refuses us and says for how long is left alone for no less than one that does not.
        asked = max(visit.retry_after, first) if visit.retry_after else 0.0
        return HostRefusal(kind="blocked", asked=asked, first=first, longest=longest)
    if raised is None and not visit.retry_after:
        return None
    first, longest = THROTTLED_REST
    asked = max(visit.retry_after, raised.retry_after if raised is not None else 0.0)
    return HostRefusal(kind="throttled", asked=asked, first=first, longest=longest)


def _check_rest(host: str, turn: Turn) -> None:
    if turn.rest == "throttled":
        hint = "it is left alone meanwhile"
        raise Throttled("asked us to wait", where=host, hint=hint, retry_after=turn.wait, kind="resting")
    if turn.rest == "blocked":
        detail = f"refused us; left alone for {turn.wait:.0f} s more"
        raise Blocked(detail, where=host, hint="try again after that", kind="resting")
