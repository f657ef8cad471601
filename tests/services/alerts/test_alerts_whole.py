"""Alerts from stored postings to mailbox, webhook and feed, over the real database, index, mail server and workflow server."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.alerting import ALERTS, TRIED_AT_ONCE, AlertActivities
from activities.batches import save_batches
from activities.errors import ErrorInterceptor
from activities.storing import IndexInput, StoreActivities, StoreInput
from quiethire.domain.access import ApiKey, Scope
from quiethire.domain.alerts import AlertStatus, Channel, Frequency
from quiethire.domain.errors import Transient
from quiethire.domain.posting import JobPosting, Location, Period, Salary, job_id
from quiethire.domain.search import SearchQuery
from quiethire.settings import TASK_QUEUE, Settings
from quiethire.storage.clickhouse.memory import MemoryPostings
from quiethire.storage.clickhouse.memory_clusters import MemoryClusters
from quiethire.storage.clickhouse.memory_embeddings import MemoryEmbeddings
from quiethire.storage.pages.memory import MemoryPageArchive
from quiethire.storage.postgres import PostgresAlerts, PostgresApiKeys, migrate, open_pool
from quiethire.storage.postgres.memory import MemoryBoards, MemoryCandidates
from quiethire.storage.postgres.memory_index_records import MemoryIndexRecords
from quiethire.storage.redis.memory import MemoryCache
from quiethire.storage.typesense import TypesenseIndex, TypesenseMatcher
from services.alerts.mail import Mailer
from services.alerts.message import Links
from services.alerts.webhook import WebhookPoster, new_secret
from services.crawler.delivery import open_poster
from worker import PASSED_THROUGH
from workflows.alerts import AlertWorkflow

PROCESS = Path(__file__).with_name("sending_process.py")
TEXT = " ".join(f"word{number}" for number in range(200))


def job(number, city="Berlin", title="Data Engineer", text=TEXT, **changes):
    identity = f"greenhouse/northwind/{number}"
    fields = {
        "id": job_id(identity),
        "identity": identity,
        "url": f"https://boards.greenhouse.io/northwind/jobs/{number}",
        "board_key": "greenhouse/northwind",
        "ats": "greenhouse",
        "external_id": str(number),
        "title": title,
        "company_name": "Northwind",
        "locations": (Location(name=city, city=city, country="DE"),),
        "description_text": text,
        "salary": Salary(min=75_000, max=95_000, currency="EUR", period=Period.YEAR),
        "quality_score": 90,
    }
    return JobPosting.model_validate(fields | changes)


class House:
    """The activities around one set of stores, and what is saved and sent in it."""

    def __init__(self, clients, pool, temporal, new_search):
        self.clients, self.pool, self.temporal, self.new_search = clients, pool, temporal, new_search
        self.store, self.alert = StoreActivities(clients), AlertActivities(clients)

    async def save(self, q="data engineer", **changes):
        now = datetime.now(UTC)
        fields = {"query": SearchQuery(q=q), "created_at": now, "since": now, "frequency": Frequency.INSTANT}
        token = uuid4().hex + uuid4().hex[:11]
        search = self.new_search(**fields | {"token": token} | changes).search.model_copy(update={"id": uuid4()})
        assert await self.clients.alerts.save(search, token)
        return search

    async def crawl(self, *postings, at=None, announced=True):
        """Store and index as a crawl does."""
        [batch] = await save_batches(self.clients.archive, postings, ())
        environment = ActivityEnvironment(client=self.temporal)
        found = StoreInput(batch=batch, at=at or datetime.now(UTC))
        stored = await environment.run(self.store.store_jobs_in_clickhouse, found)
        if announced:
            await environment.run(self.store.index_jobs_in_typesense, IndexInput(job_ids=stored.touched))
        return stored

    async def send(self):
        return await ActivityEnvironment().run(self.alert.send_alerts)

    async def wait_no_more(self):
        """Let every try be due now."""
        async with self.pool.connection() as connection:
            await connection.execute("UPDATE alert_deliveries SET next_at = now() WHERE state = 'waiting'")
            await connection.execute("UPDATE alerted SET due_at = now() WHERE delivery_id IS NULL")


class NoTemporal:
    """Notes that the workflow is asked for."""

    def __init__(self):
        self.started = []

    async def start_workflow(self, workflow, **options):
        self.started.append((workflow, options["id"]))


@pytest.fixture
async def house(stack, postgres_dsn, mailbox, receiver, delivery):
    await migrate(postgres_dsn)
    settings = Settings(
        public_url="https://jobs.example",
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        host_map={"hooks.example": f"127.0.0.1:{receiver.port}"},
    )
    links, alias = Links(settings.site), f"alerts{uuid4().hex[:8]}"
    async with (
        open_pool(postgres_dsn) as pool,
        open_poster(settings) as poster,
        TypesenseIndex(stack.typesense_url, stack.typesense_api_key, alias) as index,
        TypesenseMatcher(stack.typesense_url, stack.typesense_api_key, alias) as matcher,
    ):
        await index.ensure()
        postings = MemoryPostings()
        clients = SimpleNamespace(
            settings=settings,
            archive=MemoryPageArchive(),
            postings=postings,
            clusters=MemoryClusters(postings),
            embeddings=MemoryEmbeddings(postings),
            embedder=SimpleNamespace(model="none"),
            candidates=MemoryCandidates(),
            boards=MemoryBoards(),
            index_records=MemoryIndexRecords(),
            cache=MemoryCache(),
            index=index,
            matcher=matcher,
            alerts=PostgresAlerts(pool),
            keys=PostgresApiKeys(pool),
            mailer=Mailer(settings, links),
            webhooks=WebhookPoster(poster, links),
        )
        yield House(clients, pool, NoTemporal(), delivery)


async def test_a_new_posting_is_told_by_mail_and_webhook_once(house, mailbox, receiver) -> None:
    await house.save()
    await house.save(channel=Channel.WEBHOOK, address="https://hooks.example/", secret=new_secret(), token=None)
    await house.crawl(job(1), job(2, title="Nurse", text="care " * 50))
    assert set(house.temporal.started) == {("AlertWorkflow", ALERTS)}
    result = await house.send()
    assert (result.postings, result.claimed, result.sent) == (2, 2, 2)
    assert [mail["Subject"] for mail in mailbox.mails] == ["Data Engineer at Northwind"]
    ((_, _, body),) = receiver.requests
    assert [told["title"] for told in json.loads(body)["data"]["postings"]] == ["Data Engineer"]


async def test_nothing_is_told_twice_however_often_a_posting_is_indexed_and_searches_are_asked(house, mailbox) -> None:
    await house.save()
    seen = datetime.now(UTC)
    await house.crawl(job(1), at=seen)
    await house.send()
    for _ in range(2):
        await house.clients.alerts.note([job(1).id], datetime.now(UTC))
        await house.send()
    await house.crawl(job(1, title="Data Engineer (senior)"), at=seen + timedelta(minutes=5))
    await house.send()
    assert len(mailbox.mails) == 1


async def test_two_workers_that_ask_and_send_at_once_tell_each_posting_once(house, mailbox) -> None:
    await house.save()
    await house.save(q="engineer", address="bob@example.com")
    words = ("spark", "kafka", "flink", "airflow")
    await house.crawl(
        *(job(number, text=f"{word} " * 60, title=f"Data Engineer {word}") for number, word in enumerate(words))
    )
    results = await asyncio.gather(*(house.send() for _ in range(3)))
    assert sum(result.claimed for result in results) == 2 * len(words)
    text = "".join(mail.get_body(("plain",)).get_content() for mail in mailbox.mails)
    for number in range(len(words)):
        assert text.count(str(job(number).id)) == 2


async def test_a_job_in_thirty_cities_is_one_alert_also_when_cities_are_added_later(house, mailbox) -> None:
    await house.save()
    seen = datetime.now(UTC)
    await house.crawl(*(job(number, city=f"City {number}") for number in range(30)), at=seen)
    await house.send()
    await house.crawl(*(job(number, city=f"City {number}") for number in range(33)), at=seen + timedelta(minutes=5))
    await house.send()
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Data Engineer at Northwind"
    assert "and 27 more" in mail.get_body(("plain",)).get_content()


async def test_a_city_that_was_told_of_does_not_alert_after_a_month_and_a_new_one_does(house, mailbox) -> None:
    await house.save()
    seen = datetime.now(UTC)
    await house.crawl(*(job(number, city=f"City {number}") for number in range(4)), at=seen)
    await house.send()
    async with house.pool.connection() as connection:
        await connection.execute("UPDATE alerted SET at = at - interval '31 days'")
    raised = Salary(min=76_000, max=96_000, currency="EUR", period=Period.YEAR)
    for number in range(4):
        await house.crawl(job(number, city=f"City {number}", salary=raised), at=seen + timedelta(minutes=5 + number))
        assert (await house.send()).claimed == 0
    new = max(range(4, 20), key=lambda number: job(number).id)  # asked about behind those that were told
    again = [job(number, city=f"City {number}") for number in (*range(4), new)]
    await house.crawl(*again, at=seen + timedelta(minutes=15))
    assert (await house.send()).claimed == 1
    assert str(job(new).id) in mailbox.mails[1].get_body(("plain",)).get_content()


async def test_postings_from_before_the_search_was_saved_do_not_alert(house, mailbox) -> None:
    await house.save(q="nurse", address="other@example.com")
    seen = datetime.now(UTC)
    await house.crawl(job(1), at=seen)
    await house.send()
    await house.save()
    await house.crawl(job(1, title="Data Engineer II"), at=seen + timedelta(minutes=5))
    changes = {"identity": "lever/northwind/2", "board_key": "lever/northwind", "ats": "lever"}
    twin = job(2, title="Data Engineer II", id=job_id("lever/northwind/2"), **changes)
    await house.crawl(twin, at=seen + timedelta(minutes=6))
    assert len(await house.clients.clusters.mates([twin.id])) == 2, "the same job, on another board"
    await house.send()
    assert mailbox.mails == []


async def test_a_posting_of_a_crawl_that_was_under_way_when_the_search_was_saved_alerts(house, mailbox) -> None:
    began = datetime.now(UTC)
    await house.save()
    await house.crawl(job(1), at=began - timedelta(minutes=20))
    await house.send()
    assert len(mailbox.mails) == 1


async def test_while_the_index_does_not_have_a_posting_it_is_waited_for(house, mailbox) -> None:
    await house.save()
    stored = await house.crawl(job(1), announced=False)
    await house.clients.alerts.note(stored.touched, datetime.now(UTC))
    assert (await house.send()).postings == 0
    await ActivityEnvironment(client=house.temporal).run(
        house.store.index_jobs_in_typesense, IndexInput(job_ids=stored.touched)
    )
    assert (await house.send()).postings == 1
    assert len(mailbox.mails) == 1


async def test_while_the_index_is_away_nothing_is_skipped_and_what_was_found_goes_out(house, mailbox, stack) -> None:
    await house.save()
    await house.crawl(job(1))
    mailbox.answers.append("451 later")
    assert (await house.send()).failed == 1
    await house.crawl(job(2, title="Data Engineer, Search", text="search " * 60))
    await house.wait_no_more()
    async with TypesenseMatcher("http://127.0.0.1:1", "none") as away:
        there, house.alert._matcher = house.alert._matcher, away
        with pytest.raises(Transient):
            await house.send()
        house.alert._matcher = there
    assert [mail["Subject"] for mail in mailbox.mails] == ["Data Engineer at Northwind"]
    await house.send()
    assert mailbox.mails[1]["Subject"] == "Data Engineer, Search at Northwind"


async def test_a_daily_digest_waits_for_its_hour_and_holds_all_of_the_day(house, mailbox) -> None:
    await house.save(frequency=Frequency.DAILY)
    await house.crawl(job(1))
    first = await house.send()
    await house.crawl(job(2, title="Data Engineer, Search", text="search " * 60))
    await house.send()
    assert mailbox.mails == []
    assert first.next_at.hour == house.clients.settings.alert_digest_hour
    await house.wait_no_more()
    await house.send()
    (mail,) = mailbox.mails
    assert mail["Subject"].startswith("2 new jobs")


async def test_an_alert_finds_what_the_search_finds(house) -> None:
    searches = [
        *(SearchQuery(q=q) for q in ("", "data enginer", "northwind", '"data engineer"', "engineer -data", "nurse")),
        *(SearchQuery(country=country) for country in ("DE", "FR")),
    ]
    postings = (job(1), job(2, title="Nurse", text="care " * 60), job(3, title="Rust Developer", text="rust " * 60))
    await house.crawl(*postings, at=datetime.now(UTC))
    found = await house.clients.matcher.matches(searches, [posting.id for posting in postings])
    for search, hits in zip(searches, found, strict=True):
        result = await house.clients.index.search(search)
        assert hits == {posting.id for posting in postings if str(posting.id) in {h.document.id for h in result.hits}}


async def test_a_word_that_the_index_knows_is_not_taken_for_a_typo_of_another(house) -> None:
    await house.crawl(
        job(1, title="Trust Officer", text="trust " * 60), job(2, title="Rust Developer", text="rust " * 60)
    )
    (found,) = await house.clients.matcher.matches([SearchQuery(q="rust")], [job(1).id])
    assert found == set()


async def test_a_document_that_does_not_say_when_it_was_seen_is_found_by_its_id(house, stack) -> None:
    await house.crawl(job(1))
    matcher = house.clients.matcher
    path = f"/collections/{matcher._alias}/documents/{job(1).id}"
    assert (await matcher._http.patch(path, json={"seen_at": None})).is_success
    assert "seen_at" not in (await matcher._http.get(path)).json()
    assert await matcher.matches([SearchQuery(), SearchQuery(q="nurse")], [job(1).id]) == [{job(1).id}, set()]


async def test_a_search_that_the_index_refuses_is_switched_off_and_holds_nobody_up(house, mailbox, monkeypatch) -> None:
    broken, _ = await house.save(q="broken"), await house.save(address="bob@example.com")
    matches = house.clients.matcher.matches

    async def refusing(queries, among):
        found = await matches(queries, among)
        return ["no such field" if query.q == "broken" else hits for query, hits in zip(queries, found, strict=True)]

    monkeypatch.setattr(house.clients.matcher, "matches", refusing)
    await house.crawl(job(1))
    await house.send()
    assert mailbox.recipients == ["bob@example.com"]
    assert (await house.clients.alerts.get(broken.id)).status is AlertStatus.DISABLED


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
    assert (known.status, known.failure) == (AlertStatus.DISABLED, "https://hooks.example/: answered 500")
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


async def test_the_workflow_tells_what_a_crawl_announced(house, temporal_client, mailbox, monkeypatch) -> None:
    monkeypatch.setattr("workflows.alerts.GATHERED", timedelta(seconds=0.2))
    sandbox = SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, "workflows.alerts")
    )
    await house.save()
    house.temporal = temporal_client
    worker = Worker(
        temporal_client,
        task_queue=TASK_QUEUE,
        workflows=[AlertWorkflow],
        workflow_runner=sandbox,
        activities=[house.alert.send_alerts],
        interceptors=[ErrorInterceptor()],
    )
    async with worker:
        await house.crawl(job(1))
        result = await temporal_client.get_workflow_handle(ALERTS).result()
    assert result["sent"] == 1
    assert [mail["Subject"] for mail in mailbox.mails] == ["Data Engineer at Northwind"]
