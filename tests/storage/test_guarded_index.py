"""When an index that failed is believed again, and what is created where none answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import aiohttp
import pytest

from quiethire.domain import acting
from quiethire.domain.errors import Transient
from quiethire.domain.search import INDEX_SLOW, IndexFailure, SearchDocument, SearchQuery
from quiethire.storage.guarded_index import GuardedIndex
from quiethire.storage.postgres import PostgresIndexRecords, migrate, open_pool
from quiethire.storage.postgres.memory_index_records import MemoryIndexRecords
from quiethire.storage.typesense import TypesenseIndex
from quiethire.storage.typesense.memory import MemoryIndex

EVERYTHING = SearchQuery()


def document(number: int) -> SearchDocument:
    return SearchDocument(
        id=str(UUID(int=number)),
        title="Data Engineer",
        company="Northwind",
        location=("Berlin",),
        description="Build pipelines.",
        remote="none",
        job_type="full_time",
        skills=(),
        quality_score=90,
        posted_at=1_790_000_000 + number,
    )


class BusyIndex(MemoryIndex):
    """One that is always written to, and whose searches can be made to fail."""

    failure: Transient | None = None
    replayed = False

    async def ready(self) -> bool:
        return self.replayed

    async def search(self, query, meaning=None):
        if self.failure is not None:
            raise self.failure
        return await super().search(query, meaning)


@pytest.fixture
async def busy() -> tuple[BusyIndex, GuardedIndex]:
    index = BusyIndex()
    await index.ensure()
    guarded = GuardedIndex(index, MemoryIndexRecords())
    await guarded.upsert([document(number) for number in range(3)])
    return index, guarded


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quiethire.storage.guarded_index.LOOKED_AT_EVERY", 0.0)


async def test_documents_that_are_refused_are_kept_with_their_reason_and_told_in_one_line(busy, monkeypatch, caplog):
    index, guarded = busy

    async def refuse(documents, collection=None):
        return [IndexFailure(job_id=UUID(each.id), error="bad field") for each in documents[1:]]

    monkeypatch.setattr(index, "upsert", refuse)
    assert len(await guarded.upsert([document(number) for number in range(3)])) == 2
    (line,) = [each for each in caplog.records if "refuses documents" in each.message]
    assert (line.levelname, line.documents, line.of, line.first) == ("WARNING", 2, 3, str(UUID(int=1)))
    assert "bad field" in line.message


async def test_an_index_that_was_slow_once_is_believed_though_it_is_written_to(busy):
    index, guarded = busy
    index.failure = Transient("no answer in time", where="typesense", kind=INDEX_SLOW)
    with pytest.raises(Transient):
        await guarded.search(EVERYTHING)
    index.failure = None
    assert (await guarded.search(EVERYTHING)).found == 3


async def test_an_index_that_was_lost_is_believed_only_when_it_has_replayed_what_was_written(busy):
    index, guarded = busy
    index.failure = Transient("out of reach", where="typesense")
    with pytest.raises(Transient):
        await guarded.search(EVERYTHING)
    index.failure = None
    with pytest.raises(Transient) as error:
        await guarded.search(EVERYTHING)
    assert error.value.kind == "index_loading"
    index.replayed = True
    assert (await guarded.search(EVERYTHING)).found == 3


async def test_an_index_is_believed_whatever_ails_the_model_of_a_search_by_meaning(busy):
    _, guarded = busy
    away = asyncio.get_running_loop().create_future()
    away.set_exception(Transient("503", where="embeddings"))
    with pytest.raises(Transient, match="503"):
        await guarded.search(EVERYTHING, away)
    assert (await guarded.search(EVERYTHING)).found == 3


async def test_an_index_that_answered_of_a_part_is_believed_only_when_it_has_replayed_all(busy):
    index, guarded = busy
    await index.delete([UUID(int=1)])
    with pytest.raises(Transient, match="2 of 3"):
        await guarded.search(EVERYTHING)
    await index.upsert([document(1)])
    with pytest.raises(Transient):
        await guarded.search(EVERYTHING)
    index.replayed = True
    assert (await guarded.search(EVERYTHING)).found == 3


async def test_a_look_that_comes_to_no_end_keeps_no_search_from_the_other_way_and_is_believed_when_it_does(
    busy, monkeypatch
):
    monkeypatch.setattr("quiethire.storage.guarded_index.LOOK_PATIENCE", 0.0)
    index, guarded = busy
    index.failure = Transient("out of reach", where="typesense")
    with pytest.raises(Transient):
        await guarded.search(EVERYTHING)
    index.failure, answers, looks = None, asyncio.Event(), 0

    async def ready() -> bool:
        nonlocal looks
        looks += 1
        await answers.wait()
        return True

    index.ready = ready
    for _ in range(3):
        with pytest.raises(Transient):
            await guarded.search(EVERYTHING)
    assert looks == 1
    answers.set()
    async with asyncio.timeout(10):
        while True:
            with suppress(Transient):
                assert (await guarded.search(EVERYTHING)).found == 3
                break
            await asyncio.sleep(0)


@pytest.fixture
async def silent_server() -> AsyncIterator[str]:
    """It takes every question and answers none."""
    taken: list[asyncio.StreamWriter] = []

    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        yield "http://{}:{}".format(*server.sockets[0].getsockname())
        for writer in taken:
            writer.close()


async def test_a_server_that_takes_the_question_and_does_not_answer_is_slow(silent_server, monkeypatch):
    monkeypatch.setattr("quiethire.storage.typesense.asking.SEARCH_TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    async with TypesenseIndex(silent_server, "none") as index:
        with pytest.raises(Transient) as error:
            await index.search(EVERYTHING)
    assert error.value.kind == INDEX_SLOW


async def test_nothing_is_created_in_an_index_that_does_not_answer(unused_port, monkeypatch):
    monkeypatch.setattr("quiethire.storage.guarded_index.STANDSTILL", 0.2)
    created = False

    class Away(TypesenseIndex):
        async def ensure(self) -> None:
            nonlocal created
            created = True

    async def ten() -> int:
        return 10

    records = MemoryIndexRecords()
    await records.counted(ten, datetime.now(UTC))
    async with Away(f"http://127.0.0.1:{unused_port}", "none") as index:
        with pytest.raises(Transient):
            await GuardedIndex(index, records).ensure()
    assert not created


@pytest.mark.parametrize("act", [lambda: acting.act_as("key:aaaaaaaa"), lambda: acting.act_for(UUID(int=8))])
async def test_whoever_acts_for_a_person_learns_from_the_records_as_everybody_does(postgres_dsn, monkeypatch, act):
    monkeypatch.setattr("quiethire.storage.guarded_index.GRANTED", 0.0)
    monkeypatch.setattr("quiethire.storage.guarded_index.ASKED_EVERY", 0.0)
    await migrate(postgres_dsn)
    index = MemoryIndex()
    await index.ensure()
    async with open_pool(postgres_dsn) as pool:
        guarded = GuardedIndex(index, PostgresIndexRecords(pool))
        await guarded.upsert([document(1)])
        with acting.request():
            act()
            assert (await guarded.search(EVERYTHING)).found == 1
        assert (await guarded.search(EVERYTHING)).found == 1
