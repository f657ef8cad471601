"""The page of a posting, as HTML: it needs no script."""

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from read_pages import HTML, texts, tree
from selectolax.lexbor import LexborHTMLParser

from quiethire.domain.errors import Transient
from quiethire.domain.lifecycle import close, withdraw
from quiethire.domain.posting import Location, Period, Provenance, Salary, Source
from services.api.jobs.postings import HistoryEvent
from services.api.pages.changes import rewriting_of

DAY = timedelta(days=1)
STATED = {
    "title": Provenance(source=Source.ATS, path="$.jobs[0].title"),
    "salary": Provenance(source=Source.TEXT, path="description “€6,500 to €7,900 a month”"),
    "locations": Provenance(source=Source.JSON_LD, path="ld+json[0].jobLocation"),
    "description_html": Provenance(source=Source.ATS, path="$.jobs[0].content"),
    "description_text": Provenance(source=Source.ATS, path="$.jobs[0].content"),
}


def cells(page, selector: str) -> dict[str, str]:
    return dict(zip(texts(page, f"{selector} dt"), texts(page, f"{selector} dd"), strict=True))


async def end(clients, posting, at, by=close):
    await clients.postings.save(*by((await clients.postings.known({posting.id})).values(), at))
    await clients.index.delete({posting.id})


async def out_of_reach(*_, **__):
    raise Transient("does not answer", where="store")


async def seen_at(clients, posting):
    return (await clients.postings.get(posting.id)).first_seen_at


async def test_the_facts_stand_in_one_row_and_each_says_where_it_was_found(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, provenance=STATED, seniority="senior", department="Data"))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    facts = cells(page, ".facts")
    assert list(facts) == ["Pay", "Place", "Workplace", "Type", "Level", "Visa", "Department"]
    assert facts["Pay"].startswith("€6,500–7,900 a month about €78–94.8k a year")
    assert facts["Workplace"] == "Hybrid, 2 days a week on site"
    assert (facts["Level"], facts["Visa"]) == ("Senior", "Sponsored")
    assert texts(page, ".facts summary") == ["Pay: found in the text", "Place: from JSON-LD"]
    assert texts(page, ".facts .why-body")[0] == (
        "A year is counted as 12 months. Text: description “€6,500 to €7,900 a month”"
    )
    company = page.css_first(".page-over a")
    assert (company.text(), company.attributes["href"]) == ("Northwind", "/companies/northwind.example")
    apply = page.css_first(".apply a")
    assert apply.attributes["href"] == "https://boards.greenhouse.io/northwind/jobs/1#app"
    assert apply.attributes["rel"] == "noopener nofollow"


async def test_every_field_has_its_line_with_its_source(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, provenance=STATED))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    lines = zip(texts(page, ".figures tbody th"), texts(page, ".figures tbody td"), strict=True)
    assert list(lines) == [
        ("Description", "Board API $.jobs[0].content"),
        ("Pay", "Text description “€6,500 to €7,900 a month”"),
        ("Places", "JSON-LD ld+json[0].jobLocation"),
        ("Title", "Board API $.jobs[0].title"),
    ]


async def test_changes_are_told_newest_first_and_a_raise_is_called_one(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, posted_at=None, description_text="One.\nTwo.\nThree."))
    first = await seen_at(clients, posting(1))
    raised = Salary(min=7000, max=7900, currency="EUR", period=Period.MONTH)
    changed = posting(1, posted_at=None, salary=raised, description_text="One.\nTwo.\nThree.")
    await crawl(clients, changed, at=first + 4 * DAY)
    told = changed.model_copy(update={"description_text": "One.\nThree.\nFour <b>."})
    await crawl(clients, told, at=first + 5 * DAY)
    moved = told.model_copy(update={"locations": (Location(name="Munich"),)})
    await crawl(clients, moved, at=first + 6 * DAY)
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert texts(page, ".timeline li > span") == [
        "Places: Berlin, Germany → Munich",
        "Description changed",
        "Salary raised €6,500–7,900 → €7,000–7,900",
        "First seen",
    ]
    assert texts(page, ".timeline time")[:3] == ["7 Nov 2026", "6 Nov 2026", "5 Nov 2026"]
    assert texts(page, ".timeline del") == ["Gone: Two."]
    assert texts(page, ".timeline ins") == ["New: Four <b>."]
    assert "salary raised €6,500–7,900 → €7,000–7,900 on 5 Nov 2026" in texts(page, ".page-under a")[0]


async def test_a_long_history_shows_its_newest_lines_and_folds_the_rest(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    first = await seen_at(clients, posting(1))
    for number in range(1, 31):
        await crawl(clients, posting(1, title=f"Title {number}"), at=first + number * DAY)
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert len(page.css(".known ~ .timeline > li")) == 12
    assert texts(page, ".older summary") == ["19 older changes"]
    assert texts(page, ".older li > span")[-1] == "First seen"


def test_texts_of_thousands_of_lines_are_not_compared():
    text = "\n".join(map(str, range(5_000)))
    event = HistoryEvent(kind="changed", at="2026-11-01T00:00:00Z", field="description_text", old=text, new="0")
    assert rewriting_of(event) is None


async def test_what_is_known_can_be_asked_why(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, posted_at=None, description_text="Build. " * 60, quality_score=93))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    known = cells(page, ".known")
    assert known["First seen"].startswith("1 Nov 2026")
    assert "when we first saw it" in known["So far"]
    assert "The newest crawl that is known to have seen all of greenhouse/northwind" in known["Last seen"]
    assert known["Quality"].startswith("93 of 100")
    assert "title 30 of 30, company 20 of 20, description 25 of 25, location 7 of 10" in known["Quality"]


async def test_a_score_that_an_earlier_parser_gave_is_not_explained_by_todays_parts(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, quality_score=88))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert "an earlier version of the parser" in cells(page, ".known")["Quality"]


async def test_similar_jobs_stand_at_the_side(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2, title="Data Engineer, Streams", company_name="Globex"))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert [node.attributes["href"] for node in page.css(".similar a")] == [f"/jobs/{posting(2).id}"]
    assert texts(page, ".similar p") == ["Globex · Berlin, Germany · Hybrid", "€78–94.8k a year"]


async def test_a_closed_posting_says_so_and_offers_similar_ones(clients, gateway, crawl, posting):
    gone = posting(1, title="Senior Data Engineer (m/w/d), Berlin", posted_at=None)
    await crawl(clients, gone, posting(2, title="Data Engineer", company_name="Globex"))
    await end(clients, gone, await seen_at(clients, gone) + 31 * DAY)
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{gone.id}")
    assert page.css(".apply") == []
    assert (
        "Closed. The employer no longer lists this posting since 2 Dec 2026. It was open for 31 days."
        in texts(page, "[role=note]")[0]
    )
    assert [node.attributes["href"] for node in page.css("[role=note] a")] == [
        "#similar",
        "/companies/northwind.example",
    ]
    assert texts(page, ".similar a") == ["Data Engineer"]
    assert page.css_first("meta[name=robots]").attributes["content"] == "noindex"


async def test_a_posting_that_was_taken_back_says_so_and_is_no_job_to_machines(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    await end(clients, posting(1), await seen_at(clients, posting(1)) + DAY, withdraw)
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert texts(page, "[role=note]")[0].startswith("Taken back. On 2 Nov 2026 a better reading")
    assert page.css("script[type='application/ld+json']") == []


async def test_the_head_tells_machines_what_the_page_is(clients, gateway, crawl, posting):
    await crawl(clients, posting(1, title="Engineer </script><b>", provenance=STATED))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    address = f"http://gateway/jobs/{posting(1).id}"
    assert page.css_first("link[rel=canonical]").attributes["href"] == address
    assert page.css_first("meta[property='og:url']").attributes["content"] == address
    assert page.css_first("meta[name=description]").attributes["content"] == (
        "Engineer </script><b> at Northwind · €6,500–7,900 a month · Berlin, Germany · Hybrid, 2 days a week on site · Full-time"
    )
    assert page.css("meta[name=robots], meta[property='og:image']") == []
    told = json.loads(page.css_first("script[type='application/ld+json']").text())
    assert (told["@type"], told["title"], told["url"]) == ("JobPosting", "Engineer </script><b>", address)
    assert page.css("head b") == []


async def test_a_posting_with_little_leaves_out_what_it_does_not_say(clients, gateway, crawl, posting):
    bare = posting(
        1,
        **dict.fromkeys(("salary", "posted_at", "job_type", "visa_sponsorship", "on_site_days", "board_key")),
        **dict.fromkeys(("locations", "requirements", "skills"), ()),
        application_url=None,
        company_domain=None,
        remote="none",
        description_html="",
        description_text="",
        provenance={},
    )
    await crawl(clients, bare)
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{bare.id}")
    assert cells(page, ".facts") == {"Pay": "Not stated", "Workplace": "On site or not stated"}
    assert texts(page, ".description") == ["The posting has no description."]
    assert page.css("table.figures, .checklist, .reading .skills") == []
    assert texts(page, "aside p") == ["None is known.", "More at Northwind"]
    assert page.css_first(".apply a").attributes["href"] == bare.url


async def test_many_places_are_counted_and_all_told_on_asking(clients, gateway, crawl, posting):
    names = [f"Town {number}" for number in range(9)]
    await crawl(clients, posting(1, locations=tuple(Location(name=name) for name in names), provenance={}))
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert cells(page, ".facts")["Place"].startswith("Town 0 · Town 1 · Town 2 +6")
    assert f"All places: {', '.join(names)}." in cells(page, ".facts")["Place"]


@pytest.mark.parametrize("address", ["nothing", str(UUID(int=4)), "%00", "a" * 3000])
async def test_an_unknown_posting_offers_a_search(clients, gateway, address):
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{address}", 404)
    assert texts(page, "[role=alert] h1") == ["This posting is not known"]
    assert len(page.css("form[role=search] input[name=q]")) == 1


async def test_without_the_store_the_page_shows_what_the_index_knows(clients, gateway, crawl, posting):
    await crawl(clients, posting(1), posting(2, description_text="Build pipelines. " * 50))
    clients.postings.get = out_of_reach
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
        cut = await tree(client, f"/jobs/{posting(2).id}")
        unknown = await client.get(f"/jobs/{posting(3).id}", headers=HTML)
    assert texts(page, "h1") == ["Data Engineer"]
    assert texts(page, "[role=note]")[0].startswith("A part of this page is missing.")
    assert cells(page, ".facts")["Pay"] == "€78–94.8k a year"
    assert texts(page, ".description") == ["Build pipelines."]
    assert texts(cut, ".description")[0].endswith("…")
    assert page.css(".apply, #known") == []
    assert len(page.css(".similar li")) == 1
    # Whether there is no such posting cannot be told now.
    assert unknown.status_code == 503


async def test_without_the_index_the_page_is_whole_but_for_similar_jobs(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    clients.index.similar = out_of_reach
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert texts(page, "aside p")[0] == "The search index does not answer right now, so none can be shown."
    assert page.css("#known")


async def test_without_the_log_of_crawls_a_posting_was_last_seen_when_it_last_changed(clients, gateway, crawl, posting):
    await crawl(clients, posting(1))
    clients.boards.recent_crawls = out_of_reach
    async with gateway(clients) as client:
        page = await tree(client, f"/jobs/{posting(1).id}")
    assert cells(page, ".known")["Last seen"].startswith("1 Nov 2026")
    assert page.css("[role=note]") == []


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
    assert all(re.match(r"[/#]", node.attributes["href"]) for node in page.css("a[href]"))
    assert not any(node.attributes["href"].startswith("//") for node in page.css("a[href]"))


async def test_known_attacks_leave_nothing_that_runs(clients, gateway, crawl, posting, corpus):
    payloads = json.loads((corpus / "xss" / "dompurify_payloads.json").read_text())
    postings = [
        posting(
            number,
            title=entry["payload"][:300] or "-",
            description_html=entry["payload"],
            requirements=(entry["payload"],),
            provenance={"title": Provenance(source=Source.TEXT, path=entry["payload"])},
        )
        for number, entry in enumerate(payloads, 1)
    ]
    await crawl(clients, *postings)
    async with gateway(clients) as client:
        for item in postings:
            page = LexborHTMLParser((await client.get(f"/jobs/{item.id}")).text)
            data = page.css("script[type='application/ld+json']")
            assert len(data) == 1
            assert json.loads(data[0].text())["@type"] == "JobPosting"
            for script in page.css("script:not([type])"):
                assert script.attributes["src"].startswith("/static/")
                assert not script.text()
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
