"""A worker's process that scores people, for a test that kills it: addresses and the task queue come as JSON."""

import asyncio
import json
import sys
from types import SimpleNamespace

from scored_people import DATA, posting, store
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from activities import heartbeat, matching
from quiethire.settings import Settings
from quiethire.storage import postgres
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters
from quiethire.storage.clickhouse.memory_embeddings import MemoryEmbeddings
from quiethire.storage.postgres.memory_alerts import MemoryAlerts
from quiethire.storage.redis import RedisCache


async def main() -> None:
    given = json.loads(sys.argv[1])
    # Small parts and quick beats: a death is noticed, and gone on from, within seconds.
    heartbeat.HEARTBEAT_SECONDS = 0.5
    matching.AT_ONCE = 2
    postings, masters = MemoryPostings(), postgres.MasterKeys(given["secret"])
    async with (
        postgres.open_pool(given["postgres_dsn"]) as pool,
        RedisCache(given["redis_url"], secret=given["secret"]) as cache,
    ):
        clients = SimpleNamespace(
            settings=Settings(data_dir=DATA),
            candidates=postgres.PostgresCandidates(pool, masters),
            matches=postgres.PostgresMatches(pool, masters),
            profile_vectors=postgres.PostgresProfileVectors(pool),
            postings=postings,
            clusters=MemoryClusters(postings),
            embeddings=MemoryEmbeddings(postings),
            embedder=SimpleNamespace(model="none", available=False),
            cache=cache,
            alerts=MemoryAlerts(),
        )
        # Titles of their own: one job in three listings would be told once.
        jobs = [posting(number, title=f"Senior Data Engineer {'ABC'[number]}xq") for number in range(given["jobs"])]
        await store(clients, *jobs)
        temporal = await Client.connect(given["temporal"], data_converter=pydantic_data_converter)
        score = matching.MatchActivities(clients).score_candidates
        async with Worker(temporal, task_queue=given["queue"], activities=[score]):
            await asyncio.Event().wait()


asyncio.run(main())
