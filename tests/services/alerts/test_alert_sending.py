"""What an alert found on its way to mailbox and webhook: tried again, held up by nobody, over at once when nobody wants it."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from alert_house import job
from temporalio.testing import ActivityEnvironment

from activities.alerting import TRIED_AT_ONCE
from quiethire.domain.access import ApiKey, Scope
from quiethire.domain.alerts import AlertStatus, Channel
from quiethire.domain.errors import Transient
from services.alerts.webhook import new_secret

PROCESS = Path(__file__).with_name("sending_process.py")


async def test_a_webhook_is_retried_with_growing_waits_and_switched_off_after_days(house, receiver) -> None:
    search = await house.save(
        channel=Channel.WEBHOOK, address="https://hooks.example/", secret=new_secret(), token=None
    )
    await house.crawl(job(1))
    receiver.statuses += [500] * 9
    waits = []
    for _ in range(4):
        before = datetime.now(UTC)
        waits.append(round(((await house.send()).next_at - before).total_seconds() / 60))
        await house.wait_no_more()
    assert waits == [1, 2, 4, 8]
    assert len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 1
    async with house.pool.connection() as connection:
        await connection.execute("UPDATE saved_searches SET failing_since = now() - interval '6 days'")
    await house.send()
    known = await house.clients.alerts.get(search.id)
    assert (known.status, known.failure) == (AlertStatus.DISABLED, "hooks.example: answered 500")
    await house.wait_no_more()
    await house.send()
    assert len(receiver.requests) == 5


async def test_a_webhook_that_recovers_gets_what_it_missed_once(house, receiver) -> None:
    await house.save(channel=Channel.WEBHOOK, address="https://hooks.example/", secret=new_secret(), token=None)
    await house.crawl(job(1))
    receiver.statuses += [503, 200]
    await house.send()
    await house.wait_no_more()
    assert (await house.send()).sent == 1
    await house.wait_no_more()
    assert (await house.send()).sent == 0
    (_, first, body), (_, second, again) = receiver.requests
    assert (first["webhook-id"], body) == (second["webhook-id"], again)


async def test_mail_goes_out_while_webhooks_hang(house, mailbox, monkeypatch) -> None:
    for number in range(TRIED_AT_ONCE):
        address = f"https://hooks.example/{number}"
        await house.save(channel=Channel.WEBHOOK, address=address, secret=new_secret(), token=None)
    await house.crawl(job(1))
    await house.alert._find()
    await house.clients.alerts.batch(datetime.now(UTC), 100)  # due before the mail
    await house.save()
    await house.crawl(job(2, text="search " * 60))
    await house.alert._find()
    mailed, deliver = asyncio.Event(), house.clients.mailer.deliver

    async def telling(delivery):
        await deliver(delivery)
        mailed.set()

    async def hanging(delivery):
        await asyncio.wait_for(mailed.wait(), 5)

    monkeypatch.setattr(house.clients.mailer, "deliver", telling)
    monkeypatch.setattr(house.clients.webhooks, "deliver", hanging)
    assert (await house.send()).failed == 0
    assert len(mailbox.mails) == 1


async def test_new_postings_are_looked_at_though_sending_comes_to_no_end(house, receiver, monkeypatch) -> None:
    await house.save(channel=Channel.WEBHOOK, address="https://hooks.example/", secret=new_secret(), token=None)
    await house.crawl(job(1))
    await house.alert._find()
    await house.crawl(job(2, title="Data Engineer, Search", text="search " * 60))
    monkeypatch.setattr("activities.alerting.FIRST_WAIT", timedelta(0))
    monkeypatch.setattr("activities.alerting.SENDING", timedelta(0))
    receiver.statuses += [500] * 5
    result = await house.send()
    assert (result.failed, result.claimed) == (2, 1)
    assert result.next_at <= datetime.now(UTC), "the workflow comes back for the rest"


async def test_who_deletes_an_alert_while_others_are_sent_hears_nothing_more(house, mailbox, monkeypatch) -> None:
    searches = [await house.save(), await house.save(address="bob@example.com")]
    await house.crawl(job(1))
    deliver = house.clients.mailer.deliver

    async def deleting(delivery):
        await deliver(delivery)
        for search in searches:
            await house.clients.alerts.delete(search.id)

    monkeypatch.setattr("activities.alerting.TRIED_AT_ONCE", 1)
    monkeypatch.setattr(house.clients.mailer, "deliver", deleting)
    await house.send()
    assert len(mailbox.mails) == 1


async def test_alerts_of_a_revoked_or_expired_key_end_with_it(house, mailbox) -> None:
    now = datetime.now(UTC)
    for prefix, expires_at in (("good0000", None), ("revoked0", None), ("expired0", now)):
        scopes = (Scope.ALERTS,)
        key = ApiKey(prefix=prefix, name=prefix, scopes=scopes, created_at=now, expires_at=expires_at)
        await house.clients.keys.add(key, prefix.encode())
        await house.save(owner=key.who, address=f"{prefix}@example.com")
    await house.clients.keys.revoke("revoked0", now)
    await house.crawl(job(1))
    await house.send()
    assert mailbox.recipients == ["good0000@example.com"]


async def test_a_mailbox_that_refuses_for_good_is_not_written_to_again_for_it(house, mailbox) -> None:
    await house.save()
    await house.crawl(job(1))
    mailbox.answers.append("550 no such user")
    assert (await house.send()).failed == 1
    await house.wait_no_more()
    assert (await house.send()).sent == 0
    assert mailbox.mails == []


async def test_what_arrived_while_the_database_restarts_is_not_sent_again(house, mailbox, monkeypatch) -> None:
    await house.save()
    await house.crawl(job(1))
    monkeypatch.setattr("activities.alerting.WRITTEN_AGAIN", timedelta(seconds=0.01))
    delivered, restarting = house.clients.alerts.delivered, [Transient("terminating connection")] * 3

    async def refusing(delivery, now):
        if restarting:
            raise restarting.pop()
        await delivered(delivery, now)

    monkeypatch.setattr(house.clients.alerts, "delivered", refusing)
    assert (await house.send()).sent == 1
    await house.wait_no_more()
    assert (await house.send()).sent == 0
    assert len(mailbox.mails) == 1


async def test_what_arrives_while_a_run_is_cancelled_is_not_sent_again(house, mailbox, monkeypatch) -> None:
    for name in ("ann", "bob"):
        await house.save(address=f"{name}@example.com")
    await house.crawl(job(1))
    environment, delivered, written = ActivityEnvironment(), house.clients.alerts.delivered, []

    async def hesitating(delivery, now):
        environment.cancel()
        await asyncio.sleep(0.1)
        await delivered(delivery, now)
        written.append(delivery.id)

    monkeypatch.setattr("activities.alerting.TRIED_AT_ONCE", 1)
    monkeypatch.setattr(house.clients.alerts, "delivered", hesitating)
    with pytest.raises(asyncio.CancelledError):
        await environment.run(house.alert.send_alerts)
    assert len(written) == 1, "before the run ends, for its process ends then too"
    assert len(mailbox.mails) == 1, "what waited for its turn is left to the next run"
    monkeypatch.setattr(house.clients.alerts, "delivered", delivered)
    await house.wait_no_more()
    assert (await house.send()).sent == 1
    assert sorted(mailbox.recipients) == ["ann@example.com", "bob@example.com"]


async def test_a_worker_that_is_to_stop_begins_to_send_nothing_more(house, mailbox, monkeypatch) -> None:
    for number in range(3):
        await house.save(address=f"{number}@example.com")
    await house.crawl(job(1))
    environment, deliver = ActivityEnvironment(), house.clients.mailer.deliver

    async def stopping(delivery):
        environment.worker_shutdown()
        await deliver(delivery)

    monkeypatch.setattr("activities.alerting.TRIED_AT_ONCE", 1)
    monkeypatch.setattr("activities.alerting.TAKEN", {Channel.EMAIL: 2})
    monkeypatch.setattr(house.clients.mailer, "deliver", stopping)
    assert (await environment.run(house.alert.send_alerts)).sent == 1
    assert len(mailbox.mails) == 1
    assert (await house.send()).sent == 1, "the one that was not taken goes out at once, elsewhere"
    await house.wait_no_more()
    assert (await house.send()).sent == 1


async def test_after_kill_9_amid_a_delivery_the_receiver_can_tell_the_repeat(house, postgres_dsn, receiver) -> None:
    await house.save(channel=Channel.WEBHOOK, address="https://hooks.example/", secret=new_secret(), token=None)
    await house.crawl(job(1))
    until = asyncio.Event()
    asked = asyncio.Event()
    serve = receiver.serve

    async def hanging(reader, writer):
        asked.set()
        await until.wait()
        await serve(reader, writer)

    server = await asyncio.start_server(hanging, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    # Found and claimed here, sent there.
    house.clients.webhooks, sender = SimpleNamespace(), house.clients.webhooks
    await house.alert._find()
    house.clients.webhooks = sender
    site = house.clients.settings.site
    settings = {"postgres_dsn": postgres_dsn, "public_url": site, "host_map": {"hooks.example": f"127.0.0.1:{port}"}}
    settings["person_key"] = house.clients.settings.person_key
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = (sys.executable, str(PROCESS), json.dumps(settings))
    killed = await asyncio.create_subprocess_exec(*command, env=env)
    await asyncio.wait_for(asked.wait(), 60)
    killed.kill()
    await killed.wait()
    until.set()
    assert (await house.send()).sent == 0, "the dead worker's claim is respected until it is over"
    await house.wait_no_more()
    assert (await house.send()).sent == 1
    await house.wait_no_more()
    assert (await house.send()).sent == 0
    server.close()
    assert len({(headers["webhook-id"], body) for _, headers, body in receiver.requests}) == 1
