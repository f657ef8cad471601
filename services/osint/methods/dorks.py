"""Boards from search-engine queries ("dorks"), through SerpAPI.

Source of the format: SerpAPI, "Google Search API" (`GET /search.json?engine=google`): `organic_results[]` with
`link`, `title`, `snippet`; `error` where there are no results or the account is refused.
"""

from typing import Any
from urllib.parse import urlencode

import orjson

from quiethire.domain.company import BoardCandidate, DiscoveryMethod
from quiethire.domain.errors import Blocked, InvalidInput, QuietHireError, SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.result import Problem
from services.osint.discovery import Discovery, Recognise, Requests, Web
from services.osint.methods.ats import URL_CONFIDENCE, ats_candidate

API = "https://serpapi.com/search.json"
PER_PAGE = 10
MAX_PAGES = 5


class Dorks:
    """Finds boards by a search engine's query such as `site:jobs.lever.co berlin`, which is its subject."""

    name = "dorks"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The ATS boards among the results. Without a key: one problem, `not_configured`."""
        if not subject.strip():
            raise InvalidInput("the query is empty", where="dork", hint="for example: site:jobs.lever.co berlin")
        if not web.serpapi_key:
            detail = "no SerpAPI key is set (set QUIETHIRE_SERPAPI_KEY)"
            return Discovery(problems=(Problem(kind="not_configured", where="serpapi.com", detail=detail),))
        requests, found = Requests(web.fetch, limit=MAX_PAGES), dict[str, BoardCandidate]()
        secret = urlencode({"api_key": web.serpapi_key})
        for number in range(MAX_PAGES):
            query = urlencode({"engine": "google", "q": subject, "num": PER_PAGE, "start": number * PER_PAGE})
            page = await requests.get(FetchSpec(url=f"{API}?{query}", accept="json", private_query=secret))
            if page is None:
                break
            try:
                results = _results(page)
            except QuietHireError as error:
                requests.problems.append(Problem.of(error))
                break
            for candidate in _candidates(results, web.recognise):
                found.setdefault(candidate.url, candidate)
            if len(results) < PER_PAGE:
                break
        return Discovery(candidates=tuple(found.values()), problems=tuple(requests.problems), requests=requests.made)


def _results(page: Page) -> list[dict[str, Any]]:
    """The organic results of one page. "No results" is an empty list; any other refusal raises Blocked."""
    try:
        answer = orjson.loads(page.body)
    except orjson.JSONDecodeError as error:
        raise SchemaDrift("the answer is not JSON", where=API) from error
    if not isinstance(answer, dict):
        raise SchemaDrift("the answer is no object", where=API)
    if isinstance(message := answer.get("error"), str):
        if "hasn't returned any results" in message:
            return []
        raise Blocked(message[:300], where=API, hint="look at the SerpAPI account")
    results = answer.get("organic_results", [])
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise SchemaDrift("`organic_results` is no list of objects", where=API)
    return results


def _candidates(results: list[dict[str, Any]], recognise: Recognise) -> list[BoardCandidate]:
    found = []
    for result in results:
        link = result.get("link")
        if not isinstance(link, str):
            continue
        try:
            board = recognise(link, None)
        except InvalidInput:
            continue  # A result that is no http(s) URL leads to no board.
        if board is not None:
            detail = f"{link} in the results, titled {str(result.get('title', ''))[:120]!r}"
            found.append(ats_candidate(board, URL_CONFIDENCE, "search_result", detail, DiscoveryMethod.DORK))
    return found
