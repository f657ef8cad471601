"""Exports on their way: broken off, given up, read slowly, and many at once."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import httpx
import pytest
import uvicorn

from quiethire.domain.errors import Transient
from quiethire.domain.gate import Endpoint
from quiethire.settings import Settings
from services.api.app import create_app
from services.api.publishing import turns
from services.api.publishing.exports import ExportFormat, JsonLines

KEY = "operator-key-of-this-test-0123456789"


@asynccontextmanager
async def served(clients) -> AsyncIterator[str]:
    """The gateway on a socket: what an aborted answer is can only be seen there."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(clients), log_config=None, access_log=False, lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@pytest.mark.parametrize("format", [each.value for each in ExportFormat])
async def test_what_fails_in_the_middle_breaks_the_connection(clients, crawl, posting, format):
    await crawl(clients, *(posting(number) for number in range(20)))
    whole = [row async for rows in clients.postings.scan() for row in rows]

    async def half(batch):
        yield whole
        raise Transient("the server went away", where="clickhouse")

    clients.postings.scan = half
    async with served(clients) as url, httpx.AsyncClient(base_url=url, timeout=60) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"/api/v1/exports/jobs.{format}")
        assert (await client.get("/health")).status_code == 200


async def test_an_export_whose_client_goes_away_stops(clients, crawl, posting):
    await crawl(clients, posting(1, description_text="x" * 30_000))
    (one,) = [row async for rows in clients.postings.scan() for row in rows]
    ended, asked = asyncio.Event(), 0

    async def endless(batch):
        nonlocal asked
        try:
            while True:
                asked += 1
                yield [one]
        finally:
            ended.set()

    clients.postings.scan = endless
    async with served(clients) as url:
        async with (
            httpx.AsyncClient(base_url=url, timeout=60) as client,
            client.stream("GET", "/api/v1/exports/jobs.csv") as answer,
        ):
            async for _ in answer.aiter_bytes():
                break
        await asyncio.wait_for(ended.wait(), 20)
    assert asked > 0


@pytest.fixture
async def endless(clients, crawl, posting, tmp_path):
    """Clients of a store that never ends, and whose exports are not limited by the minute."""
    await crawl(clients, posting(1, description_text="x" * 30_000))
    (one,) = [row async for rows in clients.postings.scan() for row in rows]

    async def scan(batch):
        while True:
            yield [one]

    clients.postings.scan = scan
    limits = {Endpoint.EXPORT: (10_000, 10_000)}
    return replace(clients, settings=Settings(data_dir=tmp_path, operator_key=KEY, rate_limits=limits))


async def test_a_caller_who_reads_none_of_its_exports_gets_no_more_and_keeps_nobody_waiting(endless):
    async with served(endless) as url, httpx.AsyncClient(base_url=url, timeout=60) as client, AsyncExitStack() as held:
        streams = [
            await held.enter_async_context(client.stream("GET", "/api/v1/exports/jobs.csv"))
            for _ in range(turns.OPEN_OF_ONE)
        ]
        further = await client.get("/api/v1/exports/jobs.csv")
        search = await client.get("/api/v1/search", params={"q": "engineer"})
        async with client.stream(
            "GET", "/api/v1/exports/jobs.csv", headers={"Authorization": f"Bearer {KEY}"}
        ) as other:
            assert await anext(other.aiter_bytes())
    assert [stream.status_code for stream in streams] == [200] * turns.OPEN_OF_ONE
    assert (further.status_code, further.headers["Retry-After"]) == (429, str(turns.RETRY_AFTER))
    assert "Wait until one is read" in further.json()["detail"]
    assert (search.status_code, other.status_code) == (200, 200)


async def test_an_export_that_ended_or_was_given_up_makes_room(endless, monkeypatch):
    monkeypatch.setattr(turns, "OPEN_OF_ONE", 1)
    async with served(endless) as url, httpx.AsyncClient(base_url=url, timeout=60) as client:
        for _ in range(3):
            async with asyncio.timeout(20):
                while True:
                    async with client.stream("GET", "/api/v1/exports/jobs.jsonl") as given_up:
                        if given_up.status_code == 200:
                            break


async def test_there_are_only_so_many_exports_in_a_process(endless, monkeypatch):
    monkeypatch.setattr(turns, "OPEN", 1)
    async with (
        served(endless) as url,
        httpx.AsyncClient(base_url=url, timeout=60) as client,
        client.stream("GET", "/api/v1/exports/jobs.jsonl"),
    ):
        further = await client.get("/api/v1/exports/jobs.jsonl", headers={"Authorization": f"Bearer {KEY}"})
    assert (further.status_code, further.headers["Retry-After"]) == (503, str(turns.RETRY_AFTER))


async def test_the_batches_of_all_exports_are_read_and_encoded_one_after_the_other(
    clients, gateway, crawl, posting, monkeypatch
):
    await crawl(clients, posting(1))
    (one,) = [row async for rows in clients.postings.scan() for row in rows]
    at_work, most, whole = 0, 0, JsonLines.rows

    async def scan(batch):
        nonlocal at_work, most
        for _ in range(5):
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0)
            yield [one]

    def rows(self, jobs):
        nonlocal at_work
        lines = whole(self, jobs)
        at_work -= 1
        return lines

    clients.postings.scan = scan
    monkeypatch.setattr(JsonLines, "rows", rows)
    monkeypatch.setattr(turns, "OPEN_OF_ONE", 4)
    async with gateway(clients) as client:
        answers = await asyncio.gather(*(client.get("/api/v1/exports/jobs.jsonl") for _ in range(4)))
    assert [(answer.status_code, len(answer.text.splitlines())) for answer in answers] == [(200, 5)] * 4
    assert most == 1


async def test_an_export_does_not_run_ahead_of_a_client_that_reads_slowly(clients, crawl, posting):
    await crawl(clients, posting(1))
    (one,) = [row async for rows in clients.postings.scan() for row in rows]
    asked, parts, third = 0, 0, asyncio.Event()

    async def endless(batch):
        nonlocal asked
        while True:
            asked += 1
            yield [one]

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        """A client that takes three parts of the file, and then no more."""
        nonlocal parts
        parts += message["type"] == "http.response.body"
        if parts == 3:
            third.set()
            await asyncio.Event().wait()

    clients.postings.scan = endless
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/api/v1/exports/jobs.jsonl",
        "raw_path": b"/api/v1/exports/jobs.jsonl",
        "query_string": b"q=",
        "root_path": "",
        "headers": [(b"host", b"gateway")],
        "client": ("127.0.0.1", 4711),
        "server": ("gateway", 80),
    }
    task = asyncio.create_task(create_app(clients)(scope, receive, send))
    await asyncio.wait_for(third.wait(), 20)
    for _ in range(100):
        await asyncio.sleep(0)
    task.cancel()
    assert asked == 3
