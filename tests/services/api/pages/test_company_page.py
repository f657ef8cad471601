"""The page of a company, as HTML, and the chart on it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from read_pages import HTML, texts, tree

from quiethire.domain.board import Board
from quiethire.domain.company import Company, company_id
from quiethire.domain.crawl import CrawlRecord
from quiethire.domain.errors import Transient
from quiethire.domain.history import HiringWeek
from quiethire.domain.lifecycle import close
from services.api.pages.chart import HEIGHT, WEEK, chart_of

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
MONDAY = date(2026, 6, 1)


def facts_of(page) -> dict[str, str]:
    return dict(zip(texts(page, ".facts dt"), texts(page, ".facts dd"), strict=True))


async def end(clients, posting, at):
    await clients.postings.save(*close((await clients.postings.known({posting.id})).values(), at))
    await clients.index.delete({posting.id})


async def out_of_reach(*_, **__):
    raise Transient("does not answer", where="store")


@pytest.fixture
async def northwind(clients, crawl, posting):
    """Three open postings, one of them without pay, and one that was closed after 30 days."""
    await crawl(clients, *(posting(number, posted_at=None) for number in (1, 2)), at=NOW - 40 * DAY)
    await crawl(clients, posting(3, posted_at=None, salary=None), posting(4, posted_at=None), at=NOW - 5 * DAY)
    await end(clients, posting(1), NOW - 10 * DAY)
    board = Board(ats="greenhouse", token="northwind", url="https://boards.greenhouse.io/northwind")
    await clients.boards.add(board)
    await clients.boards.record_crawl(
        CrawlRecord(
            crawl_id="c1",
            board_key=board.key,
            started_at=NOW - DAY,
            complete=True,
            proof="3 of 3 counted, last page reached",
            **dict.fromkeys(("opened", "changed", "reopened", "unchanged", "refused", "closed", "problems"), 0),
            seen=3,
            requests=2,
        )
    )
    return clients


async def test_a_name_that_is_longer_than_a_search_takes_breaks_no_page(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, company_name="Long" * 60, company_domain="long.example"))
    async with gateway(clients) as client:
        assert texts(await tree(client, "/companies/long.example"), "h1") == ["Long" * 60]


@pytest.mark.parametrize("address", ["northwind.example", "NORTHWIND.example", "Northwind", "northwind"])
async def test_a_company_tells_what_is_open_and_how_it_hires(northwind, gateway, address):
    async with gateway(northwind) as client:
        page = await tree(client, f"/companies/{address}")
    assert texts(page, "h1") == ["Northwind"]
    facts = facts_of(page)
    assert facts["Open postings"].startswith("3 ")
    assert facts["State pay"].startswith("67% 2 of 3")
    assert "rests on 1 closed and 3 open" in facts["Median time to close"]
    assert len(texts(page, ".row h3")) == 3
    assert page.css_first("link[rel=canonical]").attributes["href"] == "http://gateway/companies/northwind.example"
    assert page.css_first("link[rel=alternate]").attributes["href"] == "/feeds/search.atom?company=Northwind"


async def test_the_chart_has_its_words_and_the_same_figures_as_a_table(northwind, gateway):
    async with gateway(northwind) as client:
        page = await tree(client, "/companies/Northwind")
    svg = page.css_first(".chart svg")
    assert svg.attributes["role"] == "img"
    named = svg.attributes["aria-labelledby"].split()
    assert [page.css_first(f"#{name}").text() for name in named] == [
        "Postings opened and closed, week by week",
        next(iter(texts(page, "#chart-told"))),
    ]
    assert "4 were opened and 1 closed" in page.css_first("#chart-told").text()
    assert svg.css("[style]") == []
    rows = [tuple(int(cell.text()) for cell in row.css("td")) for row in page.css(".weeks tbody tr")]
    assert len(rows) == len(svg.css(".chart-slot")) == 26
    assert [sum(counts) for counts in zip(*rows, strict=True)] == [4, 1]
    assert "nobody watched" in texts(page, "p.chart-told")[0]


async def test_the_boards_are_named_with_their_last_crawl(northwind, gateway):
    async with gateway(northwind) as client:
        page = await tree(client, "/companies/Northwind")
    board = page.css_first(".boards li")
    assert board.css_first("a").attributes["href"] == "https://boards.greenhouse.io/northwind"
    assert "3 postings" in board.text()
    assert "3 of 3 counted, last page reached" in board.text()


async def test_a_company_of_a_week_has_no_line_yet_but_its_figures(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), at=NOW - 3 * DAY)
    async with gateway(clients) as client:
        page = await tree(client, "/companies/Northwind")
    assert page.css("svg.chart, .chart svg") == []
    assert any("A line needs two weeks at least." in text for text in texts(page, ".hiring p"))
    assert len(page.css(".weeks tbody tr")) == 26
    assert facts_of(page)["Median time to close"].startswith("Not known yet")


async def test_more_than_one_page_of_open_jobs_leads_to_the_search(clients, gateway, crawl, posting):
    await crawl(clients, *(posting(number) for number in range(25)))
    async with gateway(clients) as client:
        page = await tree(client, "/companies/Northwind")
        search = await tree(client, page.css_first(".all a").attributes["href"])
    assert len(page.css(".row")) == 20
    assert texts(page, ".all a") == ["See and filter all 25"]
    assert texts(search, "[role=status]")[0].startswith("25 jobs")


async def test_a_company_with_nothing_open_says_so_and_keeps_its_history(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, posted_at=None), at=NOW - 40 * DAY)
    await end(clients, posting(1), NOW - DAY)
    async with gateway(clients) as client:
        page = await tree(client, "/companies/Northwind")
    assert texts(page, ".empty h3") == ["Nothing is open right now"]
    assert facts_of(page)["State pay"].startswith("Nothing is open")
    assert page.css_first("meta[name=robots]").attributes["content"] == "noindex"
    assert page.css(".chart svg")


async def test_a_company_that_is_only_registered_has_a_page(clients, gateway):
    await clients.companies.add([Company(id=company_id("globex.example"), domain="globex.example", name="Globex")])
    async with gateway(clients) as client:
        page = await tree(client, "/companies/globex.example")
    assert texts(page, "h1") == ["Globex"]
    assert texts(page, ".empty h3") == ["Nothing is open right now"]
    assert texts(page, "aside p") == ["No board of it is known."]


async def test_a_name_of_any_signs_is_found_and_shown_as_text(clients, gateway, crawl, posting):
    evil = "A/B <img src=x onerror=alert(1)> & Söhne"
    await crawl(clients, posting(1, company_name=evil, company_domain=None))
    async with gateway(clients) as client:
        job = await tree(client, f"/jobs/{posting(1).id}")
        page = await tree(client, job.css_first(".page-over a").attributes["href"])
    assert texts(page, "h1") == [evil]
    assert page.css("img") == []


@pytest.mark.parametrize("address", ["nobody.example", "No/Body", "%20", "'%3B--", "a" * 200])
async def test_an_unknown_company_offers_a_search_for_its_name(clients, gateway, address):
    async with gateway(clients) as client:
        page = await tree(client, f"/companies/{address}", 404)
    assert texts(page, "[role=alert] h1") == ["This company is not known"]
    assert page.css("form[role=search] input[name=q]")


async def test_without_the_store_the_open_jobs_are_still_there(northwind, gateway):
    northwind.postings.hiring = northwind.postings.page = out_of_reach
    async with gateway(northwind) as client:
        page = await tree(client, "/companies/Northwind")
        unknown = await client.get("/companies/Nobody", headers=HTML)
    assert texts(page, "[role=note]")[0].startswith("A part of this page is missing.")
    assert len(page.css(".row")) == 3
    assert page.css(".facts, .hiring") == []
    # Whether there is no such company cannot be told now.
    assert unknown.status_code == 503


async def test_without_the_index_the_store_lists_the_open_jobs(northwind, gateway):
    northwind.index.search = out_of_reach
    async with gateway(northwind) as client:
        page = await tree(client, "/companies/Northwind")
    assert len(page.css(".row")) == 3
    assert texts(page, "[role=note]")[0].startswith("Plain search.")


async def test_without_the_registry_the_page_says_that_boards_are_missing(northwind, gateway):
    northwind.companies.by_domain = northwind.boards.get = out_of_reach
    async with gateway(northwind) as client:
        page = await tree(client, "/companies/Northwind")
    assert texts(page, "aside p") == ["The list of boards does not answer right now."]
    assert len(page.css(".row")) == 3


def weeks_of(*counts):
    return [
        HiringWeek(week=MONDAY + timedelta(weeks=number), opened=opened, closed=closed)
        for number, (opened, closed) in enumerate(counts)
    ]


def levels(path: str) -> list[int]:
    return [int(level) for level in re.findall(r"V(\d+)H", path)]


def test_the_steps_stand_at_the_counts():
    chart = chart_of(weeks_of((0, 1), (4, 0), (8, 2), (2, 8)), datetime(2026, 1, 1, tzinfo=UTC))
    assert chart.top == 8
    assert levels(chart.opened) == [100, 50, 0, 75]
    assert levels(chart.closed) == [88, 100, 75, 0]
    assert (chart.width, chart.unwatched) == (4 * WEEK, 0)
    assert chart.opened_area.endswith(f"V{HEIGHT}H0Z")


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (3, 3), (7, 8), (19, 20), (73, 80), (1_001, 1_500)])
def test_the_scale_ends_at_a_round_figure_that_holds_all(most, top):
    chart = chart_of(weeks_of((most, 0), (0, 0)), datetime(2026, 1, 1, tzinfo=UTC))
    assert chart.top == top
    assert len(chart.lines) <= 4


def test_weeks_before_the_watch_are_set_apart():
    watched = datetime(2026, 6, 17, tzinfo=UTC)  # A Wednesday in the third week.
    assert chart_of(weeks_of(*[(1, 0)] * 5), watched).unwatched == 2 * WEEK


def test_months_stand_where_they_begin_but_not_at_the_very_end():
    chart = chart_of(weeks_of(*[(1, 0)] * 10), datetime(2026, 1, 1, tzinfo=UTC))
    assert [slot.month for slot in chart.slots] == ["Jun", "", "", "", "", "Jul", "", "", "", ""]
