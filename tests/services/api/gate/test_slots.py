"""More is asked at once than a process can answer."""

import asyncio
import logging
from dataclasses import replace

import httpx
import pytest
from prometheus_client import REGISTRY

from quiethire.telemetry.metrics import stray_labels
from services.api.app import create_app
from services.api.gate import slots


class HeldIndex:
    """An index that answers when it is told to."""

    def __init__(self, index):
        self._index = index
        self.under_way = 0
        self.most = 0
        self.asked: list[str] = []
        self.may = asyncio.Event()
        self.may_alone: dict[str, asyncio.Event] = {}

    async def search(self, query, meaning=None):
        self.asked.append(query.q)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.may_alone.get(query.q, self.may).wait()
            return await self._index.search(query, meaning)
        finally:
            self.under_way -= 1


@pytest.fixture
def held(clients):
    return HeldIndex(clients.index)


@pytest.fixture
def narrow(clients, held):
    """A gateway that works on two searches at once."""
    return replace(clients, index=held, settings=clients.settings.model_copy(update={"api_concurrency": 2}))


def shed(endpoint: str) -> float:
    return REGISTRY.get_sample_value("quiethire_shed_requests_total", {"endpoint": endpoint}) or 0.0


def ask(client: httpx.AsyncClient, words: str, **headers: str) -> "asyncio.Task[httpx.Response]":
    return asyncio.create_task(client.get("/api/v1/search", params={"q": words}, headers=headers))


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a place is taken inside the gateway, which tells nobody
            await asyncio.sleep(0.001)


async def test_so_many_are_worked_on_and_the_newest_of_the_others_is_next(narrow, held, gateway):
    async with gateway(narrow) as client:
        asked = []
        for words in ("first", "second", "third", "fourth"):
            asked.append(ask(client, words))
            await asyncio.sleep(0.05)
        assert held.asked == ["first", "second"]
        held.may.set()
        answers = await asyncio.gather(*asked)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert held.most == 2
    assert held.asked == ["first", "second", "fourth", "third"]


async def test_whose_turn_does_not_come_is_told_when_to_come_again(narrow, held, gateway, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(slots, "MOST_WAITING", 0)
    before = shed("search")
    async with gateway(narrow) as client:
        served = [ask(client, "first"), ask(client, "second")]
        await until(lambda: held.under_way == 2)
        refused = await asyncio.gather(*(ask(client, f"late {number}") for number in range(8)))
        page = await client.get("/results", params={"q": "page"}, headers={"Accept": "text/html"})
        health, posting = await client.get("/healthz"), await client.get("/api/v1/jobs")
        held.may.set()
        answers = await asyncio.gather(*served)
        later = await client.get("/api/v1/search", params={"q": "late 1"})
    assert {answer.status_code for answer in refused} == {503}
    problem = refused[0].json()
    assert (problem["type"].rpartition("/")[2], problem["kind"]) == ("unavailable", "busy")
    assert sorted(int(answer.headers["Retry-After"]) for answer in refused) == [1, 1, 2, 2, 3, 3, 4, 4]
    assert {answer.headers["Cache-Control"] for answer in refused} == {"no-store"}
    assert (page.status_code, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert (health.status_code, posting.status_code) == (200, 200)
    assert [answer.status_code for answer in (*answers, later)] == [200] * 3
    assert shed("search") - before == 9
    assert stray_labels() == []
    told = [record for record in caplog.records if "more is asked at once" in record.getMessage()]
    assert len(told) <= 1
    assert not [record for record in caplog.records if getattr(record, "status", None) == 503]


async def test_who_waited_in_vain_while_others_were_answered_is_refused(narrow, held, gateway, monkeypatch):
    monkeypatch.setattr(slots, "PATIENCE", 1.0)
    held.may_alone["second"] = asyncio.Event()
    async with gateway(narrow) as client:
        served = [ask(client, "first"), ask(client, "second")]
        await until(lambda: held.under_way == 2)
        late = ask(client, "late")
        await asyncio.sleep(0.05)
        served.append(ask(client, "newest"))
        await asyncio.sleep(0.05)
        held.may_alone["second"].set()
        refused = await late
        held.may.set()
        answers = await asyncio.gather(*served)
    assert (refused.status_code, refused.json()["kind"]) == (503, "busy")
    assert [answer.status_code for answer in answers] == [200] * 3
    assert held.asked == ["first", "second", "newest"]


async def test_an_index_that_hangs_keeps_nobody_out(narrow, held, gateway, monkeypatch):
    monkeypatch.setattr(slots, "PATIENCE", 0.05)
    async with gateway(narrow) as client:
        asked = [ask(client, f"search {number}") for number in range(6)]
        await until(lambda: held.under_way == 6)
        held.may.set()
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
        monkeypatch.setattr(slots, "PATIENCE", 30.0)
        held.may.clear()
        held.most = held.under_way
        again = [ask(client, f"again {number}") for number in range(3)]
        await until(lambda: held.under_way == 2)
        held.may.set()
        await asyncio.gather(*again)
    assert held.most == 2


async def test_only_so_many_wait(narrow, held, gateway, monkeypatch):
    monkeypatch.setattr(slots, "MOST_WAITING", 1)
    async with gateway(narrow) as client:
        served = [ask(client, words) for words in ("first", "second", "third")]
        await until(lambda: held.under_way == 2)
        refused = await client.get("/api/v1/search", params={"q": "fourth"})
        held.may.set()
        answers = await asyncio.gather(*served)
    assert refused.status_code == 503
    assert [answer.status_code for answer in answers] == [200] * 3


async def test_a_kept_answer_needs_no_turn(narrow, held, gateway):
    async with gateway(narrow) as client:
        held.may.set()
        assert (await ask(client, "known")).status_code == 200
        await until(lambda: not held.under_way)
        held.may.clear()
        served = [ask(client, "first"), ask(client, "second")]
        await until(lambda: held.under_way == 2)
        assert (await ask(client, "known")).status_code == 200
        held.may.set()
        await asyncio.gather(*served)


async def test_who_goes_away_while_waiting_takes_no_turn_from_the_others(narrow, held, gateway):
    async with gateway(narrow) as client:
        served = [ask(client, "first"), ask(client, "second")]
        await until(lambda: held.under_way == 2)
        gone = ask(client, "gone")
        await asyncio.sleep(0.05)
        gone.cancel()
        await asyncio.wait((gone,))
        held.may.set()
        await asyncio.gather(*served)
        assert [(await ask(client, f"later {number}")).status_code for number in range(4)] == [200] * 4
    assert "gone" not in held.asked


async def test_who_does_not_read_an_answer_keeps_nobody_out(narrow, held, monkeypatch):
    monkeypatch.setattr(slots, "PATIENCE", 60.0)
    held.may.set()
    app, answers = create_app(narrow), []

    async def never_read(message):
        answers.append(message)
        await asyncio.Event().wait()

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    def unread(words: str) -> "asyncio.Task[None]":
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/api/v1/search",
            "query_string": f"q={words}".encode(),
            "headers": [(b"host", b"gateway")],
            "client": ("127.0.0.1", 1),
            "server": ("gateway", 80),
        }
        return asyncio.create_task(app(scope, receive, never_read))

    left = [unread("first"), unread("second")]
    await until(lambda: len(answers) == 2)
    held.may.clear()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        served = [ask(client, "third"), ask(client, "fourth")]
        await until(lambda: held.under_way == 2)
        held.may.set()
        assert [answer.status_code for answer in await asyncio.gather(*served)] == [200] * 2
    for each in left:
        each.cancel()
    await asyncio.wait(left)
