"""Facts in the shapes in which career sites show them: icon rows, key facts, dotted lines, addresses, titles, running text."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, JobType, Workplace
from services.parser.normalise.job_type import job_type
from services.parser.normalise.salary import parse_salary, reads_as_pay
from services.parser.parse import parse_posting_page

PROSE = (
    "<p>You will join a friendly and experienced team and work closely with colleagues across the organisation. Nobody "
    "expects you to know everything on the first day: we plan a thorough introduction and give you time to learn.</p>"
)
BODY = f"<h2>Responsibilities</h2>{PROSE}<ul><li>Plan the week</li></ul><h2>Requirements</h2><ul><li>Care</li></ul><a href=/a>Apply now</a>"
URL = "https://www.northwind.example/jobs/train-planner"


def only(html: str, url: str = URL) -> JobPosting:
    fetched = datetime(2026, 11, 20, 12, tzinfo=UTC)
    page = Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8", fetched_at=fetched)
    parsed = parse_posting_page(page, board=None)
    assert parsed.refused == ()
    (posting,) = parsed.postings
    return posting


def with_facts(facts: str, *, title: str = "Train Planner", body: str = BODY, url: str = URL) -> JobPosting:
    return only(f"<title>{title} | Northwind</title><h1>{title}</h1>{facts}{body}", url)


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ("<ul><li><i class=pin></i> 45127 Essen</li></ul>", "45127 Essen"),
        ("<h3>Workplace</h3><address>Im Dreieck 4<br>23758 Oldenburg in Holstein</address>", "23758 Oldenburg"),
        ("<p>Full time, permanent · Bristol, hybrid (two days a week in the studio) · £32,000 per annum</p>", "Bristol"),
        ("<h5>Remote (United States) | Full-Time</h5>", "United States"),
        ("<ul><li>📍 São Paulo - SP</li></ul>", "São Paulo - SP"),
        ("<p>Royal Institute of Technology, Stockholm</p>", "Stockholm"),
        ("<p><strong>Location</strong><br>Asheville, North Carolina (hybrid)</p>", "Asheville, North Carolina"),
        ("<p>Arbeitsort：Leipzig</p>", "Leipzig"),
        ("<div><span>Northwind Ltd</span> <span>Leeds, West Yorkshire</span> <span>Temporary</span></div>", "Leeds, West Yorkshire"),
    ],
)  # fmt: skip
def test_a_place_is_read_where_sites_put_it(facts, place):
    assert with_facts(facts).locations[0].name.startswith(place)


def test_what_a_page_tells_networks_of_itself_counts():
    head = '<meta name="twitter:label1" content="Location"><meta name="twitter:data1" content="Copenhagen, Denmark">'
    assert with_facts(head).locations[0].city == "Copenhagen"


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("Northwind is home to 160 bright minds in Istanbul, Turkey.", "Istanbul"),
        ("Applications go to Northwind, Lange Straße 12, 96047 Bamberg or by mail.", "96047 Bamberg"),
        ("Bitte senden Sie Ihre Bewerbung an Northwind, 35999 Lahnstadt.", "35999 Lahnstadt"),
        ("Northwind, en Valencia, busca a una persona.", "Valencia"),
    ],
)
def test_a_place_that_only_the_text_names_is_the_last_resort(sentence, place):
    assert place in with_facts("", body=f"<p>{sentence}</p>{BODY}").locations[0].name


def test_two_cities_of_the_text_name_no_place():
    assert with_facts("", body=f"<p>Our customers are in Paris and in London.</p>{BODY}").locations == ()


def test_a_row_of_facts_is_read_far_below_the_title():
    row = "<p><b>Remote, based anywhere · Regular travel to Europe · $180,000–250,000</b></p>"
    posting = with_facts("", body=PROSE * 3 + BODY.replace("<a href", f"{row}<a href"))
    assert posting.remote is Workplace.REMOTE
    assert posting.salary is not None
    assert (posting.salary.min, posting.salary.max) == (180_000, 250_000)


def test_rows_of_related_postings_are_not_this_ones():
    related = "<h2>Similar jobs</h2><p>Payroll Manager · Bradford · £40k - £45k · Permanent</p>"
    assert with_facts("", body=BODY + related).salary is None


@pytest.mark.parametrize(
    ("facts", "body", "expected"),
    [
        ("<div><span>正社員</span> <span>ハイブリッド</span></div>", BODY, Workplace.HYBRID),
        ("", f"<p>Hybrid working: 3 days a week in our Berlin office.</p>{BODY}", Workplace.HYBRID),
        ("", f"<p>Bac+5. Deux jours de télétravail par semaine.</p>{BODY}", Workplace.HYBRID),
        ("", f"<p>We are open to this position being remote.</p>{BODY}", Workplace.REMOTE),
        ("", f"<p>You will lead a remote team of planners.</p>{BODY}", Workplace.NONE),
    ],
)
def test_a_way_of_working_is_read_in_its_own_words(facts, body, expected):
    assert with_facts(facts, body=body).remote is expected


def test_a_way_of_working_may_stand_in_the_title():
    assert with_facts("", title="Train Planner (Remote)").remote is Workplace.REMOTE
    assert with_facts("", title="Remote Sensing Planner").remote is Workplace.NONE


def test_a_stated_hybrid_is_finer_than_markup_which_knows_remote_alone():
    markup = (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"JobPosting","title":"Train Planner",'
        f'"description":"{PROSE * 2}",'
        '"hiringOrganization":{"name":"Northwind"},"jobLocationType":"TELECOMMUTE"}</script>'
    )
    assert with_facts(f"{markup}<div><span>Full-time</span> <span>Hybrid</span></div>").remote is Workplace.HYBRID
    assert with_facts(markup).remote is Workplace.REMOTE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100 % stilling", JobType.FULL_TIME), ("80–100 %", JobType.FULL_TIME), ("60 %", JobType.PART_TIME),
        ("32-40 uur per week", JobType.FULL_TIME), ("24 uur per week", JobType.PART_TIME), ("37,5 timer pr. uge", JobType.FULL_TIME),
        ("20 h semanales", JobType.PART_TIME), ("28 per week", JobType.PART_TIME), ("Completa, turno de mañana", JobType.FULL_TIME),
        ("Kokoaikainen", JobType.FULL_TIME), ("Полная занятость", JobType.FULL_TIME), ("Tam zamanlı", JobType.FULL_TIME), ("正社員", JobType.FULL_TIME),
        ("アルバイト", JobType.PART_TIME), ("100% remote", None), ("8 hours a day", None), ("24/7", None), ("15% bonus", None), ("パートナー", None),
    ],
)  # fmt: skip
def test_shares_hours_and_words_of_the_week_are_job_types(text, expected):
    assert job_type(text) is expected


def test_a_label_of_several_words_keeps_its_value_on_the_next_line():
    facts = "<dl><dt>Posted Date</dt><dd>24 October 2026</dd><dt>Employment Terms</dt><dd>fulltime</dd></dl>"
    posting = with_facts(facts)
    assert (str(posting.posted_at)[:10], posting.job_type) == ("2026-10-24", JobType.FULL_TIME)


def test_an_internship_is_one_by_its_title():
    assert with_facts("", title="Offre de stage ReactJS Developer").job_type is JobType.INTERNSHIP


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("Grade 8, £46,735 - £55,755 per annum", 46_735, 55_755, "GBP"),
        ("от 120 000 до 160 000 ₽ за месяц", 120_000, 160_000, "RUB"),
        ("20k-35k/月", 20_000, 35_000, "CNY"),
        ("35.000 TL - 50.000 TL aylık", 35_000, 50_000, "TRY"),
        ("R$ 2.100,00 + benefícios", 2_100, 2_100, "BRL"),
    ],
)
def test_pay_below_a_label_is_read_by_its_currency(text, low, high, currency):
    salary = parse_salary(text)
    assert salary is not None
    assert (salary.min, salary.max, salary.currency) == (low, high, currency)


def test_a_sum_in_words_that_name_no_pay_is_none():
    assert not reads_as_pay("単価100万円以上の無形商材の営業経験", labelled=False)
    assert reads_as_pay("月給 28万円～40万円", labelled=False)


def test_kroner_are_those_of_the_language_where_no_place_is_known():
    prose = "<p>Du blir del av et lite og engasjert miljø der hverdagen er variert og veien fra idé til handling er kort. Du har ansvar for gjester og ansatte.</p>"
    html = f"<html lang=nb><title>Daglig leder – Fjordheim</title><h1>Daglig leder</h1><p>Søknadsfrist: 31.03.2026</p><h2>Arbeidsoppgaver</h2>{prose}<h2>Vi tilbyr</h2><ul><li>Lønn fra kr 550 000 til kr 620 000 per år</li></ul><a href=/s>Søk stillingen</a>"
    salary = only(html).salary
    assert salary is not None
    assert (salary.min, salary.max, salary.currency) == (550_000, 620_000, "NOK")


def test_an_exact_time_goes_before_the_weeks_that_it_shows():
    posted = '<ul><li>Posted <time datetime="2026-02-11">3 weeks ago</time></li></ul>'
    assert str(with_facts(posted).posted_at)[:10] == "2026-02-11"


def test_the_start_of_the_work_is_no_date_of_posting():
    assert with_facts("<p>Start: 1 September 2026</p>").posted_at is None


def test_a_description_keeps_the_short_lists_after_its_last_prose():
    text = with_facts("").description_text
    assert "Plan the week" in text
    assert "Care" in text


@pytest.mark.parametrize(
    ("html", "url", "company"),
    [
        ("<title>Train Planner — Full Job Description — Northwind</title><h1>Train Planner</h1>", URL, "Northwind"),
        ("<title>Train Planner</title><h1>Train Planner</h1>", "https://cartwheel.notion.site/Train-Planner-1f0c", "Cartwheel"),
        ("<title>Train Planner 17 - JobHarbour</title><h1>Train Planner</h1><p>Train Planner – Truffle Digital</p><p>Truffle Digital builds timetables.</p>", "https://www.jobharbour.example/job/17", "Truffle Digital"),
        ("<title>Train Planner | JobHarbour</title><h1>Train Planner</h1><p><a href=/company/aire>Aire Valley Foods</a></p>", "https://www.jobharbour.example/job/17", "Aire Valley Foods"),
        ("<title>Universität Lahnstadt - Stellenausschreibungen</title><h2>Train Planner</h2>", "https://www.uni-lahnstadt.example/jobs/17", "Universität Lahnstadt"),
        ("<title>Stellenangebot Planer – Praxis Dr. Lindner, Bamberg</title><h1>Train Planner wanted</h1>", "https://praxis-lindner.example/jobs/17", "Praxis Dr. Lindner"),
        ("<title>Train Planner | Bolsa de trabajo Grupo Azteca</title><h1>Train Planner</h1>", "https://www.grupoazteca.example/jobs/17", "Grupo Azteca"),
    ],
)  # fmt: skip
def test_the_company_is_named_by_its_own_name(html, url, company):
    facts = "<p>Location: Leeds, UK</p><p>Full-time</p>"
    assert only(f"{html}{facts}{BODY}", url).company_name == company
