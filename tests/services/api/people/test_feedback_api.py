"""What people say of their matches, and what that blocks."""

from uuid import uuid4

import pytest
from api_people import come, operated

from quiethire.domain.candidate import MAX_BLOCKED, Preferences


@pytest.fixture
def house(clients):
    return operated(clients)


async def test_feedback_is_kept_and_shows_in_the_feed_at_once(house, gateway, posting, crawl):
    job = posting(1)
    await crawl(house, job)
    async with gateway(house) as client:
        ada = await come(client)
        await house.cache.put_daily_matches(ada.id, {job.id: 80.0}, b"{}")
        answer = await ada.ask("PUT", f"/feedback/{job.id}", json={"verdict": "interested"})
        assert answer.json()["verdict"] == "interested"
        assert (await house.cache.feed(ada.id)).feed is None
        await ada.ask("PUT", f"/feedback/{job.id}", json={"verdict": "not_interested", "why": "place"})
        assert [one["why"] for one in (await ada.get("/feedback"))["feedback"]] == ["place"]
        strange = await ada.ask("PUT", f"/feedback/{uuid4()}", json={"verdict": "interested"})
        assert strange.status_code == 404
        assert (await ada.get())["preferences"]["blocked_companies"] == []


async def test_a_company_of_which_somebody_wants_nothing_is_blocked(house, gateway, posting, crawl):
    jobs = [posting(number) for number in (1, 2)]
    await crawl(house, *jobs)
    async with gateway(house) as client:
        ada = await come(client)
        for job in jobs:
            await ada.ask("PUT", f"/feedback/{job.id}", json={"verdict": "not_interested", "why": "company"})
        assert (await ada.get())["preferences"]["blocked_companies"] == ["northwind.example"]
    assert house.temporal.ids == [f"match/candidate/{ada.id}"] * 2


async def test_a_company_is_blocked_as_long_as_that_is_the_last_word(house, gateway, posting, crawl):
    job = posting(1)
    await crawl(house, job)
    async with gateway(house) as client:
        ada = await come(client)
        for word in ({"verdict": "interested"}, {"verdict": "not_interested", "why": "pay"}):
            await ada.ask("PUT", f"/feedback/{job.id}", json={"verdict": "not_interested", "why": "company"})
            assert (await ada.get())["preferences"]["blocked_companies"] == ["northwind.example"]
            await ada.ask("PUT", f"/feedback/{job.id}", json=word)
            assert (await ada.get())["preferences"]["blocked_companies"] == []


@pytest.mark.parametrize("name", ["", " ", "A company " * 30])
async def test_a_company_without_a_plain_name_leaves_a_profile_that_can_be_read(house, gateway, posting, crawl, name):
    job = posting(1, company_domain=None, company_name=name)
    await crawl(house, job)
    async with gateway(house) as client:
        ada = await come(client)
        answer = await ada.ask("PUT", f"/feedback/{job.id}", json={"verdict": "not_interested", "why": "company"})
        assert answer.status_code == 200, answer.text
        blocked = (await ada.get())["preferences"]["blocked_companies"]
    assert Preferences(blocked_companies=blocked).blocked_companies == tuple(blocked)
    assert len(blocked) == bool(name.strip())


async def test_feedback_is_taken_back_as_if_nothing_had_been_said(house, gateway, posting, crawl):
    job = posting(1)
    await crawl(house, job)
    async with gateway(house) as client:
        ada = await come(client)
        address = f"/feedback/{job.id}"
        await ada.ask("PATCH", "", json={"preferences": {"blocked_companies": ["other.example"]}})
        await ada.ask("PUT", address, json={"verdict": "not_interested", "why": "company"})
        for _ in range(2):
            assert (await ada.ask("DELETE", address)).status_code == 204
        assert (await ada.get("/feedback"))["feedback"] == []
        assert (await ada.get())["preferences"]["blocked_companies"] == ["other.example"]


async def test_a_company_that_was_blocked_by_hand_stays_so_when_feedback_is_taken_back(house, gateway, posting, crawl):
    await crawl(house, posting(1), posting(2))
    one, two = (f"/feedback/{posting(number).id}" for number in (1, 2))
    no_company, block = {"verdict": "not_interested", "why": "company"}, {"blocked_companies": ["northwind.example"]}
    async with gateway(house) as client:
        ada = await come(client)
        await ada.ask("PATCH", "", json={"preferences": block})
        for address in (one, two, one):
            assert (await ada.ask("PUT", address, json=no_company)).status_code == 200
        await ada.ask("DELETE", one)
        await ada.ask("PUT", two, json={"verdict": "interested"})
        assert (await ada.get())["preferences"]["blocked_companies"] == ["northwind.example"]


async def test_who_can_block_no_more_companies_has_said_nothing(house, gateway, posting, crawl):
    await crawl(house, posting(1))
    full = [f"{number}.example" for number in range(MAX_BLOCKED)]
    async with gateway(house) as client:
        ada = await come(client)
        await ada.ask("PATCH", "", json={"preferences": {"blocked_companies": full}})
        said = {"verdict": "not_interested", "why": "company"}
        assert (await ada.ask("PUT", f"/feedback/{posting(1).id}", json=said)).status_code == 400
        assert (await ada.get("/feedback"))["feedback"] == []


async def test_a_company_stays_blocked_while_the_same_is_said_of_another_of_its_postings(
    house, gateway, posting, crawl
):
    await crawl(house, posting(1), posting(2))
    one, two = (f"/feedback/{posting(number).id}" for number in (1, 2))
    async with gateway(house) as client:
        ada = await come(client)
        for address in (one, two):
            await ada.ask("PUT", address, json={"verdict": "not_interested", "why": "company"})
        await ada.ask("DELETE", one)
        assert (await ada.get())["preferences"]["blocked_companies"] == ["northwind.example"]
        await ada.ask("PUT", two, json={"verdict": "interested"})
        assert (await ada.get())["preferences"]["blocked_companies"] == []
