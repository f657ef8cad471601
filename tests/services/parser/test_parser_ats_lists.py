"""Every adapter's list against hand-made answers in the documented shape: normal, empty and drifted."""

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
    "gupy": "https://northwind.gupy.io/",
    "softgarden": "https://northwind.softgarden.io/",
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
    "teamtailor": (1, 1, None, 2),
    "rippling": (0, 2, None, 2),
    "gem": (2, 0, None, 2),
    "breezy": (1, 1, None, 2),
    "pinpoint": (2, 0, None, 2),
    "join": (0, 2, "2", 7),
    "comeet": (1, 0, None, 1),
    "eightfold": (0, 2, "2", 12),
    "jazzhr": (0, 2, None, 2),
    "jobvite": (1, 0, None, 1),
    "gupy": (0, 2, None, 2),
    "softgarden": (0, 2, None, 2),
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
