"""Notifications as they reach a reader: over real sockets, through the gateway."""

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from quiethire.domain.access import ApiKey, Scope, digest_of, new_prefix, new_secret
from quiethire.domain.accounts import Account, Credentials, Role
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import Transient
from quiethire.domain.notifications import News
from services.api.accounts.sessions import Sessions
from services.api.accounts.tokens import Tokens
from services.api.app import create_app
from services.api.gate.access import KEY_SUBPROTOCOL, Caller
from services.api.people import notifications
from services.api.people.notifications import OPEN_OF_ONE, SUBPROTOCOL, Streams, follow
from services.api.people.visits import COOKIE

A_WHILE = 60
STREAM, SOCKET = "/api/v1/candidates/me/stream", "/api/v1/candidates/me/notifications"


async def key_of(clients, person: UUID | None = None, scope: Scope = Scope.CANDIDATE) -> str:
    key = ApiKey(
        prefix=new_prefix(), name="a test's", scopes=(scope,), created_at=datetime.now(UTC), candidate_id=person
    )
    secret = new_secret(key.prefix)
    await clients.keys.add(key, digest_of(secret))
    return secret


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def news(*numbers):
    return [News(f"key{number}", json.dumps({"number": number}).encode()) for number in numbers]


@asynccontextmanager
async def served(clients):
    config = uvicorn.Config(create_app(clients), port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(A_WHILE):
            while not server.started:  # noqa: ASYNC110  the server tells nobody
                await asyncio.sleep(0.01)
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def site(any_clients):
    async with served(any_clients) as host:
        yield any_clients, host


class Events:
    """A reader of server-sent events."""

    def __init__(self, response):
        self._lines, self.last_id = response.aiter_lines(), None

    async def next(self):
        event = {}
        async with asyncio.timeout(A_WHILE):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if not line and "data" in event:
                    self.last_id = event["id"]
                    return json.loads(event["data"])
                if line:
                    event[name] = value
                else:
                    event = {}
                    return None
        raise EOFError


@asynccontextmanager
async def events(host, key, **headers):
    async with (
        httpx.AsyncClient(base_url=f"http://{host}", timeout=A_WHILE) as http,
        http.stream("GET", STREAM, headers={**bearer(key), **headers}) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        reader = Events(response)
        assert await reader.next() is None
        yield reader


async def test_events_come_as_they_are_told_and_to_their_person_alone(site):
    clients, host = site
    ada, bob = uuid4(), uuid4()
    async with events(host, await key_of(clients, ada)) as adas, events(host, await key_of(clients, bob)) as bobs:
        await clients.cache.notify(ada, news(1, 2))
        await clients.cache.notify(bob, news(3))
        assert [await adas.next(), await adas.next()] == [{"number": 1}, {"number": 2}]
        assert await bobs.next() == {"number": 3}


async def test_who_comes_back_reads_what_they_missed_and_then_goes_on(site):
    clients, host = site
    person = uuid4()
    key = await key_of(clients, person)
    async with events(host, key) as reader:
        await clients.cache.notify(person, news(1))
        assert await reader.next() == {"number": 1}
        last = reader.last_id
    await clients.cache.notify(person, news(2, 3))
    async with events(host, key, **{"Last-Event-ID": last}) as reader:
        assert [await reader.next(), await reader.next()] == [{"number": 2}, {"number": 3}]
        await clients.cache.notify(person, news(4))
        assert await reader.next() == {"number": 4}


async def test_silence_is_broken_by_signs_of_life(site, monkeypatch):
    clients, host = site
    monkeypatch.setattr(notifications, "HEARTBEAT", 0.01)
    async with events(host, await key_of(clients, uuid4())) as reader:
        assert [await reader.next() for _ in range(3)] == [None] * 3


async def test_a_stream_ends_after_its_time_so_that_its_key_is_looked_at_again(site, monkeypatch):
    clients, host = site
    monkeypatch.setattr(notifications, "LONGEST", 0.0)
    async with events(host, await key_of(clients, uuid4())) as reader:
        with pytest.raises(EOFError):
            await reader.next()


@pytest.fixture
def impatient(monkeypatch):
    """Whether a key is good is asked at once, and often."""
    monkeypatch.setattr("services.api.gate.access.REMEMBERED", timedelta(0))
    monkeypatch.setattr("services.api.accounts.sessions.REMEMBERED", timedelta(0))
    monkeypatch.setattr(notifications, "HEARTBEAT", 0.05)


async def ended(reader: Events) -> None:
    """Read what is told until the end."""
    with suppress(EOFError):
        while True:
            await reader.next()


async def told_to(socket) -> list[object]:
    """What a socket is told until it is closed."""
    told = []
    with suppress(ConnectionClosed):
        async with asyncio.timeout(A_WHILE):
            while True:
                told.append(json.loads(await socket.recv()).get("notification"))
    return [each for each in told if each is not None]


async def test_a_stream_ends_with_its_key(site, impatient):
    clients, host = site
    person = uuid4()
    key = await key_of(clients, person)
    async with events(host, key) as reader, connect(f"ws://{host}{SOCKET}", additional_headers=bearer(key)) as socket:
        await clients.cache.notify(person, news(1))
        assert await reader.next() == {"number": 1}
        await clients.keys.revoke(key[3:11], datetime.now(UTC))
        await ended(reader)
        told = await told_to(socket)
        await clients.cache.notify(person, news(2))
    assert told == [{"number": 1}]
    assert socket.close_code == 1013


async def test_a_stream_ends_with_its_session(site, impatient):
    clients, host = site
    person = uuid4()
    await clients.candidates.save(Candidate(id=person, name="Ada"))
    account = Account(id=person, role=Role.CANDIDATE, created_at=datetime.now(UTC))
    await clients.accounts.add(account, Credentials(email="ada@north.example"))
    sessions = Sessions(clients.accounts, Tokens(clients.settings.token_key, clients.settings.site))
    begun = await sessions.begin(account, is_browser=True)
    cookies = {COOKIE.name: begun.secret}
    async with (
        httpx.AsyncClient(base_url=f"http://{host}", timeout=A_WHILE, cookies=cookies) as http,
        http.stream("GET", "/matches/stream") as response,
    ):
        reader = Events(response)
        assert await reader.next() is None
        await clients.accounts.end(person, datetime.now(UTC))
        await ended(reader)


async def test_an_outage_of_the_store_of_keys_ends_no_stream(site, impatient, monkeypatch):
    clients, host = site
    person = uuid4()
    key = await key_of(clients, person)

    async def away(_: bytes) -> None:
        raise Transient("connection refused", where="postgresql")

    async with events(host, key) as reader:
        monkeypatch.setattr(clients.keys, "by_digest", away)
        assert [await reader.next() for _ in range(4)] == [None] * 4
        await clients.cache.notify(person, news(1))
        while (told := await reader.next()) is None:
            pass
        assert told == {"number": 1}


@pytest.mark.parametrize("wrong", ["yesterday", "1", "-"])
async def test_a_strange_last_id_is_refused(site, wrong):
    clients, host = site
    headers = bearer(await key_of(clients, uuid4()))
    async with httpx.AsyncClient(base_url=f"http://{host}", headers=headers, timeout=A_WHILE) as http:
        answer = await http.get(STREAM, headers={"Last-Event-ID": wrong})
    assert answer.status_code == 400
    assert "no id of a notification" in answer.json()["detail"]


async def test_keys_of_nobody_and_of_other_scopes_hear_nothing(site):
    clients, host = site
    keys = (await key_of(clients, scope=Scope.MATCH), await key_of(clients), new_secret("aaaaaaaa"))
    async with httpx.AsyncClient(base_url=f"http://{host}", timeout=A_WHILE) as http:
        statuses = [(await http.get(STREAM, headers=bearer(key))).status_code for key in keys]
    assert statuses == [403, 403, 401]


async def test_one_person_has_only_so_many_streams_and_gets_them_back(site):
    clients, host = site
    key = await key_of(clients, uuid4())
    async with httpx.AsyncClient(base_url=f"http://{host}", headers=bearer(key), timeout=A_WHILE) as http:
        for _ in range(2):
            async with asyncio.timeout(A_WHILE), AsyncExitStack() as opened:
                for _ in range(OPEN_OF_ONE):
                    status = 429
                    while status == 429:  # Of those that left the server hears a moment later.
                        status = (await opened.enter_async_context(http.stream("GET", STREAM))).status_code
                    assert status == 200
                refused = await http.get(STREAM)
                assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")


async def test_without_redis_the_stream_is_a_problem_that_may_pass(clients, monkeypatch):
    @asynccontextmanager
    async def gone(_):
        raise Transient("out of reach", where="redis")
        yield

    monkeypatch.setattr(clients.cache, "listen", gone)
    async with served(clients) as host, httpx.AsyncClient(base_url=f"http://{host}", timeout=A_WHILE) as http:
        answer = await http.get(STREAM, headers=bearer(await key_of(clients, uuid4())))
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


async def test_what_may_have_been_missed_ends_the_stream(clients):
    person = uuid4()

    async def again() -> Caller:
        return Caller(who="key:aaaaaaaa", scopes=frozenset(Scope), candidate=person)

    following = follow(Streams(), clients.cache, person, None, again)
    assert await anext(following) is None
    for start in range(0, 1_000, 50):
        await clients.cache.notify(person, news(*range(start, start + 50)))
    told = [each async for each in following if each is not None]
    assert 0 < len(told) < 1_000
    behind = await clients.cache.notified(person, (await clients.cache.notified(person))[0].id)
    assert behind


async def test_a_socket_tells_what_was_missed_and_what_comes(site):
    clients, host = site
    person = uuid4()
    key = await key_of(clients, person)
    await clients.cache.notify(person, news(1, 2))
    first = (await clients.cache.notified(person))[0].id
    async with connect(f"ws://{host}{SOCKET}?after={first}", additional_headers=bearer(key)) as socket:
        async with asyncio.timeout(A_WHILE):
            missed = json.loads(await socket.recv())
            await clients.cache.notify(person, news(3))
            new = json.loads(await socket.recv())
    assert missed["notification"] == {"number": 2}
    assert new["notification"] == {"number": 3}
    assert new["id"] > missed["id"] > first


async def test_a_browsers_socket_brings_its_key_as_a_subprotocol(site):
    clients, host = site
    person = uuid4()
    asked = [SUBPROTOCOL, KEY_SUBPROTOCOL + await key_of(clients, person)]
    async with connect(f"ws://{host}{SOCKET}", subprotocols=asked) as socket:
        assert socket.subprotocol == SUBPROTOCOL
        await clients.cache.notify(person, news(1))
        async with asyncio.timeout(A_WHILE):
            assert json.loads(await socket.recv())["notification"] == {"number": 1}


@pytest.mark.parametrize(
    ("scope", "with_person", "status"), [(None, False, 401), (Scope.MATCH, True, 403), (Scope.CANDIDATE, False, 403)]
)
async def test_a_socket_without_a_good_key_is_refused(site, scope, with_person, status):
    clients, host = site
    key = new_secret("aaaaaaaa") if scope is None else await key_of(clients, uuid4() if with_person else None, scope)
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{host}{SOCKET}", additional_headers=bearer(key))
    answer = refused.value.response
    assert (answer.status_code, json.loads(answer.body)["status"]) == (status, status)


async def test_a_socket_of_nobody_is_told_that_it_needs_a_key(site):
    _, host = site
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{host}{SOCKET}", additional_headers={"X-Request-Id": "asked-1"})
    answer = refused.value.response
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="quiethire"')
    assert json.loads(answer.body)["request_id"] == "asked-1"


async def test_a_sockets_reader_who_comes_again_too_often_is_limited(clients, tmp_path):
    settings = clients.settings.model_copy(update={"key_rate_limits": {"read": (1, 0)}})
    limited = replace(clients, settings=settings)
    key = await key_of(limited, uuid4())
    async with served(limited) as host:
        async with connect(f"ws://{host}{SOCKET}", additional_headers=bearer(key)):
            pass
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{host}{SOCKET}", additional_headers=bearer(key))
    assert refused.value.response.status_code == 429


async def test_a_socket_that_ends_says_to_come_again(site, monkeypatch):
    clients, host = site
    monkeypatch.setattr(notifications, "LONGEST", 0.0)
    headers = bearer(await key_of(clients, uuid4()))
    async with connect(f"ws://{host}{SOCKET}", additional_headers=headers) as socket, asyncio.timeout(A_WHILE):
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 1013
