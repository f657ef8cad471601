"""Which pairs are the same job."""

import random

import pytest

from quiethire.domain.cluster import Standing
from services.duplicates.pairs import same_job

ATS, OTHER_ATS, PAGE = "greenhouse/northwind/4000001", "lever/northwind/1", "https://jobs.example/view/data"
WORDS = [f"word{number}" for number in range(2_000)]


def words(seed: int, count: int = 200) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=count))


BOILERPLATE = words(99, 250)
TEXT = f"Northwind. {BOILERPLATE} {words(1)}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"title": "Data Engineer (m/w/d)", "description_text": f"{TEXT} {words(5, 20)}"}),
        ({}, {"company_name": "Northwind GmbH"}),
        ({"company_name": "The Northwind & Söhne"}, {"company_name": "Northwind und Soehne", "description_text": ""}),
        ({}, {"cities": ()}),
        ({"cities": ("Berlin", "Munich")}, {"cities": ("Munich",)}),
        ({}, {"description_text": TEXT[: len(TEXT) // 2]}),
        ({}, {"description_text": ""}),
        ({}, {"company_name": "Zenit", "description_text": f"Our client. {BOILERPLATE} {words(1)}"}),
        ({}, {"company_name": "Zenit Staffing", "description_text": f"{BOILERPLATE[600:]} {words(1)}"}),
    ],
    ids=[
        "edited",
        "legal form",
        "another spelling without a text",
        "no place",
        "some places",
        "cut",
        "no text",
        "copied",
        "reworded by an agency",
    ],
)
def test_one_job_on_two_boards_is_known(known, one, other):
    pair = same_job(
        known(ATS, **({"description_text": TEXT} | one)), known(PAGE, **({"description_text": TEXT} | other))
    )
    assert pair is not None
    assert pair.reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"title": "Senior Data Engineer"}),
        ({}, {"cities": ("Munich",)}),
        ({}, {"description_text": f"Northwind. {BOILERPLATE} {words(2)}"}),
        ({"cities": ()}, {"cities": (), "description_text": ""}),
        ({}, {"company_name": "Zenit", "cities": ("Munich",)}),
        ({}, {"company_name": "Zenit", "description_text": f"Zenit. {words(98, 250)} {words(2)}"}),
        ({"description_text": "Join us now"}, {"company_name": "Zenit", "description_text": "Join us now"}),
        ({"company_name": "", "description_text": "Join us"}, {"company_name": "", "description_text": "Join us"}),
        ({"company_name": "!", "description_text": "Join us"}, {"company_name": "?", "description_text": "Join us"}),
        ({"description_text": ""}, {"company_name": "Northwind Healthineers"}),
    ],
    ids=[
        *("level", "city", "another task", "nothing known", "copy elsewhere", "another employer", "too short to copy"),
        *("no company", "signs for a company", "a subsidiary without a text"),
    ],
)
def test_two_jobs_on_two_boards_stay_apart(known, one, other):
    pair = (known(ATS, **({"description_text": TEXT} | one)), known(PAGE, **({"description_text": TEXT} | other)))
    assert same_job(*pair) is None
    assert same_job(*reversed(pair)) is None


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"title": "Data Engineer (m/w/d)"}, True),
        ({"cities": ("Berlin", "Munich")}, False),
        ({"cities": ()}, False),
        ({"department": "Finance"}, False),
        ({"description_text": f"Northwind. {BOILERPLATE} {words(1, 150)} {words(3, 50)}"}, False),
        ({"description_text": ""}, False),
    ],
    ids=["nothing differs", "gender", "more places", "no place", "department", "a quarter of the task", "no text"],
)
def test_what_one_board_lists_twice_is_one_job_only_if_nothing_differs(known, other, same):
    fields = {"description_text": TEXT, "department": "Data"}
    pair = same_job(known(ATS, **fields), known("greenhouse/northwind/4000002", **(fields | other)))
    assert (pair is not None) is same


def test_a_page_that_names_the_posting_of_a_board_is_that_posting(known):
    page = known(
        "https://northwind.example/open?gh_jid=4000001", title="We want you", cities=("Munich",), description_text=TEXT
    )
    pair = same_job(known(ATS, description_text=TEXT), page)
    assert pair is not None
    assert pair.by_name


def test_a_page_that_names_a_posting_but_says_something_else_is_another(known):
    page = known("https://evil.example/open?gh_jid=4000001", company_name="Evil", description_text=words(50))
    assert same_job(known(ATS, description_text=TEXT), page) is None


def test_a_name_in_common_says_nothing_of_two_employers_postings_without_texts(known):
    form = "https://northwind.example/careers/4711/apply"
    one, other = (
        known(
            f"https://{name}.example/1",
            company_name=name,
            title=f"{name} cook",
            description_text=text,
            application_url=form,
        )
        for name, text in (("Zenit", ""), ("Quarz", "Join us now"))
    )
    assert set(one.names) & set(other.names)
    assert same_job(one, other) is None


def test_fingerprints_of_two_methods_are_not_compared(known):
    one, other = known(ATS), known(OTHER_ATS)
    assert same_job(one, other) is not None
    assert same_job(one, other.model_copy(update={"method": 0})) is None
    assert same_job(one, one) is None


@pytest.mark.parametrize(
    ("identity", "changes", "standing"),
    [
        (ATS, {}, Standing.OWN),
        (ATS, {"company_name": "Zenit Staffing"}, Standing.AGENCY),
        ("https://www.northwind.example/jobs/1", {"company_domain": "northwind.example"}, Standing.OWN),
        ("https://careers.northwind.com/1", {}, Standing.OWN),
        ("https://jobs.mueller.com/1", {"company_name": "Müller GmbH"}, Standing.OWN),
        ("https://jobs.ernstandyoung.com/1", {"company_name": "Ernst & Young"}, Standing.OWN),
        (
            "https://thetradedesk.com/1",
            {"company_name": "The Trade Desk", "company_domain": "thetradedesk.com"},
            Standing.OWN,
        ),
        ("https://www.cars.com/1", {"company_name": "Cars.com", "company_domain": "cars.com"}, Standing.OWN),
        ("https://jobs.sap.com/1", {"company_name": "SAP SE"}, Standing.OWN),
        ("https://sapient.com/1", {"company_name": "SAP SE"}, Standing.ELSEWHERE),
        (PAGE, {}, Standing.ELSEWHERE),
        (PAGE, {"company_domain": "jobs.example"}, Standing.ELSEWHERE),
    ],
)
def test_whose_posting_it_is(known, identity, changes, standing):
    assert known(identity, **changes).standing is standing


def test_a_fingerprint_is_small_and_its_keys_are_few(known):
    print_ = known(ATS)
    assert len(print_.names) <= 2
    assert len(print_.keys) <= 8
