"""The fixtures that every other test stands on."""

import os

import psycopg
import pytest
from redis.asyncio import Redis

from quiethire.settings import Settings
from quiethire.stack.running import Running


async def tables(dsn: str) -> list[tuple[str, ...]]:
    async with await psycopg.AsyncConnection.connect(dsn) as link:
        found = await link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return await found.fetchall()


@pytest.mark.parametrize("attempt", [1, 2])
async def test_each_test_gets_an_empty_database(postgres_dsn: str, attempt: int) -> None:
    assert await tables(postgres_dsn) == []
    async with await psycopg.AsyncConnection.connect(postgres_dsn) as link:
        await link.execute("CREATE TABLE left_behind ()")
    assert await tables(postgres_dsn) == [("left_behind",)]


@pytest.mark.parametrize("attempt", [1, 2])
async def test_each_test_gets_an_empty_redis(redis_url: str, attempt: int) -> None:
    async with Redis.from_url(redis_url) as redis:
        assert await redis.dbsize() == 0
        await redis.set("left", "behind")


def test_settings_know_the_servers_and_nothing_of_the_caller(settings: Settings, stack: Running) -> None:
    assert settings.typesense_api_key == stack.typesense_api_key
    assert settings.temporal_address == stack.temporal_address
    assert not [name for name in os.environ if name.startswith("QUIETHIRE_")]
