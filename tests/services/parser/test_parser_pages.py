"""Posting pages and listing pages: markup, headings, refusals; and how right they are on the corpus."""

import importlib.util
import json
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobType, Period, Source, Workplace
from services.parser import jsonld
from services.parser.ats.registry import recognise
from services.parser.links import extract_job_links
from services.parser.parse import parse_posting_page

FETCHED = datetime(2026, 11, 1, 12, tzinfo=UTC)
PROSE = "You look after the timetables of forty trains and talk to the people who run them every day. " * 6


def page(html: str | bytes, url: str = "https://www.northwind.example/jobs/data-engineer-4711") -> Page:
    body = html.encode() if isinstance(html, str) else html
    return Page(url=url, body=body, content_type="text/html; charset=utf-8", fetched_at=FETCHED)


def only(html: str, url: str = "https://www.northwind.example/jobs/data-engineer-4711"):
    parsed = parse_posting_page(page(html, url), board=None)
    assert parsed.refused == ()
    assert len(parsed.postings) == 1
    return parsed.postings[0]


def ld(**fields: object) -> str:
    item = {"@type": "JobPosting", "title": "Data Engineer", "description": f"<p>{PROSE}</p>"} | fields
    return f'<script type="application/ld+json">{json.dumps(item)}</script>'


def test_json_ld_gives_the_posting_with_the_path_of_each_value():
    posting = only(
        ld(
            hiringOrganization={"@type": "Organization", "name": "Northwind &amp; Sons"},
            jobLocation=[
                {"address": {"addressLocality": "Berlin", "addressCountry": {"name": "Germany"}}},
                {"address": "Munich, Germany"},
            ],
            jobLocationType="TELECOMMUTE",
            applicantLocationRequirements=[{"@type": "Country", "name": "Germany"}, {"name": "Austria"}],
            employmentType=["FULL_TIME", "CONTRACTOR"],
            baseSalary={"currency": "EUR", "value": {"minValue": "60000", "maxValue": 80000, "unitText": "YEAR"}},
            datePosted="2026-10-20",
            validThrough="2026-12-31T00:00:00Z",
            identifier={"value": "4711"},
        )
    )
    assert (posting.title, posting.company_name) == ("Data Engineer", "Northwind & Sons")
    assert [(place.city, place.country) for place in posting.locations] == [("Berlin", "DE"), ("Munich", "DE")]
    assert (posting.remote, posting.remote_allowed_in) == (Workplace.REMOTE, ("DE", "AT"))
    assert posting.job_type is JobType.FULL_TIME
    assert posting.salary is not None
    assert (posting.salary.min, posting.salary.max, posting.salary.period) == (60000, 80000, Period.YEAR)
    assert (posting.posted_at, posting.valid_through) == (
        datetime(2026, 10, 20, tzinfo=UTC),
        datetime(2026, 12, 31, tzinfo=UTC),
    )
    assert posting.provenance["title"].source is Source.JSON_LD
    assert posting.provenance["title"].path == "ld+json[0].title"


def test_a_placeholder_salary_gives_way_to_what_the_page_says():
    posting = only(
        ld(
            hiringOrganization="Northwind",
            baseSalary={"currency": "USD", "value": {"minValue": 1, "maxValue": 1000000, "unitText": "YEAR"}},
        )
        + "<h1>Data Engineer</h1><p>Salary: $90,000 - $110,000 per year</p><p>Location: Tampa, FL</p>"
    )
    assert posting.salary is not None
    assert (posting.salary.min, posting.salary.max) == (90000, 110000)
    assert posting.provenance["salary"].source is Source.HTML
    assert posting.locations[0].city == "Tampa"


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "JobPosting", "title": "Cook",}',
        '{"@graph": [{"@type": ["Thing", "JobPosting"], "title": "Cook"}]} // the end',
        '<!-- {"@type": "JobPosting", /* what */ "title": "Cook"} -->',
        '{"@type": "JobPosting", "description": "one\ntwo\tthree", "title": "Cook"}',
        "{&quot;@type&quot;: &quot;JobPosting&quot;, &quot;title&quot;: &quot;Cook&quot;}",
        '{"@type": "http://schema.org/JobPosting", "title": "Cook", "description": "C:\\dishes"}',
        '{"@type": "JobPosting", "title": "Cook", "description": "a <p class="x">dish</p>", "datePosted": "2026-10-20"}',
        '[[{"mainEntity": {"@type": "JobPosting", "title": "Cook"}}]];',
    ],
)
def test_broken_json_ld_is_mended(script):
    from services.parser.document import Document

    found = jsonld.read(Document(page(f'<script type="application/ld+json">{script}</script>')))
    assert [raw.title.value for raw in found if raw.title] == ["Cook"]


def test_microdata_is_read():
    posting = only(
        '<div itemscope itemtype="https://schema.org/JobPosting"><h1 itemprop="title">Train Driver</h1>'
        '<span itemprop="hiringOrganization" itemscope itemtype="https://schema.org/Organization"><b itemprop="name">Northwind</b></span>'
        '<div itemprop="jobLocation" itemscope itemtype="https://schema.org/Place"><div itemprop="address" itemscope '
        'itemtype="https://schema.org/PostalAddress"><span itemprop="addressLocality">Porto</span></div></div>'
        f'<meta itemprop="datePosted" content="2026-10-20"><div itemprop="description">{PROSE}</div></div>'
    )
    assert (posting.title, posting.company_name, posting.locations[0].country) == ("Train Driver", "Northwind", "PT")
    assert posting.provenance["title"].source is Source.MICRODATA


@pytest.mark.parametrize(
    "facts",
    [
        "<dl><dt>Standort</dt><dd>Köln</dd><dt>Beschäftigungsart</dt><dd>Teilzeit</dd><dt>Gehalt</dt><dd>3.000 – 3.500 € im Monat</dd></dl>",
        "<table><tr><th>Standort</th><td>Köln</td></tr><tr><th>Arbeitszeit</th><td>Teilzeit</td></tr><tr><th>Gehalt</th><td>3.000 – 3.500 € im Monat</td></tr></table>",
        "<p>Ort: Köln</p><p>Anstellungsart: Teilzeit</p><p><strong>Vergütung:</strong> 3.000 – 3.500 € im Monat</p>",
        "<ul><li>Köln</li><li>Teilzeit</li><li>3.000 – 3.500 € im Monat</li></ul>",
    ],
)
def test_a_page_without_markup_gives_title_company_and_facts(facts):
    posting = only(
        f"<title>Lokführer (m/w/d) | Nordwind Bahn</title><nav><a href=/jobs>Jobs</a></nav><h1>Lokführer (m/w/d)</h1>{facts}"
        f"<h2>Deine Aufgaben</h2><p>{PROSE}</p><h2>Dein Profil</h2><ul><li>Führerschein</li></ul><a href='/bewerben/7'>Jetzt bewerben</a>"
        "<footer>Impressum Berlin</footer>"
    )
    assert (posting.title, posting.company_name) == ("Lokführer (m/w/d)", "Nordwind Bahn")
    assert (posting.locations[0].country, posting.job_type) == ("DE", JobType.PART_TIME)
    assert posting.salary is not None
    assert (posting.salary.min, posting.salary.max, posting.salary.currency, posting.salary.period) == (
        3000,
        3500,
        "EUR",
        Period.MONTH,
    )
    assert posting.application_url == "https://www.northwind.example/bewerben/7"
    assert posting.requirements == ("Führerschein",)
    assert "Impressum" not in posting.description_text
    assert posting.provenance["salary"].source is Source.HTML


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<div id=root></div><script src=a.js></script><script src=b.js></script>", "shell:"),
        (f"<title>Our culture</title><h1>Our culture</h1><p>{PROSE}</p>", "untitled:"),
        (f"<title>Timetables explained</title><h1>Timetables explained</h1><p>{PROSE}</p>", "unlikely:"),
        (
            "<title>Railway engineers</title><h1>Railway engineers</h1>"
            + "".join(f"<li><a href=/jobs/{n}-engineer>Engineer {n}</a></li>" for n in range(4000, 4010)),
            "list:",
        ),
        (
            "<title>Data Engineer - Northwind</title><h1>Data Engineer</h1><p>Full time</p><p>Location: Berlin</p><a href=/a>Apply</a>",
            "quality",
        ),
    ],
)
def test_a_page_without_a_posting_is_refused_with_the_reason(html, kind):
    parsed = parse_posting_page(page(html), board=None)
    assert parsed.postings == ()
    assert parsed.refused[0].reason.startswith(kind)


def test_a_refusal_for_quality_names_what_is_missing():
    parsed = parse_posting_page(page(ld(description="short")), board=None)
    assert parsed.refused[0].quality_score is not None
    assert "description" in parsed.refused[0].reason
    assert "location" in parsed.refused[0].reason


def test_links_of_a_listing_are_found_and_the_frame_of_the_page_is_not():
    html = (
        "<nav><a href=/jobs/>Jobs</a><a href=/jobs/4999-about-us>About</a></nav><h1>Open positions</h1><ul>"
        + "".join(
            f'<li><a href="/jobs/{n}-train-driver?utm_source=x">Train Driver {n}</a></li>' for n in (4001, 4002, 4003)
        )
        + '</ul><a href="/jobs?page=2">Next</a><a href="https://jobs.lever.co/acme/6f7f0d0e-0000-4000-8000-000000000001">Cook</a>'
        '<a href="https://elsewhere.example/jobs/4004">Engineer elsewhere</a><footer><a href="/jobs/4009-privacy">Privacy engineer</a></footer>'
    )
    links = extract_job_links(page(html, "https://www.northwind.example/jobs/"))
    base = "https://www.northwind.example/jobs/"
    assert [link.url for link in links] == [
        *(urljoin(base, f"{n}-train-driver?utm_source=x") for n in (4001, 4002, 4003)),
        "https://jobs.lever.co/acme/6f7f0d0e-0000-4000-8000-000000000001",
    ]
    assert links[0].text == "Train Driver 4001"


def test_a_page_about_something_else_has_no_job_links():
    html = "<h1>News</h1>" + "".join(f"<a href=/news/{n}>The engineer who built bridge {n}</a>" for n in range(9))
    assert extract_job_links(page(html, "https://www.northwind.example/news")) == ()


def scorer(corpus, name):
    """The shared scorer's own functions; its `main` runs on import, with arguments that it finds nothing in."""
    path = corpus.parent / "tools" / name
    if not path.is_file():
        pytest.skip(f"no scorer at {path}")
    source = path.read_text(encoding="utf-8").rpartition("\nmain()")[0]
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader=None))
    exec(compile(source, str(path), "exec"), module.__dict__)
    return module


def cases(corpus, folder):
    for line in (corpus / folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        body = (corpus / folder / case["path"]).resolve().read_bytes()
        yield case, page(body, case["url"])


def test_postings_of_the_corpus_are_read_well_and_other_pages_refused(corpus):
    judge = scorer(corpus, "score_postings.py").judge
    stat: dict[str, list[int]] = {}
    wrongly_taken, good = [], 0
    for case, given in cases(corpus, "postings"):
        postings = parse_posting_page(given, board=recognise(case["url"])).postings
        if not case["is_posting"]:
            wrongly_taken += [case["id"]] if postings else []
            continue
        good += case["url_is_real"] and bool(postings)
        for name, stated, gave, right in judge(case, _prediction(postings[0]) if postings else None):
            counts = stat.setdefault(name, [0, 0, 0])
            for index, value in enumerate((stated, gave, right)):
                counts[index] += value
    f1 = {name: 2 * right / (stated + gave) for name, (stated, gave, right) in stat.items()}
    assert wrongly_taken == []
    assert good >= 25
    assert sum(f1.values()) / len(f1) >= 0.97, f1
    assert min(f1.values()) >= 0.95, f1


def _prediction(posting):
    salary = posting.salary
    return {
        "title": posting.title,
        "company": posting.company_name,
        "locations": [
            place.model_dump(exclude_none=True, include={"name", "city", "region", "country"})
            for place in posting.locations
        ],
        "remote": posting.remote.value,
        "job_type": posting.job_type and posting.job_type.value,
        "posted_at": posting.posted_at and posting.posted_at.isoformat(),
        "salary_min": salary and salary.min,
        "salary_max": salary and salary.max,
        "salary_currency": salary and salary.currency,
        "salary_period": salary and salary.period.value,
    }


def test_job_links_of_the_corpus_are_found_and_pages_without_jobs_left_clean(corpus):
    canon = scorer(corpus, "score_links.py").canon
    right = wrong = missed = 0
    for case, given in cases(corpus, "listings"):
        true = {canon(url, case["url"]) for url in case["job_urls"]}
        other = {canon(url, case["url"]) for url in case.get("alternate", [])}
        got = {canon(link.url, case["url"]) for link in extract_job_links(given)} - other
        assert true or not got, case["id"]
        right, wrong, missed = right + len(true & got), wrong + len(got - true), missed + len(true - got)
    assert 2 * right / (2 * right + wrong + missed) >= 0.97
