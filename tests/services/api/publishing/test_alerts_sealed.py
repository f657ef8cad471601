"""Alerts by the API over the real store: with a master key they are sealed for their owner, without one it is said that none is set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
import pytest

from quiethire.domain.access import ApiKey, Scope, digest_of, new_prefix, new_secret
from quiethire.storage.postgres import MasterKeys, PostgresAlerts, PostgresCandidates, migrate, open_pool
from quiethire.storage.postgres.connection import rows

HOOK = {"channel": "webhook", "address": "https://hooks.northwind.dev/canary"}
MAIL = {"channel": "email", "address": "canary@lovelace.example"}
FEED = {"channel": "feed"}


@pytest.fixture
def serve(clients, gateway, postgres_dsn):
    """The gateway with this master key, and the headers of a key that may keep alerts."""

    @asynccontextmanager
    async def opened(master: str) -> AsyncIterator[httpx.AsyncClient]:
        await migrate(postgres_dsn)
        async with open_pool(postgres_dsn) as pool:
            masters = MasterKeys(master)
            stores = {"alerts": PostgresAlerts(pool, masters), "candidates": PostgresCandidates(pool, masters)}
            mailer = SimpleNamespace(configured=True, confirm=keep)
            whole = replace(clients, mailer=mailer, webhooks=SimpleNamespace(check=lambda _: None), **stores)
            async with gateway(whole) as client:
                key = ApiKey(prefix=new_prefix(), name="t", scopes=(Scope.ALERTS,), created_at=datetime.now(UTC))
                secret = new_secret(key.prefix)
                await whole.keys.add(key, digest_of(secret))
                client.headers["Authorization"], client.pool = f"Bearer {secret}", pool
                yield client

    return opened


async def keep(_: object) -> None:
    """A mail that is taken and not sent."""


async def kept(client) -> str:
    asked = "SELECT s::text AS it FROM saved_searches s UNION ALL SELECT k::text FROM person_keys k"
    return "\n".join(row["it"] for row in await rows(client.pool, asked, {}))


async def test_an_owner_makes_lists_rotates_and_deletes_what_is_sealed(serve) -> None:
    async with serve("a-master-key-for-tests-alone") as api:
        for new in (HOOK, MAIL, FEED):
            assert (await api.post("/api/v1/alerts", json={"search": {"q": "data"}, **new})).status_code == 201
        told = (await api.get("/api/v1/alerts")).json()["alerts"]
        assert {each["address"] for each in told} == {HOOK["address"], MAIL["address"], None}
        path = next(f"/api/v1/alerts/{each['id']}" for each in told if each["channel"] == "webhook")
        assert (await api.post(f"{path}/rotate", json={})).status_code == 200
        everything = await kept(api)
        assert all(word not in everything for word in ("canary", b"canary".hex(), "whsec_", b"whsec_".hex()))
        for each in told:
            assert (await api.delete(f"/api/v1/alerts/{each['id']}")).status_code == 204
        assert await kept(api) == ""


async def test_without_a_master_key_an_alert_is_refused_as_a_profile_is_and_a_feed_is_kept(serve, caplog) -> None:
    async with serve("") as api:
        answers = [
            await api.post("/api/v1/candidates", json={"name": "Ada"}, headers={"Authorization": ""}),
            *[await api.post("/api/v1/alerts", json={"search": {"q": "data"}, **new}) for new in (HOOK, MAIL)],
        ]
        assert [answer.status_code for answer in answers] == [503] * 3
        assert {answer.json()["detail"] for answer in answers} == {answers[0].json()["detail"]}
        assert caplog.text.count("set up wrong: QUIETHIRE_PERSON_KEY: is not set") == 3
        feed = await api.post("/api/v1/alerts", json={"search": {"q": "data"}, **FEED})
        assert feed.status_code == 201
        assert (await api.get(feed.json()["feed_url"])).status_code == 200
        assert "canary" not in await kept(api)
