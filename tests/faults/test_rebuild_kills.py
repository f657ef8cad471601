"""Kill -9 amid a rebuild: the index that served goes on, the workflow ends well, and nothing is left half done."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from wordy_postings import wordy_posting

from quiethire.domain.lifecycle import observe
from quiethire.domain.search import SearchQuery
from quiethire.platform.local import Session, attach, start_platform
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.ports import Ports
from quiethire.stack.supervisor import Supervisor
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.guarded_index import GuardedIndex
from quiethire.storage.postgres import PostgresIndexRecords, open_pool
from quiethire.storage.typesense import TypesenseIndex
from workflows.reconcile import ReconcileWorkflow
from workflows.reindex import ReindexWorkflow

pytestmark = pytest.mark.timeout(420)

POSTINGS = 3_000
PATIENCE = 180.0
EVERYTHING = SearchQuery(per_page=1)


async def fill(settings: Settings) -> None:
    """Postings in ClickHouse, as crawls would have left them."""
    settings.data_path.mkdir(parents=True, exist_ok=True)
    client = open_clickhouse(None, settings.data_path / "clickhouse")
    try:
        store = ClickHousePostings(client)
        await store.migrate()
        advance = observe({}, [wordy_posting(number) for number in range(POSTINGS)], datetime.now(UTC))
        await store.save(advance.rows, advance.events)
    finally:
        client.close()


@dataclass
class Platform:
    """A platform that runs in processes of its own, and its index seen from here as its API sees it."""

    session: Session
    supervisor: Supervisor
    index: GuardedIndex

    async def rebuild(self, number: str) -> WorkflowHandle[Any, Any]:
        return await self.session.temporal.start_workflow(
            ReindexWorkflow.run, id=f"rebuild-{number}", task_queue=TASK_QUEUE
        )

    def kill(self, name: str) -> None:
        os.kill(self.supervisor.pids[name], signal.SIGKILL)

    async def until_built(self, share: float) -> None:
        """Wait until so much of the new collection is there."""
        async with asyncio.timeout(PATIENCE):
            while not any(  # noqa: ASYNC110 - another process builds it: there is nothing of ours to wait on
                not each.serves and not each.previous and each.documents >= share * POSTINGS
                for each in await self.index.collections()
            ):
                await asyncio.sleep(0.02)

    async def until_swapping(self, handle: WorkflowHandle[Any, Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not any(  # noqa: ASYNC110 - as above
                each.activity_type.name == "swap_search_collection" and each.last_started_time.seconds
                for each in (await handle.describe()).raw_description.pending_activities
            ):
                await asyncio.sleep(0.02)

    async def outlives_its_index(self, handle: WorkflowHandle[Any, Any]) -> None:
        """Kill the index: the rebuild misses none of the postings for it."""
        self.kill("typesense")
        async with asyncio.timeout(PATIENCE):
            result = await handle.result()
        assert (result.postings, result.failed) == (POSTINGS, 0)

    async def is_whole(self) -> None:
        """The new collection serves, the old one is kept, nothing else is left, and a comparison finds nothing."""
        collections = await self.index.collections()
        assert sorted((each.serves, each.previous, each.documents) for each in collections) == [
            (False, True, POSTINGS),
            (True, False, POSTINGS),
        ]
        status = (await self.session.api.get("/api/v1/index")).json()
        assert (status["ready"], status["building"], status["failed"]) == (True, None, 0), status
        again = await self.session.temporal.execute_workflow(
            ReconcileWorkflow.run, id="compared", task_queue=TASK_QUEUE
        )
        assert (again.postings, again.added, again.removed) == (POSTINGS, 0, 0)

    @asynccontextmanager
    async def searched(self) -> AsyncIterator[Counter[str]]:
        """Search over the API without a pause while the body runs: every answer is of all postings."""
        answers: Counter[str] = Counter()
        ended = asyncio.Event()

        async def search() -> None:
            number = 0
            while not ended.is_set():
                number += 1
                asked = {"q": "data engineer", "per_page": 1, "exclude_company": f"nobody {number}"}  # no kept answer
                response = await self.session.api.get("/api/v1/search", params=asked)
                assert response.status_code == 200, response.text
                found = response.json()
                assert found["found"] == POSTINGS, (found["found"], found["degraded"])
                answers["degraded" if found["degraded"] else "whole"] += 1

        searching = asyncio.create_task(search())
        try:
            yield answers
        finally:
            ended.set()
            await searching


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("rebuilt") / "data",
        api_port=0,
        schedules=False,
        browser=False,
        rate_limits={"search": (1_000_000, 100_000)},
    )
    await fill(settings)
    async with start_platform(settings, Ports()) as (supervisor, running):
        own = running.apply(settings)
        async with (
            attach(own) as session,
            open_pool(own.postgres_dsn or "") as pool,
            TypesenseIndex(own.typesense_url or "", own.typesense_api_key) as bare,
        ):
            await session.temporal.get_workflow_handle("reconcile").result()
            yield Platform(session, supervisor, GuardedIndex(bare, PostgresIndexRecords(pool)))


async def test_the_index_killed_amid_a_build_is_built_to_its_end(platform: Platform) -> None:
    async with platform.searched() as answers:
        handle = await platform.rebuild("index-killed")
        await platform.until_built(0.3)
        await platform.outlives_its_index(handle)
    assert answers["degraded"], "the index was never away: this test shows nothing"
    assert answers["whole"]
    await platform.is_whole()


async def test_the_index_killed_amid_a_swap_serves_one_of_the_two_and_then_the_new_one(platform: Platform) -> None:
    async with platform.searched() as answers:
        handle = await platform.rebuild("swap-killed")
        await platform.until_swapping(handle)
        await platform.outlives_its_index(handle)
    assert answers["degraded"], "the index was never away: this test shows nothing"
    assert answers["whole"]
    await platform.is_whole()


async def test_while_a_killed_worker_is_away_the_old_index_serves_and_then_the_rebuild_goes_on(
    platform: Platform,
) -> None:
    handle = await platform.rebuild("worker-killed")
    await platform.until_built(0.3)
    platform.kill("platform")
    ended = asyncio.create_task(handle.result())
    searches = 0
    async with asyncio.timeout(PATIENCE):
        while not ended.done():
            assert (await platform.index.search(EVERYTHING)).found == POSTINGS
            searches += 1
    assert searches > 20
    result = await ended
    assert (result.postings, result.failed) == (POSTINGS, 0)
    await platform.is_whole()
