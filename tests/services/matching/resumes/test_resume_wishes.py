"""Where somebody may work, for how much and where they would: only what they say of themselves."""

from datetime import date

import pytest

from services.matching.resume.read import read_resume


def _resume(head="", work=""):
    text = f"Jane Roe\njane@roe.example\n{head}\n\nWork Experience\nManager, Acme GmbH\n01/2016 - 12/2020\n{work}\n\nSkills\nPython\n"
    return read_resume(text.encode(), today=date(2026, 11, 1))


@pytest.mark.parametrize(
    "told",
    [
        "Managed US national accounts and UK national press",
        "Worked with the German national team and the Irish national broadcaster",
        "Built a UK citizen services portal",
        "Passport control for EU passport holders",
        "Advised expats on the right to work in Germany and France",
        "Obtained a work permit for Brazil for every engineer",
        "Negotiated a minimum salary of 50,000 EUR for 300 employees",
        "Placed clients willing to relocate to Paris and London",
    ],
)
@pytest.mark.parametrize("bullet", ["- ", ""])
def test_what_was_done_at_work_is_no_wish_and_no_authorisation(told, bullet):
    resume = _resume(work=f"{bullet}{told}")
    assert (resume.work_authorisation, resume.salary_floor, resume.locations) == ((), None, ())


def test_what_stands_by_itself_below_the_last_job_counts():
    resume = _resume(work="- Reports\nWork authorization: Germany\nExpected salary: 60k EUR")
    assert ([one.value for one in resume.work_authorisation], resume.salary_floor.value) == (["DE"], "60k EUR")


@pytest.mark.parametrize(
    ("told", "countries"),
    [
        ("US citizen", ["US"]),
        ("US citizen, open to anything", ["US"]),
        ("Irish passport and Canadian national", ["IE", "CA"]),
        ("Work permit: Switzerland (B)", ["CH"]),
        ("US Green Card holder", ["US"]),
        ("Not a US citizen", []),
        ("I am not a British national", []),
        ("I do not hold an Irish passport", []),
        ("Green card required", []),
        ("US national newspaper", []),
    ],
)
def test_an_authorisation_is_one_where_it_is_stated_and_not_denied(told, countries):
    assert [one.value for one in _resume(head=told).work_authorisation] == countries
