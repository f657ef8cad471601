"""F11 to F15: PostgreSQL restarted, killed, full of clients, locked, in a deadlock."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime

import psycopg

from benchmarks.faults.case import SERVED, Case, Figures, lasting
from benchmarks.faults.world import ROLE, World
from quiethire.domain.board import Board
from quiethire.domain.errors import Transient
from quiethire.storage.postgres import PostgresBoards, open_pool

_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
_PROBE = "CREATE TABLE IF NOT EXISTS fault_probe (id integer PRIMARY KEY)"


@asynccontextmanager
async def _restarted(world: World) -> AsyncIterator[None]:
    """Fast shutdown, as `pg_ctl restart -m fast` does; the supervisor starts it again."""
    world.kill("postgres", signal.SIGINT)
    yield


@asynccontextmanager
async def _killed(world: World) -> AsyncIterator[None]:
    """SIGKILL while one transaction is committed and another is not."""
    async with await psycopg.AsyncConnection.connect(world.direct.postgres_dsn) as link:
        await link.execute(_PROBE)
        await link.execute("TRUNCATE fault_probe")
        await link.execute("INSERT INTO fault_probe VALUES (1)")
        await link.commit()
        await link.execute("INSERT INTO fault_probe VALUES (2)")
        world.kill("postgres")
        with suppress(psycopg.OperationalError):
            await link.rollback()
    yield


async def _until_writes_succeed(world: World) -> Figures:
    """Seconds until writes are taken again, with the process that there was."""
    pid = world.platform.pids["platform"]
    began = time.monotonic()
    refused = len(world.load.writes)
    async with asyncio.timeout(60):
        while not any(  # noqa: ASYNC110 - the load writes
            each.status == 201 for each in world.load.writes[refused:] if each.at > began + 0.2
        ):
            await asyncio.sleep(0.1)
    healed = next(each for each in world.load.writes[refused:] if each.status == 201 and each.at > began + 0.2)
    same = float(pid == world.platform.pids["platform"])
    return {"writes_again_s": round(healed.at + healed.seconds - began, 1), "same_process": same}


async def _committed_alone(world: World) -> Figures:
    figures = await _until_writes_succeed(world)
    async with await psycopg.AsyncConnection.connect(world.direct.postgres_dsn) as link:
        found = await (await link.execute("SELECT id FROM fault_probe ORDER BY id")).fetchall()
    return figures | {"committed_and_no_more": float(found == [(1,)])}


@asynccontextmanager
async def _full(world: World) -> AsyncIterator[None]:
    """Idle clients take all connections that are not the superuser's, those of the platform too."""
    dsn = world.direct.postgres_dsn
    async with AsyncExitStack() as stack:
        # It stays: the connection that it leaves would be the platform's.
        admin = await stack.enter_async_context(await psycopg.AsyncConnection.connect(dsn, autocommit=True))
        await admin.execute("DROP ROLE IF EXISTS idler")
        await admin.execute("CREATE ROLE idler LOGIN PASSWORD 'idle'")
        plain = psycopg.conninfo.make_conninfo(dsn, user="idler", password="idle", connect_timeout=5)
        world.notes["idle"] = 0
        async with asyncio.timeout(60):
            while True:
                world.notes["idle"] += await _take_all(stack, plain)
                cut = await admin.execute(_CUT, [ROLE])
                if not await cut.fetchall():
                    break
        taking = asyncio.create_task(_go_on_taking(stack, plain))
        try:
            yield
        finally:
            taking.cancel()
            with suppress(asyncio.CancelledError):
                await taking


async def _go_on_taking(stack: AsyncExitStack, dsn: str) -> None:
    """What somebody else gives back, too: on a busy machine a connection that was being made when all were cut."""
    while True:
        await _take_all(stack, dsn)
        await asyncio.sleep(0.2)


async def _take_all(stack: AsyncExitStack, dsn: str) -> int:
    """Connect until no connection is left; how many there were."""
    taken = 0
    while True:
        try:
            await stack.enter_async_context(await psycopg.AsyncConnection.connect(dsn, autocommit=True))
        except psycopg.OperationalError:
            return taken
        taken += 1


async def _admin_passes(world: World) -> Figures:
    """Whether whoever operates still gets a connection, and how long writes wait."""
    await asyncio.sleep(world.seconds(20, 6))
    began = time.monotonic()
    try:
        async with await psycopg.AsyncConnection.connect(world.direct.postgres_dsn, connect_timeout=5) as link:
            await link.execute("SELECT 1")
        passed = 1.0
    except psycopg.OperationalError:
        passed = 0.0
    return {
        "idle_clients": float(world.notes["idle"]),
        "admin_passes": passed,
        "admin_s": round(time.monotonic() - began, 2),
    }


@asynccontextmanager
async def _locked(world: World) -> AsyncIterator[None]:
    """Tables that writes, crawls and searches need, each locked by a stranger."""
    async with await psycopg.AsyncConnection.connect(world.direct.postgres_dsn) as link:
        await link.execute("LOCK TABLE api_keys, boards, search_index IN ACCESS EXCLUSIVE MODE")
        yield
        await link.rollback()


async def _crossed(world: World) -> Figures:
    """Two write the same boards in opposite order, as two workers may; whoever is chosen as victim tries once more."""
    rounds = 20 if world.quick else 200
    boards = [Board(ats="recruitee", token=f"crossed{n:03d}", url=f"https://x{n}.example/") for n in range(40)]
    deadlocks = failed = 0
    async with open_pool(world.direct.postgres_dsn) as pool:
        store = PostgresBoards(pool)

        async def write(given: list[Board]) -> None:
            nonlocal deadlocks, failed
            for attempt in range(2):
                try:
                    await store.add_due(given, datetime.now(UTC))
                except Transient as error:
                    deadlocks += "deadlock" in str(error)
                    failed += attempt
                else:
                    return

        for _ in range(rounds):
            await asyncio.gather(*(write(boards[::step]) for step in (1, -1, 1, -1)))
        async with pool.connection() as link:
            await link.execute("DELETE FROM boards WHERE token LIKE 'crossed%'")
    return {"rounds": rounds, "deadlocks": deadlocks, "failed_twice": failed}


CASES = (
    Case(
        id="F11",
        title="PostgreSQL restarted",
        injected="fast shutdown (SIGINT to the postmaster), started again by the supervisor",
        must="writes 503 + Retry-After, searches 200; healed within 5 s by the same process",
        fault=_restarted,
        observe=_until_writes_succeed,
        targets={**SERVED, "write_errors": ("<=", 0), "writes_again_s": ("<=", 5), "same_process": (">=", 1)},
        ready_within=5,
        named="postgresql",
    ),
    Case(
        id="F12",
        title="PostgreSQL killed in a transaction",
        injected="SIGKILL to the postmaster while a transaction is open",
        must="what was committed is there, what was not is not; nothing acknowledged is lost",
        fault=_killed,
        observe=_committed_alone,
        targets={**SERVED, "write_errors": ("<=", 0), "committed_and_no_more": (">=", 1), "same_process": (">=", 1)},
        named="postgresql",
    ),
    Case(
        id="F13",
        title="No connection to PostgreSQL left",
        injected="idle clients take every connection that is not the superuser's, those of the platform too",
        must="503 within 2 s of waiting and never a hang; the operator gets a connection",
        fault=_full,
        observe=_admin_passes,
        targets={
            **SERVED,
            "write_errors": ("<=", 0),
            "writes_refused": (">=", 1),
            # Two seconds of waiting, and what answering takes beside.
            "write_slowest_s": ("<=", 3),
            "admin_passes": (">=", 1),
        },
        named="postgresql",
        falls="postgresql",
    ),
    Case(
        id="F14",
        title="Tables of PostgreSQL locked",
        injected="LOCK TABLE api_keys, boards, search_index for 60 s",
        quickly="LOCK TABLE api_keys, boards, search_index for 8 s",
        must="a statement ends after 5 s; searches go on",
        fault=_locked,
        observe=lasting(60, 8),
        targets={
            **SERVED,
            "write_errors": ("<=", 0),
            "writes_refused": (">=", 1),
            "write_slowest_s": ("<=", 8),
        },
        named="postgresql",
    ),
    Case(
        id="F15",
        title="Deadlock in PostgreSQL",
        injected="200 times four writers of the same boards, two in one order and two in the other",
        quickly="20 times four writers of the same boards, two in one order and two in the other",
        must="no deadlock, or its victim succeeds at the second try",
        observe=_crossed,
        targets={**SERVED, "failed_twice": ("<=", 0)},
    ),
)
