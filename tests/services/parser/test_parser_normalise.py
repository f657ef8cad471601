"""The normalisers, each by itself."""

import json
import re
from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from quiethire.domain.errors import InvalidInput
from quiethire.domain.posting import JobType, RawPosting, Seniority, Source, Sourced, Workplace
from quiethire.domain.technologies import technologies as skills
from services.parser.normalise.dates import parse_date
from services.parser.normalise.job_type import job_type
from services.parser.normalise.language import language
from services.parser.normalise.location import parse_locations
from services.parser.normalise.posting import normalise
from services.parser.normalise.requirements import requirements
from services.parser.normalise.salary import parse_salary
from services.parser.normalise.seniority import seniority
from services.parser.normalise.text import as_html, plain_text, safe_html
from services.parser.normalise.workplace import workplace

FETCHED = datetime(2026, 11, 4, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("$120K/yr - $220K/yr", (120000, 220000, "USD", "year")),
        ("€75.000 – €95.000", (75000, 95000, "EUR", "year")),
        ("50-80.000 Kč", (50000, 80000, "CZK", "month")),
        ("50 000 – 80 000 Kč / měsíc", (50000, 80000, "CZK", "month")),
        ("18000/21000€ Brut/any", (18000, 21000, "EUR", "year")),
        ("CHF 95'000 - 110'000", (95000, 110000, "CHF", "year")),
        ("12,00,000 - 15,00,000 INR per annum", (1200000, 1500000, "INR", "year")),
        ("up to £60,000 per annum", (None, 60000, "GBP", "year")),
        ("ab 3.500 € brutto im Monat", (3500, None, "EUR", "month")),
        ("$24.04", (24.04, 24.04, "USD", "hour")),
        ("£450 per day", (450, 450, "GBP", "day")),
        ("1 - 1,000,000 USD", None),
        ("competitive", None),
        ("10,000 - 12,000", None),
    ],
)
def test_labelled_pay_is_read_in_every_locale(text, wanted):
    salary = parse_salary(text)
    assert (salary and (salary.min, salary.max, salary.currency, salary.period.value)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "We raised $150M in funding from $10,000 angels.",
        "a $5,000 sign-on bonus",
        "over $2 billion in revenue",
        "a learning budget of $2,000 per year",
        "We serve 20,000 customers and manage $50,000 portfolios.",
    ],
)
def test_sums_that_are_not_pay_are_left_alone_in_running_text(text):
    assert parse_salary(text, labelled=False) is None


def test_pay_is_found_in_running_text_by_its_words():
    salary = parse_salary(
        "We raised $5,000,000. The base salary for this role is $130,000 to $160,000.", labelled=False
    )
    assert salary is not None
    assert (salary.min, salary.max) == (130000, 160000)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Berlin or Munich", [("Berlin", "DE"), ("Munich", "DE")]),
        ("Germany, Erfurt", [("Erfurt", "DE")]),
        ("Minneapolis, MN", [("Minneapolis", "US")]),
        ("Berlin, DE", [("Berlin", "DE")]),
        ("Cambridge, UK", [("Cambridge", "GB")]),
        ("Cambridge, MA", [("Cambridge", "US")]),
        ("NYC Office", [("New York City", "US")]),
        ("Toronto, ON, CA / Austin, TX, US", [("Toronto", "CA"), ("Austin", "US")]),
        ("Praha 7 – Holešovice", [("Prague", "CZ")]),
        ("Paris, London, Berlin", [("Paris", "FR"), ("London", "GB"), ("Berlin", "DE")]),
        ("Barcelona (Espanya)", [("Barcelona", "ES")]),
        ("Remote", []),
    ],
)
def test_places_are_resolved_to_city_and_country(text, places):
    assert [(place.city, place.country) for place in parse_locations([text]).locations] == places


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("Remote - Germany", ("DE",)),
        ("US Fully Remote", ("US",)),
        ("Remote, EMEA", ("EMEA",)),
        ("Remote or Berlin", ()),
    ],
)
def test_remote_work_says_where_it_is_allowed(text, allowed):
    places = parse_locations([text])
    assert (places.workplace, places.remote_allowed_in) == (Workplace.REMOTE, allowed)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T23:30:00-05:00", "2026-03-02"),
        ("1772442000000", "2026-03-02"),
        ("Mon, 02 Mar 2026 09:00:00 GMT", "2026-03-02"),
        ("24.04.2026", "2026-04-24"),
        ("4/24/2026", "2026-04-24"),
        ("04/05/2026", None),
        ("2. März 2026", "2026-03-02"),
        ("2 de marzo de 2026", "2026-03-02"),
        ("March 2nd, 2026", "2026-03-02"),
        ("Posted Today", "2026-11-04"),
        ("vor 3 Tagen", "2026-11-01"),
        ("Posted 2 weeks ago", "2026-10-21"),
        ("Posted 30+ Days Ago", None),
        ("31.02.2026", None),
        ("soon", None),
    ],
)
def test_dates_are_read_and_ambiguous_ones_are_none(text, wanted):
    found = parse_date(text, FETCHED)
    assert (found and f"{found:%Y-%m-%d}") == wanted


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Permanent contract", None),
        ("Open-ended contract", None),
        ("Zero hours contract", None),
        ("Type of contract: permanent", None),
        ("Permanent contract, full-time", JobType.FULL_TIME),
        ("Full-time contract", JobType.FULL_TIME),
        ("Fixed-term contract", JobType.TEMPORARY),
        ("6 month contract", JobType.CONTRACT),
        ("Contract to hire", JobType.CONTRACT),
        ("Contract type: freelance", JobType.CONTRACT),
    ],
)
def test_who_is_employed_by_a_contract_is_no_contractor(text, kind):
    assert job_type(text) is kind


def test_job_types_workplaces_and_levels_are_read_in_several_languages():
    assert [
        job_type(t)
        for t in ("FULL_TIME", "Vollzeit", "Jornada completa", "deltid", "PartTime", "Werkstudent", "Regular")
    ] == [
        *(JobType.FULL_TIME,) * 3,
        *(JobType.PART_TIME,) * 2,
        JobType.INTERNSHIP,
        None,
    ]
    assert [workplace(t) for t in ("TELECOMMUTE", "híbrido", "Presencial", "This role is not remote", "Berlin")] == [
        Workplace.REMOTE,
        Workplace.HYBRID,
        Workplace.NONE,
        Workplace.NONE,
        None,
    ]
    assert [
        seniority(t) for t in ("Senior Data Engineer", "Staff Engineer", "Head of Sales", "Praktikant", "Data Engineer")
    ] == [
        Seniority.SENIOR,
        Seniority.STAFF,
        Seniority.EXECUTIVE,
        Seniority.INTERN,
        None,
    ]


def test_markup_is_made_safe_and_its_text_keeps_paragraphs_and_lists():
    markup = "<h2>You</h2><ul><li>Know <b>SQL</b></li><li><p>Travel</p></li></ul><p onclick=x>One<br>two</p><a href='javascript:x'>y</a>"
    clean = safe_html(markup)
    assert "onclick" not in clean
    assert "javascript" not in clean
    assert plain_text(clean) == "You\n- Know SQL\n- Travel\n\nOne\n\ntwo\n\ny"
    assert requirements("Requirements\n- Know SQL\n- Travel\n\nBenefits\n- Cake") == ("Know SQL", "Travel")


def test_descriptions_that_are_escaped_or_plain_become_markup():
    assert as_html("&lt;p&gt;Hello&lt;/p&gt;") == "<p>Hello</p>"
    assert as_html("One < two\n\nThree") == "<p>One &lt; two</p><p>Three</p>"


def test_skills_are_whole_words_under_one_name():
    assert skills("We use k8s, Postgres and React.js. You excel in a swift team; Javanese is a language.") == (
        "Kubernetes",
        "PostgreSQL",
        "React",
    )


def test_the_language_is_that_of_the_text_else_as_stated():
    assert (
        language(
            "Wir suchen eine Person, die gerne mit Menschen arbeitet und Freude an Zahlen und Daten hat." * 2, "en"
        )
        == "de"
    )
    assert language("", "en-GB") == "en"


@pytest.mark.parametrize(
    "text", ["我哋而家請緊人，你要識得用電腦同埋識講廣東話，唔使有經驗都可以嚟試下" * 5, "a1 b2 " * 40]
)
def test_a_text_in_a_tongue_without_a_code_of_two_letters_or_in_none_has_the_language_that_the_page_states(text):
    assert language(text) is None
    assert language(text, "zh-HK") == "zh"


def test_a_posting_without_a_title_is_refused_and_its_identity_is_its_canonical_url():
    with pytest.raises(InvalidInput) as caught:
        normalise(RawPosting(url="https://x.example/1"), board=None, fetched_at=FETCHED)
    assert caught.value.kind == "no_title"
    title = Sourced(value="Cook", source=Source.HTML, path="h1")
    posting = normalise(
        RawPosting(url="https://jobs.good-food.example/1?utm_source=x#top", title=title), board=None, fetched_at=FETCHED
    )
    assert posting.identity == "https://jobs.good-food.example/1"
    assert posting.company_name == "Good Food"


def test_no_payload_of_the_corpus_survives_the_sanitiser(corpus):
    payloads = json.loads((corpus / "xss" / "dompurify_payloads.json").read_bytes())
    for case in payloads:
        tree = LexborHTMLParser(safe_html(case["payload"]))
        for node in tree.css("body *"):
            assert node.tag not in (
                "script",
                "iframe",
                "style",
                "object",
                "embed",
                "form",
                "svg",
                "math",
                "base",
                "meta",
            ), case
            assert set(node.attributes) <= {"href", "rel"}, case
            assert re.match(r"https?:|mailto:", node.attributes.get("href") or "mailto:"), case
