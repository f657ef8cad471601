"""What storing a posting costs: time beside a bare insert, and bytes on disk.

The postings are the corpus's own boards and retold copies of them (see postings.py), read by the parser.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from clickhouse_connect.driver.client import Client

from benchmarks.postings import retold_postings
from benchmarks.report import Target
from quiethire.domain.lifecycle import StoredPosting, observe
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings, open_clickhouse
from quiethire.storage.clickhouse.rows import JOB_COLUMNS, job_columns
from services.duplicates.fingerprint import fingerprints
from services.parser.ats.registry import recognise

BATCH = 500
REPETITIONS = 5
PLAIN = Path(__file__).with_name("plain_jobs.sql")

TARGETS: dict[str, Target] = {
    "bytes_on_disk_per_posting": ("<=", 1_024),
    "insert_rate_over_bare_insert_batch_500": (">=", 0.9),
    "insert_rate_over_bare_insert_batch_5000": (">=", 0.9),
}


async def storage_figures(folder: Path, *, quick: bool) -> dict[str, float]:
    """Bytes a posting, rows a second, and milliseconds of the reads that a crawl makes."""
    client = open_clickhouse(None, folder / "storage")
    try:
        store = ClickHousePostings(client, "storage")
        await store.migrate()
        rows = observe({}, retold_postings(500 if quick else 5_000), datetime.now(UTC)).rows
        figures = {"postings_measured": float(len(rows))}
        for size in (BATCH,) if quick else (BATCH, 5_000):
            figures |= await _inserts(client, store, rows[:size], size)
        figures |= await _stored(client, store, rows)
        return figures
    finally:
        client.close()


async def _inserts(
    client: Client, store: ClickHousePostings, rows: tuple[StoredPosting, ...], size: int
) -> dict[str, float]:
    """Our insert beside a bare one of the same rows: plain columns into a plain table, with nothing computed.

    Beside that, an insert of our own columns once they are prepared. In CPU-seconds, those of the engine in this process
    too, and minima, since others use the machine.
    """
    client.command("DROP TABLE IF EXISTS storage.plain_jobs")
    client.command(PLAIN.read_text(encoding="utf-8"), parameters={"database": "storage"})
    names, values = plain_columns(rows)
    bare, ours, prepared = [], [], []
    for _ in range(REPETITIONS):
        client.command("TRUNCATE TABLE storage.plain_jobs")
        bare.append(
            _seconds(
                lambda: client.insert(
                    "plain_jobs", values, column_names=names, database="storage", column_oriented=True
                )
            )
        )
        client.command("TRUNCATE TABLE storage.jobs")
        began = time.process_time()
        await store.save(rows, [])
        ours.append(time.process_time() - began)
        columns = job_columns(rows)
        client.command("TRUNCATE TABLE storage.jobs")
        began = time.process_time()
        client.insert("jobs", columns, column_names=JOB_COLUMNS, database="storage", column_oriented=True)
        prepared.append(time.process_time() - began)
    return {
        f"insert_rows_per_cpu_second_batch_{size}": round(len(rows) / min(ours)),
        f"insert_rate_over_bare_insert_batch_{size}": round(min(bare) / min(ours), 3),
        f"insert_rate_over_prepared_columns_batch_{size}": round(min(prepared) / min(ours), 3),
    }


def plain_columns(rows: tuple[StoredPosting, ...]) -> tuple[list[str], list[list[object]]]:
    """The same postings as anybody would write them: each field as it is, both descriptions whole."""
    names = [name for name in type(rows[0].posting).model_fields if name not in ("locations", "salary", "provenance")]
    columns: dict[str, list[object]] = {
        name: [list(value) if isinstance(value := getattr(row.posting, name), tuple) else value for row in rows]
        for name in names
    }
    columns["places"] = [[place.name for place in row.posting.locations] for row in rows]
    columns["salary_min"] = [row.posting.salary.yearly_min if row.posting.salary else None for row in rows]
    columns["salary_max"] = [row.posting.salary.yearly_max if row.posting.salary else None for row in rows]
    columns["provenance"] = [{field: origin.path for field, origin in row.posting.provenance.items()} for row in rows]
    columns["first_seen_at"] = [row.first_seen_at for row in rows]
    columns["updated_at"] = [row.updated_at for row in rows]
    return list(columns), list(columns.values())


async def _stored(client: Client, store: ClickHousePostings, rows: tuple[StoredPosting, ...]) -> dict[str, float]:
    """Bytes of all that is kept of a posting, merged, and what a crawl's reads of 500 of them take."""
    client.command("TRUNCATE TABLE storage.jobs")
    client.command("DROP TABLE storage.plain_jobs")
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        await store.save(some, observe({}, [row.posting for row in some], some[0].updated_at).events)
    await ClickHouseClusters(client, "storage").remember(fingerprints(rows, recognise))
    tables = [name for (name,) in client.query("SELECT name FROM system.tables WHERE database = 'storage'").result_rows]
    for table in tables:
        client.command(f"OPTIMIZE TABLE storage.{table} FINAL")
    kept = "SELECT table, sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'storage' GROUP BY table"
    sizes = {str(table): int(size) for table, size in client.query(kept).result_rows}
    seen = [row.posting for row in rows[:BATCH]]
    figures = {"bytes_on_disk_per_posting": round(sum(sizes.values()) / len(rows), 1)}
    figures |= {f"bytes_on_disk_per_posting_in_{name}": round(size / len(rows), 1) for name, size in sizes.items()}
    for name, read in (
        ("read_500_unchanged_ms", lambda: store.known_of(seen)),
        ("read_500_whole_ms", lambda: store.known([posting.id for posting in seen])),
        ("read_one_ms", lambda: store.get(seen[7].id)),
    ):
        times = []
        for _ in range(REPETITIONS):
            began = time.perf_counter()
            await read()
            times.append(time.perf_counter() - began)
        figures[name] = round(min(times) * 1_000, 1)
    return figures


def _seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began
