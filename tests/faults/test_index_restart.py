"""The index is killed and loads again: no answer is ever made of a part of it."""

import asyncio
import os
import signal
from pathlib import Path
from uuid import UUID

import pytest

from quiethire.domain.errors import Transient
from quiethire.domain.search import SearchDocument, SearchQuery
from quiethire.stack.ports import PortBook
from quiethire.stack.servers import typesense
from quiethire.stack.supervisor import Supervisor
from quiethire.storage.guarded_index import GuardedIndex
from quiethire.storage.postgres.memory_index_records import MemoryIndexRecords
from quiethire.storage.typesense import TypesenseIndex

DOCUMENTS = 40_000
KEY = "key-of-this-test"


def document(number: int) -> SearchDocument:
    return SearchDocument(
        id=str(UUID(int=number)),
        title=f"Data Engineer {number}",
        company="Northwind",
        location=("Berlin",),
        description=" ".join(f"word{number * step % 5_000}" for step in range(1, 60)),
        remote="none",
        job_type="unknown",
        skills=("Python", f"Skill {number % 50}"),
        quality_score=90,
        posted_at=1_790_000_000 + number,
    )


@pytest.fixture
async def killable(tmp_path: Path):
    """A Typesense of this test's own, which is started again whenever it ends, with its address."""
    book = PortBook(tmp_path)
    port = book.take("typesense")
    spec = await typesense.spec(tmp_path, port, book.take("typesense_peering"), KEY)
    (tmp_path / "logs").mkdir(exist_ok=True)
    async with Supervisor(tmp_path / "logs") as supervisor:
        await supervisor.start(spec)
        yield supervisor, typesense.url(port)


async def test_an_index_that_was_killed_gives_no_answer_until_it_has_loaded_all(killable):
    supervisor, url = killable
    async with TypesenseIndex(url, KEY) as bare:
        records = MemoryIndexRecords()
        index = GuardedIndex(bare, records)
        await index.ensure()
        assert await index.upsert([document(number) for number in range(DOCUMENTS)]) == []
        everything = SearchQuery(q="engineer", per_page=1)
        assert (await index.search(everything)).found == DOCUMENTS

        # One who has searched before, and one who starts while it loads.
        searchers = (index, GuardedIndex(bare, records))
        os.kill(supervisor.pids["typesense"], signal.SIGKILL)
        parts, refused, answered = 0, 0, [0, 0]
        async with asyncio.timeout(120):
            while min(answered) < 3:
                for number, searcher in enumerate(searchers):
                    try:
                        found = (await searcher.search(everything)).found
                    except Transient:
                        refused += 1
                    else:
                        assert found == DOCUMENTS
                        answered[number] += 1
                try:
                    parts += (await bare.search(everything)).found < DOCUMENTS
                except Transient:
                    refused += 1
        assert parts, "the index itself gave no answer of a part: this test shows nothing"
        assert refused
        assert await index.ready()
        # It takes writes as before, and loads before it is given collections.
        await index.ensure()
        assert await index.upsert([document(DOCUMENTS)]) == []
        assert (await index.search(everything)).found == DOCUMENTS + 1


async def test_starting_waits_until_a_killed_index_has_loaded(killable):
    supervisor, url = killable
    async with TypesenseIndex(url, KEY) as bare:
        records = MemoryIndexRecords()
        index = GuardedIndex(bare, records)
        await index.ensure()
        await index.upsert([document(number) for number in range(5_000)])
        os.kill(supervisor.pids["typesense"], signal.SIGKILL)
        async with asyncio.timeout(120):
            await GuardedIndex(bare, records).ensure()
        assert await bare.count() == 5_000
        assert [each.name for each in await bare.collections()] == ["jobs_1"]
