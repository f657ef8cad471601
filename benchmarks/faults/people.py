"""F52 and F53: somebody is erased while everything runs; the master key of persons is replaced while it is used."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from redis.asyncio import Redis
from temporalio.common import WorkflowIDConflictPolicy

from activities.matching import ScoreInput
from benchmarks.faults.canaries import Found, told_by_files, told_by_postgresql
from benchmarks.faults.case import ANSWERED, SERVED, Case, Figures
from benchmarks.faults.truth import FARM
from benchmarks.faults.world import NEW_KEY, OLD_KEY, World
from quiethire.domain.candidate import Candidate
from quiethire.domain.errors import InvalidInput
from quiethire.registry import rewrap_person_keys
from quiethire.settings import TASK_QUEUE
from quiethire.storage.postgres import MasterKeys, PostgresCandidates
from quiethire.storage.postgres.person_keys import PersonKeys
from workflows.career_page_crawl import CareerPageCrawlInput, CareerPageCrawlWorkflow, crawl_id
from workflows.match import MatchWorkflow
from workflows.policies import Urgency
from workflows.reindex import ReindexWorkflow

CANARIES = ("Zyqvaxorn", "qzorvex", "Xanqvorty", "Vexqwartz", "70143699")
RESUME = """{name}
Data Engineer
zy@qzorvex.example | +49 30 70143699 | Berlin, Germany

Experience
Data Engineer, Xanqvorty Brewery, Berlin
03/2017 - present
- Pipelines in Python, SQL and Apache Spark

Education
MSc Computer Science, Vexqwartz Academy, 2014
"""
SAVED_AT_ONCE = 5
"""Fewer than a pool has connections."""
_LEFT = """
    SELECT (SELECT count(*) FROM person_keys WHERE person = %(person)s)
        + (SELECT count(*) FROM candidates WHERE id = %(person)s)
        + (SELECT count(*) FROM matches WHERE candidate_id = %(person)s)
"""

_READ: Mapping[bytes | str, Callable[[Redis, bytes], Awaitable[object]]] = {
    b"string": lambda redis, key: redis.get(key),
    b"hash": lambda redis, key: redis.hgetall(key),
    b"set": lambda redis, key: redis.smembers(key),
    b"list": lambda redis, key: redis.lrange(key, 0, -1),
    b"zset": lambda redis, key: redis.zrange(key, 0, -1),
    b"stream": lambda redis, key: redis.xrange(key),
}
"""How a value of Redis is read, by its type."""


async def _erased(world: World) -> Figures:
    """They come, are matched, and go, while everything is crawled, matched and indexed."""
    api = world.session.api
    added = (await api.post("/api/v1/candidates", json={"name": "Zyqvaxorn"})).raise_for_status().json()
    person, headers = added["candidate"]["id"], {"Authorization": f"Bearer {added['secret']}"}
    mine = "/api/v1/candidates/me"
    body = RESUME.format(name="Zyqvaxorn").encode()
    (await api.put(f"{mine}/resume", params={"filename": "cv.txt"}, content=body, headers=headers)).raise_for_status()
    daily = f"/api/v1/matches/candidate/{person}/daily"
    while (answer := await api.post(daily, timeout=60)).status_code == 503:  # noqa: ASYNC110 - it says when to come again
        await asyncio.sleep(float(answer.headers["Retry-After"]))
    answer.raise_for_status()
    held = (await api.get(f"{mine}/export", headers=headers)).raise_for_status().text
    work = [asyncio.create_task(each) for each in _everything(world)]
    await asyncio.sleep(0.5)
    gone = await api.delete(mine, headers=headers, timeout=30)
    began = time.monotonic()
    await asyncio.gather(*work)
    again = await api.get(mine, headers=headers)
    async with await psycopg.AsyncConnection.connect(world.direct.postgres_dsn) as link:
        left = await (await link.execute(_LEFT, {"person": person})).fetchone()
    found = await _anywhere(world)
    return {
        "canaries_held_before": sum(canary in held for canary in CANARIES),
        "erased": float(gone.status_code == 204),
        "work_went_on_s": round(time.monotonic() - began, 1),
        "known_afterwards": float(again.status_code not in {401, 404}),
        "rows_left": left[0] if left else -1,
        "canaries_found": len(found),
    }


def _everything(world: World) -> list[Any]:
    """Matching of all with all, the index built anew, and crawls."""
    run, policy = world.session.temporal.execute_workflow, WorkflowIDConflictPolicy.USE_EXISTING
    everything = [
        run(MatchWorkflow.run, ScoreInput(anew=True), id="match-all", task_queue=TASK_QUEUE),
        run(ReindexWorkflow.run, id="reindex", task_queue=TASK_QUEUE),
    ]
    for board in world.truth.boards(FARM)[:5]:
        wanted = CareerPageCrawlInput(board=board, urgency=Urgency.PERSON)
        everything.append(
            run(
                CareerPageCrawlWorkflow.run,
                wanted,
                id=crawl_id(board),
                task_queue=TASK_QUEUE,
                id_conflict_policy=policy,
            )
        )
    return everything


async def _anywhere(world: World) -> Found:
    """Canaries in any file, row, document or value of any store; Temporal's histories are a file."""
    texts = {f"redis {name}": text async for name, text in _of_redis(world)}
    texts |= await asyncio.to_thread(_of_clickhouse, world)
    texts |= await _of_index(world)
    found = {(canary, where) for where, text in texts.items() for canary in CANARIES if canary in text}
    found |= await asyncio.to_thread(told_by_files, world.folder, CANARIES)
    return found | await asyncio.to_thread(told_by_postgresql, world.direct.postgres_dsn, CANARIES)


async def _of_redis(world: World) -> Any:  # noqa: ANN401 - an asynchronous generator of pairs
    """Values by key. Its own file would hide them: it compresses."""
    async with Redis.from_url(world.direct.redis_url) as redis:
        async for key in redis.scan_iter():
            value = await _READ[await redis.type(key)](redis, key)
            yield key.decode(errors="replace"), f"{key!r} {value!r}"


def _of_clickhouse(world: World) -> dict[str, str]:
    """Rows by table, as text."""
    client = world.store.client
    tables = client.query("SELECT name FROM system.tables WHERE database = 'quiethire'").result_rows
    return {
        f"clickhouse {name}": client.raw_query(f"SELECT * FROM quiethire.{name} FORMAT JSONEachRow").decode(
            errors="replace"
        )
        for (name,) in tables
    }


async def _of_index(world: World) -> dict[str, str]:
    """Documents by collection."""
    headers = {"X-TYPESENSE-API-KEY": world.direct.typesense_api_key}
    async with httpx.AsyncClient(base_url=world.direct.typesense_url, timeout=30, headers=headers) as client:
        names = [each["name"] for each in (await client.get("/collections")).raise_for_status().json()]
        return {f"index {name}": (await client.get(f"/collections/{name}/documents/export")).text for name in names}


async def _under_the_old_key(world: World) -> None:
    """People, whose keys are all sealed with the old master key."""
    pool, both = world.load.pool, MasterKeys(f"{NEW_KEY},{OLD_KEY}")
    readers = [await _come(world, f"Reader {n}") for n in range(5)]
    people = [Candidate(id=uuid4(), name=f"Person {n}") for n in range(300 if world.quick else 3_000)]
    for start in range(0, len(people), SAVED_AT_ONCE):
        some = people[start : start + SAVED_AT_ONCE]
        await asyncio.gather(*(PostgresCandidates(pool, both).save(each) for each in some))
    await PersonKeys(MasterKeys(f"{OLD_KEY},{NEW_KEY}")).rewrap(pool)
    world.notes |= {"readers": readers, "people": [each.id for each in people]}


async def _rotated(world: World) -> Figures:
    """The master key is replaced while people read their profiles."""
    pool, both = world.load.pool, MasterKeys(f"{NEW_KEY},{OLD_KEY}")
    readers, ids = world.notes["readers"], world.notes["people"]
    reading = asyncio.create_task(_read_on(world, readers))
    await asyncio.sleep(world.seconds(5, 2))
    began = time.monotonic()
    rewrapped = await rewrap_person_keys(
        world.session.settings.model_copy(
            update={"postgres_dsn": world.direct.postgres_dsn, "person_key": f"{NEW_KEY},{OLD_KEY}"}
        )
    )
    seconds = time.monotonic() - began
    again = await PersonKeys(both).rewrap(pool)
    await asyncio.sleep(world.seconds(5, 2))
    reading.cancel()
    (read,) = await asyncio.gather(reading, return_exceptions=True)
    if isinstance(read, BaseException) and not isinstance(read, asyncio.CancelledError):
        raise read
    figures = {
        "rewrapped": rewrapped,
        "rewrapped_s": round(seconds, 1),
        "rewrapped_again": again,
        "reads": world.notes["reads"],
        "reads_failed": world.notes["reads_failed"],
        "opened_by_the_new_alone": len(await PostgresCandidates(pool, MasterKeys(NEW_KEY)).some(ids)),
        "opened_by_the_old_alone": float(await _opens(PostgresCandidates(pool, MasterKeys(OLD_KEY)), ids[0])),
        "unread_between_releases": await _unread_between(world),
    }
    async with pool.connection() as link:
        await link.execute("DELETE FROM person_keys WHERE person = ANY(%s)", [[*ids, *(who for who, _, _ in readers)]])
    return {**figures, "left_over": len(ids) - int(figures["opened_by_the_new_alone"])}


async def _come(world: World, name: str) -> tuple[UUID, str, str]:
    """Somebody new: id, name and key."""
    told = (await world.session.api.post("/api/v1/candidates", json={"name": name})).raise_for_status().json()
    return UUID(told["candidate"]["id"]), name, told["secret"]


async def _read_on(world: World, readers: list[tuple[UUID, str, str]]) -> None:
    world.notes |= {"reads": 0, "reads_failed": 0}
    while True:
        for _, name, key in readers:
            headers = {"Authorization": f"Bearer {key}"}
            answer = await world.session.api.get("/api/v1/candidates/me", headers=headers, timeout=15)
            world.notes["reads"] += 1
            world.notes["reads_failed"] += answer.status_code != 200 or answer.json().get("name") != name
        await asyncio.sleep(0.05)


async def _opens(store: PostgresCandidates, person: UUID) -> bool:
    try:
        return await store.get(person) is not None
    except InvalidInput:
        return False


async def _unread_between(world: World) -> int:
    """Processes are restarted one after the other: what each writes with its keys, those with the keys before and after must read."""
    steps, unread = (OLD_KEY, f"{OLD_KEY},{NEW_KEY}", f"{NEW_KEY},{OLD_KEY}"), 0
    stores = [PostgresCandidates(world.load.pool, MasterKeys(keys)) for keys in steps]
    for writer, reader in ((0, 1), (1, 0), (1, 2), (2, 1)):
        person = Candidate(id=uuid4(), name="Between")
        await stores[writer].save(person)
        unread += not await _opens(stores[reader], person.id)
        await stores[reader].erase(person.id)
    return unread


CASES = (
    Case(
        id="F52",
        title="Erasure during crawl, match and rebuild",
        injected="somebody with a résumé is erased while all are matched, the index is rebuilt and boards are crawled",
        must="no trace in any row, document, value, history or file",
        observe=_erased,
        targets={
            **ANSWERED,
            "canaries_held_before": (">=", len(CANARIES)),
            "erased": (">=", 1),
            "known_afterwards": ("<=", 0),
            "rows_left": ("<=", 0),
            "canaries_found": ("<=", 0),
        },
    ),
    Case(
        id="F53",
        title="Key rotated",
        injected="the master key of 3,000 people replaced while they read their profiles",
        quickly="the master key of 300 people replaced while they read their profiles",
        must="sealed anew while it serves; the old key opens nothing afterwards",
        prepare=_under_the_old_key,
        observe=_rotated,
        targets={
            **SERVED,
            "reads_failed": ("<=", 0),
            "rewrapped_again": ("<=", 0),
            "left_over": ("<=", 0),
            "opened_by_the_old_alone": ("<=", 0),
            "unread_between_releases": ("<=", 0),
        },
    ),
)
