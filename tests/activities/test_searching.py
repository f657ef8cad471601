"""What `discover_from_github` and `discover_from_dorks` keep of what they find."""

from base64 import b64encode
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import orjson
import pytest

from activities.discovery import MAX_DETECTED, DetectInput, DiscoveryActivities, SearchInput
from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, DiscoveryMethod, Evidence, UrlType
from quiethire.domain.errors import Gone, Throttled
from quiethire.settings import Settings
from quiethire.storage.postgres.memory import MemoryBoards

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
QUERY = "hiring in:readme"
SEARCH = "https://api.github.com/search/repositories?" + urlencode({"q": QUERY, "per_page": 100, "page": 1})
README = "https://api.github.com/repos/acme/tool/readme"
DORK = "https://serpapi.com/search.json?" + urlencode({"engine": "google", "q": QUERY, "start": 0})
LEVER = "https://jobs.lever.co/acme"


@pytest.fixture
def world(world):
    """Companies and boards share a database, as the real ones do."""
    world.boards = MemoryBoards(world.companies.database)
    return world


@pytest.fixture
def found_by_github(world):
    text = f"We're hiring: {LEVER} and https://acme.example/careers and https://jobs.lever.co/other"
    readme = {"encoding": "base64", "content": b64encode(text.encode()).decode()}
    items = [{"full_name": "acme/tool", "homepage": "https://acme.example", "description": "A tool"}]
    world.web |= {SEARCH: orjson.dumps({"items": items}).decode(), README: orjson.dumps(readme).decode()}
    return world


@pytest.fixture
def found_by_dorks(world):
    links = [LEVER, "https://careers.northwind.example/", "https://www.indeed.com/jobs"]
    results = [{"position": 1, "link": link, "title": "Jobs", "snippet": "…"} for link in links]
    world.web[DORK] = orjson.dumps({"organic_results": results}).decode()
    world.settings = Settings(serpapi_key="a-key")
    return world


async def searched(world, run, name):
    return await run(getattr(DiscoveryActivities(world), name), SearchInput(query=QUERY))


async def waiting(world):
    entries = await world.queue.claim(100, owner="test", lease=timedelta(hours=1), now=NOW)
    return {entry.url for entry in entries}


async def test_companies_from_github_are_due_at_once_and_their_boards_wait_in_the_queue(found_by_github, run):
    result = await searched(found_by_github, run, "discover_from_github")
    assert (result.companies, result.boards, result.problems) == (1, 2, ())
    due = await found_by_github.companies.stale(timedelta(days=7), 10, NOW)
    assert [company.domain for company in due] == ["acme.example"]
    assert await waiting(found_by_github) == {LEVER, "https://jobs.lever.co/other"}


async def test_what_github_told_of_a_company_is_kept_as_its_evidence(found_by_github, run):
    await searched(found_by_github, run, "discover_from_github")
    board, page = await found_by_github.companies.discovered("acme.example")
    assert (board.board.key, board.discovered_via) == ("lever/acme", DiscoveryMethod.GITHUB)
    assert [reason.kind for reason in board.evidence] == ["readme", "hiring_note"]
    assert (page.url, page.board) == ("https://acme.example/careers", None)
    assert (await found_by_github.boards.get("lever/acme")).company_domain == "acme.example"
    assert await found_by_github.boards.get("lever/other") is None


async def test_what_the_company_itself_told_of_a_url_is_not_replaced(found_by_github, run):
    own = BoardCandidate(
        url=LEVER,
        url_type=UrlType.ATS,
        discovered_via=DiscoveryMethod.OSINT,
        confidence=0.98,
        evidence=(Evidence(kind="embed", detail="its page shows it"),),
        board=Board(ats="lever", token="acme", url=LEVER, company_domain="acme.example"),
    )
    await found_by_github.companies.store_discovered("acme.example", [own], [])
    await searched(found_by_github, run, "discover_from_github")
    assert (await found_by_github.companies.discovered("acme.example"))[0] == own


async def test_a_board_that_is_known_to_be_anothers_is_that_companys_evidence(found_by_github, run):
    await found_by_github.boards.add(Board(ats="lever", token="acme", url=LEVER, company_domain="acme-group.example"))
    await searched(found_by_github, run, "discover_from_github")
    assert [one.url for one in await found_by_github.companies.discovered("acme-group.example")] == [LEVER]
    assert [one.url for one in await found_by_github.companies.discovered("acme.example")] == [
        "https://acme.example/careers"
    ]


async def test_results_of_dorks_are_stored_and_lead_to_companies_and_boards(found_by_dorks, run):
    result = await searched(found_by_dorks, run, "discover_from_dorks")
    assert (result.companies, result.boards, result.problems) == (1, 1, ())
    stored = await found_by_dorks.companies.dork_results(QUERY)
    assert [(one.url, one.rank) for one in stored] == [(LEVER, 1), ("https://careers.northwind.example/", 2)]
    assert await waiting(found_by_dorks) == {LEVER}
    (page,) = await found_by_dorks.companies.discovered("northwind.example")
    assert (page.url, page.discovered_via) == ("https://careers.northwind.example/", DiscoveryMethod.DORK)


@pytest.mark.parametrize("name", ["discover_from_github", "discover_from_dorks"])
async def test_a_search_that_runs_again_adds_nothing(name, found_by_github, found_by_dorks, run):
    await searched(found_by_dorks, run, name)
    again = await searched(found_by_dorks, run, name)
    assert (again.companies, again.boards) == (0, 0)


async def test_what_fails_is_a_problem_and_what_was_found_before_is_kept(found_by_github, run):
    found_by_github.web[README] = Throttled("answered 403", retry_after=60, where=README)
    result = await searched(found_by_github, run, "discover_from_github")
    assert (result.companies, result.boards, [problem.kind for problem in result.problems]) == (1, 0, ["throttled"])


async def test_without_a_key_dorks_are_not_configured(world, run):
    result = await searched(world, run, "discover_from_dorks")
    assert (result.companies, [problem.kind for problem in result.problems]) == (0, ["not_configured"])


async def test_a_search_that_finds_nothing_keeps_nothing(world, run):
    world.web[SEARCH] = Gone("answered 404", where=SEARCH)
    result = await searched(world, run, "discover_from_github")
    assert (result.companies, result.boards, [problem.kind for problem in result.problems]) == (0, 0, ["gone"])


async def test_of_very_many_hosts_those_given_first_are_looked_at_and_the_rest_is_told_of(world, run):
    urls = tuple(f"https://jobs.lever.co/c{number}" for number in range(MAX_DETECTED + 3))
    world.fetcher.web = defaultdict(lambda: Gone("answered 404"))
    found = await run(DiscoveryActivities(world).detect_ats, DetectInput(domain="", urls=urls, offline=True))
    assert len(found.candidates) == MAX_DETECTED
    assert [candidate.url for candidate in found.candidates] == list(urls[:MAX_DETECTED])
    assert "too_many_hosts" in [problem.kind for problem in found.problems]
