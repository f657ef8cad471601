"""Commands that come while a platform starts wait for it, and say so."""

import asyncio
import os
from datetime import UTC, datetime

import pytest

from quiethire.domain.errors import InvalidInput, Transient
from quiethire.platform import api as api_module
from quiethire.platform.api import joined_platform, ready_platform
from quiethire.stack.lock import hold, holder
from quiethire.stack.running import Running, publish, withdraw, withdraw_unused


def running(**fields: str) -> Running:
    """One whose stores are up."""
    return Running(
        postgres_dsn="postgresql://127.0.0.1/x",
        temporal_address="127.0.0.1:1",
        typesense_url="http://127.0.0.1:2",
        typesense_api_key="key",
        redis_url="redis://127.0.0.1:3",
        pid=os.getpid(),
        started_at=datetime.now(UTC),
        **fields,
    )


async def test_where_none_runs_nothing_is_said(tmp_path):
    said: list[str] = []
    assert await ready_platform(tmp_path, say=said.append) is None
    assert said == []


async def test_one_that_starts_is_waited_for_and_the_person_is_told(tmp_path):
    told = asyncio.Queue[str]()
    async with hold(tmp_path), asyncio.timeout(60):
        publish(tmp_path, running())
        waiting = asyncio.create_task(ready_platform(tmp_path, say=told.put_nowait))
        assert str(tmp_path) in await told.get()
        publish(tmp_path, ready := running(api_url="http://127.0.0.1:4"))
        assert await waiting == ready
        assert await ready_platform(tmp_path, say=told.put_nowait) == ready
    assert told.empty()


async def test_one_that_has_said_nothing_yet_is_waited_for_until_it_does(tmp_path):
    told = asyncio.Queue[str]()
    async with hold(tmp_path), asyncio.timeout(60):
        waiting = asyncio.create_task(ready_platform(tmp_path, say=told.put_nowait))
        assert str(tmp_path) in await told.get()
        publish(tmp_path, running())
        publish(tmp_path, ready := running(api_url="http://127.0.0.1:4"))
        assert await waiting == ready


async def test_one_that_ends_is_waited_for_and_then_there_is_none(tmp_path):
    told = asyncio.Queue[str]()
    async with asyncio.timeout(60):
        async with hold(tmp_path):
            publish(tmp_path, running(api_url="http://127.0.0.1:4"))
            withdraw(tmp_path)
            waiting = asyncio.create_task(ready_platform(tmp_path, say=told.put_nowait))
            assert str(tmp_path) in await told.get()
        assert await waiting is None


async def test_what_another_version_said_of_itself_is_named_as_such(tmp_path):
    async with hold(tmp_path):
        (tmp_path / "running.json").write_text('{"pid": 1, "a_field_of_tomorrow": true}')
        with pytest.raises(InvalidInput, match="another version") as caught:
            await ready_platform(tmp_path, say=str)
    assert caught.value.where == str(tmp_path)
    assert await ready_platform(tmp_path, say=str) is None


async def test_options_of_whoever_holds_it_are_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["/somewhere/bin/quiethire", "match", "--key", "qh_secret"])
    async with hold(tmp_path):
        assert holder(tmp_path).command == "quiethire match"


async def test_one_that_does_not_get_ready_is_not_waited_for_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(api_module, "STARTING_TIMEOUT", 0.1)
    async with hold(tmp_path):
        publish(tmp_path, running())
        with pytest.raises(Transient, match="does not get ready"):
            await ready_platform(tmp_path, say=str)


async def test_one_that_somebody_uses_is_not_taken_away_and_whoever_comes_afterwards_finds_none(tmp_path):
    told = asyncio.Queue[str]()
    async with asyncio.timeout(60):
        async with hold(tmp_path):
            publish(tmp_path, ready := running(api_url="http://127.0.0.1:4"))
            async with joined_platform(tmp_path, say=told.put_nowait) as first:
                async with joined_platform(tmp_path, say=told.put_nowait) as second:
                    assert first == second == ready
                    assert not withdraw_unused(tmp_path)
                assert not withdraw_unused(tmp_path)
            assert withdraw_unused(tmp_path)
            coming = asyncio.create_task(found(tmp_path, told))
            assert str(tmp_path) in await told.get()
        assert await coming is None


async def found(data_dir, told):
    async with joined_platform(data_dir, say=told.put_nowait) as platform:
        return platform
