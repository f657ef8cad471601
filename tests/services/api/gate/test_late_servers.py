"""A gateway that starts while servers are away serves what needs none of them, and the rest once they are back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from benchmarks.clickhouse_front import clickhouse_front, open_engine
from benchmarks.faults.proxy import FaultProxy, fault_proxy
from quiethire import late
from quiethire.clients import Clients, migrate, open_clients
from quiethire.domain.errors import InvalidInput, Transient
from quiethire.settings import Settings
from services.api.app import create_app


@dataclass(frozen=True)
class Away:
    """The three that a gateway once could not start without, each behind a proxy, and settings that name those."""

    proxies: dict[str, FaultProxy]
    settings: Settings

    async def up(self) -> None:
        for proxy in self.proxies.values():
            await proxy.up()


@pytest.fixture
async def away(stack, postgres_dsn, redis_url, tmp_path) -> AsyncIterator[Away]:
    async with AsyncExitStack() as opened:
        engine = opened.enter_context(open_engine(tmp_path / "engine"))
        clickhouse = opened.enter_context(clickhouse_front(engine))
        server = conninfo_to_dict(postgres_dsn)
        addresses = {
            "postgresql": f"{server['host']}:{server['port']}",
            "clickhouse": clickhouse,
            "temporal": stack.temporal_address,
        }
        proxies = {}
        for name, address in addresses.items():
            host, port = address.split(":")
            proxies[name] = await opened.enter_async_context(fault_proxy(host, int(port)))
        at = {name: f"{proxy.address[0]}:{proxy.address[1]}" for name, proxy in proxies.items()}
        host, port = proxies["postgresql"].address
        settings = stack.apply(Settings(data_dir=tmp_path)).model_copy(
            update={
                "postgres_dsn": make_conninfo(postgres_dsn, host=host, hostaddr=host, port=port),
                "clickhouse_dsn": f"clickhouse://default:@{at['clickhouse']}/default?compress=false",
                "temporal_address": at["temporal"],
                "redis_url": redis_url,
                "person_key": "the-master-key-of-this-test",
            }
        )
        assert await migrate(settings) is None
        for proxy in proxies.values():
            await proxy.down()
        yield Away(proxies, settings)


def asking(clients: Clients) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(clients), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway", timeout=30)


async def unready(client: httpx.AsyncClient) -> set[str]:
    told = (await client.get("/readyz")).json()
    return {each["name"] for each in told["dependencies"] if not each["ready"]}


async def test_it_starts_without_them_and_takes_them_up_when_they_are_back(away, monkeypatch):
    monkeypatch.setattr(late, "TRIED_EVERY", 0.1)
    monkeypatch.setattr("quiethire.readiness.GOOD_FOR", 0.0)
    async with open_clients(away.settings, though_away=True) as clients, asking(clients) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert await unready(client) == {"postgresql", "clickhouse", "temporal"}
        # The index is there, and so are searches.
        found = await client.get("/api/v1/search", params={"q": "nurse"})
        assert (found.status_code, found.json()["degraded"]) == (200, False)
        come = await client.post("/api/v1/candidates", json={"name": "Ada Lovelace"})
        assert (come.status_code, "retry-after" in come.headers) == (503, True)
        stats = await client.get("/api/v1/stats")
        assert (stats.status_code, "retry-after" in stats.headers) == (503, True)
        await away.up()
        async with asyncio.timeout(30):
            while await unready(client):  # noqa: ASYNC110 - the process tries by itself
                await asyncio.sleep(0.1)
        assert (await client.post("/api/v1/candidates", json={"name": "Ada Lovelace"})).status_code == 201
        assert (await client.get("/api/v1/stats")).status_code == 200


async def test_who_needs_them_at_once_is_told(away):
    with pytest.raises(Transient):
        async with open_clients(away.settings):
            pass


async def test_settings_that_are_wrong_are_told_at_the_start(away):
    wrong = away.settings.model_copy(update={"temporal_address": None})
    with pytest.raises(InvalidInput, match="TEMPORAL_ADDRESS"):
        async with open_clients(wrong, though_away=True):
            pass
