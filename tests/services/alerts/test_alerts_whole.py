"""Alerts from stored postings to mailbox, webhook and feed, over the real database, index, mail server and workflow server."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from alert_house import job
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker
from workflow_sandbox import sandbox

from activities.alerting import ALERTS
from activities.errors import ErrorInterceptor
from activities.storing import IndexInput
from quiethire.domain.alerts import AlertStatus, Channel, Frequency
from quiethire.domain.errors import Transient
from quiethire.domain.posting import Period, Salary, job_id
from quiethire.domain.search import SearchQuery
from quiethire.settings import TASK_QUEUE
from quiethire.storage.guarded_index import LOOKED_AT_EVERY
from quiethire.storage.typesense import TypesenseMatcher
from services.alerts.webhook import new_secret
from workflows.alerts import AlertWorkflow


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


async def test_a_change_of_what_was_there_before_anybody_saved_a_search_does_not_alert(house, mailbox) -> None:
    seen = datetime.now(UTC) - timedelta(minutes=20)
    await house.crawl(job(1), at=seen)
    await house.save()
    await house.crawl(job(1, salary=None), at=datetime.now(UTC))
    assert (await house.send()).postings == 1
    assert mailbox.mails == []


async def test_a_change_does_not_alert_when_the_first_note_is_forgotten(house, mailbox) -> None:
    await house.save(since=datetime.now(UTC) - timedelta(days=2))
    await house.crawl(job(1), at=datetime.now(UTC) - timedelta(days=2, minutes=20))
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


async def test_what_an_index_has_not_loaded_yet_is_not_taken_for_no_hit(house, mailbox) -> None:
    await house.save()
    await house.crawl(job(1), job(2, title="Data Engineer, Search", text="search " * 60))
    restarted = house.clients.index._index
    (lost,) = [hit.document for hit in (await restarted.search(SearchQuery(q="search"))).hits]
    await restarted.delete([job(2).id])
    with pytest.raises(Transient):
        await house.send()
    assert mailbox.mails == []
    await restarted.upsert([lost])
    await asyncio.sleep(LOOKED_AT_EVERY)
    await house.send()
    (mail,) = mailbox.mails
    assert str(job(2).id) in mail.get_body(("plain",)).get_content()


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
    path = f"/collections/{house.clients.index._index.alias}/documents/{job(1).id}"
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


async def test_what_many_searches_find_is_written_down_as_it_is_found(house, mailbox, monkeypatch) -> None:
    monkeypatch.setattr("activities.alerting.CLAIMED", 4)
    for number in range(6):
        await house.save(address=f"{number}@example.com")
    titles = ("Data Engineer", "Data Engineer, Search", "Data Engineer, Risk")
    await house.crawl(*(job(number, title=title, text=f"{title} " * 60) for number, title in enumerate(titles)))
    given, claim = [], house.clients.alerts.claim

    async def counting(claims, now):
        given.append(len(claims))
        return await claim(claims, now)

    monkeypatch.setattr(house.clients.alerts, "claim", counting)
    assert (await house.send()).claimed == 18
    assert max(given) <= 4 + len(titles) - 1, "the searches of a page are not gathered, however many they are"
    assert len(mailbox.mails) == 6


async def test_the_workflow_tells_what_a_crawl_announced(house, temporal_client, mailbox, monkeypatch) -> None:
    monkeypatch.setattr("workflows.alerts.GATHERED", timedelta(seconds=0.2))
    await house.save()
    house.temporal = temporal_client
    worker = Worker(
        temporal_client,
        task_queue=TASK_QUEUE,
        workflows=[AlertWorkflow],
        workflow_runner=sandbox("workflows.alerts"),
        activities=[house.alert.send_alerts],
        interceptors=[ErrorInterceptor()],
    )
    async with worker:
        await house.crawl(job(1))
        result = await temporal_client.get_workflow_handle(ALERTS).result()
    assert result["sent"] == 1
    assert [mail["Subject"] for mail in mailbox.mails] == ["Data Engineer at Northwind"]
