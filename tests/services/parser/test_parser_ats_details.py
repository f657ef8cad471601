"""What the adapters make of single postings: every field the board gives, from its list, its details or its job pages."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quiethire.domain.errors import Gone, SchemaDrift
from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, JobType, Period, Workplace
from services.parser.ats.registry import ADAPTERS, recognise
from services.parser.parse import parse_board_page, parse_posting_page

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
GUID = "0f0f0f0f-0000-4000-8000-000000000001"
UUID = "2f0674e6-0000-4000-8000-000000000001"
DETAILS = {
    "workday": "https://northwind.wd3.myworkdayjobs.com/wday/cxs/northwind/Careers/job/Linz/Plant-Engineer_R-1001-1",
    "smartrecruiters": "https://api.smartrecruiters.com/v1/companies/Northwind/postings/744000001",
    "oracle": "https://ebwh.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitionDetails"
    "?expand=all&onlyData=true&finder=ById;Id=%22210%22,siteNumber=CX_1",
    "ukg": f"https://recruiting.ultipro.com/NOR1000NWW/JobBoard/{GUID}/OpportunityDetail?opportunityId=5d0c",
    "bamboohr": "https://northwind.bamboohr.com/careers/31/detail",
    "rippling": f"https://api.rippling.com/platform/api/ats/v1/board/northwind/jobs/{UUID}",
    "eightfold": "https://northwind.eightfold.ai/api/apply/v2/jobs/10995553?domain=northwind.com",
}
BOARDS = {
    "workday": "https://northwind.wd3.myworkdayjobs.com/Careers",
    "oracle": "https://ebwh.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1",
    "bamboohr": "https://northwind.bamboohr.com/careers",
    "eightfold": "https://northwind.eightfold.ai/careers?domain=northwind.com",
}


def page(url, name, case):
    [path] = (FIXTURES / name).glob(f"{case}.*")
    return Page(url=url, body=path.read_bytes(), content_type="text/html", fetched_at=FETCHED)


def detail(name) -> JobPosting:
    board = recognise(BOARDS.get(name, DETAILS[name]))
    assert board is not None
    parsed = parse_posting_page(page(DETAILS[name], name, "detail"), board=board)
    assert parsed.refused == ()
    [posting] = parsed.postings
    return posting


def listed(name, url, cursor=None) -> tuple[JobPosting, ...]:
    board = recognise(url)
    assert board is not None
    parsed = parse_board_page(board, page(url, name, "normal"), cursor)
    assert parsed.refused == ()
    return parsed.postings


def job_page(name, url) -> JobPosting:
    [posting] = parse_posting_page(page(url, name, "job"), board=recognise(url)).postings
    return posting


def places(posting):
    return [(place.city, place.country) for place in posting.locations]


def pay(posting):
    found = posting.salary
    return found and (found.min, found.max, found.currency, found.period)


def test_every_adapter_with_details_is_proved_here():
    assert {adapter.name for adapter in ADAPTERS if adapter.details} == set(DETAILS)
    for adapter in ADAPTERS:
        if adapter.details:
            assert adapter.details.match(DETAILS[adapter.name])


@pytest.mark.parametrize("name", DETAILS)
def test_a_detail_is_a_posting_of_its_board_with_the_origin_of_its_fields(name):
    posting = detail(name)
    assert posting.ats == name
    assert "pumping stations" in posting.description_text
    assert posting.requirements[0] == "Three years with industrial pumps"
    assert posting.provenance["title"].source == "ats"
    assert posting.provenance["title"].path.startswith("$.")


@pytest.mark.parametrize("name", DETAILS)
@pytest.mark.parametrize("body", [b'{"message": "moved"}', b"<html><p>Moved", b"[]", b""])
def test_a_detail_of_unknown_shape_is_schema_drift(name, body):
    board = recognise(BOARDS.get(name, DETAILS[name]))
    moved = Page(url=DETAILS[name], body=body, content_type="", fetched_at=FETCHED)
    with pytest.raises(SchemaDrift):
        parse_posting_page(moved, board=board)


def test_workday():
    posting = detail("workday")
    assert posting.identity == "workday/northwind/Careers/R-1001-1"
    assert posting.url == "https://northwind.wd3.myworkdayjobs.com/Careers/job/Graz/Plant-Engineer_R-1001-1"
    assert posting.company_name == "Northwind Water GmbH"
    assert places(posting) == [("Graz", "AT"), ("Linz", "AT")]
    assert (posting.remote, posting.job_type) == (Workplace.HYBRID, JobType.FULL_TIME)
    assert posting.posted_at == datetime(2026, 10, 29, tzinfo=UTC)
    assert posting.valid_through == datetime(2026, 12, 31, tzinfo=UTC)


def test_smartrecruiters():
    posting = detail("smartrecruiters")
    assert posting.identity == "smartrecruiters/Northwind/744000001"
    assert posting.url == "https://jobs.smartrecruiters.com/Northwind/744000001-network-planner"
    assert (posting.company_name, posting.department) == ("Northwind Water", "Networks")
    assert places(posting) == [("Porto", "PT")]
    assert (posting.remote, posting.job_type) == (Workplace.HYBRID, JobType.FULL_TIME)
    assert pay(posting) == (28000, 36000, "EUR", Period.YEAR)
    assert posting.posted_at == datetime(2026, 10, 5, 8, tzinfo=UTC)
    assert "Qualifications" in posting.description_text


def test_oracle():
    posting = detail("oracle")
    assert posting.identity == "oracle/ebwh/CX_1/210"
    assert posting.url.endswith("/hcmUI/CandidateExperience/en/sites/CX_1/job/210")
    assert places(posting) == [("Perth", "AU"), ("Darwin", "AU")]
    assert (posting.remote, posting.job_type, posting.department) == (
        Workplace.HYBRID,
        JobType.FULL_TIME,
        "Engineering",
    )
    assert posting.posted_at == datetime(2026, 10, 7, tzinfo=UTC)
    assert "No fear of heights." in posting.description_text


def test_ukg():
    posting = detail("ukg")
    assert posting.identity == f"ukg/NOR1000NWW/{GUID}/5d0c7c6e-0000-4000-8000-000000000001"
    assert places(posting) == [("Tulsa", "US")]
    assert (posting.job_type, posting.department, posting.remote) == (
        JobType.FULL_TIME,
        "Operations",
        Workplace.NONE,
    )
    assert posting.posted_at == datetime(2026, 10, 20, 14, 3, 11, 120000, tzinfo=UTC)


def test_bamboohr():
    posting = detail("bamboohr")
    assert posting.identity == "bamboohr/northwind/31"
    assert places(posting) == [("Provo", "US")]
    assert (posting.job_type, posting.remote) == (JobType.FULL_TIME, Workplace.HYBRID)
    assert pay(posting) == (70000, 85000, "USD", Period.YEAR)
    assert posting.posted_at == datetime(2026, 10, 15, tzinfo=UTC)


def test_rippling():
    posting = detail("rippling")
    assert posting.identity == f"rippling/northwind/{UUID}"
    assert (posting.company_name, posting.department) == ("Northwind Water", "Operations")
    assert places(posting) == [("Denver", "US")]
    assert pay(posting) == (92000, 118000, "USD", Period.YEAR)
    assert (posting.job_type, posting.posted_at) == (JobType.FULL_TIME, datetime(2026, 10, 2, 10, tzinfo=UTC))


def test_eightfold():
    posting = detail("eightfold")
    assert posting.identity == "eightfold/northwind/10995553"
    assert places(posting) == [("Charlotte", "US"), ("Magnolia", "US")]
    assert (posting.remote, posting.department) == (Workplace.HYBRID, "Operations")
    assert posting.posted_at == datetime.fromtimestamp(1790000000, UTC)


def test_workable_joins_the_places_of_a_job():
    engineer, agent = listed("workable", "https://apply.workable.com/northwind/")
    assert engineer.identity == "workable/northwind/AB12CD34EF"
    assert places(engineer) == [("Graz", "AT"), ("Linz", "AT")]
    assert (engineer.company_name, engineer.department) == ("Northwind Water", "Operations")
    assert engineer.posted_at == datetime(2026, 10, 12, tzinfo=UTC)
    assert (agent.remote, agent.locations[0].country) == (Workplace.REMOTE, "GR")


def test_recruitee_reads_pay_that_is_written_as_text_and_leaves_unpublished_offers():
    engineer, intern = listed("recruitee", "https://northwind.recruitee.com/")
    assert places(engineer) == [("Utrecht", "NL"), ("Gent", "BE")]
    assert pay(engineer) == (3500, 4200, "EUR", Period.MONTH)
    assert (engineer.remote, engineer.job_type) == (Workplace.HYBRID, JobType.FULL_TIME)
    assert engineer.application_url == "https://northwind.recruitee.com/o/plant-engineer/c/new"
    assert (intern.remote, intern.job_type, intern.salary) == (Workplace.REMOTE, JobType.INTERNSHIP, None)


def test_breezy_gives_a_position_with_its_text_once_and_the_page_of_one_without():
    board = recognise("https://northwind.breezy.hr/")
    assert board is not None
    parsed = parse_board_page(board, page(board.url, "breezy", "normal"))
    [engineer] = parsed.postings
    assert engineer.identity == "breezy/northwind/5f1a2b3c4d5e"
    assert places(engineer) == [("Graz", "AT"), ("Linz", "AT")]
    assert (engineer.company_name, engineer.department) == ("Northwind Water", "Operations")
    assert (engineer.job_type, engineer.posted_at) == (JobType.FULL_TIME, datetime(2026, 10, 9, 8, tzinfo=UTC))
    assert pay(engineer) == (48000, 56000, "EUR", Period.YEAR)
    assert parsed.links == ("https://northwind.breezy.hr/p/5f1a2b3c4d5f-nurse",)


def test_teamtailor_gives_a_job_with_its_text_and_the_page_of_one_without():
    board = recognise("https://northwind.teamtailor.com/jobs")
    assert board is not None
    parsed = parse_board_page(board, page(board.url, "teamtailor", "normal"))
    [engineer] = parsed.postings
    assert engineer.identity == "teamtailor/northwind/881"
    assert places(engineer) == [("Malmö", "SE"), ("Gothenburg", "SE")]
    assert (engineer.remote, engineer.department) == (Workplace.HYBRID, "Operations")
    assert engineer.posted_at == datetime(2026, 10, 5, 7, tzinfo=UTC)
    assert engineer.requirements[0] == "Three years with industrial pumps"
    assert parsed.links == ("https://northwind.teamtailor.com/jobs/882-nurse",)


def bent(name, url, change):
    """The postings of a normal list after a change of its JSON."""
    board = recognise(url)
    assert board is not None
    answer = json.loads((FIXTURES / name / "normal.json").read_bytes())
    change(answer)
    changed = Page(url=url, body=json.dumps(answer).encode(), content_type="", fetched_at=FETCHED)
    return parse_board_page(board, changed).postings


def test_greenhouse_pay_spans_the_ranges_of_all_places_in_one_currency():
    def change(answer):
        answer["jobs"][0]["pay_input_ranges"] = [
            {"min_cents": 7_000_000, "max_cents": 9_500_000, "currency_type": "EUR", "title": "Annual salary"},
            {"min_cents": 8_000_000, "max_cents": 11_000_000, "currency_type": "EUR", "title": "Annual salary"},
            {"min_cents": 1, "max_cents": 99_000_000, "currency_type": "INR", "title": "Annual salary"},
        ]

    assert pay(bent("greenhouse", "https://job-boards.greenhouse.io/northwind", change)[0]) == (
        70000,
        110000,
        "EUR",
        Period.YEAR,
    )


def test_greenhouse_offices_tell_the_places_of_a_posting_in_several():
    def change(answer):
        answer["jobs"][0]["location"] = {"name": "Multiple locations"}
        answer["jobs"][0]["offices"] = [
            {"id": 1, "name": "South", "location": "Munich, Germany"},
            {"id": 2, "name": "Hamburg, Germany", "location": None},
        ]

    first = bent("greenhouse", "https://job-boards.greenhouse.io/northwind", change)[0]
    assert places(first) == [("Munich", "DE"), ("Hamburg", "DE")]


def test_gem_states_pay_as_greenhouse_does():
    def change(answer):
        answer[0]["pay_input_ranges"] = [
            {"min_cents": 12_000_000, "max_cents": 15_050_050, "currency_type": "USD", "title": "Annual salary"}
        ]

    assert pay(bent("gem", "https://jobs.gem.com/northwind", change)[0]) == (120000, 150500.5, "USD", Period.YEAR)


def test_workable_descriptions_may_come_in_parts():
    def change(answer):
        for job in answer["jobs"]:
            job["requirements"] = "<ul><li>Speaks Portuguese</li></ul>"

    engineer = bent("workable", "https://apply.workable.com/northwind/", change)[0]
    assert "pumping stations" in engineer.description_text
    assert "Speaks Portuguese" in engineer.requirements


def test_a_requisition_of_oracle_that_is_no_longer_posted_is_gone():
    closed = Page(url=DETAILS["oracle"], body=b'{"items": [], "count": 0}', content_type="", fetched_at=FETCHED)
    with pytest.raises(Gone):
        parse_posting_page(closed, board=recognise(BOARDS["oracle"]))


def test_pinpoint_pay_that_is_stated_in_words_alone_is_read():
    def change(answer):
        answer["data"][0].update(
            compensation_minimum=None, compensation_maximum=None, compensation="£26,000 - £27,500 per annum"
        )

    assert pay(bent("pinpoint", "https://northwind.pinpointhq.com/", change)[0]) == (26000, 27500, "GBP", Period.YEAR)


def test_rippling_pay_spans_its_ranges_and_a_code_is_no_kind_of_work():
    answer = json.loads((FIXTURES / "rippling" / "detail.json").read_bytes())
    more = {"currency": "USD", "rangeStart": 88000, "rangeEnd": 131000, "frequency": "YEARLY"}
    answer["payRangeDetails"].append(more)
    answer["employmentType"] = {"label": "SALARIED_FT", "id": "Salaried, full-time"}
    answer["locations"] = [
        {"name": "Denver", "workplaceType": "HYBRID"},
        {"name": "Boulder", "workplaceType": "HYBRID"},
    ]
    url = DETAILS["rippling"]
    changed = Page(url=url, body=json.dumps(answer).encode(), content_type="", fetched_at=FETCHED)
    [posting] = parse_posting_page(changed, board=recognise(url)).postings
    assert pay(posting) == (88000, 131000, "USD", Period.YEAR)
    assert (posting.job_type, posting.remote) == (JobType.FULL_TIME, Workplace.HYBRID)


def test_personio_reads_sections_offices_and_the_more_telling_kind_of_work():
    engineer, student = listed("personio", "https://northwind.jobs.personio.de/")
    assert engineer.identity == "personio/northwind/501"
    assert engineer.url == "https://northwind.jobs.personio.de/job/501"
    assert (engineer.title, engineer.company_name) == ("Plant Engineer & Planner (m/f/d)", "Northwind Water GmbH")
    assert places(engineer) == [("Munich", "DE"), ("Hamburg", "DE")]
    assert (engineer.job_type, student.job_type) == (JobType.FULL_TIME, JobType.INTERNSHIP)
    assert "Your profile" in engineer.description_text
    assert (pay(engineer), pay(student)) == ((60000, 80000, "EUR", Period.YEAR), None)


def test_gem_keeps_every_office_apart():
    engineer, executive = listed("gem", "https://jobs.gem.com/northwind")
    assert engineer.identity == "gem/northwind/am9i1"
    assert places(engineer) == [("San Francisco", "US"), ("Austin", "US")]
    assert (engineer.remote, engineer.job_type, engineer.department) == (
        Workplace.HYBRID,
        JobType.FULL_TIME,
        "Operations",
    )
    assert (executive.remote, places(executive)) == (Workplace.REMOTE, [("Austin", "US")])


def test_pinpoint_knows_an_end_but_no_beginning_and_no_pay_that_is_hidden():
    engineer, nurse = listed("pinpoint", "https://northwind.pinpointhq.com/")
    assert pay(engineer) == (32000, 38000, "GBP", Period.YEAR)
    assert (engineer.posted_at, engineer.valid_through) == (None, datetime(2026, 12, 24, tzinfo=UTC))
    assert (engineer.remote, engineer.job_type) == (Workplace.HYBRID, JobType.FULL_TIME)
    assert (nurse.salary, nurse.remote) == (None, Workplace.NONE)


def test_comeet():
    [engineer] = listed("comeet", "https://www.comeet.com/jobs/northwind/C6.001")
    assert engineer.identity == "comeet/northwind/C6.001/1A.B02"
    assert engineer.url == "https://www.comeet.com/jobs/northwind/C6.001/plant-engineer/1A.B02"
    assert (places(engineer), engineer.remote) == ([("Haifa", "IL")], Workplace.HYBRID)
    assert engineer.posted_at is None  # the feed says when it was changed, not when it was posted


def test_jobvite():
    [engineer] = listed("jobvite", "https://jobs.jobvite.com/northwind", "qAb9Vfwz")
    assert engineer.identity == "jobvite/northwind/oXyz1"
    assert (places(engineer), engineer.job_type) == ([("Austin", "US")], JobType.FULL_TIME)
    assert engineer.posted_at == datetime(2026, 10, 14, tzinfo=UTC)
    assert engineer.application_url == "https://jobs.jobvite.com/northwind/job/oXyz1/apply"


def test_icims_dates_that_may_be_the_request_s_own_time_are_dropped():
    posting = job_page("icims", "https://careers-northwind.icims.com/jobs/4101/plant-engineer/job?in_iframe=1")
    assert posting.identity == "icims/careers-northwind/4101"
    assert posting.url == "https://careers-northwind.icims.com/jobs/4101/plant-engineer/job"
    assert posting.posted_at is None
    assert places(posting) == [("Graz", "AT")]


@pytest.mark.parametrize(
    ("name", "url", "number"),
    [
        ("breezy", "https://northwind.breezy.hr/p/5f1a2b3c4d5e-plant-engineer", "5f1a2b3c4d5e"),
        ("teamtailor", "https://northwind.teamtailor.com/jobs/881-plant-engineer-2", "881"),
        ("gupy", "https://northwind.gupy.io/jobs/7001", "7001"),
        ("softgarden", "https://northwind.softgarden.io/job/48677018", "48677018"),
        ("jazzhr", "https://northwind.applytojob.com/apply/Ab12Cd34Ef/Plant-Engineer", "Ab12Cd34Ef"),
    ],
)
def test_a_job_page_is_known_by_the_id_in_its_address_not_by_its_title(name, url, number):
    posting = job_page(name, url)
    assert posting.identity == f"{name}/northwind/{number}"
    assert (posting.company_name, posting.job_type) == ("Northwind Water", JobType.FULL_TIME)
