"""Which postings are the same job: how right, beside exact titles and companies, and what it costs.

`python -m benchmarks.duplicates [--json] [--quick]`; the corpus is where QUIETHIRE_CORPUS points, else `../shared/corpus`.

Pairs: of the corpus's postings and their copies, and of the simulation's, all pairs are judged by whether they ended in one
cluster, through the activities' own code and the keys, 500 postings at a time in the order in which they came. The baseline
calls those one job whose titles and companies are spelled alike.

Cost: 500 fresh postings among none, 100,000 and (not `--quick`) 1,000,000 fingerprints in ClickHouse; processor time, the least
of some rounds, and its ratio to storing the same postings.
"""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from clickhouse_connect.driver.client import Client

from activities.clients import Clients
from activities.duplicates import Gathering
from benchmarks.copied_feeds import BEGAN, Seen, corpus_postings
from benchmarks.report import Target, finish, options
from benchmarks.simulation.copies import labelled_postings
from quiethire.domain.lifecycle import StoredPosting, observe
from quiethire.domain.ports import ClusterStore
from quiethire.domain.posting import JobPosting, job_id
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings, open_clickhouse
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters

ROOT = Path(__file__).parents[1]
BATCH = 500
SEED = 7

TARGETS: dict[str, Target] = {
    **{f"{part}_pair_precision": (">=", 0.99) for part in ("corpus", "simulation")},
    **{f"{part}_pair_recall": (">=", 0.95) for part in ("corpus", "simulation")},
}

_FILL = """
    INSERT INTO {database:Identifier}.fingerprints
    SELECT rand64(1), rand64(2), 1, now(), rand64(3) % 9000, concat('company', toString(rand64(4) % 9000)), rand64(5) % 9000,
           rand(6), rand(7) % 50, [concat('DE:city', toString(rand(8) % 900))], [rand64(9)], randomFixedString(64), 400, 0, 1,
           now() FROM numbers({count:UInt64})
"""
_FILL_KEYS = """
    INSERT INTO {database:Identifier}.fingerprint_keys
    SELECT rand(number), sipHash64(intDiv(number, 7)) FROM numbers({count:UInt64} * 7)
"""
_BYTES = """
    SELECT sum(bytes_on_disk) AS bytes FROM system.parts
    WHERE active AND database = {database:String} AND table IN ('fingerprints', 'fingerprint_keys', 'clusters')
"""


async def main() -> int:
    """Measure, print, and tell whether the targets are reached."""
    given = options(__doc__)
    corpus = _corpus()
    made_up = [
        Seen(each.posting, each.job, each.seen_at) for each in labelled_postings(SEED, 20 if given.quick else 150)
    ]
    figures: dict[str, float] = {}
    for name, seen in (("corpus", corpus_postings(corpus)), ("simulation", sorted(made_up, key=lambda one: one.at))):
        figures |= {f"{name}_{figure}": value for figure, value in (await _judged(seen)).items()}
    figures |= await _cost((0, 100_000) if given.quick else (0, 100_000, 1_000_000), rounds=2 if given.quick else 5)
    return finish(figures, TARGETS, as_json=given.json)


def _corpus() -> Path:
    corpus = Path(os.environ.get("QUIETHIRE_CORPUS", ROOT.parent / "shared" / "corpus"))
    if not corpus.is_dir():
        raise SystemExit(f"no corpus at {corpus}; set QUIETHIRE_CORPUS")
    return corpus


async def _judged(seen: Sequence[Seen]) -> dict[str, float]:
    postings = MemoryPostings()
    store = MemoryClusters(postings)
    gathering = _gathering(store)
    for start in range(0, len(seen), BATCH):
        rows = [_row(each.posting, each.at) for each in seen[start : start + BATCH]]
        await postings.save(rows, [])
        await gathering.gather(rows)
    jobs = {each.posting.id: each.job for each in seen}
    placed = {job: at.cluster for job, at in (await store.mates(jobs)).items()}
    ours = pairs([(each.posting.id, placed.get(each.posting.id, each.posting.id)) for each in seen])
    spelled = pairs(
        [(each.posting.id, (each.posting.title.casefold(), each.posting.company_name.casefold())) for each in seen]
    )
    truth = pairs([(each.posting.id, each.job) for each in seen])
    return {
        "postings": len(jobs),
        "pairs": len(truth),
        "pair_precision": _share(ours & truth, ours),
        "pair_recall": _share(ours & truth, truth),
        "baseline_precision": _share(spelled & truth, spelled),
        "baseline_recall": _share(spelled & truth, truth),
    }


def pairs(grouped: Sequence[tuple[UUID, object]]) -> set[tuple[UUID, UUID]]:
    """All pairs of postings that are in one group."""
    groups: dict[object, set[UUID]] = {}
    for posting, group in grouped:
        groups.setdefault(group, set()).add(posting)
    return {pair for members in groups.values() for pair in itertools.combinations(sorted(members), 2)}


def _share(right: set[tuple[UUID, UUID]], of: set[tuple[UUID, UUID]]) -> float:
    return round(len(right) / len(of), 4) if of else 1.0


async def _cost(sizes: Sequence[int], rounds: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    fresh = [each.posting for each in labelled_postings(SEED + 1, BATCH // 12)][:BATCH]
    with tempfile.TemporaryDirectory() as folder:
        client = open_clickhouse(None, Path(folder))
        for size in sizes:
            database = f"stored_{size}"
            postings, store = ClickHousePostings(client, database), ClickHouseClusters(client, database)
            await postings.migrate()
            if size:
                for fill in (_FILL, _FILL_KEYS):
                    client.command(fill, parameters={"database": database, "count": size})
                _merge(client, database)  # Else the merges of what was filled in at once would count as ours.
            gathering = _gathering(store)
            costs = [await _round(postings, gathering, fresh, number) for number in range(rounds)]
            storing, gathered = (min(cost[part] for cost in costs) for part in (0, 1))
            figures[f"cpu_ms_per_500_at_{size}"] = round(gathered * 1000, 1)
            figures[f"times_storing_at_{size}"] = round(gathered / storing, 3)
        figures["bytes_a_posting"] = round(_bytes(client, f"stored_{sizes[-1]}") / sizes[-1], 1)
        client.close()
    return figures


async def _round(
    postings: ClickHousePostings, gathering: Gathering, fresh: Sequence[JobPosting], number: int
) -> tuple[float, float]:
    """Processor seconds of storing these postings under new ids, and of gathering them."""
    renamed = [_renumbered(posting, number) for posting in fresh]

    async def store() -> Sequence[StoredPosting]:
        advance = observe(await postings.known({posting.id for posting in renamed}), renamed, BEGAN)
        await postings.save(advance.rows, advance.events)
        return advance.rows

    rows, storing = await _timed(store)
    _, gathered = await _timed(lambda: gathering.gather(rows))
    return storing, gathered


async def _timed(work: Callable[[], Awaitable[Any]]) -> tuple[Any, float]:
    began = time.process_time()
    result = await work()
    return result, time.process_time() - began


def _renumbered(posting: JobPosting, number: int) -> JobPosting:
    """The posting as another company's on another board: fresh in every round."""
    identity = f"round-{number}/{posting.identity}"
    changes = {"id": job_id(identity), "identity": identity, "company_name": f"{posting.company_name}{number}"}
    return posting.model_copy(update=changes | {"title": f"{posting.title} {number}"})


def _merge(client: Client, database: str) -> None:
    for table in ("fingerprints", "fingerprint_keys"):
        client.command(f"OPTIMIZE TABLE {database}.{table} FINAL")


def _bytes(client: Client, database: str) -> int:
    _merge(client, database)
    return int(client.query(_BYTES, parameters={"database": database}).result_rows[0][0])


def _gathering(store: ClusterStore) -> Gathering:
    return Gathering(cast("Clients", SimpleNamespace(clusters=store)))


def _row(posting: JobPosting, at: datetime) -> StoredPosting:
    return StoredPosting(posting=posting, first_seen_at=at, last_seen_at=at, updated_at=at)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
