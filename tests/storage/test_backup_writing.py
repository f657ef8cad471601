"""How a backup is written: what happens meanwhile, and what is left of one that fails."""

import asyncio
import uuid
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from backed_up import (
    MASTER,
    NOW,
    person,
    posting,
    restored,
    rows_of,
    written,
)

from quiethire.domain.backup import BackupInput
from quiethire.domain.errors import InvalidInput
from quiethire.domain.lifecycle import observe
from quiethire.storage import postgres
from quiethire.storage.backup import KEYS, open_backup, stoppable, write_backup
from quiethire.storage.backup.members import drafted, opened
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.pages import open_archive


async def test_rows_written_meanwhile_are_whole_or_not_in_it(living, tmp_path):
    def tell(part, done):
        if part == "companies":
            with psycopg.connect(living.postgres_dsn) as connection:
                connection.execute("INSERT INTO dork_results (query, url) VALUES (%s, 'x')", (str(uuid.uuid4()),))

    asked = BackupInput(target=str(tmp_path / "one.backup"))
    report = await stoppable(lambda told: write_backup(living, asked, told), tell)
    assert report.rows["dork_results"] == 0
    assert len(rows_of(living.postgres_dsn)["dork_results"]) > 0


async def test_what_happens_to_postings_meanwhile_is_told_once(living, target, tmp_path):
    """A row of the backup has its events, and an event without its row is told by the next crawl."""
    kept = [posting(0), posting(1)]

    def crawl(settings, known, seen, hours):
        async def saved():
            with closing(open_clickhouse(None, settings.data_path / "clickhouse")) as engine:
                store = ClickHousePostings(engine)
                await store.migrate()
                told = observe(await store.known([each.id for each in known]), seen, NOW + timedelta(hours=hours))
                await store.save(told.rows, told.events)
                return {each.external_id: [event.kind.value for event in await store.history(each.id)] for each in seen}

        return asyncio.run(saved())

    changed = [each.model_copy(update={"title": "Director"}) for each in kept]
    opened = [posting(2), posting(3)]
    moments = {("jobs", 0): (changed[0], opened[0]), ("job_events", 0): (changed[1], opened[1])}

    def tell(part, done):
        if now := moments.get((part, done)):
            crawl(living, now, now, 1)

    await asyncio.to_thread(crawl, living, kept, kept, 0)
    report = await stoppable(
        lambda told: write_backup(living, BackupInput(target=str(tmp_path / "one.backup")), told), tell
    )
    await restored(target, report.file)
    seen = [*changed, *opened]
    told = await asyncio.to_thread(crawl, target, seen, seen, 2)
    assert told == {"0": ["opened", "changed"], "1": ["opened", "changed"], "2": ["opened"], "3": ["opened"]}


async def test_a_second_backup_into_the_directory_waits_for_the_first(living, tmp_path):
    second = []

    def tell(part, done):
        if part == "jobs" and not second:
            try:
                write_backup(living, BackupInput(target=str(tmp_path)), lambda *_: None)
            except InvalidInput as refused:
                second.append(refused.kind)

    report = await stoppable(lambda told: write_backup(living, BackupInput(target=str(tmp_path)), told), tell)
    assert second == ["backup_under_way"]
    with open_backup(Path(report.file), Path(report.keys)) as files:
        files.check(postgres.MasterKeys(MASTER))


async def test_newer_keys_are_not_replaced_by_older_ones(living, tmp_path):
    report = await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    with opened(Path(report.keys)) as file:
        manifest = file.manifest
    with drafted(Path(report.keys)) as file:
        file.manifest(manifest.model_copy(update={"made_at": manifest.made_at + timedelta(days=1)}))
    before = (tmp_path / KEYS).read_bytes()
    with pytest.raises(InvalidInput) as refused:
        await written(living, BackupInput(target=str(tmp_path / "two.backup")))
    assert refused.value.kind == "newer_keys"
    assert ((tmp_path / KEYS).read_bytes(), (tmp_path / "two.backup").exists()) == (before, False)


async def test_keys_of_people_who_are_lost_and_not_erased_are_not_replaced(living, tmp_path):
    """As where an older backup was restored by mistake, and the night's backup would erase from all others who came since."""
    await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    before = (tmp_path / KEYS).read_bytes()
    with psycopg.connect(living.postgres_dsn) as connection:
        connection.execute("DELETE FROM person_keys WHERE person = ANY(%s)", ([person(1).id, person(2).id],))
    with pytest.raises(InvalidInput, match="keys of 2 people who are not here") as refused:
        await written(living, BackupInput(target=str(tmp_path / "two.backup")))
    assert refused.value.kind == "people_lost"
    assert ((tmp_path / KEYS).read_bytes(), (tmp_path / "two.backup").exists()) == (before, False)
    (tmp_path / "elsewhere").mkdir()
    await written(living, BackupInput(target=str(tmp_path / "elsewhere")))


async def test_damaged_keys_stop_the_next_backup_which_says_what_to_do(living, tmp_path):
    (tmp_path / KEYS).write_bytes(b"no keys")
    with pytest.raises(InvalidInput) as refused:
        await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    assert (refused.value.kind, "move it away" in refused.value.hint) == ("damaged_keys", True)


async def test_what_a_killed_backup_left_is_removed_by_the_next(living, tmp_path):
    for name in (".quiethire-20260101T000000Z.backup.part", f".{KEYS}.part", ".mine.part"):
        (tmp_path / name).touch()
    await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    assert [path.name for path in tmp_path.glob(".*.part")] == [".mine.part"]


async def test_a_page_that_is_dropped_meanwhile_is_not_needed(living, tmp_path):
    async with postgres.open_pool(living.postgres_dsn) as pool:
        archive = open_archive(living, postgres.PostgresPages(pool))
        for body in (b"one", b"two"):
            await archive.put(body)
    dropped = []

    def tell(part, done):
        if part == "pages" and not dropped:
            dropped.extend((living.data_path / "pages").rglob("*.zst"))
            dropped[0].unlink()

    asked = BackupInput(target=str(tmp_path / "one.backup"), pages=True)
    assert (await stoppable(lambda told: write_backup(living, asked, told), tell)).pages == 1


async def test_a_backup_that_fails_leaves_the_one_before_and_nothing_else(living, tmp_path):
    def tell(part, done):
        if part == "jobs":
            raise InterruptedError

    (tmp_path / "b").mkdir()
    await written(living, BackupInput(target=str(tmp_path / "b")))
    before = {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    with pytest.raises(InvalidInput):
        await stoppable(lambda told: write_backup(living, BackupInput(target=str(tmp_path / "b")), told), tell)
    assert {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()} == before


async def test_a_directory_that_is_not_there_yet_is_made_and_no_file_is_taken_for_one(living, tmp_path):
    report = await written(living, BackupInput(target=str(tmp_path / "backups")))
    assert (Path(report.file).parent, Path(report.keys)) == (tmp_path / "backups", tmp_path / "backups" / KEYS)
    assert (tmp_path / "backups").stat().st_mode & 0o077 == 0
    for target in (tmp_path / "no" / "backups", tmp_path / "no" / "one.backup", Path(report.keys)):
        with pytest.raises(InvalidInput) as refused:
            await written(living, BackupInput(target=str(target)))
        assert refused.value.kind == "no_directory"


async def test_only_the_newest_are_kept_where_so_many_are_asked_for(living, tmp_path):
    for day in (1, 2):
        (tmp_path / f"quiethire-2026010{day}T000000Z.backup").touch()
    (tmp_path / "notes.txt").touch()
    report = await written(living, BackupInput(target=str(tmp_path), keep=2))
    assert [Path(file).name for file in report.removed] == ["quiethire-20260101T000000Z.backup"]
    names = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert names == {Path(report.file).name, "quiethire-20260102T000000Z.backup", KEYS, "notes.txt", ".backups.lock"}
