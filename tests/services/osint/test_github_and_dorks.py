"""Searches for companies and boards, against local servers that answer as GitHub and SerpAPI do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from osint_web import HttpFetch, serve
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from quiethire.domain.errors import InvalidInput
from services.osint.discovery import Web
from services.osint.methods.dorks import Dorks
from services.osint.methods.github import GitHub
from services.parser.ats.registry import recognise

KEY = "a-secret/key"


def repository(number: int, homepage: str | None) -> dict[str, Any]:
    return {"id": number, "full_name": f"owner/repository-{number}", "homepage": homepage, "stargazers_count": 9}


async def github(request: Request) -> Response:
    query, page = request.query_params["q"], int(request.query_params["page"])
    if query == "limited":
        return JSONResponse({"message": "API rate limit exceeded for 203.0.113.7."}, 403)
    if query == "invalid":
        return JSONResponse({"message": "Validation Failed", "errors": [{"code": "invalid"}]}, 422)
    if query == "drifted":
        return JSONResponse({"repositories": []})
    if query == "broken":
        return PlainTextResponse("<html>", 200)
    if query == "many":
        items = [repository(number, f"https://company{page}-{number}.example") for number in range(100)]
        return JSONResponse({"total_count": 1000, "incomplete_results": False, "items": items})
    homepages = ["https://northwind.example/", "www.palisade-security.example", "", None, "https://owner.github.io/x"]
    homepages += ["https://docs.rs/x", "http://NORTHWIND.example/blog", "http://192.0.2.1/", "mailto:x", "not a url"]
    items = [repository(number, homepage) for number, homepage in enumerate(homepages)]
    return JSONResponse({"total_count": len(items), "incomplete_results": False, "items": items})


async def serpapi(request: Request) -> Response:
    if request.query_params.get("api_key") != KEY:
        return JSONResponse({"error": "Invalid API key."}, 401)
    query, start = request.query_params["q"], int(request.query_params["start"])
    if query == "used up":
        return JSONResponse({"error": "Your account has run out of searches."}, 429)
    if query == "refused":
        return JSONResponse({"error": "Unsupported location."})
    if query == "nothing":
        return JSONResponse({"error": "Google hasn't returned any results for this query."})
    if query == "drifted":
        return JSONResponse({"organic_results": {"0": {}}})
    links = [f"https://jobs.lever.co/company{start + number}/1-2-3" for number in range(10)]
    if start:
        links = [
            "https://jobs.lever.co/company0",
            "https://northwind.example/",
            "https://job-boards.greenhouse.io/northwind/jobs/1",
        ]
    results = [{"position": number, "title": f"Jobs {number}", "link": link} for number, link in enumerate(links, 1)]
    return JSONResponse({"search_metadata": {"status": "Success"}, "organic_results": [*results, {"position": 0}][:10]})


@pytest.fixture(scope="module")
async def hosts() -> AsyncIterator[dict[str, str]]:
    routes = [Route("/search/repositories", github), Route("/search.json", serpapi)]
    async with serve(Starlette(routes=routes)) as port:
        yield dict.fromkeys(("api.github.com", "serpapi.com"), f"127.0.0.1:{port}")


@pytest.fixture
def searches(hosts: dict[str, str]) -> Web:
    return Web(fetch=HttpFetch(hosts), recognise=recognise, serpapi_key=KEY)


async def test_companies_are_the_home_pages_of_repositories(searches: Web) -> None:
    found = await GitHub().discover("topic:hiring", searches)
    assert [company.domain for company in found.companies] == ["northwind.example", "palisade-security.example"]
    assert (found.requests, found.problems) == (1, ())


async def test_github_is_paged_within_bounds(searches: Web) -> None:
    found = await GitHub().discover("many", searches)
    assert (len(found.companies), found.requests) == (300, 3)


@pytest.mark.parametrize(
    ("query", "kind"), [("limited", "blocked"), ("drifted", "schema_drift"), ("broken", "schema_drift")]
)
async def test_what_github_refuses_is_a_problem(query: str, kind: str, searches: Web) -> None:
    found = await GitHub().discover(query, searches)
    assert found.companies == ()
    assert [problem.kind for problem in found.problems] == [kind]


async def test_boards_are_recognised_among_search_results(searches: Web) -> None:
    found = await Dorks().discover("site:jobs.lever.co berlin", searches)
    keys = [candidate.board.key for candidate in found.candidates if candidate.board]
    assert keys == [*(f"lever/company{number}" for number in range(10)), "greenhouse/northwind"]
    assert {candidate.discovered_via for candidate in found.candidates} == {"dork"}
    assert (found.requests, found.problems) == (2, ())


async def test_the_key_is_sent_but_stays_out_of_the_url_and_the_answer(searches: Web) -> None:
    found = await Dorks().discover("used up", searches)
    assert isinstance(searches.fetch, HttpFetch)
    assert all("api_key" not in spec.url for spec in searches.fetch.asked)
    assert "secret" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("query", "kinds"),
    [("used up", ["throttled"]), ("refused", ["blocked"]), ("nothing", []), ("drifted", ["schema_drift"])],
)
async def test_what_serpapi_refuses_is_a_problem_but_no_results_are_none(
    query: str, kinds: list[str], searches: Web
) -> None:
    found = await Dorks().discover(query, searches)
    assert found.candidates == ()
    assert [problem.kind for problem in found.problems] == kinds


async def test_a_wrong_key_is_a_problem(hosts: dict[str, str]) -> None:
    web = Web(fetch=HttpFetch(hosts), recognise=recognise, serpapi_key="wrong")
    assert [problem.kind for problem in (await Dorks().discover("x", web)).problems] == ["blocked"]


async def test_without_a_key_dorks_are_not_configured(hosts: dict[str, str]) -> None:
    found = await Dorks().discover("x", Web(fetch=HttpFetch(hosts), recognise=recognise))
    assert [problem.kind for problem in found.problems] == ["not_configured"]
    assert found.requests == 0


@pytest.mark.parametrize("search", [GitHub(), Dorks()])
async def test_an_empty_query_is_refused(search: GitHub | Dorks, searches: Web) -> None:
    with pytest.raises(InvalidInput):
        await search.discover(" ", searches)
