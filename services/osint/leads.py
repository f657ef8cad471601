"""Addresses that may be career pages, each with the reason to look at it: links, sitemaps, common paths and hosts."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from quiethire.domain.company import Evidence
from quiethire.domain.errors import InvalidInput
from quiethire.domain.page import FetchSpec, Page
from quiethire.domain.urls import parse_url
from services.osint.discovery import Requests
from services.osint.outline import Link, Outline, decode
from services.osint.paths import common_paths
from services.osint.sitemap import read_sitemap, sitemaps_named
from services.osint.words import CAREER, LISTING, OTHER_PAGE, plain

MAX_PAGES = 6
"""Pages of one source (links, sitemap) that are looked at."""
MAX_SITEMAPS = 4
OPEN_END = 120
"""Longer link texts are no navigation."""
HOSTS = ("careers", "jobs", "career", "karriere")
"""Names below a company's domain that often are its career site; the search for subdomains knows many more."""


@dataclass(frozen=True)
class Lead:
    """An address that may be a career page, and why we think so."""

    url: str
    score: float
    reason: Evidence
    called: str = ""
    guess: bool = False


def linked(outline: Outline) -> list[Lead]:
    """The links of a page that speak of careers, best first. Links to an ATS are among them."""
    leads: dict[str, Lead] = {}
    for link in outline.links:
        score = _link_score(link)
        if score > 0 and (link.url not in leads or leads[link.url].score < score):
            reason = Evidence(kind="link", detail=f"{outline.url} links to it as {link.text[:80]!r}")
            leads[link.url] = Lead(link.url, score, reason, called=link.text[:OPEN_END])
    return sorted(leads.values(), key=lambda lead: -lead.score)[:MAX_PAGES]


async def from_sitemaps(domain: str, requests: Requests) -> list[Lead]:
    """The addresses in the site's sitemaps that look like career pages, shortest first among equals."""
    robots = await requests.get(FetchSpec(url=f"https://{domain}/robots.txt"), guess=True)
    named = (sitemaps_named(decode(robots)) if robots else []) or [f"https://{domain}/sitemap.xml"]
    waiting = [(_speaks_of_careers(url), url) for url in named]
    leads: dict[str, Lead] = {}
    read: set[str] = set()
    while len(read) < MAX_SITEMAPS and waiting:
        _, url = waiting.pop(0)
        if url in read or not _is_http(url):
            continue
        read.add(url)  # An index may name itself.
        page = await requests.get(FetchSpec(url=url), guess=True)
        if page is None:
            continue
        # Seconds of work for a large site: in a thread, so that the activities of this process go on with their heartbeats.
        sitemaps, found = await asyncio.to_thread(_read, page, url)
        if sitemaps:
            # Those that are named after careers go first: large sites have hundreds of sitemaps.
            waiting = sorted([*waiting, *sitemaps], key=lambda entry: not entry[0])
        leads |= {lead.url: lead for lead in found}
    return _best(leads.values())


def guessed_hosts(domain: str) -> list[Lead]:
    """The hosts where career sites often are."""
    return [
        Lead(f"https://{name}.{domain}/", 1.0, Evidence(kind="host", detail=f"{name} is a common host"), guess=True)
        for name in HOSTS
    ]


def guessed_paths(domain: str, language: str) -> list[Lead]:
    """The paths where career pages often are, those of the site's language early."""
    return [
        Lead(f"https://{domain}{path}", 1.0, Evidence(kind="path", detail=f"{path} is a common path"), guess=True)
        for path in common_paths(language, domain)
    ]


def _read(page: Page, url: str) -> tuple[list[tuple[bool, str]], list[Lead]]:
    """The sitemaps that an index names, and whether each speaks of careers; or the best leads of a sitemap."""
    sitemap = read_sitemap(page)
    if sitemap.index:
        return [(_speaks_of_careers(location), location) for location in sitemap.locations], []
    reason = Evidence(kind="sitemap", detail=f"listed in {url}")
    scored = ((location, _url_score(location)) for location in sitemap.locations)
    return [], _best(Lead(location, score, reason) for location, score in scored if score > 0)


def _best(leads: Iterable[Lead]) -> list[Lead]:
    return sorted(leads, key=lambda lead: (-lead.score, len(lead.url)))[:MAX_PAGES]


def _speaks_of_careers(url: str) -> bool:
    return CAREER.search(plain(url)) is not None


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


def _is_http(url: str) -> bool:
    try:
        parse_url(url)
    except InvalidInput:
        return False
    return True
