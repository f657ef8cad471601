"""Career pages: links of the home page, sitemaps, common paths; each verified by its content."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from quiethire.domain.board import WEBSITE, Board
from quiethire.domain.company import BoardCandidate, DiscoveryMethod, Evidence, UrlType
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import FetchSpec, Page, Render
from quiethire.domain.urls import canonical_url, domain_of, host_of, parse_url
from services.osint.career_page import VERIFIED, Verdict, judge
from services.osint.discovery import Discovery, Recognise, Requests, Web
from services.osint.methods.ats import URL_CONFIDENCE, ats_candidate, boards_on
from services.osint.outline import Link, Outline, decode, outline_of
from services.osint.sitemap import read_sitemap, sitemaps_named
from services.osint.words import CAREER, LISTING, OTHER_PAGE, PATHS, plain

MAX_PAGES = 6
"""Pages of one source (links, sitemap) that are looked at."""
MAX_SITEMAPS = 4
MAX_ONWARD = 2
"""Pages that a career page which is no listing itself leads on to."""
OPEN_END = 120
"""Longer link texts are no navigation."""
MIN_NAME = 5
"""Shorter names occur in other hosts by chance."""


@dataclass(frozen=True)
class _Lead:
    """An address that may be a career page, and why we think so."""

    url: str
    score: float
    reason: Evidence
    called: str = ""
    guess: bool = False


class CareerPages:
    """Finds a company's career pages and boards. Its subject is the company's domain."""

    name = "career_pages"

    async def discover(self, subject: str, web: Web) -> Discovery:
        """Links of the home page first, then sitemaps, then common paths, until something is verified.

        Raises InvalidInput where the subject is no domain.
        """
        return await discover_career_pages(subject, web)


async def discover_career_pages(domain: str, web: Web, *, name: str | None = None) -> Discovery:
    """Find the career pages and boards of the company at `domain`; `name` is the company's, where known."""
    requests = Requests(web.fetch)
    search = _Search(domain_of(domain), name, requests, web.recognise)
    home = await search.html(_Lead(f"https://{search.domain}/", 1.0, Evidence(kind="home", detail="the home page")))
    if home is not None:
        outline = outline_of(home)
        search.hosts.add(host_of(home.url))
        await search.look_at(_linked(outline))
        if not search.found:
            search.keep_boards(boards_on(home.url, decode(home), outline, web.recognise))
    if not search.found:
        await search.look_at(await _from_sitemaps(search.domain, requests))
    if not search.found:
        await search.look_at(_guesses(search.domain), until_found=True)
    return Discovery(candidates=search.candidates(), problems=tuple(requests.problems), requests=requests.made)


class _Search:
    """One run: what was looked at and what came of it."""

    def __init__(self, domain: str, name: str | None, requests: Requests, recognise: Recognise) -> None:
        self.domain, self.name, self.requests, self.recognise = domain, name, requests, recognise
        self.hosts = {domain, f"www.{domain}"}
        self.seen: set[str] = set()
        self.boards: dict[str, BoardCandidate] = {}
        self.pages: dict[str, tuple[BoardCandidate, int]] = {}
        """Verified pages by canonical URL, with how many postings they list."""

    @property
    def found(self) -> bool:
        """Whether anything was verified."""
        return bool(self.boards or self.pages)

    async def html(self, lead: _Lead) -> Page | None:
        """The page that a lead leads to."""
        return await self.requests.get(FetchSpec(url=lead.url, accept="html", render=Render.AUTO), guess=lead.guess)

    async def look_at(self, leads: list[_Lead], *, until_found: bool = False, deeper: bool = True) -> None:
        """Verify leads one by one. A page that leads on to the listing is followed one page further."""
        for lead in leads:
            if until_found and self.found:
                return
            address = canonical_url(lead.url)
            if address in self.seen:
                continue
            self.seen.add(address)
            if board := self.recognise(lead.url, None):
                self.keep_boards(
                    [ats_candidate(board, URL_CONFIDENCE, "url", f"{lead.url} is a URL of {board.ats}")], lead
                )
            elif (page := await self.html(lead)) is not None:
                await self._verify(page, lead, deeper=deeper)

    async def _verify(self, page: Page, lead: _Lead, *, deeper: bool) -> None:
        outline = outline_of(page)
        self.seen.add(canonical_url(page.url))
        boards = boards_on(page.url, decode(page), outline, self.recognise)
        verdict = judge(outline, called=lead.called)
        self.keep_boards(boards, lead)
        if self.recognise(page.url, None):
            return
        if verdict.confidence >= VERIFIED:
            self._keep_page(page.url, lead, verdict)
        if deeper and not boards:
            onward = [found for found in _linked(outline) if LISTING.search(found.called)]
            await self.look_at(onward[:MAX_ONWARD], deeper=False)

    def keep_boards(self, boards: list[BoardCandidate], lead: _Lead | None = None) -> None:
        """Remember boards, each with its company and with why it was looked for."""
        for candidate in boards:
            if candidate.board is None or candidate.board.key in self.boards:
                continue
            board = candidate.board.model_copy(update={"company_domain": self.domain, "company_name": self.name})
            evidence = (*((lead.reason,) if lead else ()), *candidate.evidence)
            self.boards[board.key] = candidate.model_copy(update={"board": board, "evidence": evidence})

    def _keep_page(self, url: str, lead: _Lead, verdict: Verdict) -> None:
        elsewhere = not self._is_own(host_of(url))
        note = (
            (Evidence(kind="elsewhere", detail=f"{host_of(url)} is not a host of {self.domain}"),) if elsewhere else ()
        )
        candidate = BoardCandidate(
            url=canonical_url(url),
            url_type=UrlType.JOB_BOARD if elsewhere else UrlType.CAREER_PAGE,
            discovered_via=DiscoveryMethod.OSINT,
            confidence=verdict.confidence,
            evidence=(lead.reason, *verdict.evidence, *note),
        )
        self.pages[candidate.url] = (candidate, len(verdict.postings))

    def _is_own(self, host: str) -> bool:
        """Whether a host is the company's: its domain, one below it, or one that bears its name."""
        name = self.domain.split(".")[-2] if "." in self.domain else self.domain
        bears = len(name) >= MIN_NAME and name in re.split(r"[.-]", host)
        return host in self.hosts or host.endswith(f".{self.domain}") or bears

    def candidates(self) -> tuple[BoardCandidate, ...]:
        """What was found, best first, with at most one board for the same postings."""
        boards = sorted(self.boards.values(), key=lambda candidate: -candidate.confidence)
        pages = sorted(self.pages.values(), key=lambda page: (-page[1], -page[0].confidence))
        if boards:
            keys = ", ".join(candidate.board.key for candidate in boards if candidate.board)
            note = Evidence(kind="ats_preferred", detail=f"its postings are on {keys}, so it is not crawled as a board")
            return (*boards, *(_noted(page, note) for page, _ in pages))
        own = [page for page, _ in pages if page.url_type is UrlType.CAREER_PAGE]
        if not own:
            return tuple(page for page, _ in pages)
        note = Evidence(kind="not_best", detail=f"{own[0].url} lists more, so this is not crawled as a board")
        others = (_noted(page, note) for page, _ in pages if page is not own[0])
        return (own[0].model_copy(update={"board": self._website(own[0].url)}), *others)

    def _website(self, url: str) -> Board:
        return Board(ats=WEBSITE, token=url, url=url, company_domain=self.domain, company_name=self.name)


def _noted(candidate: BoardCandidate, note: Evidence) -> BoardCandidate:
    return candidate.model_copy(update={"evidence": (*candidate.evidence, note)})


def _linked(outline: Outline) -> list[_Lead]:
    """The links of a page that speak of careers, best first. Links to an ATS are among them."""
    leads: dict[str, _Lead] = {}
    for link in outline.links:
        score = _link_score(link)
        if score > 0 and (link.url not in leads or leads[link.url].score < score):
            reason = Evidence(kind="link", detail=f"{outline.url} links to it as {link.text[:80]!r}")
            leads[link.url] = _Lead(link.url, score, reason, called=link.text[:OPEN_END])
    return sorted(leads.values(), key=lambda lead: -lead.score)[:MAX_PAGES]


def _link_score(link: Link) -> float:
    """How much a link looks like one to a career page: 0 or less = not at all."""
    text = link.text if len(link.text) <= OPEN_END else ""
    score = 2.0 * bool(LISTING.search(text)) + 1.5 * bool(CAREER.search(text)) - 1.0 * bool(OTHER_PAGE.search(text))
    return score + _url_score(link.url)


def _url_score(url: str) -> float:
    """How much an address looks like that of a career page."""
    parsed = parse_url(url)
    parts = [plain(unquote(part)) for part in parsed.pathname.split("/") if part]
    score = 0.0
    if parts and (CAREER.search(parts[-1]) or LISTING.search(parts[-1])):
        score += 1.5 - 0.2 * len(parts)
    elif any(CAREER.search(part) for part in parts):
        score += 0.3
    if parts and OTHER_PAGE.search(parts[-1]):
        score -= 1.0
    if any(CAREER.search(label) for label in (parsed.hostname or "").split(".")[:-2]):
        score += 1.0
    return score


async def _from_sitemaps(domain: str, requests: Requests) -> list[_Lead]:
    """The addresses in the site's sitemaps that look like career pages, shortest first among equals."""
    robots = await requests.get(FetchSpec(url=f"https://{domain}/robots.txt"), guess=True)
    waiting = (sitemaps_named(decode(robots)) if robots else []) or [f"https://{domain}/sitemap.xml"]
    leads: dict[str, _Lead] = {}
    read: set[str] = set()
    while len(read) < MAX_SITEMAPS and waiting:
        url = waiting.pop(0)
        if url in read or not _is_http(url):
            continue
        read.add(url)  # An index may name itself.
        page = await requests.get(FetchSpec(url=url), guess=True)
        if page is None:
            continue
        sitemap = read_sitemap(page)
        if sitemap.index:
            # Those that are named after careers go first: large sites have hundreds of sitemaps.
            waiting = sorted([*waiting, *sitemap.locations], key=lambda entry: not CAREER.search(plain(entry)))
            continue
        for location in sitemap.locations:
            if (score := _url_score(location)) > 0:
                leads[location] = _Lead(location, score, Evidence(kind="sitemap", detail=f"listed in {url}"))
    return sorted(leads.values(), key=lambda lead: (-lead.score, len(lead.url)))[:MAX_PAGES]


def _guesses(domain: str) -> list[_Lead]:
    """The paths where career pages often are."""
    return [
        _Lead(f"https://{domain}{path}", 1.0, Evidence(kind="path", detail=f"{path} is a common path"), guess=True)
        for path in PATHS
    ]


def _is_http(url: str) -> bool:
    try:
        parse_url(url)
    except InvalidInput:
        return False
    return True
