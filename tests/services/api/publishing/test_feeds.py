"""A search as RSS, Atom and JSON Feed: what readers ask of each format, and what hostile postings do to them."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree, html

from quiethire.domain.lifecycle import close
from quiethire.domain.posting import Location
from quiethire.settings import Settings
from services.api.publishing.feeds import title_of
from services.api.search.parameters import SearchParameters

SEEN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
FORMATS = ("rss", "atom", "json")
MEDIA = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
HOSTILE = {
    "title": "Engineer \x00\x0b\x1f ]]> <script>alert(1)</script> & \ufffe",
    "company_name": "Evil & \x08 <Sons>",
    "description_html": '<p onclick="x()">Hi\x0c</p><script>alert(1)</script><a href="javascript:x()">go</a>]]><b>bold',
    "skills": ("C\x01++", "<b>"),
    "url": "javascript:alert(1)",
}


def entries(format: str, body: bytes) -> list[dict[str, str]]:
    """Ids, links, titles and HTML of the entries, whatever the format."""
    if format == "json":
        return [
            {"id": item["id"], "url": item["url"], "title": item["title"], "html": item["content_html"]}
            for item in json.loads(body)["items"]
        ]
    root = etree.fromstring(body)
    if format == "rss":
        return [
            {
                "id": item.findtext("guid"),
                "url": item.findtext("link"),
                "title": item.findtext("title"),
                "html": item.findtext("description"),
            }
            for item in root.iter("item")
        ]
    return [
        {
            "id": item.findtext(f"{ATOM}id"),
            "url": item.find(f"{ATOM}link").get("href"),
            "title": item.findtext(f"{ATOM}title"),
            "html": item.findtext(f"{ATOM}content"),
        }
        for item in root.iter(f"{ATOM}entry")
    ]


@pytest.mark.parametrize("format", FORMATS)
async def test_a_feed_tells_the_newest_postings_of_a_search_first(any_clients, gateway, crawl, posting, format):
    await crawl(any_clients, *(posting(number) for number in (3, 1, 2)), posting(9, title="Nurse", skills=()))
    async with gateway(any_clients) as client:
        response = await client.get(f"/feeds/search.{format}", params={"q": "engineer"})
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith(MEDIA[format])
    told = entries(format, response.content)
    assert [entry["id"] for entry in told] == [f"urn:uuid:{posting(number).id}" for number in (3, 2, 1)]
    assert told[0]["url"] == f"http://gateway/jobs/{posting(3).id}"
    assert told[0]["title"] == "Data Engineer – Northwind (Berlin, Germany, Hybrid)"
    assert "€6,500–7,900 a month" in told[0]["html"]
    assert "<p>Build pipelines.</p>" in told[0]["html"]


@pytest.mark.parametrize("format", FORMATS)
async def test_a_feed_is_narrowed_as_the_search_is_and_leaves_closed_postings_out(
    clients, gateway, crawl, posting, format
):
    await crawl(clients, posting(1), posting(2, company_name="Globex"), posting(3, company_name="Globex"))
    rows, events = close((await clients.postings.known({posting(3).id})).values(), SEEN + timedelta(days=1))
    await clients.postings.save(rows, events)
    async with gateway(clients) as client:
        response = await client.get(f"/feeds/search.{format}?company=Globex")
        wrong = await client.get(f"/feeds/search.{format}?remote=sometimes")
        paged = await client.get(f"/feeds/search.{format}?page=2")
    assert [entry["id"] for entry in entries(format, response.content)] == [f"urn:uuid:{posting(2).id}"]
    assert (wrong.status_code, paged.status_code) == (400, 400)
    assert paged.json()["detail"] == "page: is no parameter of this address"


async def test_a_feed_of_a_search_by_meaning_is_refused_by_the_name_of_its_parameter(clients, gateway):
    async with gateway(clients) as client:
        refused = (await client.get("/feeds/search.json?q=nurse&semantic=true")).json()
    assert [each["field"] for each in refused["errors"]] == ["semantic"]


@pytest.mark.parametrize("format", FORMATS)
async def test_a_feed_holds_fifty_postings_at_most(clients, gateway, crawl, posting, format):
    await crawl(clients, *(posting(number) for number in range(60)))
    async with gateway(clients) as client:
        told = entries(format, (await client.get(f"/feeds/search.{format}")).content)
    assert [entry["id"] for entry in told] == [f"urn:uuid:{posting(number).id}" for number in range(59, 9, -1)]


@pytest.mark.parametrize("format", FORMATS)
async def test_a_hostile_posting_breaks_no_feed_and_does_nothing_in_a_reader(clients, gateway, crawl, posting, format):
    # What ClickHouse holds was sanitised when it was parsed; here nothing was.
    await crawl(clients, posting(1, **HOSTILE), indexed=False)
    await crawl(clients, posting(2))
    clients.index.search = lambda query, meaning: clients.postings.search(query)
    async with gateway(clients) as client:
        response = await client.get(f"/feeds/search.{format}")
    told = {entry["id"]: entry for entry in entries(format, response.content)}
    assert len(told) == 2
    evil = told[f"urn:uuid:{posting(1).id}"]
    tree = html.fragment_fromstring(evil["html"], create_parent="div")
    assert not list(tree.iter("script"))
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert not [link for _, _, link, _ in tree.iterlinks() if link.startswith("javascript")]
    assert "Hi" in tree.text_content()
    assert "javascript:alert" not in response.text


async def test_atom_keeps_to_rfc_4287(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2, posted_at=None))
    async with gateway(clients) as client:
        response = await client.get("/feeds/search.atom?q=data+engineer&remote=hybrid&remote=remote")
        empty = await client.get("/feeds/search.atom?q=nobody")
    for body in (response.content, empty.content):
        feed = etree.fromstring(body)
        assert feed.tag == f"{ATOM}feed"
        _exactly_one(feed, "id", "title", "updated", "author")
        links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
        assert set(links) == {"self", "alternate"}
        assert urlsplit(links["self"]).path == "/feeds/search.atom"
        assert _iri(feed.findtext(f"{ATOM}id"))
        _rfc3339(feed.findtext(f"{ATOM}updated"))
        for entry in feed.findall(f"{ATOM}entry"):
            _exactly_one(entry, "id", "title", "updated", "published", "author", "content")
            assert _iri(entry.findtext(f"{ATOM}id"))
            assert entry.find(f"{ATOM}content").get("type") == "html"
            assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate"]
            assert entry.findtext(f"{ATOM}author/{ATOM}name")
            _rfc3339(entry.findtext(f"{ATOM}updated"))
            _rfc3339(entry.findtext(f"{ATOM}published"))
    told = etree.fromstring(response.content)
    assert len(told.findall(f"{ATOM}entry")) == 2
    same = {link.get("rel"): urlsplit(link.get("href")) for link in told.findall(f"{ATOM}link")}
    assert parse_qs(same["alternate"].query) == {"q": ["data engineer"], "remote": ["hybrid", "remote"]}
    assert same["alternate"].path == "/"


async def test_rss_keeps_to_version_2(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2))
    async with gateway(clients) as client:
        rss = etree.fromstring((await client.get("/feeds/search.rss?company=Northwind")).content)
    assert (rss.tag, rss.get("version"), [child.tag for child in rss]) == ("rss", "2.0", ["channel"])
    channel = rss[0]
    for name in ("title", "link", "description", "lastBuildDate"):
        assert len(channel.findall(name)) == 1, name
    assert channel.findtext("title") == "QuietHire: Northwind"
    (own,) = channel.findall(f"{ATOM}link")
    assert (own.get("rel"), own.get("href")) == ("self", "http://gateway/feeds/search.rss?company=Northwind")
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) == SEEN
    for item in channel.findall("item"):
        assert {child.tag for child in item} <= {
            *("title", "link", "description", "pubDate", "guid", "category"),
            "{http://purl.org/dc/elements/1.1/}creator",
        }
        assert item.find("guid").get("isPermaLink") == "false"
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None
        assert len(item.findall("guid")) == len(item.findall("title")) == 1


async def test_json_feed_keeps_to_version_1_1(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        feed = (await client.get("/feeds/search.json?q=data")).json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "QuietHire: data"
    assert feed["home_page_url"] == "http://gateway/?q=data"
    assert feed["feed_url"] == "http://gateway/feeds/search.json?q=data"
    (item,) = feed["items"]
    assert isinstance(item["id"], str)
    assert item["external_url"] == "https://boards.greenhouse.io/northwind/jobs/1"
    assert item["authors"] == [{"name": "Northwind"}]
    assert item["tags"] == ["Python"]
    _rfc3339(item["date_published"])
    _rfc3339(item["date_modified"])


async def test_ids_outlive_a_change_which_is_told_as_an_update(clients, gateway, crawl, posting):
    later = SEEN + timedelta(days=4)
    async with gateway(clients) as client:
        await crawl(clients, posting(1))
        before = (await client.get("/feeds/search.json")).json()["items"][0]
        await crawl(clients, posting(1, title="Lead Data Engineer"), at=later)
        after_response = await client.get("/feeds/search.json")
    after = after_response.json()["items"][0]
    assert before["id"] == after["id"]
    assert before["date_published"] == after["date_published"]
    assert datetime.fromisoformat(before["date_modified"]) == SEEN
    assert datetime.fromisoformat(after["date_modified"]) == later
    assert parsedate_to_datetime(after_response.headers["Last-Modified"]) == later


async def test_the_id_of_a_feed_is_that_of_its_search_wherever_the_site_is(clients, gateway, crawl, posting, tmp_path):
    from dataclasses import replace

    moved = replace(clients, settings=Settings(data_dir=tmp_path, public_url="https://jobs.example/hire/"))
    async with gateway(clients) as here, gateway(moved) as there:
        ids = [
            etree.fromstring((await client.get(f"/feeds/search.atom?{asked}")).content).findtext(f"{ATOM}id")
            for client, asked in (
                (here, "q=data&company=A"),
                (there, "company=A&q=data"),
                (here, "q=data"),
            )
        ]
    assert ids[0] == ids[1] != ids[2]


async def test_links_lead_to_the_public_address_where_one_is_set(clients, gateway, crawl, posting, tmp_path):
    from dataclasses import replace

    await crawl(clients, posting(1))
    public = replace(clients, settings=Settings(data_dir=tmp_path, public_url="https://jobs.example/hire/"))
    async with gateway(public) as client:
        feed = (await client.get("/feeds/search.json", headers={"Host": "elsewhere.example"})).json()
    assert feed["feed_url"] == "https://jobs.example/hire/feeds/search.json"
    assert feed["items"][0]["url"] == f"https://jobs.example/hire/jobs/{posting(1).id}"


async def test_a_host_header_that_names_no_host_is_refused(clients, gateway):
    async with gateway(clients) as client:
        response = await client.get("/feeds/search.rss", headers={"Host": 'evil"><script>'})
    assert response.status_code == 400


async def test_a_feed_tells_all_places_of_a_job_that_is_listed_in_several(clients, gateway, crawl, posting):
    from quiethire.domain.cluster import Placement

    first, second = posting(1), posting(2, locations=(Location(name="Oslo, Norway"),))
    await crawl(clients, first, second)
    await clients.clusters.place(
        {first.id: Placement(cluster=first.id), second.id: Placement(cluster=first.id, rank=1)}
    )
    async with gateway(clients) as client:
        items = (await client.get("/feeds/search.json")).json()["items"]
    shown = [item["title"] for item in items if item["id"] == f"urn:uuid:{first.id}"]
    assert shown == ["Data Engineer – Northwind (Berlin, Germany · Oslo, Norway, Hybrid)"]


async def test_an_unchanged_feed_need_not_be_sent_again(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    async with gateway(clients) as client:
        first = await client.get("/feeds/search.atom?q=data")
        again = await client.get("/feeds/search.atom?q=data", headers={"If-None-Match": first.headers["ETag"]})
        head = await client.head("/feeds/search.atom?q=data")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content) == (200, b"")


def _exactly_one(element: etree._Element, *names: str) -> None:
    for name in names:
        assert len(element.findall(f"{ATOM}{name}")) == 1, name


def _iri(text: str | None) -> bool:
    return re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", text or "") is not None


def _rfc3339(text: str | None) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text or ""), text


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ({}, "QuietHire: all jobs"),
        (
            {"q": " data   engineer", "location": "Berlin", "remote": ["remote"], "skills": ["SQL"]},
            "QuietHire: data engineer · Berlin · Remote · SQL",
        ),
        (
            {
                "salary_min": 70_000,
                "salary_currency": "eur",
                "remote_from": "DE",
                "posted_within": 7,
                "sponsorship": True,
            },
            "QuietHire: from €70k a year · remote from DE · posted within 7 days · visa sponsored",
        ),
        ({"geo": "52.5,13.4,30", "exclude_company": ["Globex"]}, "QuietHire: not Globex · 30 km around 52.5, 13.4"),
    ],
)
def test_a_feed_is_named_after_its_search(asked, title):
    assert title_of(SearchParameters.model_validate(asked)) == title
