"""How single vendors page and count, and what they answer with in place of a list."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.errors import Gone, SchemaDrift
from quiethire.domain.page import Page
from services.parser.ats.registry import adapter_for, recognise
from services.parser.parse import ParsedPage, parse_board_page

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
BOARDS = {
    "workday": "https://northwind.wd3.myworkdayjobs.com/Careers",
    "icims": "https://careers-northwind.icims.com/jobs/search",
    "personio": "https://northwind.jobs.personio.de/",
    "bamboohr": "https://northwind.bamboohr.com/careers",
    "teamtailor": "https://northwind.teamtailor.com/jobs",
    "jazzhr": "https://northwind.applytojob.com/apply/jobs",
    "jobvite": "https://jobs.jobvite.com/northwind",
    "successfactors": "https://careers.northwind.example/search/",
    "phenom": "https://careers.northwind.example/",
}
PAGES = {
    "successfactors": '<link href="https://rmkcdn.successfactors.com/1/a.css">',
    "phenom": '<script src="https://cdn.phenompeople.com/a.js"></script>',
}
TEXT = "<p>You plan and run the maintenance of our pumping stations together with a team of six.</p>" * 8


def board(name):
    found = recognise(BOARDS[name], PAGES.get(name))
    assert found is not None
    return found


def fixture(name, case):
    [path] = (FIXTURES / name).glob(f"{case}.*")
    return path.read_bytes()


def parse(name, case, cursor=None) -> ParsedPage:
    [spec] = adapter_for(name).requests(board(name), cursor)
    page = Page(url=spec.url, body=fixture(name, case), content_type="", fetched_at=FETCHED)
    return parse_board_page(board(name), page, cursor)


def workday(cursor, answer):
    body = json.dumps(answer).encode()
    page = Page(url=BOARDS["workday"], body=body, content_type="", fetched_at=FETCHED)
    return parse_board_page(board("workday"), page, cursor)


def asked(cursor):
    return json.loads(adapter_for("workday").requests(board("workday"), cursor)[0].body or "")


def test_workday_pages_until_a_page_is_short_and_trusts_the_first_count_alone():
    one = {"title": "T", "externalPath": "/job/x/T_R-1"}
    first = workday(None, {"total": 21, "jobPostings": [one] * 20})
    later = workday(first.cursor, {"total": 0, "jobPostings": [one]})
    assert (asked(first.cursor)["offset"], first.total) == (20, 21)
    assert (later.cursor, later.total) == (None, None)


def test_workday_sites_that_stop_listing_are_read_by_the_values_of_a_facet():
    facets = [
        {"facetParameter": "timeType", "values": [{"id": "full", "count": 2_300}, {"id": "part", "count": 10}]},
        {
            "facetParameter": "locationMainGroup",
            "values": [
                {"facetParameter": "locations", "values": [{"id": "a", "count": 1_900}, {"id": "b", "count": 900}]},
                {"facetParameter": "country", "values": [{"id": "at", "count": 1_500}, {"id": "de", "count": 810}]},
            ],
        },
    ]
    first = workday(None, {"total": 2_000, "jobPostings": [], "facets": facets})
    assert (first.links, first.total) == ((), 2_310)
    assert asked(first.cursor)["appliedFacets"] == {"country": ["at"]}
    more = workday(first.cursor, {"total": 1_500, "jobPostings": [{"externalPath": "/job/x/T_R-1"}] * 20})
    assert (asked(more.cursor)["appliedFacets"], asked(more.cursor)["offset"]) == ({"country": ["at"]}, 20)
    second = workday(more.cursor, {"total": 0, "jobPostings": []})
    assert (asked(second.cursor)["appliedFacets"], asked(second.cursor)["offset"]) == ({"country": ["de"]}, 0)
    assert workday(second.cursor, {"total": 810, "jobPostings": []}).cursor is None


def test_workday_sites_that_stop_counting_and_have_no_fitting_facet_are_never_complete():
    capped = Page(url="", body=b'{"total": 2000, "jobPostings": []}', content_type="", fetched_at=FETCHED)
    assert parse_board_page(board("workday"), capped).total == 2_001


def test_phenom_reads_the_sitemaps_of_one_language():
    first = parse("phenom", "index")
    assert first.links == ()
    [spec] = adapter_for("phenom").requests(board("phenom"), first.cursor)
    assert spec.url == "https://careers.northwind.example/sitemap-content.xml"
    second = parse("phenom", "normal", first.cursor)
    assert second.cursor == (
        '["https://careers.northwind.example/sitemap-0a80f330-en.xml",'
        ' "https://careers.northwind.example/sitemap-1b91f441-en.xml"]'
    )
    assert second.links == ("https://careers.northwind.example/us/en/job/R-1/Plant-Engineer",)


def test_jobvite_asks_its_board_for_the_company_s_id_first():
    body = fixture("jobvite", "first")
    page = Page(url=BOARDS["jobvite"], body=body, content_type="text/html", fetched_at=FETCHED)
    first = parse_board_page(board("jobvite"), page)
    assert (first.postings, first.cursor) == ((), "qAb9Vfwz")
    [spec] = adapter_for("jobvite").requests(board("jobvite"), first.cursor)
    assert spec.url == "https://app.jobvite.com/CompanyJobs/Xml.aspx?c=qAb9Vfwz"


def test_an_entity_bomb_in_a_feed_is_schema_drift():
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n > 1 else b"&a;" * 10) for n in range(1, 12)
    )
    body = bomb + b"]><workzag-jobs><position><id>&a11;</id></position></workzag-jobs>"
    page = Page(url=BOARDS["personio"], body=body, content_type="", fetched_at=FETCHED)
    with pytest.raises(SchemaDrift):
        parse_board_page(board("personio"), page)


def test_eightfold_without_its_customer_s_domain_is_read_by_its_sitemap():
    found = recognise("https://northwind.eightfold.ai/careers")
    assert found is not None
    [spec] = adapter_for("eightfold").requests(found, None)
    page = Page(url=spec.url, body=fixture("eightfold", "sitemap"), content_type="", fetched_at=FETCHED)
    parsed = parse_board_page(found, page)
    assert (spec.url, spec.accept) == ("https://northwind.eightfold.ai/careers/sitemap.xml", "xml")
    assert parsed.links == ("https://northwind.eightfold.ai/careers/job/10995553-plant-engineer",)
    assert (parsed.cursor, parsed.total) == (None, 1)


@pytest.mark.parametrize(
    ("items", "cursor", "after", "total"),
    [
        (0, None, None, 0),
        (99, None, None, 99),
        (100, None, "100", None),
        (100, "100", "200", None),
        (0, "200", None, 200),
    ],
)
def test_a_full_page_of_teamtailor_s_feed_is_followed_by_another_and_a_short_one_ends_it(items, cursor, after, total):
    entries = "".join(
        f"<item><title>T</title><link>https://northwind.teamtailor.com/jobs/{n}</link></item>" for n in range(items)
    )
    body = f"<rss><channel>{entries}</channel></rss>".encode()
    page = Page(url=BOARDS["teamtailor"], body=body, content_type="", fetched_at=FETCHED)
    parsed = parse_board_page(board("teamtailor"), page, cursor)
    assert (len(parsed.links), parsed.cursor, parsed.total) == (items, after, total)
    [spec] = adapter_for("teamtailor").requests(board("teamtailor"), after)
    assert spec.url == f"https://northwind.teamtailor.com/jobs.rss?offset={after or 0}&per_page=100"


@pytest.mark.parametrize(
    ("end", "cursor"),
    [("Page 2 of 3", "2"), ("Page 3 of 3", None), ('<link rel="next" href="?pr=2">', "2"), ("", None)],
)
def test_icims_goes_on_where_the_page_says_so(end, cursor):
    card = '<div class="iCIMS_JobsTable"><a class="iCIMS_Anchor" href="/jobs/1/x/job">X</a></div>'
    number = 2 if "3 of" in end else 1
    page = Page(url=BOARDS["icims"], body=(card + end).encode(), content_type="text/html", fetched_at=FETCHED)
    assert parse_board_page(board("icims"), page, str(number)).cursor == cursor


def successfactors(body, cursor=None):
    page = Page(url=BOARDS["successfactors"], body=body, content_type="", fetched_at=FETCHED)
    return parse_board_page(board("successfactors"), page, cursor)


def test_successfactors_tiles_may_end_blank():
    last = successfactors(b"\n", "25")
    assert (last.links, last.cursor) == ((), None)


def test_a_successfactors_site_of_the_newer_kind_is_read_by_its_search_in_its_own_language():
    page = (
        b'<html class="x" lang="en-GB"><link href="https://rmkcdn.successfactors.com/1/a.css"><body>Jobs</body></html>'
    )
    first = successfactors(page)
    [spec] = adapter_for("successfactors").requests(board("successfactors"), first.cursor)
    assert (spec.url, spec.method) == ("https://careers.northwind.example/services/recruiting/v1/jobs", "POST")
    body = json.loads(spec.body or "")
    assert (body["locale"], body["pageNumber"]) == ("en_GB", 0)
    found = successfactors(fixture("successfactors", "search"), first.cursor)
    assert found.links == (
        "https://careers.northwind.example/job/Plant-Engineer-&-Planner-%28m-f%29/172120-en_GB",
        "https://careers.northwind.example/clinics/job/Nurse/172121-en_GB",
    )
    assert (found.cursor, found.total) == ("search:en_GB:1:2", 12)
    last = successfactors(b'{"totalJobs": 12, "jobSearchResult": []}', found.cursor)
    assert (last.links, last.cursor, last.total) == ((), None, 12)
    with pytest.raises(SchemaDrift):
        successfactors(b'{"jobs": []}', found.cursor)


def test_a_successfactors_site_without_jobs_in_one_language_is_not_known_to_be_empty():
    found = successfactors(b'{"totalJobs": 0, "jobSearchResult": []}', "search:en_US:0:0")
    assert (found.links, found.cursor, found.total) == ((), None, 1)


def test_a_successfactors_site_whose_tiles_are_blank_is_read_by_its_feed():
    assert adapter_for("successfactors").requests(board("successfactors"), None)[0].accept == "any"
    first = successfactors(b" ")
    [spec] = adapter_for("successfactors").requests(board("successfactors"), first.cursor)
    assert (spec.url, spec.accept) == ("https://careers.northwind.example/googlefeed.xml", "xml")
    found = successfactors(fixture("successfactors", "feed"), first.cursor)
    engineer, nurse = found.postings
    assert (found.refused, found.cursor, found.total) == ((), None, 2)
    assert (engineer.title, engineer.company_name, engineer.department) == (
        "Plant Engineer",
        "Northwind Water",
        "Operations",
    )
    assert (engineer.identity, engineer.locations[0].city) == (
        "successfactors/careers.northwind.example/1403946900",
        "Graz",
    )
    assert engineer.valid_through == datetime(2026, 12, 24, tzinfo=UTC)
    assert engineer.requirements[0] == "Three years with industrial pumps"
    assert (nurse.title, nurse.department) == ("Nurse (m/f)", None)
    with pytest.raises(SchemaDrift):
        successfactors(b"<html>retired</html>", first.cursor)


def test_a_phenom_site_of_too_many_sitemaps_is_read_by_its_search():
    names = "".join(
        f"<sitemap><loc>https://careers.northwind.example/sitemap-{n:x}-en-us.xml</loc></sitemap>" for n in range(151)
    )
    body = f"<sitemapindex>{names}</sitemapindex>".encode()
    url = BOARDS["phenom"]
    first = parse_board_page(board("phenom"), Page(url=url, body=body, content_type="", fetched_at=FETCHED))
    [spec] = adapter_for("phenom").requests(board("phenom"), first.cursor)
    assert (spec.url, spec.method) == (
        "https://careers.northwind.example/api/get-jobs?page_number=1&page_size=100",
        "POST",
    )
    assert json.loads(spec.body or "")["site_available_languages"] == ["en-us"]
    page = Page(url=url, body=fixture("phenom", "search"), content_type="", fetched_at=FETCHED)
    found = parse_board_page(board("phenom"), page, first.cursor)
    assert (found.cursor, found.total, found.refused) == ("search:2:3:en-us", 203, ())
    engineer, nurse = found.postings
    assert engineer.identity == "phenom/careers.northwind.example/NW-1"
    assert engineer.url == "https://careers.northwind.example/plant-engineer/job/NW-1"
    assert [(place.city, place.country) for place in engineer.locations] == [("Graz", "AT"), ("Linz", "AT")]
    assert (engineer.job_type, engineer.application_url) == ("full_time", "https://apply.northwind.example/NW-1")
    assert nurse.remote == "remote"


def test_a_sitemap_of_phenom_below_another_is_read_too_but_not_for_ever():
    def below(count):
        names = "".join(f"<sitemap><loc>{BOARDS['phenom']}deep-{n}.xml</loc></sitemap>" for n in range(count))
        body = f"<sitemapindex>{names}</sitemapindex>".encode()
        page = Page(url=BOARDS["phenom"], body=body, content_type="", fetched_at=FETCHED)
        return parse_board_page(board("phenom"), page, json.dumps(["a.xml", "b.xml"]))

    assert json.loads(below(1).cursor or "") == ["b.xml", "https://careers.northwind.example/deep-0.xml"]
    with pytest.raises(SchemaDrift, match="ever more"):
        below(200)


def test_eightfold_reads_the_sitemaps_that_its_sitemap_names():
    found = recognise("https://northwind.eightfold.ai/careers")
    assert found is not None
    index = b"<sitemapindex><sitemap><loc>https://northwind.eightfold.ai/careers/sitemap-1.xml</loc></sitemap></sitemapindex>"
    first = parse_board_page(found, Page(url=found.url, body=index, content_type="", fetched_at=FETCHED))
    [spec] = adapter_for("eightfold").requests(found, first.cursor)
    assert spec.url == "https://northwind.eightfold.ai/careers/sitemap-1.xml"
    page = Page(url=spec.url, body=fixture("eightfold", "sitemap"), content_type="", fetched_at=FETCHED)
    second = parse_board_page(found, page, first.cursor)
    assert (len(second.links), second.cursor) == (1, None)


def test_comeet_is_read_by_its_careers_api_where_a_page_names_the_token():
    found = recognise(
        "https://northwind.example/careers",
        '<script>fetch("https://www.comeet.co/careers-api/2.0/company/C6.001/positions?details=true&token=6C1")</script>',
    )
    assert found is not None
    [spec] = adapter_for("comeet").requests(found, None)
    assert (found.key, spec.url, spec.accept) == (
        "comeet/C6.001",
        "https://www.comeet.co/careers-api/2.0/company/C6.001/positions?token=6C1&details=true",
        "json",
    )
    positions = [
        {
            "uid": "1A.B02",
            "name": "Plant Engineer",
            "url_active_page": "https://northwind.example/plant",
            "location": {"name": "HQ", "city": "Haifa", "country": "IL"},
            "employment_type": "Full-time",
            "details": [{"name": "Role", "value": TEXT}],
        },
        {"uid": "1A.B03", "name": "Only for colleagues", "is_internal": True},
    ]
    page = Page(url=spec.url, body=json.dumps(positions).encode(), content_type="", fetched_at=FETCHED)
    parsed = parse_board_page(found, page)
    assert (len(parsed.postings), parsed.total) == (1, 1)
    assert "pumping stations" in parsed.postings[0].description_text


def test_a_bamboohr_board_that_leads_elsewhere_is_gone():
    page = Page(url="https://www.bamboohr.com/", body=b"<html>", content_type="text/html", fetched_at=FETCHED)
    with pytest.raises(Gone):
        parse_board_page(board("bamboohr"), page)


def test_an_icims_page_before_the_last_that_holds_no_jobs_is_schema_drift():
    body = b'<div class="iCIMS_JobsTable"></div>Page 2 of 3'
    page = Page(url=BOARDS["icims"], body=body, content_type="text/html", fetched_at=FETCHED)
    with pytest.raises(SchemaDrift, match="before the last"):
        parse_board_page(board("icims"), page, "1")


@pytest.mark.parametrize("marker", ["job_listings_wrapper", "jobs_table"])
def test_a_jazzhr_board_without_jobs_still_has_the_frame_of_its_list(marker):
    page = Page(url=BOARDS["jazzhr"], body=f'<div id="{marker}"></div>'.encode(), content_type="", fetched_at=FETCHED)
    parsed = parse_board_page(board("jazzhr"), page)
    assert (parsed.links, parsed.total) == ((), 0)


def test_a_sitemap_of_phenom_that_names_pages_but_no_jobs_is_schema_drift():
    body = b"<urlset><url><loc>https://careers.northwind.example/about</loc></url></urlset>"
    with pytest.raises(SchemaDrift, match="no job pages"):
        parse_board_page(board("phenom"), Page(url=BOARDS["phenom"], body=body, content_type="", fetched_at=FETCHED))
