"""Boards and career pages from search results, against a local server that answers as SerpAPI does, through the crawler.

Requests and answers by serpapi.com: "Google Search API" (search-api), "Pagination" (pagination), "Status and Error Codes"
(api-status-and-error-codes).
"""

from typing import Any
from urllib.parse import urlencode

import pytest
from outer_web import Outside, outside
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from quiethire.domain.company import DorkResult
from quiethire.domain.errors import InvalidInput
from services.osint.discovery import Discovery
from services.osint.methods.dorks import MAX_PAGES, Dorks

KEY = "a-secret/key"
QUERY = "site:jobs.lever.co berlin"


def answer(links: list[Any], following: int | str | None = None) -> Response:
    results = [
        {"position": number, "title": f"Jobs {number}", "link": link, "snippet": f"Snippet {number}"}
        for number, link in enumerate(links, 1)
    ]
    paging: dict[str, Any] = {"current": 1}
    if following is not None:
        next_page = urlencode({"engine": "google", "q": QUERY, "start": following})
        paging["next"] = f"https://serpapi.com/search.json?{next_page}"
    body = {"search_metadata": {"status": "Success"}, "organic_results": results, "serpapi_pagination": paging}
    return JSONResponse(body)


async def discover(*pages: Response, key: str = KEY, query: str = QUERY) -> tuple[Discovery, Outside]:
    """The pages are answered in turn, the last one again and again."""
    waiting = list(pages)

    async def search(request: Request) -> Response:
        if request.query_params.get("api_key") != KEY:
            message = "Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key"
            return JSONResponse({"error": message}, 401)
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    async with outside(["serpapi.com"], {"/search.json": search}, serpapi_key=key) as (web, seen):
        return await Dorks().discover(query, web), seen


def asked(seen: Outside) -> list[dict[str, str]]:
    return [dict(one.query_params) for one in seen.asked if one.url.path == "/search.json"]


async def test_searches_are_asked_as_documented_and_followed_until_there_are_no_more() -> None:
    """GET /search.json with `engine`, `q`, `start` and `api_key`; `serpapi_pagination.next` is left out on the last page."""
    first = answer([f"https://jobs.lever.co/company{number}/1-2-3" for number in range(9)], 9)
    last = answer(["https://jobs.lever.co/company0", "https://job-boards.greenhouse.io/northwind/jobs/1"])
    found, seen = await discover(first, last)
    shared = {"engine": "google", "q": QUERY, "api_key": KEY}
    assert asked(seen) == [{**shared, "start": "0"}, {**shared, "start": "9"}]
    keys = [candidate.board.key for candidate in found.candidates if candidate.board]
    assert keys == [*(f"lever/company{number}" for number in range(9)), "greenhouse/northwind"]
    assert {candidate.discovered_via for candidate in found.candidates} == {"dork"}
    assert (found.requests, found.problems) == (2, ())


async def test_paging_is_bounded() -> None:
    pages = [answer([f"https://jobs.lever.co/c{start}"], start) for start in range(10, 100, 10)]
    found, seen = await discover(*pages)
    assert [one["start"] for one in asked(seen)] == ["0", "10", "20", "30", "40"]
    assert (found.requests, found.problems) == (MAX_PAGES, ())


@pytest.mark.parametrize("following", [0, -10, "x", "", 1_000_000])
async def test_a_next_page_that_does_not_lead_on_is_the_end(following: int | str) -> None:
    found, _ = await discover(answer(["https://jobs.lever.co/acme"], following))
    assert (found.requests, len(found.candidates), found.problems) == (1, 1, ())


async def test_results_are_kept_with_their_rank_and_each_once() -> None:
    first = answer(["https://www.youtube.com/watch?v=1", "https://jobs.lever.co/acme/1?utm_source=x"], 10)
    last = answer(["https://jobs.lever.co/acme/1", "https://www.northwind.example/careers"])
    found, _ = await discover(first, last)
    assert found.results == (
        DorkResult(query=QUERY, url="https://jobs.lever.co/acme/1", title="Jobs 2", snippet="Snippet 2", rank=2),
        DorkResult(
            query=QUERY, url="https://www.northwind.example/careers", title="Jobs 2", snippet="Snippet 2", rank=12
        ),
    )


@pytest.mark.parametrize(
    ("link", "domain"),
    [
        ("https://careers.acme.example/", "acme.example"),
        ("https://www.acme.example/about/jobs", "acme.example"),
        ("https://acme.example/karriere/stellen", "acme.example"),
        ("https://jobs.acme.co.uk/list", "acme.co.uk"),
        ("https://acme.example/blog/how-we-built-it", None),
        ("https://www.indeed.com/jobs?q=berlin", None),
        ("https://de.indeed.com/jobs", None),
        ("https://www.glassdoor.co.uk/Jobs", None),
        ("https://www.linkedin.com/jobs/view/1", None),
        ("https://www.stepstone.de/jobs", None),
        ("https://github.com/acme/jobs", None),
        ("https://www.reddit.com/r/jobs", None),
        ("http://203.0.113.7/jobs", None),
        ("https://localhost/jobs", None),
        ("javascript:alert(1)", None),
        ("", None),
        (7, None),
    ],
)
async def test_career_pages_of_companies_are_kept_and_job_sites_dropped(link: Any, domain: str | None) -> None:
    found, _ = await discover(answer([link]))
    assert [company.domain for company in found.companies] == ([domain] if domain else [])
    assert [candidate.url_type for candidate in found.candidates] == (["career_page"] if domain else [])
    assert len(found.results) == len(found.candidates)
    assert found.problems == ()


async def test_the_key_is_kept_nowhere() -> None:
    found, seen = await discover(answer(["https://jobs.lever.co/acme"]))
    assert asked(seen)[0]["api_key"] == KEY
    assert "secret" not in found.model_dump_json() + repr(vars(seen.archive))


@pytest.mark.parametrize(
    ("page", "kinds"),
    [
        (JSONResponse({"error": "Your account has run out of searches."}, 429), ["throttled"]),
        (JSONResponse({"error": "Unsupported `xx` location."}, 400), ["http_400"]),
        (JSONResponse({"error": "The account is deleted"}, 403), ["blocked"]),
        (JSONResponse({"error": "We couldn't get valid results for this search."}, 503), ["throttled"]),
        (JSONResponse({"error": "Unsupported location."}), ["blocked"]),
        (
            JSONResponse(
                {
                    "search_metadata": {"status": "Success"},
                    "error": "Google hasn't returned any results for this query.",
                }
            ),
            [],
        ),
        (JSONResponse({"organic_results": {"0": {}}}), ["schema_drift"]),
        (JSONResponse({"organic_results": ["x"]}), ["schema_drift"]),
        (JSONResponse([]), ["schema_drift"]),
        (PlainTextResponse('{"organic_results": [', media_type="application/json"), ["schema_drift"]),
        (PlainTextResponse("<html></html>", media_type="text/html"), ["not_json"]),
    ],
    ids=[
        "used-up",
        "bad-request",
        "deleted",
        "no-valid-results",
        "error",
        "nothing",
        "object",
        "strings",
        "list",
        "cut",
        "html",
    ],
)
async def test_what_serpapi_refuses_is_a_problem_but_no_results_are_none(page: Response, kinds: list[str]) -> None:
    found, _ = await discover(page)
    assert (found.candidates, found.results) == ((), ())
    assert [problem.kind for problem in found.problems] == kinds


async def test_what_was_found_before_a_refusal_is_kept() -> None:
    used_up = JSONResponse({"error": "Your account has run out of searches."}, 429)
    found, _ = await discover(answer(["https://jobs.lever.co/acme"], 10), used_up)
    assert [candidate.board.key for candidate in found.candidates if candidate.board] == ["lever/acme"]
    assert [problem.kind for problem in found.problems] == ["throttled"]
    assert "not before 20" in found.problems[0].detail


async def test_a_wrong_key_is_a_problem_that_names_the_setting() -> None:
    found, _ = await discover(answer([]), key="wrong")
    (problem,) = found.problems
    assert (problem.kind, "QUIETHIRE_SERPAPI_KEY" in problem.detail) == ("blocked", True)


async def test_without_a_key_dorks_are_not_configured_and_nobody_is_asked() -> None:
    found, seen = await discover(answer([]), key="")
    assert [problem.kind for problem in found.problems] == ["not_configured"]
    assert (found.requests, seen.asked) == (0, [])


async def test_an_empty_query_is_refused() -> None:
    with pytest.raises(InvalidInput):
        await discover(answer([]), query=" ")
