"""Companies and boards from GitHub, against a local server that answers as its REST API does, through the crawler.

Requests and answers by docs.github.com/rest (version 2022-11-28): "REST API endpoints for search", "REST API endpoints for
repository contents", "Rate limits for the REST API".
"""

from base64 import encodebytes
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from outer_web import Outside, outside
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from quiethire.domain.errors import InvalidInput
from services.osint.discovery import Discovery
from services.osint.methods import github
from services.osint.methods.github import MAX_READMES, GitHub

TOKEN = "github_pat_11ABCDEFG0s3cret"
LIMITS = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "9", "X-RateLimit-Resource": "search"}
USED_UP = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800"}


def repository(name: str, homepage: str | None = None, description: str | None = None) -> dict[str, Any]:
    return {"id": 1, "full_name": name, "homepage": homepage, "description": description, "stargazers_count": 9}


def results(*items: dict[str, Any]) -> Response:
    return JSONResponse({"total_count": len(items), "incomplete_results": False, "items": items}, headers=LIMITS)


def readme(text: str) -> Response:
    content = encodebytes(text.encode()).decode()
    return JSONResponse({"type": "file", "encoding": "base64", "name": "README.md", "content": content})


async def discover(
    search: Response | Callable[[Request], Awaitable[Response]],
    readmes: dict[str, Response] | None = None,
    query: str = "hiring in:readme",
    **known: Any,
) -> tuple[Discovery, Outside]:
    async def searched(request: Request) -> Response:
        return search if isinstance(search, Response) else await search(request)

    async def read(request: Request) -> Response:
        name = f"{request.path_params['owner']}/{request.path_params['repo']}"
        return (readmes or {}).get(name, JSONResponse({"message": "Not Found", "status": "404"}, 404))

    routes = {"/search/repositories": searched, "/repos/{owner}/{repo}/readme": read}
    async with outside(["api.github.com"], routes, **known) as (web, seen):
        return await GitHub().discover(query, web), seen


async def test_companies_are_the_home_pages_of_repositories() -> None:
    homepages = ["https://northwind.example/", "www.palisade-security.example", "", None, "https://owner.github.io/x"]
    homepages += ["https://docs.rs/x", "http://NORTHWIND.example/blog", "http://192.0.2.1/", "mailto:x", "not a url"]
    homepages += ["https://careers.acme.example/", "https://www.indeed.co.uk/", "localhost"]
    items = [repository(f"owner/r{number}", homepage) for number, homepage in enumerate(homepages)]
    found, _ = await discover(results(*items))
    domains = [company.domain for company in found.companies]
    assert domains == ["northwind.example", "palisade-security.example", "acme.example"]
    assert found.problems == ()


async def test_searches_are_asked_as_documented_and_paged_within_bounds() -> None:
    """GET /search/repositories with `q`, `per_page` (max 100) and `page`; `Accept` JSON, and no token unless there is one."""

    async def many(request: Request) -> Response:
        page = request.query_params["page"]
        return results(
            *(repository(f"owner{page}/r{number}", f"https://c{page}-{number}.example") for number in range(100))
        )

    found, seen = await discover(many, query=" topic:hiring stars:>100 ")
    searches = [one for one in seen.asked if one.url.path == "/search/repositories"]
    assert [dict(one.query_params) for one in searches] == [
        {"q": "topic:hiring stars:>100", "per_page": "100", "page": str(page)} for page in (1, 2, 3)
    ]
    assert {one.method for one in seen.asked} == {"GET"}
    assert all("json" in one.headers["accept"] and one.headers["user-agent"] for one in searches)
    assert all("authorization" not in one.headers for one in seen.asked)
    assert len(found.companies) == 300
    readmes = [one for one in seen.asked if one.url.path.endswith("/readme")]
    assert len(readmes) == MAX_READMES
    assert (found.requests, found.problems) == (3 + MAX_READMES, ())


async def test_a_token_is_sent_as_bearer_and_kept_nowhere() -> None:
    """ "Authenticating to the REST API": `Authorization: Bearer TOKEN`."""
    found, seen = await discover(results(repository("acme/tool", "https://acme.example")), github_token=TOKEN)
    assert {one.headers.get("authorization") for one in seen.asked if one.url.path != "/robots.txt"} == {
        f"Bearer {TOKEN}"
    }
    assert seen.targets == ["api.github.com/search/repositories", "api.github.com/repos/acme/tool/readme"]
    assert TOKEN not in found.model_dump_json() + repr(vars(seen.archive))


async def test_a_wrong_token_is_a_problem_that_names_the_setting() -> None:
    found, _ = await discover(JSONResponse({"message": "Bad credentials", "status": "401"}, 401), github_token=TOKEN)
    (problem,) = found.problems
    assert (problem.kind, "QUIETHIRE_GITHUB_TOKEN" in problem.detail) == ("blocked", True)


async def test_a_hiring_note_that_links_to_a_board_gives_the_companys_board_with_evidence() -> None:
    text = "# Tool\n\n**We're hiring!** See [open roles](https://jobs.lever.co/acme?utm_source=github) or <https://acme.example/careers>."
    found, _ = await discover(results(repository("acme/tool", "https://www.acme.example")), {"acme/tool": readme(text)})
    board, page = found.candidates
    assert board.board is not None
    assert (board.board.key, board.board.company_domain) == ("lever/acme", "acme.example")
    assert [reason.kind for reason in board.evidence] == ["readme", "hiring_note"]
    assert "acme/tool" in board.evidence[0].detail
    assert "jobs.lever.co/acme" in board.evidence[0].detail
    assert "We're hiring" in board.evidence[1].detail
    assert (page.url, page.url_type, page.discovered_via) == ("https://acme.example/careers", "career_page", "github")
    assert page.confidence < 0.5 < board.confidence
    assert [company.domain for company in found.companies] == ["acme.example"]


@pytest.mark.parametrize(
    ("homepage", "owner"),
    [
        ("https://acme.example", "acme.example"),
        ("https://www.acme-robotics.example", None),
        ("https://ac.example", None),
        ("https://victim.example", None),
        (None, None),
    ],
)
async def test_a_board_is_a_companys_only_where_it_bears_its_name(homepage: str | None, owner: str | None) -> None:
    """Anybody may call anybody's site the home page of a repository."""
    text = "We're hiring: https://jobs.lever.co/acme"
    found, _ = await discover(results(repository("x/tool", homepage)), {"x/tool": readme(text)})
    (candidate,) = found.candidates
    assert candidate.board is not None
    assert candidate.board.company_domain == owner
    assert (candidate.confidence > 0.8) == (owner is not None)


async def test_a_hiring_note_in_the_description_is_one_and_its_readme_is_read_first() -> None:
    items = [repository(f"owner/r{number}") for number in range(99)]
    items.append(repository("acme/tool", "https://acme.example", "A tool. We are hiring engineers!"))
    found, _ = await discover(results(*items), {"acme/tool": readme("https://job-boards.greenhouse.io/acme")})
    (candidate,) = found.candidates
    assert candidate.board is not None
    assert (candidate.board.key, candidate.evidence[1].kind) == ("greenhouse/acme", "hiring_note")


async def test_a_list_of_companies_speaks_for_none_of_them() -> None:
    links = [
        f"- [C{number}](https://jobs.lever.co/c{number}) / [site](https://c{number}.example/jobs)"
        for number in range(12)
    ]
    text = "We're hiring, say:\n" + "\n".join(links) + "\n- https://www.linkedin.com/jobs/view/1"
    found, _ = await discover(
        results(repository("list/awesome", "https://list.example")), {"list/awesome": readme(text)}
    )
    boards = [candidate.board for candidate in found.candidates if candidate.board]
    assert [board.key for board in boards] == [f"lever/c{number}" for number in range(12)]
    assert {board.company_domain for board in boards} == {None}
    assert {company.domain for company in found.companies} == {
        "list.example",
        *(f"c{number}.example" for number in range(12)),
    }


async def test_links_are_read_in_markdown_html_and_as_they_are() -> None:
    text = (
        "[a](https://jobs.lever.co/a) (https://jobs.lever.co/b). <a href='https://jobs.lever.co/c'>c</a> **https://jobs.lever.co/d**"
        "\n[![x](https://img.shields.io/jobs.svg)](https://jobs.ashbyhq.com/e) https://ｅ.example:99999/jobs HTTPS://JOBS.LEVER.CO/f,"
    )
    found, _ = await discover(results(repository("acme/tool")), {"acme/tool": readme(text)})
    keys = {candidate.board.key for candidate in found.candidates if candidate.board}
    assert keys == {"lever/a", "lever/b", "lever/c", "lever/d", "ashby/e", "lever/f"}


async def test_a_readme_as_long_as_a_book_is_read_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github, "MAX_LINKS", 50)
    text = "https://jobs.lever.co/first " + "https://x.example/ " * 60 + "https://jobs.lever.co/last"
    found, _ = await discover(
        results(repository("a/links"), repository("b/long")),
        {
            "a/links": readme(text),
            "b/long": readme("x" * 400_000 + " https://jobs.lever.co/end"),
        },
    )
    assert [candidate.board.key for candidate in found.candidates if candidate.board] == ["lever/first"]
    assert found.problems == ()


@pytest.mark.parametrize("name", ["../../secret", "a/..", "a/b/c", "a b/c", "", 7, None, "a/b?x=1"])
async def test_names_that_are_none_are_not_asked_for(name: Any) -> None:
    item = repository("x/y", "https://acme.example") | {"full_name": name}
    _, seen = await discover(results(item))
    assert seen.targets == ["api.github.com/search/repositories"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (JSONResponse({"message": "Validation Failed", "errors": [{"code": "invalid"}]}, 422), "http_422"),
        (JSONResponse({"message": "Bad credentials", "status": "401"}, 401), "blocked"),
        (JSONResponse({"repositories": []}), "schema_drift"),
        (JSONResponse([]), "schema_drift"),
        (PlainTextResponse('{"items": [', media_type="application/json"), "schema_drift"),
        (PlainTextResponse("<html>", 200), "not_json"),
        (PlainTextResponse("Bad Gateway", 502), "http_502"),
    ],
)
async def test_what_github_refuses_is_a_problem(answer: Response, kind: str) -> None:
    found, _ = await discover(answer)
    assert found.companies == ()
    assert [problem.kind for problem in found.problems] == [kind]


@pytest.mark.parametrize(
    "refusal",
    [
        JSONResponse({"message": "API rate limit exceeded for 203.0.113.7."}, 403, USED_UP),
        JSONResponse({"message": "API rate limit exceeded"}, 429, USED_UP),
        JSONResponse({"message": "You have exceeded a secondary rate limit."}, 403, LIMITS | {"Retry-After": "60"}),
        JSONResponse({"message": "You have exceeded a secondary rate limit."}, 429, {"Retry-After": "60"}),
    ],
    ids=["primary-403", "primary-429", "secondary-403", "secondary-429"],
)
async def test_a_rate_limit_ends_the_run_and_the_problem_names_when_it_may_go_on(refusal: Response) -> None:
    """403 or 429, with `x-ratelimit-remaining: 0` and `x-ratelimit-reset`, or with `retry-after`."""
    items = [repository(f"owner/r{number}", f"https://c{number}.example") for number in range(5)]
    found, seen = await discover(results(*items), {"owner/r0": readme("hello"), "owner/r1": refusal})
    assert len(found.companies) == 5
    (problem,) = found.problems
    assert problem.kind == "throttled"
    assert "not before 20" in problem.detail
    assert problem.detail.endswith("UTC")
    assert seen.targets[-1] == "api.github.com/repos/owner/r1/readme"


async def test_a_limit_that_is_used_up_is_kept_by_the_next_run_too() -> None:
    async def limited(_: Request) -> Response:
        return JSONResponse({"message": "API rate limit exceeded"}, 403, USED_UP)

    async with outside(["api.github.com"], {"/search/repositories": limited}) as (web, seen):
        for kind in ("throttled", "resting"):
            (problem,) = (await GitHub().discover("x", web)).problems
            assert (problem.kind, "not before" in problem.detail) == (kind, True)
    assert len(seen.targets) == 1


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (JSONResponse({"encoding": "base64", "content": "%%%"}), ["schema_drift"]),
        (JSONResponse({"encoding": "utf-8", "content": "text"}), ["schema_drift"]),
        (JSONResponse({"encoding": "base64"}), ["schema_drift"]),
        (JSONResponse({"encoding": "none", "content": ""}), []),
        (JSONResponse({"message": "Not Found"}, 404), []),
    ],
)
async def test_a_readme_that_cannot_be_read_takes_nothing_from_the_others(answer: Response, kinds: list[str]) -> None:
    items = [repository("a/broken"), repository("b/fine")]
    found, _ = await discover(results(*items), {"a/broken": answer, "b/fine": readme("https://jobs.lever.co/fine")})
    assert [candidate.board.key for candidate in found.candidates if candidate.board] == ["lever/fine"]
    assert [problem.kind for problem in found.problems] == kinds


async def test_an_empty_query_is_refused() -> None:
    with pytest.raises(InvalidInput):
        await discover(results(), query=" ")
