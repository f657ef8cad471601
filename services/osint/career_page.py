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
from services.osint.vendors import ats_of
from services.osint.words import (
    AMBIGUOUS,
    CAREER,
    GENDERED,
    HIRING,
    LISTING,
    LOGIN,
    MANUAL,
    NO_OPENINGS,
    NOT_A_PAGE,
    OTHER_PAGE,
    PORTAL,
    SEEKING,
    looks_like_title,
    plain,
)

VERIFIED = 0.5
"""Confidence from which a page is taken for a career page."""

_JOBS = re.compile(
    r"jobs?|careers?|karriere|positions?|openings?|vacanc(?:y|ies)|stellen\w*|vacatures?|emplois?|offres?[\w-]*|postings?|roles?"
    r"|o|job-board|opportunit(?:y|ies)|recruit|vagas|empleos?|vacantes|lavora-con-noi|posizioni-aperte|jobb|stillinger|ledige-stillinger"
    r"|lediga-(?:jobb|tjanster)|tyopaikat|kariera|praca|oferty-pracy|volna-mista|volne-pozic[ei]e?|karrier|allasok|cariere|kariyer|vakansii",
    re.IGNORECASE,
)
_NAMES_ONE = re.compile(r"\d{3}|[a-z0-9]-[a-z0-9]", re.IGNORECASE)
_ID = re.compile(r"\d{4}|[0-9a-f]{8} [0-9a-f]{4} ")
_ROOT = 2
"""Folders of a board's root on its vendor's host; a posting lies deeper, or bears an id."""
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
_READ = 100_000
"""Characters of the text that are searched for words."""
_PARTS = re.compile(r"\s[|–—·»:-]\s|\|")
"""What stands between the name of a page and that of its site."""
_HEADLINES, _HEADLINE = 30, 7
"""Links of a page that lists articles, and words that each of them has."""
_MANUAL_WORDS = 4
"""Different words of manuals that make a page one; fewer stand on any page."""
_LONG = 3_000
"""Characters of a text that would say that one may apply."""
_PLACED = 0.9
"""Weight of a sign in the address that says: this is the career page; being below one weighs less."""
_PRIOR = -2.6
"""Log-odds of a page of which nothing is known."""


_LISTS = frozenset({"postings", "listed", "titles", "none", "listing", "section"})
_RELATED = frozenset({"path", "host", "heading", "listing", "called", "beside"})
_NO_PAGE = frozenset({"error", "login", "documentation", "manual", "home", "title", "markup", "one"})
"""Kinds of evidence."""


class Verdict(NamedTuple):
    """How sure we are that a page is a career page, and why."""

    confidence: float
    evidence: tuple[Evidence, ...]
    postings: tuple[str, ...]
    """URLs of what look like its postings."""
    lists: bool
    """Whether it is the place where postings are listed, be there some or none; a career page may only lead there."""
    related: bool
    """Whether it speaks of working there at all, by its address or its headings."""


def judge(page: Outline, *, called: str = "") -> Verdict:
    """Judge a page by its address, headings, links and text, and by what the link that led to it called it."""
    postings = tuple(posting_links(page))
    text = page.text[:_READ]
    address = _address(page)
    signs = [
        *address,
        *_headings(page, len(postings), placed=any(weight >= _PLACED for weight, _ in address)),
        *_listed(page, text, len(postings)),
        *_hiring(page, text, len(postings)),
        *_something_else(page, text, len(postings)),
    ]
    if CAREER.search(called) or LISTING.search(called):
        signs.append((0.8, f"called: the site calls it {called[:80]!r}"))
    total = _PRIOR + sum(weight for weight, _ in signs)
    evidence = tuple(Evidence(kind=reason.partition(":")[0], detail=reason.partition(": ")[2]) for _, reason in signs)
    kinds = {reason.partition(":")[0] for _, reason in signs}
    return Verdict(
        confidence=round(1 / (1 + math.exp(-total)), 3),
        evidence=evidence,
        postings=postings,
        lists=not _LISTS.isdisjoint(kinds),
        related=not _RELATED.isdisjoint(kinds) and kinds.isdisjoint(_NO_PAGE),
    )


def posting_links(page: Outline) -> list[str]:
    """URLs of the links that look like postings, each once."""
    own = page.url.split("?")[0].rstrip("/")
    found = [link.url for link in page.links if _is_posting(link, own)]
    return list(dict.fromkeys(found))


def _is_job_path(path: str) -> bool:
    """Whether a path leads from a folder of jobs to what reads like one: `/jobs/berlin/data-engineer`."""
    *folders, last = path[:2_000].rstrip("/").split("/")
    return _NAMES_ONE.search(last[:300]) is not None and any(_JOBS.fullmatch(name) for name in folders[-_BELOW:])


def _is_headline(text: str) -> bool:
    return _HEADLINE <= len(text.split()) <= 4 * _HEADLINE and not looks_like_title(text)


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


def _clearly(text: str) -> float:
    """How much words for careers count: less, where another meaning is as likely."""
    return 1.0 if any(not AMBIGUOUS.fullmatch(match.group()) for match in CAREER.finditer(text)) else 0.6


def _address(page: Outline) -> list[tuple[float, str]]:
    parsed = parse_url(page.url)
    parts = [plain(unquote(part)) for part in parsed.pathname.split("/") if part]
    signs: list[tuple[float, str]] = []
    if _DOCUMENTATION.search(f"{parsed.hostname}{parsed.pathname}"):
        signs.append((-3.0, "documentation: the address is one of documentation or news"))
    last = re.sub(r" (html?|php|aspx?)$", "", parts[-1]) if parts else ""
    end = " ".join([*parts[-2:-1], last])
    one = bool(last) and _is_job_path(parsed.pathname)
    if one and looks_like_title(last):
        signs.append((-1.5, f"one: the address names a posting, {last[:80]!r}"))
    if LISTING.search(end) and not OTHER_PAGE.search(last):
        signs.append((2.0, f"path: the address ends in {end[:80]!r}"))
    elif CAREER.search(last) and not OTHER_PAGE.search(last):
        signs.append((1.6 * _clearly(last), f"path: the address ends in {last[:80]!r}"))
    elif any(CAREER.search(part) for part in parts[:-1]):
        signs.append(
            (-1.0, f"beside: {last!r} stands below a career page")
            if OTHER_PAGE.search(last)
            else (0.8, "path: below a career page")
        )
    if len(parts) <= _ROOT and not _ID.search(last) and (ats := ats_of(parsed.hostname or "")):
        signs.append((2.0, f"vendor: the root of a board on a host of {ats}"))
    first = (parsed.hostname or "").split(".")
    if any(CAREER.search(label) for label in first[:-2]) and len(parts) <= _ROOT and not one:
        aside = OTHER_PAGE.search(last) and not LISTING.search(last)
        signs.append(
            (-0.6, f"beside: {last!r} on a host for jobs") if aside else (1.2, "host: the host is one for jobs")
        )
    if len(first) > 1 and CAREER.fullmatch(first[-2]):
        signs.append((-1.0, f"portal: the site itself is named {first[-2]!r}"))
    if not parts and not any(CAREER.search(label) for label in first):
        signs.append((-1.5, "home: this is a home page"))
    return signs


def _headings(page: Outline, postings: int, *, placed: bool) -> list[tuple[float, str]]:
    """What title and headings say. At the address of a career page a heading that speaks of teams or life is but a slogan."""
    signs: list[tuple[float, str]] = []
    main = page.main_heading
    first = f"{page.title} | {main}"
    if looks_like_title(main) and not CAREER.search(main) and not LISTING.search(main):
        weight = -0.4 if postings >= _MANY else -1.5
        signs.append((weight, f"title: the main heading reads like one posting: {main[:80]!r}"))
    if LISTING.search(first):
        signs.append((1.8, "listing: title or heading say that postings are listed"))
    elif CAREER.search(first):
        signs.append((1.2 * _clearly(first), "heading: title or heading speak of careers"))
    if OTHER_PAGE.search(main) and not LISTING.search(main) and not placed:
        signs.append((-1.2, f"beside: the heading is {main[:80]!r}"))
    if any(LISTING.search(heading) for heading in page.headings if heading != main):
        signs.append((1.0, "section: a section lists openings"))
    return signs


def _listed(page: Outline, text: str, postings: int) -> list[tuple[float, str]]:
    """Postings in its links, its markup, its scripts and its text."""
    signs: list[tuple[float, str]] = []
    if page.postings_marked == 1 and postings < _MANY:
        titled = looks_like_title(page.main_heading)
        signs.append((-2.0 if titled else -1.2, "markup: the markup is that of one posting"))
    elif page.postings_marked > 1:
        signs.append((2.0, f"listed: {page.postings_marked} postings in the markup"))
    if postings >= _MANY:
        signs.append((min(2.4, 1.0 + 0.2 * postings), f"postings: {postings} links look like postings"))
    elif postings >= _SOME:
        signs.append((0.7, f"postings: {postings} links look like postings"))
    if (stated := len(page.titles_stated)) >= _MANY:
        signs.append((1.6, f"listed: {stated} titles in the data of its scripts read like postings"))
    if (titles := sum(1 for _ in GENDERED.finditer(text))) >= _MANY:
        signs.append((1.0, f"titles: the text names {titles} that read like postings"))
    if NO_OPENINGS.search(text):
        signs.append((0.8, "none: the text says that there are no openings"))
    return signs


def _hiring(page: Outline, text: str, postings: int) -> list[tuple[float, str]]:
    """What the text says to those who look for work."""
    phrases = {match.group().lower() for match in HIRING.finditer(text)}
    if phrases:
        return [(min(1.2, 0.4 * len(phrases)), f"hiring: the text says {', '.join(sorted(phrases)[:3])}")]
    if SEEKING.search(text):
        return [(0.0, "seeking: the text speaks to those who look for work")]
    if not page.is_shell:
        weight = -1.2 * min(
            1.0, len(text) / _LONG
        )  # The shorter a text, the less it tells that something is not in it.
        return [(weight, "hiring: nothing in the text asks anybody to apply")]
    if postings or page.titles_stated or LISTING.search(text):
        return []
    return [(-1.2, "shell: scripts would have to bring what the page shows, so nothing is seen of it")]


def _something_else(page: Outline, text: str, postings: int) -> list[tuple[float, str]]:
    """Pages that bear the address, or the words, of a career page, and are something else."""
    parts = [part.strip() for heading in (page.title, page.main_heading) for part in _PARTS.split(heading)]
    if broken := next((part for part in parts if NOT_A_PAGE.fullmatch(part)), None):
        return [(-5.0, f"error: the page is called {broken[:80]!r}")]
    if page.is_shell and (broken := NOT_A_PAGE.search(text)):
        return [(-5.0, f"error: the page says little but {broken.group()[:80]!r}")]
    signs: list[tuple[float, str]] = []
    if postings < _MANY and (login := next((part for part in parts if LOGIN.fullmatch(part)), None)):
        signs.append((-3.0, f"login: the page is called {login[:80]!r}"))
    if portal := {match.group().lower() for match in PORTAL.finditer(text)}:
        signs.append(
            (max(-3.5, -1.0 * len(portal)), f"portal: it serves many employers: {', '.join(sorted(portal)[:3])}")
        )
    if (
        postings < _MANY
        and (headlines := len({link.text for link in page.links if _is_headline(link.text)})) >= _HEADLINES
    ):
        signs.append((-1.5, f"news: {headlines} links read like headlines"))
    if len(manual := {match.group().lower() for match in MANUAL.finditer(text)}) >= _MANUAL_WORDS:
        signs.append((-1.5, f"manual: it speaks of the jobs of machines: {', '.join(sorted(manual)[:3])}"))
    return signs
