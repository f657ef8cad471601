"""Is a page a company's career page: one that lists its postings, or is the place where it would?

A score of evidence, not a chain of rules: each sign moves it, and the logistic function makes it a confidence.
"""

import math
import re
from typing import NamedTuple
from urllib.parse import unquote

from quiethire.domain.company import Evidence
from quiethire.domain.urls import parse_url
from services.osint.outline import Link, Outline
from services.osint.words import CAREER, HIRING, LISTING, OTHER_PAGE, looks_like_title, plain

VERIFIED = 0.5
"""Confidence from which a page is taken for a career page."""

_JOBS = re.compile(
    r"jobs?|careers?|karriere|positions?|openings?|vacanc(?:y|ies)|stellen\w*|vacatures?|emplois?|offres?[\w-]*|postings?|roles?"
    r"|o|job-board|opportunit(?:y|ies)",
    re.IGNORECASE,
)
_NAMES_ONE = re.compile(r"\d{3}|[a-z0-9]-[a-z0-9]", re.IGNORECASE)
_BELOW = 4
"""How far below a folder of jobs a posting may lie."""
_DOCUMENTATION = re.compile(
    r"^(docs?|api|developer|wiki|handbook|support|help|forum|blog|news)\.|/(docs?|documentation|manual|wiki|blog|news)/",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(pdf|docx?|odt|rtf|xlsx?|pptx?|zip|jpe?g|png|gif|svg|webp|mp4|ics)$", re.IGNORECASE)
_TITLE_WORDS = 2
"""Words that a link without any role in it must have to be taken for a title."""
_MANY, _SOME = 3, 1
"""Links that look like postings: with so many it is a listing, with so many it may be one."""
_PRIOR = -2.6
"""Log-odds of a page of which nothing is known."""


class Verdict(NamedTuple):
    """How sure we are that a page is a career page, and why."""

    confidence: float
    evidence: tuple[Evidence, ...]
    postings: tuple[str, ...]
    """URLs of what look like its postings."""


def judge(page: Outline, *, called: str = "") -> Verdict:
    """Judge a page by its address, headings, links and text, and by what the link that led to it called it."""
    postings = tuple(posting_links(page))
    signs = [*_address(page), *_headings(page, len(postings)), *_content(page, len(postings))]
    if CAREER.search(called) or LISTING.search(called):
        signs.append((0.8, f"called: the site calls it {called[:80]!r}"))
    total = _PRIOR + sum(weight for weight, _ in signs)
    evidence = tuple(Evidence(kind=reason.partition(":")[0], detail=reason.partition(": ")[2]) for _, reason in signs)
    return Verdict(round(1 / (1 + math.exp(-total)), 3), evidence, postings)


def posting_links(page: Outline) -> list[str]:
    """URLs of the links that look like postings, each once."""
    own = page.url.split("?")[0].rstrip("/")
    found = [link.url for link in page.links if _is_posting(link, own)]
    return list(dict.fromkeys(found))


def _is_job_path(path: str) -> bool:
    """Whether a path leads from a folder of jobs to what reads like one: `/jobs/berlin/data-engineer`."""
    *folders, last = path[:2_000].rstrip("/").split("/")
    return _NAMES_ONE.search(last[:300]) is not None and any(_JOBS.fullmatch(name) for name in folders[-_BELOW:])


def _is_posting(link: Link, own: str) -> bool:
    if link.url.split("?")[0].rstrip("/") == own or len(link.text) < 4:
        return False
    path = parse_url(link.url).pathname
    if _FILE.search(path):
        return False
    below = link.url.startswith(f"{own}/")
    if looks_like_title(link.text):
        return below or _is_job_path(path) or not CAREER.fullmatch(link.text.strip())
    named = plain(unquote(path.rstrip("/").rpartition("/")[2]))
    return _is_job_path(path) and not OTHER_PAGE.search(named) and len(link.text.split()) >= _TITLE_WORDS


def _address(page: Outline) -> list[tuple[float, str]]:
    parsed = parse_url(page.url)
    parts = [plain(unquote(part)) for part in parsed.pathname.split("/") if part]
    signs: list[tuple[float, str]] = []
    if _DOCUMENTATION.search(f"{parsed.hostname}{parsed.pathname}"):
        signs.append((-3.0, "documentation: the address is one of documentation or news"))
    last = re.sub(r" (html?|php|aspx?)$", "", parts[-1]) if parts else ""
    if last and (CAREER.search(last) or LISTING.search(last)) and not OTHER_PAGE.search(last):
        signs.append((1.6, f"path: the address ends in {last!r}"))
    elif any(CAREER.search(part) for part in parts[:-1]):
        signs.append(
            (-0.6, f"beside: {last!r} stands below a career page")
            if OTHER_PAGE.search(last)
            else (0.8, "path: below a career page")
        )
    first = (parsed.hostname or "").split(".")
    if any(CAREER.search(label) for label in first[:-2]) and len(parts) <= 1:
        signs.append((1.2, "host: the host is one for jobs"))
    if not parts and not any(CAREER.search(label) for label in first):
        signs.append((-1.5, "home: this is a home page"))
    return signs


def _headings(page: Outline, postings: int) -> list[tuple[float, str]]:
    signs: list[tuple[float, str]] = []
    main = page.main_heading
    first = f"{page.title} | {main}"
    if looks_like_title(main) and not CAREER.search(main) and not LISTING.search(main):
        weight = -0.4 if postings >= _MANY else -1.5
        signs.append((weight, f"title: the main heading reads like one posting: {main[:80]!r}"))
    if LISTING.search(first):
        signs.append((1.8, "heading: title or heading say that postings are listed"))
    elif CAREER.search(first):
        signs.append((1.2, "heading: title or heading speak of careers"))
    if OTHER_PAGE.search(main) and not LISTING.search(main):
        signs.append((-1.0, f"beside: the heading is {main[:80]!r}"))
    if any(LISTING.search(heading) for heading in page.headings if heading != main):
        signs.append((1.0, "section: a section lists openings"))
    return signs


def _content(page: Outline, postings: int) -> list[tuple[float, str]]:
    signs: list[tuple[float, str]] = []
    if page.postings_marked == 1 and postings < _MANY:
        signs.append((-2.0, "markup: the markup is that of one posting"))
    elif page.postings_marked > 1:
        signs.append((2.0, f"markup: {page.postings_marked} postings in the markup"))
    if postings >= _MANY:
        signs.append((min(2.4, 1.0 + 0.2 * postings), f"postings: {postings} links look like postings"))
    elif postings >= _SOME:
        signs.append((0.7, f"postings: {postings} links look like postings"))
    phrases = {match.group().lower() for match in HIRING.finditer(page.text[:100_000])}
    if phrases:
        signs.append((min(1.2, 0.4 * len(phrases)), f"hiring: the text says {', '.join(sorted(phrases)[:3])}"))
    elif page.is_shell:
        signs.append((0.4, "shell: scripts bring what the page shows, so its text says nothing against it"))
    else:
        signs.append((-1.2, "hiring: nothing in the text asks anybody to apply"))
    return signs
