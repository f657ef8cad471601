"""GET /api/v1/companies and /api/v1/companies/{company}, and the page /companies."""

from datetime import UTC, datetime, timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from quiethire.domain.board import Board
from quiethire.domain.company import Company, company_id
from quiethire.domain.lifecycle import close
from services.api.routes import company_pages

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


async def test_companies_come_by_open_postings_and_are_leafed_through(clients, gateway, crawl, posting):
    await crawl(clients, *(posting(number) for number in (1, 2, 3)), posting(4, salary=None))
    await crawl(clients, *(posting(10 + n, company_name=f"Shop {n}", company_domain=None) for n in range(4)))
    told, cursor = [], None
    async with gateway(clients) as client:
        while True:
            params = {"per_page": 2} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/api/v1/companies", params=params)).json()
            told += page["companies"]
            if (cursor := page["next_cursor"]) is None:
                break
    assert told[0] == {"name": "Northwind", "domain": "northwind.example", "open": 4, "with_pay": 0.75}
    assert [company["name"] for company in told[1:]] == ["Shop 0", "Shop 1", "Shop 2", "Shop 3"]


@pytest.mark.parametrize(("q", "names"), [("NORTH", ["Northwind"]), ("wind.ex", ["Northwind"]), ("%", []), ("zzz", [])])
async def test_a_company_is_found_by_a_part_of_its_name(  # noqa: PLR0917 - fixtures
    clients, gateway, crawl, posting, q, names
):
    await crawl(clients, posting(1), posting(2, company_name="Globex", company_domain=None))
    async with gateway(clients) as client:
        page = (await client.get("/api/v1/companies", params={"q": q})).json()
    assert ([company["name"] for company in page["companies"]], page["next_cursor"]) == (names, None)


async def test_a_name_of_many_signs_has_a_cursor_that_goes_on(clients, gateway, crawl, posting):
    names = ["山" * 199 + str(number) for number in range(3)]
    await crawl(clients, *(posting(n, company_name=name, company_domain=None) for n, name in enumerate(names)))
    told, cursor = [], None
    async with gateway(clients) as client:
        for _ in names:
            params = {"per_page": 1} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/api/v1/companies", params=params)).json()
            told += [company["name"] for company in page["companies"]]
            cursor = page["next_cursor"]
    assert (told, cursor) == (names, None)


@pytest.mark.parametrize(
    "params", ["per_page=101", "cursor=x", "cursor=eyJvcGVuIjotMSwia2V5IjoiYSJ9", "q=" + "x" * 201]
)
async def test_a_wrong_parameter_is_named(clients, gateway, params):
    async with gateway(clients) as client:
        response = await client.get(f"/api/v1/companies?{params}")
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [params.partition("=")[0]]


@pytest.mark.parametrize("asked", ["northwind.example", "Northwind", "NORTHWIND"])
async def test_a_company_tells_its_postings_its_hiring_and_its_boards(clients, gateway, crawl, posting, asked):
    await clients.boards.add(
        Board(
            ats="greenhouse",
            token="northwind",
            url="https://boards.greenhouse.io/northwind",
            company_domain="northwind.example",
            company_name="Northwind",
        )
    )
    await crawl(clients, *(posting(number, posted_at=None) for number in (1, 2)), at=NOW - 9 * DAY)
    await crawl(clients, posting(3, posted_at=None, salary=None))
    await clients.postings.save(*close((await clients.postings.known({posting(1).id})).values(), NOW))
    async with gateway(clients) as client:
        told = (await client.get(f"/api/v1/companies/{asked}")).json()
    assert (told["name"], told["domain"], told["open"], told["with_pay"]) == ("Northwind", "northwind.example", 2, 0.5)
    assert len(told["weeks"]) == 26
    # Of the last two: a week may have begun since this file was loaded.
    assert sum(week["closed"] for week in told["weeks"][-2:]) == 1
    assert (told["days_to_close"]["closed"], told["days_to_close"]["still_open"]) == (1, 2)
    assert told["boards"] == [
        {
            "key": "greenhouse/northwind",
            "ats": "greenhouse",
            "url": "https://boards.greenhouse.io/northwind",
            "open": 2,
            "last_crawled_at": None,
        }
    ]


async def test_a_company_without_postings_is_told_with_nothing_open(clients, gateway):
    await clients.companies.add([Company(id=company_id("globex.example"), domain="globex.example", name="Globex")])
    async with gateway(clients) as client:
        told = (await client.get("/api/v1/companies/globex.example")).json()
    assert (told["name"], told["open"], told["with_pay"], told["boards"]) == ("Globex", 0, None, [])
    assert (told["watched_since"], told["days_to_close"], told["weeks"]) == (None, None, [])


@pytest.mark.parametrize("asked", ["nobody.example", "No/Body", "%20", "'%3B--"])
async def test_an_unknown_company_is_a_problem(clients, gateway, asked):
    async with gateway(clients) as client:
        answer = await client.get(f"/api/v1/companies/{asked}")
    assert (answer.status_code, answer.json()["type"]) == (404, "https://quiethire.example/problems/not-found")


async def test_a_link_of_a_board_that_leads_nowhere_is_not_told(clients, gateway, crawl, posting):
    await clients.boards.add(Board(ats="greenhouse", token="northwind", url="javascript:alert(1)"))
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        told = (await client.get("/api/v1/companies/Northwind")).json()
    assert told["boards"][0]["url"] is None


def tree_of(response) -> LexborHTMLParser:
    assert response.status_code == 200, response.text
    return LexborHTMLParser(response.text)


async def test_the_page_of_companies_lists_them_by_open_postings_and_finds_them_by_name(
    clients, gateway, crawl, posting, monkeypatch
):
    monkeypatch.setattr(company_pages, "LISTED", 2)
    names = ["Globex", "Globex", "Globex", "Northwind", "Northwind", "<Acme> & Söhne"]
    postings = [
        posting(number, company_name=name, company_domain=None, salary=None if number else posting(1).salary)
        for number, name in enumerate(names)
    ]
    await crawl(clients, *postings)
    async with gateway(clients) as client:
        first = tree_of(await client.get("/companies"))
        second = tree_of(await client.get(first.css_first(".paging a[rel=next]").attributes["href"]))
        found = tree_of(await client.get("/companies?q=GLOB"))
        nothing = tree_of(await client.get("/companies?q=zzz&utm_source=mail"))
        company = await client.get(second.css_first(".companies a").attributes["href"])
        wrong = await client.get("/companies?after=x")
    assert [" ".join(line.text().split()) for line in first.css(".companies li")] == [
        "Globex 3 open jobs · 33% state pay",
        "Northwind 2 open jobs",
    ]
    assert [line.text() for line in second.css(".companies a")] == ["<Acme> & Söhne"]
    assert second.css_first(".paging a[rel=first]").attributes["href"] == "/companies"
    assert second.css(".paging a[rel=next]") == found.css(".paging") == []
    assert [line.text() for line in found.css(".companies a")] == ["Globex"]
    assert "zzz" in nothing.css_first(".empty h2").text()
    assert nothing.css_first(".empty a").attributes["href"] == "/companies"
    assert (company.status_code, wrong.status_code) == (200, 400)
    assert first.css_first("header nav a").attributes["href"] == "/companies"
