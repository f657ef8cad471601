"""Where somebody may work, for how much and where they would: only what they say of themselves."""

from datetime import date

import pytest

from quiethire.domain.posting import Period
from services.matching.resume.fields.pay import salary_floor
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


@pytest.mark.parametrize(
    ("told", "floor"),
    [
        ("Salary expectations: $45/hr", (45, "USD", Period.HOUR)),
        ("Salary expectations: 45 €/h", (45, "EUR", Period.HOUR)),
        ("Desired pay: $45-50/hr", (45, "USD", Period.HOUR)),
        ("Expected salary: £500 p/d", (500, "GBP", Period.DAY)),
        ("Day rate: £450", (450, "GBP", Period.DAY)),
        ("Tagessatz: 850 €", (850, "EUR", Period.DAY)),
        ("TJM : 450 €", (450, "EUR", Period.DAY)),
        ("Minimum salary: 1,000 USD weekly", (1_000, "USD", Period.WEEK)),
        ("Gehaltsvorstellung: 4.500 € brutto/Monat", (4_500, "EUR", Period.MONTH)),
        ("Gehaltsvorstellung: 4.500 € mtl.", (4_500, "EUR", Period.MONTH)),
        ("Prétentions salariales : 3 200 € brut/mois", (3_200, "EUR", Period.MONTH)),
        ("Pretensão salarial: R$ 8.000/mês", (8_000, "BRL", Period.MONTH)),
        ("Oczekiwane wynagrodzenie: 15 000 zł miesięcznie", (15_000, "PLN", Period.MONTH)),
        ("Monthly salary expectations: 3,000 EUR", (3_000, "EUR", Period.MONTH)),
        ("Gehaltsvorstellung: 65.000 € brutto p.a.", (65_000, "EUR", Period.YEAR)),
        ("Gehaltswunsch: 55 T€", (55_000, "EUR", Period.YEAR)),
        ("Salary expectation: ₹12,00,000 per annum", (1_200_000, "INR", Period.YEAR)),
        ("Hourly rate: $80, 40 h per week", (80, "USD", Period.HOUR)),
        ("Notice: 1 month, salary expectations: 60k EUR", (60_000, "EUR", Period.YEAR)),
        ("Expected salary: 60 - 70.000 €", (60_000, "EUR", Period.YEAR)),
        ("Salary expectations: 500 per day", None),
        ("Salary expectations: €4,500", None),
        ("Salary expectations: €45", None),
        ("Expected salary: 0 EUR", None),
    ],
)
def test_pay_is_for_the_time_that_is_stated_and_for_a_year_only_where_it_can_be(told, floor):
    resume = _resume(head=told)
    written, span = resume.salary_floor.value, resume.salary_floor.span
    assert resume.text[span.start : span.end] == written
    read = salary_floor(written)
    assert (read and (read.amount, read.currency, read.period)) == floor
