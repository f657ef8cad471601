"""What must hold after every case, whatever was broken: faults.md calls it the oracle.

(a) the same postings with the same content in ClickHouse and in the search index, and those that the boards list; every board known
to PostgreSQL; (b) no workflow left; (c) every event told once, every acknowledged write there; (d) ready again in time; (e) a
line of the log and a metric that name the cause. (d) and (e) are measured where the fault ends: see `running.py`.
"""

import asyncio
import sys
import time
from collections import Counter
from typing import Any

import httpx
import orjson
from temporalio.common import WorkflowIDConflictPolicy

from benchmarks.faults.truth import Told
from benchmarks.faults.world import World
from benchmarks.report import Target
from quiethire.domain.posting import job_id
from quiethire.settings import TASK_QUEUE
from quiethire.storage.postgres import PostgresBoards
from workflows.reconcile import ReconcileWorkflow

PATIENCE = 120.0
"""Seconds that everything under way may take to end."""

TARGETS: dict[str, Target] = {
    "stuck": ("<=", 0),
    "wrong_rows": ("<=", 0),
    "wrong_histories": ("<=", 0),
    "wrong_documents": ("<=", 0),
    "unknown_boards": ("<=", 0),
    "lost_writes": ("<=", 0),
}

_EVENTS = """
    SELECT jobs.identity AS identity, kind, new, count() AS told
    FROM quiethire.job_events AS events FINAL
    INNER JOIN (SELECT id, identity FROM quiethire.jobs FINAL) AS jobs ON jobs.id = events.job_id
    GROUP BY identity, kind, new
"""
_ROWS = "SELECT identity, title, closed_at IS NULL AS open FROM quiethire.jobs FINAL"


async def judge(world: World) -> dict[str, float]:
    """Let all that is under way end, then compare. What must be nought is nought where nothing was lost or doubled."""
    began = time.monotonic()
    stuck = await world.load.pause(PATIENCE)
    for name in world.load.under_way():
        sys.stderr.write(f"stuck: {name}\n")
    left = await _left_running(world)
    figures = {
        "settled_s": round(time.monotonic() - began, 1),
        "stuck": stuck + left,
        "mended": await reconcile(world),
        **await _compare(world),
    }
    world.load.resume()
    return figures


async def _left_running(world: World) -> int:
    """Workflows that go on although nobody waits for any."""
    async with asyncio.timeout(PATIENCE):
        running, until = 1, time.monotonic() + 20
        while running and time.monotonic() < until:
            # The count lags behind.
            running = (await world.session.temporal.count_workflows("ExecutionStatus = 'Running'")).count
            await asyncio.sleep(0.2 if running else 0)
        return running


async def reconcile(world: World) -> int:
    """Compare the index with ClickHouse as the schedule does; how many documents were missing or left over, which is a finding.

    They are mended by that, so that the next case begins with a whole index.
    """
    result = await asyncio.wait_for(
        world.session.temporal.execute_workflow(
            ReconcileWorkflow.run,
            id="reconcile",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_queue=TASK_QUEUE,
        ),
        PATIENCE,
    )
    return result.added + result.removed + result.failed


async def _compare(world: World) -> dict[str, float]:
    truth = world.truth.web.identities()
    rows = await asyncio.to_thread(_query, world, _ROWS)
    open_rows = {row["identity"]: row["title"] for row in rows if row["open"]}
    told: dict[str, Told] = {}
    for row in await asyncio.to_thread(_query, world, _EVENTS):
        told.setdefault(row["identity"], Counter())[row["kind"], row["new"]] += row["told"]
    wanted = {str(job_id(identity)): title for identity, title in truth.items()}
    documents = await _documents(world)
    strange = [name for name in told.keys() | world.truth.told.keys() if told.get(name) != world.truth.told.get(name)]
    for name in strange[:3]:
        sys.stderr.write(f"history of {name}: told {told.get(name)}, true {world.truth.told.get(name)}\n")
    known = {board.key for board in await PostgresBoards(world.load.pool).all()}
    kept = await _kept_keys(world)
    return {
        "wrong_rows": len(open_rows.items() ^ truth.items()) + len(rows) - len({row["identity"] for row in rows}),
        "wrong_histories": len(strange),
        "wrong_documents": len(documents.items() ^ wanted.items()),
        "unknown_boards": len({board.key for board in world.truth.web.boards()} - known),
        "lost_writes": len(world.load.keys - kept),
        "postings": len(truth),
    }


async def _documents(world: World) -> dict[str, str]:
    """Each document's title: what changes of a board's postings."""
    async with httpx.AsyncClient(timeout=30, headers={"X-TYPESENSE-API-KEY": world.direct.typesense_api_key}) as client:
        url = f"{world.direct.typesense_url}/collections/jobs/documents/export"
        answer = await client.get(url, params={"include_fields": "id,title"})
        answer.raise_for_status()
    return {each["id"]: each["title"] for each in map(orjson.loads, answer.text.splitlines())}


def _query(world: World, sql: str) -> list[dict[str, Any]]:
    return list(world.store.client.query(sql).named_results())


async def _kept_keys(world: World) -> set[str]:
    answer = await world.session.api.get("/api/v1/keys")
    answer.raise_for_status()
    return {each["prefix"] for each in answer.json()["keys"]}
