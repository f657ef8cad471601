"""Career pages: links of the home page, sitemaps, common hosts and paths; each verified by its content."""

import re
from dataclasses import dataclass, field

from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.company import BoardCandidate, DiscoveryMethod, Evidence, UrlType
from quiethire.domain.errors import QuietHireError
from quiethire.domain.page import FetchSpec, Page, Render
from quiethire.domain.result import Problem
from quiethire.domain.urls import canonical_url, domain_of, host_of
from services.osint.career_page import VERIFIED, Verdict, judge
from services.osint.discovery import Discovery, Requests, Web
from services.osint.leads import Lead, from_sitemaps, guessed_hosts, guessed_paths, linked
from services.osint.methods.ats import (
    MAX_CONFIRMED,
    URL_CONFIDENCE,
    alias_of,
    ats_candidate,
    boards_on,
    by_alias,
    confirm,
    with_alias,
)
from services.osint.outline import decode, outline_of
from services.osint.vendors import VendorAlias
from services.osint.words import LISTING

MAX_ONWARD = 2
"""Pages that a career page which is no listing itself leads on to."""
MIN_NAME = 5
"""Shorter names occur in other hosts by chance."""


class CareerPages:
    """Finds a company's career pages and boards. Its subject is the company's domain."""

    name = "career_pages"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """Links of the home page first, then sitemaps, then common hosts and paths, until a listing is found.

        Raises InvalidInput where the subject is no domain.
        """
        return await discover_career_pages(subject, web)


async def discover_career_pages(domain: str, web: Web, *, name: str | None = None) -> Discovery:
    """Find the career pages and boards of the company at `domain`; `name` is the company's, where known.

    Candidates with a board are to be crawled. Pages that bear on careers and list nothing (culture, benefits, how to apply) are
    told too, apart: without a board, and with less than half the confidence where they are no career page.
    """
    requests = Requests(web.fetch)
    requests.limit -= MAX_CONFIRMED
    search = _Search(domain_of(domain), name, requests, web)
    home = await search.html(Lead(f"https://{search.domain}/", 1.0, Evidence(kind="home", detail="the home page")))
    language = ""
    if home is not None:
        outline = outline_of(home)
        language = outline.language
        search.hosts.add(host_of(home.url))
        search.seen.add(canonical_url(home.url))
        await search.look_at(linked(outline))
        if not search.found:
            search.keep_boards(boards_on(home.url, decode(home), outline, web.recognise))
    if not search.found:
        await search.look_at(await from_sitemaps(search.domain, requests))
    if not search.found and web.dns is not None:
        await search.look_at(await search.existing(guessed_hosts(search.domain)), until_found=True)
    if not search.found and not search.pages:
        await search.look_at(guessed_paths(search.domain, language), until_found=True)
    requests.limit += MAX_CONFIRMED
    await search.confirm_boards()
    return Discovery(candidates=search.candidates(), problems=tuple(requests.problems), requests=requests.made)


@dataclass
class _Found:
    """A page that was looked at and bears on careers."""

    candidate: BoardCandidate
    lists: bool
    postings: int


@dataclass
class _Search:
    """One run: what was looked at and what came of it."""

    domain: str
    name: str | None
    requests: Requests
    web: Web
    seen: set[str] = field(default_factory=set)
    boards: dict[str, BoardCandidate] = field(default_factory=dict)
    pages: dict[str, _Found] = field(default_factory=dict)
    """Verified pages by canonical URL."""
    apart: dict[str, BoardCandidate] = field(default_factory=dict)
    """Pages beside them, and a vendor whose board is not known."""

    def __post_init__(self) -> None:
        self.hosts = {self.domain, f"www.{self.domain}"}

    @property
    def found(self) -> bool:
        """Whether there is a board, or a page that lists postings."""
        return bool(self.boards) or any(page.lists for page in self.pages.values())

    async def html(self, lead: Lead) -> Page | None:
        """The page that a lead leads to."""
        return await self.requests.get(FetchSpec(url=lead.url, accept="html", render=Render.AUTO), guess=lead.guess)

    async def existing(self, hosts: list[Lead]) -> list[Lead]:
        """Those of guessed hosts that the DNS knows; where it fails, none: the search for subdomains tells why."""
        return [lead for lead in hosts if await self._is_known(host_of(lead.url))]

    async def _is_known(self, host: str) -> bool:
        try:
            return self.web.dns is not None and bool((await self.web.dns.ask(host)).addresses)
        except QuietHireError:
            return False

    async def look_at(self, leads: list[Lead], *, until_found: bool = False, deeper: bool = True) -> None:
        """Verify leads one by one. A page that leads on to the listing is followed one page further."""
        for lead in leads:
            if (until_found and self.found) or self.requests.spent:
                return
            address = canonical_url(lead.url)
            if address in self.seen:
                continue
            self.seen.add(address)
            if board := self.web.recognise(lead.url, None):
                told = f"{lead.url} is a URL of {board.ats}"
                self.keep_boards([ats_candidate(board, URL_CONFIDENCE, "url", told)], lead)
                continue
            host, alias = host_of(lead.url), await self._alias(lead)
            if alias is not None and alias.board is not None:
                self.keep_boards([by_alias(host, alias, alias.board)], lead)
            elif (page := await self.html(lead)) is not None:
                await self._verify(page, lead, alias, deeper=deeper)
            else:
                self.keep_boards(with_alias([], host, alias, self.web.boards), lead)

    async def _alias(self, lead: Lead) -> VendorAlias | None:
        """The vendor behind a host of the company's own beside its home page's."""
        host = host_of(lead.url)
        if host in self.hosts or not host.endswith(f".{self.domain}"):
            return None
        return await alias_of(host, self.requests, self.web)

    async def _verify(self, page: Page, lead: Lead, alias: VendorAlias | None, *, deeper: bool) -> None:
        address = canonical_url(page.url)
        if address != canonical_url(lead.url) and address in self.seen:
            return  # It redirects to the home page, or to one that was looked at.
        self.seen.add(address)
        outline = outline_of(page)
        boards = boards_on(page.url, decode(page), outline, self.web.recognise)
        self.keep_boards(with_alias(boards, host_of(lead.url), alias, self.web.boards), lead)
        if self.web.recognise(page.url, None):
            return
        verdict = judge(outline, called=lead.called)
        if verdict.confidence >= VERIFIED:
            self._keep_page(page.url, lead, verdict)
        elif verdict.related:
            if outline.is_shell:
                told = "speaks of careers, but scripts draw it, and no browser did (is Chromium there?)"
                self.requests.problems.append(Problem(kind="unrendered", where=page.url, detail=told))
            note = Evidence(kind="apart", detail="speaks of careers, and is not where postings are listed")
            self.apart[address] = self._page(page.url, lead, verdict, note)
        if deeper and not boards:
            onward = [found for found in linked(outline) if LISTING.search(found.called)]
            await self.look_at(onward[:MAX_ONWARD], deeper=False)

    def keep_boards(self, found: list[BoardCandidate], lead: Lead | None = None) -> None:
        """Remember boards, each with its company and with why it was looked for."""
        for candidate in found:
            evidence = (*((lead.reason,) if lead else ()), *candidate.evidence)
            known = candidate.model_copy(update={"evidence": evidence})
            if candidate.board is None:
                self.apart.setdefault(candidate.url, known)
            elif candidate.board.key not in self.boards:
                owner = {"company_domain": self.domain, "company_name": self.name}
                board = candidate.board.model_copy(update=owner)
                self.boards[board.key] = known.model_copy(update={"board": board})

    def _keep_page(self, url: str, lead: Lead, verdict: Verdict) -> None:
        elsewhere = not self._is_own(host_of(url))
        notes = [Evidence(kind="elsewhere", detail=f"{host_of(url)} is not a host of {self.domain}")] * elsewhere
        if not verdict.lists:
            notes.append(Evidence(kind="no_listing", detail="lists no postings, so it is not crawled as a board"))
        kind = UrlType.JOB_BOARD if elsewhere else UrlType.CAREER_PAGE
        candidate = self._page(url, lead, verdict, *notes).model_copy(update={"url_type": kind})
        self.pages[candidate.url] = _Found(candidate, verdict.lists, len(verdict.postings))

    @staticmethod
    def _page(url: str, lead: Lead, verdict: Verdict, *notes: Evidence) -> BoardCandidate:
        return BoardCandidate(
            url=canonical_url(url),
            url_type=UrlType.CAREER_PAGE,
            discovered_via=DiscoveryMethod.OSINT,
            confidence=verdict.confidence,
            evidence=(lead.reason, *verdict.evidence, *notes),
        )

    def _is_own(self, host: str) -> bool:
        """Whether a host is the company's: its domain, one below it, or one that bears its name."""
        name = self.domain.split(".")[-2] if "." in self.domain else self.domain
        bears = len(name) >= MIN_NAME and name in re.split(r"[.-]", host)
        return host in self.hosts or host.endswith(f".{self.domain}") or bears

    async def confirm_boards(self) -> None:
        """Ask the surest boards whether they are there. One that its vendor denies is told, and is a board no more.

        Nor is a page that says where postings are, and holds none itself: it is the frame around a board that is gone.
        """
        ranked = sorted(self.boards.values(), key=lambda candidate: -candidate.confidence)
        asked = await confirm(ranked, self.requests, self.web.boards)
        self.boards = {candidate.board.key: candidate for candidate in asked if candidate.board}
        denied = {candidate.url: candidate for candidate in asked if not candidate.board}
        self.apart |= denied
        for page in self.pages.values() if denied else ():
            page.lists = page.lists and page.postings > 0

    def candidates(self) -> tuple[BoardCandidate, ...]:
        """What was found, best first, with at most one board for the same postings; then what stands apart."""
        boards = sorted(self.boards.values(), key=lambda candidate: -candidate.confidence)
        ranked = sorted(self.pages.values(), key=lambda page: (-page.lists, -page.postings, -page.candidate.confidence))
        apart = sorted(self.apart.values(), key=lambda candidate: -candidate.confidence)
        pages = [page.candidate for page in ranked]
        if boards:
            keys = ", ".join(candidate.board.key for candidate in boards if candidate.board)
            note = Evidence(kind="ats_preferred", detail=f"its postings are on {keys}, so it is not crawled as a board")
            return (*boards, *(_noted(page, note) for page in pages), *apart)
        listings = [page.candidate for page in ranked if page.lists]
        own = next((page for page in listings if page.url_type is UrlType.CAREER_PAGE), None)
        if own is None:
            return (*pages, *apart)
        note = Evidence(kind="not_best", detail=f"{own.url} lists more, so this is not crawled as a board")
        others = (_noted(page, note) for page in pages if page is not own)
        return (own.model_copy(update={"board": self._website(own.url)}), *others, *apart)

    def _website(self, url: str) -> Board:
        return Board(ats=WEBSITE, token=url, url=url, company_domain=self.domain, company_name=self.name)


def _noted(candidate: BoardCandidate, note: Evidence) -> BoardCandidate:
    return candidate.model_copy(update={"evidence": (*candidate.evidence, note)})
