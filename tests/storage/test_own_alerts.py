"""Saved searches and what they told are seen by their owner alone, a key, an account or a person, whatever a statement asks for."""

from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from uuid import UUID, uuid4

import psycopg
import pytest
from alert_examples import MASTERS, NOW, claim, saved

from activities.clients import Clients
from activities.erasure import erase_person
from quiethire.domain import acting
from quiethire.domain.alerts import (
    MOST_ACTIVE,
    Channel,
    SavedSearch,
    account_owner,
    digest_id,
    digest_owner,
)
from quiethire.domain.candidate import Candidate
from quiethire.storage.postgres import (
    Pool,
    PostgresAlerts,
    PostgresApiKeys,
    PostgresCandidates,
    migrate,
    open_pool,
)
from quiethire.storage.postgres.connection import rows
from quiethire.storage.redis.memory import MemoryCache

ADA, BOB = UUID(int=8), UUID(int=9)
MINE, THEIRS = "key:aaaaaaaa", "key:bbbbbbbb"


def search(owner: str, search_id: UUID | None = None, **fields: object) -> SavedSearch:
    own: dict[str, object] = {"id": search_id or uuid4(), "owner": owner, "channel": Channel.FEED, "address": None}
    return saved(**own | fields)


@pytest.fixture
async def pool(postgres_dsn: str) -> AsyncIterator[Pool]:
    """Two keys, two people and a page, each with a search that told something."""
    await migrate(postgres_dsn)
    async with open_pool(postgres_dsn) as pool:
        alerts = PostgresAlerts(pool, MASTERS)
        digests = [search(digest_owner(who), digest_id(who)) for who in (ADA, BOB)]
        searches = [search(MINE), search(THEIRS), search("page"), *digests]
        for each in searches:
            await alerts.save(each)
        claims = [claim(each, uuid4(), uuid4()) for each in searches]
        assert await alerts.claim(claims, NOW + timedelta(hours=1)) == 5
        await alerts.batch(NOW + timedelta(hours=1), 9)
        yield pool


async def tables_of_searches(pool: Pool) -> dict[str, str]:
    """Every table that hangs on a saved search, by its foreign keys, and the column that names it."""
    hanging = """
        SELECT c.conrelid::regclass::text AS name, a.attname AS search
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = 'saved_searches'::regclass
    """
    return {"saved_searches": "id"} | {row["name"]: row["search"] for row in await rows(pool, hanging, {})}


async def searches_in(pool: Pool, table: str, column: str) -> set[UUID]:
    return {row["of"] for row in await rows(pool, f"SELECT {column} AS of FROM {table}", {})}


async def test_a_query_that_asks_for_all_sees_ones_own_in_every_table_of_searches(pool: Pool) -> None:
    tables, alerts = await tables_of_searches(pool), PostgresAlerts(pool, MASTERS)
    assert set(tables) == {"saved_searches", "alert_deliveries", "alerted", "alerted_jobs"}
    [mine] = await alerts.of_owner(MINE)
    # Which jobs of an alert are known is looked at by who writes the ledger alone.
    del tables["alerted_jobs"]
    for table, column in tables.items():
        with acting.request():
            acting.act_as(MINE)
            assert await searches_in(pool, table, column) == {mine.id}, table
        with acting.request():
            acting.act_for(ADA)
            assert await searches_in(pool, table, column) == {digest_id(ADA)}, table
        with acting.request():
            acting.act_as("key:cccccccc")
            assert await searches_in(pool, table, column) == set(), table
        assert len(await searches_in(pool, table, column)) == 5, table


async def test_the_store_changes_and_drops_ones_own_and_nobody_elses(pool: Pool) -> None:
    alerts = PostgresAlerts(pool, MASTERS)
    [mine], [theirs] = await alerts.of_owner(MINE), await alerts.of_owner(THEIRS)
    with acting.request():
        acting.act_as(MINE)
        assert (await alerts.get(theirs.id), await alerts.alerts(theirs.id), await alerts.of_owner(THEIRS)) == (
            None,
            [],
            [],
        )
        await alerts.change(theirs.model_copy(update={"name": "taken"}), theirs)
        await alerts.delete(theirs.id)
        await alerts.delete(digest_id(ADA))
        await alerts.change(mine.model_copy(update={"name": "renamed"}), mine)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            await alerts.save(search(THEIRS))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            await rows(pool, f"UPDATE saved_searches SET owner = '{THEIRS}'", {})
    assert await alerts.get(theirs.id) == theirs
    assert await alerts.get(digest_id(ADA)) is not None
    [renamed] = await alerts.of_owner(MINE)
    assert renamed.name == "renamed"
    with acting.request():
        acting.act_as(MINE)
        await alerts.delete(mine.id)
    assert await alerts.get(mine.id) is None
    assert await searches_in(pool, "alerted", "search_id") >= {theirs.id}


async def test_an_owner_of_searches_sees_no_person(pool: Pool) -> None:
    await rows(pool, f"INSERT INTO person_keys (person, master, wrapped) VALUES ('{ADA}', '', '')", {})
    assert len(await rows(pool, "SELECT person FROM person_keys", {})) == 1
    with acting.request():
        acting.act_as(MINE)
        assert await rows(pool, "SELECT person FROM person_keys", {}) == []


async def test_who_erases_themselves_leaves_no_search_though_they_see_none_of_their_accounts(pool: Pool) -> None:
    alerts, candidates = PostgresAlerts(pool, MASTERS), PostgresCandidates(pool, MASTERS)
    await candidates.save(Candidate(id=ADA, name="Ada"))
    await alerts.save(search(account_owner(ADA)))
    await alerts.save(search(account_owner(BOB)))
    stores = {"cache": MemoryCache(), "keys": PostgresApiKeys(pool), "alerts": alerts, "candidates": candidates}
    with acting.request():
        acting.act_for(ADA)
        await erase_person(cast("Clients", SimpleNamespace(**stores)), ADA)
    left = [
        len(await alerts.of_owner(owner_of(who))) for who in (ADA, BOB) for owner_of in (digest_owner, account_owner)
    ]
    assert left == [0, 0, 1, 1]
    assert await candidates.get(ADA) is None


async def test_how_many_searches_an_address_has_is_counted_over_all_owners(pool: Pool) -> None:
    alerts = PostgresAlerts(pool, MASTERS)
    for _ in range(MOST_ACTIVE):
        assert await alerts.save(search(THEIRS, channel=Channel.EMAIL, address="ann@example.com"))
    with acting.request():
        acting.act_as(MINE)
        assert not await alerts.save(search(MINE, channel=Channel.EMAIL, address="ann@example.com"))
