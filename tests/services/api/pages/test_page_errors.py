"""What the pages say of a search that cannot be made as it is, or that names what nobody knows."""

import pytest
from read_pages import HTML, chips, texts, tree, values
from selectolax.lexbor import LexborHTMLParser

from quiethire.domain.errors import Transient


async def test_an_error_is_a_page_for_people(clients, gateway):
    async with gateway(clients) as client:
        response = await client.get("/nothing", headers=HTML)
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")
    page = LexborHTMLParser(response.text)
    assert texts(page, "[role=alert] h1") == ["Not Found"]
    assert page.css_first("[role=alert] a.button").attributes["href"] == "/"


@pytest.mark.parametrize(
    ("path", "told", "way_on"),
    [
        ("/?page=0", "Page: “0” is less than 1, the least that is allowed", "/"),
        ("/?q=data&salary_min=lots", "Pay, at least: “lots” is no number", "/?q=data"),
        ("/results?salary_min=lots&remote=hybrid", "Pay, at least: “lots” is no number", "/?remote=hybrid"),
        (
            "/?remote=moon&remote=hybrid",
            "Workplace: “moon” is none of on site (none), hybrid or remote",
            "/?remote=hybrid",
        ),
        (
            "/?q=data&salary_min=1&salary_currency=Euro",
            "Currency: “Euro” is no currency that is known",
            "/?q=data&salary_min=1",
        ),
    ],
)
async def test_a_search_that_cannot_be_read_keeps_the_rest_and_says_what_is_wrong(  # noqa: PLR0917 - fixtures
    clients, gateway, crawl, posting, path, told, way_on
):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        response = await client.get(path, headers=HTML)
        assert (await client.get(way_on, headers=HTML)).status_code == 200
    page = LexborHTMLParser(response.text)
    assert response.status_code == 400
    assert texts(page, "[role=alert] li")[0].startswith(told)
    assert "Input should" not in response.text
    assert page.css_first("[role=alert] a.button").attributes["href"] == way_on
    assert texts(page, "[role=alert] a.button") == ["Search without it: 1 job"]
    assert page.css(".row") == []
    assert values(page, "#q") == ["data" if "q=data" in path else ""]
    assert ("hybrid" in values(page, "[name=remote][checked]")) is ("remote=hybrid" in path)


async def test_what_was_written_wrong_stays_in_its_field(clients, gateway):
    async with gateway(clients) as client:
        response = await client.get("/?remote_from=Germny&salary_min=lots&skills=SQL", headers=HTML)
    page = LexborHTMLParser(response.text)
    assert values(page, "[aria-invalid]") == ["Germny", "lots"]
    assert texts(page, "[role=alert] li")[0].endswith("did you mean Germany?")
    assert list(chips(page)) == ["SQL"]


async def test_a_search_that_no_store_answers_keeps_its_words(clients, gateway):
    async def gone(*asked, **options):
        raise Transient("refused", where="store")

    clients.index.search = clients.postings.search = gone
    async with gateway(clients) as client:
        response = await client.get("/?q=data&remote=hybrid&skills=a&skills=b&page=3", headers=HTML)
    page = LexborHTMLParser(response.text)
    assert response.status_code == 503
    assert values(page, "form.search [name]") == ["data", "hybrid", "a", "b"]


async def test_a_name_that_is_not_known_is_said_and_a_near_one_offered(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        place = await tree(client, "/", location="Berlni")
        company = await tree(client, "/", company="Northwnd", remote="hybrid")
        known = await tree(client, "/", location="Berlin", company="Northwind")
    assert texts(place, ".hint") == [
        "“Berlni”: No place of this name is known, and no posting names it. Did you mean Berlin, Germany?"
    ]
    assert place.css_first(".hint a").attributes["href"] == "/?location=Berlin%2C+Germany"
    assert texts(company, ".hint")[0].startswith("“Northwnd”: No open posting is of a company of this name.")
    assert known.css(".hint") == []
