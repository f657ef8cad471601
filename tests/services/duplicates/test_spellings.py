"""Titles, companies, places and names of postings: what is spelled in two ways is one, what differs is two."""

import pytest

from quiethire.domain.posting import JobPosting, Location, job_id
from services.duplicates.companies import is_agency, same_company
from services.duplicates.names import names_of
from services.duplicates.places import place_keys, share_a_place
from services.duplicates.titles import title_words
from services.parser.ats.registry import recognise


def title(text: str, company: str = "Northwind", places: tuple[str, ...] = ("Berlin, Germany",)) -> tuple[str, ...]:
    return title_words(text, company=company, places=places)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Senior Data Engineer", "Sr. Data Engineer (m/w/d)"),
        ("Senior Data Engineer", "Data Engineer, Senior - Berlin"),
        ("Senior Data Engineer", "SENIOR DATA ENGINEER H/F"),
        ("Senior Data Engineer", "Senior Data Engineer (Remote, Germany)"),
        ("Senior Data Engineer", "Senior Data Engineer at Northwind"),
        ("Senior Data Engineer", "Senior Data Engineer | Northwind"),
        ("Senior Data Engineer", "Senior Data Engineer (JR-12345)"),
        ("Senior Data Engineer", "Senior Data Engineer #8812"),
        ("Softwareentwickler (m/w/d)", "Softwareentwickler*in"),
        ("Softwareentwickler (m/w/d)", "Softwareentwickler/-in (all genders)"),
        ("Verkäufer:in", "Verkaufer (gn)"),
        ("Software Engineer II", "Software Engineer 2"),
        ("Full-Stack Developer", "Fullstack Developer"),
        ("Cook, full time", "Cook"),
    ],
)
def test_a_title_spelled_in_two_ways_is_one(one: str, other: str) -> None:
    assert title(one) == title(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Data Engineer", "Senior Data Engineer"),
        ("Account Executive - DACH", "Account Executive - Nordics"),
        ("Account Executive - Munich", "Account Executive"),
        ("Software Engineer II", "Software Engineer III"),
        ("C++ Developer", "C# Developer"),
        ("Cook", "Part-time Cook"),
        ("Data Engineer 17", "Data Engineer 18"),
        ("Data Engineer, Payments", "Data Engineer, Growth"),
    ],
)
def test_titles_that_differ_by_what_makes_a_job_are_two(one: str, other: str) -> None:
    assert title(one) != title(other)


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Data Engineer | Northwind", "Northwind GmbH"),
        ("Data Engineer (m/w/d) bei Northwind in Berlin", "Northwind GmbH & Co. KG"),
        ("Northwind: Data Engineer", "Northwind, Inc."),
        ("Data Engineer - Northwind AG", "Northwind"),
        ("Data Engineer @ L'Oréal", "L'Oréal S.A."),
        ("Data Engineer - 株式会社メルカリ", "メルカリ"),
    ],
)
def test_the_company_set_apart_in_a_title_makes_no_other_job(text: str, company: str) -> None:
    assert title(text, company=company) == title("Data Engineer", company=company)


def test_a_word_of_a_title_that_is_the_company_too_makes_a_job() -> None:
    assert title("Software Engineer", company="Software AG") == ("engineer", "software")
    assert title("Northwind", company="Northwind GmbH") == ("northwind",)


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ("HR Manager", "Manager", "Zagreb, HR"),
        ("Manager, HR", "Manager", "Zagreb, HR"),
        ("IT Manager", "Manager", "Milan, IT"),
        ("PA Team Lead", "Team Lead", "Pittsburgh, PA"),
        ("Driver ID Team", "Driver Team", "Boise, ID"),
    ],
)
def test_a_word_of_a_title_that_is_the_code_of_a_place_too_makes_a_job(one: str, other: str, place: str) -> None:
    assert title(one, places=(place,)) != title(other, places=(place,))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Nurse - Austin, TX", "Austin, TX"),
        ("Nurse (Austin, TX)", "Austin, TX"),
        ("Nurse - Austin TX", "Austin, TX"),
        ("Nurse, Pittsburgh, PA, US", "Pittsburgh, PA, US"),
        ("Nurse - DE", "Berlin, DE"),
        ("Nurse (US)", "Austin, US"),
    ],
)
def test_the_code_of_a_place_behind_a_title_makes_no_other_job(text: str, place: str) -> None:
    assert title(text, places=(place,)) == title("Nurse", places=(place,))


def test_a_title_of_nothing_but_places_keeps_its_words() -> None:
    assert title("Berlin", company="Berlin") == ("berlin",)


def test_a_short_name_is_the_head_of_a_long_one_only_where_it_says_enough() -> None:
    assert same_company("acmer", "acmerobotics")
    assert not same_company("acme", "acmerobotics")
    assert not same_company("", "")


@pytest.mark.parametrize(
    "name",
    [
        "Hartmann Recruiting",
        "Randstad Deutschland",
        "Müller Personalberatung",
        "Hays plc",
        "Proman Intérim",
        "Acme Interim Management",
    ],
)
def test_an_agency_is_known_by_its_name(name: str) -> None:
    assert is_agency(name)


@pytest.mark.parametrize(
    "name",
    [
        "Northwind",
        "Haystack",
        "Personio",
        "Interimage",
        "Talentsoft",
        "Hays County",
        "Brunel University London",
        "Interim HealthCare",
    ],
)
def test_other_companies_are_no_agencies(name: str) -> None:
    assert not is_agency(name)


def test_places_are_known_by_city_and_country_and_what_is_no_place_has_no_key() -> None:
    places = [
        Location(name="Köln, Germany", city="Köln", country="DE"),
        Location(name="Germany", country="DE"),
        Location(name="Remote"),
        Location(name="Anywhere"),
        Location(name="Europe"),
        Location(name="Bavaria", region="Bavaria", country="DE"),
    ]
    assert place_keys(places) == ("DE", "DE:koln", "DE:~bavaria", "europe")


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (("DE:berlin",), ("DE:berlin", "DE:munich"), True),
        (("DE:berlin",), ("DE",), True),
        (("DE",), ("DE:berlin",), True),
        (("DE:berlin",), ("DE:munich",), False),
        (("DE:berlin",), ("AT",), False),
        ((), ("DE:berlin",), False),
        ((), (), False),
    ],
)
def test_places_are_shared_where_one_is_the_same_or_within_the_other(
    one: tuple[str, ...], other: tuple[str, ...], shared: bool
) -> None:
    assert share_a_place(one, other) is shared


def posting(identity: str, url: str, **changes: object) -> JobPosting:
    fields: dict[str, object] = {
        "id": job_id(identity),
        "identity": identity,
        "url": url,
        "ats": "website",
        "title": "Data Engineer",
        "company_name": "Northwind",
        "quality_score": 90,
    }
    return JobPosting.model_validate(fields | changes)


def on_greenhouse(number: str = "4012345", **changes: object) -> JobPosting:
    fields = {"board_key": "greenhouse/northwind", "ats": "greenhouse", "external_id": number} | changes
    url = str(fields.pop("url", f"https://job-boards.greenhouse.io/northwind/jobs/{number}"))
    return posting(f"greenhouse/northwind/{number}", url, **fields)


def on_page(url: str, **changes: object) -> JobPosting:
    return posting(url, url, **changes)


def share_a_name(one: JobPosting, other: JobPosting) -> bool:
    return not set(names_of(one, recognise)).isdisjoint(names_of(other, recognise))


@pytest.mark.parametrize(
    "page",
    [
        on_page("https://northwind.example/careers?gh_jid=4012345"),
        on_page("https://boards.greenhouse.io/northwind/jobs/4012345"),
        on_page("https://jobs.example/1", application_url="https://boards.greenhouse.io/northwind/jobs/4012345#app"),
        on_page("https://jobs.example/1", application_url="https://northwind.example/open?gh_jid=4012345"),
    ],
    ids=["embedded", "address", "applied for", "applied for, embedded"],
)
def test_a_page_names_the_posting_of_an_ats(page: JobPosting) -> None:
    assert share_a_name(on_greenhouse(), page)
    assert not share_a_name(on_greenhouse("4012346"), page)


def test_a_board_that_leads_to_the_company_s_own_page_shares_its_name() -> None:
    url = "https://northwind.example/careers/data-engineer"
    assert share_a_name(on_greenhouse(url=url), on_page(url))


def test_a_page_and_the_form_below_it_share_a_name() -> None:
    url = "https://northwind.example/careers/4711-data-engineer"
    assert share_a_name(on_page(url), on_page("https://jobs.example/1", application_url=f"{url}/apply"))


@pytest.mark.parametrize("path", ["apply", "careers/2026/apply", "apply?season=2026-27"])
def test_a_form_for_all_jobs_names_none(path: str) -> None:
    form = f"https://northwind.example/{path}"
    one, other = (on_page(f"https://northwind.example/{n}", application_url=form) for n in "ab")
    assert not share_a_name(one, other)


def test_postings_on_one_page_have_names_of_their_own() -> None:
    url = "https://northwind.example/careers"
    one, other = (posting(f"{url}#{n}", url) for n in "ab")
    assert not share_a_name(one, other)
