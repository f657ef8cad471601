"""When the newest backup was taken is known to every worker, and never goes back."""

from datetime import UTC, datetime, timedelta

import pytest

from quiethire.storage.postgres import PostgresLastBackup, migrate, note_backup, open_pool

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


@pytest.fixture
async def dsn(postgres_dsn):
    await migrate(postgres_dsn)
    return postgres_dsn


async def test_where_none_was_ever_written_there_is_no_time(dsn):
    async with open_pool(dsn) as pool:
        assert await PostgresLastBackup(pool).at() is None


async def test_the_newest_counts_though_an_older_one_ends_after_it(dsn):
    for at in (NOW, NOW + timedelta(days=1), NOW):
        note_backup(dsn, at)
    async with open_pool(dsn) as pool:
        assert await PostgresLastBackup(pool).at() == NOW + timedelta(days=1)
