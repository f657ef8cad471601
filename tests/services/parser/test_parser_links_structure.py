"""Lists of jobs are told by how they are built, whatever the jobs are called; by hand-made pages of no real site."""

from datetime import UTC, datetime

import pytest

from quiethire.domain.page import Page
from services.parser.links import extract_job_links

SITE = "https://www.northwind.example"


def links(html: str, path: str = "/careers") -> list[str]:
    fetched = datetime(2026, 11, 20, tzinfo=UTC)
    page = Page(url=f"{SITE}{path}", body=html.encode(), content_type="text/html; charset=utf-8", fetched_at=fetched)
    return [link.url.removeprefix(SITE) for link in extract_job_links(page)]


def test_cards_that_state_a_job_type_lead_to_jobs_of_any_name():
    html = "<h1>Careers</h1>" + "".join(
        f"<article><h3>{name}</h3><span>Full-time</span><span>Hull</span><a href=/about-us/{slug}>Read more</a></article>"
        for name, slug in (("Gaffer", "gaffer"), ("Best Boy Grip", "best-boy"), ("Dolly Grip", "dolly"))
    )
    assert links(html) == ["/about-us/gaffer", "/about-us/best-boy", "/about-us/dolly"]


def test_rows_of_a_table_with_places_below_a_career_path_lead_to_jobs():
    html = "<h1>Work with us</h1><table>" + "".join(
        f"<tr><td><a href=/careers/{slug}>{name}</a></td><td>{place}</td></tr>"
        for name, slug, place in (("Gaffer", "gaffer", "Hamburg"), ("Dolly Grip", "dolly", "Berlin"))
    )
    assert links(html) == ["/careers/gaffer", "/careers/dolly"]


def test_classes_of_cards_tell_jobs_of_any_name():
    html = "<h1>Kariera</h1>" + "".join(
        f"<div class=job-card><h3>{name}</h3><a href={slug}.html>Více informací</a></div>"
        for name, slug in (("Osvětlovač", "a-osvetlovac"), ("Rekvizitář", "b-rekvizitar"), ("Zvukař", "c-zvukar"))
    )
    assert links(html, "/kariera.html") == ["/a-osvetlovac.html", "/b-rekvizitar.html", "/c-zvukar.html"]


@pytest.mark.parametrize(
    "cards",
    [
        # Teasers of a blog, a team, places and departments, benefits.
        "<div class=post><h3>Our summer party</h3><a href=/stories-of-us/party>Read more</a></div><div class=post><h3>Ten years of us</h3><a href=/stories-of-us/ten>Read more</a></div>",
        "<div class=person><h3>Ada Quill</h3><span>Hamburg</span><a href=/people/ada>Profile</a></div><div class=person><h3>Bo Rask</h3><span>Berlin</span><a href=/people/bo>Profile</a></div>",
        "<ul class=job-filter-list><li><a href=/work-in/berlin>Berlin</a></li><li><a href=/work-in/hull>Hull</a></li><li><a href=/work-in/porto>Porto</a></li></ul>",
        "<ul><li><a href=/careers/engineering>Engineering</a></li><li><a href=/careers/sales>Sales</a></li><li><a href=/careers/marketing>Marketing</a></li></ul>",
        "<div class=benefit><h3>Thirty days of leave</h3><a href=/why/leave>Learn more</a></div><div class=benefit><h3>Remote weeks</h3><a href=/why/remote>Learn more</a></div>",
    ],
)
def test_what_else_stands_on_a_page_about_jobs_stays_out(cards):
    assert links(f"<title>Careers at Northwind</title><h1>Careers</h1>{cards}") == []


@pytest.mark.parametrize(
    ("path", "html", "found"),
    [
        ("/volne-pozice.html", "<h1>Volné pozice</h1><div><h3>Stavební technik</h3><a href=volne-pozice/technik.html>Více informací</a></div>", ["/volne-pozice/technik.html"]),
        ("/empregos.aspx", "<div><a href=/vaga-de-vendedora-no-rio__118.aspx><h2>Vendedora</h2></a></div>", ["/vaga-de-vendedora-no-rio__118.aspx"]),
        # The heading of a card is not its fact that is set as a heading too.
        (
            "/lavora-con-noi/",
            "<h1>Lavora con noi</h1><div><h3>Sviluppatore Software</h3><div><h6>Luogo: Varese</h6><a href=/lavora-con-noi/sviluppatore/>Candidati</a></div></div>",
            ["/lavora-con-noi/sviluppatore/"],
        ),
        # A vendor's host, a token and a slug.
        ("/careers", "<h1>Careers</h1><article><h2>Intern</h2><a href=https://jobs.lever.co/northwind/infra-intern>View role</a></article>", ["https://jobs.lever.co/northwind/infra-intern"]),
    ],
)  # fmt: skip
def test_words_for_jobs_of_more_languages_lead_to_postings(path, html, found):
    assert links(html, path) == found


def test_the_own_address_of_marked_up_posting_needs_no_second_proof():
    marked = '{"@type": "JobPosting", "title": "Gaffer", "url": "%s"}'
    html = "<h1>Carrières</h1><script type='application/ld+json'>" + marked
    assert links(html % f"{SITE}/equipe/gaffer" + "</script>") == ["/equipe/gaffer"]
    assert links(html % f"{SITE}/careers" + "</script>") == []
    assert links(html % "https://elsewhere.example/equipe/gaffer" + "</script>") == []
