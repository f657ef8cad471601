"""What a backup brings back, whom it does not, and what it refuses before anything is written."""

import uuid
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from backed_up import (
    MASTER,
    NOW,
    PEOPLE,
    POSTINGS,
    database,
    fill,
    is_untouched,
    lines_of,
    people_of,
    person,
    posting,
    refused,
    restored,
    rows_of,
    told_of,
    written,
)

from benchmarks.clickhouse_front import clickhouse_front, open_engine
from quiethire.domain.access import digest_of, personal_key
from quiethire.domain.backup import BackupInput
from quiethire.domain.board import Board
from quiethire.domain.errors import Gone, InvalidInput
from quiethire.settings import Settings
from quiethire.storage import postgres
from quiethire.storage.backup import KEYS, open_backup
from quiethire.storage.clickhouse import ClickHousePostings, open_clickhouse
from quiethire.storage.pages import open_archive


async def test_everything_comes_back_as_it_was(platform, backup, target):
    report = await restored(target, backup.file)
    was, now = rows_of(platform.postgres_dsn), rows_of(target.postgres_dsn)
    assert {table: rows for table, rows in now.items() if rows != was[table]}.keys() <= {
        "schema_migrations",
        "last_backup",
    }
    assert (len(was["last_backup"]), now["last_backup"]) == (1, []), (
        "it was taken there, and the restored one has none yet"
    )
    assert lines_of(target) == lines_of(platform)
    assert report.rows == backup.rows
    assert (report.rows["jobs"], report.rows["candidates"], report.erased) == (POSTINGS, PEOPLE, 0)


async def test_people_and_postings_are_read_as_before(platform, backup, target):
    await restored(target, backup.file)
    async with people_of(target) as people:
        assert await people.get(person(7).id) == person(7)
    with closing(open_clickhouse(None, target.data_path / "clickhouse")) as engine:
        stored = await ClickHousePostings(engine).get(posting(3).id)
    assert stored.posting.description_text == posting(3).description_text
    assert stored.posting == posting(3).model_copy(update={"description_html": stored.posting.description_html})


async def test_pages_come_back_where_they_came_along(backup, target):
    assert (await restored(target, backup.file)).pages == backup.pages == 1
    async with postgres.open_pool(target.postgres_dsn) as pool:
        archive = open_archive(target, postgres.PostgresPages(pool))
        (key,) = [path.stem for path in (target.data_path / "pages").rglob("*.zst")]
        assert await archive.get(key) == b"<html>a page</html>"


async def test_numbers_of_new_rows_go_on_behind_those_that_came_back(backup, target):
    await restored(target, backup.file)
    async with postgres.open_pool(target.postgres_dsn) as pool:
        await postgres.PostgresBoards(pool).add(Board(ats="lever", token="acme", url="https://y.example"))
    with psycopg.connect(target.postgres_dsn) as connection:
        assert connection.execute("SELECT id FROM boards ORDER BY id").fetchall() == [(1,), (2,)]


async def test_a_backup_holds_no_key_of_a_person_but_in_the_file_of_keys(platform, backup):
    with psycopg.connect(platform.postgres_dsn) as connection:
        keys = [bytes(key) for (key,) in connection.execute("SELECT wrapped FROM person_keys")]
    with open_backup(Path(backup.file), Path(backup.keys)) as files:
        contents = b"".join(b"".join(files.contents.content(table)) for table in files.tables("postgres").values())
        apart = b"".join(files.keys.content(files.key_table))
    told = [key.hex().encode() for key in keys]
    assert not any(key in contents for key in told)
    assert all(key in apart for key in told)
    assert {file.stat().st_mode & 0o777 for file in Path(backup.file).parent.iterdir()} == {0o600}


def spoilt(backup, folder, spoil):
    """A copy of the backup, with another content."""
    content = bytearray(Path(backup.file).read_bytes())
    (folder / "spoilt.backup").write_bytes(spoil(content))
    (folder / KEYS).write_bytes(Path(backup.keys).read_bytes())
    return folder / "spoilt.backup"


def flipped(content):
    content[len(content) // 3] ^= 1
    return content


@pytest.mark.parametrize("spoil", [flipped, lambda content: content[:-100], lambda _: b"no backup"])
async def test_a_damaged_backup_is_refused_before_anything_is_written(backup, target, tmp_path, spoil):
    assert await refused(target, spoilt(backup, tmp_path, spoil)) == "damaged_backup"
    assert is_untouched(target)


async def test_a_backup_without_its_keys_is_refused(backup, target, tmp_path):
    file = spoilt(backup, tmp_path, lambda content: content)
    (tmp_path / KEYS).unlink()
    assert await refused(target, file) == "no_backup"


async def test_keys_that_are_older_than_the_backup_are_refused(platform, backup, target, tmp_path):
    newer = await written(platform, BackupInput(target=str(tmp_path / "newer.backup")))
    assert await refused(target, newer.file, keys=backup.keys) == "wrong_keys"
    assert is_untouched(target)


async def test_keys_of_another_platform_are_refused_on_both_ways(living, backup, target, tmp_path):
    others = await written(living, BackupInput(target=str(tmp_path / "other.backup")))
    assert await refused(target, backup.file, keys=others.keys) == "wrong_keys"
    with pytest.raises(InvalidInput, match="another platform"):
        await written(living, BackupInput(target=str(Path(backup.file).parent)))


async def test_another_master_key_is_refused(backup, target):
    other = target.model_copy(update={"person_key": "quite-another-master-key-here"})
    with pytest.raises(InvalidInput, match="master key"):
        await restored(other, backup.file)
    assert is_untouched(target)


async def test_a_backup_of_a_newer_program_is_refused(backup, target, monkeypatch):
    from quiethire.storage.backup import reading

    older = reading.migrations()[:-1]
    monkeypatch.setattr(reading, "migrations", lambda: older)
    assert await refused(target, backup.file) == "unknown_migration"
    assert is_untouched(target)


async def test_what_is_there_goes_only_where_its_name_is_said(platform, backup, living):
    name = living.postgres_dsn.rpartition("/")[2]
    before = rows_of(living.postgres_dsn)
    assert await refused(living, backup.file) == "not_empty"
    assert await refused(living, backup.file, replace="quiethire") == "not_empty"
    assert rows_of(living.postgres_dsn) == before
    report = await restored(living, backup.file, replace=name)
    assert report.rows["candidates"] == PEOPLE
    assert rows_of(living.postgres_dsn)["candidates"] == rows_of(platform.postgres_dsn)["candidates"]


async def test_a_platform_that_was_only_started_counts_as_empty(backup, target):
    await postgres.migrate(target.postgres_dsn)
    assert (await restored(target, backup.file)).rows["candidates"] == PEOPLE


async def test_servers_are_backed_up_and_restored_alike(stack, tmp_path, target):
    """ClickHouse by HTTP, from one server to another database of it."""
    async with database(stack.postgres_dsn) as dsn:
        with open_engine(tmp_path / "server") as engine, clickhouse_front(engine) as address:
            asked = f"clickhouse://{address}/default?compress=False"
            server = Settings(data_dir=tmp_path / "s", postgres_dsn=dsn, clickhouse_dsn=asked, person_key=MASTER)
            await fill(server)
            lines = lines_of(server)
            report = await written(server, BackupInput(target=str(tmp_path / "server.backup")))
            engine.run("DROP DATABASE quiethire", b"", {})
            again = target.model_copy(update={"clickhouse_dsn": asked})
            assert (await restored(again, report.file)).rows["jobs"] == POSTINGS
            assert lines_of(again) == lines


async def test_a_ledger_in_which_nobody_is_will_do_but_not_one_of_another_platform(platform, living, target, tmp_path):
    before = await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    (tmp_path / "b").mkdir()
    await written(platform, BackupInput(target=str(tmp_path / "b")))
    assert await refused(target, before.file, ledger=str(platform.data_path / "pages")) == "no_ledger"
    assert (await restored(target, before.file, ledger=str(living.data_path / "pages"))).erased == 0


async def test_who_was_erased_after_the_backup_does_not_come_back(living, target, tmp_path):
    (tmp_path / "b").mkdir()
    before = await written(living, BackupInput(target=str(tmp_path / "b")))
    async with people_of(living) as people:
        await people.erase(person(1).id)
    # The database is lost; the object store beside it, with the ledger, is not.
    assert await refused(target, before.file, without_ledger=False) == "no_ledger"
    assert await refused(target, before.file, ledger=str(living.data_path / "nowhere")) == "no_ledger"
    assert is_untouched(target)
    report = await restored(target, before.file, ledger=str(living.data_path / "pages"))
    assert report.erased == 1
    assert told_of(target.postgres_dsn, person(1).id) == {"erased_people"}
    async with people_of(target) as people:
        assert await people.get(person(2).id) == person(2)
        with pytest.raises(Gone):
            await people.save(person(1))
    # The new platform has its own ledger now.
    name = target.postgres_dsn.rpartition("/")[2]
    assert (await restored(target, before.file, replace=name, without_ledger=False)).erased == 1


async def test_nobody_is_signed_in_after_a_restore_and_keys_that_open_again_are_counted(living, target, tmp_path):
    session, account = uuid.uuid4(), person(0).id
    key, secret = personal_key(account, name="candidate", now=NOW)
    async with postgres.open_pool(living.postgres_dsn) as pool:
        await postgres.PostgresApiKeys(pool).add(key, digest_of(secret))
    with psycopg.connect(living.postgres_dsn) as connection:
        connection.execute("INSERT INTO accounts VALUES (%s, 'person', 'print', 'sealed', now())", (account,))
        connection.execute(
            "INSERT INTO account_sessions VALUES (%s, %s, true, now(), now(), now())", (session, account)
        )
        connection.execute("INSERT INTO account_secrets VALUES ('digest', %s)", (session,))
        connection.execute("INSERT INTO account_links VALUES ('digest', 'sealed', now())")
    before = await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    report = await restored(target, before.file)
    now = rows_of(target.postgres_dsn)
    assert (now["account_sessions"], now["account_secrets"], now["account_links"]) == ([], [], [])
    assert (len(now["accounts"]), report.rows["account_sessions"], report.api_keys) == (1, 0, 1)


async def test_the_next_backup_takes_the_key_of_who_was_erased_from_those_before_it(living, target, tmp_path):
    (tmp_path / "b").mkdir()
    before = await written(living, BackupInput(target=str(tmp_path / "b" / "first.backup")))
    with psycopg.connect(living.postgres_dsn) as connection:
        ((key,),) = connection.execute("SELECT wrapped FROM person_keys WHERE person = %s", (person(1).id,)).fetchall()
    async with people_of(living) as people:
        await people.erase(person(1).id)
    await written(living, BackupInput(target=str(tmp_path / "b" / "second.backup")))
    with open_backup(Path(before.file), Path(before.keys)) as files:
        assert bytes(key).hex().encode() not in b"".join(files.keys.content(files.key_table))
    # Without any ledger: there is nothing any more that could open what the first backup holds of them.
    assert (await restored(target, before.file)).erased == 1
    assert told_of(target.postgres_dsn, person(1).id) == {"erased_people"}


async def test_the_ledger_names_nobody(living):
    async with people_of(living) as people:
        await people.erase(person(1).id)
    (name,) = [path.name for path in (living.data_path / "pages" / "erased").iterdir()]
    assert len(name) == 64
    assert person(1).id.hex not in name


async def test_nobody_is_erased_while_the_ledger_cannot_be_written(living):
    (living.data_path / "pages").mkdir(exist_ok=True)
    (living.data_path / "pages" / "erased").write_text("in the way")
    async with people_of(living) as people:
        with pytest.raises(Exception, match="archive"):
            await people.erase(person(1).id)
        assert await people.get(person(1).id) is not None
