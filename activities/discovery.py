"""Discovery: which companies are due, and where they list their postings."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from temporalio import activity

from activities.clients import Clients
from activities.heartbeat import heartbeating
from quiethire.domain.base import Model
from quiethire.domain.board import Board
from quiethire.domain.company import BoardCandidate, Company, Subdomain, company_id
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.ports import Fetcher, PageArchive
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url, host_of
from quiethire.settings import Settings
from services.osint.discovery import Discovery, Web
from services.osint.dns import Resolver
from services.osint.enumeration import enumerate_subdomains
from services.osint.methods.ats import AtsDetection
from services.osint.methods.career_pages import discover_career_pages
from services.osint.methods.dorks import Dorks
from services.osint.methods.github import GitHub
from services.osint.methods.harvester import EXECUTABLE
from services.osint.names import company_domain
from services.parser.ats.registry import adapter_for, recognise
from services.parser.pool import ParserPool

MAX_DETECTED = 30
"""Hosts of one company whose ATS is looked for."""


class StaleInput(Model):
    """Which companies count as due."""

    older_than: timedelta
    limit: int
    now: datetime
    after: Company | None = None
    """The last company of the page before."""


class StaleCompanies(Model):
    """Companies that are due, the most overdue first."""

    companies: tuple[Company, ...]
    waiting: int = 0
    """How many there are in all."""


class CrawledInput(Model):
    """A company whose discovery ended."""

    domain: str
    at: datetime
    failed: bool = False
    """Whether something failed that may work next time."""


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
    boards: int = 0
    """Those that were not waiting to be crawled already."""
    problems: tuple[Problem, ...] = ()


class DiscoveryActivities:
    """From `get_stale_companies` to `discover_from_dorks`."""

    def __init__(self, clients: Clients) -> None:
        self._companies = clients.companies
        self._boards = clients.boards
        self._queue = clients.queue
        self._fetcher = clients.fetcher
        self._archive = clients.archive
        self._parser = clients.parser
        self._settings = clients.settings

    @activity.defn(name="get_stale_companies")
    async def get_stale_companies(self, input: StaleInput) -> StaleCompanies:
        """Companies that are due."""
        companies = await self._companies.stale(input.older_than, input.limit, input.now, input.after)
        waiting = await self._companies.count_stale(input.older_than, input.now)
        return StaleCompanies(companies=tuple(companies), waiting=waiting)

    @activity.defn(name="update_company_last_crawled")
    async def update_company_last_crawled(self, input: CrawledInput) -> None:
        """The company is current, or its turn comes again later. A domain where nothing was found is no company, unless it is one."""
        if input.failed:
            await self._companies.mark_failed(input.domain, input.at)
        elif await self._companies.by_domain(input.domain) is not None:
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
        async with heartbeating():
            return await enumerate_subdomains(input.domain, self._web())

    @activity.defn(name="detect_ats")
    async def detect_ats(self, input: DetectInput) -> Discovery:
        """The ATS behind each URL, all side by side; of very many, those given first."""
        web, urls = self._web(offline=input.offline), input.urls[:MAX_DETECTED]
        async with heartbeating():
            found = await asyncio.gather(*(AtsDetection().discover(url, web) for url in urls))
        problems = [problem for one in found for problem in one.problems]
        if len(urls) < len(input.urls):
            detail = f"{len(input.urls)} hosts are named after jobs, {len(urls)} of them were looked at"
            problems.append(Problem(kind="too_many_hosts", where=input.domain, detail=detail))
        joined = Discovery(
            candidates=tuple(candidate for one in found for candidate in one.candidates),
            problems=tuple(problems),
            requests=sum(one.requests for one in found),
        )
        return _owned(joined, input)

    @activity.defn(name="discover_from_github")
    async def discover_from_github(self, input: SearchInput) -> SearchedCompanies:
        """Companies and boards that GitHub's repository search comes upon. Companies are due at once."""
        async with heartbeating():
            return await self._keep(await GitHub().discover(input.query, self._web()))

    @activity.defn(name="discover_from_dorks")
    async def discover_from_dorks(self, input: SearchInput) -> SearchedCompanies:
        """Boards and companies that a web search comes upon. Boards join the crawl queue, and the results are kept."""
        async with heartbeating():
            found = await Dorks().discover(input.query, self._web())
            await self._companies.store_dork_results(found.results)
            return await self._keep(found)

    @activity.defn(name="store_discovered_urls")
    async def store_discovered_urls(self, input: StoreDiscoveredInput) -> None:
        """Keep the findings with their evidence. A domain where nothing was found is no company, unless it is one."""
        if not input.candidates and not input.subdomains and await self._companies.by_domain(input.domain) is None:
            return
        company = Company(id=company_id(input.domain), domain=input.domain, name=input.name)
        await self._companies.add([company])
        await self._companies.store_discovered(input.domain, input.candidates, input.subdomains)

    def _web(self, *, offline: bool = False) -> Web:
        self._parser.start()  # It loads while pages are fetched.
        return web_of(self._fetcher, self._archive, self._parser, self._settings, offline=offline)

    async def _keep(self, found: Discovery) -> SearchedCompanies:
        """Keep what a search outside found. A page without a board is its company's evidence, and no more than that."""
        added = await self._companies.add(found.companies)
        by_owner: dict[str, list[BoardCandidate]] = {}
        for candidate in found.candidates:
            if owner := await self._owner_of(candidate):
                by_owner.setdefault(owner, []).append(candidate)
        for owner, candidates in by_owner.items():
            # What the company's own pages told of a URL is the better evidence.
            known = {candidate.url for candidate in await self._companies.discovered(owner)}
            new = [candidate for candidate in candidates if canonical_url(candidate.url) not in known]
            await self._companies.store_discovered(owner, new, ())
        boards = await self._queue.push(
            [candidate.url for candidate in found.candidates if candidate.board is not None]
        )
        return SearchedCompanies(companies=added, boards=boards, problems=found.problems)

    async def _owner_of(self, candidate: BoardCandidate) -> str | None:
        """The domain of the company that a candidate of a search outside belongs to, where one is known."""
        if candidate.board is None:
            return company_domain(host_of(candidate.url))
        known = await self._boards.get(candidate.board.key)
        return (known and known.company_domain) or candidate.board.company_domain


def web_of(
    fetcher: Fetcher, archive: PageArchive, parser: ParserPool, settings: Settings, *, offline: bool = False
) -> Web:
    """The outside world for discovery: through the crawler, with the parser's adapters to recognise and read boards.

    Offline nobody is asked: pages come from the archive, and the DNS is left out.
    """

    async def fetch(spec: FetchSpec) -> Page:
        ref = await fetcher.fetch(spec, offline=offline)
        return Page.of(ref, await archive.get(ref.content_hash))

    return Web(
        fetch=fetch,
        recognise=recognise,
        serpapi_key=settings.serpapi_key,
        github_token=settings.github_token,
        dns=None if offline else Resolver(settings.dns_servers, host_map=settings.host_map),
        # It makes its requests itself, and where there are proxies nothing may go past them.
        harvester=Path(found) if (found := shutil.which(EXECUTABLE)) and not (offline or settings.proxies) else None,
        boards=_Boards(parser),
    )


@dataclass(frozen=True)
class _Boards:
    """The parser's adapters, as discovery asks for boards. Pages are read in the parser's own processes."""

    parser: ParserPool

    def on_host(self, ats: str, host: str) -> Board | None:
        adapter = adapter_for(ats)
        return Board(ats=ats, token=host, url=adapter.own_home.format(token=host)) if adapter.markers else None

    def requests(self, board: Board) -> tuple[FetchSpec, ...]:
        return adapter_for(board.ats).requests(board, None)

    async def count(self, board: Board, page: Page) -> int:
        listed = await self.parser.board_page(board, page)
        found = len(listed.postings) + len(listed.refused) + len(listed.links)
        return found if listed.total is None else listed.total


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
