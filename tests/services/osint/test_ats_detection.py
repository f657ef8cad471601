"""Detection of the ATS behind a URL, and what the board itself says to it."""

import json
from collections.abc import Callable, Mapping

import pytest
from local_dns import name_server
from osint_web import Adapters, HttpFetch

from quiethire.domain.company import BoardCandidate, UrlType
from quiethire.domain.errors import Blocked, Disallowed, Gone, InvalidInput, QuietHireError, Throttled, Transient
from quiethire.domain.page import FetchSpec, Page
from services.osint.discovery import Web
from services.osint.dns import Resolver
from services.osint.methods.ats import AtsDetection
from services.osint.methods.career_pages import discover_career_pages
from services.osint.vendors import VENDORS, vendor_of
from services.parser.ats.registry import ADAPTERS, recognise

Site = Callable[[dict[str, str]], Web]
OFFERS = json.dumps(
    {"offers": [{"id": number, "title": "Data Engineer", "careers_url": f"https://x/o/{number}"} for number in (1, 2)]}
)


async def detected(url: str, web: Web) -> BoardCandidate | None:
    found = (await AtsDetection().discover(url, web)).candidates
    assert len(found) <= 1
    return found[0] if found else None


def kinds(candidate: BoardCandidate | None) -> list[str]:
    return [evidence.kind for evidence in candidate.evidence] if candidate else []


@pytest.mark.parametrize(
    ("url", "key", "evidence"),
    [
        ("https://jobs.lever.co/lumenfold/", "lever/lumenfold", ["url", "confirmed"]),
        ("https://quayside.example/careers", "greenhouse/quaysideanalytics", ["redirect", "empty"]),
        ("https://www.quayside.example/careers", "greenhouse/quaysideanalytics", ["redirect", "empty"]),
        ("https://palisade-security.example/careers", "ashby/PalisadeSecurity", ["embed", "confirmed"]),
        ("https://lumenfold.example/careers", "lever/lumenfold", ["embed", "confirmed"]),
        ("https://northwind.example/careers", "greenhouse/northwind", ["link", "confirmed"]),
    ],
)
async def test_an_ats_is_detected_by_url_redirect_embed_and_link_and_its_board_is_asked(
    url: str, key: str, evidence: list[str], web: Web
) -> None:
    found = await detected(url, web)
    assert found is not None
    assert found.board is not None
    assert (found.board.key, found.url_type) == (key, UrlType.ATS)
    assert kinds(found) == evidence
    assert found.confidence >= 0.95


async def test_a_url_of_an_ats_costs_one_request_to_its_board(web: Web, fetch: HttpFetch) -> None:
    assert (await AtsDetection().discover("https://jobs.ashbyhq.com/PalisadeSecurity", web)).requests == 1
    assert [spec.url.split("?")[0] for spec in fetch.asked] == [
        "https://api.ashbyhq.com/posting-api/job-board/PalisadeSecurity"
    ]


async def test_a_site_of_its_own_has_no_ats(web: Web) -> None:
    found = await AtsDetection().discover("https://acme-robotics.example/careers", web)
    assert (found.candidates, found.problems, found.requests) == ((), (), 1)


async def test_a_page_that_fails_is_told_as_a_problem(web: Web) -> None:
    url = "https://harborline.example/about/jobs/crane-maintenance-engineer"
    found = await AtsDetection().discover(url, web)
    assert found.candidates == ()
    assert [(problem.kind, problem.where) for problem in found.problems] == [("transient", url)]


async def test_a_surer_sign_comes_first(site: Site) -> None:
    page = "<a href='https://jobs.lever.co/partner'>Partner</a><iframe src='https://jobs.ashbyhq.com/Own'></iframe>"
    found = await detected("https://a.example/jobs", site({"https://a.example/jobs": page}))
    assert found is not None
    assert found.url == "https://jobs.ashbyhq.com/Own"


async def test_what_is_no_url_is_refused(web: Web) -> None:
    with pytest.raises(InvalidInput):
        await AtsDetection().discover("nonsense", web)


# --- what the board's own API says ---


def web_answering(answer: str | QuietHireError) -> Web:
    """A web in which everything is answered so."""

    async def fetch(spec: FetchSpec) -> Page:
        if isinstance(answer, QuietHireError):
            raise answer
        return Page(url=spec.url, body=answer.encode(), content_type="text/html", fetched_at="2026-01-01T00:00:00Z")

    return Web(fetch=fetch, recognise=recognise, boards=Adapters())


@pytest.mark.parametrize(
    ("answer", "kind", "least", "most"),
    [
        (OFFERS, "confirmed", 0.98, 1.0),
        ('{"offers": []}', "empty", 0.95, 0.95),
        ("<html>Sign in</html>", "unreadable", 0.5, 0.6),
        ('{"error": "moved"}', "unreadable", 0.5, 0.6),
        (InvalidInput("text/html is no JSON", kind="not_json"), "unreadable", 0.5, 0.6),
        (Gone("status 404"), "refuted", 0.0, 0.4),
        (Blocked("status 403"), "unconfirmed", 0.95, 0.95),
        (Transient("status 502"), "unconfirmed", 0.95, 0.95),
        (Throttled("status 429", retry_after=60), "unconfirmed", 0.95, 0.95),
        (Disallowed("robots.txt says no"), "unconfirmed", 0.95, 0.95),
        (Gone("not in the archive", kind="not_archived"), "unconfirmed", 0.95, 0.95),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
async def test_only_an_answer_of_the_board_moves_the_confidence(
    answer: str | QuietHireError, kind: str, least: float, most: float
) -> None:
    found = await detected("https://acme.recruitee.com/", web_answering(answer))
    assert found is not None
    assert kinds(found) == ["url", kind]
    assert least <= found.confidence <= most
    assert (found.board is None) == (kind == "refuted")


async def test_the_number_of_postings_is_told() -> None:
    found = await detected("https://acme.recruitee.com/", web_answering(OFFERS))
    assert found is not None
    assert found.evidence[-1].detail == "the board's API lists 2 postings"


async def test_a_board_that_its_vendor_denies_gives_way_to_one_that_answers(site: Site) -> None:
    page = "<iframe src='https://old.recruitee.com/'></iframe><a href='https://new.recruitee.com/'>Jobs</a>"
    web = site({"https://a.example/jobs": page, "https://new.recruitee.com/api/offers": OFFERS})
    web = Web(fetch=web.fetch, recognise=web.recognise, boards=Adapters())
    found = await AtsDetection().discover("https://a.example/jobs", web)
    (candidate,) = found.candidates
    assert candidate.board is not None
    assert candidate.board.key == "recruitee/new"
    assert found.requests == 3
    assert [(problem.kind, problem.where) for problem in found.problems] == [
        ("gone", "https://old.recruitee.com/api/offers")
    ]


# --- by the DNS ---

RECORDS: Mapping[str, list[str]] = {
    "acme.com": ["A 1.1.1.1"],
    "careers.acme.com": ["CNAME acme.recruitee.com."],
    "acme.recruitee.com": ["A 1.1.1.1"],
    "jobs.acme.com": ["CNAME ext.teamtailor.com."],
    "ext.teamtailor.com": ["CNAME edge.hosting.net."],
    "edge.hosting.net": ["A 1.1.1.1"],
    "karriere.acme.com": ["CNAME acme-site.jobs2web.com."],
    "acme-site.jobs2web.com": ["A 1.1.1.1"],
    "work.acme.com": ["CNAME custom.greenhouse.io."],
    "custom.greenhouse.io": ["A 1.1.1.1"],
    "broken.acme.com": ["SERVFAIL"],
    "plain.acme.com": ["A 1.1.1.1"],
}
TEAMTAILOR = "<script src='https://assets.teamtailor-cdn.com/app.js'></script><h1>Jobs</h1>"


async def by_dns(url: str, site: Site, pages: dict[str, str], boards: Adapters | None = None) -> BoardCandidate | None:
    async with name_server(RECORDS) as server:
        web = site(pages)
        dns = Resolver((server.address,))
        return await detected(url, Web(fetch=web.fetch, recognise=web.recognise, dns=dns, boards=boards))


async def test_an_alias_that_is_the_customers_name_gives_the_board_without_the_page(site: Site) -> None:
    found = await by_dns(
        "https://careers.acme.com/", site, {"https://acme.recruitee.com/api/offers": OFFERS}, Adapters()
    )
    assert found is not None
    assert found.board is not None
    assert found.board.key == "recruitee/acme"
    assert kinds(found) == ["cname", "confirmed"]
    assert "careers.acme.com is an alias of acme.recruitee.com" in found.evidence[0].detail
    assert found.confidence == 0.98


async def test_an_alias_that_all_customers_share_leaves_the_board_to_the_page(site: Site) -> None:
    found = await by_dns("https://jobs.acme.com/", site, {"https://jobs.acme.com/": TEAMTAILOR})
    assert found is not None
    assert found.board is not None
    assert found.board.key == "teamtailor/jobs.acme.com"
    assert kinds(found) == ["embed", "cname"]
    assert found.confidence == 0.96


async def test_a_vendor_that_serves_sites_on_a_companys_host_is_known_though_the_page_is_not(site: Site) -> None:
    found = await by_dns("https://karriere.acme.com/", site, {}, Adapters())
    assert found is not None
    assert found.board is None
    assert kinds(found) == ["cname", "refuted"]
    found = await by_dns(
        "https://karriere.acme.com/",
        site,
        {
            "https://karriere.acme.com/tile-search-results/?q=&sortColumn=referencedate&sortDirection=desc&startrow=0": (
                "<li class='job-tile-list'><a class='jobTitle-link' href='/job/1/'>Clerk</a></li>"
            )
        },
        Adapters(),
    )
    assert found is not None
    assert found.board is not None
    assert found.board.key == "successfactors/karriere.acme.com"
    assert kinds(found) == ["cname", "confirmed"]


async def test_a_vendor_without_a_board_is_told_and_not_crawled(site: Site) -> None:
    found = await by_dns("https://work.acme.com/", site, {"https://work.acme.com/": "<h1>Hello</h1>"}, Adapters())
    assert found is not None
    assert found.board is None
    assert found.confidence < 0.5
    assert kinds(found) == ["cname"]


async def test_a_name_server_that_fails_is_a_problem_and_the_page_is_read_all_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.osint.dns.MAX_SECONDS", 0.3)
    page = "<iframe src='https://jobs.ashbyhq.com/Own'></iframe>"
    async with name_server(RECORDS) as server:
        pages = site({"https://broken.acme.com/": page})
        web = Web(fetch=pages.fetch, recognise=recognise, dns=Resolver((server.address,)))
        found = await AtsDetection().discover("https://broken.acme.com/", web)
    assert [problem.kind for problem in found.problems] == ["dns"]
    assert [kinds(candidate) for candidate in found.candidates] == [["embed"]]


async def test_a_host_that_is_no_alias_has_no_vendor(site: Site) -> None:
    assert await by_dns("https://plain.acme.com/", site, {"https://plain.acme.com/": "<h1>Jobs</h1>"}) is None


async def test_the_career_host_of_a_company_is_asked_for_where_nothing_leads_there(site: Site) -> None:
    async with name_server(RECORDS) as server:
        pages = site({"https://acme.com/": "<h1>Pumps</h1>", "https://acme.recruitee.com/api/offers": OFFERS})
        web = Web(fetch=pages.fetch, recognise=recognise, dns=Resolver((server.address,)), boards=Adapters())
        found = await discover_career_pages("acme.com", web, name="Acme")
    candidate = found.candidates[0]
    assert candidate.board is not None
    assert (candidate.board.key, candidate.board.company_domain) == ("recruitee/acme", "acme.com")
    assert kinds(candidate) == ["host", "cname", "confirmed"]


def test_every_vendor_has_an_adapter_and_shared_names_are_no_customers() -> None:
    assert set(VENDORS.values()) <= {adapter.name for adapter in ADAPTERS}
    for shared in ("ext.teamtailor.com", "ssl-2.recruitee.com", "custom-domains.pinpointhq.com", "edge.breezy.hr"):
        vendor = vendor_of([shared], recognise)
        assert vendor is not None
        assert vendor.board is None
    assert vendor_of(["recruitee.com.evil.example", "notrecruitee.com"], recognise) is None
