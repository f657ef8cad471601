"""Slogans, bare words for vacancies, guides, forms and menus: what pages of small employers taught, by hand-made pages."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from quiethire.domain.posting import JobPosting, Workplace
from services.parser.links import extract_job_links
from services.parser.parse import ParsedPage, parse_posting_page

FETCHED = datetime(2026, 11, 20, 12, tzinfo=UTC)
PROSE = (
    "<p>You will join a friendly and experienced team and work closely with colleagues across the organisation. Nobody "
    "expects you to know everything on the first day: we plan a thorough introduction and give you time to learn.</p>"
)
SECTIONS = f"<h2>Responsibilities</h2>{PROSE}{PROSE}<h2>Requirements</h2><ul><li>Care</li><li>Time</li></ul>"
BODY = f"{SECTIONS}<a href=/a>Apply now</a>"
OPENING = "https://www.northwind.example/jobs/opening"


def page(html: str, url: str = OPENING) -> Page:
    return Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8", fetched_at=FETCHED)


def parsed(html: str, url: str = OPENING) -> ParsedPage:
    return parse_posting_page(page(html, url), board=None)


def only(html: str, url: str = OPENING) -> JobPosting:
    found = parsed(html, url)
    assert found.refused == ()
    (posting,) = found.postings
    return posting


def found_links(html: str, url: str) -> list[str]:
    return [link.url for link in extract_job_links(page(html, url))]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<h1>Vacature medewerker technische dienst.</h1>", "medewerker technische dienst"),
        ("<h1>Jobba med oss på Northwind</h1><h2>Servitör</h2>", "Servitör"),
        ("<h1>Help us build the best ledger there is</h1><p>Hi</p><h1>Sales Manager</h1>", "Sales Manager"),
        ("<h1>VACANCY</h1><div>Train Planner</div>", "Train Planner"),
        ("<h1>Jobba med oss</h1><p>Som köksbiträde hos oss kommer du att ha en varierad roll.</p>", "Köksbiträde"),
        ("<h1>Internship</h1><h2>Full Time, Remote</h2>", "Internship"),
    ],
)  # fmt: skip
def test_a_slogan_or_a_bare_word_for_vacancies_gives_way_to_the_title(head, title):
    assert only(f"<title>Northwind</title>{head}{BODY}").title == title


def test_a_heading_that_goes_on_is_not_cut_to_what_the_page_calls_itself():
    heading = "<h1>Operator koparki<span> w pracach melioracyjnych</span></h1>"
    assert only(f"<title>Operator koparki – Northwind</title>{heading}{BODY}").title == "Operator koparki w pracach melioracyjnych"  # fmt: skip


def test_a_heading_of_internships_without_facts_is_no_title():
    assert parsed(f"<title>Internship</title><h1>Internship</h1><h2>Who we are</h2>{BODY}").postings == ()


ARTICLE = '<meta property="og:type" content="article"><meta property="article:author" content="northwind">'


def test_an_article_with_a_title_an_address_and_somebody_to_write_to_is_a_posting():
    write = '<p>Drop us a line: <a href="mailto:hi@northwind.example">hi@northwind.example</a></p>'
    assert only(f"<title>Train Planner</title>{ARTICLE}<h1>Train Planner</h1>{PROSE}<p>The job is based in Leeds, England.</p><ul><li>Care</li><li>Time</li></ul>{write}").title == "Train Planner"  # fmt: skip


def test_a_form_with_another_host_is_where_one_applies():
    form = "https://forms.gle/q1W2e3R4t5Y6u7I8o"
    markup = f'<title>Train Planner</title><h1>Train Planner</h1>{SECTIONS}<a href="{form}">Fill in the form</a>'
    assert only(markup).application_url == form


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        (
            ("<title>Marketing Manager</title><h1>Marketing Manager</h1><p>$80k–$150k</p><h2>A day in the life</h2>"
            f"<ul><li>Plan<li>Write</ul><h2>How to get there</h2>{PROSE}<h2>Skills</h2><ul><li>Care<li>Time</ul><h2>Outlook</h2>{PROSE}"),
            "https://northwind.example/careers/marketing-manager.html",
        ),
        (
            (f"<title>Jobs für Pflegefachkräfte</title><h1>Jobs für Pflegefachkräfte in Hamburg</h1><h2>Du hast die Wahl</h2>{PROSE}"
            f"<h2>Was du verdienen kannst</h2>{PROSE}<h2>Worauf es ankommt</h2><ul><li>Plan<li>Zeit</ul>"),
            "https://northwind.example/jobs/pflegefachkraft/",
        ),
        (
            ("<title>Careers - Northwind</title><h1>Careers</h1><h2>Open Positions</h2><div class=job-title>"
            f'<a href="careers/train-planner.html">Train Planner</a></div><div>Compensation: $100k – $120k</div><h2>Culture</h2>{PROSE}'),
            "https://northwind.example/careers.html",
        ),
    ],
    ids=["a guide to an occupation", "a page of jobs by trade", "a teaser"],
)  # fmt: skip
def test_pages_about_jobs_that_hold_none_are_refused(markup, url):
    assert parsed(markup, url).postings == ()


def test_a_name_that_is_the_site_s_host_is_no_title():
    cards = "".join(f"<section><h2>{name}</h2><h3>Technik.example</h3><h4>Requirements</h4><ul><li>Care<li>Time</ul></section>" for name in ("Technical Writer", "Editor"))  # fmt: skip
    assert parsed(f"<title>Jobs</title><h1>Jobs</h1>{cards}", "https://technik.example/jobs").postings == ()


def test_a_place_ends_where_its_sentence_does():
    posting = only(f"<title>Train Planner</title><h1>Train Planner</h1><h2>Belgrade, Serbia. Full time</h2>{BODY}")
    assert [place.city for place in posting.locations] == ["Belgrade"]
    assert posting.job_type is not None


def test_the_city_behind_the_employer_s_name_is_the_place_where_the_text_speaks_of_it():
    head = "<title>Video Editor - Nordlicht Studio Rostock</title><h1>Video Editor</h1>"
    posting = only(f"{head}{BODY}<p>Ziehst du nach Rostock?</p>")
    assert [place.city for place in posting.locations] == ["Rostock"]
    assert only(f"{head}{BODY}").locations == ()


def test_where_a_part_of_the_team_is_based_is_not_where_the_job_is():
    posting = only(f"<title>Train Planner</title><h1>Train Planner</h1>{BODY}<p>We work remotely, with part of the core team based in Zurich and Vienna.</p>")  # fmt: skip
    assert posting.locations == ()


def test_a_badge_with_the_distance_around_it_is_a_place():
    badges = "<div><span>+</span><span>Full time</span><span>Międzychód (+ 150 km)</span></div>"
    posting = only(f"<title>Train Planner</title><h1>Train Planner</h1>{badges}{BODY}")
    assert [place.city for place in posting.locations] == ["Międzychód"]


def test_remote_within_a_land_is_remote():
    posting = only(f"<title>Train Planner</title><h1>Train Planner</h1>{BODY}<p>Good hours. Remote-US preferred.</p>")
    assert posting.remote is Workplace.REMOTE


def test_the_university_of_a_scholar_s_page_is_the_employer():
    text = "<p>Ask your supervisor Dr. Jane Roe for more. Leiden University offers a pension and eight weeks of leave.</p><p>Openness and inclusion are values of Leiden University.</p>"  # fmt: skip
    posting = only(f"<title>PhD Candidate | Jane Roe</title><h1>PhD Candidate</h1>{BODY}{text}<footer>© Jane Roe</footer>")  # fmt: skip
    assert posting.company_name == "Leiden University"
    assert [place.city for place in posting.locations] == ["Leiden"]


def test_a_city_behind_a_name_that_is_whole_without_it_is_left_out():
    head = "<title>Train Planner - Northwind Leeds</title><h1>Train Planner</h1>"
    assert only(f"{head}{BODY}<p>Northwind moves goods and people.</p>").company_name == "Northwind"


def test_postings_of_others_below_the_titles_of_a_list_are_followed():
    cards = "".join(
        f'<section><hgroup><h2>{name}</h2><h3>Someone</h3></hgroup><div><div><div><strong>Gdzie:</strong> Poznań</div><p><a href="{url}">Szczegóły</a></p></div></div></section>'
        for name, url in (("Technical Writer", "https://a.example/o/1"), ("Software Engineer", "https://b.example/o/2"))
    )
    markup = (
        f"<title>Oferty pracy</title><h1>Oferty pracy</h1>{cards}<p><a href='https://blog.example/x'>Szczegóły</a></p>"
    )
    assert found_links(markup, "https://list.example/oferty-pracy") == ["https://a.example/o/1", "https://b.example/o/2"]  # fmt: skip


def test_postings_in_the_menu_right_below_a_page_about_jobs_are_followed():
    menu = "".join(f'<li><a href="/careers/{slug}/index.html">{name}</a>' for slug, name in (("data-scientist", "Data Scientist"), ("engineer", "Software Engineer")))  # fmt: skip
    markup = f"<title>Careers</title><main><h1>Careers</h1>{PROSE}</main><aside><div class=collapsible-menu><ul><li><a href=/events/index.html>Events</a>{menu}</ul></div></aside>"  # fmt: skip
    assert found_links(markup, "https://northwind.example/careers/") == [
        "https://northwind.example/careers/data-scientist/index.html",
        "https://northwind.example/careers/engineer/index.html",
    ]


def test_pages_by_place_trade_or_pay_are_no_postings():
    tiles = "".join(f'<a class=tile href="/jobs/{slug}/"><h3>{name}</h3><p>Fachkraft, Helfer oder Quereinsteiger</p></a>' for slug, name in (("gehalt-pflege", "Gehalt der Pflegehelfer"), ("hamburg", "Pflege-Jobs in Hamburg"), ("pflegehelfer", "Jobs für Pflegehelfer")))  # fmt: skip
    assert found_links(f"<title>Jobs</title><h1>Jobs</h1>{tiles}", "https://northwind.example/jobs/") == []
