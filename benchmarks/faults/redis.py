"""F28 to F30: Redis down, emptied, slow."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
from redis.asyncio import Redis

from benchmarks.faults.case import SERVED, Case, Figures, lasting, unreachable
from benchmarks.faults.proxy import Faults
from benchmarks.faults.world import World
from quiethire.settings import Settings

STRANGER_REQUESTS = 1_400
"""More than an address without a key may search in the seconds that they take."""
LONGEST = 60.0


async def _limited(world: World) -> Figures:
    """Somebody without a key asks for more than is allowed, shows a key that is none, and tries to sign in; then all others are watched."""
    limit, burst = Settings().rate_limits["search"]  # type: ignore[index]  # the key is a StrEnum of this value
    began = time.monotonic()
    allowed = refused = 0
    # A connection that the server is about to close is not used once more.
    limits = httpx.Limits(keepalive_expiry=2)
    async with httpx.AsyncClient(base_url=world.session.api.base_url, timeout=15, limits=limits) as stranger:
        unknown = await stranger.get("/api/v1/keys", headers={"Authorization": "Bearer qh_12345678_" + "x" * 40})
        guess = {"email": "nobody@north.example", "password": "a guess of twelve letters"}
        guessed = await stranger.post("/api/v1/auth/sign-in", json=guess)
        # A busy machine sends some away, or lets them wait: then fewer are tried, and never for ever.
        while allowed + refused < STRANGER_REQUESTS and not refused > 50 and time.monotonic() - began < LONGEST:
            statuses = await asyncio.gather(*(_status(stranger) for _ in range(20)))
            allowed += statuses.count(200)
            refused += statuses.count(429)
    since = time.monotonic()
    due = limit + burst + (since - began) * limit / 60
    await asyncio.sleep(world.seconds(20, 3))
    return {
        "allowed_to_a_stranger": allowed,
        "of_what_the_limit_allows": round(allowed / due, 2),
        "unknown_key_let_in": float(unknown.status_code not in {401, 503}),
        # Where guesses cannot be counted none is looked at.
        "guesses_looked_at": float(guessed.status_code != 503),
        "median_added_ms": round(_median_ms(world, since) - _median_ms(world, world.steady_since, began), 1),
    }


def _median_ms(world: World, since: float, until: float = float("inf")) -> float:
    return statistics.median(each.seconds * 1_000 for each in world.load.searches if since <= each.at < until)


async def _status(stranger: httpx.AsyncClient) -> int:
    try:
        return (await stranger.get("/api/v1/search", params={"q": "nurse", "per_page": 1})).status_code
    except httpx.HTTPError:
        return 0


@asynccontextmanager
async def _emptied(world: World) -> AsyncIterator[None]:
    async with Redis.from_url(world.direct.redis_url) as redis:
        await redis.flushall()
    yield


@asynccontextmanager
async def _slow(world: World) -> AsyncIterator[None]:
    world.proxies["valkey"].faults = replace(Faults(), latency=2.0)
    yield
    await world.heal()


async def _slower(world: World) -> Figures:
    """The 99th percentile over what it was: one in a hundred may be the one that finds out."""
    began = time.monotonic()
    before = [each.seconds for each in world.load.searches if world.steady_since <= each.at < began]
    await asyncio.sleep(world.seconds(30, 8))
    during = [each.seconds for each in world.load.searches if each.at >= began]
    usual, slow = (sorted(times)[int(len(times) * 0.99) - 1] for times in (before, during))
    added = round((slow - usual) * 1_000, 1)
    # Much less than before is no gain by a slow Redis: what it is compared with was no steady state.
    return {"p99_added_ms": added, "p99_saved_ms": max(0.0, -added)}


CASES = (
    Case(
        id="F28",
        title="Redis down",
        injected="connections refused",
        must="the process limits by itself, within the same order; unknown keys are refused, nobody signs in; no 5xx, <= 5 ms more",
        fault=unreachable("valkey"),
        observe=_limited,
        targets={
            **SERVED,
            "of_what_the_limit_allows": ("<=", 1.1),
            "unknown_key_let_in": ("<=", 0),
            "guesses_looked_at": ("<=", 0),
            "median_added_ms": ("<=", 5),
        },
        named="redis",
        falls="redis",
        steady=20,
    ),
    Case(
        id="F29",
        title="Redis emptied",
        injected="FLUSHALL",
        must="nothing but caches and limits lives there: nothing is lost",
        fault=_emptied,
        observe=lasting(30, 5),
        targets=SERVED,
    ),
    Case(
        id="F30",
        title="Redis slow",
        injected="every answer 2 s late",
        must="50 ms are waited, then it rests; p99 + <= 60 ms",
        fault=_slow,
        observe=_slower,
        targets={**SERVED, "p99_added_ms": ("<=", 60), "p99_saved_ms": ("<=", 60)},
        named="redis",
        steady=20,
    ),
)
