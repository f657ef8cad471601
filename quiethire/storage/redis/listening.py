"""Listening to channels: one connection for all listeners of a process, each with a bounded queue of its own.

Whatever is missed is noticed: a listener that is too slow, or whose connection broke, ends with an error, listens anew and reads
what it missed where that is kept.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from quiethire.domain.errors import Transient

MOST_WAITING = 256
"""Messages that wait for one listener: who is further behind has to begin anew."""
QUIET = 15.0
"""Seconds without a word after which the server is asked whether it is there."""
ANSWERS_WITHIN = 5.0
_CONNECT_TIMEOUT = 2.0


def _missed(why: str) -> Transient:
    return Transient(f"messages may have been missed: {why}", where="redis", kind="missed")


class Queue:
    """`Listening` of one listener."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(MOST_WAITING)
        self._over: asyncio.Future[Transient] = asyncio.get_running_loop().create_future()

    async def next(self) -> bytes:
        """The next message. Raises Transient where some may have been missed."""
        if self._waiting.empty() and not self._over.done():
            getting = asyncio.ensure_future(self._waiting.get())
            try:
                await asyncio.wait((getting, self._over), return_when=asyncio.FIRST_COMPLETED)
                if getting.done():
                    return getting.result()
            finally:
                getting.cancel()
        if not self._waiting.empty():
            return self._waiting.get_nowait()
        raise self._over.result()

    def put(self, message: bytes) -> None:
        """Never waits: who does not keep up is told so."""
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            self.end("the listener is too slow")

    def end(self, why: str) -> None:
        """Nothing more will come."""
        if not self._over.done():
            self._over.set_result(_missed(why))


class Hub:
    """Channels and their listeners."""

    def __init__(self, url: str) -> None:
        # Without tries of its own: one that connects anew in silence would miss what was told meanwhile.
        self._redis = Redis.from_url(url, socket_connect_timeout=_CONNECT_TIMEOUT, retry=Retry(NoBackoff(), 0))
        self._listeners: dict[str, set[Queue]] = {}
        self._begun: dict[str, asyncio.Future[None]] = {}
        self._pubsub: PubSub | None = None
        self._reading: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[Queue]:
        """See `Telling.listen`. Raises Transient where the server is out of reach."""
        queue = Queue()
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                await self._begin(channel, queue)
            yield queue
        except (RedisError, OSError, TimeoutError) as error:
            raise Transient(f"out of reach: {error}", where="redis", hint="is the server running?") from error
        finally:
            await self._leave(channel, queue)

    async def aclose(self) -> None:
        """End all listeners and the connection."""
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        self._end_all("the connection was closed")
        await self._redis.aclose()

    async def _begin(self, channel: str, queue: Queue) -> None:
        async with self._changing:
            if self._pubsub is None:
                self._pubsub = self._redis.pubsub()
            self._listeners.setdefault(channel, set()).add(queue)
            begun = self._begun.get(channel)
            if begun is None:
                begun = self._begun[channel] = asyncio.get_running_loop().create_future()
                await self._pubsub.subscribe(channel)
            if self._reading is None:
                self._reading = asyncio.create_task(self._read(self._pubsub))
        await asyncio.shield(begun)

    async def _leave(self, channel: str, queue: Queue) -> None:
        async with self._changing:
            listeners = self._listeners.get(channel, set())
            listeners.discard(queue)
            if listeners or channel not in self._begun:
                return
            del self._listeners[channel]
            self._begun.pop(channel).cancel()
            if self._pubsub is not None:
                with suppress(RedisError, OSError):
                    await self._pubsub.unsubscribe(channel)

    async def _read(self, pubsub: PubSub) -> None:
        why = "the connection was closed"
        try:
            while True:
                message = await pubsub.get_message(timeout=QUIET)
                if message is None:
                    await pubsub.ping()
                    message = await pubsub.get_message(timeout=ANSWERS_WITHIN)
                    if message is None:
                        why = "the server does not answer"
                        return
                self._take(message)
        except (RedisError, OSError) as error:
            why = f"{type(error).__name__}: {error}"
        finally:
            self._pubsub = self._reading = None
            self._end_all(why)
            with suppress(RedisError, OSError):
                await pubsub.aclose()  # type: ignore[no-untyped-call]  # the library's

    def _take(self, message: dict[str, object]) -> None:
        name = message["channel"]
        channel = name.decode() if isinstance(name, bytes) else ""
        begun = self._begun.get(channel)
        if message["type"] == "subscribe" and begun is not None and not begun.done():
            begun.set_result(None)
        data = message["data"]
        if message["type"] == "message" and isinstance(data, bytes):
            for queue in tuple(self._listeners.get(channel, ())):
                queue.put(data)

    def _end_all(self, why: str) -> None:
        for begun in self._begun.values():
            if not begun.done():
                begun.set_exception(_missed(why))
                begun.exception()  # Seen here: whoever waits for it may have gone.
        for queues in self._listeners.values():
            for queue in queues:
                queue.end(why)
        self._listeners.clear()
        self._begun.clear()
