"""The same job in several places, as the API and the page tell it."""

from datetime import timedelta

from quiethire.domain.cluster import COPY_RANK, Placement
from quiethire.domain.lifecycle import close, withdraw
from quiethire.domain.search import SearchDocument

HTML = {"Accept": "text/html"}


async def gathered(clients, *postings, copies=()):
    """Put these postings into one cluster, around the first."""
    cluster = postings[0].id
    ranks = {posting.id: COPY_RANK if posting in copies else 0 for posting in postings}
    await clients.clusters.place({job: Placement(cluster=cluster, rank=rank) for job, rank in ranks.items()})


async def test_a_posting_tells_where_else_its_job_is_listed(clients, gateway, crawl, posting):
    ours, theirs = posting(1), posting(2, board_key="lever/northwind", ats="lever")
    copy = posting(3, company_name="Zenit Staffing", board_key=None)
    await crawl(clients, ours, theirs, copy)
    await gathered(clients, ours, theirs, copy, copies=(copy,))
    async with gateway(clients) as client:
        job = (await client.get(f"/api/v1/jobs/{theirs.id}")).json()
        copied = (await client.get(f"/api/v1/jobs/{copy.id}")).json()
        page = (await client.get(f"/jobs/{copy.id}", headers=HTML)).text
    elsewhere = {other["id"]: other for other in job["listed_elsewhere"]}
    assert set(elsewhere) == {str(ours.id), str(copy.id)}
    assert elsewhere[str(copy.id)]["agency_copy"] is True
    assert elsewhere[str(ours.id)] == {
        "id": str(ours.id),
        "url": ours.url,
        "company_name": "Northwind",
        "ats": "greenhouse",
        "board_key": "greenhouse/northwind",
        "status": "open",
        "agency_copy": False,
        "first_seen_at": "2026-11-01T09:30:00Z",
        "closed_at": None,
    }
    leader = min(str(ours.id), str(theirs.id))
    assert (job["shown_as"], copied["shown_as"]) == (leader, leader)
    assert (job["agency_copy"], copied["agency_copy"]) == (False, True)
    assert "The same job elsewhere" in page
    assert "The original is another company" in page
    assert f'href="/jobs/{ours.id}"' in page


async def test_a_posting_that_is_alone_is_listed_nowhere_else(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        job = (await client.get(f"/api/v1/jobs/{posting(1).id}")).json()
        page = (await client.get(f"/jobs/{posting(1).id}", headers=HTML)).text
    assert (job["shown_as"], job["listed_elsewhere"]) == (str(posting(1).id), [])
    assert (job["agency_copy"], job["reposts"]) == (False, 0)
    assert "The same job elsewhere" not in page


async def test_reposts_under_another_id_and_under_the_same_are_counted(clients, gateway, crawl, posting):
    first, second = posting(1), posting(2)
    day = timedelta(days=1)
    await crawl(clients, first)
    known = await clients.postings.known([first.id])
    began = known[first.id].first_seen_at
    rows, events = close(known.values(), began + day)
    await clients.postings.save(rows, events)
    await crawl(clients, second, at=began + 2 * day)
    rows, events = close((await clients.postings.known([second.id])).values(), began + 3 * day)
    await clients.postings.save(rows, events)
    await crawl(clients, second, at=began + 4 * day)
    await gathered(clients, first, second)
    async with gateway(clients) as client:
        job = (await client.get(f"/api/v1/jobs/{second.id}")).json()
        page = (await client.get(f"/jobs/{second.id}", headers=HTML)).text
    assert job["reposts"] == 2
    assert [other["status"] for other in job["listed_elsewhere"]] == ["closed"]
    assert "2 times" in page


async def test_jobs_and_postings_are_counted_apart(clients, gateway, crawl, posting):
    given = [posting(number) for number in range(4)]
    await crawl(clients, *given)
    await gathered(clients, *given[:3])
    async with gateway(clients) as client:
        stats = (await client.get("/api/v1/stats")).json()
    assert (stats["postings"]["open"], stats["jobs"]) == (4, 2)


async def test_a_hit_says_in_how_many_places_its_job_is_open(any_clients, gateway, crawl, posting):
    await crawl(any_clients, posting(1), indexed=False)
    [row] = (await any_clients.postings.known([posting(1).id])).values()
    await any_clients.index.upsert([SearchDocument.of(row, 3)])
    async with gateway(any_clients) as client:
        found = (await client.get("/api/v1/search")).json()
    assert [hit["listings"] for hit in found["hits"]] == [3]


async def test_what_was_withdrawn_is_nowhere_listed(clients, gateway, crawl, posting):
    first, second = posting(1), posting(2)
    await crawl(clients, first, second)
    known = await clients.postings.known([first.id])
    ended = known[first.id].first_seen_at + timedelta(days=1)
    await clients.postings.save(*withdraw(known.values(), ended))
    await gathered(clients, first, second)
    async with gateway(clients) as client:
        job = (await client.get(f"/api/v1/jobs/{second.id}")).json()
    assert (job["listed_elsewhere"], job["reposts"]) == ([], 0)


async def test_a_wrong_withdrawal_that_was_put_right_is_told_so(clients, gateway, crawl, posting):
    job = posting(1)
    await crawl(clients, job)
    known = await clients.postings.known([job.id])
    began = known[job.id].first_seen_at
    await clients.postings.save(*withdraw(known.values(), began + timedelta(days=1)))
    await crawl(clients, job, at=began + timedelta(days=2))
    async with gateway(clients) as client:
        told = (await client.get(f"/api/v1/jobs/{job.id}")).json()
        page = (await client.get(f"/jobs/{job.id}", headers=HTML)).text
    assert [event["kind"] for event in told["history"]] == ["opened", "withdrawn", "corrected"]
    assert (told["status"], told["reposts"], told["life"]["reopened"]) == ("open", 0, 0)
    assert "We took it for no posting by mistake" in page
