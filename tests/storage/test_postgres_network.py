"""Connections to a PostgreSQL that the network keeps from us: how long anybody waits for one."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from benchmarks.faults.proxy import FaultProxy, Faults, fault_proxy
from quiethire.domain.errors import Transient
from quiethire.storage.postgres import Pool, open_pool
from quiethire.storage.postgres.connection import CHECK_TAKES_S, CHECKED_AFTER_S, POOL_WAIT_S, bounded, rows

ONE = "SELECT 1 AS one"
BUSY_S = 1.5
"""What this machine may be late by when it is busy."""


@pytest.fixture
async def proxy(postgres_dsn: str) -> AsyncIterator[FaultProxy]:
    server = conninfo_to_dict(postgres_dsn)
    async with fault_proxy(str(server["host"]), int(server["port"] or 5432)) as proxy:
        yield proxy


@pytest.fixture
async def pool(postgres_dsn: str, proxy: FaultProxy) -> AsyncIterator[Pool]:
    """A pool whose connections nobody has used for so long that they are asked whether they live."""
    host, port = proxy.address
    async with open_pool(make_conninfo(postgres_dsn, host=host, hostaddr=host, port=port)) as pool:
        assert await rows(pool, ONE, {}) == [{"one": 1}]
        await asyncio.sleep(CHECKED_AFTER_S + 0.1)
        yield pool


async def test_nobody_waits_longer_than_said_where_every_connection_says_nothing(pool, proxy):
    proxy.faults = Faults(holds=True)
    began = time.monotonic()
    with pytest.raises(Transient):
        await rows(pool, ONE, {})
    assert time.monotonic() - began < POOL_WAIT_S + CHECK_TAKES_S + BUSY_S
    proxy.faults = Faults()


async def test_a_connection_that_says_nothing_is_dropped_for_one_that_answers(pool, proxy):
    proxy.faults = Faults(holds=True)
    asked = asyncio.create_task(rows(pool, ONE, {}))
    # The network is well again after a connection was given up, and before the wait ends.
    async with asyncio.timeout(POOL_WAIT_S):
        while not lost(pool):  # noqa: ASYNC110 - the pool tells nobody what it drops
            await asyncio.sleep(0.02)
    proxy.faults = Faults()
    assert await asked == [{"one": 1}]


async def test_a_connection_that_answers_late_and_in_time_is_kept(pool, proxy):
    proxy.faults = Faults(latency=CHECK_TAKES_S / 4)
    assert await rows(pool, ONE, {}) == [{"one": 1}]
    assert lost(pool) == 0


async def test_a_server_that_was_away_for_long_is_found_by_who_asks_first(pool, proxy):
    await proxy.down()
    # Longer than two pauses of the pool's own, which become twice as long each time.
    until = time.monotonic() + 8
    while time.monotonic() < until:
        with pytest.raises(Transient):
            await rows(pool, ONE, {})
    await proxy.up()
    assert await rows(pool, ONE, {}) == [{"one": 1}]


async def test_a_pool_is_opened_though_its_server_is_away_where_that_is_wanted(postgres_dsn, proxy):
    host, port = proxy.address
    behind = make_conninfo(postgres_dsn, host=host, hostaddr=host, port=port)
    await proxy.down()
    with pytest.raises(Transient):
        async with open_pool(behind):
            pass
    async with open_pool(behind, though_away=True) as pool:
        with pytest.raises(Transient):
            await rows(pool, ONE, {})
        await proxy.up()
        assert await rows(pool, ONE, {}) == [{"one": 1}]


def lost(pool: Pool) -> int:
    """How many connections the pool has dropped when it looked at them."""
    return pool.get_stats().get("connections_lost", 0)


def test_what_the_network_does_not_take_has_an_end_and_what_a_dsn_says_itself_wins():
    assert conninfo_to_dict(bounded("postgresql://h/d"))["tcp_user_timeout"] == "10000"
    assert conninfo_to_dict(bounded("postgresql://h/d?tcp_user_timeout=7"))["tcp_user_timeout"] == "7"
    assert conninfo_to_dict(bounded("postgresql://h/d?connect_timeout=9"))["connect_timeout"] == "9"
