"""Titles that look for somebody, boxes above the text, digests and slogans: what pages of small employers taught, by hand-made pages."""

import json
from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, Workplace
from services.parser.normalise.dates import parse_date
from services.parser.normalise.salary import parse_salary
from services.parser.normalise.workplace import workplace
from services.parser.parse import ParsedPage, parse_posting_page

PROSE = (
    "<p>You will join a friendly and experienced team and work closely with colleagues across the organisation. Nobody "
    "expects you to know everything on the first day: we plan a thorough introduction and give you time to learn.</p>"
)
BODY = f"<h2>Responsibilities</h2>{PROSE}{PROSE}<h2>Requirements</h2><ul><li>Care</li><li>Time</li></ul><a href=/a>Apply now</a>"
FETCHED = datetime(2026, 11, 20, 12, tzinfo=UTC)


def parsed(html: str, url: str = "https://www.northwind.example/jobs/opening") -> ParsedPage:
    page = Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8", fetched_at=FETCHED)
    return parse_posting_page(page, board=None)


def only(html: str) -> JobPosting:
    found = parsed(html)
    assert found.refused == ()
    (posting,) = found.postings
    return posting


@pytest.mark.parametrize(
    ("headings", "title"),
    [
        ("<h1>Ergotherapeut/in gesucht!</h1>", "Ergotherapeut/in"),
        ("<h1>Seniora systemutvecklare sökes</h1>", "Seniora systemutvecklare"),
        ("<h1>Gezocht: Fysiotherapeut voor 32-40 uur per week</h1>", "Fysiotherapeut"),
        ("<h1>Pädagoge (m/w/d) als Begleitung (15 bis max. 30 Std./Woche)</h1>", "Pädagoge (m/w/d) als Begleitung"),
        ("<h1>Wir suchen einen Koch</h1>", "Koch"),
        # A slogan that is broken over lines, above what is looked for.
        ("<h1>Bli en del av et fagmiljø<br>som tar vare på<br><em>det gamle</em>.</h1><h2>Vi søker taktekker med fagbrev.</h2>", "taktekker"),
        # What the page is, above what it offers.
        ("<h1>Offre d’emploi Systèmes Communicants</h1><h2>Ingénieur embarqué critique</h2>", "Ingénieur embarqué critique"),
    ],
)  # fmt: skip
def test_a_title_is_bare_of_words_that_look_for_somebody_and_of_hours(headings, title):
    assert only(f"<title>Northwind</title>{headings}{BODY}<p>© 2026 Northwind Ltd</p>").title == title


def test_a_box_to_apply_by_above_the_text_does_not_end_the_description():
    posting = only(f"<title>Train Planner - Northwind</title><h1>Train Planner</h1><h3>Apply for this job</h3>{BODY}")
    assert "friendly and experienced team" in posting.description_text


def test_what_follows_the_text_below_a_form_is_no_part_of_it():
    posting = only(f"<title>Train Planner - Northwind</title><h1>Train Planner</h1>{BODY}<h3>Apply for this job</h3><p>{'Upload what you have written so far and wait. ' * 4}</p>")  # fmt: skip
    assert "Upload" not in posting.description_text


def test_a_complete_marked_up_posting_may_have_a_short_text():
    marked = {
        "@type": "JobPosting", "title": "Stage IA", "hiringOrganization": {"name": "Northwind"}, "datePosted": "2026-09-20",
        "description": "<p>Vous rejoignez une petite équipe.</p>", "employmentType": "INTERN",
        "jobLocation": {"address": {"addressLocality": "Paris", "addressCountry": "FR"}},
    }  # fmt: skip
    assert only(f"<script type='application/ld+json'>{json.dumps(marked)}</script>").quality_score >= 70


CARD = "<table><tr><td><h1>Telecommunication</h1><h2>Porto, Portugal</h2><h3>30,000 to 40,000 EUR</h3><span>Feb 24, 2026</span></td><td><a href=#>Apply</a></td></tr><tr><td>Manage and supervise all outlets. Keep them stocked with what they need every day of the week.</td></tr></table>"
OPENING = "<article><h3>{}</h3><p>Vi søker erfarne fagfolk til varierte oppdrag i hele området, hele året.</p><ul><li>Fagbrev</li><li>Førerkort</li></ul></article>"


@pytest.mark.parametrize(
    "html",
    [
        f"<title>Job alert</title>{CARD * 3}",
        f"<title>Jobb hos oss — Northwind</title><h1>Bygg fremtiden <em>med oss.</em></h1><h2>Ledige stillinger.</h2>{OPENING.format('Autorisert elektriker')}{OPENING.format('Lærling elektriker')}<a href=mailto:a@northwind.example>Send søknad</a>",
        f"<title>Lavora con noi</title><h1>Lavora con noi</h1><div><h3>Sviluppatore Software</h3>{PROSE}<a href=/lavora-con-noi/sviluppatore/>Candidati</a></div>",
    ],
)
def test_lists_of_one_card_of_openings_and_of_a_link_are_refused(html):
    found = parsed(html, "https://www.northwind.example/jobs")
    assert (found.postings, found.refused[0].reason.split(":")[0]) == ((), "list")


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<div>&copy; Copyright 2016-2017 humaxis GbR. Alle Rechte vorbehalten.</div>", "humaxis GbR"),
        ("<dl><dt>Organisation/Company</dt><dd>Fondation Quill</dd></dl>", "Fondation Quill"),
        ("<p><a href=https://www.linkedin.com/company/northwind/>Northwind on LinkedIn</a></p><div>© 2026 Northwind Ltd</div>", "Northwind Ltd"),
    ],
)  # fmt: skip
def test_the_company_is_whom_labels_and_copyright_name(html, name):
    assert only(f"<title>Train Planner</title><h1>Train Planner</h1>{BODY}{html}").company_name == name


@pytest.mark.parametrize(
    ("title", "facts", "city"),
    [
        ("Train Planner", "<p>Geografi: Göteborg eller orter med pendelavstånd till staden, beroende på uppdrag och person.</p>", "Gothenburg"),
        ("Train Planner", "<p>Lieu du poste : En présentiel</p>", None),
        ("Train Planner at Northwind — Amstelveen, North Holland, Netherlands | Jobs", "", "Amstelveen"),
    ],
)  # fmt: skip
def test_a_place_is_told_from_a_sentence_a_workplace_and_the_name_of_the_page(title, facts, city):
    places = only(f"<title>{title}</title><h1>Train Planner</h1><p>© 2026 Northwind Ltd</p>{facts}{BODY}").locations
    assert [place.city for place in places] == ([city] if city else [])


def test_a_day_with_a_zone_stays_the_day_that_the_site_states():
    found = parse_date("2025-10-16T01:38:36+05:00", FETCHED)
    assert found is not None
    assert f"{found:%Y-%m-%d}" == "2025-10-16"
    assert parse_date("2025-10-16T11:38:36+05:00", FETCHED) == datetime(2025, 10, 16, 6, 38, 36, tzinfo=UTC)


def test_telework_that_is_possible_is_hybrid():
    assert workplace("Le télétravail est possible.") is Workplace.HYBRID


def test_a_man_day_is_a_day():
    salary = parse_salary("4 000–5 000 CZK/man-day", labelled=True)
    assert salary is not None
    assert (salary.min, salary.max, salary.period) == (4000, 5000, "day")


def test_a_short_line_below_the_last_heading_belongs_to_the_description():
    closing = "<h3>Ansættelsesvilkår</h3><p>Fuldtid efter aftale.</p>"
    posting = only(f"<title>Lærer - Northwind</title><h1>Lærer</h1><p>© 2026 Northwind</p>{PROSE}{PROSE}<h3>Vi tilbyder</h3><ul>{'<li>Trygge rammer</li>' * 8}</ul>{closing}<a href=/a>Søg stillingen</a>")  # fmt: skip
    assert posting.job_type == "full_time"


def test_a_posting_told_in_lists_alone_has_them_for_its_description():
    duties = "".join(
        f"<li>{item}</li>" for item in ("Plan the trains", "Keep the timetable", "Talk to the crews", "Write it down")
    )
    body = f"<h2>Responsibilities</h2><ul>{duties}</ul><h2>Requirements</h2><ul><li>Care</li><li>Time and patience</li></ul><a href=/a>Apply now</a>"
    facts = "<p>Location: Hull, England</p><p>Job type: Full-time</p>"
    posting = only(f"<title>Train Planner</title><h1>Train Planner</h1>{facts}{body}<p>Company: Northwind Ltd</p>")
    assert posting.description_text.startswith("Responsibilities")
    assert posting.description_text.rstrip().endswith("Time and patience")


def test_a_page_without_headings_has_its_one_bold_job_for_its_title():
    sections = f"<p><b>Responsibilities</b></p>{PROSE}<p><b>Requirements</b></p>{PROSE}<p><a href=/a>Apply now</a></p>"
    head = "<title>Northwind</title><p>Company: Northwind Ltd</p>"
    assert only(f"{head}<p><b>Train Driver</b></p>{sections}").title == "Train Driver"
    two = parsed(f"{head}<p><b>Train Driver</b></p>{PROSE}<p><b>Station Manager</b></p>{sections}")
    assert two.postings == ()
