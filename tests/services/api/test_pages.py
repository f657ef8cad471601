"""The pages, as HTML and in a real browser."""

import asyncio
import json
import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
import uvicorn
from playwright.async_api import async_playwright
from selectolax.lexbor import LexborHTMLParser

from quiethire.domain.lifecycle import close
from quiethire.domain.posting import Provenance, Salary, Source
from services.api.app import create_app

EVIL = "<script>window.hit=1</script><img src=x onerror='window.hit=1'> engineer \"'>"
HTML = {"Accept": "text/html"}


async def tree(client, url, **params) -> LexborHTMLParser:
    response = await client.get(url, params=params or None, headers=HTML)
    assert response.status_code == 200, response.text
    return LexborHTMLParser(response.text)


def texts(page: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in page.css(selector)]


async def test_a_row_tells_what_people_compare(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        page = await tree(client, "/", q="data")
    assert texts(page, "[role=status]") == ["1 job"]
    assert texts(page, ".row h2") == ["Data Engineer"]
    assert texts(page, ".row .pay") == ["€78–94.8k a year"]
    assert "Northwind · Berlin, Germany · Hybrid 2 d · Full-time" in texts(page, ".row-line p")
    assert page.css_first(".row h2 a").attributes["href"] == f"/jobs/{posting(1).id}"
    assert page.css_first("input#q").attributes["value"] == "data"


async def test_facet_links_add_and_remove_filters_and_keep_the_rest(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2, remote="remote"), posting(3, company_name="A & B <GmbH>"))
    async with gateway(clients) as client:
        page = await tree(client, "/", q="data", sort="date")
        links = {texts_of: node for node in page.css(".options a") if (texts_of := " ".join(node.text().split()))}
        narrowed = await tree(client, links["A & B <GmbH> 1"].attributes["href"])
        assert texts(narrowed, "[role=status]") == ["1 job"]
        assert texts(narrowed, ".sorts [aria-current]") == ["Newest"]
        chip = narrowed.css_first(".chips a")
        assert "A & B <GmbH>" in chip.text()
        back = await tree(client, chip.attributes["href"])
        assert texts(back, "[role=status]") == ["3 jobs"]
        assert back.css_first("input#q").attributes["value"] == "data"
        two = await tree(client, "/", remote=["remote", "hybrid"], per_page=1)
        assert texts(two, "[role=status]") == ["3 jobs"]
        last = await tree(client, two.css_first("a[rel~=next]").attributes["href"])
        assert texts(last, ".paging span") == ["Page 2 of 3"]
        assert len(last.css(".chips a")) == 3


async def test_empty_fields_of_the_form_and_strange_parameters_are_left_aside(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        page = await tree(client, "/", q="", location=" ", salary_min="", utm_source="mail")
    assert texts(page, "[role=status]") == ["1 job"]
    assert page.css(".chips") == []


async def test_an_empty_list_says_what_to_change(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        words = await tree(client, "/", q="zzz")
        filtered = await tree(client, "/", q="data", remote="remote")
        beyond = await tree(client, "/", page=7)
    assert texts(words, ".empty h2") == ["No jobs match “zzz”"]
    assert filtered.css_first(".empty a").attributes["href"] == "/?q=data"
    assert texts(beyond, ".empty h2") == ["There is no page 7"]
    assert beyond.css_first(".empty a").attributes["href"] == "/"


async def test_a_posting_page_tells_facts_sources_and_changes(clients, gateway, crawl, posting):
    sources = {"salary": Provenance(source=Source.TEXT, path="“€6,500 to €7,900”")}
    await crawl(clients, posting(1, provenance=sources))
    raised = Salary(min=7000, max=7900, currency="EUR", period="month")
    row = await clients.postings.get(posting(1).id)
    await crawl(clients, posting(1, salary=raised, provenance=sources), at=row.first_seen_at + timedelta(days=4))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    facts = dict(zip(texts(page, ".facts dt"), texts(page, ".facts dd"), strict=True))
    assert facts["Pay"].startswith("€7,000–7,900 a month")
    assert "about €84–94.8k a year, found in the text" in facts["Pay"]
    assert facts["Workplace"] == "Hybrid, 2 days a week on site"
    assert facts["Visa"] == "Sponsored"
    assert texts(page, ".timeline span") == ["Pay: €6,500–7,900 a month → €7,000–7,900 a month", "First seen"]
    assert texts(page, ".origins tr td") == ["Text“€6,500 to €7,900”"]
    apply = page.css_first(".apply a")
    assert apply.attributes["href"] == "https://boards.greenhouse.io/northwind/jobs/1#app"
    assert apply.attributes["rel"] == "noopener nofollow"


async def test_a_closed_posting_cannot_be_applied_to(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    row = await clients.postings.get(posting(1).id)
    await clients.postings.save(*close([row], row.first_seen_at + timedelta(days=1)))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert page.css(".apply") == []
    assert "Closed." in page.css_first("[role=note]").text()


@pytest.mark.parametrize("path", ["/jobs/nothing", f"/jobs/{UUID(int=4)}", "/nothing", "/?page=0", "/?salary_min=lots"])
async def test_an_error_is_a_page_for_people(clients, gateway, path):
    async with gateway(clients) as client:
        response = await client.get(path, headers=HTML)
    assert response.status_code in (400, 404)
    assert response.headers["Content-Type"].startswith("text/html")
    page = LexborHTMLParser(response.text)
    assert page.css_first("[role=alert] h1").text()


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", " java\nscript:alert(1)", "data:text/html,x", "//evil", "x"]
)
async def test_a_link_that_is_no_web_address_leads_nowhere(clients, gateway, crawl, posting, link):
    await crawl(clients, posting(1))
    row = await clients.postings.get(posting(1).id)
    hostile = posting(1, application_url=link, url=link, description_html=f'<a href="{link}">x</a>')

    async def get(job_id):
        return row.model_copy(update={"posting": hostile})

    clients.postings.get = get
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert page.css(".apply") == []
    hrefs = {node.attributes["href"] for node in page.css("a[href]")}
    assert hrefs == {"#main", "/", "/api/v1/openapi.json"}


async def test_known_attacks_leave_nothing_that_runs(clients, gateway, crawl, posting, corpus):
    payloads = json.loads((corpus / "xss" / "dompurify_payloads.json").read_text())
    postings = [
        posting(
            number,
            title=entry["payload"][:300] or "-",
            description_html=entry["payload"],
            requirements=(entry["payload"],),
        )
        for number, entry in enumerate(payloads, 1)
    ]
    await crawl(clients, *postings)
    async with gateway(clients) as client:
        for item in postings:
            response = await client.get(f"/jobs/{item.id}")
            page = LexborHTMLParser(response.text)
            assert [node.attributes.get("src") for node in page.css("script")] == [
                node.attributes["src"] for node in page.css("script[src^='/static/keys.js']")
            ]
            assert (
                page.css("main :is(script, iframe, object, embed, form, style, link, meta, base, svg, math, img)") == []
            )
            for node in page.css("*"):
                assert not any(name.startswith("on") or name == "style" for name in node.attributes)
                assert not re.match(r"\s*(javascript|data|vbscript):", node.attributes.get("href") or "", re.IGNORECASE)


async def test_a_description_nested_beyond_sense_falls_back_to_its_text(clients, gateway, crawl, posting):
    markup = "<div><table><td></div>" * 5_000
    await crawl(clients, posting(1, description_html=markup), posting(2, description_html="<div>" * 100 + "deep"))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
        deep = await tree(client, f"/jobs/{posting(2).id}")
    assert texts(page, ".description") == ["Build pipelines."]
    assert texts(deep, ".description") == ["deep"]


@pytest.fixture
async def browser_page(chromium):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 390, "height": 800})
        yield page
        await browser.close()


@pytest.fixture
async def served(clients):
    config = uvicorn.Config(create_app(clients), host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield SimpleNamespace(url=f"http://127.0.0.1:{port}")
    server.should_exit = True
    await task


async def test_in_a_browser_a_hostile_posting_is_found_opened_and_does_nothing(
    clients, crawl, posting, served, browser_page
):
    await crawl(
        clients,
        posting(
            1, title=EVIL, company_name=EVIL, description_text=EVIL, description_html=f"<p>{EVIL}</p>", skills=(EVIL,)
        ),
        posting(2, title="W" * 300, company_name="w" * 200, skills=("ß" * 120,)),
    )
    requested: list[str] = []
    complaints: list[str] = []
    browser_page.on("request", lambda request: requested.append(request.url))
    browser_page.on("console", lambda message: complaints.append(message.text))
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))

    async def sound() -> bool:
        wide = await browser_page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return not wide and await browser_page.evaluate("window.hit === undefined")

    await browser_page.goto(served.url)
    assert await sound()
    await browser_page.keyboard.press("/")
    await browser_page.keyboard.type("engineer")
    await browser_page.keyboard.press("Enter")
    await browser_page.wait_for_url("**/?q=engineer**")
    assert await browser_page.get_by_role("status").inner_text() == "1 job"
    assert await sound()
    await browser_page.keyboard.press("j")
    await browser_page.keyboard.press("Enter")
    await browser_page.wait_for_url("**/jobs/*")
    assert await browser_page.get_by_role("heading", level=1).inner_text() == EVIL
    assert await sound()
    assert all(url.startswith(served.url) for url in requested)
    assert complaints == []
