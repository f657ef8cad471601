"""Values below labels: those that say something only with their label, and those that another label was taken for."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, JobType, Workplace
from services.parser.parse import parse_posting_page

BODY = (
    "<h2>Responsibilities</h2><p>You plan the week with your colleagues and look after the customers of our region, and you "
    "write down what you did so that the next person understands it without asking. Nobody expects you to know everything.</p>"
    "<ul><li>Plan the week</li></ul><h2>Requirements</h2><ul><li>Care</li></ul><a href=/a>Apply now</a>"
)


def posting(facts: str, lang: str = "en", title: str = "Train Planner") -> JobPosting:
    markup = f'<!doctype html><html lang="{lang}"><title>{title} | Northwind</title><h1>{title}</h1>{facts}{BODY}'
    page = Page(
        url="https://www.northwind.example/jobs/train-planner",
        body=markup.encode(),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
    )
    parsed = parse_posting_page(page, board=None)
    assert parsed.refused == ()
    return parsed.postings[0]


def dl(*pairs: tuple[str, str]) -> str:
    return f"<dl>{''.join(f'<dt>{label}</dt><dd>{value}</dd>' for label, value in pairs)}</dl>"


def table(*pairs: tuple[str, str]) -> str:
    return f"<table>{''.join(f'<tr><th>{label}</th><td>{value}</td></tr>' for label, value in pairs)}</table>"


def divs(*pairs: tuple[str, str]) -> str:
    return "".join(f"<div><div>{label}</div><div>{value}</div></div>" for label, value in pairs)


SHAPES = pytest.mark.parametrize("shape", [dl, table, divs])


@SHAPES
@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Remote", "Yes", Workplace.REMOTE),
        ("Remote", "No", Workplace.NONE),
        ("Home office", "Yes", Workplace.HYBRID),
        ("Télétravail", "Partiel possible", Workplace.HYBRID),
        ("Télétravail", "2 jours par semaine", Workplace.HYBRID),
        ("Homeoffice", "Nein", Workplace.NONE),
        ("Working pattern", "Hybrid", Workplace.HYBRID),
        ("Location", "Remote", Workplace.REMOTE),
    ],
)
def test_a_workplace_is_read_with_its_label(shape, label, value, expected):
    assert posting(shape((label, value), ("Department", "Planning"))).remote is expected


def test_days_at_home_below_a_label_leave_days_on_site():
    assert posting(dl(("Télétravail", "2 jours par semaine"))).on_site_days == 3


@SHAPES
@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Type", "Contract", JobType.CONTRACT),
        ("Hours per week", "22.2", JobType.PART_TIME),
        ("Uren", "36", JobType.FULL_TIME),
        ("FTE", "0.6", JobType.PART_TIME),
        ("Hours", "1.0 FTE", JobType.FULL_TIME),
        ("Work mode", "Full-time", JobType.FULL_TIME),
    ],
)
def test_a_job_type_is_read_with_its_label(shape, label, value, expected):
    assert posting(shape((label, value), ("Department", "Planning"))).job_type is expected


def test_a_label_of_no_known_words_is_no_value():
    facts = dl(("Tip de contract de munca", "Normă întreagă"), ("勤務地", "Leeds"), ("備考", "York"))
    found = posting(facts)
    assert (found.job_type, [place.city for place in found.locations]) == (JobType.FULL_TIME, ["Leeds"])


@SHAPES
@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Day rate", "£450 - £500", (450, 500, "day")),
        ("Monthly salary", "PHP 25,000 - 30,000", (25000, 30000, "month")),
        ("Annual salary", "$31 per hour", (31, 31, "hour")),
    ],
)
def test_how_often_pay_is_paid_may_stand_in_its_label(shape, label, value, expected):
    pay = posting(shape((label, value), ("Location", "Leeds"))).salary
    assert pay is not None
    assert (pay.min, pay.max, pay.period) == expected


@SHAPES
@pytest.mark.parametrize("label", ["Start date", "Commencement", "Interview date", "Eintrittstermin", "Closing date"])
def test_a_day_of_another_kind_is_no_day_of_posting(shape, label):
    assert posting(shape((label, "1 October 2026"), ("Location", "Leeds"))).posted_at is None


@pytest.mark.parametrize(
    "facts",
    [
        "<p>Locations:</p><ul><li>Leeds</li><li>Bradford</li><li>Wakefield</li><li>York</li></ul>",
        "<dl><dt>Locations</dt><dd>Leeds</dd><dd>Bradford</dd><dd>Wakefield</dd><dd>York</dd><dt>Team</dt><dd>Hull</dd></dl>",
    ],
)
def test_every_place_of_a_list_below_its_label_is_read(facts):
    assert [place.city for place in posting(facts).locations] == ["Leeds", "Bradford", "Wakefield", "York"]


def test_days_at_home_in_a_row_of_facts_make_a_hybrid():
    found = posting("<p>Mannheim | Vollzeit | 3 Tage Homeoffice pro Woche möglich</p>", lang="de")
    assert (found.remote, found.on_site_days) == (Workplace.HYBRID, 2)


@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ("<p>100% remoto (España)</p>", ("ES",)),
        ("<p>100% remote (Germany, Austria)</p>", ("DE", "AT")),
    ],
)
def test_all_of_the_work_remote_in_some_countries(facts, allowed):
    found = posting(facts)
    assert (found.remote, found.remote_allowed_in) == (Workplace.REMOTE, allowed)


@pytest.mark.parametrize(
    ("lang", "facts", "expected"),
    [
        ("en-AU", "<p>$42.50 - $48.10 per hour</p>", (42.5, 48.1, "AUD")),
        ("en-US", "<p>$42.50 - $48.10 per hour</p>", (42.5, 48.1, "USD")),
        ("en-AU", "<p>Denver, CO</p><p>$42.50 - $48.10 per hour</p>", (42.5, 48.1, "USD")),
        ("es", "<p>Medellín, Antioquia</p><p>Salario: $ 1.600.000 mensuales</p>", (1600000, 1600000, "COP")),
        ("es", "<p>Lima, Perú</p><p>Sueldo: S/ 2,500 mensual</p>", (2500, 2500, "PEN")),
        ("en", "<p>Lahore, Pakistan</p><p>Salary: Rs. 80,000 - 100,000 per month</p>", (80000, 100000, "PKR")),
        ("en", "<p>Pune, India</p><p>Salary: Rs. 80,000 - 100,000 per month</p>", (80000, 100000, "INR")),
    ],
)
def test_a_currency_is_that_of_the_place_else_of_the_site(lang, facts, expected):
    pay = posting(facts, lang=lang).salary
    assert pay is not None
    assert (pay.min, pay.max, pay.currency) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("カフェスタッフ（アルバイト）", JobType.PART_TIME),
        ("エンジニア【インターン】", JobType.INTERNSHIP),
        ("营销实习生", JobType.INTERNSHIP),
        ("パートナー営業", None),
    ],
)
def test_a_title_without_blanks_may_name_the_job_type(title, expected):
    assert posting("<p>東京都新宿区</p>", lang="ja", title=title).job_type is expected


def test_a_place_in_a_script_without_capitals_needs_no_label():
    found = posting("<p>東京都新宿区</p><p>3日前に掲載</p>", lang="ja", title="店長")
    assert [place.country for place in found.locations] == ["JP"]
    assert found.posted_at == datetime(2026, 11, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("<td>Leeds<td>Sales<td>Contract", (["Leeds"], "Sales", JobType.CONTRACT)),
        ("<td>Leeds<td>Contract", (["Leeds"], None, None)),
    ],
)
def test_the_head_of_a_column_labels_the_cell_below_it(cells, expected):
    found = posting(f"<table><tr><th>Location<th>Department<th>Type</tr><tr>{cells}</tr></table>")
    assert ([place.city for place in found.locations], found.department, found.job_type) == expected
