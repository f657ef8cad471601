"""Pay in the shapes in which JSON-LD, microdata and RDFa state it: lists, prices, distributions, units of other vocabularies."""

import json
from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting
from services.parser.parse import parse_posting_page

HOUR, WEEK, MONTH, YEAR = "hour", "week", "month", "year"
PROSE = (
    "<p>We build pumps for farms and look for somebody who likes to solder and to talk with customers every day.</p>"
    * 5
)
PLACE = {"address": {"addressLocality": "Leeds", "addressCountry": "GB"}}


def _page(markup: str) -> JobPosting:
    text = f'<!doctype html><html lang="en"><head><title>Pump Technician</title></head><body>{markup}</body></html>'
    page = Page(
        url="https://aquanord.example/jobs/pump-technician",
        body=text.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
    )
    (posting,) = parse_posting_page(page, board=None).postings
    return posting


def _marked(**stated: object) -> JobPosting:
    item = {
        "@type": "JobPosting",
        "title": "Pump Technician",
        "description": PROSE,
        "hiringOrganization": {"name": "Aqua Nord"},
        "jobLocation": PLACE,
        **stated,
    }
    script = f'<script type="application/ld+json">{json.dumps(item)}</script>'
    return _page(f"{script}<h1>Pump Technician</h1>")


def _told(posting: JobPosting) -> tuple[object, ...] | None:
    pay = posting.salary
    return None if pay is None else (pay.min, pay.max, pay.currency, pay.period.value)


def _amount(currency: str, value: object) -> dict[str, object]:
    return {"@type": "MonetaryAmount", "currency": currency, "value": value}


def _range(low: object, high: object, unit: str) -> dict[str, object]:
    return {"@type": "QuantitativeValue", "minValue": low, "maxValue": high, "unitText": unit}


@pytest.mark.parametrize(
    ("pay", "expected"),
    [
        ([_amount("GBP", _range(30000, 35000, "YEAR")), _amount("GBP", _range(38000, 45000, "YEAR"))], (30000, 45000, "GBP", YEAR)),
        ([_amount("GBP", _range(15, 17, "HOUR")), _amount("GBP", _range(30000, 35000, "YEAR"))], (30000, 35000, "GBP", YEAR)),
        ([_amount("GBP", _range(30000, 35000, "YEAR")), _amount("EUR", _range(36000, 42000, "YEAR"))], (30000, 35000, "GBP", YEAR)),
        ([_amount("GBP", _range(0, 0, "YEAR")), _amount("GBP", _range(30000, 35000, "YEAR"))], (30000, 35000, "GBP", YEAR)),
        ([_amount("GBP", _range(15, 17, "HOUR")), _amount("GBP", _range(19, 22, "HOUR"))], (15, 22, "GBP", HOUR)),
        (_amount("GBP", [_range(30000, 35000, "YEAR"), _range(38000, 45000, "YEAR")]), (30000, 45000, "GBP", YEAR)),
        ({**_amount("GBP", [30000, 45000]), "unitText": "YEAR"}, (30000, 45000, "GBP", YEAR)),
        ([_amount("GBP", _range(30000, 35000, "YEAR")), {**_amount("GBP", _range(4000, 5000, "YEAR")), "name": "Bonus"}], (30000, 35000, "GBP", YEAR)),
        ([_amount("GBP", _range(30000, 35000, "YEAR")), _amount("GBP", _range(900000, 950000, "YEAR"))], (30000, 35000, "GBP", YEAR)),
    ],
)  # fmt: skip
def test_several_sums_of_one_kind_are_one_range(pay: object, expected: tuple[object, ...]) -> None:
    assert _told(_marked(baseSalary=pay)) == expected


@pytest.mark.parametrize(
    ("pay", "expected"),
    [
        ({"@type": "PriceSpecification", "minPrice": 30000, "maxPrice": 35000, "priceCurrency": "GBP"}, (30000, 35000, "GBP", YEAR)),
        ({"@type": "PriceSpecification", "price": "30000", "priceCurrency": "GBP"}, (30000, 30000, "GBP", YEAR)),
        ({"@type": "UnitPriceSpecification", "minPrice": 15, "maxPrice": 17, "priceCurrency": "GBP", "unitCode": "HUR"}, (15, 17, "GBP", HOUR)),
        (_amount("EUR", {"minValue": 2500, "maxValue": 3000, "unitCode": "MON"}), (2500, 3000, "EUR", MONTH)),
        ({"currency": "EUR", "duration": "P1Y", "percentile10": 30000, "median": 33000, "percentile90": 36000}, (30000, 36000, "EUR", YEAR)),
        ({"currency": "EUR", "duration": "PT1H", "median": 16}, (16, 16, "EUR", HOUR)),
        ({"currency": "EUR", "duration": "P1W", "median": 800}, (800, 800, "EUR", WEEK)),
        (_amount("EUR", {"value": {"minValue": 30000, "maxValue": 36000}, "unitText": "YEAR"}), (30000, 36000, "EUR", YEAR)),
        (_amount("EUR", {"minValue": {"value": 30000}, "maxValue": {"value": 36000}, "unitText": "YEAR"}), (30000, 36000, "EUR", YEAR)),
        (_amount("EUR", {"minValue": 30000, "unitText": {"@type": "Text", "name": "YEAR"}}), (30000, None, "EUR", YEAR)),
        (_amount("EUR", None), None),
        ([], None),
    ],
)  # fmt: skip
def test_prices_and_distributions_are_read(pay: object, expected: tuple[object, ...] | None) -> None:
    assert _told(_marked(baseSalary=pay)) == expected


def test_an_estimate_counts_only_where_the_employer_states_nothing() -> None:
    estimate = [{"currency": "EUR", "duration": "P1Y", "percentile10": "30000", "percentile90": "36000"}]
    assert _told(_marked(estimatedSalary=estimate)) == (30000, 36000, "EUR", YEAR)
    stated = _amount("EUR", _range(40000, 42000, "YEAR"))
    assert _told(_marked(estimatedSalary=estimate, baseSalary=stated)) == (40000, 42000, "EUR", YEAR)


def test_pay_that_goes_round_and_round_is_none() -> None:
    deep: object = 30000
    for _ in range(50):
        deep = {"value": [deep]}
    assert _told(_marked(baseSalary=deep)) is None


def test_a_number_beyond_all_measure_costs_only_itself() -> None:
    item = {"@type": "JobPosting", "title": "Pump Technician", "description": PROSE, "baseSalary": {"value": "?"}}
    script = f"var it = {json.dumps(item)};".replace('"?"', "9" * 400)
    posting = _page(f'<script type="application/ld+json">{script}</script><h1>Pump Technician</h1>')
    assert posting.salary is None


def test_prices_are_read_from_rdfa() -> None:
    posting = _page(
        '<div vocab="https://schema.org/" typeof="JobPosting"><h1 property="title">Pump Technician</h1>'
        '<div property="hiringOrganization" typeof="Organization"><b property="name">Aqua Nord</b></div>'
        '<p property="baseSalary" typeof="PriceSpecification"><i property="priceCurrency" content="GBP"></i>'
        '<i property="minPrice">23500</i>–<i property="maxPrice">25000</i></p>'
        f'<div property="description">{PROSE}</div></div>'
    )
    assert _told(posting) == (23500, 25000, "GBP", YEAR)


def test_a_department_may_be_the_unit_or_a_part_of_the_employer() -> None:
    unit = {"employmentUnit": {"@type": "Organization", "name": "Service"}}
    part = {"hiringOrganization": {"name": "Aqua Nord", "department": {"name": "Service"}}}
    assert [_marked(**stated).department for stated in (unit, part)] == ["Service", "Service"]


def test_every_town_of_one_address_is_a_place() -> None:
    towns = {"addressLocality": ["Leeds", "Austin"], "addressRegion": ["England", "TX"], "addressCountry": ["GB", "US"]}
    places = _marked(jobLocation={"address": towns}).locations
    assert [(place.city, place.country) for place in places] == [("Leeds", "GB"), ("Austin", "US")]


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        ("Germany, Austria, Switzerland", ("DE", "AT", "CH")),
        ("USA or Canada", ("US", "CA")),
        ("Georgia, US", ("Georgia, US",)),
        ("Germany", ("DE",)),
    ],
)
def test_remote_work_is_allowed_in_each_country_of_a_list(allowed: str, expected: tuple[str, ...]) -> None:
    posting = _marked(jobLocation=None, jobLocationType="TELECOMMUTE", applicantLocationRequirements={"name": allowed})
    assert posting.remote_allowed_in == expected
