"""One contract for the states of hosts: Redis, and each crawler's own."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from quiethire.domain.errors import Transient
from quiethire.domain.hosts import HostRefusal, HostStates, Turn
from quiethire.stack.running import Running
from quiethire.storage.redis.hosts import RedisHosts, host_key
from services.crawler.own_hosts import OwnHosts

THROTTLED = HostRefusal(kind="throttled", first=5.0, longest=3600.0)


@pytest.fixture(params=["own", "redis"])
async def hosts(request: pytest.FixtureRequest, stack: Running) -> AsyncIterator[HostStates]:
    if request.param == "own":
        yield OwnHosts()
        return
    real = RedisHosts(stack.redis_url)
    yield real
    await real.aclose()


@pytest.fixture
def host() -> str:
    return f"{uuid4().hex}.example"


async def enter(hosts: HostStates, host: str, token: str = "a", *, slots=1, lease=60.0, pause=0.0) -> Turn:
    return await hosts.enter(host, token, slots=slots, lease=lease, pause=pause)


async def test_one_at_a_time_has_a_host_and_the_others_are_asked_to_wait(hosts, host):
    assert (await enter(hosts, host, "a")).granted
    assert not (await enter(hosts, host, "b")).granted
    assert (await enter(hosts, f"other.{host}", "b")).granted
    await hosts.leave(host, "a", delay=0.0)
    assert (await enter(hosts, host, "b")).granted


async def test_as_many_have_a_host_as_there_are_slots(hosts, host):
    granted = [(await enter(hosts, host, token, slots=2)).granted for token in "abc"]
    assert granted == [True, True, False]


async def test_of_many_that_ask_at_once_one_is_let_in(hosts, host):
    turns = await asyncio.gather(*(enter(hosts, host, f"t{number}") for number in range(20)))
    assert sum(turn.granted for turn in turns) == 1


async def test_after_a_request_the_delay_passes_first(hosts, host):
    await enter(hosts, host)
    await hosts.leave(host, "a", delay=40.0)
    turn = await enter(hosts, host)
    assert (turn.granted, turn.rest) == (False, None)
    assert 30 < turn.wait <= 40


async def test_a_longer_pause_of_the_hosts_own_counts_from_the_last_request(hosts, host):
    await enter(hosts, host)
    await hosts.leave(host, "a", delay=1.0)
    assert 80 < (await enter(hosts, host, pause=90.0)).wait <= 90


async def test_a_delay_that_has_passed_lets_the_next_one_in(hosts, host):
    await enter(hosts, host)
    await hosts.leave(host, "a", delay=0.05)
    async with asyncio.timeout(30):
        while not (turn := await enter(hosts, host)).granted:
            assert turn.wait <= 0.05
            await asyncio.sleep(turn.wait)


async def test_a_host_that_named_a_time_rests_that_long_and_says_why(hosts, host):
    await enter(hosts, host)
    rest = await hosts.leave(host, "a", delay=0.0, refusal=THROTTLED.model_copy(update={"asked": 100_000.0}))
    assert rest == pytest.approx(100_000, abs=10)
    turn = await enter(hosts, host)
    assert (turn.granted, turn.rest) == (False, "throttled")
    assert turn.wait == pytest.approx(100_000, abs=10)


async def refused(hosts: HostStates, host: str, refusal: HostRefusal, times: int) -> list[float]:
    """As many requests at once, refused one after the other."""
    for number in range(times):
        assert (await enter(hosts, host, f"r{number}", slots=times)).granted
    return [await hosts.leave(host, f"r{number}", delay=0.0, refusal=refusal) for number in range(times)]


async def test_refusals_in_a_row_rest_twice_as_long_each_up_to_the_longest(hosts, host):
    rests = await refused(hosts, host, HostRefusal(kind="blocked", first=100.0, longest=500.0), 4)
    assert [round(rest, -1) for rest in rests] == [100, 200, 400, 500]
    assert (await enter(hosts, host)).rest == "blocked"


async def test_a_host_that_refuses_on_and_on_is_not_believed_that_it_soon_will_not(hosts, host):
    rests = await refused(hosts, host, HostRefusal(kind="throttled", asked=1.0, first=100.0, longest=1_000.0), 5)
    assert [round(rest) for rest in rests[:3]] == [1, 1, 1]
    assert [round(rest, -1) for rest in rests[3:]] == [800, 1_000]


async def test_a_refusal_that_is_told_twice_counts_once(hosts, host):
    await enter(hosts, host)
    rests = [await hosts.leave(host, "a", delay=0.0, refusal=THROTTLED) for _ in range(3)]
    assert all(4 < rest <= 5 for rest in rests)


async def test_a_success_ends_the_row(hosts, host):
    await refused(hosts, host, THROTTLED.model_copy(update={"first": 0.01, "longest": 0.01}), 3)
    await hosts.leave(host, "a", delay=0.0)
    async with asyncio.timeout(30):
        while not (turn := await enter(hosts, host)).granted:  # noqa: ASYNC110  time passes in the server
            await asyncio.sleep(turn.wait)
    assert await hosts.leave(host, "a", delay=0.0, refusal=THROTTLED) == pytest.approx(5, abs=1)


async def test_a_shorter_rest_does_not_end_a_longer_one(hosts, host):
    await hosts.leave(host, "a", delay=0.0, refusal=THROTTLED.model_copy(update={"asked": 900.0}))
    assert await hosts.leave(host, "b", delay=0.0, refusal=THROTTLED.model_copy(update={"asked": 2.0})) > 890


async def test_who_asks_again_for_a_slot_that_it_has_keeps_it_for_longer(hosts, host):
    assert (await enter(hosts, host, lease=0.05)).granted
    assert (await enter(hosts, host, lease=60.0, pause=60.0)).granted
    turn = await enter(hosts, host, "b", pause=90.0)
    await asyncio.sleep(0.06)
    assert (turn.granted, (await enter(hosts, host, "b")).granted) == (False, False)


async def test_a_slot_that_was_not_used_is_given_back_without_a_trace(hosts, host):
    await enter(hosts, host)
    await hosts.withdraw(host, "a")
    await hosts.withdraw(host, "a")
    assert (await enter(hosts, host, "b", pause=90.0)).granted


async def test_a_host_is_held_at_least_as_long_as_somebody_knows(hosts, host):
    await hosts.leave(host, "a", delay=20.0)
    await hosts.hold(host, Turn(granted=False, wait=1.0))
    assert 15 < (await enter(hosts, host)).wait <= 20
    await hosts.hold(host, Turn(granted=False, wait=50.0))
    assert 45 < (await enter(hosts, host)).wait <= 50


async def test_a_rest_that_others_know_of_is_told_as_often_as_one_likes(hosts, host):
    for wait in (900.0, 2.0):
        await hosts.hold(host, Turn(granted=False, wait=wait, rest="blocked"))
    turn = await enter(hosts, host)
    assert turn.rest == "blocked"
    assert 890 < turn.wait <= 900


async def test_the_lease_of_one_that_died_ends(hosts, host):
    assert (await enter(hosts, host, "dead", lease=0.05)).granted
    async with asyncio.timeout(30):
        while not (turn := await enter(hosts, host, "b")).granted:  # noqa: ASYNC110  time passes in the server
            await asyncio.sleep(turn.wait)


async def test_giving_back_what_one_does_not_have_takes_nothing_from_others(hosts, host):
    await enter(hosts, host, "a")
    await hosts.leave(host, "nobody", delay=0.0)
    assert not (await enter(hosts, host, "b")).granted


async def test_a_state_in_redis_expires_but_not_before_its_rest(stack, host):
    hosts = RedisHosts(stack.redis_url)
    await enter(hosts, host)
    async with Redis.from_url(stack.redis_url) as redis:
        assert 3_600 < await redis.ttl(host_key(host)) <= 3_661
        await hosts.leave(host, "a", delay=1.0, refusal=THROTTLED.model_copy(update={"asked": 100_000.0}))
        assert 100_000 < await redis.ttl(host_key(host)) <= 103_602
        assert await redis.memory_usage(host_key(host)) < 500
    await hosts.aclose()


async def test_two_crawlers_with_one_redis_see_one_state(stack, host):
    first, second = RedisHosts(stack.redis_url), RedisHosts(stack.redis_url)
    assert (await enter(first, host, "a")).granted
    assert not (await enter(second, host, "b")).granted
    await first.leave(host, "a", delay=0.0)
    assert (await enter(second, host, "b")).granted
    await first.aclose()
    await second.aclose()


async def test_a_redis_out_of_reach_is_transient(host):
    hosts = RedisHosts("redis://127.0.0.1:9/0")
    with pytest.raises(Transient) as caught:
        await enter(hosts, host)
    assert caught.value.where == "redis"
    with pytest.raises(Transient):
        await hosts.leave(host, "a", delay=0.0)
    await hosts.aclose()
