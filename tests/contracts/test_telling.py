"""One contract for feeds and notifications: Redis and its twin in memory."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.domain.notifications import (
    FEEDS_CHANNEL,
    MOST_KEPT,
    News,
    notification_of,
    notifications_channel,
    order_of,
)
from quiethire.stack.running import Running
from quiethire.storage.redis.cache import RedisCache
from quiethire.storage.redis.listening import MOST_WAITING
from quiethire.storage.redis.memory import MemoryCache
from quiethire.storage.redis.telling import FEED_TTL, SCORE_TTL, feed_key

A_WHILE = 10
SECRET = "the-master-key-of-this-test"


@pytest.fixture(params=["memory", "redis"])
async def telling(request: pytest.FixtureRequest, stack: Running) -> AsyncIterator[MemoryCache | RedisCache]:
    if request.param == "memory":
        yield MemoryCache()
        return
    async with RedisCache(stack.redis_url, secret=SECRET) as real:
        yield real


def news(*numbers):
    return [News(f"key{number}", f'{{"number":{number}}}'.encode()) for number in numbers]


async def test_scores_are_best_first_and_limited(telling):
    candidate = uuid4()
    await telling.put_daily_matches(candidate, {UUID(int=1): 40.0, UUID(int=2): 90.25, UUID(int=3): 90.25})
    everything = [(UUID(int=3), 90.25), (UUID(int=2), 90.25), (UUID(int=1), 40.0)]
    assert await telling.daily_matches(candidate) == everything
    assert await telling.daily_matches(candidate, limit=2) == everything[:2]
    assert await telling.daily_matches(candidate, limit=0) == []


async def test_new_scores_replace_the_old_ones_whole(telling):
    candidate = uuid4()
    await telling.put_daily_matches(candidate, {UUID(int=1): 40.0, UUID(int=2): 90.0})
    await telling.put_daily_matches(candidate, {UUID(int=3): 10.0})
    assert await telling.daily_matches(candidate) == [(UUID(int=3), 10.0)]
    await telling.put_daily_matches(candidate, {})
    assert await telling.daily_matches(candidate) == []


async def test_feeds_of_two_candidates_are_apart(telling):
    first, second = uuid4(), uuid4()
    await telling.put_daily_matches(first, {UUID(int=1): 40.0})
    assert await telling.put_feed(first, b"[1]", 1)
    assert await telling.daily_matches(second) == []
    assert await telling.feed(first) == (b"[1]", None, 1)
    assert await telling.feed(second) == (None, None, 0)


async def test_what_a_run_hid_is_kept_until_something_changes(telling):
    candidate = uuid4()
    await telling.put_daily_matches(candidate, {}, b"{pay}")
    assert (await telling.feed(candidate)).hidden == b"{pay}"
    await telling.put_daily_matches(candidate, {})
    assert (await telling.feed(candidate)).hidden is None
    await telling.put_daily_matches(candidate, {}, b"{pay}")
    await telling.drop_feed(candidate)
    assert (await telling.feed(candidate)).hidden is None


async def test_the_feeds_of_several_are_dropped_at_once(telling):
    candidates = [uuid4() for _ in range(3)]
    for candidate in candidates:
        assert await telling.put_feed(candidate, b"[1]", (await telling.feed(candidate)).state)
    await telling.drop_feed(*candidates[:2])
    assert [(await telling.feed(candidate)).feed for candidate in candidates] == [None, None, b"[1]"]


@pytest.mark.parametrize("change", ["scores", "drop"])
async def test_a_feed_made_of_what_was_before_is_not_kept(telling, change):
    candidate = uuid4()
    state = (await telling.feed(candidate)).state
    assert await telling.put_feed(candidate, b"[1]", state)
    await (telling.put_daily_matches(candidate, {}) if change == "scores" else telling.drop_feed(candidate))
    assert not await telling.put_feed(candidate, b"[late]", state)
    kept = await telling.feed(candidate)
    assert kept.feed is None
    assert await telling.put_feed(candidate, b"[2]", kept.state)
    assert (await telling.feed(candidate)).feed == b"[2]"


async def test_every_change_of_a_feed_is_told(telling):
    candidate = uuid4()
    async with telling.listen(FEEDS_CHANNEL) as listening:
        await telling.put_daily_matches(candidate, {})
        await telling.drop_feed(candidate)
        await telling.forget_people([candidate])
        async with asyncio.timeout(A_WHILE):
            assert [await listening.next() for _ in range(3)] == [str(candidate).encode()] * 3


async def test_what_redis_keeps_has_its_name_expires_and_tells_nothing_of_the_person(stack):
    candidate, job = uuid4(), uuid4()
    async with RedisCache(stack.redis_url, secret=SECRET) as cache:
        await cache.put_daily_matches(candidate, {job: 87.5})
        assert await cache.put_feed(candidate, b"above your floor of 70,000", 1)
    async with Redis.from_url(stack.redis_url) as redis:
        left = [await redis.ttl(f"candidate:{candidate}:{name}") for name in ("daily_matches", "feed")]
        feed = await redis.get(f"candidate:{candidate}:feed")
        score = await redis.get(f"match_score:{candidate}:{job}")
        score_left = await redis.ttl(f"match_score:{candidate}:{job}")
    assert feed_key(candidate) == f"candidate:{candidate}:daily_matches"
    assert all(0 < each <= FEED_TTL.total_seconds() for each in left)
    assert b"floor" not in feed
    assert float(score) == 87.5
    assert FEED_TTL.total_seconds() < score_left <= SCORE_TTL.total_seconds()


async def test_a_feed_sealed_with_another_key_is_none_and_without_a_key_none_is_kept(stack):
    candidate = uuid4()
    async with (
        RedisCache(stack.redis_url, secret=f"{SECRET},older") as cache,
        RedisCache(stack.redis_url, secret="another-key-altogether-1") as other,
        RedisCache(stack.redis_url) as without,
    ):
        assert await cache.put_feed(candidate, b"[1]", 0)
        assert (await cache.feed(candidate)).feed == b"[1]"
        assert (await other.feed(candidate)).feed is None
        assert (await without.feed(candidate)).feed is None
        with pytest.raises(InvalidInput, match="PERSON_KEY"):
            await without.put_feed(candidate, b"[1]", 0)


async def test_notifications_are_told_and_kept_under_one_id(telling):
    person = uuid4()
    async with telling.listen(notifications_channel(person)) as listening:
        assert await telling.notify(person, news(1, 2)) == 2
        async with asyncio.timeout(A_WHILE):
            told = [notification_of(await listening.next()) for _ in range(2)]
    assert told == await telling.notified(person)
    assert [each.body for each in told] == [each.body for each in news(1, 2)]
    assert order_of(told[0].id) < order_of(told[1].id)


async def test_what_was_told_is_not_told_again(telling):
    person = uuid4()
    assert await telling.notify(person, news(1, 2, 1)) == 2
    assert await telling.notify(person, news(2, 3)) == 1
    assert await telling.notify(person, []) == 0
    assert [each.body for each in await telling.notified(person)] == [each.body for each in news(1, 2, 3)]
    assert await telling.notify(uuid4(), news(1)) == 1


async def test_who_was_away_reads_what_came_behind_an_id(telling):
    person = uuid4()
    await telling.notify(person, news(1, 2, 3))
    first, second, third = await telling.notified(person)
    assert await telling.notified(person, first.id) == [second, third]
    assert await telling.notified(person, third.id) == []


async def test_only_the_latest_are_kept(telling):
    person = uuid4()
    await telling.notify(person, news(*range(MOST_KEPT + 5)))
    kept = await telling.notified(person)
    assert len(kept) == MOST_KEPT
    assert kept[-1].body == news(MOST_KEPT + 4)[0].body


async def test_listeners_of_one_channel_hear_the_same_and_others_nothing(telling):
    person, other = uuid4(), uuid4()
    async with (
        telling.listen(notifications_channel(person)) as one,
        telling.listen(notifications_channel(person)) as two,
        telling.listen(notifications_channel(other)) as three,
    ):
        await telling.notify(person, news(1))
        await telling.notify(other, news(2))
        async with asyncio.timeout(A_WHILE):
            assert await one.next() == await two.next()
            assert notification_of(await three.next()).body == news(2)[0].body


async def test_a_channel_can_be_listened_to_again_after_all_have_left(telling):
    person = uuid4()
    for number in range(3):
        async with telling.listen(notifications_channel(person)) as listening:
            await telling.notify(person, news(number))
            async with asyncio.timeout(A_WHILE):
                assert notification_of(await listening.next()).body == news(number)[0].body


async def test_who_is_too_slow_is_told_so_and_reads_what_is_kept(telling):
    channel = notifications_channel(person := uuid4())
    async with telling.listen(channel) as slow, telling.listen(channel) as quick:
        for start in range(0, MOST_WAITING + 50, 50):
            await telling.notify(person, news(*range(start, start + 50)))
            async with asyncio.timeout(A_WHILE):
                [await quick.next() for _ in range(50)]
        held = [await slow.next() for _ in range(MOST_WAITING)]
        with pytest.raises(Transient, match="too slow"):
            await slow.next()
    last = notification_of(held[-1]).id
    assert (await telling.notified(person))[-1].body == news(349)[0].body
    assert await telling.notified(person, last)


async def test_nothing_of_a_forgotten_person_is_left(stack, telling):
    person, other = uuid4(), uuid4()
    for each in (person, other):
        await telling.put_daily_matches(each, {uuid4(): 70.0}, b"{}")
        assert await telling.put_feed(each, b"[1]", 1)
        await telling.notify(each, news(1))
    await telling.forget_people([person])
    assert ((await telling.feed(person)).feed, await telling.daily_matches(person), await telling.notified(person)) == (
        None,
        [],
        [],
    )
    assert (await telling.feed(other)).feed == b"[1]"
    if isinstance(telling, RedisCache):
        async with Redis.from_url(stack.redis_url) as redis:
            assert [key async for key in redis.scan_iter(match=f"*{person}*")] == []
            assert len([key async for key in redis.scan_iter(match=f"*{other}*")]) == 8


async def test_forgetting_somebody_looks_at_nobody_else(stack):
    person, jobs = uuid4(), [uuid4() for _ in range(3)]
    async with RedisCache(stack.redis_url) as cache, Redis.from_url(stack.redis_url) as redis:
        for job in jobs:
            await cache.put_daily_matches(person, {job: 70.0})
        assert len([key async for key in redis.scan_iter(match=f"match_score:{person}:*")]) == 3
        before = await redis.info("commandstats")
        await cache.forget_people([person])
        after = await redis.info("commandstats")
        # Nor does it run a script: Dragonfly lets none touch keys that it did not declare.
        for command in ("scan", "eval", "evalsha"):
            assert after.get(f"cmdstat_{command}") == before.get(f"cmdstat_{command}")
        assert [key async for key in redis.scan_iter(match=f"*{person}*")] == []


async def test_scores_that_are_written_while_somebody_is_forgotten_go_the_next_time(stack, monkeypatch):
    person, read = uuid4(), Redis.zrange
    async with RedisCache(stack.redis_url) as cache, Redis.from_url(stack.redis_url) as redis:

        async def writing(*given, **named):
            found = await read(*given, **named)
            await cache.put_daily_matches(person, {uuid4(): 70.0})
            return found

        await cache.put_daily_matches(person, {uuid4(): 70.0})
        with monkeypatch.context() as patch:
            patch.setattr(Redis, "zrange", writing)
            await cache.forget_people([person])
        await cache.forget_people([person])
        assert [key async for key in redis.scan_iter(match=f"*{person}*")] == []


async def test_a_broken_connection_ends_every_listener_and_the_next_one_hears_again(stack):
    person = uuid4()
    async with RedisCache(stack.redis_url) as cache, Redis.from_url(stack.redis_url) as redis:
        async with cache.listen(notifications_channel(person)) as listening:
            await redis.client_kill_filter(_type="pubsub")
            async with asyncio.timeout(A_WHILE):
                with pytest.raises(Transient, match="missed"):
                    await listening.next()
        async with cache.listen(notifications_channel(person)) as listening:
            await cache.notify(person, news(1))
            async with asyncio.timeout(A_WHILE):
                assert notification_of(await listening.next()).body == news(1)[0].body


async def test_a_server_out_of_reach_is_transient():
    async with RedisCache("redis://127.0.0.1:9/0") as cache:
        for call in (
            cache.daily_matches(uuid4()),
            cache.feed(uuid4()),
            cache.put_daily_matches(uuid4(), {uuid4(): 1.0}),
            cache.notify(uuid4(), news(1)),
            cache.notified(uuid4()),
        ):
            with pytest.raises(Transient) as caught:
                await call
            assert caught.value.where == "redis"
        with pytest.raises(Transient):
            async with cache.listen("channel"):
                pass


@pytest.mark.parametrize("wrong", ["", "1", "1-", "-1", "a-b", "1-2-3", "١-١", "9" * 50 + "-1"])
def test_what_is_no_id_is_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011  it says what it was given
        order_of(wrong)
