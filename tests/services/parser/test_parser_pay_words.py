"""What the words beside a sum make of it: how long a contract lasts, how often it is paid, a bonus, a benefit, bounds in words."""

import json
from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import RawSalary, Source
from services.parser.normalise.salary import normalise_salary, parse_salary
from services.parser.parse import parse_posting_page

HOUR, DAY, WEEK, MONTH, YEAR = "hour", "day", "week", "month", "year"


def told(found):
    return None if found is None else (found.min, found.max, found.currency, found.period.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("£45,000 (12 month FTC)", (45000, 45000, "GBP", YEAR)),
        ("£45,000 for a 2-year contract", (45000, 45000, "GBP", YEAR)),
        ("12-month contract, £45,000", (45000, 45000, "GBP", YEAR)),
        ("€3.000 befristet auf zwei Jahre", (3000, 3000, "EUR", MONTH)),
        ("£1,200 per month (6 month contract)", (1200, 1200, "GBP", MONTH)),
        ("£300 per week, 12 month contract", (300, 300, "GBP", WEEK)),
        ("12 month fixed term £35,000 per annum", (35000, 35000, "GBP", YEAR)),
        ("€2.500 x 14 months", (2500, 2500, "EUR", MONTH)),
    ],
)
def test_how_long_a_contract_lasts_is_no_period_of_pay(text, expected):
    assert told(parse_salary(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$2,400 bi-weekly", (1200, 1200, "USD", WEEK)),
        ("$2,400 biweekly", (1200, 1200, "USD", WEEK)),
        ("$2,400 every two weeks", (1200, 1200, "USD", WEEK)),
        ("£900 per fortnight", (450, 450, "GBP", WEEK)),
        ("$2,400 twice a month", (4800, 4800, "USD", MONTH)),
        ("$2,400 semi-monthly", (4800, 4800, "USD", MONTH)),
        ("$60,000 a year, paid bi-weekly", (60000, 60000, "USD", YEAR)),
        ("$60,000, paid bi-weekly", (60000, 60000, "USD", YEAR)),
        ("$25 per hour, paid biweekly", (25, 25, "USD", HOUR)),
    ],
)
def test_what_is_paid_every_two_weeks_or_twice_a_month_is_told_by_the_week_or_month(text, expected):
    assert told(parse_salary(text)) == expected
    assert told(parse_salary(f"Salary: {text}", labelled=False)) == expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("bi-week-salary", (1200, 1500, "USD", WEEK)),
        ("semi-month-salary", (4800, 6000, "USD", MONTH)),
        ("per-month-salary", (2400, 3000, "USD", MONTH)),
        ("1 MONTH", (2400, 3000, "USD", MONTH)),
        ("one-time", None),
    ],
)
def test_the_interval_of_a_board_is_kept(interval, expected):
    raw = RawSalary(source=Source.ATS, path="x", min=2400, max=3000, currency="USD", period=interval)
    assert told(normalise_salary(raw)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rs 1.5 lakh per month", (150000, 150000, "INR", MONTH)),
        ("₹12 lakhs", (1200000, 1200000, "INR", YEAR)),
        ("INR 6 lakh per annum", (600000, 600000, "INR", YEAR)),
        ("12 LPA, paid monthly", (1200000, 1200000, "INR", YEAR)),
    ],
)
def test_lakhs_are_a_years_pay_unless_another_period_is_stated(text, expected):
    assert told(parse_salary(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Competitive, plus $10,000 sign-on bonus", None),
        ("$5,000 retention bonus", None),
        ("Bonus: $3,000", None),
        ("€500 sign-on bonus, €3.200/month", (3200, 3200, "EUR", MONTH)),
        ("$1,000 referral bonus; $25/hour", (25, 25, "USD", HOUR)),
        ("Relocation package of $5,000, base $80,000", (80000, 80000, "USD", YEAR)),
        ("$60,000 plus $5,000 sign-on bonus", (60000, 60000, "USD", YEAR)),
        ("$90,000 - $100,000 + bonus", (90000, 100000, "USD", YEAR)),
        ("$100,000+ bonus", (100000, None, "USD", YEAR)),
        ("OTE $120,000 including bonus", (120000, 120000, "USD", YEAR)),
        ("€50.000 (bonus included)", (50000, 50000, "EUR", YEAR)),
        ("Salary incl. bonus: €50.000", (50000, 50000, "EUR", YEAR)),
    ],
)
def test_a_bonus_below_a_label_of_pay_is_no_pay(text, expected):
    assert told(parse_salary(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Health benefits of up to $500 per month", None),
        ("Essensgeld 6 € pro Tag", None),
        ("Ayuda de comida 11€/día", None),
        ("Child care of $300 per month", None),
        ("Titres-restaurant de 9 € par jour", None),
        ("On-call pay of $200 per week. Base salary $90,000-$100,000.", (90000, 100000, "USD", YEAR)),
        ("Vale-refeição de R$ 800,00 por mês. Salário R$ 4.000,00", (4000, 4000, "BRL", MONTH)),
        ("Salary and benefits: $50,000 per year", (50000, 50000, "USD", YEAR)),
        ("We offer health benefits, salary of $4,000 per month", (4000, 4000, "USD", MONTH)),
        ("Great benefits. $60,000 - $70,000 a year", (60000, 70000, "USD", YEAR)),
    ],
)
def test_benefits_in_running_text_are_no_pay(text, expected):
    assert told(parse_salary(text, labelled=False)) == expected


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"minValue": "$50,000", "maxValue": "$60,000"}, (50000, 60000, "USD", YEAR)),
        ({"minValue": "50k", "maxValue": "60k"}, (50000, 60000, "USD", YEAR)),
        ({"minValue": "50.000 €", "maxValue": "60.000 €"}, (50000, 60000, "EUR", YEAR)),
        ({"minValue": 50000, "maxValue": "60k"}, (50000, 60000, "USD", YEAR)),
        ({"minValue": "USD 50,000"}, (50000, None, "USD", YEAR)),
        ({"minValue": "Competitive", "maxValue": "$60,000"}, (None, 60000, "USD", YEAR)),
        ({"minValue": "$50,000-$60,000"}, (50000, 60000, "USD", YEAR)),
        ({"minValue": 0, "maxValue": 0, "value": 50000}, (50000, 50000, "USD", YEAR)),
        ({"minValue": "negotiable", "maxValue": "negotiable"}, None),
    ],
)
def test_bounds_in_words_are_both_read_and_a_zero_is_none(bounds, expected):
    item = {
        "@type": "JobPosting",
        "title": "Train Planner",
        "hiringOrganization": {"name": "Northwind Rail"},
        "description": "You look after the timetables of forty trains. " * 20,
        "baseSalary": {"@type": "MonetaryAmount", "currency": "USD", "value": {"unitText": "YEAR", **bounds}},
    }
    html = f'<h1>Train Planner</h1><script type="application/ld+json">{json.dumps(item)}</script>'
    url = "https://northwind.example/jobs/4711"
    page = Page(url=url, body=html.encode(), content_type="text/html", fetched_at=datetime(2026, 11, 1, tzinfo=UTC))
    [posting] = parse_posting_page(page, board=None).postings
    assert told(posting.salary) == expected
