"""`python -m benchmarks.restore`: a platform of 100,000 postings and 2,000 people is lost, and is back within ten minutes.

It is filled as the crawls of former days would have left it, backed up, and some of its people are erased after that; then the backup is
restored into an empty data directory, the search index is built anew, and both are compared. Needs the corpus (see postings.py); `--quick`
takes 2,000 postings.
"""

import asyncio
import sys
import tempfile
import time
import uuid
from contextlib import closing
from pathlib import Path

import psutil
import psycopg

from benchmarks.postings import retold_postings
from benchmarks.report import Options, Target, finish, options
from benchmarks.search_data import postings
from benchmarks.search_platform import FORMER_DAYS
from quiethire.domain.backup import BackupInput, BackupReport, RestoreInput
from quiethire.domain.candidate import Candidate
from quiethire.domain.lifecycle import JobEvent, JobEventKind
from quiethire.platform.backup import restore
from quiethire.settings import Settings
from quiethire.stack.stack import start_stack
from quiethire.storage import postgres
from quiethire.storage.backup import Tell, stoppable, write_backup
from quiethire.storage.clickhouse import ClickHouseClusters, ClickHousePostings, open_clickhouse
from quiethire.storage.erasures import RememberingCandidates
from quiethire.storage.pages import open_archive
from services.duplicates.fingerprint import fingerprints
from services.parser.ats.registry import recognise

POSTINGS, QUICK = 100_000, 2_000
READ = 5_000
PEOPLE, ERASED = 2_000, 20
MASTER = "master-key-of-the-restore-benchmark"
TARGETS: dict[str, Target] = {
    "restore_s": ("<=", 600),
    "difference": ("<=", 0),
    "postings_missing": ("<=", 0),
    "events_missing": ("<=", 0),
    "people_missing": ("<=", 0),
    "erased_who_came_back": ("<=", 0),
    "memory_growth_of_backup_mb": ("<=", 300),
}


async def main(given: Options) -> int:
    """Lose it, bring it back, and say how long that took."""
    size = QUICK if given.quick else POSTINGS
    with tempfile.TemporaryDirectory() as folder:
        lost = Settings(data_dir=Path(folder) / "lost", person_key=MASTER)
        async with start_stack(lost) as (_, running):
            there = running.apply(lost)
            people = await _fill(there, size)
            report, growth = await _back_up(there, folder)
            erased = people[:ERASED]
            async with postgres.open_pool(running.postgres_dsn) as pool:
                store = open_archive(there, postgres.PostgresPages(pool)).store
                candidates = RememberingCandidates(pool, postgres.MasterKeys(MASTER), store)
                for person in erased:
                    await candidates.erase(person)
        new = Settings(data_dir=Path(folder) / "new", person_key=MASTER)
        asked = RestoreInput(ledger=str(lost.data_path / "pages"))
        began = time.monotonic()
        restored = await restore(new, Path(report.file), None, asked, say=lambda _: None, tell=lambda *_: None)
        seconds = time.monotonic() - began
        came_back = await _known(new, erased)
    figures = {
        "postings": float(report.rows["jobs"]),
        "people": float(len(people)),
        "backup_s": report.seconds,
        "backup_mb": round(report.size / 1e6, 1),
        "memory_growth_of_backup_mb": round(growth / 1e6, 1),
        "restore_s": round(seconds, 1),
        "difference": float(restored.difference),
        "postings_missing": float(report.rows["jobs"] - restored.rows["jobs"]),
        "events_missing": float(report.rows["jobs"] - restored.rows["job_events"]),
        "people_missing": float(len(people) - len(erased) - restored.rows["candidates"]),
        "erased_who_came_back": float(came_back),
    }
    return finish(figures, TARGETS, as_json=given.json)


async def _fill(settings: Settings, size: int) -> list[uuid.UUID]:
    dsn = str(settings.postgres_dsn)
    await postgres.migrate(dsn)
    with closing(open_clickhouse(None, settings.data_path / "clickhouse")) as engine:
        store, clusters = ClickHousePostings(engine), ClickHouseClusters(engine)
        await store.migrate()
        for rows in postings(retold_postings(min(size, READ)), size):
            opened = [JobEvent.make(row.posting.id, JobEventKind.OPENED, row.first_seen_at) for row in rows]
            await store.save(rows, opened)
            # A crawl keeps them with its postings: where they are missing, all are compared with all after the restore.
            await clusters.remember(fingerprints(rows, recognise))
        for moved in FORMER_DAYS:
            engine.command(moved)
    ids = []
    async with postgres.open_pool(dsn) as pool:
        candidates = postgres.PostgresCandidates(pool, postgres.MasterKeys(MASTER))
        for number in range(PEOPLE):
            ids.append(uuid.uuid5(uuid.NAMESPACE_OID, str(number)))
            await candidates.save(Candidate(id=ids[-1], name=f"Somebody {number}", email=f"{number}@people.example"))
    return ids


async def _back_up(settings: Settings, folder: str) -> tuple[BackupReport, int]:
    """The backup, and how much more memory this process held at most while it was written."""
    process, most = psutil.Process(), 0

    def tell(*_: object) -> None:
        nonlocal most
        most = max(most, process.memory_info().rss)

    def work(told: Tell) -> BackupReport:
        return write_backup(settings, BackupInput(target=folder), told)

    before = process.memory_info().rss
    return await stoppable(work, tell), max(0, most - before)


async def _known(settings: Settings, people: list[uuid.UUID]) -> int:
    """How many of these people a platform knows."""
    async with (
        start_stack(settings) as (_, running),
        await psycopg.AsyncConnection.connect(running.postgres_dsn) as link,
    ):
        asked = "SELECT count(*) FROM person_keys WHERE person = ANY(%s)"
        found = await (await link.execute(asked, (people,))).fetchone()
    return int(found[0]) if found else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(options(__doc__))))
