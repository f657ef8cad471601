"""A match worker dies amid a run, on the real Temporal: everybody's result is there once and whole."""

import asyncio
import json
import os
import sys
from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from scored_people import person, posting
from temporalio import activity
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.matching import ScoreInput
from quiethire.storage.postgres import MasterKeys, PostgresCandidates, PostgresMatches, migrate, open_pool
from quiethire.storage.redis import RedisCache
from workflows import match

PROCESS = Path(__file__).with_name("matching_process.py")
SECRET = "a secret of this test alone, long enough"
PEOPLE = [UUID(int=number) for number in range(1, 41)]
JOBS = {posting(number).id for number in range(3)}
KILLED_AT = 6
"""People whose matches are kept, after whom the worker dies."""


@activity.defn(name="match_parts")
async def match_parts() -> int:
    return 1


@asynccontextmanager
async def worker_process(given):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = await asyncio.create_subprocess_exec(sys.executable, str(PROCESS), json.dumps(given), env=env)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_after_kill_9_amid_a_run_each_persons_result_is_there_once_and_whole(
    postgres_dsn, redis_url, stack, temporal_client, monkeypatch
):
    await migrate(postgres_dsn)
    queue = f"test-{uuid4()}"
    policy = {**match.SCORE, "task_queue": queue, "heartbeat_timeout": timedelta(seconds=3)}
    monkeypatch.setattr(match, "SCORE", policy)
    given = {
        "postgres_dsn": postgres_dsn,
        "redis_url": redis_url,
        "temporal": stack.temporal_address,
        "queue": queue,
        "secret": SECRET,
        "jobs": len(JOBS),
    }
    workflows = Worker(
        temporal_client,
        task_queue=f"{queue}-runs",
        activities=[match_parts],
        workflows=[match.MatchWorkflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    masters = MasterKeys(SECRET)
    async with open_pool(postgres_dsn) as pool, RedisCache(redis_url, secret=SECRET) as cache, workflows:
        candidates, matches = PostgresCandidates(pool, masters), PostgresMatches(pool, masters)
        for who in PEOPLE:
            await candidates.save(person(who.int))

        async def done() -> int:
            async with pool.connection() as connection:
                found = await connection.execute("SELECT count(DISTINCT candidate_id) AS people FROM matches")
                return (await found.fetchone())["people"]

        run = await temporal_client.start_workflow(
            match.MatchWorkflow.run, ScoreInput(), id=queue, task_queue=f"{queue}-runs"
        )
        async with worker_process(given) as killed, asyncio.timeout(60):
            while await done() < KILLED_AT:
                assert killed.returncode is None
                await asyncio.sleep(0.002)
            killed.kill()
            await killed.wait()
        assert KILLED_AT <= await done() < len(PEOPLE), "it was killed on the way"
        async with worker_process(given), asyncio.timeout(60):
            result = await run.result()
        assert (result.candidates, result.matches) == (len(PEOPLE), len(PEOPLE) * len(JOBS))
        for who in PEOPLE:
            kept = await matches.matches(who)
            assert Counter(each.job_id for each in kept) == Counter(JOBS)
            assert all(each.factors for each in kept)
            assert Counter(each.job_id for each in await matches.decisions(who)) == Counter(JOBS)
            told = [json.loads(each.body)["job_id"] for each in await cache.notified(who)]
            assert Counter(map(UUID, told)) == Counter(JOBS)
            assert {job for job, _ in await cache.daily_matches(who)} == JOBS
