"""Alerts in backups: where they go opens with keys that lie beside them, and one that ended does not come back."""

import threading
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alert_examples import NOW, saved
from backed_up import people_of, person, restored, rows_of, told_of, written

from quiethire.domain.alerts import Channel, SavedSearch, account_owner
from quiethire.domain.backup import BackupInput
from quiethire.settings import Settings
from quiethire.storage import erasures, postgres
from quiethire.storage.backup import open_backup
from quiethire.storage.erasures import RememberingAlerts
from quiethire.storage.pages import open_archive
from quiethire.storage.postgres.connection import rows

_IN_CLEAR = """
    WITH clear AS (
        UPDATE saved_searches SET person = NULL, sealed = NULL, address = 'https://hooks.example/', secret = %(secret)s WHERE id = %(id)s
    )
    DELETE FROM person_keys WHERE person = %(id)s
"""
ADDRESS, SECRET = "canary@lovelace.example", "whsec_Y2FuYXJ5"


@asynccontextmanager
async def alerts_of(settings: Settings):
    masters = postgres.MasterKeys(settings.person_key)
    async with postgres.open_pool(settings.postgres_dsn) as pool:
        yield RememberingAlerts(pool, masters, open_archive(settings, postgres.PostgresPages(pool)).store)


def hook(**changes: object) -> SavedSearch:
    return saved(channel=Channel.WEBHOOK, address="https://hooks.example/", secret=SECRET, **changes)


@pytest.fixture
async def saved_there(living):
    """An alert that ends, one that stays, and one of somebody's account."""
    searches = saved(address=ADDRESS, token="t" * 43), hook(), hook(owner=account_owner(person(1).id))
    async with alerts_of(living) as alerts:
        for search in searches:
            await alerts.save(search, search.token)
    return searches


async def test_a_backup_tells_where_no_alert_goes_and_they_come_back_with_their_keys(
    living, saved_there, target, tmp_path
):
    report = await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    with open_backup(Path(report.file), Path(report.keys)) as files:
        tables = files.tables("postgres").values()
        told = b"".join(b"".join(files.contents.content(table)) for table in tables)
    assert saved_there[0].id.bytes.hex().encode() in told.replace(b"-", b"")
    assert not any(text in told for text in (ADDRESS.encode(), SECRET.encode(), ADDRESS.encode().hex().encode()))
    await restored(target, report.file)
    async with alerts_of(target) as alerts:
        assert [await alerts.get(search.id) for search in saved_there] == list(saved_there)


async def test_an_alert_that_ended_after_the_backup_does_not_come_back(living, saved_there, target, tmp_path):
    ended, kept, theirs = saved_there
    before = await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    async with alerts_of(living) as alerts:
        await alerts.delete(ended.id)
    report = await restored(target, before.file, ledger=str(living.data_path / "pages"))
    assert report.erased == 0, "an alert is nobody"
    assert told_of(target.postgres_dsn, ended.id) == {"erased_people"}
    async with alerts_of(target) as alerts:
        assert await alerts.get(ended.id) is None
        assert [await alerts.get(each.id) for each in (kept, theirs)] == [kept, theirs]
    # And the new platform backs up into the same directory.
    await written(target, BackupInput(target=str(tmp_path / "two.backup")))


async def test_the_next_backup_takes_the_key_of_an_alert_that_ended_from_those_before_it(
    living, saved_there, target, tmp_path
):
    before = await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    async with alerts_of(living) as alerts:
        await alerts.delete_of(saved_there[0].owner)
    await written(living, BackupInput(target=str(tmp_path / "two.backup")))
    assert (await restored(target, before.file)).erased == 0
    async with alerts_of(target) as alerts:
        assert [await alerts.get(each.id) for each in saved_there] == [None, None, saved_there[2]]


async def test_alerts_of_an_account_go_with_its_person_in_a_restore_too(living, saved_there, target, tmp_path):
    before = await written(living, BackupInput(target=str(tmp_path / "one.backup")))
    async with people_of(living) as people:
        await people.erase(person(1).id)
    report = await restored(target, before.file, ledger=str(living.data_path / "pages"))
    assert report.erased == 1
    assert told_of(target.postgres_dsn, saved_there[2].id) == {"erased_people"}
    async with alerts_of(target) as alerts:
        assert [await alerts.get(each.id) for each in saved_there[:2]] == list(saved_there[:2])


async def test_who_unsubscribes_waits_for_no_ledger_that_cannot_be_written(living, saved_there, caplog):
    (living.data_path / "pages").mkdir(exist_ok=True)
    (living.data_path / "pages" / "erased").write_text("in the way")
    async with alerts_of(living) as alerts:
        await alerts.delete(saved_there[0].id)
        assert await alerts.get(saved_there[0].id) is None
    assert "may not be in the ledger" in caplog.text
    assert str(saved_there[0].id) not in "".join(rows_of(living.postgres_dsn)["person_keys"])


async def test_what_had_no_key_in_the_backup_does_not_come_back_either(living, target, tmp_path):
    """A feed, which never has one, and an alert that the release before had saved."""
    feed, former = saved(channel=Channel.FEED, address=None), hook()
    async with alerts_of(living) as alerts:
        await alerts.save(feed, "f" * 43)
        await alerts.save(former)
        await rows(alerts.pool, _IN_CLEAR, {"id": former.id, "secret": SECRET})
        before = await written(living, BackupInput(target=str(tmp_path / "one.backup")))
        await alerts.prune(NOW)
        for each in (feed, former, feed):
            await alerts.delete(each.id)
    assert (await restored(target, before.file, ledger=str(living.data_path / "pages"))).erased == 0
    async with alerts_of(target) as alerts:
        assert [await alerts.get(each.id) for each in (feed, former)] == [None, None]


async def test_a_slow_ledger_keeps_nobody_waiting_who_unsubscribes(living, saved_there, monkeypatch, caplog):
    release = threading.Event()
    monkeypatch.setattr(erasures, "LEDGER_PATIENCE", 0.1)
    monkeypatch.setattr(erasures, "remember", lambda *_: release.wait(60))
    async with alerts_of(living) as alerts:
        await alerts.delete(saved_there[0].id)
        assert not release.is_set()
        assert await alerts.get(saved_there[0].id) is None
        release.set()
    assert "may not be in the ledger" in caplog.text
