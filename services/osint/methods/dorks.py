"""Boards and career pages from search-engine queries ("dorks"), through SerpAPI.

Source of the format: SerpAPI, "Google Search API" (`GET /search.json?engine=google&q=…&start=…&api_key=…`): `organic_results[]`
with `title`, `link`, `snippet`. "Pagination": `serpapi_pagination.next` is the URL of the next results, left out
where there are none; results come by ten, and `num` is no more heeded. "Status and Error Codes": 401 no valid key, 403, 429
limit of the hour or no searches left; `error` says what is wrong, or that there are no results.
"""

from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import orjson

from quiethire.domain.company import (
    BoardCandidate,
    Company,
    DiscoveryMethod,
    DorkResult,
    Evidence,
    UrlType,
    company_id,
)
from quiethire.domain.errors import Blocked, InvalidInput, QuietHireError, SchemaDrift
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.result import Problem
from quiethire.domain.urls import MAX_URL_LENGTH, canonical_url, parse_url
from services.osint.discovery import Discovery, Recognise, Requests, Web
from services.osint.methods.ats import URL_CONFIDENCE, ats_candidate
from services.osint.names import company_domain, speaks_of_jobs
from services.osint.strangers import host_if_a_companys
from services.osint.words import CAREER, LISTING, plain

API = "https://serpapi.com/search.json"
MAX_PAGES = 5
MAX_TEXT = 500
"""Characters of a title or snippet that are kept."""
PAGE_CONFIDENCE = 0.4
"""Of a page that only its address or title calls a career page: not enough to crawl it unseen."""
_NO_RESULTS = "hasn't returned any results"


class Dorks:
    """Finds boards by a search engine's query such as `site:jobs.lever.co berlin`, which is its subject."""

    name = "dorks"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """The ATS boards and career pages among the results, and the companies whose pages these are.

        Job sites of many employers are dropped, and so is what comes twice. Without a key: one problem, `not_configured`.
        """
        query = " ".join(subject.replace("\0", " ").split())
        if not query:
            raise InvalidInput("the query is empty", where="dork", hint="for example: site:jobs.lever.co berlin")
        if not web.serpapi_key:
            detail = "no SerpAPI key is set (set QUIETHIRE_SERPAPI_KEY)"
            return Discovery(problems=(Problem(kind="not_configured", where="serpapi.com", detail=detail),))
        requests = Requests(web.fetch, limit=MAX_PAGES)
        found = _Found(query, web.recognise)
        secret = urlencode({"api_key": web.serpapi_key})
        start: int | None = 0
        while start is not None and not requests.spent:
            asked = urlencode({"engine": "google", "q": query, "start": start})
            page = await requests.ask(FetchSpec(url=f"{API}?{asked}", accept="json", private_query=secret))
            if not isinstance(page, Page):
                if isinstance(page, Blocked):
                    requests.advise("is QUIETHIRE_SERPAPI_KEY right, and the account in order?")
                break
            try:
                start = found.take(page, start)
            except QuietHireError as error:
                requests.problems.append(Problem.of(error))
                break
        return Discovery(
            candidates=tuple(found.candidates.values()),
            companies=tuple(found.companies.values()),
            results=tuple(found.results.values()),
            problems=tuple(requests.problems),
            requests=requests.made,
        )


class _Found:
    """What the results of one query lead to."""

    def __init__(self, query: str, recognise: Recognise) -> None:
        self.query, self.recognise = query, recognise
        self.candidates: dict[str, BoardCandidate] = {}
        self.companies: dict[str, Company] = {}
        self.results: dict[str, DorkResult] = {}
        """Those that were kept, by canonical URL."""

    def take(self, page: Page, start: int) -> int | None:
        """Read one page of results; returns where the next one starts, or None. Raises SchemaDrift or Blocked."""
        answer = _answer(page)
        results = answer.get("organic_results", [])
        if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
            raise SchemaDrift("`organic_results` is no list of objects", where=API)
        for place, result in enumerate(results, start=1):
            link = result.get("link")
            if isinstance(link, str) and _is_web(link):
                self._keep(link, result, start + place)
        return _next_start(answer, start) if results else None

    def _keep(self, link: str, result: dict[str, Any], rank: int) -> None:
        """Keep a result that leads to a board or to a career page."""
        url = canonical_url(link)
        title, snippet = (_text(result.get(name)) for name in ("title", "snippet"))
        if url in self.results:
            return
        if board := self.recognise(link, None):
            self._candidate(ats_candidate(board, URL_CONFIDENCE, *self._reason(url, title), DiscoveryMethod.DORK))
        elif (host := host_if_a_companys(url)) and _is_career_page(url, host, title):
            domain = company_domain(host)
            self.companies.setdefault(domain, Company(id=company_id(domain), domain=domain))
            self._candidate(self._career_page(url, title))
        else:
            return
        self.results[url] = DorkResult(query=self.query, url=url, title=title, snippet=snippet, rank=rank)

    def _candidate(self, candidate: BoardCandidate) -> None:
        self.candidates.setdefault(candidate.url, candidate)

    def _career_page(self, url: str, title: str) -> BoardCandidate:
        kind, detail = self._reason(url, title)
        return BoardCandidate(
            url=url,
            url_type=UrlType.CAREER_PAGE,
            discovered_via=DiscoveryMethod.DORK,
            confidence=PAGE_CONFIDENCE,
            evidence=(Evidence(kind=kind, detail=detail[:500]),),
        )

    def _reason(self, url: str, title: str) -> tuple[str, str]:
        return "search_result", f"{url} in the results of {self.query[:100]!r}, titled {title[:120]!r}"


def _answer(page: Page) -> dict[str, Any]:
    """The answer. "No results" is one without results; any other refusal raises Blocked."""
    try:
        answer = orjson.loads(page.body)
    except orjson.JSONDecodeError as error:
        raise SchemaDrift("the answer is not JSON", where=API) from error
    if not isinstance(answer, dict):
        raise SchemaDrift("the answer is no object", where=API)
    message = answer.get("error")
    if isinstance(message, str) and _NO_RESULTS not in message:
        raise Blocked(message[:300], where=API, hint="look at the SerpAPI account")
    return answer


def _next_start(answer: dict[str, Any], start: int) -> int | None:
    """Where the next page starts; None where there is none. Only ever further on."""
    paging = answer.get("serpapi_pagination")
    link = paging.get("next") if isinstance(paging, dict) else None
    if not isinstance(link, str) or len(link) > MAX_URL_LENGTH:
        return None
    following = parse_qs(urlsplit(link).query).get("start", [""])[0]
    number = int(following) if following.isascii() and following.isdigit() and len(following) < 6 else 0
    return number if number > start else None


def _text(value: object) -> str:
    """A text as a person would read it: on one line, and without what no database takes."""
    return " ".join(value[: 4 * MAX_TEXT].replace("\0", " ").split())[:MAX_TEXT] if isinstance(value, str) else ""


def _is_web(link: str) -> bool:
    try:
        parse_url(link)
    except InvalidInput:
        return False
    return True


def _is_career_page(url: str, host: str, title: str) -> bool:
    """Whether a result is called a career page: by its host, its path or its title."""
    parts = [plain(unquote(part)) for part in parse_url(url).pathname.split("/") if part]
    named = speaks_of_jobs(host, company_domain(host)) if company_domain(host) != host else False
    return named or any(CAREER.search(part) for part in parts) or bool(LISTING.search(title))
