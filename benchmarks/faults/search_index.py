"""F23 to F27: the search index killed, restarted, refusing, rebuilt and timed out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from benchmarks.faults.case import SERVED, Case, Figures, lasting
from benchmarks.faults.world import World
from quiethire.domain.search import SearchDocument
from quiethire.settings import TASK_QUEUE
from quiethire.storage.guarded_index import GuardedIndex
from quiethire.storage.postgres import PostgresIndexRecords
from workflows.reindex import ReindexWorkflow
from workflows.rollback import RollbackWorkflow


@asynccontextmanager
async def _down(world: World) -> AsyncIterator[None]:
    """Killed, and out of reach while it starts again."""
    await world.proxies["typesense"].down()
    world.kill("typesense")
    yield
    await world.heal()


@asynccontextmanager
async def _killed(world: World) -> AsyncIterator[None]:
    world.kill("typesense")
    yield


async def _refused(world: World) -> Figures:
    """A thousand documents, one of which the index refuses: its vector has too few components."""
    records = PostgresIndexRecords(world.load.pool)
    index = GuardedIndex(world.index, records)
    documents = [_document(number, (0.1,) * 3 if number == 500 else None) for number in range(1_000)]
    ids = {UUID(document.id) for document in documents}
    failures = await index.upsert(documents)
    indexed = len(await index.ids() & ids)
    kept = sum(failure.job_id in ids for failure in await records.failures(10_000))
    # Until its alert fires: see alarms.py.
    await asyncio.sleep(world.seconds(30, 0))
    await index.delete(ids)
    return {"refused": len(failures), "indexed": indexed, "kept_as_failed": kept}


def _document(number: int, embedding: tuple[float, ...] | None) -> SearchDocument:
    return SearchDocument(
        id=str(UUID(int=number)),
        title=f"Probe {number}",
        company="Probe",
        location=(),
        description="",
        remote="none",
        job_type="unknown",
        skills=(),
        quality_score=90,
        embedding=embedding,
        posted_at=1_790_000_000,
    )


async def _rebuilt(world: World) -> Figures:
    """Rebuilt and swapped, then served as it was before."""
    built = await world.session.temporal.execute_workflow(ReindexWorkflow.run, id="reindex", task_queue=TASK_QUEUE)
    back = await world.session.temporal.execute_workflow(RollbackWorkflow.run, id="rollback", task_queue=TASK_QUEUE)
    return {"rebuilt_of": built.postings, "refused": built.failed + back.failed}


async def _timed_out(world: World) -> Figures:
    """Three imports are taken, and their answers lost."""
    proxy = world.proxies["typesense"]
    proxy.lose_replies(b"/documents/import", 3)
    async with asyncio.timeout(60):
        while proxy.lost_replies < 3:  # noqa: ASYNC110 - the load makes the imports
            await asyncio.sleep(0.1)
    return {"replies_lost": proxy.lost_replies}


CASES = (
    Case(
        id="F23",
        title="Search index down",
        injected="SIGKILL, and connections refused for 30 s",
        quickly="SIGKILL, and connections refused for 5 s",
        must="ClickHouse answers, `degraded`, no 5xx, p95 <= 800 ms; recovers by itself",
        fault=_down,
        observe=lasting(30, 5),
        targets={**SERVED, "search_p95_ms": ("<=", 800), "degraded_share": (">=", 0.9)},
        ready_within=60,
        named="typesense",
        falls="index",
        mends=100,
    ),
    Case(
        id="F24",
        title="Search index restarted and still loading",
        injected="SIGKILL; it says it is healthy before it has its documents",
        must="no answer of a part of the documents, no 5xx; ready once all are there",
        fault=_killed,
        observe=lasting(30, 5),
        targets=SERVED,
        ready_within=90,
        named="typesense",
        falls="index",
        mends=100,
    ),
    Case(
        id="F25",
        title="One document of 1,000 refused",
        injected="a vector of three components",
        must="the other 999 are indexed, the one is kept with its reason",
        observe=_refused,
        targets={
            **SERVED,
            "refused": ("<=", 1),
            "indexed": (">=", 999),
            "kept_as_failed": (">=", 1),
        },
    ),
    Case(
        id="F26",
        title="Search index rebuilt under load",
        injected="a rebuild with its swap, then the rollback",
        must="no search fails, none finds less; the rollback is one command",
        observe=_rebuilt,
        targets={**SERVED, "refused": ("<=", 0), "degraded_share": ("<=", 0)},
    ),
    Case(
        id="F27",
        title="Import taken, answer lost",
        injected="the proxy resets three connections when the answer to an import comes",
        must="it is tried again, and every document is there once",
        observe=_timed_out,
        targets={**SERVED, "replies_lost": (">=", 3)},
        named="typesense",
    ),
)
