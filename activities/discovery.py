"""Discovery: which companies are due, and where they list their postings."""

import asyncio
from datetime import datetime, timedelta

from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.base import Model
from quiethire.domain.company import BoardCandidate, Company, Subdomain, company_id
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.ports import Fetcher, PageArchive
from quiethire.domain.result import Problem
from services.osint.discovery import Discovery, Web
from services.osint.methods.ats import AtsDetection
from services.osint.methods.career_pages import discover_career_pages
from services.osint.methods.dorks import Dorks
from services.osint.methods.github import GitHub
from services.osint.methods.subdomains import Subdomains
from services.parser.ats.registry import recognise


class StaleInput(Model):
    """Which companies count as due."""

    older_than: timedelta
    limit: int
    now: datetime


class StaleCompanies(Model):
    """Companies that are due, the most overdue first."""

    companies: tuple[Company, ...]


class CrawledInput(Model):
    """A company whose crawl succeeded."""

    domain: str
    at: datetime


class DiscoverInput(Model):
    """A company to look at."""

    domain: str
    name: str | None = None
    offline: bool = False


class DetectInput(DiscoverInput):
    """URLs of a company whose ATS is asked for. The domain may be empty where no company is known."""

    urls: tuple[str, ...]


class StoreDiscoveredInput(Model):
    """Findings to keep."""

    domain: str
    name: str | None
    candidates: tuple[BoardCandidate, ...]
    subdomains: tuple[Subdomain, ...]


class SearchInput(Model):
    """A query for a search outside."""

    query: str


class SearchedCompanies(Model):
    """How many companies and boards a search outside added."""

    companies: int
    problems: tuple[Problem, ...] = ()


class DiscoveryActivities:
    """From `get_stale_companies` to `discover_from_dorks`."""

    def __init__(self, clients: Clients) -> None:
        self._companies = clients.companies
        self._queue = clients.queue
        self._fetcher = clients.fetcher
        self._archive = clients.archive
        self._serpapi_key = clients.settings.serpapi_key

    @activity.defn(name="get_stale_companies")
    async def get_stale_companies(self, input: StaleInput) -> StaleCompanies:
        """Companies that are due."""
        return StaleCompanies(companies=tuple(await self._companies.stale(input.older_than, input.limit, input.now)))

    @activity.defn(name="update_company_last_crawled")
    async def update_company_last_crawled(self, input: CrawledInput) -> None:
        """The company is current as of now."""
        await self._companies.mark_crawled(input.domain, input.at)

    @activity.defn(name="discover_career_pages")
    async def discover_career_pages(self, input: DiscoverInput) -> Discovery:
        """Career pages and boards, from the company's home page, its sitemaps and the usual paths."""
        async with heartbeating():
            return await discover_career_pages(input.domain, self._web(offline=input.offline), name=input.name)

    @activity.defn(name="enumerate_subdomains")
    async def enumerate_subdomains(self, input: DiscoverInput) -> Discovery:
        """Host names below the domain. Offline there is nobody to ask."""
        if input.offline:
            return Discovery()
        return await Subdomains().discover(input.domain, self._web())

    @activity.defn(name="detect_ats")
    async def detect_ats(self, input: DetectInput) -> Discovery:
        """The ATS behind each URL, all side by side."""
        web = self._web(offline=input.offline)
        async with heartbeating():
            found = await asyncio.gather(*(AtsDetection().discover(url, web) for url in input.urls))
        joined = Discovery(
            candidates=tuple(candidate for one in found for candidate in one.candidates),
            problems=tuple(problem for one in found for problem in one.problems),
            requests=sum(one.requests for one in found),
        )
        return _owned(joined, input)

    @activity.defn(name="discover_from_github")
    async def discover_from_github(self, input: SearchInput) -> SearchedCompanies:
        """Companies that GitHub's repository search comes upon. They are due at once."""
        return await self._keep(await GitHub().discover(input.query, self._web()))

    @activity.defn(name="discover_from_dorks")
    async def discover_from_dorks(self, input: SearchInput) -> SearchedCompanies:
        """Boards that a web search comes upon. They join the crawl queue."""
        return await self._keep(await Dorks().discover(input.query, self._web()))

    @activity.defn(name="store_discovered_urls")
    async def store_discovered_urls(self, input: StoreDiscoveredInput) -> None:
        """Keep the findings with their evidence. A domain where nothing was found is no company, unless it is one."""
        if not input.candidates and not input.subdomains and await self._companies.by_domain(input.domain) is None:
            return
        company = Company(id=company_id(input.domain), domain=input.domain, name=input.name)
        await self._companies.add([company])
        await self._companies.store_discovered(input.domain, input.candidates, input.subdomains)

    def _web(self, *, offline: bool = False) -> Web:
        return web_of(self._fetcher, self._archive, serpapi_key=self._serpapi_key, offline=offline)

    async def _keep(self, found: Discovery) -> SearchedCompanies:
        added = await self._companies.add(found.companies)
        await self._queue.push([candidate.url for candidate in found.candidates])
        return SearchedCompanies(companies=added, problems=found.problems)


def web_of(fetcher: Fetcher, archive: PageArchive, *, serpapi_key: str, offline: bool = False) -> Web:
    """The outside world for discovery: through the crawler, with the parser's adapters to recognise boards."""

    async def fetch(spec: FetchSpec) -> Page:
        ref = await fetcher.fetch(spec, offline=offline)
        return Page.of(ref, await archive.get(ref.content_hash))

    return Web(fetch=fetch, recognise=recognise, resolve=fetcher.resolve, serpapi_key=serpapi_key)


def _owned(found: Discovery, input: DiscoverInput) -> Discovery:
    """The findings, with the company written on every board that has none."""
    if not input.domain:
        return found
    owner = {"company_domain": input.domain, "company_name": input.name}
    candidates = (
        candidate.model_copy(update={"board": candidate.board.model_copy(update=owner)})
        if candidate.board and candidate.board.company_domain is None
        else candidate
        for candidate in found.candidates
    )
    return found.model_copy(update={"candidates": tuple(candidates)})
