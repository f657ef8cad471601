"""A running platform that holds so many postings: what is searched in by the benchmarks of search and of load."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from benchmarks.postings import retold_postings
from benchmarks.search_data import postings
from quiethire.domain.gate import Endpoint
from quiethire.domain.posting import JobPosting
from quiethire.platform.local import Session, attach, start_platform
from quiethire.settings import TASK_QUEUE, RateLimits, Settings
from quiethire.stack.ports import Ports
from quiethire.stack.supervisor import Supervisor
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings, open_clickhouse
from quiethire.storage.typesense import TypesenseIndex
from services.duplicates.fingerprint import fingerprints
from services.matching.embedding.local import LocalEmbedder
from services.matching.embedding.texts import text_of
from services.parser.ats.registry import recognise
from workflows.reindex import ReindexWorkflow

NO_LIMIT: RateLimits = dict.fromkeys(Endpoint, (60000000, 1000000))
"""The limiter is asked and never says no: what it costs is in the figures."""
FORMER_DAYS = (
    "ALTER TABLE quiethire.fingerprints UPDATE remembered_at = now() - INTERVAL 9 DAY WHERE 1 SETTINGS mutations_sync = 1",
    "ALTER TABLE quiethire.jobs UPDATE kept_at = now() - INTERVAL 9 DAY WHERE 1 SETTINGS mutations_sync = 1",
)
"""What was stored in the last days is looked at again by every rebuild: here it was all stored before."""
CANCELLED = 30.0
"""Seconds after which an activity has learnt, with a heartbeat, that it was cancelled."""
PARSED = 10_000
"""Postings that are read by the parser; more are made of these under other companies, ids and dates."""
EMBEDDED = 2_000
"""Postings that the model reads; others have the vector of one of these, moved a little."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Read:
    """What is made of the corpus once: postings, and the vectors of the first of them."""

    postings: list[JobPosting]
    vectors: Vectors
    embedder: LocalEmbedder

    @classmethod
    async def of_corpus(cls, models: Path, size: int) -> "Read":
        """At most so many; `models`: where the model is made."""
        read = retold_postings(min(size, PARSED))[:PARSED]
        embedder = LocalEmbedder(models)
        vectors = await embedder.embed([text_of(posting) for posting in read[:EMBEDDED]])
        return cls(postings=read, vectors=np.array(vectors, np.float32), embedder=embedder)

    def vector(self, number: int) -> Vectors:
        """The vector of the posting of this number: one of those made, moved a little."""
        moved = np.asarray(np.random.default_rng(number).normal(0, 0.02, self.vectors.shape[1]), np.float32)
        vector = self.vectors[number % len(self.vectors)] + moved
        return np.asarray(np.round(vector / np.linalg.norm(vector), 4), np.float32)


@dataclass(frozen=True)
class FilledPlatform:
    """A platform whose ClickHouse holds `count` postings; `index` and `embed` bring them into the search index."""

    session: Session
    supervisor: Supervisor
    count: int
    read: Read

    async def index(self) -> dict[str, float]:
        """Postings a second from ClickHouse to a new collection that serves.

        They are searchable by their words then. What they mean comes later, as it does after a crawl.
        """
        rebuild = await self.session.temporal.start_workflow(
            ReindexWorkflow.run,
            id="reindex",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_queue=TASK_QUEUE,
        )
        await rebuild.result()
        steps = [
            event.event_time.ToDatetime()
            async for event in rebuild.fetch_history_events()
            if event.event_type
            in (EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
        ]
        # Started, built, swapped: what the workflow compares afterwards is searchable by then.
        seconds = (steps[2] - steps[0]).total_seconds()
        return {"index_postings_per_second": round(self.count / seconds, 1), "index_seconds": round(seconds, 1)}

    async def embed(self) -> dict[str, float]:
        """Vectors a second that are laid into the collection that serves."""
        settings = self.session.settings
        began, number = time.perf_counter(), 0
        async with TypesenseIndex(settings.typesense_url or "", settings.typesense_api_key) as index:
            for lot in postings(self.read.postings, self.count):
                vectors = {row.posting.id: self.read.vector(number + at).tolist() for at, row in enumerate(lot)}
                await index.embed(vectors)
                number += len(lot)
        return {"vectors_per_second": round(self.count / (time.perf_counter() - began), 1)}


@asynccontextmanager
async def filled_platform(
    folder: Path, count: int, read: Read, *, host_map: Mapping[str, str] | None = None
) -> AsyncIterator[FilledPlatform]:
    """Start one on this folder. `host_map`: boards of this machine that it is to crawl, without manners."""
    settings = Settings(data_dir=folder, api_port=0, schedules=False, rate_limits=NO_LIMIT)
    if host_map:
        settings = settings.model_copy(update={"host_map": dict(host_map), "browser": False, "host_delay_min": 0})
    await _store(settings, count, read.postings)
    async with start_platform(settings, Ports()) as (supervisor, running), attach(running.apply(settings)) as session:
        # A platform that finds an empty index beside its postings fills it by itself: here it is to be built once.
        with suppress(RPCError, WorkflowFailureError):
            filling = session.temporal.get_workflow_handle("reconcile")
            await filling.cancel()
            await asyncio.sleep(CANCELLED)
            await filling.result()
        yield FilledPlatform(session, supervisor, count, read)


async def _store(settings: Settings, count: int, read: Sequence[JobPosting]) -> None:
    """Postings and their fingerprints in ClickHouse, as the crawls of former days would have left them."""
    settings.data_path.mkdir(parents=True)
    client = open_clickhouse(None, settings.data_path / "clickhouse")
    try:
        store, clusters = ClickHousePostings(client), ClickHouseClusters(client)
        await store.migrate()
        for lot in postings(read, count):
            await store.save(lot, [])
            await clusters.remember(fingerprints(lot, recognise))
        for moved in FORMER_DAYS:
            client.command(moved)
    finally:
        client.close()
