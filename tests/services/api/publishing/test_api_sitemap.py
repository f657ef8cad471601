"""The sitemap and robots.txt: by the protocol, whole, and as our own crawler reads them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from lxml import etree

from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import close
from quiethire.domain.page import Page
from services.api.publishing import sitemap
from services.crawler.robots_rules import parse_rules
from services.osint.sitemap import read_sitemap, sitemaps_named

SEEN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
AGENT = "QuietHireBot"


def urls(body: bytes) -> dict[str, str]:
    """Addresses of a part, with their last change."""
    root = etree.fromstring(body)
    assert root.tag == f"{SITEMAP}urlset"
    return {url.findtext(f"{SITEMAP}loc"): url.findtext(f"{SITEMAP}lastmod") for url in root}


def parts(body: bytes) -> list[str]:
    root = etree.fromstring(body)
    assert root.tag == f"{SITEMAP}sitemapindex"
    return [each.findtext(f"{SITEMAP}loc") for each in root]


async def test_the_sitemap_lists_open_postings_and_companies_with_their_last_change(clients, gateway, crawl, posting):
    later = SEEN + timedelta(days=2)
    await crawl(clients, posting(1), posting(2), posting(3, company_name="Müller & <Söhne>/x", company_domain=None))
    await crawl(clients, posting(1, title="Lead"), at=later)
    await clients.postings.save(*close((await clients.postings.known({posting(2).id})).values(), later))
    async with gateway(clients) as client:
        index = await client.get("/sitemap.xml")
        assert index.headers["Content-Type"] == "application/xml; charset=utf-8"
        pages: dict[str, str] = {}
        for part in parts(index.content):
            response = await client.get(part)
            assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
            pages |= urls(response.content)
    assert pages == {
        "http://gateway/companies": None,
        f"http://gateway/jobs/{posting(1).id}": "2026-11-03T09:30:00+00:00",
        f"http://gateway/jobs/{posting(3).id}": "2026-11-01T09:30:00+00:00",
        "http://gateway/companies/northwind.example": "2026-11-03T09:30:00+00:00",
        "http://gateway/companies/M%C3%BCller%20%26%20%3CS%C3%B6hne%3E%2Fx": "2026-11-01T09:30:00+00:00",
    }


async def test_many_postings_are_divided_into_parts_that_miss_none_though_some_come_in_between(
    clients, gateway, crawl, posting, monkeypatch
):
    monkeypatch.setattr(sitemap, "MOST", 10)
    monkeypatch.setattr(sitemap, "STEP", 7)
    monkeypatch.setattr(sitemap, "_AT_ONCE", 4)
    postings = [posting(number) for number in range(100, 130, 2)]
    await crawl(clients, *postings)
    async with gateway(clients) as client:
        named = [part for part in parts((await client.get("/sitemap.xml")).content) if "postings" in part]
        await crawl(clients, posting(101), posting(103), posting(105))
        told = [urls((await client.get(part)).content) for part in named]
    assert len(named) == 3
    assert all(len(part) <= 10 for part in told)
    assert {f"http://gateway/jobs/{each.id}" for each in postings} <= {url for part in told for url in part}


async def test_an_empty_site_has_a_sitemap_too(clients, gateway):
    async with gateway(clients) as client:
        (only,) = parts((await client.get("/sitemap.xml")).content)
        assert urls((await client.get(only)).content) == {}
        listed = await client.get("/sitemaps/companies.xml")
    assert urls(listed.content) == {"http://gateway/companies": None}


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemaps/postings.xml", "/sitemaps/companies.xml"])
async def test_without_clickhouse_there_is_a_problem_and_neither_an_empty_nor_a_cut_sitemap(clients, gateway, path):
    class Away:
        async def milestones(self, every: int):
            raise Transient("refused", where="clickhouse")

        async def changed_postings(self, *, limit: int, after: UUID | None):
            raise Transient("refused", where="clickhouse")

        async def changed_companies(self, *, limit: int, after: str):
            raise Transient("refused", where="clickhouse")

    async with gateway(replace(clients, postings=Away())) as client:
        response = await client.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (503, "application/problem+json")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/jobs/6b1f2a52-3a0e-5d0c-9d40-0f7f8f3c1a11", True),
        ("/companies/northwind.example", True),
        ("/sitemap.xml", True),
        ("/sitemaps/postings.xml?after=6b1f2a52-3a0e-5d0c-9d40-0f7f8f3c1a11", True),
        ("/static/base.css", True),
        ("/?q=data", False),
        ("/api/v1/search?q=data", False),
        ("/feeds/search.rss", False),
        ("/alerts/new?q=data", False),
    ],
)
async def test_robots_may_read_pages_and_neither_searches_nor_the_api(clients, gateway, path, allowed):
    async with gateway(clients) as client:
        response = await client.get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    rule = parse_rules(response.content, AGENT).deciding(path)
    assert (rule is None or rule.allow) is allowed


async def test_a_host_whose_name_has_an_underscore_is_one(clients, gateway):
    async with gateway(clients) as client:
        robots = await client.get("/robots.txt", headers={"Host": "job_board.internal:8080"})
        wrong = await client.get("/robots.txt", headers={"Host": "job<board>"})
    assert "Sitemap: http://job_board.internal:8080/sitemap.xml" in robots.text
    assert wrong.status_code == 400


async def test_our_own_discovery_finds_every_page_from_robots_txt_on(clients, gateway, crawl, posting):
    await crawl(clients, *(posting(number) for number in range(5)))
    async with gateway(clients) as client:
        (named,) = sitemaps_named((await client.get("/robots.txt")).text)
        index = read_sitemap(await _page(client, named))
        assert index.index
        found = {url for part in index.locations for url in read_sitemap(await _page(client, part)).locations}
    assert found == {
        *(f"http://gateway/jobs/{posting(number).id}" for number in range(5)),
        "http://gateway/companies",
        "http://gateway/companies/northwind.example",
    }


async def _page(client, url: str) -> Page:
    response = await client.get(url)
    return Page(url=url, body=response.content, content_type=response.headers["Content-Type"], fetched_at=SEEN)
