"""F45: a worker whose clock jumps an hour ahead and two back, beside one whose clock is right."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from benchmarks.faults.case import SERVED, Case, Figures
from benchmarks.faults.second_worker import ROOT, SecondWorker, second_worker
from benchmarks.faults.world import World
from quiethire.domain.accounts import Session
from quiethire.domain.errors import Transient
from quiethire.domain.gate import Allowance
from quiethire.storage.redis import RedisCache
from services.api.accounts.tokens import Tokens
from services.api.gate.access import Unauthorized

JUMPS = (3_600, -3_600)
"""Seconds that its clock is off, one after the other."""


def _library() -> Path | None:
    """What lies between a process and its clock: Debian's package libfaketime."""
    return next((each for each in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)


def _lacks() -> str:
    return "" if _library() else "needs libfaketime"


@asynccontextmanager
async def _skewed(world: World) -> AsyncIterator[None]:
    """A second worker; what it takes for the time stands in a file."""
    clock = world.folder / "clock"
    clock.write_text("+0")
    async with second_worker(world, **_faked(clock)) as worker:
        world.notes |= {"clock": clock, "skewed": worker}
        yield


def _faked(clock: Path) -> Mapping[str, str]:
    return {
        "LD_PRELOAD": str(_library()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        # A clock that is set, or that drifts, leaves the monotonic one alone.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


async def _jumped(world: World) -> Figures:
    """What it did at each wrong time; whether limits and tokens of two such machines are the same."""
    skewed: SecondWorker = world.notes["skewed"]
    fetched, skews = [], []
    for seconds in JUMPS:
        world.notes["clock"].write_text(f"{seconds:+d}")
        await asyncio.sleep(2)
        before = await skewed.fetched()
        await asyncio.sleep(world.seconds(40, 10))
        fetched.append(await skewed.fetched() - before)
        skews.append(max((abs(skew) for skew in await skewed.told("quiethire_clock_skew_seconds")), default=0.0))
    return {
        "fetched_ahead": fetched[0],
        "fetched_behind": fetched[1],
        "skew_told_s": round(min(skews)),
        "lines_of_it": skewed.lines("differs from ours"),
        "limit_granted_twice": await _granted_twice(world),
        "tokens_refused_within_60_s": sum(not _believed(shift) for shift in (-59, 59)),
        "tokens_believed_beyond": sum(_believed(shift) for shift in (-62, 62)),
    }


async def _granted_twice(world: World) -> float:
    """An allowance of one, taken here; then asked for by a process an hour ahead: by its clock, it would have grown again."""
    name = f"ratelimit:{uuid4()}:search"
    await granted(world.direct.redis_url, name)
    world.notes["clock"].write_text(f"{JUMPS[0]:+d}")
    code = (
        "import asyncio, sys, time; from benchmarks.faults.clocks import granted; "
        "print(int(asyncio.run(granted(*sys.argv[1:]))), time.time())"
    )
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, world.direct.redis_url, name),
        cwd=ROOT,
        env={**os.environ, **_faked(world.notes["clock"])},
        stdout=asyncio.subprocess.PIPE,
    )
    taken, at = (await asking.communicate())[0].split()
    if float(at) < time.time() + JUMPS[0] / 2:
        raise RuntimeError("its clock was not moved, and so nothing was tried")
    return float(taken)


async def granted(url: str, name: str) -> bool:
    """Whether one more of an allowance of one is granted; on a busy machine Redis is asked until it answers in time."""
    async with RedisCache(url) as cache:
        while True:
            try:
                entered = await cache.enter(Allowance(name, 1, 0))
            except Transient:
                await asyncio.sleep(1)
                continue
            return entered.verdict is not None and entered.verdict.granted


def _believed(shift: float) -> bool:
    """Whether a token is good for a machine whose clock is so many seconds off, at the worst end of the token's life."""
    tokens, now = Tokens("a-key-of-twenty-four-characters", "https://site.example"), datetime.now(UTC)
    session = Session(
        id=uuid4(),
        account_id=uuid4(),
        is_browser=False,
        created_at=now,
        expires_at=now + timedelta(days=1),
        last_used_at=now,
    )
    lived = timedelta(minutes=15) if shift > 0 else timedelta()
    try:
        tokens.read(tokens.issue(session, now), now + lived + timedelta(seconds=shift))
    except Unauthorized:
        return False
    return True


CASES = (
    Case(
        id="F45",
        title="Clock jumps by an hour",
        injected="a second worker whose clock jumps an hour ahead, and then two hours back",
        must="nothing closes or opens wrongly; limits go by the clock of Redis, tokens tolerate 60 s",
        fault=_skewed,
        observe=_jumped,
        targets={
            **SERVED,
            "fetched_ahead": (">=", 1),
            "fetched_behind": (">=", 1),
            # What the alert ClockWrong goes by.
            "skew_told_s": (">=", 3_500),
            "lines_of_it": (">=", 1),
            "limit_granted_twice": ("<=", 0),
            "tokens_refused_within_60_s": ("<=", 0),
            "tokens_believed_beyond": ("<=", 0),
        },
        lacks=_lacks,
    ),
)
