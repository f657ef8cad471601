"""Search under load: our API beside Typesense asked directly, answers from the cache, and what an index costs to build and to hold.

`python -m benchmarks.search [--json] [--quick]` needs the corpus (see postings.py); quick takes 3,000 postings. The platform runs as
`quiethire up` runs it, in a process of its own; the load comes from another (search_load.py). The naive peer is a collection in the
same Typesense, of the same postings, searched in title, skills, company and the whole description with the server's defaults.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from benchmarks.postings import retold_postings
from benchmarks.report import Target, finish, options
from benchmarks.search_data import CLASSES, Ask, postings, questions
from quiethire.domain.gate import Endpoint
from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.ports import EmbeddedPosting, row_stamp
from quiethire.domain.posting import JobPosting
from quiethire.domain.search import SearchDocument
from quiethire.platform.local import Session, attach, start_platform
from quiethire.settings import TASK_QUEUE, RateLimits, Settings
from quiethire.stack.ports import PortBook, Ports
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHouseEmbeddings, ClickHousePostings, open_clickhouse
from services.duplicates.fingerprint import fingerprints
from services.matching.embedding.local import LocalEmbedder
from services.matching.embedding.texts import text_hash, text_of
from services.parser.ats.registry import recognise
from workflows.reindex import ReindexWorkflow

SIZE, QUICK_SIZE = 100_000, 3_000
GROWTH = (10_000, 1_000_000)
RATE = 12.0
"""Requests a second of the open loop: below the knee of either on two cores that others use too."""
ROUNDS = 3
"""Ours and the naive peer in turns: what the machine does meanwhile touches both."""
ASKED = 150
"""Questions of a class in one round."""
NO_LIMIT: RateLimits = dict.fromkeys(Endpoint, (60000000, 1000000))
"""The limiter is asked and never says no: what it costs is in the figures."""
FORMER_DAYS = (
    "ALTER TABLE quiethire.fingerprints UPDATE remembered_at = now() - INTERVAL 9 DAY WHERE 1 SETTINGS mutations_sync = 1",
    "CREATE TABLE quiethire.former AS quiethire.embeddings",
    "INSERT INTO quiethire.former SELECT * REPLACE (kept_at - INTERVAL 9 DAY AS kept_at) FROM quiethire.embeddings",
    "EXCHANGE TABLES quiethire.former AND quiethire.embeddings",
    "DROP TABLE quiethire.former",
)
"""What was stored in the last days is looked at again by every rebuild: here it was all stored before."""
WARM = 100
"""Questions that are asked again and again, for the cache."""
CONNECTIONS = 16
PARSED = 10_000
"""Postings that are read by the parser; more are made of these under other companies, ids and dates."""
EMBEDDED = 2_000
"""Postings that the model reads; others have the vector of one of these, moved a little."""


async def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    size = QUICK_SIZE if given.quick else SIZE
    figures: dict[str, float] = {"postings": float(size)}
    with tempfile.TemporaryDirectory() as folder:
        read = await _read(Path(folder) / "models", size)
        async with _platform(Path(folder) / "main", size, read) as bench:
            figures |= await bench.indexed()
            figures |= await bench.uncached(quick=given.quick)
            figures |= await bench.cached(2.0 if given.quick else 10.0)
        for count in () if given.quick else GROWTH:
            async with _platform(Path(folder) / str(count), count, read) as bench:
                figures |= {f"{name}_at_{count}": value for name, value in (await bench.grown()).items()}
    return finish(figures, {} if given.quick else _targets(), as_json=given.json)


def _targets() -> dict[str, Target]:
    targets: dict[str, Target] = {
        "index_postings_per_second": (">=", 1_000),
        "cached_per_second": (">=", 2_000),
        "cached_over_bare_route": (">=", 0.7),
        "failed": ("<=", 0),
    }
    for kind in CLASSES:
        targets[f"{kind}_p50_over_naive_ms"] = ("<=", 3.0)
        targets[f"{kind}_p99_over_naive"] = ("<=", 1.0)
    return targets


Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class _Read:
    """What is made of the corpus once: postings, and the vectors of the first of them."""

    postings: list[JobPosting]
    vectors: Vectors
    embedder: LocalEmbedder

    def vector(self, number: int) -> Vectors:
        """The vector of the posting of this number: one of those made, moved a little."""
        moved = np.asarray(np.random.default_rng(number).normal(0, 0.02, self.vectors.shape[1]), np.float32)
        vector = self.vectors[number % len(self.vectors)] + moved
        return np.asarray(np.round(vector / np.linalg.norm(vector), 4), np.float32)


async def _read(models: Path, size: int) -> _Read:
    read = retold_postings(min(size, PARSED))[:PARSED]
    embedder = LocalEmbedder(models)
    vectors = await embedder.embed([text_of(posting) for posting in read[:EMBEDDED]])
    return _Read(postings=read, vectors=np.array(vectors, np.float32), embedder=embedder)


class _Bench:
    """A running platform that holds so many postings."""

    def __init__(self, session: Session, count: int, read: _Read) -> None:
        self.session = session
        self.count = count
        self.read = read
        key = {"X-TYPESENSE-API-KEY": session.settings.typesense_api_key}
        self.typesense = httpx.AsyncClient(
            base_url=session.settings.typesense_url or "", headers=key, timeout=httpx.Timeout(120)
        )

    async def indexed(self) -> dict[str, float]:
        """Postings a second from ClickHouse to a new collection that serves, and bytes of memory for each."""
        began = time.perf_counter()
        await self.session.temporal.execute_workflow(
            ReindexWorkflow.run,
            id="reindex",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_queue=TASK_QUEUE,
        )
        seconds = time.perf_counter() - began
        return {"index_postings_per_second": round(self.count / seconds, 1), "index_seconds": round(seconds, 1)}

    async def grown(self) -> dict[str, float]:
        """What another size does to the index and to the slowest searches."""
        before = await self._memory()
        figures = await self.indexed()
        figures["typesense_bytes_per_posting"] = round((await self._memory() - before) / self.count)
        asked = questions(self.read.postings, "keyword", ASKED * 2, seed=self.count)
        ours = await self._open(self.session.settings.api_url, {}, [{"path": ask.ours} for ask in asked])
        return figures | {"keyword_p50_ms": _at(ours, 50), "keyword_p99_ms": _at(ours, 99)}

    async def _memory(self) -> float:
        answer = (await self.typesense.get("/metrics.json")).json()
        return float(answer["typesense_memory_resident_bytes"])

    async def uncached(self, *, quick: bool) -> dict[str, float]:
        """Each class of question, ours and the naive peer's in turns, no question twice."""
        await self._naive_collection()
        figures: dict[str, float] = {"failed": 0.0, "open_loop_per_second": RATE}
        for kind in CLASSES:
            ours: list[float] = []
            naive: list[float] = []
            for turn in range(1 if quick else ROUNDS):
                asked = questions(self.read.postings, kind, 30 if quick else ASKED, seed=turn)
                ours += await self._open(self.session.settings.api_url, {}, [{"path": ask.ours} for ask in asked])
                naive += await self._open(
                    self.session.settings.typesense_url,
                    dict(self.typesense.headers),
                    [await self._naively(ask) for ask in asked],
                )
            figures |= {
                f"{kind}_p50_ms": _at(ours, 50),
                f"{kind}_p99_ms": _at(ours, 99),
                f"{kind}_naive_p50_ms": _at(naive, 50),
                f"{kind}_naive_p99_ms": _at(naive, 99),
                f"{kind}_p50_over_naive_ms": round(_at(ours, 50) - _at(naive, 50), 2),
                f"{kind}_p99_over_naive": round(_at(ours, 99) / _at(naive, 99), 3),
            }
        return figures

    async def _naive_collection(self) -> None:
        texts = ("title", "company", "description", "remote", "job_type")
        fields = [{"name": name, "type": "string", "facet": name in texts[1:2] + texts[3:]} for name in texts]
        fields += [{"name": "skills", "type": "string[]"}, {"name": "location", "type": "string[]", "facet": True}]
        fields += [{"name": "salary_max", "type": "int64", "optional": True}, {"name": "posted_at", "type": "int64"}]
        fields += [
            {"name": "geopoint", "type": "geopoint[]", "optional": True},
            {"name": "embedding", "type": "float[]", "num_dim": 384, "optional": True},
        ]
        schema = {"name": "naive", "fields": fields, "default_sorting_field": "posted_at"}
        (await self.typesense.post("/collections", json=schema)).raise_for_status()
        names = {str(field["name"]) for field in fields} | {"id"}
        number = 0
        for lot in postings(self.read.postings, self.count):
            lines = []
            for row in lot:
                document = SearchDocument.of(row).model_dump(mode="json", include=names, exclude_none=True)
                document |= {
                    "description": row.posting.description_text,
                    "embedding": self.read.vector(number).tolist(),
                }
                lines.append(json.dumps(document))
                number += 1
            for start in range(0, len(lines), 500):
                body = "\n".join(lines[start : start + 500])
                answer = await self.typesense.post("/collections/naive/documents/import", content=body)
                answer.raise_for_status()

    async def _naively(self, ask: Ask) -> dict[str, str]:
        search: dict[str, Any] = {"collection": "naive", "query_by": "title,skills,company,description", **ask.naive}
        if search.pop("semantic", None):
            # Whoever asks Typesense itself for meaning makes the vector too; it is left out of the naive time.
            (vector,) = await self.read.embedder.embed([search["q"]])
            search |= {"q": "*", "vector_query": f"embedding:([{','.join(map(str, vector))}], k: 250)"}
        search |= {"exclude_fields": "embedding"}
        return {"path": "/multi_search", "body": json.dumps({"searches": [search]})}

    async def _open(self, url: str | None, headers: dict[str, str], requests: list[dict[str, str]]) -> list[float]:
        task = {"loop": "open", "url": url, "headers": headers, "requests": requests, "rate": RATE}
        outcome = await _load(task)
        if outcome["failed"]:
            raise RuntimeError(f"{outcome['failed']} of {len(requests)} requests to {url} failed, {requests[0]}")
        return list(outcome["times_ms"])

    async def cached(self, seconds: float) -> dict[str, float]:
        """Answers a second out of the cache, beside a bare route that returns the same bytes."""
        asked = [{"path": ask.ours} for ask in questions(self.read.postings, "keyword", WARM, seed=99)]
        bodies = [(await self.session.api.get(request["path"])).raise_for_status().content for request in asked]
        task = {"loop": "closed", "headers": {}, "connections": CONNECTIONS, "seconds": seconds / 2}
        ours, bare = [], []
        port = PortBook(self.session.settings.data_path).take("bare")
        async with _bare_route(port, sorted(bodies, key=len)[len(bodies) // 2]) as url:
            for _ in range(2):
                outcome = await _load({**task, "url": self.session.settings.api_url, "requests": asked})
                ours.append(float(outcome["per_second"]))
                if outcome["failed"]:
                    raise RuntimeError(f"{outcome['failed']} cached answers failed")
                bare.append(float((await _load({**task, "url": url, "requests": asked}))["per_second"]))
        return {
            "cached_per_second": round(max(ours), 1),
            "bare_route_per_second": round(max(bare), 1),
            "cached_over_bare_route": round(max(ours) / max(bare), 3),
        }


@asynccontextmanager
async def _platform(folder: Path, count: int, read: _Read) -> AsyncIterator[_Bench]:
    settings = Settings(data_dir=folder, api_port=0, schedules=False, rate_limits=NO_LIMIT)
    await _store(settings, count, read)
    async with start_platform(settings, Ports()) as (_, running), attach(running.apply(settings)) as session:
        # A platform that finds an empty index beside its postings fills it by itself; that is not what is measured here.
        with suppress(RPCError):
            await session.temporal.get_workflow_handle("reconcile").result()
        bench = _Bench(session, count, read)
        async with bench.typesense:
            yield bench


async def _store(settings: Settings, count: int, read: _Read) -> None:
    """Postings, their fingerprints and their vectors in ClickHouse, as the crawls of former days would have left them."""
    settings.data_path.mkdir(parents=True)
    client = open_clickhouse(None, settings.data_path / "clickhouse")
    try:
        store, clusters, embeddings = (
            ClickHousePostings(client),
            ClickHouseClusters(client),
            ClickHouseEmbeddings(client),
        )
        await store.migrate()
        number = 0
        for lot in postings(read.postings, count):
            await store.save(lot, [])
            await clusters.remember(fingerprints(lot, recognise))
            vectors = [_embedded(row, read.vector(number + at)) for at, row in enumerate(lot)]
            await embeddings.keep(LocalEmbedder.model, vectors)
            number += len(lot)
        for statement in FORMER_DAYS:
            client.command(statement)
    finally:
        client.close()


def _embedded(row: StoredPosting, vector: Vectors) -> EmbeddedPosting:
    return EmbeddedPosting(
        job_id=row.posting.id,
        row=row_stamp(row),
        text_hash=text_hash(text_of(row.posting)),
        vector=tuple(vector.tolist()),
    )


@asynccontextmanager
async def _bare_route(port: int, body: bytes) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.bare_route", str(port), stdin=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(body)
    process.stdin.close()
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient() as client:
            for _ in range(200):
                try:
                    await client.get(f"{url}/api/v1/search")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.05)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _load(task: dict[str, Any]) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.search_load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate(json.dumps(task).encode())
    if process.returncode:
        raise RuntimeError(f"the load process ended with {process.returncode}")
    outcome: dict[str, Any] = json.loads(told)
    return outcome


def _at(times: list[float], percent: int) -> float:
    return round(float(np.percentile(times, percent)), 2)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
