"""Rate limits, addresses and bounds of the gateway."""

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from quiethire.domain.access import ApiKey, Scope, digest_of, new_secret
from quiethire.domain.gate import Endpoint
from quiethire.settings import Settings
from quiethire.storage.redis import RedisCache
from services.api.app import create_app
from services.api.gate import input_limits
from services.api.gate.limits import endpoint_of

SLOW = {Endpoint.SEARCH: (1, 2), Endpoint.READ: (1, 0), Endpoint.KEY: (1, 1)}
"""Nothing grows again while a test runs."""


@pytest.fixture
def limited(any_clients, tmp_path):
    """Clients of a gateway with narrow limits."""

    def limit(**changes: object):
        settings = Settings(**{"data_dir": tmp_path, "rate_limits": SLOW, **changes})
        return replace(any_clients, settings=settings)

    return limit


def come_from(clients, address: str) -> httpx.AsyncClient:
    """A client with this address."""
    transport = httpx.ASGITransport(create_app(clients), client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


async def codes_behind_proxies(clients, peer: str, *forwarded: str) -> list[int]:
    """What this peer is answered when it says, one after the other, whom it asks for."""
    async with come_from(clients, peer) as client:
        asked = [await client.get("/api/v1/stats", headers={"X-Forwarded-For": value}) for value in forwarded]
    return [answer.status_code for answer in asked]


async def test_of_200_clients_at_once_exactly_limit_and_burst_are_answered(limited, gateway):
    async with gateway(limited(rate_limits={Endpoint.SEARCH: (1, 69)})) as client:
        answers = await asyncio.gather(*(client.get("/api/v1/search") for _ in range(200)))
    codes = [answer.status_code for answer in answers]
    assert (codes.count(200), codes.count(429)) == (70, 130)


async def test_who_is_over_the_limit_is_told_when_to_come_back(limited, gateway):
    async with gateway(limited()) as client:
        first, _, _, over = [await client.get("/api/v1/search") for _ in range(4)]
        page = await client.get("/", headers={"Accept": "text/html"})
    assert (first.headers["RateLimit-Policy"], first.headers["RateLimit"]) == (
        '"search";q=3;w=180',
        '"search";r=2;t=60',
    )
    assert over.status_code == 429
    assert over.headers["Content-Type"] == "application/problem+json"
    assert over.json()["type"] == "https://quiethire.example/problems/too-many-requests"
    assert 50 < int(over.headers["Retry-After"]) <= 60
    assert over.headers["RateLimit"].startswith('"search";r=0;t=1')
    assert over.headers["Cache-Control"] == "no-store"
    assert (page.status_code, page.headers["Content-Type"]) == (429, "text/html; charset=utf-8")


async def test_a_short_way_to_a_kept_answer_costs_as_much(limited, gateway):
    async with gateway(limited()) as client:
        codes = [(await client.get("/api/v1/search?q=same")).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


async def test_endpoints_keys_and_addresses_have_limits_of_their_own(limited):
    clients = limited(key_rate_limits={Endpoint.READ: (1, 1)})
    key = new_secret("aaaaaaaa")
    await clients.keys.add(
        ApiKey(prefix="aaaaaaaa", name="x", scopes=(Scope.EXPORT,), created_at=datetime.now(UTC)), digest_of(key)
    )
    async with come_from(clients, "192.0.2.1") as one, come_from(clients, "192.0.2.2") as two:
        assert [(await one.get("/api/v1/stats")).status_code for _ in range(2)] == [200, 429]
        assert (await one.get("/api/v1/search")).status_code == 200
        assert (await two.get("/api/v1/stats")).status_code == 200
        with_key = {"Authorization": f"Bearer {key}"}
        codes = [(await each.get("/api/v1/stats", headers=with_key)).status_code for each in (one, two, one)]
        assert codes == [200, 200, 429]


async def test_a_key_that_anybody_makes_has_no_limit_of_its_own_but_for_what_is_their_own(limited):
    clients = limited(key_rate_limits={Endpoint.READ: (1, 1)})
    async with come_from(clients, "192.0.2.1") as client:
        keys = [(await client.post("/api/v1/candidates", json={"name": "Ada"})).json()["secret"] for _ in range(2)]
        headers = [{"Authorization": f"Bearer {key}"} for key in keys]
        shared = [(await client.get("/api/v1/stats", headers=each)).status_code for each in headers]
        own = [(await client.get("/api/v1/candidates/me", headers=headers[0])).status_code for _ in range(3)]
        other = (await client.get("/api/v1/candidates/me", headers=headers[1])).status_code
    assert (shared, own, other) == ([200, 429], [200, 200, 429], 200)


async def test_health_metrics_and_files_have_no_limit(limited, gateway):
    async with gateway(limited()) as client:
        for path in ("/health", "/metrics", "/static/base.css"):
            for _ in range(5):
                response = await client.get(path)
                assert response.status_code == 200
                assert "RateLimit" not in response.headers


async def test_guessing_keys_is_slow(limited):
    async with come_from(limited(), "192.0.2.1") as client, come_from(limited(), "192.0.2.9") as other:
        codes = [
            (
                await client.get("/api/v1/search", headers={"Authorization": f"Bearer {new_secret('aaaaaaaa')}"})
            ).status_code
            for _ in range(4)
        ]
        assert codes == [401, 401, 429, 429]
        mistyped = {"Authorization": f"Bearer {new_secret('aaaaaaaa')}x"}
        assert (await client.get("/api/v1/search", headers=mistyped)).status_code == 401
        assert (await other.get("/api/v1/search")).status_code == 200


async def test_keys_that_were_good_are_looked_up_again_and_again_at_no_cost(limited, monkeypatch):
    monkeypatch.setattr("services.api.gate.access.REMEMBERED", timedelta(0))
    clients = limited(rate_limits={Endpoint.KEY: (1, 5)}, operator_key="k" * 24)
    keys = [new_secret(f"aaaaaaa{number}") for number in range(6)]
    for key in keys:
        known = ApiKey(prefix=key[3:11], name="x", scopes=(Scope.READ,), created_at=datetime.now(UTC))
        await clients.keys.add(known, digest_of(key))

    async def codes(client: httpx.AsyncClient) -> set[int]:
        headers = [{"Authorization": f"Bearer {key}"} for key in keys]
        return {(await client.get("/api/v1/stats", headers=each)).status_code for each in headers}

    async with come_from(clients, "192.0.2.1") as client:
        assert [await codes(client) for _ in range(3)] == [{200}] * 3
        operator = {"Authorization": f"Bearer {'k' * 24}"}
        assert (await client.delete("/api/v1/keys/zzzzzzzz", headers=operator)).status_code == 404
        assert (await client.delete(f"/api/v1/keys/{keys[0][3:11]}", headers=operator)).status_code == 204
        revoked = {"Authorization": f"Bearer {keys.pop(0)}"}
        assert [await codes(client) for _ in range(3)] == [{200}] * 3
        # One that is good no longer costs what any other does that is not.
        told = [(await client.get("/api/v1/stats", headers=revoked)).status_code for _ in range(3)]
        assert told == [401, 429, 429]


async def test_without_redis_the_process_limits_by_itself_and_the_log_says_so_once(clients, gateway, tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    settings = Settings(data_dir=tmp_path, rate_limits=SLOW)
    async with (
        RedisCache("redis://127.0.0.1:9/0") as away,
        gateway(replace(clients, cache=away, settings=settings)) as client,
    ):
        answers = await asyncio.gather(*(client.get("/api/v1/search") for _ in range(20)))
    limit, burst = SLOW[Endpoint.SEARCH]
    assert Counter(answer.status_code for answer in answers) == {200: limit + burst, 429: 20 - limit - burst}
    assert all(int(answer.headers["retry-after"]) > 1 for answer in answers if answer.status_code == 429)
    assert len([each for each in caplog.records if "the limiter does not answer" in each.message]) == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "other"),
    [
        # Nobody's word is taken but a trusted proxy's, and of its list the last that is no proxy.
        ("10.0.0.1", "192.0.2.1", "10.0.0.1, 192.0.2.1"),
        ("10.0.0.1", "192.0.2.1, 10.0.0.2", "198.51.100.7, 192.0.2.1, 10.0.0.2"),
        ("10.0.0.1", "192.0.2.1", "::ffff:192.0.2.1"),
        ("10.0.0.1", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("10.0.0.1", "192.0.2.1:40000", "192.0.2.1, 10.0.0.2:443"),
        ("10.0.0.1", "[2001:db8:1:2::1]:40000", "2001:db8:1:2::9"),
        ("10.0.0.1", "", "no address"),
        ("::ffff:10.0.0.1", "192.0.2.1", "198.51.100.7,192.0.2.1"),
        ("192.0.2.77", "198.51.100.7", "198.51.100.8"),
    ],
)
async def test_these_two_come_from_the_same_address(limited, peer, forwarded, other):
    assert await codes_behind_proxies(limited(trusted_proxies=("10.0.0.0/8",)), peer, forwarded, other) == [200, 429]


@pytest.mark.parametrize(
    ("peer", "forwarded", "other"),
    [
        ("10.0.0.1", "192.0.2.1", "192.0.2.2"),
        ("10.0.0.1", "192.0.2.1, 198.51.100.1", "192.0.2.1, 198.51.100.2"),
        ("10.0.0.1", "2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("10.0.0.1", "192.0.2.1:40000", "192.0.2.2:40000"),
        ("10.0.0.1", "[2001:db8:1:2::1]", "[2001:db8:1:3::1]:40000"),
    ],
)
async def test_these_two_come_from_different_addresses(limited, peer, forwarded, other):
    assert await codes_behind_proxies(limited(trusted_proxies=("10.0.0.0/8",)), peer, forwarded, other) == [200, 200]


async def test_without_trusted_proxies_a_forged_list_changes_nothing(limited):
    async with come_from(limited(), "192.0.2.1") as client:
        codes = [
            (await client.get("/api/v1/stats", headers={"X-Forwarded-For": value})).status_code
            for value in ("1.1.1.1", "2.2.2.2")
        ]
    assert codes == [200, 429]


async def test_limits_that_are_not_set_stay_as_they_are(limited, gateway):
    async with gateway(limited()) as client:
        answer = await client.get("/api/v1/exports/jobs.jsonl")
    assert answer.headers["RateLimit-Policy"] == '"export";q=20;w=200'


@pytest.mark.parametrize("value", [{"searches": [1, 1]}, {"search": [0, 1]}, {"search": [1, -1]}, {"search": 5}])
def test_limits_that_make_no_sense_are_refused(value):
    with pytest.raises(ValueError, match="rate_limits"):
        Settings(rate_limits=value)


@pytest.mark.parametrize(
    ("method", "path", "endpoint"),
    [
        ("GET", "/", Endpoint.SEARCH),
        ("HEAD", "/api/v1/search", Endpoint.SEARCH),
        ("GET", "/feeds/search.atom", Endpoint.SEARCH),
        ("GET", "/api/v1/jobs", Endpoint.READ),
        ("GET", "/api/v1/exports/jobs.csv", Endpoint.EXPORT),
        ("POST", "/alerts", Endpoint.WRITE),
        ("DELETE", "/api/v1/keys/x", Endpoint.WRITE),
        ("GET", "/static/search.js", None),
    ],
)
def test_what_shares_a_limit(method, path, endpoint):
    assert endpoint_of(method, path) is endpoint


@pytest.mark.parametrize(
    ("request_", "status", "kind"),
    [
        ({"url": "/api/v1/search?q=" + "x" * 8_200}, 414, "uri-too-long"),
        ({"url": "/" + "x" * 8_200}, 414, "uri-too-long"),
        ({"url": "/api/v1/search?" + "&".join(["company=a"] * 257)}, 400, "invalid-request"),
        ({"url": "/api/v1/search", "headers": {"X-Long": "x" * 33_000}}, 431, "headers-too-large"),
        ({"url": "/api/v1/search", "headers": [(f"X-{n}", "x") for n in range(101)]}, 431, "headers-too-large"),
        ({"url": "/api/v1/keys", "method": "POST", "content": b"x" * 1_000_001}, 413, "content-too-large"),
        ({"url": "/api/v1/keys", "method": "POST", "headers": {"Content-Length": "-1"}}, 413, "content-too-large"),
    ],
)
async def test_what_is_out_of_bounds_is_refused_as_a_problem(clients, gateway, request_, status, kind):
    async with gateway(clients) as client:
        response = await client.request(request_.pop("method", "GET"), **request_)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == f"https://quiethire.example/problems/{kind}"


async def test_a_body_that_announces_no_length_is_read_to_the_bound_and_no_further(clients, gateway, tmp_path):
    operated = replace(clients, settings=Settings(data_dir=tmp_path, operator_key="k" * 24))
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 100_000

    async with gateway(operated) as client:
        response = await client.post(
            "/api/v1/keys",
            content=endless(),
            headers={"Authorization": f"Bearer {'k' * 24}", "Content-Type": "application/json"},
        )
    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (413, "content-too-large")
    assert sent <= 12


async def test_a_body_that_is_sent_byte_by_byte_is_not_waited_for_for_ever(clients, gateway, tmp_path, monkeypatch):
    operated = replace(clients, settings=Settings(data_dir=tmp_path, operator_key="k" * 24))
    monkeypatch.setattr(input_limits, "BODY_WITHIN", 0.05)
    given_up = asyncio.Event()

    async def never_whole():
        yield b'{"name": '
        await given_up.wait()

    async with gateway(operated) as client:
        headers = {"Authorization": f"Bearer {'k' * 24}", "Content-Type": "application/json"}
        response = await client.post("/api/v1/keys", content=never_whole(), headers=headers)
    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (408, "request-timeout")
    assert response.headers["Connection"] == "close"
    assert await operated.keys.issued() == []


async def test_repeated_parameters_are_bounded_and_named(clients, gateway):
    async with gateway(clients) as client:
        response = await client.get("/api/v1/search", params={"company": ["a"] * 51})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "company")
