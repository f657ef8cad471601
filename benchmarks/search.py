"""Search under load: our API beside Typesense asked directly, answers from the cache, and what an index costs to build and to hold.

`python -m benchmarks.search [--json] [--quick]` needs the corpus (see postings.py); quick takes 3,000 postings. The platform runs as
`quiethire up` runs it, in a process of its own; the load comes from another (search_load.py). The naive peer is a collection in the
same Typesense, of the same postings, searched in title, skills, company and the whole description with the server's defaults. Of
either as much is counted; searches that name no facets, of which all are counted, are a class of their own.

`python -m benchmarks.search 10000 1000000` shows growth instead: what an index of each of these sizes costs, and how it answers.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.report import Target, finish, options, told
from benchmarks.search_data import CLASSES, PAGE, Ask, mixed, postings, questions
from benchmarks.search_load import load
from benchmarks.search_platform import FilledPlatform, Read, filled_platform
from quiethire.domain.search import SearchDocument
from quiethire.processes import leave
from quiethire.stack.ports import PortBook

SIZE, QUICK_SIZE = 100_000, 3_000
RATE = 12.0
"""Requests a second of the open loop: below the knee of either on two cores that others use too."""
ROUNDS = 4
"""Ours and the naive peer in turns: what the machine does meanwhile touches both, and the slowest hundredth is of six questions."""
ASKED = 150
"""Questions of a class in one round."""
WARMED_UP_WITH = 20
"""Questions of a class before it is measured: neither side pays then for what is loaded at the first one."""
WARM = 100
"""Questions that are asked again and again, for the cache."""
CONNECTIONS = 16


async def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    sys.argv = [word for word in sys.argv if not word.isdigit()]
    given = options(__doc__)
    if sizes:
        return finish(await _growth(sizes), {}, as_json=given.json)
    size = QUICK_SIZE if given.quick else SIZE
    with tempfile.TemporaryDirectory() as folder:
        read = await Read.of_corpus(Path(folder) / "models", size)
        async with _bench(Path(folder) / "main", size, read) as bench:
            figures = {"postings": float(size)}
            figures |= told(await bench.filled.index())
            figures |= told(await bench.filled.embed())
            figures |= await bench.uncached(quick=given.quick)
            figures |= told(await bench.rebuilt())
            figures |= told(await bench.cached(2.0 if given.quick else 10.0))
            figures |= told(bench.processes())
    return finish(figures, {} if given.quick else _targets(), as_json=given.json)


async def _growth(sizes: Sequence[int]) -> dict[str, float]:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        read = await Read.of_corpus(Path(folder) / "models", max(sizes))
        for count in sizes:
            async with _bench(Path(folder) / str(count), count, read) as bench:
                figures |= told({f"{name}_at_{count}": value for name, value in (await bench.grown()).items()})
            shutil.rmtree(Path(folder) / str(count))
    return figures


def _targets() -> dict[str, Target]:
    targets: dict[str, Target] = {
        "index_postings_per_second": (">=", 1_000),
        "cached_per_second": (">=", 2_000),
        "cached_over_bare_route": (">=", 0.7),
        "failed": ("<=", 0),
    }
    for kind in (*CLASSES, PAGE):
        targets[f"{kind}_p50_over_naive_ms"] = ("<=", 3.0)
        targets[f"{kind}_p99_over_naive"] = ("<=", 1.0)
    return targets


class _Bench:
    """A running platform that holds so many postings."""

    def __init__(self, filled: FilledPlatform) -> None:
        self.filled = filled
        self.failed = 0
        """Of our answers under load."""
        self.load_pid = 0
        self.session, self.count, self.read = filled.session, filled.count, filled.read
        key = {"X-TYPESENSE-API-KEY": self.session.settings.typesense_api_key}
        self.typesense = httpx.AsyncClient(
            base_url=self.session.settings.typesense_url or "", headers=key, timeout=httpx.Timeout(120)
        )

    def processes(self) -> dict[str, float]:
        """Who answered, who asked last, and what of the answers failed."""
        return {
            "platform_pid": self.filled.supervisor.pids["platform"],
            "load_pid": self.load_pid,
            "failed": self.failed,
        }

    async def grown(self) -> dict[str, float]:
        """What another size does to the index and to the slowest searches."""
        before = await self._memory()
        figures = await self.filled.index()
        figures["typesense_bytes_per_posting"] = round((await self._memory() - before) / self.count)
        figures |= await self.filled.embed()
        figures["typesense_bytes_per_posting_with_vector"] = round((await self._memory() - before) / self.count)
        asked = questions(self.read.postings, "keyword", ASKED * 2, seed=self.count)
        ours = await self._open_of(asked)
        return figures | {"keyword_p50_ms": _at(ours, 50), "keyword_p99_ms": _at(ours, 99)}

    async def _memory(self) -> float:
        answer = (await self.typesense.get("/metrics.json")).json()
        return float(answer["typesense_memory_resident_bytes"])

    async def uncached(self, *, quick: bool) -> dict[str, float]:
        """Each class of question, ours and the naive peer's in turns, no question twice."""
        await self._naive_collection()
        figures: dict[str, float] = {"open_loop_per_second": RATE}
        rounds, each = (1, 30) if quick else (ROUNDS, ASKED)
        for kind in (*CLASSES, PAGE):
            asked = questions(self.read.postings, kind, WARMED_UP_WITH + rounds * each, seed=0)
            paths = [ask.ours if kind == PAGE else ask.alike for ask in asked]
            pairs = list(zip(paths, asked, strict=True))
            await self._both(pairs[:WARMED_UP_WITH])
            ours: list[float] = []
            naive: list[float] = []
            for start in range(WARMED_UP_WITH, len(asked), each):
                of_ours, of_naive = await self._both(pairs[start : start + each])
                ours += of_ours
                naive += of_naive
            figures |= told(
                {
                    f"{kind}_p50_ms": _at(ours, 50),
                    f"{kind}_p99_ms": _at(ours, 99),
                    f"{kind}_naive_p50_ms": _at(naive, 50),
                    f"{kind}_naive_p99_ms": _at(naive, 99),
                    f"{kind}_p50_over_naive_ms": round(_at(ours, 50) - _at(naive, 50), 2),
                    f"{kind}_p99_over_naive": round(_at(ours, 99) / _at(naive, 99), 3),
                }
            )
        return figures

    async def rebuilt(self) -> dict[str, float]:
        """What searching costs while the whole index is built anew and takes over; what failed is counted with all that did."""
        asked = mixed(self.read.postings, seed=7)
        before = await self._open_of(list(islice(asked, ASKED)))
        building, during = asyncio.create_task(self.filled.index()), list[float]()
        while not building.done():
            during += await self._open_of(list(islice(asked, round(RATE * 5))))
        await building
        return {
            "rebuild_searches": len(during),
            "rebuild_p50_ms": _at(during, 50),
            "rebuild_p99_ms": _at(during, 99),
            "rebuild_p99_over_before": round(_at(during, 99) / _at(before, 99), 2),
        }

    async def _open_of(self, asked: Sequence[Ask]) -> list[float]:
        return await self._open(self.session.settings.api_url, {}, [{"path": ask.ours} for ask in asked])

    async def _both(self, asked: Sequence[tuple[str, Ask]]) -> tuple[list[float], list[float]]:
        """Milliseconds of each question, asked of us by its path and then of the naive collection."""
        ours = await self._open(self.session.settings.api_url, {}, [{"path": path} for path, _ in asked])
        naively = [await self._naively(ask) for _, ask in asked]
        return ours, await self._open(self.session.settings.typesense_url, dict(self.typesense.headers), naively)

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
        search |= {"exclude_fields": "embedding"}
        searches = [search]
        if search.pop("semantic", None):
            # This server takes words and a vector in one query for an error, so who wants both asks both, in one request. Whoever
            # asks makes the vector too, and puts the two together: that is left out of the naive time.
            (vector,) = await self.read.embedder.embed([search["q"]])
            near = f"embedding:([{','.join(map(str, vector))}], k: 250)"
            searches.append(search | {"q": "*", "vector_query": near})
        return {"path": "/multi_search", "body": json.dumps({"searches": searches})}

    async def _open(self, url: str | None, headers: dict[str, str], requests: list[dict[str, str]]) -> list[float]:
        task = {"loop": "open", "url": url, "headers": headers, "requests": requests, "rate": RATE}
        outcome = await load(task)
        if url == self.session.settings.api_url:
            self.failed += outcome["failed"]
        elif outcome["failed"]:
            raise RuntimeError(f"{outcome['failed']} of {len(requests)} requests to {url} failed, {requests[0]}")
        self.load_pid = outcome["pid"]
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
                outcome = await load({**task, "url": self.session.settings.api_url, "requests": asked})
                ours.append(float(outcome["per_second"]))
                self.failed += outcome["failed"]
                bare.append(float((await load({**task, "url": url, "requests": asked}))["per_second"]))
        return {
            "cached_per_second": round(max(ours), 1),
            "bare_route_per_second": round(max(bare), 1),
            "cached_over_bare_route": round(max(ours) / max(bare), 3),
        }


@asynccontextmanager
async def _bench(folder: Path, count: int, read: Read) -> AsyncIterator[_Bench]:
    async with filled_platform(folder, count, read) as filled:
        bench = _Bench(filled)
        async with bench.typesense:
            yield bench


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


def _at(times: list[float], percent: int) -> float:
    return round(float(np.percentile(times, percent)), 2)


if __name__ == "__main__":
    leave(asyncio.run(main()))
