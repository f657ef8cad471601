"""What workers know of hosts together, when their Redis or they themselves stumble."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from quiethire.domain.errors import Throttled, Transient
from quiethire.storage.redis import RedisHosts
from services.crawler import politeness, shared_hosts
from services.crawler.politeness import Pace, Politeness

PACE = Pace(per_host=1, delay_min=0.0, delay_max=0.0, crawl_delay_max=30.0, lease=60.0)


class Stumbling(RedisHosts):
    """A way to Redis on which questions or their answers are lost."""

    down = False
    deaf = False
    """Answers to `enter` do not come."""
    hangs: asyncio.Event | None = None
    """Set when a question was heard that is never answered."""

    def check(self) -> None:
        if self.down:
            raise Transient("out of reach", where="redis")

    async def enter(self, *args, **kwargs):
        self.check()
        turn = await super().enter(*args, **kwargs)
        if self.hangs is not None:
            self.hangs.set()
            await asyncio.Event().wait()
        if self.deaf:
            raise Transient("out of reach", where="redis")
        return turn

    async def leave(self, *args, **kwargs):
        self.check()
        return await super().leave(*args, **kwargs)

    async def hold(self, *args, **kwargs):
        self.check()
        await super().hold(*args, **kwargs)

    async def withdraw(self, *args, **kwargs):
        self.check()
        await super().withdraw(*args, **kwargs)


@pytest.fixture
def host() -> str:
    return f"{uuid4().hex}.example"


@pytest.fixture
async def stumbling(redis_url, monkeypatch) -> AsyncIterator[Stumbling]:
    monkeypatch.setattr(shared_hosts, "SHARED_RETRY", 0.0)
    hosts = Stumbling(redis_url)
    yield hosts
    await hosts.aclose()


@pytest.fixture
async def steady(redis_url) -> AsyncIterator[RedisHosts]:
    hosts = RedisHosts(redis_url)
    yield hosts
    await hosts.aclose()


async def visit(polite: Politeness, host: str) -> None:
    async with polite.slot(host):
        pass


async def may_enter(hosts: RedisHosts, host: str) -> bool:
    return (await hosts.enter(host, "another worker", slots=1, lease=60.0, pause=0.0)).granted


async def test_what_a_host_asked_for_while_redis_was_away_is_told_when_it_is_back(stumbling, steady, host):
    polite, other = (Politeness(PACE, everywhere=5, shared=hosts) for hosts in (stumbling, steady))
    await visit(polite, host)
    stumbling.down = True
    with pytest.raises(Throttled):
        async with polite.slot(host):
            raise Throttled("429", where=host, retry_after=3600)
    stumbling.down = False
    await visit(polite, f"elsewhere.{host}")
    with pytest.raises(Throttled) as caught:
        await visit(other, host)
    assert caught.value.retry_after > 3590


async def test_it_is_told_even_by_who_asks_for_that_host_alone(stumbling, steady, host):
    polite, other = (Politeness(PACE, everywhere=5, shared=hosts) for hosts in (stumbling, steady))
    stumbling.down = True
    with pytest.raises(Throttled):
        async with polite.slot(host):
            raise Throttled("429", where=host, retry_after=3600)
    stumbling.down = False
    for one in (polite, other):
        with pytest.raises(Throttled):
            await visit(one, host)


async def test_a_slot_whose_answer_was_lost_is_free_after_the_visit(stumbling, steady, host):
    polite = Politeness(PACE, everywhere=5, shared=stumbling)
    stumbling.deaf = True
    async with polite.slot(host):
        assert not await may_enter(steady, host), "it was let in all the same"
    stumbling.deaf = False
    await visit(polite, f"elsewhere.{host}")
    assert await may_enter(steady, host)


async def test_a_slot_whose_end_could_not_be_told_is_free_when_redis_is_back(stumbling, steady, host):
    polite = Politeness(PACE, everywhere=5, shared=stumbling)
    async with polite.slot(host):
        stumbling.down = True
    stumbling.down = False
    assert not await may_enter(steady, host)
    await visit(polite, f"elsewhere.{host}")
    assert await may_enter(steady, host)


async def test_who_is_cancelled_while_asking_leaves_no_slot_behind(stumbling, steady, host):
    stumbling.hangs = asyncio.Event()
    task = asyncio.create_task(visit(Politeness(PACE, everywhere=5, shared=stumbling), host))
    await stumbling.hangs.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await may_enter(steady, host)


async def test_who_never_gets_a_turn_among_the_workers_is_told_when_to_come_again(steady, host, monkeypatch):
    monkeypatch.setattr(politeness, "PATIENCE", 0.05)
    assert await may_enter(steady, host)
    with pytest.raises(Throttled) as caught:
        await visit(Politeness(PACE, everywhere=5, shared=steady), host)
    assert caught.value.kind == "busy"


async def test_a_crawl_delay_that_is_learnt_shortens_no_pause(steady, host):
    polite = Politeness(PACE, everywhere=5, shared=steady)
    await steady.leave(host, "slow", delay=20.0)
    await polite.learn(host, 1.0)
    assert 15 < (await steady.enter(host, "b", slots=1, lease=60.0, pause=0.0)).wait <= 20
    await polite.learn(host, 28.0)
    assert 25 < (await steady.enter(host, "b", slots=1, lease=60.0, pause=0.0)).wait <= 28
