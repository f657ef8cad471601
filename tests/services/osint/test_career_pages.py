"""Discovery of career pages over the demo web and over small sites with one trait each."""

from collections.abc import Callable

import pytest
from osint_web import Adapters

from demo.web import DOMAINS
from quiethire.domain.board import WEBSITE
from quiethire.domain.company import BoardCandidate, UrlType
from quiethire.domain.errors import Disallowed, Gone, InvalidInput, Transient
from quiethire.domain.page import FetchSpec, Page
from services.osint.career_page import VERIFIED
from services.osint.discovery import MAX_REQUESTS, Web
from services.osint.methods.career_pages import discover_career_pages
from services.osint.paths import PATHS, common_paths

Site = Callable[[dict[str, str]], Web]
LISTING = (
    "<title>Careers</title><h1>Careers</h1><h2>Open positions</h2><p>Apply now</p>"
    "<a href='/careers/data-engineer'>Data Engineer</a><a href='/careers/sales-manager'>Sales Manager</a>"
    "<a href='/careers/office-assistant'>Office Assistant</a>"
)


def boards(candidates: tuple[BoardCandidate, ...]) -> list[str]:
    return [candidate.board.key for candidate in candidates if candidate.board]


def kinds(candidate: BoardCandidate) -> set[str]:
    return {evidence.kind for evidence in candidate.evidence}


EXPECTED = {
    "acme-robotics.example": "website/https://acme-robotics.example/careers",
    "fernwell.example": None,  # Scripts draw it, and there is no browser here.
    "harborline.example": "website/https://harborline.example/about/jobs",
    "kornfeld-muehlen.example": "website/https://kornfeld-muehlen.example/karriere",
    "atelier-nacre.example": "website/https://atelier-nacre.example/maison/rejoindre-l-atelier",
    "lumenfold.example": "lever/lumenfold",
    "meridian-loom.example": "lever/meridianloom",
    "northwind.example": "greenhouse/northwind",
    "palisade-security.example": "ashby/PalisadeSecurity",
    "quayside.example": "greenhouse/quaysideanalytics",
    "stillwater-pumps.example": None,
}


@pytest.mark.parametrize("company", DOMAINS, ids=lambda company: company.domain)
async def test_every_company_of_the_demo_web_is_found_on_its_one_board(company, web: Web) -> None:
    found = await discover_career_pages(company.domain, web, name=company.name)
    expected = EXPECTED[company.domain]
    assert boards(found.candidates) == ([expected] if expected else [])
    assert 1 <= found.requests <= MAX_REQUESTS
    for candidate in found.candidates:
        assert 0 <= candidate.confidence <= 1
        assert candidate.evidence
    if expected:
        board = found.candidates[0].board
        assert board is not None
        assert (board.company_domain, board.company_name) == (company.domain, company.name)


async def test_a_page_that_only_embeds_a_board_is_named_but_is_no_second_board(web: Web) -> None:
    ats, page = (await discover_career_pages("lumenfold.example", web)).candidates
    assert (ats.url_type, page.url_type) == (UrlType.ATS, UrlType.CAREER_PAGE)
    assert page.board is None
    assert "ats_preferred" in kinds(page)
    assert "embed" in kinds(ats)


async def test_a_career_page_that_redirects_to_an_ats_gives_its_board(web: Web) -> None:
    (candidate,) = (await discover_career_pages("quayside.example", web)).candidates
    assert "redirect" in kinds(candidate)


async def test_a_page_that_no_link_leads_to_is_found_through_the_sitemap(web: Web) -> None:
    (candidate,) = (await discover_career_pages("atelier-nacre.example", web)).candidates
    assert "sitemap" in kinds(candidate)


async def test_a_page_that_scripts_draw_is_told_apart_where_no_browser_drew_it(web: Web) -> None:
    found = await discover_career_pages("fernwell.example", web)
    (candidate,) = found.candidates
    assert (candidate.url, candidate.board) == ("https://fernwell.example/jobs", None)
    assert candidate.confidence < VERIFIED
    assert {"shell", "apart"} <= kinds(candidate)
    assert [(problem.kind, problem.where) for problem in found.problems] == [
        ("unrendered", "https://fernwell.example/jobs")
    ]


async def test_a_career_page_that_lists_nothing_is_told_and_is_no_board(site: Site) -> None:
    hub = "<title>Careers</title><h1>Careers at A</h1><p>Apply now, join us, full-time and part-time.</p>"
    web = site({"https://a.example/": "<a href='/careers'>Careers</a>", "https://a.example/careers": hub})
    (candidate,) = (await discover_career_pages("a.example", web)).candidates
    assert candidate.confidence >= VERIFIED
    assert candidate.board is None
    assert "no_listing" in kinds(candidate)


async def test_pages_beside_a_listing_are_kept_apart_from_it(site: Site) -> None:
    home = (
        "<a href='/careers'>Careers</a><a href='/team/how-we-hire'>Jobs and careers at A</a>"
        "<a href='/careers/7-clerk'>Job: Clerk</a><a href='/careers/gone'>Jobs, too</a>"
    )
    web = site(
        {
            "https://a.example/": home,
            "https://a.example/careers": LISTING,
            "https://a.example/team/how-we-hire": "<title>How we hire</title><h1>Our hiring process</h1><p>We talk.</p>",
            "https://a.example/careers/7-clerk": "<title>Clerk</title><h1>Clerk (m/f/d)</h1><p>Apply now.</p>",
            "https://a.example/careers/gone": "<title>Page not found</title><h1>404</h1><p>See our jobs, apply now.</p>",
        }
    )
    listing, beside = (await discover_career_pages("a.example", web)).candidates
    assert listing.board is not None
    assert beside.url == "https://a.example/team/how-we-hire"
    assert beside.board is None
    assert beside.confidence < VERIFIED
    assert "apart" in kinds(beside)


@pytest.mark.parametrize(
    ("home", "path"),
    [
        ("<html lang='de-CH'>", "/unternehmen/karriere"), ("<html lang='fr'>", "/nous-rejoindre"), ("<html lang='es'>", "/trabaja-con-nosotros"),
        ("<html lang='pt-BR'>", "/trabalhe-conosco"), ("<html lang='it'>", "/lavora-con-noi"), ("<html lang='nl'>", "/werken-bij"),
        ("<html lang='sv'>", "/jobba-hos-oss"), ("<html lang='da'>", "/ledige-stillinger"), ("<html lang='nb'>", "/stillinger"),
        ("<html lang='fi'>", "/avoimet-tyopaikat"), ("<html lang='pl'>", "/oferty-pracy"), ("<html lang='cs'>", "/volna-mista"),
        ("<html lang='hu'>", "/allasok"), ("<html lang='ro'>", "/locuri-de-munca"), ("<html lang='tr'>", "/is-ilanlari"),
        ("<html lang='ja'>", "/recruit"), ("<html>", "/vacancies"), ("<html lang='en'>", "/karriere"),
    ],
)  # fmt: skip
async def test_common_paths_are_tried_in_the_language_of_the_site(site: Site, home: str, path: str) -> None:
    web = site({"https://a.example/": f"{home}<h1>Hello</h1>", f"https://a.example{path}": LISTING})
    found = await discover_career_pages("a.example", web)
    assert boards(found.candidates) == [f"website/https://a.example{path}"]
    assert found.problems == ()


def test_the_top_level_domain_tells_the_language_where_the_site_does_not() -> None:
    assert list(common_paths("", "a.com.br")).index("/trabalhe-conosco") < 6
    assert list(common_paths("x-klingon", "a.at")).index("/karriere") < 6
    every = list(common_paths("", "a.example"))
    assert len(every) == len(set(every)) == len({path for paths in PATHS.values() for path in paths})


async def test_a_guessed_path_that_redirects_to_an_ats_gives_its_board(site: Site) -> None:
    async def fetch(spec: FetchSpec) -> Page:
        page = await pages.fetch(spec)
        moved = {
            "https://a.example/jobs": "https://jobs.lever.co/acme",
            "https://a.example/careers": "https://a.example/",
        }
        return page.model_copy(update={"url": moved.get(spec.url, spec.url)})

    home = "<h1>Hello</h1>"
    pages = site(
        {"https://a.example/": home, "https://a.example/careers": home, "https://a.example/jobs": "<h1>Acme</h1>"}
    )
    found = await discover_career_pages("a.example", Web(fetch=fetch, recognise=pages.recognise))
    (candidate,) = found.candidates
    assert boards(found.candidates) == ["lever/acme"]
    assert {"path", "redirect"} == kinds(candidate)


async def test_at_most_three_boards_are_asked_for_and_the_budget_is_kept_for_them(site: Site) -> None:
    links = "".join(f"<a href='/team/{number}/jobs'>Jobs {number}</a>" for number in range(500))
    careers = "".join(f"<a href='https://jobs.lever.co/a{number}'>Jobs in {number}</a>" for number in range(5))
    asked: list[str] = []

    async def fetch(spec: FetchSpec) -> Page:
        asked.append(spec.url)
        return await pages.fetch(spec)

    pages = site(
        {"https://a.example/": links, **{f"https://a.example/team/{number}/jobs": careers for number in range(500)}}
    )
    web = Web(fetch=fetch, recognise=pages.recognise, boards=Adapters())
    found = await discover_career_pages("a.example", web)
    assert sum("api.lever.co" in url for url in asked) == 3
    assert found.requests == len(asked) <= MAX_REQUESTS
    assert sum("refuted" in kinds(candidate) for candidate in found.candidates) == 3


async def test_a_mention_of_jobs_is_no_career_page(web: Web) -> None:
    found = await discover_career_pages("stillwater-pumps.example", web)
    assert found.candidates == ()
    assert found.problems == ()


async def test_a_website_board_bears_its_canonical_url(site: Site) -> None:
    web = site(
        {
            "https://a.example/": "<a href='/Careers/?utm_source=x#top'>Careers</a>",
            "https://a.example/Careers/?utm_source=x": LISTING,
        }
    )
    (candidate,) = (await discover_career_pages("a.example", web)).candidates
    assert candidate.board is not None
    assert candidate.board.ats == WEBSITE
    assert candidate.board.token == candidate.board.url == "https://a.example/Careers/"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Karriere", "/unternehmen/karriere"), ("Offene Stellen", "/x1"), ("Nous rejoindre", "/x2"), ("Trabaja con nosotros", "/x3"),
        ("Lavora con noi", "/x4"), ("Werken bij ons", "/x5"), ("Lediga tjänster", "/x6"), ("Ledige stillinger", "/x7"),
        ("Avoimet työpaikat", "/x8"), ("Oferty pracy", "/x9"), ("Volná místa", "/x10"), ("Vagas", "/x11"), ("採用情報", "/x12"), ("", "/join-us/jobs"),
    ],
)  # fmt: skip
async def test_links_are_known_by_their_words_in_many_languages(site: Site, text: str, path: str) -> None:
    web = site(
        {
            "https://a.example/": f"<a href='/blog'>Blog</a><a href='{path}'>{text}</a>",
            f"https://a.example{path}": LISTING,
        }
    )
    found = await discover_career_pages("a.example", web)
    assert boards(found.candidates) == [f"website/https://a.example{path}"]
    assert found.requests == 2


async def test_a_common_path_is_tried_where_nothing_leads_there(site: Site) -> None:
    web = site({"https://a.example/": "<h1>Hello</h1>", "https://a.example/jobs": LISTING})
    found = await discover_career_pages("a.example", web)
    assert boards(found.candidates) == ["website/https://a.example/jobs"]
    assert "path" in kinds(found.candidates[0])
    assert found.problems == ()


async def test_a_culture_page_is_followed_on_to_the_listing(site: Site) -> None:
    culture = (
        "<title>Life at A</title><h1>Life at A</h1><p>We like each other.</p><a href='/open-roles'>See open roles</a>"
    )
    web = site(
        {
            "https://a.example/": "<a href='/careers/life'>Careers</a>",
            "https://a.example/careers/life": culture,
            "https://a.example/open-roles": LISTING,
        }
    )
    found = await discover_career_pages("a.example", web)
    assert boards(found.candidates) == ["website/https://a.example/open-roles"]


async def test_a_sitemap_index_is_followed(site: Site) -> None:
    web = site(
        {
            "https://a.example/robots.txt": "User-agent: *\nSitemap: https://a.example/index.xml\n",
            "https://a.example/index.xml": "<sitemapindex><sitemap><loc>https://a.example/news.xml</loc></sitemap>"
            "<sitemap><loc>https://a.example/jobs.xml</loc></sitemap></sitemapindex>",
            "https://a.example/jobs.xml": "<urlset><url><loc>https://a.example/work/open-positions</loc></url></urlset>",
            "https://a.example/work/open-positions": LISTING,
        }
    )
    found = await discover_career_pages("a.example", web)
    assert boards(found.candidates) == ["website/https://a.example/work/open-positions"]


async def test_the_better_of_two_listings_is_the_board(site: Site) -> None:
    short = "<title>Jobs</title><h1>Jobs</h1><h2>Open positions</h2><p>Apply now</p><a href='/jobs/1-chef'>Chef</a>"
    home = "<a href='/jobs'>Jobs</a><a href='/careers'>Careers</a>"
    web = site({"https://a.example/": home, "https://a.example/jobs": short, "https://a.example/careers": LISTING})
    found = await discover_career_pages("a.example", web)
    assert boards(found.candidates) == ["website/https://a.example/careers"]
    assert "not_best" in kinds(found.candidates[1])


async def test_a_page_of_another_company_is_no_board_of_this_one(site: Site) -> None:
    web = site(
        {
            "https://a.example/": "<a href='https://jobboard.example/jobs'>Jobs</a>",
            "https://jobboard.example/jobs": LISTING,
        }
    )
    (candidate,) = (await discover_career_pages("a.example", web)).candidates
    assert (candidate.url_type, candidate.board) == (UrlType.JOB_BOARD, None)
    assert "elsewhere" in kinds(candidate)


async def test_a_directory_of_many_boards_gives_none(site: Site) -> None:
    links = "".join(f"<a href='https://jobs.lever.co/company{number}'>Company {number}</a>" for number in range(9))
    web = site(
        {"https://a.example/": "<a href='/jobs'>Jobs</a>", "https://a.example/jobs": f"<h1>Startups</h1>{links}"}
    )
    assert boards((await discover_career_pages("a.example", web)).candidates) == []


async def test_one_failing_request_does_not_stop_discovery(site: Site) -> None:
    async def fetch(spec: FetchSpec) -> Page:
        if spec.url == "https://a.example/":
            raise Transient("status 500", where=spec.url)
        if spec.url == "https://a.example/robots.txt":
            raise Disallowed("robots.txt says no", where=spec.url)
        return await working.fetch(spec)

    working = site({"https://a.example/careers": LISTING})
    found = await discover_career_pages("a.example", Web(fetch=fetch, recognise=working.recognise))
    assert boards(found.candidates) == ["website/https://a.example/careers"]
    assert [problem.kind for problem in found.problems] == ["transient", "disallowed"]
    assert found.problems[0].where == "https://a.example/"


async def test_a_dead_host_is_given_up_on_early(web: Web) -> None:
    found = await discover_career_pages("nobody.example", web)
    assert found.requests == 3
    assert found.problems[-1].kind == "gave_up"


@pytest.mark.parametrize(("kind", "asks"), [("gone", 8), ("not_archived", 6)])
async def test_a_host_that_says_what_is_not_there_is_not_dead(kind: str, asks: int) -> None:
    asked: list[str] = []

    async def fetch(spec: FetchSpec) -> Page:
        asked.append(spec.url)
        if len(asked) in (2, 3, 5):
            raise Gone("status 404", where=spec.url, kind=kind)
        raise Transient("status 503", where=spec.url)

    found = await discover_career_pages("a.example", Web(fetch=fetch, recognise=lambda *_: None))
    assert found.problems[-1].kind == "gave_up"
    assert len(asked) == asks


async def test_the_budget_of_requests_holds(site: Site) -> None:
    sitemap = "".join(f"<url><loc>https://a.example/{number}/careers</loc></url>" for number in range(500))
    links = "".join(f"<a href='/team/{number}/jobs'>Jobs {number}</a>" for number in range(500))
    onward = "".join(f"<a href='/more/{number}'>Open positions {number}</a>" for number in range(50))
    pages = {f"https://a.example/team/{number}/jobs": onward for number in range(500)}
    web = site({"https://a.example/": links, "https://a.example/sitemap.xml": f"<urlset>{sitemap}</urlset>", **pages})
    found = await discover_career_pages("a.example", web)
    assert found.requests <= MAX_REQUESTS


@pytest.mark.parametrize("subject", ["", "not a domain", "ftp://x.example"])
async def test_what_is_no_domain_is_refused(subject: str, web: Web) -> None:
    with pytest.raises(InvalidInput):
        await discover_career_pages(subject, web)
