"""Delivery as people meet it: the feed from memory, from Redis and through the API, and notifications from publishing to reading.

`python -m benchmarks.delivery [--json] [--quick]`. The platform runs as `quiethire up` runs it, in a process of its own; readers
and publisher share this one, so that one clock tells. Two cores are shared by all of it.
"""

import asyncio
import gc
import json
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import httpx
import numpy as np
from websockets.asyncio.client import connect

from benchmarks.matching_data import Labour
from benchmarks.report import Target, finish, options
from quiethire.clients import Clients
from quiethire.domain.gate import Endpoint
from quiethire.domain.lifecycle import observe
from quiethire.domain.notifications import News
from quiethire.platform.local import attach, start_platform
from quiethire.processes import leave
from quiethire.settings import Settings
from quiethire.stack.ports import Ports
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.redis import RedisCache
from services.api.people.match_feed import Feeds

POSTINGS, QUICK_POSTINGS = 20_000, 2_000
READS, QUICK_READS = 1_000, 200
TOLD, QUICK_TOLD = 300, 60
READERS = 50
"""Streams that are open beside the one that is timed."""
PATH = "/api/v1/candidates/me"
TARGETS: dict[str, Target] = {
    "feed_in_process_p95_ms": ("<=", 0.1),
    "feed_api_p95_ms": ("<=", 5.0),
    "sse_p95_ms": ("<=", 30.0),
    "websocket_p95_ms": ("<=", 30.0),
}


async def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    size, reads, told = (QUICK_POSTINGS, QUICK_READS, QUICK_TOLD) if given.quick else (POSTINGS, READS, TOLD)
    generous = {Endpoint.READ: (10**6, 10**6), Endpoint.WRITE: (10**6, 10**6)}
    figures: dict[str, float] = {"postings": float(size)}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", api_port=0, schedules=False, key_rate_limits=generous)
        labour = Labour()
        await _store(settings, labour, size)
        async with start_platform(settings, Ports()) as (_, running), attach(running.apply(settings)) as session:
            who, key = await _join(session.api, labour)
            own = {"Authorization": f"Bearer {key}"}
            redis = str(session.settings.redis_url)
            async with (
                RedisCache(redis, secret=session.settings.person_key) as cache,
                httpx.AsyncClient(base_url=session.api.base_url, headers=own, timeout=60) as api,
            ):
                figures |= await _feed(api, cache, who, reads)
                figures |= await _notifications(api, cache, who, told, own)
    return finish(figures, TARGETS, as_json=given.json)


async def _store(settings: Settings, labour: Labour, size: int) -> None:
    settings.data_path.mkdir(parents=True)
    client = open_clickhouse(None, settings.data_path / "clickhouse")
    try:
        store = ClickHousePostings(client)
        await store.migrate()
        postings = labour.postings(size)
        for start in range(0, size, 2_000):
            advance = observe({}, postings[start : start + 2_000], datetime.now(UTC))
            await store.save(advance.rows, advance.events)
    finally:
        client.close()


async def _join(api: httpx.AsyncClient, labour: Labour) -> tuple[UUID, str]:
    """Somebody who could hold many of the postings, and the key that speaks for them."""
    skills: dict[str, dict[str, str]] = {}
    for posting in labour.postings(40):
        if "engineer" in posting.title.casefold():
            skills |= {skill: {"proficiency": "expert"} for skill in posting.skills}
    track = {"name": "a", "titles": ["Software Engineer", "Data Engineer"], "skills": skills, "years_experience": 12}
    added = await api.post("/api/v1/candidates", json={"name": "Ada", "tracks": [track]})
    added.raise_for_status()
    return UUID(added.json()["candidate"]["id"]), added.json()["secret"]


async def _feed(api: httpx.AsyncClient, cache: RedisCache, who: UUID, reads: int) -> dict[str, float]:
    first = await _timed(lambda: _whole(api))
    await cache.drop_feed(who)
    second = await _timed(lambda: _whole(api))
    found = (await api.get(f"{PATH}/matches")).json()["found"]
    through = [await _timed(lambda: _read(api)) for _ in range(reads)]
    # Only the cache is asked: whatever else were needed would fail.
    feeds = Feeds(cast("Clients", SimpleNamespace(cache=cache)))
    from_redis = [await _timed(lambda: feeds.of(who)) for _ in range(reads)]
    async with feeds.hearing():
        while feeds.kept(who) is None:
            await feeds.of(who)
            await asyncio.sleep(0.001)
        gc.collect()
        kept = [await _timed(lambda: _page(feeds, who)) for _ in range(10 * reads)]
    return {
        "matches": float(found),
        "feed_cold_platform_ms": round(first, 1),
        "feed_made_anew_ms": round(second, 1),
        "feed_in_process_p50_ms": _percentile(kept, 50),
        "feed_in_process_p95_ms": _percentile(kept, 95),
        "feed_redis_p95_ms": _percentile(from_redis, 95),
        "feed_api_p50_ms": _percentile(through, 50),
        "feed_api_p95_ms": _percentile(through, 95),
    }


async def _read(api: httpx.AsyncClient) -> None:
    (await api.get(f"{PATH}/matches")).raise_for_status()


async def _whole(api: httpx.AsyncClient) -> None:
    """The first run of a platform reads ESCO and the postings, and compiles the engine: until it is done, less is told."""
    while (await api.get(f"{PATH}/matches")).raise_for_status().json()["considered"] is None:
        pass


async def _page(feeds: Feeds, who: UUID) -> None:
    (await feeds.of(who)).page(limit=20)


async def _notifications(
    api: httpx.AsyncClient, cache: RedisCache, who: UUID, told: int, headers: dict[str, str]
) -> dict[str, float]:
    """One person at two screens, an event stream and a socket, while others listen too."""
    url = str(api.base_url).rstrip("/")
    async with AsyncExitStack() as stack:
        for _ in range(READERS):
            await stack.enter_async_context(_other_reader(api))
        lines = await stack.enter_async_context(_events(api))
        socket = await stack.enter_async_context(
            connect(url.replace("http", "ws", 1) + f"{PATH}/notifications", additional_headers=headers)
        )
        events: list[float] = []
        messages: list[float] = []
        for number in range(told):
            began = time.perf_counter()
            reading = asyncio.gather(
                _until(began, lambda: _data(lines)), _until(began, lambda: _message(cast("Any", socket)))
            )
            await cache.notify(who, [News(f"benchmark/{number}", b'{"type":"match","score":87.5}')])
            event, message = await reading
            events.append(event)
            messages.append(message)
            await asyncio.sleep(0.01)
    return {
        "readers": float(READERS + 2),
        "sse_p50_ms": _percentile(events, 50),
        "sse_p95_ms": _percentile(events, 95),
        "websocket_p50_ms": _percentile(messages, 50),
        "websocket_p95_ms": _percentile(messages, 95),
    }


@asynccontextmanager
async def _other_reader(api: httpx.AsyncClient) -> AsyncIterator[None]:
    """Somebody else with an open stream."""
    added = (await api.post("/api/v1/candidates", json={"name": "Bob"})).json()
    own = {"Authorization": f"Bearer {added['secret']}"}
    async with api.stream("GET", f"{PATH}/stream", headers=own, timeout=None) as response:
        response.raise_for_status()
        yield


@asynccontextmanager
async def _events(api: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[str]]:
    async with api.stream("GET", f"{PATH}/stream", timeout=None) as response:
        response.raise_for_status()
        yield response.aiter_lines()


async def _data(lines: AsyncIterator[str]) -> None:
    async for line in lines:
        if line.startswith("data:"):
            return


async def _message(socket: Any) -> None:  # noqa: ANN401 - the library's connection
    while json.loads(await socket.recv()).get("type") == "alive":
        pass


async def _until(began: float, read: Callable[[], Any]) -> float:
    await read()
    return (time.perf_counter() - began) * 1_000


async def _timed(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    await call()
    return (time.perf_counter() - began) * 1_000


def _percentile(times: list[float], share: int) -> float:
    return round(float(np.percentile(times, share)), 4)


if __name__ == "__main__":
    leave(asyncio.run(main()))
