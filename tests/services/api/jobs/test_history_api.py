"""A posting's life and a company's hiring, as the gateway tells them."""

from datetime import UTC, datetime, timedelta

import pytest

from quiethire.domain.company import Company, company_id
from quiethire.domain.lifecycle import close, correct, observe, withdraw
from quiethire.domain.posting import Period, Salary
from services.api.jobs.postings import Life, Status
from services.api.pages.life_words import life_words

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def pay(low, high, period=Period.YEAR, currency="EUR"):
    return Salary(min=low, max=high, currency=currency, period=period)


async def end(clients, posting, at, by=close):
    await clients.postings.save(*by((await clients.postings.known({posting.id})).values(), at))


async def life(clients, gateway, posting):
    async with gateway(clients) as client:
        job = (await client.get(f"/api/v1/jobs/{posting.id}")).json()
    return job["life"], life_words(Life.model_validate(job["life"]), Status(job["status"]))


async def test_a_posting_tells_its_life(clients, gateway, crawl, posting):
    first = posting(1, posted_at=None, salary=pay(70_000, 90_000))
    await crawl(clients, first, at=NOW - 31.5 * DAY)
    raised = NOW - 8 * DAY
    await crawl(clients, posting(1, posted_at=None, salary=pay(75_000, 95_000)), at=raised)
    told, words = await life(clients, gateway, first)
    assert (told["open_days"], told["days_to_close"], told["since_posted"]) == (31, None, False)
    [change] = told["salary_changes"]
    assert (change["old"]["yearly_max"], change["new"]["yearly_max"]) == (90_000, 95_000)
    assert words == f"open 31 days · salary raised €70–90k → €75–95k on {raised.day} {raised:%b %Y}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((pay(70_000, 90_000), pay(70_000, 80_000)), "salary lowered €70–90k → €70–80k"),
        ((pay(70_000, 90_000), pay(60_000, 95_000)), "salary changed €70–90k → €60–95k"),
        ((pay(70_000, 90_000), pay(70_000, 95_000, currency="USD")), "salary changed €70–90k → $70–95k"),
        ((pay(60_000, None), pay(6_000, None, Period.MONTH)), "salary raised from €60k a year → from €6,000 a month"),
        ((None, pay(70_000, 90_000)), "salary €70–90k a year stated since"),
        ((pay(70_000, 90_000), None), "salary no longer stated since"),
    ],
)
def test_a_change_of_pay_has_a_direction(posting, change, words):
    before, after = (posting(1, salary=salary) for salary in change)
    [row] = observe({}, [before], NOW - 3 * DAY).rows
    changed = observe({before.id: row}, [after], NOW - DAY)
    assert words in life_words(Life.of(changed.rows[0], changed.events, NOW), Status.OPEN)


async def test_a_better_reading_of_pay_is_no_raise_but_stands_in_the_history(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, salary=pay(75, 95)), at=NOW - 3 * DAY)
    [row] = (await clients.postings.known({posting(1).id})).values()
    corrected, events = correct(row, posting(1, salary=pay(75_000, 95_000), parser_version=1), NOW)
    await clients.postings.save([corrected], events)
    told, words = await life(clients, gateway, posting(1))
    assert (told["salary_changes"], told["corrections"]) == ([], 1)
    assert "salary" not in words
    async with gateway(clients) as client:
        job = (await client.get(f"/api/v1/jobs/{posting(1).id}")).json()
        page = (await client.get(f"/jobs/{posting(1).id}")).text
    assert [event["kind"] for event in job["history"]] == ["opened", "corrected"]
    assert "We read it better: pay: €75–95 a year → €75–95k a year" in page
    assert "salary raised" not in page


async def test_the_page_of_a_posting_that_was_taken_back_says_so(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), at=NOW - 3 * DAY)
    await end(clients, posting(1), NOW - DAY, withdraw)
    assert "taken back" in (await life(clients, gateway, posting(1)))[1]
    async with gateway(clients) as client:
        answer = await client.get(f"/jobs/{posting(1).id}")
    assert answer.status_code == 200
    assert "We no longer take it for a posting" in answer.text


async def test_a_reopened_posting_says_how_often(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, posted_at=None), at=NOW - 9.5 * DAY)
    for days in (8, 6):
        await end(clients, posting(1), NOW - days * DAY)
        await crawl(clients, posting(1, posted_at=None), at=NOW - (days - 1) * DAY)
    assert (await life(clients, gateway, posting(1)))[1] == "open 7 days · reopened twice"
    await end(clients, posting(1), NOW)
    assert (await life(clients, gateway, posting(1)))[1] == "closed after 7 days · reopened twice"


async def hiring(clients, gateway, company):
    async with gateway(clients) as client:
        return await client.get(f"/api/v1/companies/{company}/hiring")


@pytest.mark.parametrize("company", ["northwind.example", "NORTHWIND.example", "Northwind", "northwind"])
async def test_a_company_tells_how_it_hires(clients, gateway, crawl, posting, company):
    await crawl(clients, *(posting(number, posted_at=None) for number in (1, 2)), at=NOW - 9.5 * DAY)
    await crawl(
        clients, posting(3, posted_at=None, salary=None), posting(4, company_name="Globex", company_domain=None)
    )
    await end(clients, posting(1), NOW)
    told = (await hiring(clients, gateway, company)).json()
    assert (told["company"], told["open"], told["with_pay"]) == ("Northwind", 2, 0.5)
    assert len(told["weeks"]) == 26
    assert [sum(week[event] for week in told["weeks"]) for event in ("opened", "closed")] == [3, 1]
    assert told["days_to_close"]["closed"] == 1
    assert told["days_to_close"]["still_open"] == 2


async def test_a_domain_finds_the_postings_that_bear_only_its_name(clients, gateway, crawl, posting):
    await clients.companies.add([Company(id=company_id("globex.example"), domain="globex.example", name="Globex")])
    await crawl(clients, posting(1, company_name="Globex", company_domain=None))
    assert (await hiring(clients, gateway, "globex.example")).json()["open"] == 1


@pytest.mark.parametrize("company", ["nobody.example", "No/Body", "%20", "'%3B--"])
async def test_an_unknown_company_is_a_problem(clients, gateway, company):
    answer = await hiring(clients, gateway, company)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("/not-found")


async def test_a_name_with_a_slash_is_found(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, company_name="A/B Testing", company_domain=None))
    assert (await hiring(clients, gateway, "a%2Fb%20testing")).json()["company"] == "A/B Testing"


async def test_both_are_described_with_examples(clients, gateway):
    async with gateway(clients) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    answer = document["paths"]["/api/v1/companies/{company}/hiring"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["example"]["days_to_close"]["median"] == 31
    example = Life.model_validate(document["components"]["schemas"]["Life"]["example"])
    assert life_words(example, Status.CLOSED).startswith("closed after 31 days · salary raised €70–90k → €75–95k")
