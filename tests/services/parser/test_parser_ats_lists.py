"""Every adapter's list against hand-made answers in the documented shape: normal, empty and drifted."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.errors import SchemaDrift
from quiethire.domain.page import Page
from services.parser import ats
from services.parser.ats.registry import ADAPTERS, adapter_for, page_request, recognise
from services.parser.parse import ParsedPage, parse_board_page

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
GUID = "0f0f0f0f-0000-4000-8000-000000000001"
PAGES = {
    "successfactors": '<link href="https://rmkcdn.successfactors.com/1/a.css">',
    "phenom": '<script src="https://cdn.phenompeople.com/a.js"></script>',
}
BOARDS = {
    "greenhouse": "https://job-boards.greenhouse.io/northwind",
    "lever": "https://jobs.lever.co/acme",
    "ashby": "https://jobs.ashbyhq.com/Globex",
    "workday": "https://northwind.wd3.myworkdayjobs.com/Careers",
    "smartrecruiters": "https://careers.smartrecruiters.com/Northwind",
    "oracle": "https://ebwh.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1",
    "ukg": f"https://recruiting.ultipro.com/NOR1000NWW/JobBoard/{GUID}",
    "icims": "https://careers-northwind.icims.com/jobs/search",
    "workable": "https://apply.workable.com/northwind/",
    "recruitee": "https://northwind.recruitee.com/",
    "personio": "https://northwind.jobs.personio.de/",
    "bamboohr": "https://northwind.bamboohr.com/careers",
    "teamtailor": "https://northwind.teamtailor.com/jobs",
    "rippling": "https://ats.rippling.com/northwind/jobs",
    "gem": "https://jobs.gem.com/northwind",
    "breezy": "https://northwind.breezy.hr/",
    "pinpoint": "https://northwind.pinpointhq.com/",
    "join": "https://join.com/companies/northwind",
    "comeet": "https://www.comeet.com/jobs/northwind/C6.001",
    "eightfold": "https://northwind.eightfold.ai/careers?domain=northwind.example",
    "jazzhr": "https://northwind.applytojob.com/apply/jobs",
    "jobvite": "https://jobs.jobvite.com/northwind",
    "successfactors": "https://careers.northwind.example/search/",
    "phenom": "https://careers.northwind.example/",
}
CURSORS = {"jobvite": "qAb9Vfwz"}
"""Boards whose first answer is not the list."""

LISTED = {
    # postings, links, cursor, total
    "greenhouse": (2, 0, None, 2),
    "lever": (2, 0, None, 2),
    "ashby": (2, 0, None, 2),
    "workday": (0, 2, None, 40),
    "smartrecruiters": (0, 2, None, 2),
    "oracle": (0, 2, None, 2),
    "ukg": (0, 2, None, 2),
    "icims": (0, 2, "1", None),
    "workable": (2, 0, None, 2),
    "recruitee": (2, 0, None, 2),
    "personio": (2, 0, None, 2),
    "bamboohr": (0, 2, None, 2),
    "teamtailor": (0, 2, None, 2),
    "rippling": (0, 2, None, 2),
    "gem": (2, 0, None, 2),
    "breezy": (0, 2, None, 2),
    "pinpoint": (2, 0, None, 2),
    "join": (0, 2, "2", 7),
    "comeet": (1, 0, None, 1),
    "eightfold": (0, 2, "2", 12),
    "jazzhr": (0, 2, None, 2),
    "jobvite": (1, 0, None, 1),
    "successfactors": (0, 2, "2", None),
    "phenom": (0, 1, None, None),
}


def board(name):
    found = recognise(BOARDS[name], PAGES.get(name))
    assert found is not None
    assert found.ats == name
    return found


def fixture(name, case):
    [path] = (FIXTURES / name).glob(f"{case}.*")
    return path.read_bytes()


def parse(name, case, cursor=None) -> ParsedPage:
    cursor = cursor or CURSORS.get(name)
    [spec] = adapter_for(name).requests(board(name), cursor)
    page = Page(url=spec.url, body=fixture(name, case), content_type="", fetched_at=FETCHED)
    return parse_board_page(board(name), page, cursor)


def test_every_adapter_file_is_registered_and_has_its_fixtures():
    files = {path.stem for path in Path(ats.__file__).parent.glob("*.py")}
    files -= {"__init__", "base", "markup", "registry"}
    assert files == {adapter.name for adapter in ADAPTERS} == set(BOARDS) == set(LISTED)
    for adapter in ADAPTERS:
        held = {path.stem for path in (FIXTURES / adapter.name).iterdir()}
        assert held >= {"normal", "empty", "drifted"}, adapter.name
        assert ("detail" in held) == (adapter.details is not None), adapter.name


@pytest.mark.parametrize("name", BOARDS)
def test_a_list_gives_its_postings_or_their_pages_and_how_it_goes_on(name):
    parsed = parse(name, "normal")
    assert parsed.refused == ()
    assert (len(parsed.postings), len(parsed.links), parsed.cursor, parsed.total) == LISTED[name]
    assert all(posting.board_key == board(name).key for posting in parsed.postings)
    assert parse(name, "normal") == parsed


@pytest.mark.parametrize("name", BOARDS)
def test_an_empty_board_is_a_result_not_an_error(name):
    parsed = parse(name, "empty")
    assert (parsed.postings, parsed.refused, parsed.links, parsed.cursor) == ((), (), (), None)
    assert parsed.total in (0, None)


@pytest.mark.parametrize("name", BOARDS)
def test_an_unknown_shape_is_schema_drift_that_names_the_board(name):
    with pytest.raises(SchemaDrift) as caught:
        parse(name, "drifted")
    assert caught.value.where == board(name).key


@pytest.mark.parametrize("name", BOARDS)
def test_an_answer_of_another_kind_is_schema_drift(name):
    page = Page(url=BOARDS[name], body=b"<html><p>Moved", content_type="text/html", fetched_at=FETCHED)
    with pytest.raises(SchemaDrift):
        parse_board_page(board(name), page, CURSORS.get(name))


@pytest.mark.parametrize("name", BOARDS)
def test_the_links_of_an_api_are_asked_for_as_details_and_others_as_job_pages(name):
    adapter = adapter_for(name)
    for link in parse(name, "normal").links:
        spec = page_request(link)
        if adapter.details is None:
            assert (spec.accept, spec.render) == ("html", "auto")
        else:
            assert (spec.accept, spec.render) == (adapter.details_accept, "never")


@pytest.mark.parametrize(
    ("name", "cursor", "start", "later"),
    [
        ("workday", '{"offset": 40}', '"offset": 0', '"offset": 40'),
        ("ukg", "40", '"Skip": 0', '"Skip": 40'),
    ],
)
def test_paging_by_post_says_in_its_body_where_to_go_on(name, cursor, start, later):
    specs = [adapter_for(name).requests(board(name), at)[0] for at in (None, cursor)]
    assert [spec.method for spec in specs] == ["POST", "POST"]
    assert start in str(specs[0].body)
    assert later in str(specs[1].body)
    assert specs[0].key != specs[1].key


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


@pytest.mark.parametrize(("items", "total"), [(99, 99), (100, 101), (150, 150), (200, 201)])
def test_a_teamtailor_feed_that_is_full_is_never_complete(items, total):
    entries = "".join(f"<item><link>https://northwind.teamtailor.com/jobs/{n}</link></item>" for n in range(items))
    body = f"<rss><channel>{entries}</channel></rss>".encode()
    parsed = parse_board_page(
        board("teamtailor"), Page(url=BOARDS["teamtailor"], body=body, content_type="", fetched_at=FETCHED)
    )
    assert (len(parsed.links), parsed.total) == (items, total)


@pytest.mark.parametrize(
    ("end", "cursor"),
    [("Page 2 of 3", "2"), ("Page 3 of 3", None), ('<link rel="next" href="?pr=2">', "2"), ("", None)],
)
def test_icims_goes_on_where_the_page_says_so(end, cursor):
    card = '<div class="iCIMS_JobsTable"><a class="iCIMS_Anchor" href="/jobs/1/x/job">X</a></div>'
    number = 2 if "3 of" in end else 1
    page = Page(url=BOARDS["icims"], body=(card + end).encode(), content_type="text/html", fetched_at=FETCHED)
    assert parse_board_page(board("icims"), page, str(number)).cursor == cursor


def test_successfactors_may_end_blank_but_not_begin_so():
    blank = Page(url=BOARDS["successfactors"], body=b"\n", content_type="text/html", fetched_at=FETCHED)
    last = parse_board_page(board("successfactors"), blank, "25")
    assert (last.links, last.cursor) == ((), None)
    with pytest.raises(SchemaDrift):
        parse_board_page(board("successfactors"), blank)


def test_a_sitemap_of_phenom_that_names_pages_but_no_jobs_is_schema_drift():
    body = b"<urlset><url><loc>https://careers.northwind.example/about</loc></url></urlset>"
    with pytest.raises(SchemaDrift, match="no job pages"):
        parse_board_page(board("phenom"), Page(url=BOARDS["phenom"], body=body, content_type="", fetched_at=FETCHED))
